//! An attribute in the wrong place says where it belongs.
use dynorm::{DynamoAttribute, DynamoModel};

#[derive(DynamoModel)]
#[dynorm(table = "books", created)]
struct Book {
    #[dynorm(partition_key, table = "books")]
    title: String,
}

#[derive(DynamoAttribute)]
struct Address {
    #[dynorm(sort_key)]
    city: String,
}

#[derive(DynamoAttribute)]
#[dynorm(tag = "kind")]
enum State {
    #[dynorm(with = json)]
    Open,
}

#[derive(DynamoAttribute)]
struct Id(#[dynorm(rename = "id")] String);

fn main() {}
