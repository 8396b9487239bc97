//! The key of another model is another type.
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
    let _ = Book::get(Author::key().name("Jane Austen"));
    let _ = Book::query(Author::key().name("Jane Austen"));
    let _ = Book::update(Author { name: "Jane Austen".into() }.to_key());
}
