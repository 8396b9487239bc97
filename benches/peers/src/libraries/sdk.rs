//! The SDK alone: its maps, untouched.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;

use crate::book::{Book, PUBLISHER};
use crate::library::Library;

pub(super) type Map = HashMap<String, AttributeValue>;

pub(super) struct Sdk(Client);

/// One page, as those ask for it that bring no call of their own.
pub(super) async fn query(client: &Client) -> Vec<Map> {
    let query = client
        .query()
        .table_name("table")
        .key_condition_expression("#0 = :0")
        .expression_attribute_names("#0", "publisher")
        .expression_attribute_values(":0", AttributeValue::S(PUBLISHER.into()));
    query.send().await.expect("a page").items.unwrap_or_default()
}

impl Library for Sdk {
    type Item = Map;
    const NAME: &'static str = "SDK alone";

    fn new(client: Client) -> Self {
        Self(client)
    }

    async fn read(&self) -> Vec<Map> {
        query(&self.0).await
    }

    fn book(item: Map, n: usize) -> Book {
        super::serde_dynamo::SerdeDynamo::book(::serde_dynamo::from_item(item).expect("a book"), n)
    }
}
