//! PutItem, UpdateItem, BatchWriteItem and TransactWriteItems.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hint::black_box;
use std::rc::Rc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeValue, Put, PutRequest, ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem, WriteRequest,
};
use dynorm::write::PutReturningOld;
use dynorm::{BatchWrite, Db, DynamoModel, Update};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::canned;
use crate::case::{Case, way};
use crate::shapes::Shape;

const TITLE: &str = "another title";

type Map = HashMap<String, AttributeValue>;

/// What a model must be to be written in each way.
pub trait Written: Shape + DynamoModel + DeserializeOwned + Serialize + Clone + Send + 'static {}
impl<M: Shape + DynamoModel + DeserializeOwned + Serialize + Clone + Send + 'static> Written for M {}

fn map<M: Written>(item: &M) -> Map {
    serde_dynamo::to_item(item).expect("a map")
}

/// A PutItem without a condition.
pub fn put<M: Written>() -> Case {
    let client = canned::client("{}".into());
    let item = M::item(1);
    async fn send(client: &Client, item: Map) -> usize {
        client.put_item().table_name("table").set_item(Some(item)).send().await.expect("an answer");
        1
    }
    Case {
        call: "PutItem",
        shape: M::NAME,
        items: 1,
        ways: [
            way(&(client.clone(), map(&item)), async |(client, item)| send(&client, item).await),
            way(&(client.clone(), Rc::new(item.clone())), async |(client, item)| send(&client, map(&*item)).await),
            way(&(Db::new(client), item), async |(db, mut item)| {
                item.put().send(&db).await.expect("an answer");
                1
            }),
        ],
    }
}

/// A PutItem that returns the item it replaced.
pub fn put_returning_old<M: Written>(put: fn(&mut M) -> PutReturningOld<'_, M>) -> Case {
    let client = canned::client(format!("{{\"Attributes\":{}}}", M::json(2)));
    let item = M::item(1);
    async fn send(client: &Client, item: Map) -> Map {
        let put = client.put_item().table_name("table").set_item(Some(item)).return_values(ReturnValue::AllOld);
        put.send().await.expect("an answer").attributes.expect("the old item")
    }
    Case {
        call: "PutItem+old",
        shape: M::NAME,
        items: 1,
        ways: [
            way(&(client.clone(), map(&item)), async |(client, item)| {
                black_box(send(&client, item).await);
                1
            }),
            way(&(client.clone(), Rc::new(item.clone())), async |(client, item)| {
                let old = send(&client, map(&*item)).await;
                black_box(serde_dynamo::from_item::<_, M>(old).expect("an item"));
                1
            }),
            way(&(Db::new(client), item), move |(db, mut item)| async move {
                usize::from(black_box(put(&mut item).send(&db).await.expect("an answer")).is_some())
            }),
        ],
    }
}

/// An UpdateItem that sets one attribute of an item that exists.
pub fn update<M: Written>(name: &'static str, update: fn(&'static str) -> Update<M>) -> Case {
    let client = canned::client("{}".into());
    async fn send(client: &Client, name: &str, value: AttributeValue) -> usize {
        sdk_update(client, name, value).send().await.expect("an answer");
        1
    }
    Case {
        call: "UpdateItem",
        shape: M::NAME,
        items: 1,
        ways: [
            way(&client, move |client| async move { send(&client, name, AttributeValue::S(TITLE.into())).await }),
            way(&client, move |client| async move {
                send(&client, name, serde_dynamo::to_attribute_value(TITLE).expect("a value")).await
            }),
            way(&Db::new(client), move |db| async move {
                update(TITLE).send(&db).await.expect("an answer");
                1
            }),
        ],
    }
}

fn sdk_update(client: &Client, name: &str, value: AttributeValue) -> UpdateItemFluentBuilder {
    client
        .update_item()
        .table_name("table")
        .key("pk", AttributeValue::S("Penguin Books".into()))
        .key("sk", AttributeValue::S("1995".into()))
        .update_expression("SET #0 = :0")
        .condition_expression("attribute_exists(#1)")
        .expression_attribute_names("#0", name)
        .expression_attribute_names("#1", "pk")
        .expression_attribute_values(":0", value)
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
}

