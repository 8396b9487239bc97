//! `Save`: the changes of a tracked item, as an UpdateItem.

use std::fmt;

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValue;

use super::{Later, Tracked};
use crate::attribute::Item;
use crate::call::{Call, operation};
use crate::db::Db;
use crate::direct::Received;
use crate::error::{Error, ExpressionError, Failed, Problem, Result};
use crate::expiry::{self, Expiry};
use crate::explain::Explain;
use crate::expr::{Aliases, Cond, Condition, both};
use crate::key::key_of;
use crate::lock::{self, Lock};
use crate::model::DynamoModel;
use crate::read::{AsJson, One};
use crate::request;
use crate::schema::Schema;
use crate::stamp::Stamp;
use crate::stored::{self, Members};
use crate::write::changes::Changes;
use crate::write::hook::Verb;
use crate::write::operation::{Expressions, Prepared, Write, is_of};
use crate::write::pipeline::Ready;
use crate::write::request::Alone;
use crate::write::unique::{self, Claims, Held};
use crate::write::update;

/// Writes the changes of a [`Tracked`] item: made by [`Tracked::save`], sent by [`send`](Save::send).
#[must_use = "nothing is sent until `.send(&db)`"]
pub struct Save<'a, M: DynamoModel> {
    item: &'a mut Tracked<M>,
    /// The state in which the item was read.
    lock: Option<Lock>,
    /// Which items count as gone, at the moment of the call.
    expiry: Option<Expiry>,
    condition: Option<Cond<M, Condition>>,
    /// What the tracked item becomes when the changes are stored.
    ready: Option<(Ready<M>, Later)>,
    /// Whether they are.
    stored: bool,
}

impl<'a, M: DynamoModel> Save<'a, M> {
    pub(in crate::write) fn new(item: &'a mut Tracked<M>, condition: Option<Cond<M, Condition>>) -> Self {
        Save { item, lock: None, expiry: None, condition, ready: None, stored: false }
    }

    /// Saves only if this holds for the item as it is now. Several conditions must all hold.
    pub fn condition(mut self, condition: Cond<M, Condition>) -> Self {
        self.condition = both(self.condition, Some(condition));
        self
    }

    /// Sends one UpdateItem that sets the attributes that changed and removes those that became absent; tells whether there was anything to send.
    /// One write unit for each 1 KB of the whole item.
    ///
    /// What is sent are values, so an attempt without an answer is followed by another that leaves the same item. Success means that the
    /// changes are stored, and an error that they are not, unless [`is_outcome_unknown`](Error::is_outcome_unknown) says that nobody knows:
    /// the last attempt had no answer either, or a condition failed after one without and the item does not have this call's
    /// `#[dynorm(write_id)]`. After a drop of this future nobody knows either. The tracked item changes only after success: saving it once
    /// more sends the same changes.
    ///
    /// If a `unique` field changed, it sends one TransactWriteItems instead, which changes the guards too: two write units for each 1 KB of the
    /// item and of each guard. The item must still have the unique values with which it was read.
    ///
    /// # Errors
    /// [`is_unique_violation`](Error::is_unique_violation) if another item has the new value of a `unique` field;
    /// [`is_key_changed`](Error::is_key_changed) if a key field was changed: nothing is sent, because that would leave the old item behind;
    /// [`is_validation`](Error::is_validation) and [`is_encode`](Error::is_encode) before anything is sent;
    /// [`is_not_found`](Error::is_not_found) if the item was deleted meanwhile; [`is_version_conflict`](Error::is_version_conflict) if it has
    /// a version and was written meanwhile; and what the service or the connection reports.
    ///
    /// [UpdateItem](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html)
    pub async fn send(self, db: &Db) -> Result<bool> {
        self.run(db, ReturnValue::None).await.map(|sent| sent.is_some())
    }

    /// `None` if nothing changed, and otherwise what was returned.
    pub(super) async fn run(mut self, db: &Db, returned: ReturnValue) -> Result<Option<Option<String>>> {
        let table = db.table_name::<M>();
        let stamp = db.stamp();
        if self.changes_unique()? {
            if returned != ReturnValue::None {
                return Err(Error::from(ExpressionError::transacted()).during(M::SCHEMA, "UpdateItem", &table));
            }
            return unique::send(db, &stamp, &mut self).await.map(|()| Some(None));
        }
        let sent = async {
            let Some(ready) = self.ready(&stamp)? else {
                return Ok(None);
            };
            let (update, expressions, later) = self.render(Some(&ready), &stamp)?;
            let expressions = expressions.into_encoded()?;
            self.ready = Some((ready, later));
            let key = self.item.stored.to_sdk()?;
            let call = Call::new(db, &operation::UPDATE_ITEM, M::SCHEMA, &table);
            let item = (returned != ReturnValue::None).then(|| call.receive::<One<AsJson>>());
            let request = expressions.into_update(&table, key, update, returned.clone());
            let answer = call.send(|client| request.send_with(client)).await;
            match answer {
                Ok(_) => {
                    self.done()?;
                    // What the resend found can be what the first attempt made.
                    if call.attempts().is_ambiguous()
                        && matches!(returned, ReturnValue::AllOld | ReturnValue::UpdatedOld)
                    {
                        return Err(Error::new(Problem::OldItemLost));
                    }
                    item.map(Received::into_json).transpose().map(|item| Some(item.flatten())).map_err(Error::from)
                }
                Err(error) => {
                    let item = request::item_of_failed_check(&error).filter(|item| is_of::<M>(item, &stamp));
                    match item.filter(|_| call.attempts().is_ambiguous()) {
                        // The condition met what this call's lost attempt wrote.
                        Some(item) => {
                            self.done()?;
                            match returned {
                                ReturnValue::None => Ok(Some(None)),
                                ReturnValue::AllNew => unique::as_json(&item).map(|item| Some(Some(item))),
                                _ => Err(Error::new(Problem::OldItemLost)),
                            }
                        }
                        None => Err(request::failed_condition(error, call.attempts(), |item| self.failed(item))),
                    }
                }
            }
        };
        sent.await.map_err(|error| error.during(M::SCHEMA, "UpdateItem", &table))
    }

