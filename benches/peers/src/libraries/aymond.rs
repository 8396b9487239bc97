//! aymond, whose structs hold neither floating-point numbers nor booleans.

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aymond::prelude::*;
use futures_util::{StreamExt, pin_mut};

use crate::book::PUBLISHER;
use crate::library::Library;

#[aymond(item, table)]
pub(super) struct Book {
    #[aymond(hash_key)]
    publisher: String,
    #[aymond(sort_key)]
    sk: String,
    year: u16,
    isbn: String,
    title: String,
    authors: Vec<String>,
    pages: Option<u32>,
    dimensions: Dimensions,
    created: String,
}

#[aymond(nested_item)]
pub(super) struct Dimensions {
    width: u32,
    height: u32,
}

pub(super) struct Aymond(BookTable);

impl Library for Aymond {
    type Item = Book;
    const NAME: &'static str = "aymond";
    const LACKS: &'static [&'static str] = &["rating", "available"];

    fn new(client: Client) -> Self {
        Self(BookTable::new(&::aymond::Aymond::new_with_client(Arc::new(client)), "table"))
    }

    async fn read(&self) -> Vec<Book> {
        // Without a condition on the sort key there is no query of a partition.
        let items = self.0.query().publisher(PUBLISHER).sk_ge("").send().await;
        pin_mut!(items);
        let mut books = Vec::new();
        while let Some(book) = items.next().await {
            books.push(book.expect("a book"));
        }
        books
    }

    fn book(item: Book, n: usize) -> crate::book::Book {
        let dimensions = (item.dimensions.width, item.dimensions.height);
        let all = crate::book::Book::nth(n);
        crate::book!(item { publisher, sk, year, isbn, title, authors, pages, dimensions: dimensions, created, ..all })
    }
}
