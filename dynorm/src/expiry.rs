//! Time to live: which items have expired at one moment, whether DynamoDB has deleted them yet or not.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use crate::attribute::Item;
use crate::codec::{Integer, Json, Number, Reader};
use crate::expr::{Cond, Condition};
use crate::schema::{AttributeRole, Schema};

/// The attribute that says when an item expires, and the moment of a call, in seconds since 1970. An item expires when that time has passed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expiry {
    pub(crate) attribute: &'static str,
    now: i64,
}

impl Expiry {
    /// `None` for models without time to live, for which no clock is read.
    pub(crate) fn of(schema: &'static Schema, now: impl FnOnce() -> SystemTime) -> Option<Self> {
        let attribute = schema.with_role(AttributeRole::Ttl)?.name;
        let seconds = |since: Duration| i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
        let now = match now().duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => seconds(since),
            Err(before) => -seconds(before.duration()),
        };
        Some(Expiry { attribute, now })
    }

    /// The condition that the item has expired. It is false for an item that never does.
    pub(crate) fn passed<M, X>(self) -> Cond<M, X> {
        Cond::is_below(self.attribute, self.now)
    }

    /// Whether an item of the SDK's has expired.
    pub(crate) fn has_passed(self, item: &Item) -> bool {
        let time = item.get(self.attribute).and_then(|value| value.as_n().ok());
        time.is_some_and(|digits| self.is_before(digits))
    }

    /// Whether the item at the cursor has expired.
    pub(crate) fn has_passed_at(self, mut item: Json<'_>) -> bool {
        let mut first = true;
        if item.open_object().is_err() {
            return false;
        }
        while let Ok(Some(name)) = item.next_name(&mut first) {
            if name == self.attribute {
                return Reader::at(item).digits().is_ok_and(|digits| self.is_before(&digits));
            }
            if item.skip().is_err() {
                return false;
            }
        }
        false
    }

    /// Whether the item with these attributes has expired, each with its value's JSON.
    pub(crate) fn has_passed_among(self, attributes: &BTreeMap<String, String>) -> bool {
        let has_passed =
            |json: &String| Reader::at(Json::new(json)).digits().is_ok_and(|digits| self.is_before(&digits));
        attributes.get(self.attribute).is_some_and(has_passed)
    }

    /// Whether the item of these bytes has expired.
    pub(crate) fn has_passed_in(self, item: &[u8]) -> bool {
        Json::from_bytes(item).is_ok_and(|item| self.has_passed_at(item))
    }

    fn is_before(self, digits: &str) -> bool {
        let now = i128::from(self.now) * 1_000_000_000;
        match Number::parse(digits).map(|time| time.scaled(9)) {
            Some(Integer::Exact { negative: false, magnitude }) => {
                i128::try_from(magnitude).is_ok_and(|time| time < now)
            }
            Some(Integer::Exact { negative: true, magnitude }) => {
                i128::try_from(magnitude).is_ok_and(|time| -time < now)
            }
            // What is no time never passes.
            _ => false,
        }
    }
}

/// The item, unless it has expired.
pub(crate) fn live<I: Borrow<Item>>(expiry: Option<Expiry>, item: Option<I>) -> Option<I> {
    item.filter(|item| !expiry.is_some_and(|expiry| expiry.has_passed(item.borrow())))
}

/// The condition that there is an item, and still is.
pub(crate) fn present<M>(schema: &Schema, expiry: Option<Expiry>) -> Cond<M, Condition> {
    expiry.into_iter().fold(Cond::key_present(schema), |present, expiry| present & !expiry.passed())
}

/// A caller's condition, for which an item that has expired is none: of such an item holds what holds without one.
pub(crate) fn of_live<M>(expiry: Option<Expiry>, condition: Cond<M, Condition>) -> Cond<M, Condition> {
    match expiry {
        Some(expiry) if condition.holds_without_item() => condition | expiry.passed(),
        Some(expiry) => condition & !expiry.passed(),
        None => condition,
    }
}

/// The condition that there is no item under the key, or none any more.
pub(crate) fn absent<M>(schema: &Schema, expiry: Option<Expiry>) -> Cond<M, Condition> {
    expiry.into_iter().fold(Cond::key_absent(schema), |absent, expiry| absent | expiry.passed())
}
