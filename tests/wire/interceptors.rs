//! A user's interceptors in each operation: they see the input, the answer and the output, and what they change of them counts.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeDeserializationInterceptorContextMut,
    BeforeDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextMut,
    BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextMut, FinalizerInterceptorContextMut,
};
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::RequestId;
use aws_sdk_dynamodb::operation::batch_get_item::{BatchGetItemInput, BatchGetItemOutput};
use aws_sdk_dynamodb::operation::batch_write_item::{BatchWriteItemInput, BatchWriteItemOutput};
use aws_sdk_dynamodb::operation::delete_item::{DeleteItemInput, DeleteItemOutput};
use aws_sdk_dynamodb::operation::get_item::{GetItemInput, GetItemOutput};
use aws_sdk_dynamodb::operation::put_item::{PutItemInput, PutItemOutput};
use aws_sdk_dynamodb::operation::query::{QueryInput, QueryOutput};
use aws_sdk_dynamodb::operation::scan::{ScanInput, ScanOutput};
use aws_sdk_dynamodb::operation::transact_get_items::{TransactGetItemsInput, TransactGetItemsOutput};
use aws_sdk_dynamodb::operation::transact_write_items::{TransactWriteItemsInput, TransactWriteItemsOutput};
use aws_sdk_dynamodb::operation::update_item::{UpdateItemInput, UpdateItemOutput};
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use aws_smithy_runtime_api::client::interceptors::context::{Input, Output};
use aws_smithy_types::body::SdkBody;
use dynorm::Db;
use dynorm_tests::Result;
use dynorm_tests::models::Note;
use dynorm_tests::wire::{Reply, Wire};
use serde_json::{Value, json};

use super::calls::{ALL, Call, note};

fn db(wire: &Wire, interceptor: impl Intercept + 'static) -> Db {
    let config = wire.config().retry_config(RetryConfig::standard()).interceptor(interceptor);
    Db::new(Client::from_conf(config.build()))
}

/// The name of an input's operation, and the input's wish for capacity.
fn wish(input: &mut Input) -> Option<(&'static str, &mut Option<ReturnConsumedCapacity>)> {
    macro_rules! wish {
        ($($operation:ident $input:ident)*) => {
            $(if input.downcast_ref::<$input>().is_some() {
                let input = input.downcast_mut::<$input>()?;
                return Some((stringify!($operation), &mut input.return_consumed_capacity));
            })*
        };
    }
    wish! {
        GetItem GetItemInput
        Query QueryInput
        Scan ScanInput
        BatchGetItem BatchGetItemInput
        TransactGetItems TransactGetItemsInput
        PutItem PutItemInput
        UpdateItem UpdateItemInput
        DeleteItem DeleteItemInput
        BatchWriteItem BatchWriteItemInput
        TransactWriteItems TransactWriteItemsInput
    }
    None
}

/// What the SDK's output has: of which operation it is, its request id, the units, and how many items.
fn has(output: &Output) -> Option<String> {
    macro_rules! has {
        ($($operation:ident $output:ident |$name:ident| $units:expr, $items:expr;)*) => {
            $(if let Some($name) = output.downcast_ref::<$output>() {
                let (units, items): (Option<f64>, usize) = ($units, $items);
                return Some(format!("{} {:?} {units:?} units, {items} items", stringify!($operation), $name.request_id()));
            })*
        };
    }
    has! {
        GetItem GetItemOutput |o| o.consumed_capacity()?.capacity_units(), o.item().map_or(0, |_| 1);
        Query QueryOutput |o| o.consumed_capacity()?.capacity_units(), o.items().len();
        Scan ScanOutput |o| o.consumed_capacity()?.capacity_units(), o.items().len();
        BatchGetItem BatchGetItemOutput |o| o.consumed_capacity().first()?.capacity_units(), o.responses().map_or(0, |all| all.len());
        TransactGetItems TransactGetItemsOutput |o| o.consumed_capacity().first()?.capacity_units(), o.responses().len();
        PutItem PutItemOutput |o| o.consumed_capacity()?.capacity_units(), o.attributes().map_or(0, |_| 1);
        UpdateItem UpdateItemOutput |o| o.consumed_capacity()?.capacity_units(), o.attributes().map_or(0, |_| 1);
        DeleteItem DeleteItemOutput |o| o.consumed_capacity()?.capacity_units(), o.attributes().map_or(0, |_| 1);
        BatchWriteItem BatchWriteItemOutput |o| o.consumed_capacity().first()?.capacity_units(), 0;
        TransactWriteItems TransactWriteItemsOutput |o| o.consumed_capacity().first()?.capacity_units(), 0;
    }
    None
}

