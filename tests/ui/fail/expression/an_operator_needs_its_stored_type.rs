//! What DynamoDB can do depends on how an attribute is stored.
use dynorm::{Cond, DynamoModel};
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
    let _: Cond<Book, dynorm::expr::Condition> = Book::PAGES.begins_with("1");
    let _: Cond<Book, dynorm::expr::Condition> = Book::PAGES.gt("1");
    let _: Cond<Book, dynorm::expr::Condition> = Book::TITLE.dot(Author::NAME).eq("x");
    let _: Cond<Book, dynorm::expr::Condition> = Author::NAME.eq("x");
}
