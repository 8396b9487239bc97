//! What is said about a field's attribute has no meaning where there is none.
use dynorm::{DynamoAttribute, DynamoModel};

#[derive(DynamoModel)]
#[dynorm(table = "books")]
struct Book {
    #[dynorm(partition_key)]
    title: String,
    #[dynorm(skip, rename = "c")]
    cached: u32,
    #[dynorm(skip, flatten)]
    both: u32,
    #[dynorm(flatten, alias = "p", default)]
    place: Place,
    #[dynorm(flatten, sort_key)]
    other: Place,
}

#[derive(DynamoAttribute)]
struct Place {
    #[dynorm(skip, with = json)]
    city: String,
}

fn main() {}
