//! What others see of a call as ever: a user's interceptor its input, response and output, and a subscriber the SDK's own spans.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeDeserializationInterceptorContextRef,
    BeforeSerializationInterceptorContextRef,
};
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::RequestId;
use aws_sdk_dynamodb::operation::get_item::{GetItemInput, GetItemOutput};
use aws_sdk_dynamodb::operation::put_item::{PutItemInput, PutItemOutput};
use dynorm::{Db, DynamoModel};
use dynorm_tests::Result;
use dynorm_tests::models::Note;
use dynorm_tests::wire::{Reply, Wire};
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Metadata, Subscriber};
use uuid::Uuid;

use super::calls::{ALL, Call};

fn id() -> Uuid {
    Uuid::from_u64_pair(1, 1)
}

/// Notes what it sees of a note with this text.
#[derive(Debug, Clone)]
struct Witness {
    text: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Witness {
    fn note(&self, what: String) {
        self.seen.lock().expect("no test panics while it holds this").push(what);
    }

    fn knows(&self, bytes: &[u8]) -> bool {
        String::from_utf8_lossy(bytes).contains(&self.text)
    }
}

impl Intercept for Witness {
    fn name(&self) -> &'static str {
        "Witness"
    }

    fn read_before_serialization(
        &self,
        context: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(get) = context.input().downcast_ref::<GetItemInput>() {
            let is_key =
                get.key().and_then(|key| key.get("id")?.as_s().ok()).is_some_and(|key| *key == id().to_string());
            self.note(format!("get from {:?}, with the key: {is_key}", get.table_name()));
        }
        if let Some(put) = context.input().downcast_ref::<PutItemInput>() {
            let item = put.item().ok_or("an item")?;
            let json = item.get("(encoded by dynorm)").and_then(|json| json.as_b().ok()).ok_or("its JSON")?;
            self.note(format!("put of {} with the text: {}", item.len(), self.knows(json.as_ref())));
        }
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response().body().bytes().ok_or("it is in memory")?;
        self.note(format!("status {} with the text: {}", context.response().status().as_u16(), self.knows(body)));
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let output = context.output_or_error().map_err(|_| "a success")?;
        if let Some(get) = output.downcast_ref::<GetItemOutput>() {
            self.note(format!("got by {:?}, with an item: {}", get.request_id(), get.item().is_some()));
        }
        if let Some(put) = output.downcast_ref::<PutItemOutput>() {
            self.note(format!("put by {:?}, with an item: {}", put.request_id(), put.attributes().is_some()));
        }
        Ok(())
    }
}

#[tokio::test]
async fn an_interceptor_sees_small_and_large_calls() -> Result {
    for text in ["hello".to_owned(), "long ".repeat(60_000)] {
        let item = json!({ "id": { "S": id().to_string() }, "text": { "S": text } });
        let wire = Wire::new([
            Reply::ok(json!({ "Attributes": item })).header("x-amzn-requestid", "R1"),
            Reply::ok(json!({ "Item": item })).header("x-amzn-requestid", "R2"),
        ]);
        let witness = Witness { text: text.clone(), seen: Arc::default() };
        let db = Db::new(Client::from_conf(wire.config().interceptor(witness.clone()).build()));
        let mut note = Note { id: id(), text };

        assert_eq!(note.put().return_old().send(&db).await?.as_ref(), Some(&note));
        assert_eq!(Note::get(&note).send(&db).await?, Some(note));

        let seen = witness.seen.lock().expect("no test panics while it holds this").clone();
        let expected = [
            "put of 1 with the text: true",
            "status 200 with the text: true",
            "put by Some(\"R1\"), with an item: false",
            "get from Some(\"notes\"), with the key: true",
            "status 200 with the text: true",
            "got by Some(\"R2\"), with an item: false",
        ];
        assert_eq!(seen, expected);
    }
    Ok(())
}

/// Keeps what the SDK says: its spans with their fields, and the places of its events, each with how often.
#[derive(Clone, Default)]
struct Says(Arc<Mutex<(Vec<String>, BTreeMap<String, usize>)>>);

impl Says {
    fn said(&self) -> (Vec<String>, BTreeMap<String, usize>) {
        self.0.lock().expect("no test panics while it holds this").clone()
    }
}

/// The fields of a span, and the values of those that are the same for each call.
struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let value = field.name().starts_with("rpc").then(|| format!("{value:?}"));
        self.0 += &format!(" {}={value:?}", field.name());
    }
}

impl Subscriber for Says {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("aws")
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut fields = Fields(attributes.metadata().name().to_owned());
        attributes.record(&mut fields);
        self.0.lock().expect("no test panics while it holds this").0.push(fields.0);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let place = event.metadata().name().to_owned();
        *self.0.lock().expect("no test panics while it holds this").1.entry(place).or_default() += 1;
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// What the SDK says in a call of dynorm's, and in its own.
async fn said(call: Call) -> Result<(Says, Says)> {
    let script = || [Reply::error("ThrottlingException"), Reply::ok(call.answer())];
    let wire = Wire::new(script().into_iter().chain(script()));
    // Each looks for credentials first.
    let client = || Client::from_conf(wire.config().retry_config(RetryConfig::standard()).build());
    let (db, client) = (Db::new(client()), client());

    let ours = Says::default();
    let guard = tracing::subscriber::set_default(ours.clone());
    call.send(&db).await?;
    drop(guard);
    let bare = Says::default();
    let guard = tracing::subscriber::set_default(bare.clone());
    let token = wire.sent()[0].body["ClientRequestToken"].as_str().map(str::to_owned);
    super::same_as_sdk::bare(call, &client, "notes", token.as_deref()).await?;
    drop(guard);
    Ok((ours, bare))
}

#[tokio::test(start_paused = true)]
async fn a_subscriber_sees_what_the_sdk_says() -> Result {
    // Other tests may meet a place for the first time just now, when `tracing` asks who wants to know of it; then it is known.
    let _kept = Dispatch::new(Says::default());
    for call in ALL {
        said(call).await?;
        let (ours, bare) = said(call).await?;

        let ((ours, our_events), (bare, bare_events)) = (ours.said(), bare.said());
        assert!(bare.iter().filter(|span| span.starts_with("try_attempt")).count() == 2, "{bare:#?}");
        assert!(bare.iter().any(|span| span.starts_with(&format!("DynamoDB.{}", call.name()))), "{bare:#?}");
        assert_eq!(ours, bare, "{call:?}");
        for (place, times) in bare_events {
            assert!(our_events.get(&place).is_some_and(|ours| *ours >= times), "{call:?}: {place}");
        }
    }
    Ok(())
}