/// A good answer that says what the call consumed.
fn answer(call: Call) -> Value {
    let mut answer = call.answer();
    let capacity = json!({ "TableName": "notes", "CapacityUnits": 1.5 });
    let many = call.name().starts_with("Batch") || call.name().starts_with("Transact");
    answer["ConsumedCapacity"] = if many { json!([capacity]) } else { capacity };
    answer
}

#[derive(Debug, Default, Clone)]
struct Sees(Arc<Mutex<Vec<String>>>);

impl Sees {
    fn note(&self, what: String) {
        self.0.lock().expect("no test panics while it holds this").push(what);
    }
}

impl Intercept for Sees {
    fn name(&self) -> &'static str {
        "Sees"
    }

    fn read_before_serialization(
        &self,
        context: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // Debug is what a logging interceptor has of any input.
        self.note(format!("{:?}", context.input()));
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body: Value = serde_json::from_slice(context.response().body().bytes().ok_or("it is in memory")?)?;
        self.note(format!("{} {body}", context.response().status().as_u16()));
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        match context.output_or_error() {
            Ok(output) => self.note(has(output).ok_or("another output")?),
            Err(error) => self.note(format!("an error: {}", error.is_operation_error())),
        }
        Ok(())
    }
}

/// Of what dynorm decodes there is nothing in the SDK's output, so there is one path: and everything else is.
#[tokio::test(start_paused = true)]
async fn an_interceptor_sees_the_answer_and_an_output_without_items() -> Result {
    for call in ALL {
        let wire = Wire::new([
            Reply::internal_server_error(),
            Reply::ok(answer(call)).crc32().header("x-amzn-requestid", "R1"),
        ]);
        let sees = Sees::default();

        let found = call.send(&db(&wire, sees.clone())).await;

        // What a put found after a lost answer may be the item that the lost attempt left.
        assert!(call == Call::PutItem || found.is_ok_and(|found| found == Some(note())), "{call:?}");
        let seen = sees.0.lock().expect("no test panics while it holds this").clone();
        let [input, failed, error, answered, output] = &seen[..] else { panic!("{seen:#?}") };
        assert!(input.contains(&format!("{}Input", call.name())) && input.contains("notes"), "{seen:#?}");
        assert!(failed.starts_with("500 ") && error == "an error: true", "{seen:#?}");
        assert_eq!(*answered, format!("200 {}", answer(call)));
        assert_eq!(*output, format!("{} Some(\"R1\") Some(1.5) units, 0 items", call.name()));
    }
    Ok(())
}

/// Asks each operation for capacity by index, and checks which operation it is.
#[derive(Debug)]
struct Asks(Call);

impl Intercept for Asks {
    fn name(&self) -> &'static str {
        "Asks"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let (operation, wish) = wish(context.input_mut()).ok_or("the input of another operation")?;
        assert_eq!(operation, self.0.name());
        *wish = Some(ReturnConsumedCapacity::Indexes);
        Ok(())
    }
}

