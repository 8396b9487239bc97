//! The SDK with serde_dynamo, and the struct that all libraries over it share.

use aws_sdk_dynamodb::Client;
use serde::{Deserialize, Serialize};

use super::sdk::query;
use crate::library::Library;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Book {
    pub(super) publisher: String,
    pub(super) sk: String,
    pub(super) year: u16,
    pub(super) isbn: String,
    pub(super) title: String,
    pub(super) authors: Vec<String>,
    pub(super) pages: Option<u32>,
    pub(super) rating: f64,
    pub(super) available: bool,
    pub(super) dimensions: Dimensions,
    pub(super) created: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Dimensions {
    pub(super) width: u32,
    pub(super) height: u32,
}

pub(super) struct SerdeDynamo(Client);

impl Library for SerdeDynamo {
    type Item = Book;
    const NAME: &'static str = "SDK + serde_dynamo";

    fn new(client: Client) -> Self {
        Self(client)
    }

    async fn read(&self) -> Vec<Book> {
        ::serde_dynamo::from_items(query(&self.0).await).expect("books")
    }

    fn book(item: Book, _: usize) -> crate::book::Book {
        crate::book!(item)
    }
}
