//! dynamo_table, whose client belongs to the type of the model instead of to the call.

use std::sync::RwLock;

use aws_sdk_dynamodb::Client;

use super::serde_dynamo::Book;
use crate::book::PUBLISHER;
use crate::library::Library;

/// The client of the page that is being read.
static CLIENT: RwLock<Option<&'static Client>> = RwLock::new(None);

impl dynamo_table::DynamoTable for Book {
    type PK = String;
    type SK = String;

    const TABLE: &'static str = "table";
    const PARTITION_KEY: &'static str = "publisher";
    const SORT_KEY: Option<&'static str> = Some("sk");

    fn partition_key(&self) -> String {
        self.publisher.clone()
    }

    fn sort_key(&self) -> Option<String> {
        Some(self.sk.clone())
    }

    async fn dynamodb_client() -> &'static Client {
        CLIENT.read().expect("no panic").expect("a client")
    }
}

pub(super) struct DynamoTable {
    client: &'static Client,
    publisher: String,
}

impl Library for DynamoTable {
    type Item = Book;
    const NAME: &'static str = "dynamo_table";

    fn new(client: Client) -> Self {
        Self { client: Box::leak(Box::new(client)), publisher: PUBLISHER.into() }
    }

    async fn read(&self) -> Vec<Book> {
        *CLIENT.write().expect("no panic") = Some(self.client);
        dynamo_table::table::query_items(&self.publisher, None, None).await.expect("books").items
    }

    fn book(item: Book, _: usize) -> crate::book::Book {
        crate::book!(item)
    }
}
