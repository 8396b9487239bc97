//! `get`, `update` and `delete` name one item.
use dynorm::DynamoModel;

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
    let _ = Book::get(Book::key().publisher("Penguin"));
    let _ = Book::update(Book::key().publisher("Penguin").year(1995));
    let _ = Book::delete(Book::key().publisher("Penguin").year(1995).isbn("a".."b"));
    let _ = Book::get(Book::by_author().author("Jane Austen").pages(3));
}
