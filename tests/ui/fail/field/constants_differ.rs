//! Two names that are one constant need another for one of them.
use dynorm::DynamoModel;

#[allow(non_snake_case)]
#[derive(DynamoModel)]
#[dynorm(table = "books")]
struct Book {
    #[dynorm(partition_key)]
    title: String,
    Title: String,
    #[dynorm(path = "TITLE")]
    heading: String,
}

fn main() {}
