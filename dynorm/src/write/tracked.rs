//! `Tracked`: an item that remembers how it was read, so that a save sends only what changed.

use std::fmt;
use std::ops::{Deref, DerefMut};

use super::operation::{Expressions, Prepared, Write, both};
use super::pipeline::Ready;
use super::update;
use crate::attribute::Item;
use crate::db::Db;
use crate::error::{Error, Failed, Problem, Result};
use crate::expr::{Aliases, Cond, Condition, UpdateExpr};
use crate::key::{Key, key_of};
use crate::model::DynamoModel;
use crate::request;
use crate::schema::Schema;
use crate::stamp::Stamp;
use crate::stored::{self, Members};

/// An item as it was read, and as it is changed in memory: returned by [`Get::tracked`](crate::Get::tracked).
///
/// It derefs to the model. [`save`](Tracked::save) writes what changed, and nothing else: attributes that the model does not know stay as they are.
/// `Tracked` has no `put` and no `create`, which would replace the whole item.
pub struct Tracked<M> {
    model: M,
    /// The key under which the item is stored.
    key: Key<M>,
    /// The model's attributes as they would have been written right after the read: what a change is measured against.
    loaded: Vec<u8>,
}

impl<M: DynamoModel> Tracked<M> {
    /// Reads an item's JSON.
    pub(crate) fn load(item: String) -> Result<Self> {
        let model = stored::decode_bytes::<M>(item.as_bytes())?;
        let key = key_of(&model)?;
        let loaded = stored::encode(&model)?;
        Ok(Tracked { model, key, loaded })
    }

    /// Writes what changed since the item was read or saved.
    pub fn save(&mut self) -> Save<'_, M> {
        Save { item: self, condition: None, ready: None }
    }

    /// Whether there is something to save.
    ///
    /// # Errors
    /// [`is_encode`](Error::is_encode) if a value cannot be stored.
    pub fn is_changed(&self) -> Result<bool> {
        Ok(stored::encode(&self.model)? != self.loaded)
    }

    /// The model, without its memory of what was read.
    pub fn into_inner(self) -> M {
        self.model
    }
}

impl<M> Deref for Tracked<M> {
    type Target = M;
    fn deref(&self) -> &M {
        &self.model
    }
}

impl<M> DerefMut for Tracked<M> {
    fn deref_mut(&mut self) -> &mut M {
        &mut self.model
    }
}

impl<M: fmt::Debug> fmt::Debug for Tracked<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tracked").field(&self.model).finish()
    }
}

/// Writes the changes of a [`Tracked`] item: made by [`Tracked::save`], sent by [`send`](Save::send).
#[must_use = "nothing is sent until `.send(&db)`"]
pub struct Save<'a, M: DynamoModel> {
    item: &'a mut Tracked<M>,
    condition: Option<Cond<M, Condition>>,
    /// What the tracked item becomes when the changes are stored.
    ready: Option<Ready<M>>,
}

impl<M: DynamoModel> Save<'_, M> {
    /// Saves only if this holds for the item as it is now. Several conditions must all hold.
    pub fn condition(mut self, condition: Cond<M, Condition>) -> Self {
        self.condition = both(self.condition, Some(condition));
        self
    }

    /// Sends one UpdateItem that sets the attributes that changed and removes those that became absent; tells whether there was anything to send.
    /// One write unit for each 1 KB of the whole item.
    ///
    /// # Errors
    /// [`is_key_changed`](Error::is_key_changed) if a key field was changed: nothing is sent, because that would leave the old item behind;
    /// [`is_validation`](Error::is_validation) and [`is_encode`](Error::is_encode) before anything is sent;
    /// [`is_not_found`](Error::is_not_found) if the item was deleted meanwhile; and what the service or the connection reports.
    ///
    /// [UpdateItem](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html)
    pub async fn send(mut self, db: &Db) -> Result<bool> {
        let table = db.table_name::<M>();
        let sent = async {
            let Some(ready) = self.ready(&db.stamp())? else {
                return Ok(false);
            };
            let (update, expressions) = self.render(Some(&ready))?;
            self.ready = Some(ready);
            let answer = db
                .client()
                .update_item()
                .table_name(&table)
                .set_key(Some(self.item.key.to_sdk()?))
                .set_update_expression(update)
                .set_return_values_on_condition_check_failure(expressions.on_failure())
                .set_condition_expression(expressions.condition)
                .set_expression_attribute_names(expressions.names)
                .set_expression_attribute_values(expressions.values)
                .send()
                .await;
            match answer {
                Ok(_) => {
                    self.commit();
                    Ok(true)
                }
                Err(error) => Err(request::failed_condition(error, |item| self.failed(item))),
            }
        };
        sent.await.map_err(|error| error.during(M::SCHEMA, "UpdateItem", &table))
    }

    /// What is to be stored, `None` if nothing changed.
    fn ready(&mut self, stamp: &Stamp<'_>) -> Result<Option<Ready<M>>> {
        if key_of(&self.item.model)? != self.item.key {
            return Err(Error::new(Problem::KeyChanged));
        }
        if !self.item.is_changed()? {
            return Ok(None);
        }
        Ready::new(&mut self.item.model, stamp).map(Some)
    }

    /// Sets what differs from the loaded item, and removes what became absent.
    fn render(&self, ready: Option<&Ready<M>>) -> Result<(Option<String>, Expressions)> {
        let mut changes = UpdateExpr::<M>::new();
        if let Some(ready) = ready {
            let before = Members::parse(&self.item.loaded)?;
            let after = Members::parse(&ready.item)?;
            for (name, value) in after.iter().filter(|(name, value)| before.get(name) != Some(*value)) {
                changes.set_written(name.to_owned(), value.as_bytes().to_vec());
            }
            for (name, _) in before.iter().filter(|(name, _)| after.get(name).is_none()) {
                changes.remove_attribute(name.to_owned());
            }
        }
        let mut aliases = Aliases::new();
        let update = changes.render(&mut aliases)?;
        let condition = both(Some(Cond::key_present(M::SCHEMA)), self.condition.clone());
        Ok((update, Expressions::new(condition.as_ref(), aliases)?))
    }
}

impl<M: DynamoModel> Write for Save<'_, M> {
    fn schema(&self) -> &'static Schema {
        M::SCHEMA
    }

    fn table(&self, db: &Db) -> String {
        db.table_name::<M>()
    }

    fn prepare(&mut self, stamp: &Stamp<'_>, table: &str) -> Result<Prepared> {
        self.ready = self.ready(stamp)?;
        let (update, expressions) = self.render(self.ready.as_ref())?;
        update::into_operation(table, &self.item.key, update, expressions)
    }

    fn commit(&mut self) {
        if let Some(Ready { item, mut stamps, .. }) = self.ready.take() {
            self.item.loaded = item;
            self.item.model.swap_stamps(&mut stamps);
        }
    }

    fn failed(&self, item: Option<&Item>) -> Failed {
        update::not_found_without(item)
    }
}

impl<M: DynamoModel> fmt::Debug for Save<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Save").field("model", &M::SCHEMA.model).finish_non_exhaustive()
    }
}
