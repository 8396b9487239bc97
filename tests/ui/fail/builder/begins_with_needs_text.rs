//! A number has no prefix.
use dynorm::{DynamoModel, begins_with};

#[derive(DynamoModel)]
#[dynorm(table = "library", sort_key = "{year:04}-{isbn}")]
#[dynorm(index(ByAuthor, name = "by-author", partition_key = author, sort_key = pages))]
struct Book {
    #[dynorm(partition_key)]
    publisher: String,
    year: u16,
    isbn: String,
    author: String,
    pages: u32,
}

#[derive(DynamoModel)]
#[dynorm(table = "authors")]
struct Author {
    #[dynorm(partition_key)]
    name: String,
}

fn main() {
    let _ = Book::key().publisher("Penguin").year(begins_with("19"));
    let _ = Book::by_author().author("Jane Austen").pages(begins_with("1"));
    let _ = Book::key().publisher(begins_with("Pen"));
}
