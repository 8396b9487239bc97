//! The request of one write by itself, and what it says in words: made from what the write gives to a transaction.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::delete_item::builders::DeleteItemFluentBuilder;
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, TransactWriteItem};

use super::operation::{Prepared, Write};
use super::unique::Guards;
use crate::db::Db;
use crate::direct::decoded;
use crate::error::{Error, ExpressionError, Result};
use crate::explain::{Explain, Placeholders};
use crate::schema::Schema;
use crate::stamp::Stamp;

/// One write as it would be sent, in the shape that it has in a transaction.
pub(super) struct Alone {
    operation: &'static str,
    schema: &'static Schema,
    table: String,
    prepared: Prepared,
    /// Whether the item is read first, because its unique values are not known.
    reads: bool,
    /// Whether guards of unique values are written with it, in a transaction.
    guards: bool,
}

type Map = HashMap<String, AttributeValue>;

impl Alone {
    /// Stamps, validates, encodes and checks, as sending would.
    pub(super) fn of(write: &mut impl Write, operation: &'static str, db: &Db) -> Result<Self> {
        let (schema, table) = (write.schema(), write.table(db));
        match prepare(write, schema, &table, &db.stamp()) {
            Ok((prepared, reads, guards)) => Ok(Alone { operation, schema, table, prepared, reads, guards }),
            Err(error) => Err(error.during(schema, operation, &table)),
        }
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

    pub(super) fn put_item(self, db: &Db) -> Result<PutItemFluentBuilder> {
        let request = db.client().put_item().table_name(self.table);
        let Some(put) = self.prepared.request.put else { unreachable!("a put is a put in a transaction") };
        Ok(request
            .set_item(Some(decoded(put.item)?))
            .set_return_values_on_condition_check_failure(put.return_values_on_condition_check_failure)
            .set_condition_expression(put.condition_expression)
            .set_expression_attribute_names(put.expression_attribute_names)
            .set_expression_attribute_values(values(put.expression_attribute_values)?))
    }

    pub(super) fn delete_item(self, db: &Db) -> Result<DeleteItemFluentBuilder> {
        let request = db.client().delete_item().table_name(self.table).return_values(ReturnValue::AllOld);
        let Some(delete) = self.prepared.request.delete else { unreachable!("a delete is a delete in a transaction") };
        Ok(request
            .set_key(Some(decoded(delete.key)?))
            .set_return_values_on_condition_check_failure(delete.return_values_on_condition_check_failure)
            .set_condition_expression(delete.condition_expression)
            .set_expression_attribute_names(delete.expression_attribute_names)
            .set_expression_attribute_values(values(delete.expression_attribute_values)?))
    }

    pub(super) fn update_item(self, db: &Db) -> Result<UpdateItemFluentBuilder> {
        let request = db.client().update_item().table_name(self.table);
        let TransactWriteItem { update, condition_check, .. } = self.prepared.request;
        if let Some(update) = update {
            return Ok(request
                .set_key(Some(decoded(update.key)?))
                .update_expression(update.update_expression)
                .set_return_values_on_condition_check_failure(update.return_values_on_condition_check_failure)
                .set_condition_expression(update.condition_expression)
                .set_expression_attribute_names(update.expression_attribute_names)
                .set_expression_attribute_values(values(update.expression_attribute_values)?));
        }
        // In a transaction, an update without a change is a condition check.
        let Some(check) = condition_check else { unreachable!("an update is an update or a check in a transaction") };
        Ok(request
            .set_key(Some(decoded(check.key)?))
            .set_return_values_on_condition_check_failure(check.return_values_on_condition_check_failure)
            .condition_expression(check.condition_expression)
            .set_expression_attribute_names(check.expression_attribute_names)
            .set_expression_attribute_values(values(check.expression_attribute_values)?))
    }

    /// Whether there is something to write.
    pub(super) fn is_change(&self) -> bool {
        self.prepared.request.condition_check.is_none()
    }

    pub(super) fn explained(self) -> Explain {
        let Alone { operation, schema, table, prepared, reads, guards } = self;
        let key = prepared.key.iter().map(|(name, value)| ((*name).to_owned(), value.to_sdk())).collect();
        let TransactWriteItem { put, delete, update, condition_check, .. } = prepared.request;
        let (names, condition, changes) = if let Some(put) = put {
            (put.expression_attribute_names, put.condition_expression, None)
        } else if let Some(delete) = delete {
            (delete.expression_attribute_names, delete.condition_expression, None)
        } else if let Some(update) = update {
            (update.expression_attribute_names, update.condition_expression, Some(update.update_expression))
        } else {
            let check = condition_check.map(|check| (check.expression_attribute_names, check.condition_expression));
            let (names, condition) = check.unzip();
            (names.flatten(), condition, None)
        };
        let placeholders = Placeholders { names: &names, values: &None };
        let explain = Explain {
            condition: placeholders.hide(&condition),
            update: placeholders.hide(&changes),
            billing: billing(operation, schema, condition.is_some(), guards),
            ..Explain::new(operation, schema, &table).key_of_item(schema, Some(&key))
        };
        match (guards, reads) {
            (false, _) => explain,
            (true, false) => Explain {
                operation: "TransactWriteItems",
                requests: "one, with the guards of its unique values".to_owned(),
                ..explain
            },
            (true, true) => Explain {
                operation: "TransactWriteItems",
                requests:
                    "two: a consistent GetItem, because its unique values are not known, then one with their guards"
                        .to_owned(),
                billing: explain.billing + "; for the read, one read unit for each 4 KB of the item",
                ..explain
            },
        }
    }
}

/// What is sent of the write, whether its item is read first, and whether guards of unique values go with it.
fn prepare(
    write: &mut impl Write,
    schema: &'static Schema,
    table: &str,
    stamp: &Stamp<'_>,
) -> Result<(Prepared, bool, bool)> {
    let reads = write.reads_first(stamp)?.is_some();
    let prepared = write.prepare(stamp, table)?;
    let mut guards = Guards::default();
    guards.add(0, schema, table, write.claims()?)?;
    Ok((prepared, reads, reads || !guards.is_empty()))
}

fn values(values: Option<Map>) -> Result<Option<Map>> {
    Ok(values.map(decoded).transpose()?)
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
