//! A flattened field is a struct or a map; a skipped or defaulted one has a default.
use dynorm::DynamoModel;

struct NoDefault;

#[derive(DynamoModel)]
#[dynorm(table = "books")]
struct Book {
    #[dynorm(partition_key)]
    title: String,
    #[dynorm(flatten)]
    number: u32,
    #[dynorm(skip)]
    cached: NoDefault,
    #[dynorm(default)]
    time: std::time::SystemTime,
}

fn main() {}
