//! dynorm.

use aws_sdk_dynamodb::Client;
use dynorm::{Db, DynamoAttribute, DynamoModel};

use crate::book::PUBLISHER;
use crate::library::Library;

#[derive(Debug, DynamoModel)]
#[dynorm(table = "table")]
pub(super) struct Book {
    #[dynorm(partition_key)]
    publisher: String,
    #[dynorm(sort_key)]
    sk: String,
    year: u16,
    isbn: String,
    title: String,
    authors: Vec<String>,
    pages: Option<u32>,
    rating: f64,
    available: bool,
    dimensions: Dimensions,
    created: String,
}

#[derive(Debug, DynamoAttribute)]
pub(super) struct Dimensions {
    width: u32,
    height: u32,
}

pub(super) struct Dynorm(Db);

impl Library for Dynorm {
    type Item = Book;
    const NAME: &'static str = "dynorm";

    fn new(client: Client) -> Self {
        Self(Db::new(client))
    }

    async fn read(&self) -> Vec<Book> {
        Book::query(Book::key().publisher(PUBLISHER)).all(&self.0).await.expect("books")
    }

    fn book(item: Book, _: usize) -> crate::book::Book {
        crate::book!(item)
    }
}
