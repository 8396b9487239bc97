//! Keys, stamps, read-only fields and parts of index templates are not set.
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
    let update = || Book::update(Book::key().publisher("Penguin").year(1995).isbn("9780140620320"));
    let _ = update().set(Book::PUBLISHER, "x");
    let _ = update().set(Book::YEAR, 1996);
    let _ = update().set(Book::CREATED, SystemTime::now());
    let _ = update().set(Book::SOURCE, "x");
    let _ = update().set(Book::TITLE, "Emma");
    let _ = update().set(Book::AUTHOR, "Jane Austen");
}
