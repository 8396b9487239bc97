//! What a verb gives to a transaction, and what all verbs render alike.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::update_item::UpdateItemInput;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemInputBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};

use super::action::Action;
use super::unique::Claims;
use crate::attribute::Item;
use crate::codec::Writer;
use crate::db::Db;
use crate::error::{ExpressionError, Failed, Result};
use crate::expr::{Aliases, Cond, Condition};
use crate::key::KeyValue;
use crate::model::DynamoModel;
use crate::request::given;
use crate::schema::{AttributeRole, Schema};
use crate::stamp::Stamp;

/// One write, as one operation of a transaction.
pub trait Write {
    /// The model's schema.
    fn schema(&self) -> &'static Schema;
    /// The name of the model's table.
    fn table(&self, db: &Db) -> String;
    /// The key of the item that has to be read first, because the write may replace unique values that it does not know.
    ///
    /// # Errors
    /// Whatever the verb refuses before it sends.
    fn reads_first(&mut self, _stamp: &Stamp<'_>) -> Result<Option<Vec<(&'static str, KeyValue)>>> {
        Ok(None)
    }
    /// The key of the item that has to be read if the write's condition fails, because the write may take its place if it has expired, and
    /// then has to give up its unique values.
    ///
    /// # Errors
    /// Whatever the verb refuses before it sends.
    fn reads_again(&mut self, _stamp: &Stamp<'_>) -> Result<Option<Vec<(&'static str, KeyValue)>>> {
        Ok(None)
    }
    /// Takes that item's JSON; tells whether it is another one than the last time, in what matters.
    ///
    /// # Errors
    /// If it is not DynamoDB's JSON.
    fn was_read(&mut self, _item: Option<String>) -> Result<bool> {
        Ok(false)
    }
    /// Stamps, validates, encodes and checks. It can be asked again, after another read.
    ///
    /// # Errors
    /// Whatever the verb refuses before it sends.
    fn prepare(&mut self, stamp: &Stamp<'_>) -> Result<Prepared>;
    /// What it does to unique values, once it is prepared.
    ///
    /// # Errors
    /// If the item's key could be taken for that of a guard.
    fn claims(&self) -> Result<Claims> {
        Ok(Claims::default())
    }
    /// The write was done: the model in hand gets what was stored.
    fn commit(&mut self);
    /// Runs the model's `after_write` hook, after all commits.
    ///
    /// # Errors
    /// What the hook returns; the write was done all the same.
    fn after(&self) -> Result<()>;
    /// What it says that the condition failed for this item.
    fn failed(&self, item: Option<&Item>) -> Failed;
}

/// An operation that is ready to be sent.
#[derive(Debug)]
pub struct Prepared {
    pub(crate) action: Action,
    pub(crate) key: Vec<(&'static str, KeyValue)>,
    /// A lower bound of the bytes that DynamoDB counts for it.
    pub(crate) size: usize,
}

/// Whether an item was written by the call of this stamp: it has its write id, or an id that was generated for it. Equal content
/// would be no proof.
pub(super) fn is_of<M: DynamoModel>(item: &Item, stamp: &Stamp<'_>) -> bool {
    let ids = M::SCHEMA.attributes.iter().filter(|attribute| attribute.role == AttributeRole::Auto);
    let names = ids.map(|attribute| attribute.name).chain(M::SCHEMA.write_id);
    let mut values = names.filter_map(|name| item.get(name)?.as_s().ok());
    values.any(|id| stamp.has_generated(id))
}

/// The attribute that the call of this stamp sets to its id, with the value's JSON, if the model has such an attribute.
pub(super) fn write_id<M: DynamoModel>(stamp: &Stamp<'_>) -> Result<Option<(&'static str, Vec<u8>)>> {
    let Some((name, id)) = stamp.write_id(M::SCHEMA) else { return Ok(None) };
    let mut writer = Writer::new();
    writer.string(&id)?;
    Ok(Some((name, writer.into_bytes())))
}

/// The condition of a write, with the names and values of all its expressions.
#[derive(Debug)]
pub(crate) struct Expressions {
    pub(crate) condition: Option<String>,
    pub(crate) aliases: Aliases,
}

/// The same in the types of the SDK.
pub(crate) struct SdkExpressions {
    pub(crate) condition: Option<String>,
    pub(crate) names: Option<HashMap<String, String>>,
    pub(crate) values: Option<HashMap<String, AttributeValue>>,
}

impl Expressions {
    /// Renders a condition; `aliases` has the other expressions' names and values.
    pub(crate) fn new<M>(condition: Option<&Cond<M, Condition>>, mut aliases: Aliases) -> Result<Self> {
        let condition = condition.map(|condition| condition.render(&mut aliases)).transpose()?;
        Ok(Expressions { condition, aliases })
    }

    /// For a request that somebody else sends.
    pub(crate) fn into_sdk(self) -> Result<SdkExpressions, ExpressionError> {
        let (names, values) = self.aliases.into_sdk()?;
        Ok(SdkExpressions { condition: self.condition, names, values })
    }

    /// For a request that is sent by a call.
    pub(crate) fn into_encoded(self) -> Result<SdkExpressions, ExpressionError> {
        let (names, values) = self.aliases.into_encoded()?;
        Ok(SdkExpressions { condition: self.condition, names, values })
    }
}

impl SdkExpressions {
    /// Asks for the item where there is a condition that it can fail.
    pub(crate) fn on_failure(&self) -> Option<ReturnValuesOnConditionCheckFailure> {
        self.condition.is_some().then_some(ReturnValuesOnConditionCheckFailure::AllOld)
    }

    /// The UpdateItem with these expressions. This builder is moved by every setter, like the one that a client makes, but is half as large.
    pub(crate) fn into_update(
        self,
        table: &str,
        key: HashMap<String, AttributeValue>,
        update: Option<String>,
        returned: ReturnValue,
    ) -> UpdateItemInputBuilder {
        given!(
            UpdateItemInput::builder().table_name(table).set_key(Some(key)),
            set_update_expression(update),
            set_return_values_on_condition_check_failure(self.on_failure()),
            set_condition_expression(self.condition),
            set_expression_attribute_names(self.names),
            set_expression_attribute_values(self.values),
            set_return_values(Some(returned).filter(|returned| *returned != ReturnValue::None)),
        )
    }
}

/// So that a transaction can hold writes of any kind.
impl<W: Write + ?Sized> Write for Box<W> {
    fn schema(&self) -> &'static Schema {
        (**self).schema()
    }

    fn table(&self, db: &Db) -> String {
        (**self).table(db)
    }

    fn reads_first(&mut self, stamp: &Stamp<'_>) -> Result<Option<Vec<(&'static str, KeyValue)>>> {
        (**self).reads_first(stamp)
    }

    fn reads_again(&mut self, stamp: &Stamp<'_>) -> Result<Option<Vec<(&'static str, KeyValue)>>> {
        (**self).reads_again(stamp)
    }

    fn was_read(&mut self, item: Option<String>) -> Result<bool> {
        (**self).was_read(item)
    }

    fn prepare(&mut self, stamp: &Stamp<'_>) -> Result<Prepared> {
        (**self).prepare(stamp)
    }

    fn claims(&self) -> Result<Claims> {
        (**self).claims()
    }

    fn commit(&mut self) {
        (**self).commit();
    }

    fn after(&self) -> Result<()> {
        (**self).after()
    }

    fn failed(&self, item: Option<&Item>) -> Failed {
        (**self).failed(item)
    }
}
