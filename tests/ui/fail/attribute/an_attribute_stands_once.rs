//! The second of two is the mistake.
use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table = "books", table = "library")]
#[dynorm(index(ByTitle, partition_key = year, name = "a-b", name = "b-a"))]
struct Book {
    #[dynorm(partition_key)]
    #[dynorm(partition_key)]
    title: String,
    #[dynorm(rename = "a", rename = "b", alias = "c", alias = "d")]
    year: u16,
}

fn main() {}
