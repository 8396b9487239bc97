//! Sends the operations of a transaction: reads what they need to know first, adds the guards of unique values, and sends again what may
//! succeed later.

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use futures_util::future::try_join_all;

use super::super::action::Action;
use super::super::operation::{Prepared, Write};
use super::super::unique::{self, Guard, Guards};
use super::OPERATION;
use crate::attribute::Item;
use crate::backoff::Backoff;
use crate::call::{Attempts, Call, operation};
use crate::db::Db;
use crate::direct::encoded_operations;
use crate::error::{Canceled, CancellationReason, Error, Problem, Result, ServiceError, TransactionLimit};
use crate::key::KeyValue;
use crate::read::read_json;
use crate::schema::Schema;
use crate::stamp::Stamp;

/// Sends the operations in one TransactWriteItems, and gives their models what was stored.
///
/// With a `token` of the caller's, nothing but the same bytes is sent again.
pub(in super::super) async fn run<O: Write>(
    db: &Db,
    stamp: &Stamp<'_>,
    operations: &mut [O],
    token: Option<String>,
) -> Result<()> {
    check_number(operations.len(), 0)?;
    let db = &db.started();
    let mut unread = unread(db, operations, stamp, O::reads_first)?;
    for (place, item) in read(db, &unread).await? {
        if let Some(operation) = operations.get_mut(place) {
            operation.was_read(item)?;
        }
    }
    unread.extend(self::unread(db, operations, stamp, O::reads_again)?);
    let mut backoff = Backoff::new(db);
    let mut strangers = Vec::new();
    loop {
        let Batch { mut requests, guards } = prepare(db, operations, stamp, &strangers)?;
        let own_token = token.clone().unwrap_or_else(|| format!("{:032x}", fastrand::u128(..)));
        // Another token is another transaction: what was canceled before it was certainly not applied.
        let attempts = Arc::new(Attempts::default());
        let canceled = loop {
            let call = Call::of_many(db, &operation::TRANSACT_WRITE_ITEMS).again(Arc::clone(&attempts));
            let items = requests.next_input()?;
            let request = |client: &Client| {
                client.transact_write_items().client_request_token(&own_token).set_transact_items(Some(items)).send()
            };
            match call.send(request).await {
                Ok(_) => {
                    operations.iter_mut().for_each(|operation| operation.commit());
                    return after(db, operations);
                }
                Err(error) => {
                    let canceled = match canceled(db, operations, &guards, error) {
                        Ok(canceled) => canceled,
                        Err(error) => return Err(error.after(&attempts)),
                    };
                    if !canceled.reasons.is_transient() {
                        // DynamoDB asks the token before it checks conditions: no earlier attempt was applied.
                        break canceled;
                    }
                    if attempts.is_expired() || !backoff.after(true).await {
                        return Err(Error::new(Problem::Canceled(canceled.reasons)).after(&attempts));
                    }
                }
            }
        };
        let Cancellation { reasons, strangers: found } = canceled;
        let mut again = !found.is_empty();
        strangers.extend(found);
        for (place, item) in read_again(db, &unread, &reasons).await? {
            if let Some(operation) = operations.get_mut(place) {
                again |= operation.was_read(item)?;
            }
        }
        if !again || token.is_some() || !backoff.after(true).await {
            return Err(Error::new(Problem::Canceled(reasons)));
        }
    }
}

/// Runs every `after_write` hook, and returns the first error.
fn after<O: Write>(db: &Db, operations: &[O]) -> Result<()> {
    let mut first = Ok(());
    for operation in operations {
        let ran = operation.after();
        let ran = ran.map_err(|error| error.during(operation.schema(), OPERATION, &operation.table(db)));
        first = first.and(ran);
    }
    first
}

/// The item of an operation that does not know it, and has to.
struct Unread {
    place: usize,
    schema: &'static Schema,
    table: String,
    key: Key,
}

