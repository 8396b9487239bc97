//! A `&str` has nobody to own it when an item is read.
use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table = "books")]
struct Book<'a> {
    #[dynorm(partition_key)]
    title: String,
    author: &'a str,
}

fn main() {}
