//! An index that does not hold an attribute cannot filter by it.
use dynorm::DynamoModel;
use std::time::SystemTime;

#[derive(DynamoModel)]
#[dynorm(table = "library", sort_key = "{year:04}-{isbn}")]
#[dynorm(index(ByAuthor, partition_key = author, sort_key = "{pages:05}-{title}", project(include(title))))]
struct Book {
    #[dynorm(partition_key)]
    publisher: String,
    year: u16,
    isbn: String,
    author: String,
    title: String,
    pages: u32,
    summary: Option<String>,
    #[dynorm(readonly)]
    source: String,
    #[dynorm(created)]
    created: SystemTime,
    #[dynorm(with = json)]
    tags: Vec<String>,
}

#[derive(DynamoModel)]
#[dynorm(table = "authors")]
struct Author {
    #[dynorm(partition_key)]
    name: String,
}

fn main() {
    let _ = Book::query(Book::by_author().author("Jane Austen")).filter(Book::SUMMARY.is_none());
    let _ = Book::query(Book::by_author().author("Jane Austen")).filter(Book::TITLE.eq("Emma"));
}
