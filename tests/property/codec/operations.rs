//! Every operation that brings items: what is read of its answer is what is read of the same answer over the SDK's maps, a model or an error.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, Get, KeysAndAttributes, ReturnValue, TransactGetItem};
use aws_sdk_dynamodbstreams::config::{BehaviorVersion, Credentials, Region};
use dynorm::stream::Record;
use dynorm::{DynamoModel, DynamoProjection, Error};
use dynorm_tests::wire::{Reply, Wire};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::differential::{damage, damaged};
use super::orders::{ById, Line, Order, Payment, Seen, block_on, order, reason, render, stored};

type Map = HashMap<String, AttributeValue>;

/// Some of the attributes; a flattened rest, the keys and the version are not among them.
#[derive(Debug, PartialEq, DynamoProjection)]
#[dynorm(of = Order, index = ById)]
struct Brief {
    lines: Vec<Line>,
    payment: Payment,
    remark: Option<String>,
    priority: u8,
    big: i128,
}

impl From<Order> for Brief {
    fn from(order: Order) -> Self {
        let Order { lines, payment, remark, priority, big, .. } = order;
        Brief { lines, payment, remark, priority, big }
    }
}

/// What brings an item.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Operation {
    Get,
    Tracked,
    Query,
    Index,
    Scan,
    BatchGet,
    TransactGet,
    PutOld,
    UpdateOld,
    UpdateNew,
    Delete,
    FailedCondition,
    CanceledTransaction,
}

impl Operation {
    const ALL: [Operation; 13] = [
        Self::Get,
        Self::Tracked,
        Self::Query,
        Self::Index,
        Self::Scan,
        Self::BatchGet,
        Self::TransactGet,
        Self::PutOld,
        Self::UpdateOld,
        Self::UpdateNew,
        Self::Delete,
        Self::FailedCondition,
        Self::CanceledTransaction,
    ];

