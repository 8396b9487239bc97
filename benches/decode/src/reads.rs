//! Query and GetItem.

use std::hint::black_box;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use dynorm::{Db, DynamoModel};
use serde::de::DeserializeOwned;

use crate::canned;
use crate::case::{Case, way};
use crate::shapes::Shape;

/// One page of a Query.
pub fn query<M: Shape + DynamoModel + DeserializeOwned + Send + 'static>(items: usize) -> Case {
    let client = canned::client(canned::page::<M>(items));
    Case {
        call: "Query",
        shape: M::NAME,
        items,
        ways: [
            way(&client, async |client| black_box(page(&client).await).len()),
            way(&client, async |client| {
                black_box(serde_dynamo::from_items::<_, M>(page(&client).await).expect("items")).len()
            }),
            way(&Db::new(client.clone()), async |db| {
                black_box(M::query(M::some_key()).max_pages(1).all(&db).await.expect("a page")).len()
            }),
        ],
    }
}

async fn page(client: &Client) -> Vec<std::collections::HashMap<String, AttributeValue>> {
    let query = client
        .query()
        .table_name("table")
        .key_condition_expression("#0 = :0")
        .expression_attribute_names("#0", "pk")
        .expression_attribute_values(":0", AttributeValue::S("a".into()));
    query.send().await.expect("a page").items.unwrap_or_default()
}

/// A GetItem.
pub fn get<M: Shape + DynamoModel + DeserializeOwned + Send + 'static>() -> Case {
    let client = canned::client(format!("{{\"Item\":{}}}", M::json(1)));
    Case {
        call: "GetItem",
        shape: M::NAME,
        items: 1,
        ways: [
            way(&client, async |client| usize::from(black_box(item(&client).await).is_some())),
            way(&client, async |client| {
                let item = item(&client).await.expect("an item");
                black_box(serde_dynamo::from_item::<_, M>(item).expect("an item"));
                1
            }),
            way(&Db::new(client.clone()), async |db| {
                usize::from(black_box(M::get(M::some_key()).send(&db).await.expect("an answer")).is_some())
            }),
        ],
    }
}

async fn item(client: &Client) -> Option<std::collections::HashMap<String, AttributeValue>> {
    let get = client
        .get_item()
        .table_name("table")
        .key("pk", AttributeValue::S("Penguin Books".into()))
        .key("sk", AttributeValue::S("1995".into()));
    get.send().await.expect("an answer").item
}
