//! Values and attributes that an attribute cannot be compared with.

#[path = "../../models/book.rs"]
mod book;

use book::{Address, Book};
use dynorm::DynamoModel;

fn main() {
    let _ = Book::scan().filter(Book::TITLE.eq(1));
    let _ = Book::scan().filter(Book::PAGES.gt("300"));
    let _ = Book::scan().filter(Book::PAGES.is_in(["300"]));
    let _ = Book::scan().filter(Book::PAGES.gt(Book::TITLE));
    let _ = Book::scan().filter(Book::PAGES.gt(Address::ZIP));
    let _ = Book::scan().filter(Address::ZIP.gt(1));
    let _ = Book::query(Book::key().publisher("Penguin Books")).filter(Book::TITLE.eq(Book::PUBLISHER));
}
