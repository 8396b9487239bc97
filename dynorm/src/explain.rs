//! `Explain`: what a call would send and what it is billed for, in words.

use std::collections::HashMap;
use std::fmt;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::schema::{KeyAttribute, Schema};

/// What a call would send, what DynamoDB does with it, and what it is billed for: made by `explain` of each verb, which sends nothing.
///
/// `Display` shows all of it. Values of items stand as `?`; [`show_keys`](Explain::show_keys) shows those of the key, but for fields that are
/// `sensitive`. All values are in the request itself, which `request` of the verb returns.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
/// # fn main() { run(async |db: Db| {
/// let long = Book::query(Book::key().publisher("Penguin Books").year(1990..=1999)).filter(Book::PAGES.gt(300)).take(20);
/// assert_eq!(
///     long.explain(&db)?.show_keys().to_string(),
///     r#"Query of Book in table library
///   key: publisher = "Penguin Books" AND sk BETWEEN "1990" AND "1999."
///   filtered after reading: pages > ?
///   limits: take 20
///   requests: one for each page of up to 1 MB
///   billing: half a read unit for each 4 KB of all items that a request reads, added up and then rounded up; items that the filter leaves out are paid for"#
/// );
/// # Ok(()) }) }
/// ```
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Explain {
    /// The operation, by DynamoDB's name: `Query`.
    pub operation: &'static str,
    /// The model's name.
    pub model: &'static str,
    /// The table.
    pub table: String,
    /// The index that is read.
    pub index: Option<String>,
    /// The key, or the condition on it; `None` for a scan.
    pub key: Option<String>,
    /// What leaves out items that were read and are paid for.
    pub filter: Option<String>,
    /// What must hold for a write to happen.
    pub condition: Option<String>,
    /// What an update changes.
    pub update: Option<String>,
    /// The attributes that are returned; `None` if that is all of them.
    pub projection: Option<String>,
    /// Whether a read sees every write that succeeded before.
    pub consistent: bool,
    /// Whether a query reads from the largest sort key to the smallest.
    pub descending: bool,
    /// The items that are returned at most.
    pub take: Option<usize>,
    /// The items that one request evaluates at most.
    pub page_size: Option<u32>,
    /// The requests that are sent at most.
    pub max_pages: Option<usize>,
    /// How many requests it takes.
    pub requests: String,
    /// What DynamoDB bills, as a rule: how much it is, only the answer says.
    pub billing: String,
    /// The key with its values, but for sensitive ones.
    pub(crate) shown_key: Option<String>,
}

impl Explain {
    pub(crate) fn new(operation: &'static str, schema: &'static Schema, table: &str) -> Self {
        Explain {
            operation,
            model: schema.model,
            table: table.to_owned(),
            index: None,
            key: None,
            filter: None,
            condition: None,
            update: None,
            projection: None,
            consistent: false,
            descending: false,
            take: None,
            page_size: None,
            max_pages: None,
            requests: "one".to_owned(),
            billing: String::new(),
            shown_key: None,
        }
    }

    /// Shows the values of the key, but for keys that a `sensitive` field is part of.
    #[must_use]
    pub fn show_keys(mut self) -> Self {
        if self.shown_key.is_some() {
            self.key.clone_from(&self.shown_key);
        }
        self
    }

    /// The key of one item.
    pub(crate) fn key_of_item(
        mut self,
        schema: &'static Schema,
        key: Option<&HashMap<String, AttributeValue>>,
    ) -> Self {
        let equal = |show: bool| {
            let parts = schema.key.attributes().filter_map(|attribute| Some((attribute, key?.get(attribute.name)?)));
            let equal = parts.map(|(attribute, value)| match show && !is_sensitive(schema, attribute) {
                true => format!("{} = {}", attribute.name, shown(value)),
                false => format!("{} = ?", attribute.name),
            });
            equal.collect::<Vec<_>>().join(" AND ")
        };
        self.key = Some(equal(false));
        self.shown_key = Some(equal(true));
        self
    }

    /// The condition of a query on the key of the table or an index.
    pub(crate) fn key_condition(
        mut self,
        schema: &'static Schema,
        expression: &str,
        placeholders: Placeholders<'_>,
    ) -> Self {
        let may_show = |name: &str| {
            let mut keys = schema.keys().flat_map(|key| key.attributes()).filter(|attribute| attribute.name == name);
            keys.next().is_some_and(|attribute| !is_sensitive(schema, attribute))
        };
        self.key = Some(placeholders.fill(expression, |_| false));
        self.shown_key = Some(placeholders.fill(expression, may_show));
        self
    }
}

