//! Paths into values that have no parts of this sort.

#[path = "../../models/book.rs"]
mod book;

use book::{Address, Book};
use dynorm::DynamoModel;

fn main() {
    let _ = Book::scan().filter(Book::TITLE.dot(Address::CITY).eq("x"));
    let _ = Book::scan().filter(Book::TITLE.at(0).eq("x"));
    let _ = Book::scan().filter(Book::GENRES.at(0).eq("x"));
    let _ = Book::scan().filter(Book::TITLE.key("x").eq("x"));
}
