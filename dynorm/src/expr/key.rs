//! Expressions about keys: the key condition of a query, and whether an item exists.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::error::ExpressionError;
use crate::key::{KeyCondition, KeyValue, SortRange};
use crate::lock::Expected;
use crate::schema::{IndexSchema, KeyAttribute, KeySchema, Schema, Segment};

use super::aliases::Aliases;
use super::condition::Cond;
use super::context::Condition;
use super::path::Path;
use super::tree::{Comparator, Node, Term, Tree};
use super::wire::Wire;
use crate::write::GUARD_PREFIX;

impl KeyCondition {
    /// The text of `KeyConditionExpression`, with placeholders from `aliases`.
    ///
    /// Short by its nature: a key has at most eight attributes.
    pub(crate) fn render(self, aliases: &mut Aliases) -> String {
        let mut out = String::with_capacity(64);
        for (attribute, value) in self.equal {
            and(&mut out);
            binary(attribute, " = ", value, aliases, &mut out);
        }
        if let Some((attribute, range)) = self.range {
            and(&mut out);
            match range {
                SortRange::BeginsWith(prefix) => {
                    out.push_str("begins_with(");
                    binary(attribute, ", ", prefix, aliases, &mut out);
                    out.push(')');
                }
                SortRange::Between(low, high) => {
                    binary(attribute, " BETWEEN ", low, aliases, &mut out);
                    out.push_str(" AND ");
                    aliases.push_key_value(high, &mut out);
                }
                SortRange::AtLeast(value) => binary(attribute, " >= ", value, aliases, &mut out),
                SortRange::Above(value) => binary(attribute, " > ", value, aliases, &mut out),
                SortRange::AtMost(value) => binary(attribute, " <= ", value, aliases, &mut out),
                SortRange::Below(value) => binary(attribute, " < ", value, aliases, &mut out),
            }
        }
        out
    }
}

fn and(out: &mut String) {
    if !out.is_empty() {
        out.push_str(" AND ");
    }
}

fn binary(attribute: &'static str, operator: &str, value: KeyValue, aliases: &mut Aliases, out: &mut String) {
    aliases.push_name(Cow::Borrowed(attribute), out);
    out.push_str(operator);
    aliases.push_key_value(value, out);
}

impl<M> Cond<M, Condition> {
    /// There is no item under the key: what `create` asks.
    pub(crate) fn key_absent(schema: &Schema) -> Self {
        Cond::leaf(Node::NotExists(key_attribute(schema)))
    }

    /// The item's attributes have these values, in DynamoDB's JSON: what `rekey` asks of the old item. `None` if there are none beside the key.
    pub(crate) fn unchanged(schema: &'static Schema, attributes: BTreeMap<String, String>) -> Option<Self> {
        let is_key = |name: &str| schema.key.attributes().any(|attribute| attribute.name == name);
        let equal = attributes.into_iter().filter(|(name, _)| !is_key(name)).map(|(name, value)| {
            let value = Term::Value(Wire::written(value.into_bytes()));
            Cond::leaf(Node::Compare(Term::Path(Path::attribute(name.into())), Comparator::Eq, value))
        });
        equal.reduce(|all, one| all & one)
    }

    /// The attribute has this value, or none: what a version lock asks.
    pub(crate) fn expected(expected: &Expected) -> Self {
        Cond::is_written(expected.attribute, expected.value.as_deref())
    }

    /// An attribute has this value, in DynamoDB's JSON, or none.
    pub(crate) fn is_written(attribute: &'static str, value: Option<&[u8]>) -> Self {
        let path = Path::new(attribute);
        Cond::leaf(match value {
            Some(value) => Node::Compare(Term::Path(path), Comparator::Eq, Term::Value(Wire::written(value.to_vec()))),
            None => Node::NotExists(path),
        })
    }

