//! `batch_write`: any number of puts and deletes, in BatchWriteItem requests of 25, until all of them are done.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, PutRequest, ReturnConsumedCapacity, WriteRequest};
use futures_util::future::{Either, select};
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::hook::{self, Verb};
use super::pipeline::Ready;
use super::unique::BatchWritable;
use crate::backoff::Backoff;
use crate::call::{Call, operation};
use crate::db::Db;
use crate::direct::encoded;
use crate::error::{Error, Problem, Result, ServiceError};
use crate::key::{FullKey, Key, KeyBuf, KeyValue};
use crate::model::{BatchPut, DynamoModel};
use crate::request;
use crate::schema::Schema;
use crate::stamp::Stamp;
use crate::stored;

/// The most operations that DynamoDB takes in one request.
const PER_REQUEST: usize = 25;
/// The most bytes that DynamoDB takes in one request, with room for what stands around the items.
const BYTES_PER_REQUEST: usize = 15 << 20;

/// Puts and deletes of several models, written together: made by [`Db::batch_write`].
///
/// BatchWriteItem has no conditions: each put replaces whatever is under its key, and no version is checked. Every item is stamped,
/// validated and encoded when it is added, and nothing is sent if one of them is wrong. Writes of the same key are applied in the order in
/// which they were added.
///
/// ```no_run
/// # use dynorm::{Db, DynamoModel};
/// # #[derive(DynamoModel)] #[dynorm(table = "notes")] struct Note { #[dynorm(partition_key)] id: String }
/// # async fn run(db: &Db, notes: Vec<Note>) -> dynorm::Result<()> {
/// let written = db.batch_write().put_all(notes).send().await?;
/// println!("{} items in {} requests", written.operations, written.requests);
/// # Ok(()) }
/// ```
#[must_use = "nothing is sent until `.send()`"]
pub struct BatchWrite<'a> {
    db: &'a Db,
    stamp: Stamp<'a>,
    operations: Vec<Operation>,
    /// Why nothing is sent: the first operation that was refused.
    error: Option<Error>,
    concurrency: usize,
    progress: Option<Box<dyn FnMut(usize, usize) + Send + 'a>>,
}

/// One put or delete, ready to be sent.
#[derive(Clone)]
struct Operation {
    /// Its place in the order in which they were added.
    place: usize,
    schema: &'static Schema,
    table: String,
    key: Vec<(&'static str, KeyValue)>,
    /// The item's JSON; `None` deletes.
    item: Option<Vec<u8>>,
    /// Runs the model's `after_write` hook, if it has one.
    after: Option<fn(&Operation) -> Result<()>>,
}

impl Operation {
    fn bytes(&self) -> usize {
        // A key is at most 3 KB, which is little beside what BYTES_PER_REQUEST leaves.
        self.item.as_ref().map_or(0, Vec::len)
    }

    fn request(&self) -> Result<WriteRequest> {
        let construction = |error| Error::construction(error, "BatchWriteItem");
        Ok(match &self.item {
            Some(item) => {
                let put = PutRequest::builder().set_item(Some(encoded(item.clone()))).build().map_err(construction)?;
                WriteRequest::builder().put_request(put).build()
            }
            None => {
                let key = self.key.iter().map(|(name, value)| ((*name).to_owned(), value.to_sdk())).collect();
                let delete = DeleteRequest::builder().set_key(Some(key)).build().map_err(construction)?;
                WriteRequest::builder().delete_request(delete).build()
            }
        })
    }

    fn is_of(&self, attributes: &HashMap<String, AttributeValue>) -> bool {
        self.key.iter().all(|(name, value)| attributes.get(*name) == Some(&value.to_sdk()))
    }
}

impl Db {
    /// Starts a batch of puts and deletes.
    pub fn batch_write(&self) -> BatchWrite<'_> {
        BatchWrite {
            db: self,
            stamp: self.stamp(),
            operations: Vec::new(),
            error: None,
            concurrency: 4,
            progress: None,
        }
    }
}

impl<'a> BatchWrite<'a> {
    /// Adds an item that replaces whatever is under its key. An item with a version says [`overwrite`](Self::overwrite).
    pub fn put<M: BatchPut<Unique: BatchWritable<M>>>(self, item: M) -> Self {
        self.overwrite(item)
    }

    /// Adds many items, as [`put`](Self::put) does.
    pub fn put_all<M: BatchPut<Unique: BatchWritable<M>>>(self, items: impl IntoIterator<Item = M>) -> Self {
        self.overwrite_all(items)
    }

