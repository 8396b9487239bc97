//! Requests of many operations, which dynorm writes as a whole: batches and transactions.
//!
//! In the SDK's input, operations on one table stand together as one put: it has the table's name, for whoever asks for that, and its item
//! [stands for](super::marks) their JSON, an array. The serializer lets the SDK write the request with a mark in place of the item, and puts the
//! operations in the place of that put. An SDK that writes requests in another way is given its [own types](super::maps) instead.
//!
//! A call that [repeats](crate::call::Call::again) another one sends the body of that one.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::batch_write_item::BatchWriteItemInput;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsInput;
use aws_sdk_dynamodb::types::Put;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::Input;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::ser_de::{SerializeRequest, SharedRequestSerializer};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;

use super::form::set_body;
use super::maps;
use super::marks::{self, Gap};
use crate::call::{self, State};
use crate::codec::Json;

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

    fn write(
        &self,
        mut input: Input,
        parts: &[Vec<u8>],
        state: Option<&State>,
        config: &mut ConfigBag,
    ) -> Result<HttpRequest, BoxError> {
        let forms = state.map(|state| (state.forms(), state.operation.name));
        if !forms.is_some_and(|(forms, operation)| forms.has_none(operation)) {
            let copy = copy(&input);
            let mut request = self.stock.serialize_input(input, config)?;
            if let Some(body) = request.body().bytes().and_then(|body| join(body, parts)) {
                set_body(&mut request, SdkBody::from(body));
                return Ok(request);
            }
            if let Some((forms, operation)) = forms {
                forms.set_none(operation);
            }
            input = copy.ok_or("the input of another operation")?;
        }
        maps::put_operations(&mut input, parts)?;
        self.stock.serialize_input(input, config)
    }
}

impl SerializeRequest for OperationsSerializer {
    fn serialize_input(&self, mut input: Input, config: &mut ConfigBag) -> Result<HttpRequest, BoxError> {
        let parts = take(&mut input)?;
        if parts.is_empty() {
            return self.stock.serialize_input(input, config);
        }
        let state = call::of_request(config);
        if let Some(body) = state.as_ref().and_then(|state| state.attempts().body()) {
            let mut request = self.stock.serialize_input(input, config)?;
            set_body(&mut request, body);
            return Ok(request);
        }
        let request = self.write(input, &parts, state.as_deref(), config)?;
        if let Some(state) = state {
            state.attempts().keep(request.body());
        }
        Ok(request)
    }
}

/// Takes the JSON of all operations out of an input, and leaves marks.
///
/// # Errors
/// Somebody gave a put that stands for operations more than the name of its table: that must not be lost.
fn take(input: &mut Input) -> Result<Vec<Vec<u8>>, &'static str> {
    let mut parts = Vec::new();
    if let Some(batch) = input.downcast_mut::<BatchWriteItemInput>() {
        let requests = batch.request_items.iter_mut().flat_map(HashMap::values_mut).flatten();
        for put in requests.filter_map(|request| request.put_request.as_mut()) {
            parts.extend(marks::take_operations(&mut put.item, parts.len())?);
        }
    } else if let Some(transaction) = input.downcast_mut::<TransactWriteItemsInput>() {
        for put in transaction.transact_items.iter_mut().flatten().filter_map(|item| item.put.as_mut()) {
            let Some(json) = marks::take_operations(&mut put.item, parts.len())? else { continue };
            if has_more(put) {
                return Err("something was asked of the encoded operations");
            }
            parts.push(json);
        }
    }
    Ok(parts)
}

fn has_more(put: &Put) -> bool {
    put.condition_expression.is_some()
        || put.expression_attribute_names.is_some()
        || put.expression_attribute_values.is_some()
        || put.return_values_on_condition_check_failure.is_some()
}

/// An input whose operations are marks.
fn copy(input: &Input) -> Option<Input> {
    let batch = || input.downcast_ref::<BatchWriteItemInput>().cloned().map(Input::erase);
    input.downcast_ref::<TransactWriteItemsInput>().cloned().map(Input::erase).or_else(batch)
}

/// Puts the operations of each part in the place of its put; `None` if not every part has one.
fn join(body: &[u8], parts: &[Vec<u8>]) -> Option<Vec<u8>> {
    let mut gaps = marks::find(body, parts.len())?;
    for Gap { place, .. } in &mut gaps {
        *place = put_around(body, place.start, place.end)?;
    }
    let length = parts.iter().map(Vec::len).sum();
    let push = |number: usize, whole: &mut Vec<u8>| {
        let elements = parts.get(number).and_then(|part| marks::elements(part));
        Ok(elements.map(|elements| whole.extend_from_slice(elements)))
    };
    marks::fill(body, &gaps, length, push).ok().flatten()
}

/// Where the put is whose item is a mark.
fn put_around(body: &[u8], start: usize, end: usize) -> Option<std::ops::Range<usize>> {
    let (before, behind) = (body.get(..start)?, body.get(end..)?);
    let of_batch = || before.strip_suffix(br#"{"PutRequest":{"Item":"#);
    let before = before.strip_suffix(br#"{"Put":{"Item":"#).or_else(of_batch)?;
    let mut rest = behind;
    if let Some(table) = rest.strip_prefix(br#","TableName":"#) {
        let mut json = Json::from_bytes(table).ok()?;
        json.skip().ok()?;
        rest = table.get(json.at()..)?;
    }
    let rest = rest.strip_prefix(b"}}")?;
    Some(before.len()..body.len() - rest.len())
}