    /// The answer with this item.
    fn answer(self, item: &Value, seed: u64) -> Reply {
        let item = String::from_utf8(render(item, seed)).expect("it is text");
        let (status, start, end) = match self {
            Self::Get | Self::Tracked => (200, r#"{"Item":"#, "}"),
            Self::Query | Self::Index | Self::Scan => (200, r#"{"Count":1,"Items":["#, r#"],"ScannedCount":1}"#),
            Self::BatchGet => (200, r#"{"Responses":{"orders":["#, r#"]},"UnprocessedKeys":{}}"#),
            Self::TransactGet => (200, r#"{"Responses":[{"Item":"#, "}]}"),
            Self::PutOld | Self::UpdateOld | Self::UpdateNew | Self::Delete => (200, r#"{"Attributes":"#, "}"),
            Self::FailedCondition => (400, r#"{"__type":"ConditionalCheckFailedException","Item":"#, "}"),
            Self::CanceledTransaction => (
                400,
                r#"{"__type":"TransactionCanceledException","CancellationReasons":[{"Code":"None"},{"Code":"ConditionalCheckFailed","Item":"#,
                "}]}",
            ),
        };
        Reply::bytes(status, format!("{start}{item}{end}"))
    }

    /// What dynorm reads.
    fn direct(self, order: &Order, item: &Value, seed: u64) -> Seen {
        let wire = Wire::new([self.answer(item, seed)]);
        let db = wire.db();
        let (key, index) = (order.to_key(), Order::by_id().id(order.id));
        let mut put = order.clone();
        let other = Order::key().shop("other").placed(order.placed).number(order.number);
        block_on(async {
            let one = |found: Vec<Order>| found.into_iter().next();
            let update = || Order::update(&key).set(Order::GIFT, true);
            let found = match self {
                Self::Get => Order::get(&key).send(&db).await,
                Self::Tracked => {
                    Order::get(&key).tracked().send(&db).await.map(|item| item.map(|item| item.into_inner()))
                }
                Self::Query => Order::query(Order::key().shop(&order.shop)).all(&db).await.map(one),
                Self::Index => Order::query(index).all(&db).await.map(one),
                Self::Scan => Order::scan().all(&db).await.map(one),
                Self::BatchGet => {
                    Order::batch_get([&key]).send(&db).await.map(|found| found.into_iter().next().flatten())
                }
                Self::TransactGet => db.transact_get((&key,)).send().await.map(|found| found.0),
                Self::PutOld => put.put().overwrite().return_old().send(&db).await,
                Self::UpdateOld => update().return_old().send(&db).await.map(Some),
                Self::UpdateNew => update().return_new().send(&db).await.map(Some),
                Self::Delete => Order::delete(&key).return_old().send(&db).await,
                Self::FailedCondition => {
                    let error = update().condition(Order::GIFT.eq(false)).send(&db).await.expect_err("it is one");
                    error.current::<Order>().expect("the item that is there").map(Some)
                }
                Self::CanceledTransaction => {
                    let error = db.transact().add(put.put().overwrite()).add(Order::delete(other)).send().await;
                    let error = error.expect_err("it is one");
                    error.reasons()[1].current::<Order>().expect("the item that is there").map(Some)
                }
            };
            found.map(|found| found.expect("there is one")).map_err(|error| reason(&error))
        })
    }

    /// What the SDK has in its maps; of an error, what dynorm's error has of them.
    fn over_maps(self, item: &Value, seed: u64) -> Seen {
        let wire = Wire::new([self.answer(item, seed)]);
        let client = wire.client();
        let key = || Map::from([("shop".to_owned(), AttributeValue::S("x".into()))]);
        let map = block_on(async {
            let update = client.update_item().table_name("orders").set_key(Some(key()));
            Ok::<_, Box<dyn std::error::Error>>(match self {
                Self::Get | Self::Tracked => {
                    client.get_item().table_name("orders").set_key(Some(key())).send().await?.item
                }
                Self::Query | Self::Index => client.query().table_name("orders").send().await?.items().first().cloned(),
                Self::Scan => client.scan().table_name("orders").send().await?.items().first().cloned(),
                Self::BatchGet => {
                    let keys = KeysAndAttributes::builder().keys(key()).build()?;
                    let output = client.batch_get_item().request_items("orders", keys).send().await?;
                    output.responses().and_then(|tables| tables["orders"].first().cloned())
                }
                Self::TransactGet => {
                    let get = Get::builder().table_name("orders").set_key(Some(key())).build()?;
                    let item = TransactGetItem::builder().get(get).build();
                    client.transact_get_items().transact_items(item).send().await?.responses()[0].item().cloned()
                }
                Self::PutOld => client.put_item().table_name("orders").set_item(Some(key())).send().await?.attributes,
                Self::UpdateOld => update.return_values(ReturnValue::AllOld).send().await?.attributes,
                Self::UpdateNew => update.return_values(ReturnValue::AllNew).send().await?.attributes,
                Self::Delete => client.delete_item().table_name("orders").set_key(Some(key())).send().await?.attributes,
                Self::FailedCondition => {
                    let error = update.send().await.expect_err("it is one").into_service_error();
                    let update = aws_sdk_dynamodb::operation::update_item::UpdateItemError::is_conditional_check_failed_exception;
                    assert!(update(&error));
                    match error {
                        aws_sdk_dynamodb::operation::update_item::UpdateItemError::ConditionalCheckFailedException(
                            failed,
                        ) => failed.item,
                        _ => None,
                    }
                }
                Self::CanceledTransaction => {
                    let put =
                        aws_sdk_dynamodb::types::Put::builder().table_name("orders").set_item(Some(key())).build()?;
                    let item = aws_sdk_dynamodb::types::TransactWriteItem::builder().put(put).build();
                    let error = client.transact_write_items().transact_items(item).send().await.expect_err("it is one");
                    match error.into_service_error() {
                        aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(canceled) => {
                            canceled.cancellation_reasons()[1].item().cloned()
                        }
                        _ => None,
                    }
                }
            })
        });
        let map = map.expect("the SDK reads it").expect("an item");
        Order::from_attributes(&map).map_err(|error| reason(&error))
    }
}

/// The records of an event's bytes, and of what the SDK reads of them; `None` if one of them refuses the event.
pub(super) fn records(event: Vec<u8>) -> Option<(Vec<Record<Order>>, Vec<Record<Order>>)> {
    let direct = Record::from_event(&event).ok()?;
    let config = aws_sdk_dynamodbstreams::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::for_tests())
        .http_client(Wire::new([Reply::bytes(200, event)]));
    let client = aws_sdk_dynamodbstreams::Client::from_conf(config.build());
    let output = block_on(client.get_records().shard_iterator("i").send()).ok()?;
    Some((direct, Record::from_records(output.records())))
}

/// What a record of a stream has as its new image, on both ways.
fn image(item: &Value, seed: u64) -> (Seen, Seen) {
    let keys = json!({ "shop": item["shop"], "sk": item["sk"] });
    let event = json!({ "Records": [{ "eventName": "INSERT", "dynamodb": { "Keys": keys, "NewImage": item } }] });
    let (direct, parsed) = records(render(&event, seed)).expect("it is one");
    let seen = |record: &Record<Order>| record.new().map(|new| new.expect("an image")).map_err(|error| reason(&error));
    (seen(&direct[0]), seen(&parsed[0]))
}

/// Found by fuzzing: the SDK has a value of an unknown type, and the whole key was unreadable for that.
#[test]
fn a_guard_is_left_out_whatever_else_its_key_has() {
    let shop = json!({ "S": format!("dynorm:unique:{}", "0a".repeat(32)) });
    for sk in [json!({ "S": "x" }), json!({ "NEW": "x" })] {
        let keys = json!({ "shop": shop, "sk": sk });
        let event = json!({ "Records": [{ "eventName": "INSERT", "dynamodb": { "Keys": keys, "NewImage": keys } }] });
        let (direct, parsed) = records(event.to_string().into_bytes()).expect("it is one");
        assert_eq!((direct.len(), parsed.len()), (0, 0), "{event}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn each_operation_reads_what_is_in_the_maps(order in order(), damage in damage(), seed: u64) {
        let item = damaged(&stored(&order), &damage);
        let expected = Order::from_json(item.to_string().as_bytes()).map_err(|error| reason(&error));
        let has_key = ["shop", "sk"].iter().all(|name| item[name] == stored(&order)[name]);
        for operation in Operation::ALL {
            // A batch finds its keys' items by their keys, and a tracked item keeps the one that is stored.
            if matches!(operation, Operation::BatchGet | Operation::Tracked) && !has_key {
                continue;
            }
            let (direct, over_maps) = (operation.direct(&order, &item, seed), operation.over_maps(&item, seed));
            prop_assert_eq!(&direct, &over_maps, "{:?} of {}", operation, item);
            // Both could forget the same; one more way must not.
            prop_assert_eq!(&direct, &expected, "{:?} of {}", operation, item);
        }
        if item["shop"].is_object() && item["sk"].is_object() {
            let (direct, over_maps) = image(&item, seed);
            prop_assert_eq!(&direct, &over_maps, "{}", item);
            prop_assert_eq!(&direct, &expected, "{}", item);
        }
    }

    #[test]
    fn a_projection_reads_what_the_model_reads(order in order(), seed: u64) {
        let item = stored(&order);
        let wire = Wire::new([Operation::Get, Operation::Query, Operation::Index, Operation::Scan].map(|get| get.answer(&item, seed)));
        let db = wire.db();
        let (key, index) = (order.to_key(), Order::by_id().id(order.id));
        let found = block_on(async {
            let get = Order::get(&key).project::<Brief>().send(&db).await?;
            let query = Order::query(Order::key().shop(&order.shop)).project::<Brief>().all(&db).await?;
            let index = Order::query(index).project::<Brief>().all(&db).await?;
            let scan = Order::scan().project::<Brief>().all(&db).await?;
            Ok::<_, Error>(get.into_iter().chain(query).chain(index).chain(scan).collect::<Vec<_>>())
        });
        prop_assert_eq!(found.unwrap(), [(); 4].map(|()| Brief::from(order.clone())));
    }
}
