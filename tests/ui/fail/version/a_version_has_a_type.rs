//! Small integers would soon come round, and texts cannot be counted up.
use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table = "books")]
struct Book {
    #[dynorm(partition_key)]
    isbn: String,
    #[dynorm(version)]
    version: u8,
}

fn main() {}