    /// Adds an item that replaces whatever is under its key, although the model has a version, which a batch cannot check: what somebody
    /// else wrote there meanwhile is lost. The stored version is the one after that in hand.
    pub fn overwrite<M: DynamoModel<Unique: BatchWritable<M>>>(mut self, mut item: M) -> Self {
        self.add_put(&mut item);
        self
    }

    /// Adds many items, as [`overwrite`](Self::overwrite) does.
    pub fn overwrite_all<M: DynamoModel<Unique: BatchWritable<M>>>(
        mut self,
        items: impl IntoIterator<Item = M>,
    ) -> Self {
        for mut item in items {
            self.add_put(&mut item);
        }
        self
    }

    /// Adds the delete of the item with this key. That there is none is fine, and a version is not checked.
    pub fn delete<K: FullKey<Model = M>, M: DynamoModel<Unique: BatchWritable<M>>>(mut self, key: K) -> Self {
        self.add_delete(key.into_key());
        self
    }

    /// Sends at most this many requests at the same time, instead of 4.
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.concurrency = requests.max(1);
        self
    }

    /// Is called after each answer with the number of operations that are done, and of all.
    pub fn on_progress(mut self, progress: impl FnMut(usize, usize) + Send + 'a) -> Self {
        self.progress = Some(Box::new(progress));
        self
    }

    fn add_put<M: DynamoModel>(&mut self, item: &mut M) {
        let table = self.db.table_name::<M>();
        if self.error.is_some() {
            return self.keep(table, item);
        }
        let ready = Ready::new(item, &self.stamp, Verb::Put).and_then(|ready| {
            let key = ready.key.values()?.to_vec();
            Ok((key, ready.item))
        });
        match ready {
            Ok((key, item)) => self.add::<M>(table, key, Some(item)),
            Err(error) => {
                let error = error.during(M::SCHEMA, "BatchWriteItem", &table);
                self.error = Some(match item.to_key().to_sdk() {
                    Ok(key) => error.about(key.into()),
                    Err(_) => error,
                });
                self.keep(table, item);
            }
        }
    }

    /// Keeps an item that is not sent, so that the error can return it.
    fn keep<M: DynamoModel>(&mut self, table: String, item: &M) {
        if let Ok(fields) = stored::encode_fields(item) {
            self.add::<M>(table, Vec::new(), Some(fields));
        }
    }

    fn add<M: DynamoModel>(&mut self, table: String, key: Vec<(&'static str, KeyValue)>, item: Option<Vec<u8>>) {
        let place = self.operations.len();
        self.operations.push(Operation { place, schema: M::SCHEMA, table, key, item, after: after::<M>() });
    }

    fn add_delete<M: DynamoModel>(&mut self, key: Key<M>) {
        let table = self.db.table_name::<M>();
        let asked = match self.error {
            Some(_) => Ok(()),
            None => M::run_before_write(&hook::Write::delete_of(&key)).map_err(Error::from),
        };
        let refused = match key.values() {
            Ok(values) => {
                self.add::<M>(table.clone(), values.to_vec(), None);
                asked.err()
            }
            Err(error) => Some(error.into()),
        };
        if let (Some(error), None) = (refused, &self.error) {
            self.error = Some(error.during(M::SCHEMA, "BatchWriteItem", &table));
        }
    }

    /// Sends everything: a BatchWriteItem for each 25 operations or 16 MB, and again for what DynamoDB leaves unprocessed: at once while
    /// something gets done, else with growing pauses of random length, until eight attempts in a row got nothing done (the SDK's own are
    /// among them). One write unit for each 1 KB of each item.
    ///
    /// Success means that every operation was done, and that the last of each key is what is stored. A put or delete may be sent more than
    /// once, with the same bytes. An error returns what is not known to be done, everything else was done; what it returns may have been
    /// done too, and can be sent again as it is. When this future is dropped, nobody knows of anything.
    ///
    /// # Errors
    /// That of the first operation that is invalid, before anything is sent; [`item_key`](Error::item_key) says which. [`is_unprocessed`](Error::is_unprocessed) if DynamoDB went on leaving
    /// operations unprocessed, or a request failed: [`unprocessed`](Error::unprocessed) returns every item that is not known to be stored,
    /// [`unprocessed_deletes`](Error::unprocessed_deletes) the key of every one that is not known to be deleted. So they do where nothing
    /// was sent, but for an item with a value that cannot be stored.
    ///
    /// [BatchWriteItem](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html)
    pub async fn send(self) -> Result<BatchWritten> {
        let BatchWrite { db, operations, error, concurrency, mut progress, .. } = self;
        if let Some(error) = error {
            return Err(error.returning(Unprocessed { operations, cause: None }));
        }
        let db = &db.started();
        let total = operations.len();
        let mut written = BatchWritten::default();
        let mut queue = VecDeque::from(operations);
        let mut in_flight = FuturesUnordered::new();
        let mut busy = HashSet::new();
        let mut failure: Option<Unprocessed> = None;
        let mut hooked = Ok(());
        let mut backoff = Backoff::new(db);
        let mut pause = None;
        loop {
            while failure.is_none() && pause.is_none() && in_flight.len() < concurrency {
                let chunk = next_chunk(&mut queue, &mut busy);
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
            for operation in &chunk {
                busy.remove(&identity(operation));
            }
            let left = match answer {
                Ok(answer) => {
                    hooked = hooked.and(run_after_write(&chunk, &answer.unprocessed));
                    written.requests += 1;
                    written.capacity += answer.capacity;
                    let done = chunk.len() - answer.unprocessed.len();
                    written.operations += done;
                    if let Some(progress) = progress.as_mut().filter(|_| done > 0) {
                        progress(written.operations, total);
                    }
                    if done > 0 {
                        backoff.progress();
                        pause = None;
                    }
                    Left { operations: answer.unprocessed, fruitless: done == 0, cause: None }
                }
                // Nothing of it was done, and it can be later.
                Err(error) if error.is_throttled() && !error.is_outcome_unknown() => {
                    Left { operations: chunk, fruitless: true, cause: Some(error) }
                }
                Err(error) => {
                    let failure = failure.get_or_insert_default();
                    failure.operations.extend(chunk);
                    failure.cause = failure.cause.take().or(Some(error));
                    continue;
                }
            };
            for operation in left.operations.into_iter().rev() {
                queue.push_front(operation);
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
        match failure {
            None => hooked.map(|()| written),
            Some(mut failure) => {
                failure.operations.extend(queue);
                failure.operations.sort_by_key(|operation| operation.place);
                Err(Error::new(Problem::Unprocessed(failure)).during_operation("BatchWriteItem"))
            }
        }
    }
}

/// What an answer leaves to be sent again.
struct Left {
    operations: Vec<Operation>,
    /// Whether nothing was done.
    fruitless: bool,
    cause: Option<Error>,
}

fn identity(operation: &Operation) -> (String, Vec<(&'static str, KeyValue)>) {
    (operation.table.clone(), operation.key.clone())
}

/// Takes operations from the front, but none whose key is on its way already: those wait, and with them every later one of the same key.
fn next_chunk(
    queue: &mut VecDeque<Operation>,
    busy: &mut HashSet<(String, Vec<(&'static str, KeyValue)>)>,
) -> Vec<Operation> {
    let mut chunk = Vec::new();
    let mut waiting = VecDeque::new();
    let mut bytes = 0;
    while let Some(operation) = queue.pop_front() {
        let full = chunk.len() == PER_REQUEST || (!chunk.is_empty() && bytes + operation.bytes() > BYTES_PER_REQUEST);
        if full {
            queue.push_front(operation);
            break;
        }
        if busy.insert(identity(&operation)) {
            bytes += operation.bytes();
            chunk.push(operation);
        } else {
            waiting.push_back(operation);
        }
    }
    while let Some(operation) = waiting.pop_back() {
        queue.push_front(operation);
    }
    chunk
}

/// What runs the model's `after_write` hook over what was sent.
fn after<M: DynamoModel>() -> Option<fn(&Operation) -> Result<()>> {
    M::AFTER_WRITE.then_some(|operation| {
        let key = Key::new(KeyBuf::complete(&M::SCHEMA.key, operation.key.clone(), None));
        let ran = match &operation.item {
            Some(item) => stored::decode_own(item)
                .map_err(Error::from)
                .and_then(|item| Ok(M::run_after_write(&hook::Write::item_of(Verb::Put, &key, &item))?)),
            None => M::run_after_write(&hook::Write::delete_of(&key)).map_err(Error::from),
        };
        ran.map_err(|error| error.during(M::SCHEMA, "BatchWriteItem", &operation.table))
    })
}

/// Runs the hooks of the operations that were done, and returns the first error.
fn run_after_write(chunk: &[Operation], unprocessed: &[Operation]) -> Result<()> {
    let left = |operation: &Operation| unprocessed.iter().any(|left| identity(left) == identity(operation));
    let hooked = chunk.iter().filter_map(|operation| Some((operation, operation.after?)));
    hooked
        .filter(|(operation, _)| !left(operation))
        .map(|(operation, after)| after(operation))
        .fold(Ok(()), Result::and)
}

struct Sent {
    chunk: Vec<Operation>,
    answer: Result<Answer>,
    /// How often it was sent.
    attempts: u32,
}

struct Answer {
    unprocessed: Vec<Operation>,
    capacity: f64,
}

async fn send_chunk(db: &Db, chunk: Vec<Operation>) -> Sent {
    let call = Call::of_many(db, &operation::BATCH_WRITE_ITEM);
    let answer = answer(&call, &chunk).await;
    Sent { chunk, answer, attempts: call.attempts().made() }
}

async fn answer(call: &Call<'_>, chunk: &[Operation]) -> Result<Answer> {
    let mut requests: HashMap<String, Vec<WriteRequest>> = HashMap::new();
    for operation in chunk {
        requests.entry(operation.table.clone()).or_default().push(operation.request()?);
    }
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
    Ok(Answer { unprocessed: unprocessed(chunk, &left), capacity })
}

/// Which operations DynamoDB returned. One that cannot be told apart counts with all of its table: a put or delete that is sent again does no harm.
fn unprocessed(chunk: &[Operation], left: &HashMap<String, Vec<WriteRequest>>) -> Vec<Operation> {
    let returned = |operation: &&Operation| {
        let Some(requests) = left.get(&operation.table) else { return false };
        let known = |request: &WriteRequest| {
            let put = request.put_request().map(PutRequest::item);
            let key = put.or_else(|| request.delete_request().map(DeleteRequest::key));
            key.is_some_and(|key| chunk.iter().any(|other| other.table == operation.table && other.is_of(key)))
        };
        if !requests.iter().all(known) {
            return true;
        }
        requests.iter().any(|request| {
            request.put_request().is_some_and(|put| operation.is_of(put.item()))
                || request.delete_request().is_some_and(|delete| operation.is_of(delete.key()))
        })
    };
    chunk.iter().filter(returned).cloned().collect()
}

impl fmt::Debug for BatchWrite<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchWrite").field("operations", &self.operations.len()).finish_non_exhaustive()
    }
}

/// What a batch took.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub struct BatchWritten {
    /// The puts and deletes that were done.
    pub operations: usize,
    /// The requests that were answered.
    pub requests: u64,
    /// The write units that DynamoDB reported.
    pub capacity: f64,
}

/// The operations of a batch that are not known to be done, in the order in which they were added.
#[derive(Default)]
pub(crate) struct Unprocessed {
    operations: Vec<Operation>,
    /// Why the batch ended; `None` if DynamoDB went on leaving them unprocessed.
    cause: Option<Error>,
}

impl Unprocessed {
    pub(crate) fn len(&self) -> usize {
        self.operations.len()
    }

    /// Whether some of them may have been done.
    pub(crate) fn is_outcome_unknown(&self) -> bool {
        self.cause.as_ref().is_some_and(Error::is_outcome_unknown)
    }

    pub(crate) fn source(&self) -> Option<&ServiceError> {
        self.cause.as_ref().and_then(Error::service_error)
    }

    /// The models that were to be put.
    pub(crate) fn models<M: DynamoModel>(&self) -> Result<Vec<M>> {
        self.of_model::<M>()
            .filter_map(|operation| operation.item.as_deref())
            .map(|item| Ok(stored::decode_unsent(item)?))
            .collect()
    }

    /// The keys that were to be deleted.
    pub(crate) fn deletes<M: DynamoModel>(&self) -> Vec<Key<M>> {
        let deletes = self.of_model::<M>().filter(|operation| operation.item.is_none());
        deletes.map(|operation| Key::new(KeyBuf::complete(&M::SCHEMA.key, operation.key.clone(), None))).collect()
    }

    fn of_model<M: DynamoModel>(&self) -> impl Iterator<Item = &Operation> {
        let is_of_model = |operation: &&Operation| {
            std::ptr::eq(operation.schema, M::SCHEMA) || operation.schema.model == M::SCHEMA.model
        };
        self.operations.iter().filter(is_of_model)
    }
}

impl fmt::Display for Unprocessed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} operations of the batch are not known to be done; take them from the error and send them again",
            self.len()
        )?;
        match &self.cause {
            Some(cause) => write!(f, ": {cause}"),
            None => f.write_str(": DynamoDB went on leaving them unprocessed"),
        }
    }
}
