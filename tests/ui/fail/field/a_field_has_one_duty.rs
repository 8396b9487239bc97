//! The lifecycle writes a field for one reason, and each reason has one field.
use std::time::SystemTime;

use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table = "books")]
struct Book {
    #[dynorm(partition_key)]
    title: String,
    #[dynorm(created, updated)]
    time: SystemTime,
    #[dynorm(created, auto)]
    created: SystemTime,
    #[dynorm(updated)]
    updated: SystemTime,
}

fn main() {}
