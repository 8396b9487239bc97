//! A key is written from left to right, and a range ends it.
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
    let _ = Book::key().year(1995);
    let _ = Book::key().publisher("Penguin").isbn("9780140620320");
    let _ = Book::key().publisher("Penguin").year(1990..=1999).isbn("9780140620320");
    let _ = Book::key().publisher("Penguin").publisher("Penguin");
    let _ = Book::by_author().pages(3);
}
