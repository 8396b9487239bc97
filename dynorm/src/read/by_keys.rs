//! Items by their keys: BatchGetItem requests of 100 keys, sent until every key is answered.

mod identity;
mod unread;

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, ReturnConsumedCapacity};
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
use crate::error::{DecodeError, Error, Problem, Result};
use crate::expiry::Expiry;
use crate::expr::{Aliases, projection};
use crate::key::{Key, KeyValue};
use crate::model::DynamoModel;
use crate::schema::{KeySchema, Schema};

pub(super) use identity::key_values;
use identity::{KeyIdentity, identity, stored_key};
pub(crate) use unread::Unread;

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
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Entry {
    table: String,
    consistent: bool,
    /// `None` reads every attribute.
    attributes: Option<Vec<&'static str>>,
}

impl Asked {
    /// `also` are attributes that are read even if `T` does not need them.
    pub(super) fn new<M: DynamoModel, T: FromItem<M>>(
        db: &Db,
        keys: &[Key<M>],
        consistent: bool,
        also: &[&'static str],
        expiry: Option<Expiry>,
    ) -> Result<Self> {
        let table = db.table_name::<M>();
        let keys = keys.iter().map(|key| Ok(key.values()?.to_vec())).collect::<Result<Vec<_>>>();
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

/// A key that is asked for once, wherever it was given.
#[derive(Debug)]
struct Wanted {
    /// The models that asked, each with what counts as gone to it; they share the table, and so its key.
    askers: Vec<Asker>,
    entry: Arc<Entry>,
    key: KeyValues,
    found: Option<Found>,
}

type Asker = (&'static Schema, Option<Expiry>);

impl Wanted {
    fn key_schema(&self) -> Option<&'static KeySchema> {
        self.askers.first().map(|(schema, _)| &schema.key)
    }

    /// What this model asked for, as which it may have done more than once.
    fn askers<M: DynamoModel>(&self) -> impl Iterator<Item = &Asker> {
        self.askers.iter().filter(|(schema, _)| is_same(schema, M::SCHEMA))
    }

    /// The item, unless it has expired to each of them.
    fn found_for<M: DynamoModel>(&self) -> Option<&Found> {
        let is_live =
            |(_, expiry): &Asker, found: &Found| expiry.is_none_or(|expiry| !expiry.has_passed_in(found.json()));
        self.found.as_ref().filter(|found| self.askers::<M>().any(|asker| is_live(asker, found)))
    }
}

/// Whether they are one model's: a constant may be at several addresses.
fn is_same(one: &'static Schema, other: &'static Schema) -> bool {
    std::ptr::eq(one, other) || one.model == other.model && one.table == other.table
}

/// Reads all keys. The answers stand as the keys do.
pub(super) async fn fetch(db: &Db, asked: &[Asked], concurrency: usize) -> Result<(Vec<Vec<Option<Found>>>, Usage)> {
    let mut wanted: Vec<Wanted> = Vec::new();
    let mut known = HashMap::new();
    let places: Vec<Vec<usize>> = asked
        .iter()
        .map(|asked| {
            let Asked { schema, entry, keys, expiry } = asked;
            let place = |key: &KeyValues| {
                let place = *known.entry((entry, identity(key))).or_insert_with(|| {
                    let entry = Arc::clone(entry);
                    wanted.push(Wanted { askers: Vec::new(), entry, key: key.clone(), found: None });
                    wanted.len() - 1
                });
                let known = |(known, hides): &Asker| is_same(known, schema) && hides.is_some() == expiry.is_some();
                if let Some(wanted) = wanted.get_mut(place)
                    && !wanted.askers.iter().any(known)
                {
                    wanted.askers.push((schema, *expiry));
                }
                place
            };
            keys.iter().map(place).collect()
        })
        .collect();
    let usage = fetch_wanted(db, &mut wanted, concurrency).await?;
    let found = |place: &usize| wanted.get(*place)?.found.clone();
    Ok((places.iter().map(|places| places.iter().map(found).collect()).collect(), usage))
}

async fn fetch_wanted(db: &Db, wanted: &mut Vec<Wanted>, concurrency: usize) -> Result<Usage> {
    let db = &db.started();
    let mut usage = Usage::default();
    let mut queue: VecDeque<usize> = (0..wanted.len()).collect();
    let mut in_flight = FuturesUnordered::new();
    let mut failure: Option<(Vec<usize>, Option<Error>)> = None;
    let mut backoff = Backoff::new(db);
    loop {
        while failure.is_none() && in_flight.len() < concurrency {
            let chunk = next_chunk(&mut queue, wanted);
            if chunk.is_empty() {
                break;
            }
            let request = request(&chunk, wanted)?;
            in_flight.push(async move { (chunk, send(db, request).await) });
        }
        let Some((chunk, answer)) = in_flight.next().await else { break };
        let answer = answer.and_then(|answer| answer.take(&chunk, wanted));
        match answer {
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
        None => Ok(usage),
        Some((mut left, cause)) => {
            left.extend(queue);
            left.sort_unstable();
            let (mut read, mut unread) = (Vec::new(), Vec::new());
            for (place, wanted) in std::mem::take(wanted).into_iter().enumerate() {
                let list = if left.binary_search(&place).is_ok() { &mut unread } else { &mut read };
                list.push(wanted);
            }
            Err(Error::new(Problem::Unread(Unread { read, unread, cause })))
        }
    }
}

/// Takes keys from the front, but of each table only those that are asked for in the same way: the others wait.
fn next_chunk(queue: &mut VecDeque<usize>, wanted: &[Wanted]) -> Vec<usize> {
    let mut chunk = Vec::new();
    let mut entries: Vec<&Arc<Entry>> = Vec::new();
    let mut waiting = VecDeque::new();
    while chunk.len() < PER_REQUEST {
        let Some(place) = queue.pop_front() else { break };
        let Some(Wanted { entry, .. }) = wanted.get(place) else { continue };
        match entries.iter().find(|known| known.table == entry.table) {
            Some(known) if *known != entry => waiting.push_back(place),
            Some(_) => chunk.push(place),
            None => {
                entries.push(entry);
                chunk.push(place);
            }
        }
    }
    while let Some(place) = waiting.pop_back() {
        queue.push_front(place);
    }
    chunk
}

type Request = HashMap<String, KeysAndAttributes>;

fn request(chunk: &[usize], wanted: &[Wanted]) -> Result<Request> {
    let mut tables: Vec<(&Entry, Vec<HashMap<String, AttributeValue>>)> = Vec::new();
    for Wanted { entry, key, .. } in chunk.iter().filter_map(|place| wanted.get(*place)) {
        let keys = match tables.iter_mut().find(|(known, _)| known.table == entry.table) {
            Some((_, keys)) => keys,
            None => &mut tables.push_mut((entry, Vec::with_capacity(chunk.len()))).1,
        };
        keys.push(item(key).into());
    }
    let entries = tables.into_iter().map(|(entry, keys)| {
        let mut aliases = Aliases::new();
        let attributes =
            entry.attributes.as_ref().map(|attributes| projection(attributes.iter().copied(), &mut aliases));
        let attributes = attributes.transpose()?;
        let (names, _) = aliases.into_sdk()?;
        let keys = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .set_consistent_read(entry.consistent.then_some(true))
            .set_projection_expression(attributes)
            .set_expression_attribute_names(names);
        let keys = keys.build().map_err(|error| Error::construction(error, OPERATION))?;
        Ok((entry.table.clone(), keys))
    });
    entries.collect()
}

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

impl Answer {
    /// Puts every item where its key is wanted, and tells which keys are still to be asked for.
    fn take(self, chunk: &[usize], wanted: &mut [Wanted]) -> Result<(Vec<usize>, Usage)> {
        let Answer { tables: Tables { items, body }, unprocessed, capacity } = self;
        let body = Arc::new(body.unwrap_or_else(SdkBody::empty));
        let bytes = body.bytes().map_or(0, <[u8]>::len);
        let mut known = Places::default();
        for &place in chunk {
            if let Some(wanted) = wanted.get(place) {
                known.add(wanted, place);
            }
        }
        let mut usage = Usage { requests: 1, capacity, bytes: bytes as u64, ..Usage::default() };
        for (table, items) in items {
            let (key_schema, known) = known.of(&table).ok_or_else(unasked)?;
            for place in items {
                let found = Found { body: Arc::clone(&body), place };
                let key = stored_key(found.json(), key_schema)?;
                let of = known.get(&key).and_then(|place| wanted.get_mut(*place));
                of.ok_or_else(unasked)?.found = Some(found);
                usage.scanned += 1;
                usage.matched += 1;
            }
        }
        let mut left = Vec::new();
        for (table, keys) in unprocessed {
            let (key_schema, known) = known.of(&table).ok_or_else(unasked)?;
            for key in keys.keys {
                left.push(*known.get(&identity(&key_values(&key, key_schema)?)).ok_or_else(unasked)?);
            }
        }
        left.sort_unstable();
        Ok((left, usage))
    }
}

/// Where the keys of a request are wanted, by table.
#[derive(Default)]
struct Places(Vec<(Arc<Entry>, &'static KeySchema, HashMap<KeyIdentity, usize>)>);

impl Places {
    fn add(&mut self, wanted: &Wanted, place: usize) {
        let Some(schema) = wanted.key_schema() else { return };
        let places = match self.0.iter_mut().find(|(entry, ..)| entry.table == wanted.entry.table) {
            Some((.., places)) => places,
            None => &mut self.0.push_mut((Arc::clone(&wanted.entry), schema, HashMap::new())).2,
        };
        places.insert(identity(&wanted.key), place);
    }

    fn of(&self, table: &str) -> Option<(&'static KeySchema, &HashMap<KeyIdentity, usize>)> {
        let (_, schema, places) = self.0.iter().find(|(entry, ..)| entry.table == table)?;
        Some((schema, places))
    }
}

fn unasked() -> Error {
    DecodeError::invalid("the answer has a key that was not asked for").into()
}