type Key = Vec<(&'static str, KeyValue)>;

fn unread<O: Write>(
    db: &Db,
    operations: &mut [O],
    stamp: &Stamp<'_>,
    ask: impl Fn(&mut O, &Stamp<'_>) -> Result<Option<Key>>,
) -> Result<Vec<Unread>> {
    let mut unread = Vec::new();
    for (place, operation) in operations.iter_mut().enumerate() {
        let schema = operation.schema();
        match ask(operation, stamp) {
            Ok(Some(key)) => unread.push(Unread { place, schema, table: operation.table(db), key }),
            Ok(None) => {}
            Err(error) => return Err(error.during(schema, OPERATION, &operation.table(db))),
        }
    }
    Ok(unread)
}

/// The items, each with the place of its operation.
async fn read(db: &Db, unread: &[Unread]) -> Result<Vec<(usize, Option<String>)>> {
    let reads = unread.iter().map(async |Unread { place, schema, table, key }| {
        let item = read_json(db, schema, table, key).await;
        Ok((*place, item.map_err(|error| error.during(schema, "GetItem", table))?))
    });
    try_join_all(reads).await
}

/// The items whose condition failed, as they are now: DynamoDB has sent most of them along.
async fn read_again(db: &Db, unread: &[Unread], canceled: &Canceled) -> Result<Vec<(usize, Option<String>)>> {
    let mut items = Vec::new();
    for unread in unread {
        let Some(reason) = canceled.reasons.get(unread.place).filter(|reason| reason.is_condition_failed()) else {
            continue;
        };
        match reason.current_item() {
            Some(item) => items.push((unread.place, Some(unique::as_json(item)?))),
            None => items.extend(read(db, std::slice::from_ref(unread)).await?),
        }
    }
    Ok(items)
}

/// What is sent: the caller's operations in their order, then the guards.
struct Batch {
    requests: Requests,
    guards: Vec<Guard>,
}

/// How many bytes an operation probably takes in a request. A wrong guess costs some allocations.
const LIKELY: usize = 256;

/// The JSON of the operations.
struct Requests {
    /// Those that follow each other on one table, as an array.
    runs: Vec<(String, Vec<u8>)>,
    number: usize,
    /// How many bytes all of them probably take. Most often they are on one table.
    likely: usize,
}

impl Requests {
    fn push(&mut self, table: &str, action: &Action) -> Result<()> {
        let run = match self.runs.last_mut() {
            Some((last, json)) if last == table => {
                json.push(b',');
                json
            }
            _ => {
                let mut json = Vec::with_capacity(std::mem::take(&mut self.likely));
                json.push(b'[');
                &mut self.runs.push_mut((table.to_owned(), json)).1
            }
        };
        action.push(table, run)?;
        self.number += 1;
        Ok(())
    }

    /// Ends the arrays.
    fn finish(&mut self) {
        self.runs.iter_mut().for_each(|(_, json)| json.push(b']'));
    }

    /// The SDK's input for the next attempt. It takes the JSON along: the call keeps the body that is made of it, for each attempt after
    /// the first.
    fn next_input(&mut self) -> Result<Vec<TransactWriteItem>> {
        let put = |(table, json): &mut (String, Vec<u8>)| {
            let put =
                Put::builder().table_name(&*table).set_item(Some(encoded_operations(std::mem::take(json)))).build();
            let put = put.map_err(|error| Error::construction(error, OPERATION))?;
            Ok(TransactWriteItem::builder().put(put).build())
        };
        self.runs.iter_mut().map(put).collect()
    }
}

/// The operations as they are sent, checked against what DynamoDB takes.
fn prepare<O: Write>(db: &Db, operations: &mut [O], stamp: &Stamp<'_>, strangers: &[String]) -> Result<Batch> {
    let mut requests = Requests { runs: Vec::new(), number: 0, likely: operations.len() * LIKELY };
    let mut places = HashMap::with_capacity(operations.len());
    let mut guards = Guards::default();
    let mut bytes = 0;
    for (place, operation) in operations.iter_mut().enumerate() {
        let (schema, table) = (operation.schema(), operation.table(db));
        let named = |error: Error| error.during(schema, OPERATION, &table);
        let Prepared { action, key, size } = operation.prepare(stamp).map_err(named)?;
        requests.push(&table, &action).map_err(named)?;
        let guard_table = db.guard_table(schema, &table);
        guards.add(place, schema, &guard_table, operation.claims().map_err(named)?).map_err(named)?;
        if let Some(first) = places.insert((table, key), place) {
            return Err(Error::new(Problem::TransactionLimit(TransactionLimit::SameItem(first, place))));
        }
        bytes += size;
    }
    let guards = guards.without(strangers);
    check_number(requests.number + guards.len(), guards.len())?;
    for guard in &guards {
        bytes += guard.size();
        let (table, action) = guard.action(stamp.epoch_seconds())?;
        requests.push(table, &action)?;
    }
    requests.finish();
    if bytes > TransactionLimit::BYTES {
        return Err(Error::new(Problem::TransactionLimit(TransactionLimit::TooLarge(bytes))));
    }
    Ok(Batch { requests, guards })
}

fn check_number(operations: usize, guards: usize) -> Result<()> {
    if operations > TransactionLimit::OPERATIONS {
        return Err(Error::new(Problem::TransactionLimit(TransactionLimit::TooMany(operations, guards))));
    }
    Ok(())
}

/// Why a transaction was canceled.
struct Cancellation {
    reasons: Canceled,
    /// Guards that were to be given up, and are another item's.
    strangers: Vec<String>,
}

/// What each operation met, or the error if it is another one than a cancellation.
fn canceled<O: Write>(
    db: &Db,
    operations: &[O],
    guards: &[Guard],
    error: SdkError<TransactWriteItemsError>,
) -> Result<Cancellation> {
    let Some(TransactWriteItemsError::TransactionCanceledException(canceled)) = error.as_service_error() else {
        return Err(Error::service(error));
    };
    let mut given = canceled.cancellation_reasons().iter();
    let reasons = operations.iter().map(|operation| {
        let failed = |item: Option<&Item>| operation.failed(item);
        CancellationReason::new(operation.schema(), operation.table(db), given.next(), failed)
    });
    let mut reasons: Vec<_> = reasons.collect();
    let mut strangers = Vec::new();
    for (guard, reason) in guards.iter().zip(given) {
        if !guard.is_taken() && reason.code() == Some("ConditionalCheckFailed") {
            strangers.push(guard.key().to_owned());
        } else if let Some(operation) = reasons.get_mut(guard.place) {
            operation.add_guard(reason, |item| guard.violation(item));
        }
    }
    Ok(Cancellation { reasons: Canceled { reasons, source: ServiceError::new(error) }, strangers })
}
