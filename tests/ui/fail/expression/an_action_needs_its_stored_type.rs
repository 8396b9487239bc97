//! Values and actions that do not go with how an attribute is stored.

#[path = "../../models/book.rs"]
mod book;

use book::{Address, Book};
use dynorm::DynamoModel;

fn main() {
    let update = || Book::update(Book::key().publisher("Penguin Books").year(1995).isbn("9780140620320"));
    let _ = update().set(Book::TITLE, 1);
    let _ = update().set(Book::TITLE, Book::PAGES);
    let _ = update().set(Book::TITLE, Book::PAGES + 1);
    let _ = update().set(Book::PAGES, Book::PAGES + "x");
    let _ = update().set(Address::CITY, "x");
    let _ = update().add(Book::TITLE, "x");
    let _ = update().list_append(Book::GENRES, ["x"]);
    let _ = update().delete_from(Book::NAMES, ["x"]);
}