    /// The place in a map attribute that these entries lead to has this value, in DynamoDB's JSON: what `save` asks of what it repeats.
    pub(crate) fn place_is(attribute: &str, steps: Vec<String>, value: String) -> Self {
        let value = Term::Value(Wire::written(value.into_bytes()));
        Cond::leaf(Node::Compare(Term::Path(Path::into_map(attribute, steps)), Comparator::Eq, value))
    }

    /// The attribute has this value, in DynamoDB's JSON.
    pub(crate) fn attribute_is(name: &'static str, value: Vec<u8>) -> Self {
        let value = Term::Value(Wire::written(value));
        Cond::leaf(Node::Compare(Term::Path(Path::new(name)), Comparator::Eq, value))
    }

    /// There is an item under the key: what `update` asks.
    pub(crate) fn key_present(schema: &Schema) -> Self {
        Cond::leaf(Node::Exists(key_attribute(schema)))
    }
}

impl<M, X> Cond<M, X> {
    /// The attribute is a number below this one.
    pub(crate) fn is_below(attribute: &'static str, bound: i64) -> Self {
        let bound = Term::Value(Wire::written(format!(r#"{{"N":"{bound}"}}"#).into_bytes()));
        Cond::leaf(Node::Compare(Term::Path(Path::new(attribute)), Comparator::Lt, bound))
    }

    /// The item is one of this model, in the table or index; `Ok(None)` if all that is read are.
    ///
    /// # Errors
    /// Nothing tells the model's items from others.
    pub(crate) fn own(
        schema: &'static Schema,
        index: Option<&'static IndexSchema>,
        is_query: bool,
    ) -> Result<Option<Self>, ExpressionError> {
        let equal = |name: &'static str, text: &str| {
            let (path, value) = (Path::new(name), written(name, text)?);
            Ok(Cond::leaf(Node::Compare(Term::Path(path), Comparator::Eq, Term::Value(value))))
        };
        if let Some((name, value)) = schema.entity.filter(|(name, _)| schema.holds(index, name)) {
            return equal(name, value).map(Some);
        }
        let target = index.map_or(&schema.key, |index| &index.key);
        let keys = [Some(&schema.key), index.map(|index| &index.key)].into_iter().flatten();
        if is_query {
            let tells = target.attributes().any(|attribute| leading_literal(attribute).is_some());
            return if tells { Ok(None) } else { Err(ExpressionError::indistinct(schema.model)) };
        }
        let begins = keys.flat_map(KeySchema::attributes).filter_map(|attribute| {
            let (literal, whole) = leading_literal(attribute)?;
            Some(match whole {
                true => equal(attribute.name, literal),
                false => written(attribute.name, literal)
                    .map(|literal| Cond::leaf(Node::BeginsWith(Path::new(attribute.name), literal))),
            })
        });
        let all = begins.reduce(|all, one| Ok(all? & one?));
        all.ok_or_else(|| ExpressionError::indistinct(schema.model))?.map(Some)
    }

    /// The item is no guard of a unique value.
    pub(crate) fn is_no_guard(schema: &Schema) -> Self {
        let path = key_attribute(schema);
        let prefix = Wire::write(&path, |writer| writer.string(GUARD_PREFIX));
        !Cond::new(prefix.map(|prefix| Tree::leaf(Node::BeginsWith(path, prefix))))
    }
}

fn written(attribute: &'static str, text: &str) -> Result<Wire, ExpressionError> {
    Wire::write(&Path::new(attribute), |writer| writer.string(text))
}

/// What every key of this template begins with, and whether that is the whole key.
fn leading_literal(attribute: &'static KeyAttribute) -> Option<(&'static str, bool)> {
    match attribute.segments {
        [Segment::Literal(text)] => Some((text, true)),
        [Segment::Literal(text), ..] => Some((text, false)),
        _ => None,
    }
}

/// One key attribute is enough to ask for an item, as every item has all of them.
fn key_attribute(schema: &Schema) -> Path {
    // A schema without a key, which no derive makes, ends as the error about an empty name.
    Path::new(schema.key.partition.first().map_or("", |attribute| attribute.name))
}
