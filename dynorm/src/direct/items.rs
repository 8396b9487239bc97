//! The items of an answer that the SDK read, for answers that dynorm cannot read itself.

use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemOutput;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemOutput;
use aws_sdk_dynamodb::operation::get_item::GetItemOutput;
use aws_sdk_dynamodb::operation::put_item::PutItemOutput;
use aws_sdk_dynamodb::operation::query::QueryOutput;
use aws_sdk_dynamodb::operation::scan::ScanOutput;
use aws_sdk_dynamodb::operation::transact_get_items::TransactGetItemsOutput;
use aws_sdk_dynamodb::operation::update_item::UpdateItemOutput;
use aws_smithy_runtime_api::client::interceptors::context::Output;

use super::marks::Map;
use crate::codec::{item_to_read, push_string};
use crate::error::DecodeError;

/// Takes the items out of what the SDK read, and returns the answer that DynamoDB gives in JSON: the member of this name, if it is there.
///
/// # Errors
/// If an item has a value that cannot be written.
pub(super) fn take(member: &str, output: &mut Output) -> Result<Vec<u8>, DecodeError> {
    let mut body = vec![b'{'];
    let start = |body: &mut Vec<u8>| {
        push_string(body, member);
        body.push(b':');
    };
    if let Some(item) = item(output) {
        start(&mut body);
        push_item(&item, &mut body)?;
    } else if let Some(items) = items(output) {
        start(&mut body);
        push_all(&items, &mut body, push_item)?;
    } else if let Some(answers) =
        output.downcast_mut().and_then(|output: &mut TransactGetItemsOutput| output.responses.take())
    {
        start(&mut body);
        push_all(&answers, &mut body, |answer, body| {
            body.extend_from_slice(b"{\"Item\":");
            match &answer.item {
                Some(item) => push_item(item, body)?,
                None => body.extend_from_slice(b"null"),
            }
            body.push(b'}');
            Ok(())
        })?;
    } else if let Some(tables) =
        output.downcast_mut().and_then(|output: &mut BatchGetItemOutput| output.responses.take())
    {
        start(&mut body);
        body.push(b'{');
        for (place, (table, items)) in tables.iter().enumerate() {
            if place > 0 {
                body.push(b',');
            }
            push_string(&mut body, table);
            body.push(b':');
            push_all(items, &mut body, push_item)?;
        }
        body.push(b'}');
    }
    body.push(b'}');
    Ok(body)
}

/// The one item of an answer.
fn item(output: &mut Output) -> Option<Map> {
    macro_rules! item {
        ($($output:ident.$member:ident),*) => {
            $(if let Some(output) = output.downcast_mut::<$output>() {
                return output.$member.take();
            })*
        };
    }
    item!(GetItemOutput.item, PutItemOutput.attributes, UpdateItemOutput.attributes, DeleteItemOutput.attributes);
    None
}

/// The items of a page.
fn items(output: &mut Output) -> Option<Vec<Map>> {
    if let Some(output) = output.downcast_mut::<QueryOutput>() {
        return output.items.take();
    }
    output.downcast_mut::<ScanOutput>()?.items.take()
}

fn push_item(item: &Map, body: &mut Vec<u8>) -> Result<(), DecodeError> {
    body.extend(item_to_read(item)?);
    Ok(())
}

fn push_all<T>(
    all: &[T],
    body: &mut Vec<u8>,
    push: impl Fn(&T, &mut Vec<u8>) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    body.push(b'[');
    for (place, one) in all.iter().enumerate() {
        if place > 0 {
            body.push(b',');
        }
        push(one, body)?;
    }
    body.push(b']');
    Ok(())
}
