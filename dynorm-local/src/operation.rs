//! One DynamoDB request as JSON, run on the engine's typed operations.

use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What goes back to the client.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// Runs the operation that an `x-amz-target` header names, such as `DynamoDB_20120810.PutItem`.
pub(crate) fn run(database: &Database, target: &str, body: &[u8]) -> Answer {
    let operation = target.rsplit_once('.').map_or(target, |(_, operation)| operation);
    match dispatch(database, operation, body) {
        Some(Ok(body)) => Answer { status: 200, body },
        Some(Err(error)) => Answer { status: error.status_code(), body: error.to_json() },
        None => Answer {
            status: 400,
            body: r#"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#.to_owned(),
        },
    }
}

fn dispatch(database: &Database, operation: &str, body: &[u8]) -> Option<dynoxide::Result<String>> {
    Some(match operation {
        "BatchExecuteStatement" => call(body, |request| database.batch_execute_statement(request)),
        "BatchGetItem" => call(body, |request| database.batch_get_item(request)),
        "BatchWriteItem" => call(body, |request| database.batch_write_item(request)),
        "CreateTable" => call(body, |request| database.create_table(request)),
        "DeleteItem" => call(body, |request| database.delete_item(request)),
        "DeleteTable" => call(body, |request| database.delete_table(request)),
        "DescribeStream" => call(body, |request| database.describe_stream(request)),
        "DescribeTable" => call(body, |request| database.describe_table(request)),
        "DescribeTimeToLive" => call(body, |request| database.describe_time_to_live(request)),
        "ExecuteStatement" => call(body, |request| database.execute_statement(request)),
        "ExecuteTransaction" => call(body, |request| database.execute_transaction(request)),
        "GetItem" => call(body, |request| database.get_item(request)),
        "GetRecords" => call(body, |request| database.get_records(request)),
        "GetShardIterator" => call(body, |request| database.get_shard_iterator(request)),
        "ListStreams" => call(body, |request| database.list_streams(request)),
        "ListTables" => call(body, |request| database.list_tables(request)),
        "ListTagsOfResource" => call(body, |request| database.list_tags_of_resource(request)),
        "PutItem" => call(body, |request| database.put_item(request)),
        "Query" => call(body, |request| database.query(request)),
        "Scan" => call(body, |request| database.scan(request)),
        "SearchVectors" => call(body, |request| database.search_vectors(request)),
        "TagResource" => call(body, |request| database.tag_resource(request)),
        "TransactGetItems" => call(body, |request| database.transact_get_items(request)),
        "TransactWriteItems" => call(body, |request| database.transact_write_items(request)),
        "UntagResource" => call(body, |request| database.untag_resource(request)),
        "UpdateItem" => call(body, |request| database.update_item(request)),
        "UpdateTable" => call(body, |request| database.update_table(request)),
        "UpdateTimeToLive" => call(body, |request| database.update_time_to_live(request)),
        _ => return None,
    })
}

fn call<Request, Response>(
    body: &[u8],
    run: impl FnOnce(Request) -> dynoxide::Result<Response>,
) -> dynoxide::Result<String>
where
    Request: DeserializeOwned,
    Response: Serialize,
{
    let request = serde_json::from_slice(body).map_err(|error| {
        // JSON of the wrong shape or with a value that DynamoDB refuses is an invalid request; the rest is not JSON.
        if error.is_data() {
            DynoxideError::ValidationException(error.to_string())
        } else {
            DynoxideError::SerializationException(String::new())
        }
    })?;
    let response = run(request)?;
    serde_json::to_string(&response).map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}
