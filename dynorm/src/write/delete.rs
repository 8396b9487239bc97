//! `delete`: one item in one DeleteItem.

use std::fmt;

use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};

use crate::attribute::Item;
use crate::db::Db;
use crate::error::{Failed, Result};
use crate::expr::{Aliases, Cond, Condition};
use crate::key::Key;
use crate::model::DynamoModel;
use crate::request;
use crate::stored;

/// Deletes an item: made by [`DynamoModel::delete`], sent by [`send`](Delete::send).
#[must_use = "nothing is sent until `.send(&db)`"]
pub struct Delete<M> {
    key: Key<M>,
    condition: Option<Cond<M, Condition>>,
}

impl<M: DynamoModel> Delete<M> {
    pub(crate) fn new(key: Key<M>) -> Self {
        Delete { key, condition: None }
    }

    /// Deletes the item only if this holds for it. Several conditions must all hold.
    pub fn condition(mut self, condition: Cond<M, Condition>) -> Self {
        self.condition = Some(match self.condition {
            Some(first) => first & condition,
            None => condition,
        });
        self
    }

    /// Returns the deleted item.
    pub fn return_old(self) -> DeleteReturningOld<M> {
        DeleteReturningOld(self)
    }

    /// Deletes the item and tells whether there was one: one DeleteItem, one write unit for each 1 KB of the item.
    ///
    /// After a connection that broke, the SDK sends the request again; the answer can then be `false` for an item that this call deleted.
    ///
    /// # Errors
    /// [`is_key`](crate::Error::is_key) before anything is sent; [`is_condition_failed`](crate::Error::is_condition_failed);
    /// and what the service or the connection reports.
    ///
    /// [DeleteItem](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteItem.html)
    pub async fn send(self, db: &Db) -> Result<bool> {
        Ok(self.run(db).await?.is_some())
    }

    async fn run(self, db: &Db) -> Result<Option<Item>> {
        let table = db.table_name::<M>();
        let sent = async {
            let key = self.key.to_sdk()?;
            let mut aliases = Aliases::new();
            let condition = self.condition.map(|condition| condition.render(&mut aliases)).transpose()?;
            let (names, values) = aliases.into_sdk()?;
            let answer = db
                .client()
                .delete_item()
                .table_name(&table)
                .set_key(Some(key))
                .set_return_values_on_condition_check_failure(
                    condition.is_some().then_some(ReturnValuesOnConditionCheckFailure::AllOld),
                )
                .set_condition_expression(condition)
                .set_expression_attribute_names(names)
                .set_expression_attribute_values(values)
                .return_values(ReturnValue::AllOld)
                .send()
                .await;
            match answer {
                // Engines say "no item" by leaving the attributes out, and some by an empty map.
                Ok(output) => Ok(output.attributes.filter(|attributes| !attributes.is_empty()).map(Item::from)),
                Err(error) => Err(request::failed_condition(error, |_| Failed::Condition)),
            }
        };
        sent.await.map_err(|error| error.during(M::SCHEMA, "DeleteItem", &table))
    }
}

impl<M: DynamoModel> fmt::Debug for Delete<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delete").field("key", &self.key).finish_non_exhaustive()
    }
}

/// A [`Delete`] that returns the deleted item.
#[derive(Debug)]
#[must_use = "nothing is sent until `.send(&db)`"]
pub struct DeleteReturningOld<M: DynamoModel>(Delete<M>);

impl<M: DynamoModel> DeleteReturningOld<M> {
    /// As [`Delete::send`]; returns the item that was there, if there was one.
    ///
    /// # Errors
    /// Those of [`Delete::send`], and [`is_decode`](crate::Error::is_decode) if the item was not a `M`: it is deleted then.
    pub async fn send(self, db: &Db) -> Result<Option<M>> {
        let table = db.table_name::<M>();
        match self.0.run(db).await? {
            Some(item) => {
                stored::decode_item(&item).map(Some).map_err(|error| error.during(M::SCHEMA, "DeleteItem", &table))
            }
            None => Ok(None),
        }
    }
}