/// The same, and it returns the item as it is then.
pub fn update_returning_new<M: Written>(name: &'static str, update: fn(&'static str) -> Update<M>) -> Case {
    let client = canned::client(format!("{{\"Attributes\":{}}}", M::json(1)));
    async fn send(client: &Client, name: &str, value: AttributeValue) -> Map {
        let update = sdk_update(client, name, value).return_values(ReturnValue::AllNew);
        update.send().await.expect("an answer").attributes.expect("the new item")
    }
    Case {
        call: "UpdateItem+new",
        shape: M::NAME,
        items: 1,
        ways: [
            way(&client, move |client| async move {
                black_box(send(&client, name, AttributeValue::S(TITLE.into())).await);
                1
            }),
            way(&client, move |client| async move {
                let value = serde_dynamo::to_attribute_value(TITLE).expect("a value");
                let new = send(&client, name, value).await;
                black_box(serde_dynamo::from_item::<_, M>(new).expect("an item"));
                1
            }),
            way(&Db::new(client), move |db| async move {
                black_box(update(TITLE).return_new().send(&db).await.expect("an answer"));
                1
            }),
        ],
    }
}

/// A BatchWriteItem of 25 puts.
pub fn batch<M: Written>(batch: fn(&Db, Vec<M>) -> BatchWrite<'_>) -> Case {
    let client = canned::client("{\"UnprocessedItems\":{},\"ConsumedCapacity\":[]}".into());
    let items: Vec<M> = (0..25).map(M::item).collect();
    async fn send(client: &Client, items: impl Iterator<Item = Map>) -> usize {
        let put = |item| PutRequest::builder().set_item(Some(item)).build().expect("a request");
        let requests: Vec<_> = items.map(|item| WriteRequest::builder().put_request(put(item)).build()).collect();
        let batch = client.batch_write_item().request_items("table", requests);
        batch.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await.expect("an answer");
        25
    }
    let maps: Vec<Map> = items.iter().map(map).collect();
    Case {
        call: "BatchWriteItem",
        shape: M::NAME,
        items: 25,
        ways: [
            way(&(client.clone(), maps), async |(client, maps)| send(&client, maps.into_iter()).await),
            way(&(client.clone(), Rc::new(items.clone())), async |(client, items)| {
                send(&client, items.iter().map(map)).await
            }),
            way(&(Db::new(client), items), move |(db, items)| async move {
                batch(&db, items).send().await.expect("an answer").operations
            }),
        ],
    }
}

/// A TransactWriteItems that creates 25 items.
pub fn transact<M: Written>() -> Case {
    let client = canned::client("{}".into());
    let items: Vec<M> = (0..25).map(M::item).collect();
    async fn send(client: &Client, items: impl Iterator<Item = Map>) -> usize {
        let put = |item| {
            let put = Put::builder()
                .table_name("table")
                .set_item(Some(item))
                .condition_expression("attribute_not_exists(#0)")
                .expression_attribute_names("#0", "pk")
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
            TransactWriteItem::builder().put(put.build().expect("a put")).build()
        };
        let transaction = client.transact_write_items().set_transact_items(Some(items.map(put).collect()));
        transaction.send().await.expect("an answer");
        25
    }
    let maps: Vec<Map> = items.iter().map(map).collect();
    Case {
        call: "TransactWriteItems",
        shape: M::NAME,
        items: 25,
        ways: [
            way(&(client.clone(), maps), async |(client, maps)| send(&client, maps.into_iter()).await),
            way(&(client.clone(), Rc::new(items.clone())), async |(client, items)| {
                send(&client, items.iter().map(map)).await
            }),
            way(&(Db::new(client), Rc::new(RefCell::new(items))), async |(db, shared)| {
                let mut items = shared.take();
                let creates = items.iter_mut().map(|item| item.create());
                db.transact().add_all(creates).send().await.expect("an answer");
                shared.replace(items);
                25
            }),
        ],
    }
}
