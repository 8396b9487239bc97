//! A type that DynamoDB cannot hold is one error, at the type.
use std::collections::HashSet;

use dynorm::{DynamoAttribute, DynamoModel};

struct Opaque;

#[derive(DynamoModel)]
#[dynorm(table = "books")]
struct Book {
    #[dynorm(partition_key)]
    title: String,
    opaque: Opaque,
    more: Vec<Opaque>,
    tags: Option<HashSet<String>>,
}

#[derive(DynamoAttribute)]
struct Nested {
    opaque: Option<Opaque>,
}

#[derive(DynamoAttribute)]
struct Newtype(Opaque);

#[derive(DynamoAttribute)]
enum Shape {
    Round { opaque: Opaque },
    Plain(Opaque),
}

fn main() {}
