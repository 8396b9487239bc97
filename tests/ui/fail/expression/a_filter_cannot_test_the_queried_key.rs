//! DynamoDB refuses filters on the key that is queried.
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
    let table = || Book::query(Book::key().publisher("Penguin"));
    let _ = table().filter(Book::PUBLISHER.eq("x"));
    let _ = table().filter(Book::AUTHOR.eq("x") & Book::YEAR.gt(1995));
    let index = || Book::query(Book::by_author().author("Jane Austen"));
    let _ = index().filter(Book::AUTHOR.eq("x"));
    let _ = index().filter(Book::PUBLISHER.eq("x"));
}