    /// The UpdateItem request that [`send`](Self::send) sends, `None` if nothing changed; to look at, to change, and to send with the SDK.
    /// Nothing is sent.
    ///
    /// # Errors
    /// What [`send`](Self::send) refuses before it sends.
    pub fn request(mut self, db: &Db) -> Result<Option<UpdateItemFluentBuilder>> {
        let alone = Alone::of(&mut self, "UpdateItem", db)?.by_itself()?;
        Ok(alone.is_change().then(|| alone.update_item(db)))
    }

    /// What the write would send, what must hold for it, and what it is billed for. Nothing is sent.
    ///
    /// # Errors
    /// What [`send`](Self::send) refuses before it sends.
    pub fn explain(mut self, db: &Db) -> Result<Explain> {
        let alone = Alone::of(&mut self, "UpdateItem", db)?;
        let changes = alone.is_change();
        let explain = alone.explained();
        Ok(if changes { explain } else { Explain { requests: "none, because nothing changed".to_owned(), ..explain } })
    }

    /// What is to be stored, `None` if nothing changed.
    fn ready(&mut self, stamp: &Stamp<'_>) -> Result<Option<Ready<M>>> {
        if key_of(&self.item.model)? != self.item.key {
            return Err(Error::new(Problem::KeyChanged));
        }
        self.lock = self.item.lock()?;
        self.expiry = Expiry::of(M::SCHEMA, || stamp.time());
        if !self.item.is_changed()? {
            return Ok(None);
        }
        Ready::new(&mut self.item.model, stamp, Verb::Save).map(Some)
    }

    /// The changes are stored.
    fn done(&mut self) -> Result<()> {
        self.commit();
        self.after()
    }

    fn render(&mut self, ready: Option<&Ready<M>>, stamp: &Stamp<'_>) -> Result<(Option<String>, Expressions, Later)> {
        let Changes { update, condition, later } = match ready {
            Some(ready) => self.item.changes(ready, stamp)?,
            None => Changes::none(),
        };
        self.condition = both(self.condition.take(), condition);
        let mut aliases = Aliases::new();
        let update = update.render(&mut aliases)?;
        let known = match ready {
            Some(ready) if self.held()? != self.will_hold(&ready.item)? => {
                let live = self.expiry.map(|expiry| !expiry.passed());
                both(Some(self.item.unique_as_read()?), live)
            }
            Some(_) | None => Some(expiry::present(M::SCHEMA, self.expiry)),
        };
        let asked = both(known, self.lock.as_ref().map(Lock::condition));
        let condition = both(asked, self.condition.clone());
        Ok((update, Expressions::new(condition.as_ref(), aliases)?, later))
    }

    /// Whether the guards of unique values change with it.
    fn changes_unique(&self) -> Result<bool> {
        if M::SCHEMA.unique.is_empty() {
            return Ok(false);
        }
        let after = stored::encode(&self.item.model).and_then(|item| self.will_hold(&item));
        // What is wrong with the model is said where it is validated.
        Ok(matches!(after, Ok(after) if after != self.held()?))
    }

    /// The unique values that the item has.
    fn held(&self) -> Result<Option<Held>> {
        self.item.held()
    }

    /// The unique values that it will have.
    fn will_hold(&self, item: &[u8]) -> Result<Option<Held>> {
        if M::SCHEMA.unique.is_empty() {
            return Ok(None);
        }
        Held::of(M::SCHEMA, self.item.stored.values()?, &Members::parse(item)?).map(Some)
    }
}

impl<M: DynamoModel> Write for Save<'_, M> {
    fn schema(&self) -> &'static Schema {
        M::SCHEMA
    }

    fn table(&self, db: &Db) -> String {
        db.table_name::<M>()
    }

    fn prepare(&mut self, stamp: &Stamp<'_>) -> Result<Prepared> {
        let ready = match self.ready.take() {
            Some((ready, _)) => Some(ready),
            None => self.ready(stamp)?,
        };
        let (update, expressions, later) = self.render(ready.as_ref(), stamp)?;
        let size = ready.as_ref().map_or(0, |ready| ready.size);
        self.ready = ready.map(|ready| (ready, later));
        update::into_operation(&self.item.stored, update, expressions, size)
    }

    fn claims(&self) -> Result<Claims> {
        match &self.ready {
            Some((ready, _)) => Ok(Claims { before: self.held()?, after: self.will_hold(&ready.item)? }),
            None => Ok(Claims::default()),
        }
    }

    fn commit(&mut self) {
        if let Some((ready, later)) = self.ready.take() {
            self.item.is_now(ready, later);
            self.stored = true;
        }
    }

    fn after(&self) -> Result<()> {
        if self.stored {
            self.item.run_after_write(Verb::Save)?;
        }
        Ok(())
    }

    fn failed(&self, item: Option<&Item>) -> Failed {
        lock::failed_or_absent(self.lock.as_ref(), self.condition.is_some(), expiry::live(self.expiry, item))
    }
}

impl<M: DynamoModel> fmt::Debug for Save<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Save").field("model", &M::SCHEMA.model).finish_non_exhaustive()
    }
}
