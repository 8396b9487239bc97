//! Requests of many operations, which dynorm writes as a whole: batches and transactions.
//!
//! In the SDK's input, operations on one table stand together as one put: it has the table's name, for whoever asks for that, and as its item a
//! map with the one attribute [`OPERATIONS`], whose value is their JSON, an array. So they are moved, copied or replaced by whoever changes
//! the input, and a request that does not pass through dynorm is refused by DynamoDB for want of a key. The serializer lets the SDK write
//! the request with a number in place of the JSON, and puts the operations in the place of that put.
//!
//! A call that [repeats](crate::call::Call::again) another one sends the body of that one.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::batch_write_item::BatchWriteItemInput;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsInput;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::Input;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::ser_de::{SerializeRequest, SharedRequestSerializer};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;

use crate::call;
use crate::codec::Json;

/// The one attribute of an item that stands for operations.
const OPERATIONS: &str = "(operations encoded by dynorm)";

/// The item of a put that stands for these operations on its table: a JSON array of what the request has for each.
pub(crate) fn encoded_operations(json: Vec<u8>) -> HashMap<String, AttributeValue> {
    HashMap::from([(OPERATIONS.to_owned(), AttributeValue::B(Blob::new(json)))])
}

/// Writes requests of many operations.
#[derive(Debug)]
pub(crate) struct OperationsSerializer {
    stock: &'static SharedRequestSerializer,
}

impl OperationsSerializer {
    /// A serializer around the one that the SDK itself uses.
    pub(crate) fn new(stock: &'static SharedRequestSerializer) -> Self {
        OperationsSerializer { stock }
    }
}

impl SerializeRequest for OperationsSerializer {
    fn serialize_input(&self, mut input: Input, config: &mut ConfigBag) -> Result<HttpRequest, BoxError> {
        let parts = take(&mut input);
        let mut request = self.stock.serialize_input(input, config)?;
        if parts.is_empty() {
            return Ok(request);
        }
        let state = call::of_request(config);
        let body = match state.as_ref().and_then(|state| state.attempts().body()) {
            Some(body) => body,
            None => {
                let whole = request.body().bytes().and_then(|body| join(body, &parts));
                SdkBody::from(whole.ok_or("the SDK wrote a request that the encoded operations do not fit into")?)
            }
        };
        if let Some(state) = state {
            state.attempts().keep(&body);
        }
        request.headers_mut().insert("content-length", body.bytes().map_or(0, <[u8]>::len).to_string());
        *request.body_mut() = body;
        Ok(request)
    }
}

/// Takes the JSON of all operations out of an input, and leaves numbers.
fn take(input: &mut Input) -> Vec<Vec<u8>> {
    let mut parts = Vec::new();
    let mut take = |item: &mut HashMap<String, AttributeValue>| {
        if let Some((_, value)) = item.iter_mut().find(|(name, _)| *name == OPERATIONS)
            && let AttributeValue::B(json) = std::mem::replace(value, AttributeValue::N(parts.len().to_string()))
        {
            parts.push(json.into_inner());
        }
    };
    if let Some(batch) = input.downcast_mut::<BatchWriteItemInput>() {
        let requests = batch.request_items.iter_mut().flat_map(HashMap::values_mut).flatten();
        requests.filter_map(|request| request.put_request.as_mut()).for_each(|put| take(&mut put.item));
    } else if let Some(transaction) = input.downcast_mut::<TransactWriteItemsInput>() {
        let items = transaction.transact_items.iter_mut().flatten();
        items.filter_map(|item| item.put.as_mut()).for_each(|put| take(&mut put.item));
    }
    parts
}

/// Puts the operations of each part in the place of its put; `None` if not every part has one.
fn join(body: &[u8], parts: &[Vec<u8>]) -> Option<Vec<u8>> {
    let mut whole = Vec::with_capacity(body.len() + parts.iter().map(Vec::len).sum::<usize>());
    let mut rest = body;
    for _ in parts {
        let (before, behind) = split(rest)?;
        let digits = behind.iter().position(|byte| !byte.is_ascii_digit())?;
        let (number, behind) = behind.split_at_checked(digits)?;
        let part = parts.get(str::from_utf8(number).ok()?.parse::<usize>().ok()?)?;
        whole.extend_from_slice(before);
        whole.extend_from_slice(part.strip_prefix(b"[")?.strip_suffix(b"]")?);
        rest = end_of_put(behind)?;
    }
    whole.extend_from_slice(rest);
    Some(whole)
}

/// What stands before the first put that stands for operations, and from its number on. Such a put begins with a brace and a quote, which
/// inside of a JSON string never follow each other without a backslash between.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    const OF_BATCH: &[u8] = br#"{"PutRequest":{"Item":{"(operations encoded by dynorm)":{"N":""#;
    const OF_TRANSACTION: &[u8] = br#"{"Put":{"Item":{"(operations encoded by dynorm)":{"N":""#;
    let mut at = 0;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == b'{')?;
        let put = bytes.get(at..)?;
        if let Some(behind) = put.strip_prefix(OF_BATCH).or_else(|| put.strip_prefix(OF_TRANSACTION)) {
            return Some((bytes.get(..at)?, behind));
        }
        at += 1;
    }
}

/// What stands behind a put, from the end of its number on. `None` if somebody gave it more than the name of its table: that must not be lost.
fn end_of_put(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes.strip_prefix(br#""}}"#)?;
    if let Some(table) = rest.strip_prefix(br#","TableName":"#) {
        let mut json = Json::from_bytes(table).ok()?;
        json.skip().ok()?;
        rest = table.get(json.at()..)?;
    }
    rest.strip_prefix(b"}}")
}
