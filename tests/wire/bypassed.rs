//! Calls in which another interceptor puts the SDK's own serializer or deserializer back: never a wrong success.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::BeforeSerializationInterceptorContextMut;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::{
    batch_get_item, batch_write_item, delete_item, get_item, put_item, query, scan, transact_get_items,
    transact_write_items, update_item,
};
use aws_smithy_runtime_api::client::interceptors::context::{Error as ErasedError, Input, Output};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_plugin::RuntimePlugin;
use aws_smithy_runtime_api::client::ser_de::{
    DeserializeResponse, SerializeRequest, SharedRequestSerializer, SharedResponseDeserializer,
};
use aws_smithy_types::config_bag::FrozenLayer;
use dynorm::{Db, DynamoModel, Error, Item};
use dynorm_local::Local;
use dynorm_tests::Result;
use dynorm_tests::models::Note;
use dynorm_tests::wire::{Reply, Wire};
use serde_json::{Value, json};
use uuid::Uuid;

/// Puts back what the SDK itself has for the operation: the interceptor of another library, which wants to be the one that reads and writes.
#[derive(Debug, Clone, Copy)]
struct Restores {
    reads: bool,
    writes: bool,
}

impl Intercept for Restores {
    fn name(&self) -> &'static str {
        "Restores"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let stock = || stock(context.input()).ok_or("the SDK configures every operation");
        if self.reads {
            config.interceptor_state().store_put(SharedResponseDeserializer::new(Stock(stock()?)));
        }
        if self.writes {
            config.interceptor_state().store_put(SharedRequestSerializer::new(Stock(stock()?)));
        }
        Ok(())
    }
}

/// What the SDK configures for the operation of this input.
fn stock(input: &Input) -> Option<FrozenLayer> {
    macro_rules! stock {
        ($($module:ident::$operation:ident $input:ident)*) => {
            $(if input.downcast_ref::<$module::$input>().is_some() {
                return $module::$operation::new().config();
            })*
        };
    }
    stock! {
        get_item::GetItem GetItemInput
        query::Query QueryInput
        scan::Scan ScanInput
        batch_get_item::BatchGetItem BatchGetItemInput
        transact_get_items::TransactGetItems TransactGetItemsInput
        put_item::PutItem PutItemInput
        update_item::UpdateItem UpdateItemInput
        delete_item::DeleteItem DeleteItemInput
        batch_write_item::BatchWriteItem BatchWriteItemInput
        transact_write_items::TransactWriteItems TransactWriteItemsInput
    }
    None
}

#[derive(Debug)]
struct Stock(FrozenLayer);

impl DeserializeResponse for Stock {
    fn deserialize_nonstreaming_with_config(
        &self,
        response: &HttpResponse,
        config: &ConfigBag,
    ) -> Result<Output, OrchestratorError<ErasedError>> {
        let stock = self.0.load::<SharedResponseDeserializer>().ok_or_else(|| OrchestratorError::other("none"))?;
        stock.deserialize_nonstreaming_with_config(response, config)
    }
}

impl SerializeRequest for Stock {
    fn serialize_input(&self, input: Input, config: &mut ConfigBag) -> Result<HttpRequest, BoxError> {
        self.0.load::<SharedRequestSerializer>().ok_or("none")?.serialize_input(input, config)
    }
}

fn id() -> Uuid {
    Uuid::from_u64_pair(1, 1)
}

fn item() -> Value {
    json!({ "id": { "S": id().to_string() }, "text": { "S": "hello" } })
}

fn db(wire: &Wire, restores: Restores) -> Db {
    Db::new(Client::from_conf(wire.config().interceptor(restores).build()))
}

/// The call fails as one whose items dynorm did not see.
#[track_caller]
fn unseen<T>(result: Result<T, Error>) {
    let error = result.err().expect("its items are with the SDK");
    assert!(error.is_decode() || error.is_unprocessed(), "{error}");
    assert!(format!("{error}").contains("did not pass through dynorm"), "{error}");
}

#[tokio::test]
async fn a_read_that_dynorm_did_not_see_is_an_error() -> Result {
    let page = || json!({ "Items": [item()], "Count": 1, "ScannedCount": 1 });
    let wire = Wire::new([
        Reply::ok(json!({ "Item": item() })),
        Reply::ok(page()),
        Reply::ok(page()),
        Reply::ok(json!({ "Responses": { "notes": [item()] }, "UnprocessedKeys": {} })),
        Reply::ok(json!({ "Responses": [{ "Item": item() }] })),
        Reply::ok(json!({ "Item": item() })),
        Reply::ok(json!({ "Item": item() })),
        Reply::ok(json!({})),
    ]);
    let db = db(&wire, Restores { reads: true, writes: false });
    let key = || Note::key().id(id());

    unseen(Note::get(key()).send(&db).await);
    unseen(Note::query(key()).all(&db).await);
    unseen(Note::scan().page(&db).await);
    unseen(Note::batch_get([key()]).send(&db).await);
    unseen(db.transact_get((key(),)).send().await);
    unseen(Note::get(key()).tracked().send(&db).await);
    unseen(Note::get(key()).raw().send(&db).await);
    // "No item" is no better known.
    unseen(Note::get(key()).send(&db).await);
    assert_eq!(wire.sent().len(), 8);
    Ok(())
}

#[tokio::test]
async fn a_write_whose_answer_dynorm_did_not_see_returns_nothing_wrong() -> Result {
    let attributes = || Reply::ok(json!({ "Attributes": item() }));
    let wire = Wire::new([attributes(), attributes(), attributes(), Reply::ok(json!({})), Reply::ok(json!({}))]);
    let db = db(&wire, Restores { reads: true, writes: false });
    let mut note = Note { id: id(), text: "hello".into() };

    unseen(note.put().return_old().send(&db).await);
    unseen(Note::update(&note).set(Note::TEXT, "hello").return_new().send(&db).await);
    unseen(Note::delete(&note).return_old().send(&db).await);
    // The SDK knows that it was done, which is all that there is to know of these.
    note.put().send(&db).await?;
    Note::update(&note).set(Note::TEXT, "hello").send(&db).await?;
    Ok(())
}

#[tokio::test]
async fn an_item_that_dynorm_could_not_put_into_the_request_is_refused() -> Result {
    let engine = Local::in_process().await?;
    Note::create_table().send(&engine.db()).await?;
    let wire = Wire::in_front_of(&engine, []);
    let db = db(&wire, Restores { reads: false, writes: true });
    let mut note = Note { id: id(), text: "hello".into() };

    let errors = [
        note.put().send(&db).await.expect_err("it has no key"),
        note.create().send(&db).await.expect_err("it has no key"),
        db.transact().add(note.put()).send().await.expect_err("it has no key"),
        db.batch_write().put(note.clone()).send().await.expect_err("it has no key"),
        Note::update(&note).upsert().set(Note::TEXT, "x".repeat(5_000)).send(&db).await.expect_err("it has no value"),
    ];

    for error in errors {
        assert!(!error.is_outcome_unknown(), "{error}");
        assert!(matches!(error.code(), Some("ValidationException" | "TransactionCanceledException")), "{error}");
    }
    let stored: Vec<Item> = Note::scan().raw().all(&engine.db()).await?;
    assert!(stored.is_empty(), "nothing was stored");
    Ok(())
}
