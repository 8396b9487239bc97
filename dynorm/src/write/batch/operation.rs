//! One put or delete of a batch.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::error::{Error, Result};
use crate::key::{Key, KeyBuf, KeyValue, push_key};
use crate::model::DynamoModel;
use crate::schema::Schema;
use crate::stored;
use crate::write::hook::{self, Verb};

/// One put or delete, ready to be sent.
pub(super) struct Operation {
    pub(super) schema: &'static Schema,
    pub(super) table: Arc<str>,
    pub(super) key: Vec<(&'static str, KeyValue)>,
    /// The item's JSON; `None` deletes.
    pub(super) item: Option<Vec<u8>>,
    /// Runs the model's `after_write` hook, if it has one.
    pub(super) after: Option<fn(&Operation) -> Result<()>>,
}

impl Operation {
    pub(super) fn new<M: DynamoModel>(
        table: Arc<str>,
        key: Vec<(&'static str, KeyValue)>,
        item: Option<Vec<u8>>,
    ) -> Self {
        Operation { schema: M::SCHEMA, table, key, item, after: after::<M>() }
    }

    pub(super) fn bytes(&self) -> usize {
        // A key is at most 3 KB, which is little beside what a request leaves.
        self.item.as_ref().map_or(0, Vec::len)
    }

    /// Appends it as an element of the list that a request has for its table.
    pub(super) fn push(&self, out: &mut Vec<u8>) {
        match &self.item {
            Some(item) => {
                out.extend_from_slice(br#"{"PutRequest":{"Item":"#);
                out.extend_from_slice(item);
            }
            None => {
                out.extend_from_slice(br#"{"DeleteRequest":{"Key":"#);
                push_key(&self.key, out);
            }
        }
        out.extend_from_slice(b"}}");
    }

    /// Whether it writes the item that has these attributes.
    pub(super) fn is_of(&self, attributes: &HashMap<String, AttributeValue>) -> bool {
        self.key.iter().all(|(name, value)| attributes.get(*name) == Some(&value.to_sdk()))
    }
}

/// An operation as what it writes: equal to another one that writes the same item.
pub(super) struct Identity<'a>(pub(super) &'a Operation);

impl PartialEq for Identity<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.key == other.0.key && self.0.table == other.0.table
    }
}

impl Eq for Identity<'_> {}

impl Hash for Identity<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.key.iter().for_each(|(_, value)| value.hash(state));
    }
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
