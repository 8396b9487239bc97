//! `condition_check`: a condition on an item that a transaction does not change.

use std::fmt;

use aws_sdk_dynamodb::types;

use super::operation::{Expressions, Prepared, Write};
use crate::attribute::Item;
use crate::db::Db;
use crate::error::{Error, Failed, Result};
use crate::expiry::{self, Expiry};
use crate::expr::{Aliases, Cond, Condition};
use crate::key::Key;
use crate::model::DynamoModel;
use crate::schema::Schema;
use crate::stamp::Stamp;

/// A condition that an item must meet for a transaction to happen: made by [`DynamoModel::condition_check`].
#[must_use = "a condition check does nothing until a transaction takes it: `db.transact().add(..)`"]
pub struct ConditionCheck<M> {
    key: Key<M>,
    condition: Cond<M, Condition>,
}

impl<M: DynamoModel> ConditionCheck<M> {
    pub(crate) fn new(key: Key<M>, condition: Cond<M, Condition>) -> Self {
        ConditionCheck { key, condition }
    }
}

impl<M: DynamoModel> Write for ConditionCheck<M> {
    fn schema(&self) -> &'static Schema {
        M::SCHEMA
    }

    fn table(&self, db: &Db) -> String {
        db.table_name::<M>()
    }

    fn prepare(&mut self, stamp: &Stamp<'_>, table: &str) -> Result<Prepared> {
        let expiry = Expiry::of(M::SCHEMA, || stamp.time());
        let condition = expiry::of_live(expiry, self.condition.clone());
        into_operation(table, &self.key, Expressions::new(Some(&condition), Aliases::new())?)
    }

    fn commit(&mut self) {}

    fn after(&self) -> Result<()> {
        Ok(())
    }

    fn failed(&self, _: Option<&Item>) -> Failed {
        Failed::Condition
    }
}

pub(super) fn into_operation<M>(table: &str, key: &Key<M>, expressions: Expressions) -> Result<Prepared> {
    let check = types::ConditionCheck::builder()
        .table_name(table)
        .set_key(Some(key.to_sdk()?))
        .set_return_values_on_condition_check_failure(expressions.on_failure())
        .set_condition_expression(expressions.condition)
        .set_expression_attribute_names(expressions.names)
        .set_expression_attribute_values(expressions.values)
        .build()
        .map_err(|error| Error::construction(error, "TransactWriteItems"))?;
    let request = types::TransactWriteItem::builder().condition_check(check).build();
    Ok(Prepared { request, key: key.values()?.to_vec(), size: 0 })
}

impl<M> fmt::Debug for ConditionCheck<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConditionCheck").field("key", &self.key).field("condition", &self.condition).finish()
    }
}
