//! A version has no other duty, is stored as a number under one name, and stands in no template.
use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table = "books", sort_key = "{version:04}-{isbn}")]
struct Book {
    #[dynorm(partition_key)]
    publisher: String,
    isbn: String,
    #[dynorm(version, default, alias = "revision")]
    version: u32,
    #[dynorm(version, with = json)]
    other: u64,
}

#[derive(DynamoModel)]
#[dynorm(table = "notes")]
#[dynorm(index(ByVersion, partition_key = "V#{number:sortable}"))]
struct Note {
    #[dynorm(partition_key, version)]
    id: u64,
    #[dynorm(version, auto)]
    number: u64,
}

fn main() {}
