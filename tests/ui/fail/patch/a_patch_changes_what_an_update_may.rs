//! A patch has no fields of the key, no read-only ones and none that dynorm keeps.
use dynorm::{DynamoModel, DynamoPatch, Patch};
use std::time::SystemTime;

#[derive(DynamoModel)]
#[dynorm(table = "library", sort_key = "{year:04}-{isbn}")]
struct Book {
    #[dynorm(partition_key)]
    publisher: String,
    year: u16,
    isbn: String,
    title: String,
    #[dynorm(readonly)]
    source: String,
    #[dynorm(created)]
    created: SystemTime,
    #[dynorm(version)]
    version: u64,
}

#[derive(DynamoPatch)]
#[dynorm(of = Book)]
struct BookPatch {
    publisher: Patch<String>,
    isbn: Patch<String>,
    title: Patch<String>,
    source: Patch<String>,
    created: Patch<SystemTime>,
    version: Patch<u64>,
}

fn main() {}