#[tokio::test]
async fn an_interceptor_can_change_the_input_of_each_call() -> Result {
    for call in ALL {
        let plain = Wire::new([Reply::ok(call.answer())]);
        let changed = Wire::new([Reply::ok(call.answer())]);

        assert_eq!(call.send(&plain.db()).await?, Some(note()));
        assert_eq!(call.send(&db(&changed, Asks(call))).await?, Some(note()), "{call:?}");

        let (mut plain, mut changed) = (plain.sent().remove(0).body, changed.sent().remove(0).body);
        assert_eq!(changed["ReturnConsumedCapacity"], "INDEXES", "{call:?}");
        plain["ReturnConsumedCapacity"] = changed["ReturnConsumedCapacity"].clone();
        // Each transaction has a token of its own.
        if let Some(token) = changed.get_mut("ClientRequestToken") {
            *token = plain["ClientRequestToken"].clone();
        }
        assert_eq!(plain, changed);
    }
    Ok(())
}

/// Adds a member and a header to what is sent.
#[derive(Debug)]
struct Adds;

impl Intercept for Adds {
    fn name(&self) -> &'static str {
        "Adds"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let mut body: Value = serde_json::from_slice(request.body().bytes().ok_or("it is in memory")?)?;
        assert_eq!(body.get("Added"), None, "each attempt starts from what was serialized");
        body["Added"] = json!(true);
        let body = body.to_string();
        request.headers_mut().insert("content-length", body.len().to_string());
        request.headers_mut().insert("x-added", "yes");
        *request.body_mut() = SdkBody::from(body);
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn an_interceptor_can_change_the_request_of_each_call() -> Result {
    for call in ALL {
        let wire = Wire::new([Reply::error("ThrottlingException"), Reply::ok(call.answer())]);

        assert_eq!(call.send(&db(&wire, Adds)).await?, Some(note()), "{call:?}");

        let sent = wire.sent();
        assert_eq!(sent.len(), 2);
        for sent in &sent {
            assert_eq!(sent.body["Added"], true, "{call:?}");
            assert_eq!(sent.header("x-added"), Some("yes"), "{call:?}");
            assert!(sent.header("authorization").is_some_and(|header| header.contains(";x-added")), "it is signed");
        }
        assert_eq!(sent[0].bytes, sent[1].bytes);
    }
    Ok(())
}

/// Replaces the body of each answer, and leaves its headers.
#[derive(Debug)]
struct Replaces {
    from: &'static str,
    to: &'static str,
}

impl Intercept for Replaces {
    fn name(&self) -> &'static str {
        "Replaces"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response_mut().body_mut();
        let text = String::from_utf8(body.bytes().ok_or("it is in memory")?.to_vec())?;
        *body = SdkBody::from(text.replace(self.from, self.to));
        Ok(())
    }
}

#[tokio::test]
async fn an_interceptor_can_replace_the_answer_of_each_call() -> Result {
    for call in ALL {
        let body = call.answer().to_string();
        let reply = || Reply::ok(call.answer()).header("content-length", body.len());
        // DynamoDB's checksum is that of its own body, which is known by its length.
        let wire = Wire::new([reply().crc32()]);
        let longer = Replaces { from: "hello", to: "something else" };

        let found = call.send(&db(&wire, longer)).await.map_err(|error| format!("{call:?}: {error}"))?;

        let text = if body.contains("hello") { "something else" } else { "hello" };
        assert_eq!(found, Some(Note { text: text.into(), ..note() }), "{call:?}");

        let wire = Wire::new([reply()]);
        let found = call.send(&db(&wire, Replaces { from: "hello", to: "there" })).await?;
        assert_eq!(found.is_some_and(|found| found.text == "there"), body.contains("hello"), "{call:?}");
    }
    Ok(())
}

/// A body that somebody changed in place is told from a damaged one by nothing but the header.
#[tokio::test]
async fn an_answer_that_was_changed_under_its_checksum_is_damaged() -> Result {
    for call in ALL.into_iter().filter(|call| call.answer().to_string().contains("hello")) {
        let length = call.answer().to_string().len();
        let wire = Wire::new((0..4).map(|_| Reply::ok(call.answer()).crc32().header("content-length", length)));
        let error = call.send(&db(&wire, Replaces { from: "hello", to: "there" })).await.expect_err("it is another");
        assert!(error.is_connection() && error.is_outcome_unknown() == call.is_write(), "{call:?}: {error}");
    }
    Ok(())
}

