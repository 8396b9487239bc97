//! Every part is a field that is stored, and a field stands once in a key.
use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table = "books", sort_key = "{yaer:04}#{cached}#{place}#{zzz}")]
struct Unknown {
    #[dynorm(partition_key)]
    title: String,
    year: u16,
    #[dynorm(skip)]
    cached: String,
    #[dynorm(flatten)]
    place: std::collections::HashMap<String, String>,
}

#[derive(DynamoModel)]
#[dynorm(table = "books", partition_key = "U#{id}", sort_key = "U#{id}")]
struct Twice {
    id: String,
}

fn main() {}
