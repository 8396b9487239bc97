//! `put` and `create`: one whole item in one PutItem.

use std::fmt;

use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};

use super::pipeline::Prepared;
use crate::attribute::Item;
use crate::db::Db;
use crate::error::{Failed, Result};
use crate::expr::{Aliases, Cond, Condition};
use crate::model::DynamoModel;
use crate::request;
use crate::stored;

/// Stores a whole item: made by [`DynamoModel::put`] and [`DynamoModel::create`], sent by [`send`](Put::send).
#[must_use = "nothing is sent until `.send(&db)`"]
pub struct Put<'a, M: DynamoModel> {
    model: &'a mut M,
    create: bool,
    condition: Option<Cond<M, Condition>>,
}

impl<'a, M: DynamoModel> Put<'a, M> {
    pub(crate) fn replace(model: &'a mut M) -> Self {
        Put { model, create: false, condition: None }
    }

    pub(crate) fn create(model: &'a mut M) -> Self {
        Put { model, create: true, condition: None }
    }

    /// Stores the item only if this holds for the item that is there now. Several conditions must all hold.
    pub fn condition(mut self, condition: Cond<M, Condition>) -> Self {
        self.condition = Some(match self.condition {
            Some(first) => first & condition,
            None => condition,
        });
        self
    }

    /// Returns the item that was replaced, which costs nothing more.
    pub fn return_old(self) -> PutReturningOld<'a, M> {
        PutReturningOld(self)
    }

    /// Stamps, validates, encodes and sends: one PutItem, one write unit for each 1 KB of the item.
    ///
    /// The model in hand gets its new `created`, `updated` and `auto` values only when DynamoDB has said yes; after an error, or when
    /// this future is dropped, it is as it was. After a drop or a [connection](crate::Error::is_connection) error the item may be
    /// stored all the same.
    ///
    /// # Errors
    /// [`is_validation`](crate::Error::is_validation), [`is_encode`](crate::Error::is_encode) and [`is_key`](crate::Error::is_key)
    /// before anything is sent; [`is_already_exists`](crate::Error::is_already_exists) from `create`;
    /// [`is_condition_failed`](crate::Error::is_condition_failed); and what the service or the connection reports.
    ///
    /// [PutItem](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html)
    pub async fn send(self, db: &Db) -> Result<()> {
        self.run(db, ReturnValue::None).await.map(|_| ())
    }

    async fn run(self, db: &Db, returned: ReturnValue) -> Result<Option<Item>> {
        let table = db.table_name::<M>();
        let Put { model, create, condition } = self;
        let sent = async {
            let prepared = Prepared::new(model, &db.stamp())?;
            let has_condition = condition.is_some();
            let condition = match (create, condition) {
                (true, Some(condition)) => Some(Cond::key_absent(M::SCHEMA) & condition),
                (true, None) => Some(Cond::key_absent(M::SCHEMA)),
                (false, condition) => condition,
            };
            let mut aliases = Aliases::new();
            let condition = condition.map(|condition| condition.render(&mut aliases)).transpose()?;
            let (names, values) = aliases.into_sdk()?;
            let answer = db
                .client()
                .put_item()
                .table_name(&table)
                .set_item(Some(stored::to_sdk(&prepared.item)?))
                .set_return_values_on_condition_check_failure(
                    condition.is_some().then_some(ReturnValuesOnConditionCheckFailure::AllOld),
                )
                .set_condition_expression(condition)
                .set_expression_attribute_names(names)
                .set_expression_attribute_values(values)
                .return_values(returned)
                .send()
                .await;
            match answer {
                Ok(output) => {
                    prepared.commit(model);
                    Ok(output.attributes.map(Item::from))
                }
                Err(error) => Err(request::failed_condition(error, |item| match (create, item, has_condition) {
                    (true, Some(_), _) | (true, None, false) => Failed::AlreadyExists,
                    _ => Failed::Condition,
                })),
            }
        };
        sent.await.map_err(|error| error.during(M::SCHEMA, "PutItem", &table))
    }
}

impl<M: DynamoModel> fmt::Debug for Put<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Put").field("model", &M::SCHEMA.model).field("create", &self.create).finish_non_exhaustive()
    }
}

/// A [`Put`] that returns the item it replaced.
#[derive(Debug)]
#[must_use = "nothing is sent until `.send(&db)`"]
pub struct PutReturningOld<'a, M: DynamoModel>(Put<'a, M>);

impl<M: DynamoModel> PutReturningOld<'_, M> {
    /// As [`Put::send`]; returns the item that was there, if there was one.
    ///
    /// # Errors
    /// Those of [`Put::send`], and [`is_decode`](crate::Error::is_decode) if the old item is not a `M`: the new one is stored then.
    pub async fn send(self, db: &Db) -> Result<Option<M>> {
        let table = db.table_name::<M>();
        match self.0.run(db, ReturnValue::AllOld).await? {
            Some(item) => {
                stored::decode_item(&item).map(Some).map_err(|error| error.during(M::SCHEMA, "PutItem", &table))
            }
            None => Ok(None),
        }
    }
}