/// Hands on the first half of a body, as a connector might that does not look at the length.
#[derive(Debug)]
struct Cuts;

impl Intercept for Cuts {
    fn name(&self) -> &'static str {
        "Cuts"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response_mut().body_mut();
        let bytes = body.bytes().ok_or("it is in memory")?;
        *body = SdkBody::from(&bytes[..bytes.len() / 2]);
        Ok(())
    }
}

/// It is shorter than it should be, and yet nobody's other answer.
#[tokio::test]
async fn a_body_that_was_cut_does_not_pass_for_a_replaced_one() -> Result {
    for call in ALL {
        let length = call.answer().to_string().len();
        let wire = Wire::new((0..4).map(|_| Reply::ok(call.answer()).crc32().header("content-length", length)));
        let error = call.send(&db(&wire, Cuts)).await.expect_err("it is cut");
        assert!(error.is_connection() && error.is_outcome_unknown() == call.is_write(), "{call:?}: {error}");
    }
    Ok(())
}

/// Makes a success of each error.
#[derive(Debug)]
struct Calms(Call);

impl Intercept for Calms {
    fn name(&self) -> &'static str {
        "Calms"
    }

    fn modify_before_completion(
        &self,
        context: &mut FinalizerInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let output = match self.0 {
            Call::GetItem => Output::erase(GetItemOutput::builder().build()),
            Call::Query => Output::erase(QueryOutput::builder().build()),
            Call::Scan => Output::erase(ScanOutput::builder().build()),
            Call::BatchGetItem => Output::erase(BatchGetItemOutput::builder().build()),
            Call::TransactGetItems => Output::erase(TransactGetItemsOutput::builder().build()),
            Call::PutItem => Output::erase(PutItemOutput::builder().build()),
            Call::UpdateItem => Output::erase(UpdateItemOutput::builder().build()),
            Call::DeleteItem => Output::erase(DeleteItemOutput::builder().build()),
            Call::BatchWriteItem => Output::erase(BatchWriteItemOutput::builder().build()),
            Call::TransactWriteItems => Output::erase(TransactWriteItemsOutput::builder().build()),
        };
        context.inner_mut().set_output_or_error(Ok(output));
        Ok(())
    }
}

/// Items that are not there are not "no items".
#[tokio::test]
async fn a_success_that_an_interceptor_made_has_no_items() -> Result {
    for call in ALL {
        let wire = Wire::new([Reply::error("ResourceNotFoundException")]);
        let result = call.send(&db(&wire, Calms(call))).await;
        match call {
            Call::BatchWriteItem | Call::TransactWriteItems => assert_eq!(result?, Some(note()), "{call:?}"),
            _ => {
                let error = result.err().ok_or_else(|| format!("{call:?} passes for a success"))?;
                assert!(error.to_string().contains("did not pass through dynorm"), "{call:?}: {error}");
            }
        }
    }
    Ok(())
}

/// Fails on one of its hooks.
#[derive(Debug)]
struct Fails {
    before: bool,
}

impl Intercept for Fails {
    fn name(&self) -> &'static str {
        "Fails"
    }

    fn modify_before_transmit(
        &self,
        _: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if self.before { Err("no".into()) } else { Ok(()) }
    }

    fn read_after_deserialization(
        &self,
        _: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if self.before { Ok(()) } else { Err("no".into()) }
    }
}

#[tokio::test(start_paused = true)]
async fn an_interceptor_that_fails_leaves_a_write_in_doubt_only_if_it_was_sent() -> Result {
    for call in ALL {
        for before in [true, false] {
            let wire = Wire::new((0..10).map(|_| Reply::ok(call.answer())));
            let error = call.send(&db(&wire, Fails { before })).await.expect_err("it fails");
            assert_eq!(wire.sent().is_empty(), before, "{call:?}");
            assert_eq!(error.is_outcome_unknown(), call.is_write() && !before, "{call:?}: {error}");
        }
    }
    Ok(())
}
