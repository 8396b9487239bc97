//! Sends the operations of a batch, and again those that DynamoDB leaves unprocessed.
//!
//! Operations are known by their places in the order in which they were added.

use std::collections::{HashMap, HashSet, VecDeque};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{DeleteRequest, PutRequest, ReturnConsumedCapacity, WriteRequest};
use futures_util::future::{Either, select};
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::operation::{Identity, Operation};
use super::{BatchWritten, Progress, Unprocessed};
use crate::backoff::Backoff;
use crate::call::{Call, operation};
use crate::db::Db;
use crate::direct::encoded_operations;
use crate::error::{Error, Problem, Result};
use crate::request;

/// The most operations that DynamoDB takes in one request.
const PER_REQUEST: usize = 25;
/// The most bytes that DynamoDB takes in one request, with room for what stands around the items.
const BYTES_PER_REQUEST: usize = 15 << 20;

/// Sends all operations, so many requests at the same time.
pub(super) async fn run(
    db: &Db,
    operations: Vec<Operation>,
    concurrency: usize,
    progress: Option<&mut Progress<'_>>,
) -> Result<BatchWritten> {
    let (written, failure) = send(&db.started(), &operations, concurrency, progress).await;
    let Some(Failure { mut places, cause }) = failure else { return written };
    places.sort_unstable();
    let left = operations.into_iter().enumerate().filter(|(place, _)| places.binary_search(place).is_ok());
    let left = Unprocessed { operations: left.map(|(_, operation)| operation).collect(), cause };
    Err(Error::new(Problem::Unprocessed(left)).during_operation("BatchWriteItem"))
}

/// What ended a batch before all of it was done.
#[derive(Default)]
struct Failure {
    /// What is not known to be done.
    places: Vec<usize>,
    cause: Option<Error>,
}

async fn send(
    db: &Db,
    operations: &[Operation],
    concurrency: usize,
    mut progress: Option<&mut Progress<'_>>,
) -> (Result<BatchWritten>, Option<Failure>) {
    let mut written = BatchWritten::default();
    let mut queue: VecDeque<usize> = (0..operations.len()).collect();
    let mut in_flight = FuturesUnordered::new();
    let mut busy = HashSet::with_capacity(operations.len().min(concurrency.saturating_mul(PER_REQUEST)));
    let mut failure: Option<Failure> = None;
    let mut hooked = Ok(());
    let mut backoff = Backoff::new(db);
    let mut pause = None;
    loop {
        while failure.is_none() && pause.is_none() && in_flight.len() < concurrency {
            let chunk = next_chunk(operations, &mut queue, &mut busy);
            if chunk.is_empty() {
                break;
            }
            in_flight.push(send_chunk(db, chunk));
        }
        // Requests that are on their way are looked after in a pause too.
        let sent = match pause.take().filter(|_| failure.is_none()) {
            None => in_flight.next().await,
            Some(pausing) if in_flight.is_empty() => {
                pausing.await;
                continue;
            }
            Some(pausing) => match select(in_flight.next(), pausing).await {
                Either::Left((sent, rest)) => {
                    pause = Some(rest);
                    sent
                }
                Either::Right(_) => continue,
            },
        };
        let Some(Sent { chunk, answer, attempts }) = sent else { break };
        for (_, operation) in &chunk {
            busy.remove(&Identity(operation));
        }
        let left = match answer {
            Ok(answer) => {
                hooked = hooked.and(run_after_write(&chunk, &answer.unprocessed));
                written.requests += 1;
                written.capacity += answer.capacity;
                let done = chunk.len() - answer.unprocessed.len();
                written.operations += done;
                if let Some(progress) = progress.as_mut().filter(|_| done > 0) {
                    progress(written.operations, operations.len());
                }
                if done > 0 {
                    backoff.progress();
                    pause = None;
                }
                Left { places: answer.unprocessed, fruitless: done == 0, cause: None }
            }
            // Nothing of it was done, and it can be later.
            Err(error) if error.is_throttled() && !error.is_outcome_unknown() => {
                Left { places: places(&chunk).collect(), fruitless: true, cause: Some(error) }
            }
            Err(error) => {
                let failure = failure.get_or_insert_default();
                failure.places.extend(places(&chunk));
                failure.cause = failure.cause.take().or(Some(error));
                continue;
            }
        };
        for place in left.places.into_iter().rev() {
            queue.push_front(place);
        }
        if left.fruitless {
            match backoff.fruitless(attempts) {
                Some(longer) => pause = Some(Box::pin(longer)),
                None => {
                    let failure = failure.get_or_insert_default();
                    failure.cause = failure.cause.take().or(left.cause);
                }
            }
        }
    }
    if let Some(failure) = &mut failure {
        failure.places.extend(queue);
    }
    (hooked.map(|()| written), failure)
}

/// What an answer leaves to be sent again.
struct Left {
    places: Vec<usize>,
    /// Whether nothing was done.
    fruitless: bool,
    cause: Option<Error>,
}

/// Operations of one request, with their places.
type Chunk<'a> = Vec<(usize, &'a Operation)>;

