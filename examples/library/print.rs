//! How things look on the terminal.

use std::fmt::Display;

use crate::book::Book;

/// The title of a section.
pub(crate) fn heading(text: &str) {
    println!("\n== {text}");
}

/// A book in one line.
pub(crate) fn line(book: &Book) -> String {
    let pages = book.pages.map_or_else(|| "?".into(), |pages| pages.to_string());
    format!("{}  {:>4} pages  {} ({})", book.published, pages, book.title, book.author)
}

/// A whole number with a comma between thousands: `11,118`.
pub(crate) fn thousands(number: impl Display) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of things: `1 book`, `11,118 books`.
pub(crate) fn counted(number: impl Display, thing: &str) -> String {
    let number = thousands(number);
    let plural = if number == "1" { "" } else { "s" };
    format!("{number} {thing}{plural}")
}
