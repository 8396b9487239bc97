//! Items by their keys: BatchGetItem requests of 100 keys, sent until every key is answered.

mod identity;
mod unread;
mod wanted;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{KeysAndAttributes, ReturnConsumedCapacity};
use aws_smithy_types::body::SdkBody;
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::from_item::FromItem;
use super::page::Usage;
use super::receive::Tables;
use crate::attribute::Item;
use crate::backoff::Backoff;
use crate::call::{Call, operation};
use crate::codec::Reader;
use crate::db::Db;
use crate::direct::encoded_keys;
use crate::error::{DecodeError, Error, Problem, Result};
use crate::expiry::Expiry;
use crate::expr::{Aliases, projection};
use crate::key::{Key, KeyValue};
use crate::model::DynamoModel;
use crate::schema::Schema;

pub(super) use identity::key_values;
pub(crate) use unread::Unread;
use wanted::Wanted;

pub(super) const OPERATION: &str = "BatchGetItem";

/// The most keys that DynamoDB takes in one request.
pub(super) const PER_REQUEST: usize = 100;
/// How many requests are sent at the same time, unless something else is said.
pub(super) const CONCURRENCY: usize = 4;

/// The attributes of a key with their values, in the order of the schema.
type KeyValues = Vec<(&'static str, KeyValue)>;

/// Keys of one model that are asked for in the same way.
#[derive(Debug)]
pub struct Asked {
    schema: &'static Schema,
    entry: Arc<Entry>,
    keys: Vec<KeyValues>,
    /// Which items count as gone, when the call began.
    expiry: Option<Expiry>,
}

/// How the keys of one table are asked for: a request can say it once for each table.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    table: String,
    consistent: bool,
    /// `None` reads every attribute.
    attributes: Option<Vec<&'static str>>,
}

impl Entry {
    /// The SDK's input for keys of the table, a JSON array of them: one key that stands for all.
    fn ask(&self, keys: Vec<u8>) -> Result<KeysAndAttributes> {
        let mut aliases = Aliases::new();
        let attributes =
            self.attributes.as_ref().map(|attributes| projection(attributes.iter().copied(), &mut aliases));
        let attributes = attributes.transpose()?;
        let (names, _) = aliases.into_sdk()?;
        let asked = KeysAndAttributes::builder()
            .keys(encoded_keys(keys))
            .set_consistent_read(self.consistent.then_some(true))
            .set_projection_expression(attributes)
            .set_expression_attribute_names(names);
        asked.build().map_err(|error| Error::construction(error, OPERATION))
    }
}

impl Asked {
    /// `also` are attributes that are read even if `T` does not need them.
    pub(super) fn new<M: DynamoModel, T: FromItem<M>>(
        db: &Db,
        keys: Vec<Key<M>>,
        consistent: bool,
        also: &[&'static str],
        expiry: Option<Expiry>,
    ) -> Result<Self> {
        let table = db.table_name::<M>();
        let keys = keys.into_iter().map(|key| Ok(key.into_values()?)).collect::<Result<Vec<_>>>();
        let keys = keys.map_err(|error| error.during(M::SCHEMA, OPERATION, &table))?;
        // An item is known by its key, so that is read too.
        let key_names = M::SCHEMA.key.attributes().map(|attribute| attribute.name);
        let more = key_names.chain(also.iter().copied()).chain(expiry.map(|expiry| expiry.attribute));
        let attributes = T::attributes(None).map(|attributes| attributes.into_iter().chain(more).collect());
        Ok(Asked { schema: M::SCHEMA, entry: Arc::new(Entry { table, consistent, attributes }), keys, expiry })
    }

    /// The answers as what they were asked for as, in call order; an item that is no `T` is an error in its place.
    pub(super) fn read<T: FromItem<M>, M: DynamoModel>(&self, found: Vec<Option<Found>>) -> Vec<Result<Option<T>>> {
        let mut scratch = T::scratch(None);
        let mut read = |found: Option<Found>| found.map(|found| found.read(&mut scratch)).transpose();
        let explain = |(at, read): (usize, Result<_, DecodeError>)| {
            let error = |error| Error::from(error).during(self.schema, OPERATION, &self.entry.table);
            read.map_err(|problem| match self.keys.get(at) {
                Some(key) => error(problem).about(item(key)),
                None => error(problem),
            })
        };
        let live = |found: &Found| self.expiry.is_none_or(|expiry| !expiry.has_passed_in(found.json()));
        found.into_iter().map(|found| read(found.filter(live))).enumerate().map(explain).collect()
    }
}

/// A key as an item of its attributes.
fn item(key: &KeyValues) -> Item {
    key.iter().map(|(name, value)| ((*name).to_owned(), value.to_sdk())).collect()
}

/// An item where it stands in an answer.
#[derive(Debug, Clone)]
pub struct Found {
    body: Arc<SdkBody>,
    place: Range<usize>,
}

impl Found {
    pub(super) fn json(&self) -> &[u8] {
        self.body.bytes().and_then(|bytes| bytes.get(self.place.clone())).unwrap_or_default()
    }

