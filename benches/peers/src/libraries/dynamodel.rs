//! The SDK with dynamodel, which is a conversion of its maps.

use aws_sdk_dynamodb::Client;

use super::sdk::query;
use crate::library::Library;

#[derive(Debug, Clone, dynamodel::Dynamodel)]
pub(super) struct Book {
    publisher: String,
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

#[derive(Debug, Clone, dynamodel::Dynamodel)]
pub(super) struct Dimensions {
    width: u32,
    height: u32,
}

pub(super) struct Dynamodel(Client);

impl Library for Dynamodel {
    type Item = Book;
    const NAME: &'static str = "SDK + dynamodel";

    fn new(client: Client) -> Self {
        Self(client)
    }

    async fn read(&self) -> Vec<Book> {
        query(&self.0).await.into_iter().map(Book::try_from).collect::<Result<_, _>>().expect("books")
    }

    fn book(item: Book, _: usize) -> crate::book::Book {
        crate::book!(item)
    }
}
