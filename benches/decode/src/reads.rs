//! Query, GetItem, BatchGetItem and TransactGetItems.

use std::collections::HashMap;
use std::hint::black_box;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, Get, KeysAndAttributes, ReturnConsumedCapacity, TransactGetItem};
use dynorm::{Db, DynamoModel, Key};
use serde::de::DeserializeOwned;

use crate::canned;
use crate::case::{Case, way};
use crate::shapes::{self, Shape};

/// One page of a Query.
pub fn query<M: Shape + DynamoModel + DeserializeOwned + Send + 'static>(items: usize) -> Case {
    let client = canned::client(shapes::page::<M>(items));
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

type Map = HashMap<String, AttributeValue>;

async fn page(client: &Client) -> Vec<Map> {
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

async fn item(client: &Client) -> Option<Map> {
    let get = client
        .get_item()
        .table_name("table")
        .key("pk", AttributeValue::S("Penguin Books".into()))
        .key("sk", AttributeValue::S("1995".into()));
    get.send().await.expect("an answer").item
}

/// The keys of the first items, as each way is given them.
fn keys<M: Shape + DynamoModel + DeserializeOwned>(number: usize) -> (Vec<Map>, Vec<Key<M>>) {
    let keys: Vec<Key<M>> = (0..number).map(|n| M::item(n).to_key()).collect();
    (keys.iter().map(|key| key.to_sdk().expect("a key")).collect(), keys)
}

/// A BatchGetItem of 100 keys.
pub fn batch_get<M: Shape + DynamoModel + DeserializeOwned + Send + 'static>() -> Case {
    let all: Vec<String> = (0..100).map(M::json).collect();
    let answer =
        format!("{{\"Responses\":{{\"table\":[{}]}},\"UnprocessedKeys\":{{}},\"ConsumedCapacity\":[]}}", all.join(","));
    let client = canned::client(answer);
    let (maps, keys) = keys::<M>(100);
    async fn send(client: &Client, keys: Vec<Map>) -> Vec<Map> {
        let keys = KeysAndAttributes::builder().set_keys(Some(keys)).build().expect("keys");
        let batch = client.batch_get_item().request_items("table", keys);
        let batch = batch.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await.expect("an answer");
        batch.responses.and_then(|mut tables| tables.remove("table")).unwrap_or_default()
    }
    Case {
        call: "BatchGetItem",
        shape: M::NAME,
        items: 100,
        ways: [
            way(&(client.clone(), maps.clone()), async |(client, keys)| black_box(send(&client, keys).await).len()),
            way(&(client.clone(), maps), async |(client, keys)| {
                black_box(serde_dynamo::from_items::<_, M>(send(&client, keys).await).expect("items")).len()
            }),
            way(&(Db::new(client), keys), async |(db, keys)| {
                let items = black_box(M::batch_get(keys).send(&db).await.expect("an answer"));
                items.iter().flatten().count()
            }),
        ],
    }
}

/// A TransactGetItems of 12 keys, the most that a tuple has.
pub fn transact_get<M: Shape + DynamoModel + DeserializeOwned + Send + 'static>() -> Case {
    let all: Vec<String> = (0..12).map(|n| format!("{{\"Item\":{}}}", M::json(n))).collect();
    let client = canned::client(format!("{{\"Responses\":[{}]}}", all.join(",")));
    let (maps, keys) = keys::<M>(12);
    async fn send(client: &Client, keys: Vec<Map>) -> impl Iterator<Item = Map> {
        let get = |key| Get::builder().table_name("table").set_key(Some(key)).build().expect("a get");
        let gets = keys.into_iter().map(|key| TransactGetItem::builder().get(get(key)).build()).collect();
        let answer = client.transact_get_items().set_transact_items(Some(gets)).send().await.expect("an answer");
        answer.responses.unwrap_or_default().into_iter().filter_map(|response| response.item)
    }
    Case {
        call: "TransactGetItems",
        shape: M::NAME,
        items: 12,
        ways: [
            way(&(client.clone(), maps.clone()), async |(client, keys)| black_box(send(&client, keys).await).count()),
            way(&(client.clone(), maps), async |(client, keys)| {
                let items =
                    send(&client, keys).await.map(|item| serde_dynamo::from_item::<_, M>(item).expect("an item"));
                black_box(items.collect::<Vec<M>>()).len()
            }),
            way(&(Db::new(client), keys), async |(db, keys)| {
                let keys: [Key<M>; 12] = keys.try_into().expect("twelve keys");
                let [a, b, c, d, e, f, g, h, i, j, k, l] = keys;
                let items = db.transact_get((a, b, c, d, e, f, g, h, i, j, k, l)).send().await.expect("an answer");
                let (a, b, c, d, e, f, g, h, i, j, k, l) = black_box(items);
                [a, b, c, d, e, f, g, h, i, j, k, l].iter().flatten().count()
            }),
        ],
    }
}
