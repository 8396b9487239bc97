//! Operators that DynamoDB does not have for how an attribute is stored.

#[path = "../../models/book.rs"]
mod book;

use book::Book;
use dynorm::DynamoModel;

fn main() {
    let _ = Book::scan().filter(Book::IN_PRINT.gt(true));
    let _ = Book::scan().filter(Book::PAGES.begins_with("1"));
    let _ = Book::scan().filter(Book::TITLE.begins_with(1));
    let _ = Book::scan().filter(Book::PAGES.contains(1));
    let _ = Book::scan().filter(Book::PAGES.size().gt(1));
    let _ = Book::scan().filter(Book::TITLE.is_none());
}
