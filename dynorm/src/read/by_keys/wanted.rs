//! The keys of a batch: each different one is asked for once, wherever it was given.

use std::collections::hash_map::Entry as Known;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use aws_smithy_types::body::SdkBody;

use super::identity::{key_values, push_identity, push_stored};
use super::unread::{Asker, Left, Unread, is_same};
use super::{Answer, Asked, Entry, Found, KeyValues, PER_REQUEST, Request};
use crate::codec::Json;
use crate::error::{DecodeError, Error, Result};
use crate::key::push_key;
use crate::read::page::Usage;
use crate::read::receive::Tables;
use crate::schema::KeySchema;

/// How many bytes a key probably takes in a request. A wrong guess costs an allocation.
const LIKELY: usize = 96;

/// All keys of a call. They are known by their places in the order in which they were first given.
pub(super) struct Wanted<'a> {
    asked: &'a [Asked],
    /// By what was asked and its keys, where these are.
    given: Vec<Vec<usize>>,
    tables: Vec<Table<'a>>,
    keys: Vec<Key<'a>>,
}

/// A table, as it is asked in one way.
struct Table<'a> {
    entry: &'a Arc<Entry>,
    /// The models that share the table share its key.
    schema: &'static KeySchema,
    /// The places of its keys, by their identities.
    places: HashMap<Vec<u8>, usize>,
}

struct Key<'a> {
    /// The place of its table.
    table: usize,
    values: &'a KeyValues,
    found: Option<Found>,
}

impl<'a> Wanted<'a> {
    pub(super) fn new(asked: &'a [Asked]) -> Self {
        let number = asked.iter().map(|asked| asked.keys.len()).sum();
        let mut wanted = Wanted { asked, given: Vec::new(), tables: Vec::new(), keys: Vec::with_capacity(number) };
        for asked in asked {
            let table = wanted.tables.iter().position(|table| table.entry == &asked.entry).unwrap_or_else(|| {
                let places = HashMap::with_capacity(asked.keys.len());
                wanted.tables.push(Table { entry: &asked.entry, schema: &asked.schema.key, places });
                wanted.tables.len() - 1
            });
            let given = asked.keys.iter().map(|values| wanted.place(table, values)).collect();
            wanted.given.push(given);
        }
        wanted
    }

    /// The place of a key, which may be a new one.
    fn place(&mut self, table: usize, values: &'a KeyValues) -> usize {
        let mut identity = Vec::with_capacity(LIKELY);
        push_identity(values, &mut identity);
        let place = self.keys.len();
        if let Some(Table { places, .. }) = self.tables.get_mut(table) {
            match places.entry(identity) {
                Known::Occupied(known) => return *known.get(),
                Known::Vacant(new) => new.insert(place),
            };
        }
        self.keys.push(Key { table, values, found: None });
        place
    }

    /// The places of all keys.
    pub(super) fn places(&self) -> VecDeque<usize> {
        (0..self.keys.len()).collect()
    }

    /// Takes keys from the front, but of each table only those that are asked for in the same way: the others wait.
    pub(super) fn next_chunk(&self, queue: &mut VecDeque<usize>) -> Vec<usize> {
        let mut chunk = Vec::with_capacity(queue.len().min(PER_REQUEST));
        let mut tables: Vec<usize> = Vec::new();
        let mut waiting = VecDeque::new();
        while chunk.len() < PER_REQUEST {
            let Some(place) = queue.pop_front() else { break };
            let Some(Key { table, .. }) = self.keys.get(place) else { continue };
            if !tables.contains(table) {
                if tables.iter().any(|known| self.name(*known) == self.name(*table)) {
                    waiting.push_back(place);
                    continue;
                }
                tables.push(*table);
            }
            chunk.push(place);
        }
        while let Some(place) = waiting.pop_back() {
            queue.push_front(place);
        }
        chunk
    }

    fn name(&self, table: usize) -> Option<&str> {
        self.tables.get(table).map(|table| &*table.entry.table)
    }