    fn read<T: FromItem<M>, M>(&self, scratch: &mut T::Scratch) -> Result<T, DecodeError> {
        T::from_item(&mut Reader::new(self.json())?, scratch)
    }
}

/// Reads all keys. The answers stand as the keys do.
pub(super) async fn fetch(db: &Db, asked: &[Asked], concurrency: usize) -> Result<(Vec<Vec<Option<Found>>>, Usage)> {
    let db = &db.started();
    let mut wanted = Wanted::new(asked);
    let mut usage = Usage::default();
    let mut queue = wanted.places();
    let mut in_flight = FuturesUnordered::new();
    let mut failure: Option<(Vec<usize>, Option<Error>)> = None;
    let mut backoff = Backoff::new(db);
    loop {
        while failure.is_none() && in_flight.len() < concurrency {
            let chunk = wanted.next_chunk(&mut queue);
            if chunk.is_empty() {
                break;
            }
            let request = wanted.request(&chunk)?;
            in_flight.push(async move { (chunk, send(db, request).await) });
        }
        let Some((chunk, answer)) = in_flight.next().await else { break };
        match answer.and_then(|answer| wanted.take(&chunk, answer)) {
            Ok((left, of_request)) => {
                usage.add(&of_request);
                let fruitless = left.len() == chunk.len();
                for place in left.into_iter().rev() {
                    queue.push_front(place);
                }
                if !backoff.after(fruitless).await && failure.is_none() {
                    failure = Some((Vec::new(), None));
                }
            }
            Err(error) => {
                let (left, cause) = failure.get_or_insert_with(|| (Vec::new(), None));
                left.extend(chunk);
                cause.get_or_insert(error);
            }
        }
    }
    match failure {
        None => Ok((wanted.into_found(), usage)),
        Some((mut left, cause)) => {
            left.extend(queue);
            left.sort_unstable();
            Err(Error::new(Problem::Unread(wanted.into_unread(&left, cause))))
        }
    }
}

type Request = HashMap<String, KeysAndAttributes>;

/// What one request brought.
struct Answer {
    tables: Tables,
    /// The keys that DynamoDB did not get to, by table.
    unprocessed: Request,
    capacity: f64,
}

async fn send(db: &Db, tables: Request) -> Result<Answer> {
    let request = |client: &Client| {
        client
            .batch_get_item()
            .set_request_items(Some(tables))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
    };
    let call = Call::of_many(db, &operation::BATCH_GET_ITEM);
    let tables = call.receive::<Tables>();
    let output = call.send(request).await.map_err(Error::service)?;
    let capacity = output.consumed_capacity().iter().filter_map(|consumed| consumed.capacity_units()).sum();
    let unprocessed = output.unprocessed_keys.unwrap_or_default();
    Ok(Answer { tables: tables.finish()?, unprocessed, capacity })
}
