//! A version is not set by hand, not checked where there is none, and not left out of a batch unnoticed.
use dynorm::{Db, DynamoModel};

#[derive(DynamoModel)]
#[dynorm(table = "books")]
struct Book {
    #[dynorm(partition_key)]
    isbn: String,
    #[dynorm(version)]
    version: u64,
}

#[derive(DynamoModel)]
#[dynorm(table = "notes")]
struct Note {
    #[dynorm(partition_key)]
    id: String,
}

fn uses(db: &Db, book: Book, books: Vec<Book>, note: &Note) {
    let _ = Book::update(&book).set(Book::VERSION, 3);
    let _ = Book::update(&book).expect_version("3");
    let _ = Note::update(note).expect_version(3);
    let _ = db.batch_write().put(book);
    let _ = db.batch_write().put_all(books);
}

fn main() {}