    /// The SDK's input for these keys: for each table, one key that stands for all.
    pub(super) fn request(&self, chunk: &[usize]) -> Result<Request> {
        let mut tables: Vec<(usize, Vec<u8>)> = Vec::new();
        for Key { table, values, .. } in chunk.iter().filter_map(|place| self.keys.get(*place)) {
            let json = match tables.iter_mut().find(|(known, _)| known == table) {
                Some((_, json)) => {
                    json.push(b',');
                    json
                }
                None => {
                    let mut json = Vec::with_capacity(chunk.len() * LIKELY);
                    json.push(b'[');
                    &mut tables.push_mut((*table, json)).1
                }
            };
            push_key(values, json);
        }
        let tables = tables.into_iter().filter_map(|(table, json)| Some((self.tables.get(table)?.entry, json)));
        let asked = tables.map(|(entry, mut json)| {
            json.push(b']');
            Ok((entry.table.clone(), entry.ask(json)?))
        });
        asked.collect()
    }

    /// Puts every item where its key is wanted, and tells which keys are still to be asked for.
    pub(super) fn take(&mut self, chunk: &[usize], answer: Answer) -> Result<(Vec<usize>, Usage)> {
        let Answer { tables: Tables { items, body }, unprocessed, capacity } = answer;
        let body = Arc::new(body.unwrap_or_else(SdkBody::empty));
        let bytes = body.bytes().unwrap_or_default();
        let json = Json::from_bytes(bytes)?;
        let mut usage = Usage { requests: 1, capacity, bytes: bytes.len() as u64, ..Usage::default() };
        let (mut identity, mut places) = (Vec::with_capacity(LIKELY), Vec::new());
        for (name, items) in items {
            let table = table_of(&self.tables, &self.keys, chunk, &name).ok_or_else(unasked)?;
            for place in items {
                identity.clear();
                push_stored(json.moved(place.start), table.schema, &mut places, &mut identity)?;
                let key = table.place_in(chunk, &identity).and_then(|place| self.keys.get_mut(place));
                key.ok_or_else(unasked)?.found = Some(Found { body: Arc::clone(&body), place });
                usage.scanned += 1;
                usage.matched += 1;
            }
        }
        let mut left = Vec::new();
        for (name, KeysAndAttributes { keys, .. }) in unprocessed {
            let table = table_of(&self.tables, &self.keys, chunk, &name).ok_or_else(unasked)?;
            for key in keys {
                identity.clear();
                push_identity(&key_values(&key, table.schema)?, &mut identity);
                left.push(table.place_in(chunk, &identity).ok_or_else(unasked)?);
            }
        }
        left.sort_unstable();
        Ok((left, usage))
    }

    /// What was found, in the order in which keys were given.
    pub(super) fn into_found(self) -> Vec<Vec<Option<Found>>> {
        let found = |place: &usize| self.keys.get(*place)?.found.clone();
        self.given.iter().map(|given| given.iter().map(found).collect()).collect()
    }

    /// What is left when the batch ends before its end: the keys at these places, which are sorted, and the items of all others.
    pub(super) fn into_unread(self, places: &[usize], cause: Option<Error>) -> Unread {
        let mut askers: Vec<Vec<Asker>> = self.keys.iter().map(|_| Vec::new()).collect();
        for (Asked { schema, expiry, .. }, given) in self.asked.iter().zip(&self.given) {
            let known = |(known, hides): &Asker| is_same(known, schema) && hides.is_some() == expiry.is_some();
            for place in given {
                if let Some(askers) = askers.get_mut(*place).filter(|askers| !askers.iter().any(known)) {
                    askers.push((schema, *expiry));
                }
            }
        }
        let (mut read, mut unread) = (Vec::new(), Vec::new());
        for (place, (Key { table, values, found }, askers)) in self.keys.into_iter().zip(askers).enumerate() {
            let table = self.tables.get(table).map(|table| table.entry.table.clone()).unwrap_or_default();
            let list = if places.binary_search(&place).is_ok() { &mut unread } else { &mut read };
            list.push(Left { askers, table, key: values.clone(), found });
        }
        Unread { read, unread, cause }
    }
}

impl Table<'_> {
    /// The place of a key, if it is one of these.
    fn place_in(&self, chunk: &[usize], identity: &[u8]) -> Option<usize> {
        self.places.get(identity).copied().filter(|place| chunk.contains(place))
    }
}

/// The table of this name, as it is asked for these keys.
fn table_of<'t, 'a>(tables: &'t [Table<'a>], keys: &[Key<'_>], chunk: &[usize], name: &str) -> Option<&'t Table<'a>> {
    let mut asked = chunk.iter().filter_map(|place| tables.get(keys.get(*place)?.table));
    asked.find(|table| table.entry.table == name)
}

fn unasked() -> Error {
    DecodeError::invalid("the answer has a key that was not asked for").into()
}
