//! dynorm's JSON as the SDK's own maps and types, for an SDK whose requests it does not fit into.
//!
//! Such an SDK writes all of a request by itself: slower, and the same request.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemInput;
use aws_sdk_dynamodb::operation::batch_write_item::BatchWriteItemInput;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsInput;
use aws_sdk_dynamodb::types::{
    ConditionCheck, Delete, DeleteRequest, Put, PutRequest, TransactWriteItem, Update, WriteRequest,
};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::Input;

use super::marks::{self, Map};
use crate::codec::{Json, item_from_json};
use crate::error::DecodeError;
use crate::stored::Members;

/// Puts an object where a map stands for its JSON.
pub(super) fn put_object(map: &mut Map) -> Result<(), DecodeError> {
    if let Some(json) = marks::object(map) {
        *map = item_from_json(json)?;
    }
    Ok(())
}

/// Puts the keys of a BatchGetItem where one key stands for all of a table.
pub(super) fn put_keys(input: &mut Input) -> Result<(), DecodeError> {
    let Some(batch) = input.downcast_mut::<BatchGetItemInput>() else { return Ok(()) };
    for table in batch.request_items.iter_mut().flat_map(HashMap::values_mut) {
        replace(&mut table.keys, |key| marks::keys(key).map(|keys| each(keys, |key| item_from_json(key.as_bytes()))))?;
    }
    Ok(())
}

/// Puts operations where a put has a mark with the number of their JSON.
pub(super) fn put_operations(input: &mut Input, parts: &[Vec<u8>]) -> Result<(), BoxError> {
    let part = |item: &Map| marks::number(item).and_then(|number| parts.get(number));
    if let Some(batch) = input.downcast_mut::<BatchWriteItemInput>() {
        for requests in batch.request_items.iter_mut().flat_map(HashMap::values_mut) {
            let operations = |request: &WriteRequest| part(request.put_request()?.item());
            replace(requests, |request| operations(request).map(|json| each(json, write_request)))?;
        }
    } else if let Some(transaction) = input.downcast_mut::<TransactWriteItemsInput>() {
        let operations = |item: &TransactWriteItem| part(item.put()?.item());
        let items = transaction.transact_items.get_or_insert_default();
        replace(items, |item| operations(item).map(|json| each(json, transact_item)))?;
    }
    Ok(())
}

/// Puts several elements of a list in the place of one that stands for them.
fn replace<T, E>(list: &mut Vec<T>, stands_for: impl Fn(&T) -> Option<Result<Vec<T>, E>>) -> Result<(), E> {
    for element in std::mem::take(list) {
        match stands_for(&element) {
            Some(elements) => list.extend(elements?),
            None => list.push(element),
        }
    }
    Ok(())
}

/// Reads the elements of a JSON array.
fn each<T, E: From<DecodeError>>(array: &[u8], read: impl Fn(&str) -> Result<T, E>) -> Result<Vec<T>, E> {
    let mut json = Json::from_bytes(array)?;
    let mut elements = Vec::new();
    let mut first = true;
    json.open_array()?;
    while json.next_element(&mut first)? {
        elements.push(read(json.skip()?)?);
    }
    json.end()?;
    Ok(elements)
}

/// What an operation may have. Somebody who changes the input may have put in more, which must not be lost.
const MEMBERS: [&str; 8] = [
    "Item",
    "Key",
    "UpdateExpression",
    "TableName",
    "ConditionExpression",
    "ReturnValuesOnConditionCheckFailure",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
];

/// The members of one operation.
struct Operation<'a>(Members<'a>);

impl<'a> Operation<'a> {
    /// An operation as a request has it, `{"Put":{..}}`, and what it is called.
    fn parse(json: &'a str) -> Result<(String, Self), BoxError> {
        let operation = Members::parse(json.as_bytes())?;
        let (kind, members) = operation.iter().next().ok_or("an operation without a name")?;
        let members = Members::parse(members.as_bytes())?;
        if let Some((name, _)) = members.iter().find(|(name, _)| !MEMBERS.contains(name)) {
            return Err(format!("an operation with `{name}`, which dynorm does not write").into());
        }
        Ok((kind.to_owned(), Operation(members)))
    }

    fn map(&self, name: &str) -> Result<Option<Map>, DecodeError> {
        self.0.get(name).map(|json| item_from_json(json.as_bytes())).transpose()
    }

    fn text(&self, name: &str) -> Result<Option<String>, DecodeError> {
        self.0.get(name).map(|json| Ok(Json::new(json).string()?.into_owned())).transpose()
    }

    fn names(&self) -> Result<Option<HashMap<String, String>>, DecodeError> {
        let Some(names) = self.0.get("ExpressionAttributeNames") else { return Ok(None) };
        let names = Members::parse(names.as_bytes())?;
        let names = names.iter().map(|(alias, name)| Ok((alias.to_owned(), Json::new(name).string()?.into_owned())));
        names.collect::<Result<_, _>>().map(Some)
    }
}

/// One operation of a batch.
fn write_request(json: &str) -> Result<WriteRequest, BoxError> {
    let (kind, operation) = Operation::parse(json)?;
    let request = WriteRequest::builder();
    Ok(match &*kind {
        "PutRequest" => request.put_request(PutRequest::builder().set_item(operation.map("Item")?).build()?),
        "DeleteRequest" => request.delete_request(DeleteRequest::builder().set_key(operation.map("Key")?).build()?),
        _ => return Err("an operation that no batch has".into()),
    }
    .build())
}

/// One operation of a transaction.
fn transact_item(json: &str) -> Result<TransactWriteItem, BoxError> {
    let (kind, operation) = Operation::parse(json)?;
    // What every kind of operation has, beside what only some have.
    macro_rules! built {
        ($builder:expr) => {{
            let on_failure = operation.text("ReturnValuesOnConditionCheckFailure")?;
            $builder
                .set_table_name(operation.text("TableName")?)
                .set_condition_expression(operation.text("ConditionExpression")?)
                .set_expression_attribute_names(operation.names()?)
                .set_expression_attribute_values(operation.map("ExpressionAttributeValues")?)
                .set_return_values_on_condition_check_failure(on_failure.map(|what| what.as_str().into()))
                .build()?
        }};
    }
    let item = TransactWriteItem::builder();
    Ok(match &*kind {
        "Put" => item.put(built!(Put::builder().set_item(operation.map("Item")?))),
        "Update" => {
            let update = Update::builder().set_update_expression(operation.text("UpdateExpression")?);
            item.update(built!(update.set_key(operation.map("Key")?)))
        }
        "Delete" => item.delete(built!(Delete::builder().set_key(operation.map("Key")?))),
        "ConditionCheck" => item.condition_check(built!(ConditionCheck::builder().set_key(operation.map("Key")?))),
        _ => return Err("an operation that no transaction has".into()),
    }
    .build())
}
