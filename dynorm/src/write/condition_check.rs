//! `condition_check`: a condition on an item that a transaction does not change.

use std::fmt;

use super::operation::{Expressions, Prepared, Write};
use super::update;
use crate::attribute::Item;
use crate::db::Db;
use crate::error::{Failed, Result};
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

    fn prepare(&mut self, stamp: &Stamp<'_>) -> Result<Prepared> {
        let expiry = Expiry::of(M::SCHEMA, || stamp.time());
        let condition = expiry::of_live(expiry, self.condition.clone());
        update::into_operation(&self.key, None, Expressions::new(Some(&condition), Aliases::new())?, 0)
    }

    fn commit(&mut self) {}

    fn after(&self) -> Result<()> {
        Ok(())
    }

    fn failed(&self, _: Option<&Item>) -> Failed {
        Failed::Condition
    }
}

impl<M> fmt::Debug for ConditionCheck<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConditionCheck").field("key", &self.key).field("condition", &self.condition).finish()
    }
}