/// Whether a key attribute is made of a sensitive field, as far as can be told: a field with an attribute of another name counts as sensitive
/// where the model has any that is.
fn is_sensitive(schema: &'static Schema, key: &KeyAttribute) -> bool {
    let known = |name: &str| schema.attributes.iter().find(|attribute| attribute.name == name);
    match known(key.name) {
        Some(attribute) => attribute.sensitive,
        None => key.parts().any(|part| match known(part.field) {
            Some(attribute) => attribute.sensitive,
            None => schema.attributes.iter().any(|attribute| attribute.sensitive),
        }),
    }
}

/// The names and values that the placeholders of a request's expressions stand for.
#[derive(Clone, Copy)]
pub(crate) struct Placeholders<'a> {
    pub(crate) names: &'a Option<HashMap<String, String>>,
    pub(crate) values: &'a Option<HashMap<String, AttributeValue>>,
}

impl Placeholders<'_> {
    /// The expression with names in their places, and the values of those names that may be shown; `?` is for every other value.
    pub(crate) fn fill(self, expression: &str, may_show: impl Fn(&str) -> bool) -> String {
        let (mut out, mut rest, mut show) = (String::new(), expression, false);
        while let Some(at) = rest.find(['#', ':']) {
            let (before, tail) = rest.split_at(at);
            let digits = tail.bytes().skip(1).take_while(u8::is_ascii_digit).count();
            let (placeholder, behind) = tail.split_at(1 + digits);
            out.push_str(before);
            if let Some(name) = self.names.as_ref().and_then(|names| names.get(placeholder)) {
                // A value stands behind the name that it is compared with.
                show = may_show(name);
                out.push_str(name);
            } else {
                match self.values.as_ref().and_then(|values| values.get(placeholder)) {
                    Some(value) if show => out.push_str(&shown(value)),
                    _ => out.push('?'),
                }
            }
            rest = behind;
        }
        out + rest
    }

    /// The expression with `?` for every value.
    pub(crate) fn hide(self, expression: &Option<String>) -> Option<String> {
        expression.as_ref().map(|expression| self.fill(expression, |_| false))
    }
}

/// The value of a key.
fn shown(value: &AttributeValue) -> String {
    match value {
        AttributeValue::S(text) => {
            // The end of a range can be filled up with the last characters there are.
            let text = text.trim_end_matches(['\u{7F}', '\u{7FF}', '\u{FFFF}', char::MAX]);
            format!("{text:?}")
        }
        AttributeValue::N(digits) => digits.clone(),
        AttributeValue::B(bytes) => format!("{} bytes", bytes.as_ref().len()),
        _ => "?".to_owned(),
    }
}

impl fmt::Display for Explain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} in table {}", self.operation, self.model, self.table)?;
        if let Some(index) = &self.index {
            write!(f, ", index {index}")?;
        }
        let mut line = |name: &str, text: Option<&str>| match text {
            Some(text) => write!(f, "\n  {name}: {text}"),
            None => Ok(()),
        };
        line("key", self.key.as_deref())?;
        line("changes", self.update.as_deref())?;
        line("only if", self.condition.as_deref())?;
        line("filtered after reading", self.filter.as_deref())?;
        line("attributes", self.projection.as_deref())?;
        line("consistent", self.consistent.then_some("sees every write that succeeded before"))?;
        line("order", self.descending.then_some("from the largest sort key to the smallest"))?;
        let limit = |name: &str, limit: Option<String>| limit.map(|limit| format!("{name} {limit}"));
        let limits = [
            limit("take", self.take.map(|limit| limit.to_string())),
            limit("page_size", self.page_size.map(|limit| limit.to_string())),
            limit("max_pages", self.max_pages.map(|limit| limit.to_string())),
        ];
        let limits: Vec<_> = limits.into_iter().flatten().collect();
        line("limits", (!limits.is_empty()).then(|| limits.join(", ")).as_deref())?;
        line("requests", Some(&self.requests))?;
        line("billing", Some(&self.billing))
    }
}

impl fmt::Debug for Explain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The derived form would show the keys that `show_keys` is there for.
        write!(f, "Explain({self})")
    }
}