fn places<'a>(chunk: &'a Chunk<'_>) -> impl Iterator<Item = usize> + 'a {
    chunk.iter().map(|(place, _)| *place)
}

/// Takes operations from the front, but none whose key is on its way already: those wait, and with them every later one of the same key.
fn next_chunk<'a>(
    operations: &'a [Operation],
    queue: &mut VecDeque<usize>,
    busy: &mut HashSet<Identity<'a>>,
) -> Chunk<'a> {
    let mut chunk = Vec::with_capacity(queue.len().min(PER_REQUEST));
    let mut waiting = VecDeque::new();
    let mut bytes = 0;
    while let Some(place) = queue.pop_front() {
        let Some(operation) = operations.get(place) else { continue };
        let full = chunk.len() == PER_REQUEST || (!chunk.is_empty() && bytes + operation.bytes() > BYTES_PER_REQUEST);
        if full {
            queue.push_front(place);
            break;
        }
        if busy.insert(Identity(operation)) {
            bytes += operation.bytes();
            chunk.push((place, operation));
        } else {
            waiting.push_back(place);
        }
    }
    while let Some(place) = waiting.pop_back() {
        queue.push_front(place);
    }
    chunk
}

/// Runs the hooks of the operations that were done, and returns the first error.
fn run_after_write(chunk: &Chunk<'_>, unprocessed: &[usize]) -> Result<()> {
    let done = chunk.iter().filter(|(place, _)| !unprocessed.contains(place));
    let hooked = done.filter_map(|(_, operation)| Some((operation, operation.after?)));
    hooked.map(|(operation, after)| after(operation)).fold(Ok(()), Result::and)
}

struct Sent<'a> {
    chunk: Chunk<'a>,
    answer: Result<Answer>,
    /// How often it was sent.
    attempts: u32,
}

struct Answer {
    /// The places of what is still to be done.
    unprocessed: Vec<usize>,
    capacity: f64,
}

async fn send_chunk<'a>(db: &Db, chunk: Chunk<'a>) -> Sent<'a> {
    let call = Call::of_many(db, &operation::BATCH_WRITE_ITEM);
    let answer = answer(&call, &chunk).await;
    Sent { chunk, answer, attempts: call.attempts().made() }
}

async fn answer(call: &Call<'_>, chunk: &Chunk<'_>) -> Result<Answer> {
    let requests = requests(chunk)?;
    let request = |client: &Client| {
        client
            .batch_write_item()
            .set_request_items(Some(requests))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
    };
    let output = call.send(request).await.map_err(|error| request::failed_write(error, call.attempts()))?;
    let capacity = output.consumed_capacity().iter().filter_map(|consumed| consumed.capacity_units()).sum();
    let left = output.unprocessed_items.unwrap_or_default();
    let unprocessed = if left.is_empty() { Vec::new() } else { unprocessed(chunk, &left) };
    Ok(Answer { unprocessed, capacity })
}

/// The operations as the SDK's input has them: for each table, one put that stands for all.
fn requests(chunk: &Chunk<'_>) -> Result<HashMap<String, Vec<WriteRequest>>> {
    let mut tables: Vec<(&str, Vec<u8>)> = Vec::new();
    for (_, operation) in chunk {
        let json = match tables.iter_mut().find(|(table, _)| *table == &*operation.table) {
            Some((_, json)) => {
                json.push(b',');
                json
            }
            None => {
                let of_table = chunk.iter().filter(|(_, other)| other.table == operation.table);
                let bytes: usize = of_table.map(|(_, other)| other.bytes() + 128).sum();
                let mut json = Vec::with_capacity(bytes);
                json.push(b'[');
                &mut tables.push_mut((&operation.table, json)).1
            }
        };
        operation.push(json);
    }
    let requests = tables.into_iter().map(|(table, mut json)| {
        json.push(b']');
        let put = PutRequest::builder().set_item(Some(encoded_operations(json))).build();
        let put = put.map_err(|error| Error::construction(error, "BatchWriteItem"))?;
        Ok((table.to_owned(), vec![WriteRequest::builder().put_request(put).build()]))
    });
    requests.collect()
}

/// Which operations DynamoDB returned. One that cannot be told apart counts with all of its table: a put or delete that is sent again does no harm.
fn unprocessed(chunk: &Chunk<'_>, left: &HashMap<String, Vec<WriteRequest>>) -> Vec<usize> {
    let returned = |operation: &Operation| {
        let Some(requests) = left.get(&*operation.table) else { return false };
        let known = |request: &WriteRequest| {
            let put = request.put_request().map(PutRequest::item);
            let key = put.or_else(|| request.delete_request().map(DeleteRequest::key));
            key.is_some_and(|key| chunk.iter().any(|(_, other)| other.table == operation.table && other.is_of(key)))
        };
        if !requests.iter().all(known) {
            return true;
        }
        requests.iter().any(|request| {
            request.put_request().is_some_and(|put| operation.is_of(put.item()))
                || request.delete_request().is_some_and(|delete| operation.is_of(delete.key()))
        })
    };
    chunk.iter().filter(|(_, operation)| returned(operation)).map(|(place, _)| *place).collect()
}
