//! Global indexes follow their table; only the table and local indexes can be read consistently.
use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table = "library", sort_key = "{year:04}-{isbn}")]
#[dynorm(index(ByAuthor, name = "by-author", partition_key = author, sort_key = pages))]
#[dynorm(index(ByPages, local, name = "by-pages", sort_key = pages))]
struct Book {
    #[dynorm(partition_key)]
    publisher: String,
    year: u16,
    isbn: String,
    author: String,
    pages: u32,
}

fn main() {
    let _ = Book::query(Book::key().publisher("Penguin")).consistent();
    let _ = Book::query(Book::by_pages().publisher("Penguin")).consistent();
    let _ = Book::scan().index(ByPages).consistent();
    let _ = Book::query(Book::by_author().author("Jane Austen")).consistent();
    let _ = Book::scan().index(ByAuthor).consistent();
}
