//! The request of one write by itself, and what it says in words: made from what the write gives to a transaction.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::delete_item::builders::DeleteItemFluentBuilder;
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};

use super::action::{Action, Kind};
use super::operation::{Prepared, SdkExpressions, Write};
use super::unique::Guards;
use crate::codec::item_from_json;
use crate::db::Db;
use crate::error::{Error, ExpressionError, Result};
use crate::explain::{Explain, Placeholders};
use crate::key::KeyValue;
use crate::schema::Schema;
use crate::stamp::Stamp;

/// One write as it would be sent, in the types of the SDK.
pub(super) struct Alone {
    operation: &'static str,
    schema: &'static Schema,
    table: String,
    kind: Kind,
    key: Vec<(&'static str, KeyValue)>,
    /// The item that is put, or the key of the one that is meant.
    subject: HashMap<String, AttributeValue>,
    update: Option<String>,
    expressions: SdkExpressions,
    /// Whether the item is read first, because its unique values are not known.
    reads: bool,
    /// Whether guards of unique values are written with it, in a transaction.
    guards: bool,
    /// Where these are.
    guard_table: String,
}

impl Alone {
    /// Stamps, validates, encodes and checks, as sending would.
    pub(super) fn of(write: &mut impl Write, operation: &'static str, db: &Db) -> Result<Self> {
        let (schema, table) = (write.schema(), write.table(db));
        let guard_table = db.guard_table(schema, &table).into_owned();
        let alone = Alone::prepare(write, operation, &table, &db.stamp());
        let alone = alone.map_err(|error| error.during(schema, operation, &table))?;
        Ok(Alone { guard_table, ..alone })
    }

    fn prepare(write: &mut impl Write, operation: &'static str, table: &str, stamp: &Stamp<'_>) -> Result<Self> {
        let schema = write.schema();
        let reads = write.reads_first(stamp)?.is_some();
        let Prepared { action: Action { kind, subject, update, expressions }, key, .. } = write.prepare(stamp)?;
        let mut guards = Guards::default();
        guards.add(0, schema, table, write.claims()?)?;
        Ok(Alone {
            operation,
            schema,
            table: table.to_owned(),
            guard_table: table.to_owned(),
            kind,
            key,
            subject: item_from_json(&subject)?,
            update,
            expressions: expressions.into_sdk()?,
            reads,
            guards: reads || !guards.is_empty(),
        })
    }

    /// The write, if it is sent by itself.
    ///
    /// # Errors
    /// It is sent in a transaction.
    pub(super) fn by_itself(self) -> Result<Self> {
        if self.guards {
            let error = Error::from(ExpressionError::transacted());
            return Err(error.during(self.schema, self.operation, &self.table));
        }
        Ok(self)
    }

    pub(super) fn put_item(self, db: &Db) -> PutItemFluentBuilder {
        let request = db.client().put_item().table_name(self.table);
        request
            .set_item(Some(self.subject))
            .set_return_values_on_condition_check_failure(self.expressions.on_failure())
            .set_condition_expression(self.expressions.condition)
            .set_expression_attribute_names(self.expressions.names)
            .set_expression_attribute_values(self.expressions.values)
    }

    pub(super) fn delete_item(self, db: &Db) -> DeleteItemFluentBuilder {
        let request = db.client().delete_item().table_name(self.table).return_values(ReturnValue::AllOld);
        request
            .set_key(Some(self.subject))
            .set_return_values_on_condition_check_failure(self.expressions.on_failure())
            .set_condition_expression(self.expressions.condition)
            .set_expression_attribute_names(self.expressions.names)
            .set_expression_attribute_values(self.expressions.values)
    }

    /// An update without a change has no update expression; in a transaction it is a condition check.
    pub(super) fn update_item(self, db: &Db) -> UpdateItemFluentBuilder {
        let request = db.client().update_item().table_name(self.table);
        request
            .set_key(Some(self.subject))
            .set_update_expression(self.update)
            .set_return_values_on_condition_check_failure(self.expressions.on_failure())
            .set_condition_expression(self.expressions.condition)
            .set_expression_attribute_names(self.expressions.names)
            .set_expression_attribute_values(self.expressions.values)
    }

    /// Whether there is something to write.
    pub(super) fn is_change(&self) -> bool {
        self.kind != Kind::ConditionCheck
    }

    pub(super) fn explained(self) -> Explain {
        let Alone { operation, schema, table, key, update, expressions, reads, guards, guard_table, .. } = self;
        let place = if guard_table == table { String::new() } else { format!(" in table {guard_table}") };
        let key = key.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        let SdkExpressions { condition, names, .. } = expressions;
        let placeholders = Placeholders { names: &names, values: &None };
        let explain = Explain {
            condition: placeholders.hide(&condition),
            update: placeholders.hide(&update),
            billing: billing(operation, schema, condition.is_some(), guards),
            ..Explain::new(operation, schema, &table).key_of_item(schema, Some(&key))
        };
        match (guards, reads) {
            (false, _) => explain,
            (true, false) => Explain {
                operation: "TransactWriteItems",
                requests: format!("one, with the guards of its unique values{place}"),
                ..explain
            },
            (true, true) => Explain {
                operation: "TransactWriteItems",
                requests: format!(
                    "two: a consistent GetItem, because its unique values are not known, then one with their guards{place}"
                ),
                billing: explain.billing + "; for the read, one read unit for each 4 KB of the item",
                ..explain
            },
        }
    }
}

fn billing(operation: &str, schema: &Schema, is_conditional: bool, guards: bool) -> String {
    let each = if guards {
        "two write units for each 1 KB of each guard, and of "
    } else {
        "one write unit for each 1 KB of "
    };
    let mut billing = each.to_owned();
    billing += match operation {
        "DeleteItem" => "the item that is there, rounded up; one unit if there is none",
        _ => "the item as it was or as it becomes, whichever is larger, rounded up",
    };
    let indexes: Vec<_> = schema.indexes.iter().map(|index| index.name).collect();
    if !indexes.is_empty() {
        billing += "; as well for each entry that is written or removed in ";
        billing += &indexes.join(", ");
        billing += ", twice for one whose key changes";
    }
    if is_conditional {
        billing += "; a write whose condition is false is billed too";
    }
    billing
}
