//! One operation of a transaction, and its JSON.

use super::operation::Expressions;
use crate::codec::push_string;
use crate::error::ExpressionError;
use crate::key::{KeyValue, push_key};

/// What one operation of a transaction does, on whichever table.
#[derive(Debug)]
pub(crate) struct Action {
    pub(crate) kind: Kind,
    /// The JSON of the item that is put, or of the key of the one that is meant.
    pub(crate) subject: Vec<u8>,
    /// What an update changes.
    pub(crate) update: Option<String>,
    pub(crate) expressions: Expressions,
}

/// What it is called in a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Put,
    Update,
    Delete,
    ConditionCheck,
}

impl Action {
    /// Puts an item.
    pub(crate) fn put(item: Vec<u8>, expressions: Expressions) -> Self {
        Action { kind: Kind::Put, subject: item, update: None, expressions }
    }

    /// Deletes the item of a key.
    pub(crate) fn delete(key: &[(&'static str, KeyValue)], expressions: Expressions) -> Self {
        Action { kind: Kind::Delete, subject: json(key), update: None, expressions }
    }

    /// Updates the item of a key; without an update it only checks the condition.
    pub(crate) fn update(key: &[(&'static str, KeyValue)], update: Option<String>, expressions: Expressions) -> Self {
        let kind = if update.is_some() { Kind::Update } else { Kind::ConditionCheck };
        Action { kind, subject: json(key), update, expressions }
    }

    /// Appends it as an element of `TransactItems`.
    ///
    /// # Errors
    /// Its expressions are certainly larger than DynamoDB takes.
    pub(crate) fn push(&self, table: &str, out: &mut Vec<u8>) -> Result<(), ExpressionError> {
        out.extend_from_slice(match self.kind {
            Kind::Put => br#"{"Put":{"Item":"#,
            Kind::Update => br#"{"Update":{"Key":"#,
            Kind::Delete => br#"{"Delete":{"Key":"#,
            Kind::ConditionCheck => br#"{"ConditionCheck":{"Key":"#,
        });
        out.extend_from_slice(&self.subject);
        let mut member = |name: &[u8], text: &str| {
            out.extend_from_slice(name);
            push_string(out, text);
        };
        if let Some(update) = &self.update {
            member(br#","UpdateExpression":"#, update);
        }
        member(br#","TableName":"#, table);
        if let Some(condition) = &self.expressions.condition {
            member(br#","ConditionExpression":"#, condition);
            // Asks for the item that a condition can fail.
            member(br#","ReturnValuesOnConditionCheckFailure":"#, "ALL_OLD");
        }
        self.expressions.aliases.push_members(out)?;
        out.extend_from_slice(b"}}");
        Ok(())
    }
}

fn json(key: &[(&'static str, KeyValue)]) -> Vec<u8> {
    let mut json = Vec::with_capacity(96);
    push_key(key, &mut json);
    json
}
