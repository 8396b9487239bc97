//! `upsert` of a model in hand: all its fields in one UpdateItem, so that attributes which the model does not know stay.

mod fields;
mod returning;

use std::fmt;

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValue;

use fields::Fields;
pub use returning::UpsertItemReturning;

use super::ExactlyOnce;
use super::action::Action;
use super::hook::{self, Verb};
use super::operation::{Expressions, Prepared, Write, is_of};
use super::pipeline::Ready;
use super::request::Alone;
use super::unique::{self, Claims, Held, Known};
use super::update;
use crate::attribute::Item;
use crate::call::{Call, operation};
use crate::db::Db;
use crate::direct::Received;
use crate::error::{Error, ExpressionError, Failed, Problem, Result};
use crate::expiry::{self, Expiry};
use crate::explain::Explain;
use crate::expr::{Aliases, Cond, Condition, both};
use crate::key::KeyValue;
use crate::lock::{self, Lock};
use crate::model::DynamoModel;
use crate::read::{AsJson, One};
use crate::request;
use crate::schema::Schema;
use crate::stamp::Stamp;
use crate::stored::Members;

/// Sets all fields of an item, which may be new: made by [`DynamoModel::upsert`], sent by [`send`](UpsertItem::send).
#[must_use = "nothing is sent until `.send(&db)`"]
pub struct UpsertItem<'a, M: DynamoModel> {
    model: &'a mut M,
    /// What it expects of the item that is there, if the model has a version.
    lock: Option<Lock>,
    /// Which items count as gone, at the moment of the call.
    expiry: Option<Expiry>,
    condition: Option<Cond<M, Condition>>,
    /// What is stored and where, once it is known.
    ready: Option<Whole<M>>,
    /// Whether it is sent without a read, so that it does not know whether the item has expired.
    blind: bool,
    /// Whether the item that is there has expired, so that this one takes its place.
    replaces: bool,
    /// The item that is there, where its unique values matter.
    known: Known,
    /// What it will hold then.
    after: Option<Held>,
}

/// A whole model, as an update and as an item.
struct Whole<M: DynamoModel> {
    ready: Ready<M>,
    fields: Fields<M>,
    /// What the model gets where nobody knows which of the `created` and `auto` values is stored.
    unknown: M::Stamps,
}

impl<'a, M: DynamoModel> UpsertItem<'a, M> {
    pub(crate) fn new(model: &'a mut M) -> Self {
        UpsertItem {
            model,
            lock: None,
            expiry: None,
            condition: None,
            ready: None,
            blind: false,
            replaces: false,
            known: Known::default(),
            after: None,
        }
    }

    /// Stores the item only if this holds for the item that is there now. Several conditions must all hold.
    pub fn condition(mut self, condition: Cond<M, Condition>) -> Self {
        self.condition = both(self.condition, Some(condition));
        self
    }

    /// Sends it as a transaction of one write, with a token by which DynamoDB knows a resend: see [`ExactlyOnce`].
    pub fn exactly_once(self) -> ExactlyOnce<Self> {
        ExactlyOnce::new(self)
    }

    /// Stamps, validates, encodes and sends: one UpdateItem, one write unit for each 1 KB of the item as it was or as it becomes, whichever is
    /// larger.
    ///
    /// `created`, `auto` and `readonly` fields are set if they are absent, under older names ([`alias`](derive@crate::DynamoModel)) too, and the
    /// model in hand gets the `created` and `auto` values that are stored, with its new `updated`, `version` and `ttl`, when DynamoDB has said yes;
    /// after an error, or when this future is dropped, it is as it was. Fields that are `None` and empty sets are removed, and so are older names
    /// of fields. Nested structs, lists and maps are set as a whole; entries of a flattened map that are not in hand stay, as nobody knows that
    /// they are there.
    ///
    /// A model with a `version` is checked as by [`put`](DynamoModel::put). An index key that is made of `created` or a `readonly` field and of
    /// others asks that the stored one is the one in hand; where `created` is unset, it is the error [`is_key`](Error::is_key).
    ///
    /// An item whose `ttl` has passed counts as absent: none of its attributes stays. If there is one, the UpdateItem fails its condition and two
    /// more requests are sent, a consistent GetItem and a TransactWriteItems of the item, for two write units for each 1 KB.
    ///
    /// An attempt without an answer is followed by another that leaves the same item. Success means that it was stored, and an error that it was
    /// not, unless [`is_outcome_unknown`](Error::is_outcome_unknown) says that nobody knows: the last attempt had no answer, or a condition failed
    /// after one without and the item has neither this call's `#[dynorm(write_id)]` nor an `auto` id that was generated in it. After a drop of this
    /// future nobody knows either.
    ///
    /// In a transaction, which returns nothing, `created` and `auto` values that are unset stay so in hand, unless the item is known to be new. That
    /// holds for a model with unique constraints too: its item is read, consistently, and written with the guards in one TransactWriteItems, again
    /// up to eight times in all if its unique values change in between. An item of a model with a `ttl` is read before a transaction as well.
    ///
    /// # Errors
    /// [`is_validation`](Error::is_validation), [`is_encode`](Error::is_encode), [`is_key`](Error::is_key) and
    /// [`is_expression`](Error::is_expression) (more than some 300 fields) before anything is sent;
    /// [`is_version_conflict`](Error::is_version_conflict) from a model with a version;
    /// [`is_unique_violation`](Error::is_unique_violation) if another item has one of the model's unique values;
    /// [`is_condition_failed`](Error::is_condition_failed); [`is_decode`](Error::is_decode) if the stored `created` or `auto` value is none: the
    /// item is stored then; and what the service or the connection reports.
    ///
    /// [UpdateItem](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html)
    pub async fn send(self, db: &Db) -> Result<()> {
        self.run(db, ReturnValue::None).await.map(|_| ())
    }

    /// The UpdateItem request that [`send`](Self::send) sends, to look at, to change, and to send with the SDK. Nothing is sent.
    ///
    /// # Errors
    /// What [`send`](Self::send) refuses before it sends.
    pub fn request(mut self, db: &Db) -> Result<UpdateItemFluentBuilder> {
        self.blind = true;
        Ok(Alone::of(&mut self, "UpdateItem", db)?.by_itself()?.update_item(db))
    }

    /// What the write would send, what must hold for it, and what it is billed for. Nothing is sent.
    ///
    /// # Errors
    /// What [`send`](Self::send) refuses before it sends.
    pub fn explain(mut self, db: &Db) -> Result<Explain> {
        self.blind = true;
        Ok(Alone::of(&mut self, "UpdateItem", db)?.explained())
    }

    async fn run(mut self, db: &Db, returned: ReturnValue) -> Result<Option<String>> {
        let db = &db.started();
        let table = db.table_name::<M>();
        let stamp = db.stamp();
        if !M::SCHEMA.unique.is_empty() {
            return unique::send(db, &stamp, &mut self).await.map(|()| None);
        }
        self.blind = true;
        let sent = self.update(db, &table, &stamp, &returned).await;
        let sent = match sent {
            Err(error) if self.may_have_met_expired(&error) => self.replace(db, &stamp, returned).await,
            sent => sent,
        };
        sent.map_err(|error| error.during(M::SCHEMA, "UpdateItem", &table))
    }

    async fn update(
        &mut self,
        db: &Db,
        table: &str,
        stamp: &Stamp<'_>,
        returned: &ReturnValue,
    ) -> Result<Option<String>> {
        let (update, expressions) = self.render(stamp)?;
        let expressions = expressions.into_encoded()?;
        let (key, keeps) = match &self.ready {
            Some(Whole { ready, fields, .. }) => (ready.key.to_sdk()?, !fields.kept.is_empty()),
            None => unreachable!("`render` made it ready"),
        };
        let asked = match returned {
            // Not what was updated: moto leaves out what kept its value.
            ReturnValue::None if keeps => ReturnValue::AllNew,
            returned => returned.clone(),
        };
        let call = Call::new(db, &operation::UPDATE_ITEM, M::SCHEMA, table);
        let item = (asked != ReturnValue::None).then(|| call.receive::<One<AsJson>>());
        let request = expressions.into_update(table, key, update, asked);
        let lost = matches!(returned, ReturnValue::AllOld | ReturnValue::UpdatedOld);
        match call.send(|client| request.send_with(client)).await {
            Ok(_) => {
                let item = item.map(Received::into_json).transpose()?.flatten();
                self.stored(item.as_deref())?;
                // What the resend found can be what the first attempt made.
                if lost && call.attempts().is_ambiguous() {
                    return Err(Error::new(Problem::OldItemLost));
                }
                Ok(item.filter(|_| *returned != ReturnValue::None))
            }
            Err(error) => {
                let own = request::item_of_failed_check(&error).filter(|item| is_of::<M>(item, stamp));
                match own.filter(|_| call.attempts().is_ambiguous()) {
                    // The condition met what this call's lost attempt wrote.
                    Some(item) => {
                        let item = unique::as_json(&item)?;
                        self.stored(Some(&item))?;
                        match returned {
                            ReturnValue::None => Ok(None),
                            ReturnValue::AllNew => Ok(Some(item)),
                            _ => Err(Error::new(Problem::OldItemLost)),
                        }
                    }
                    None => Err(request::failed_condition(error, call.attempts(), |item| self.failed(item))),
                }
            }
        }
    }

    /// Whether the condition may have failed only because the item has expired. Some engines return no item.
    fn may_have_met_expired(&self, error: &Error) -> bool {
        let met = |expiry: Expiry| match error.current_item() {
            Some(item) => expiry.has_passed(item),
            None => error.is_condition_failed(),
        };
        self.expiry.is_some_and(met)
    }

    /// Reads the item, and takes its place if it has expired.
    async fn replace(&mut self, db: &Db, stamp: &Stamp<'_>, returned: ReturnValue) -> Result<Option<String>> {
        self.blind = false;
        unique::send(db, stamp, self).await?;
        let item = self.ready.as_ref().map(|whole| String::from_utf8_lossy(&whole.ready.item).into_owned());
        match returned {
            ReturnValue::None => Ok(None),
            // Somebody stored an item meanwhile, which was changed, and the transaction returned nothing.
            _ if !self.replaces => Err(Error::new(Problem::OldItemLost)),
            ReturnValue::AllNew | ReturnValue::UpdatedNew => Ok(item),
            _ => Ok(None),
        }
    }

    /// Stamps, validates and encodes, once.
    fn ready(&mut self, stamp: &Stamp<'_>) -> Result<&mut Whole<M>> {
        let whole = match self.ready.take() {
            Some(whole) => whole,
            None => {
                self.expiry = Expiry::of(M::SCHEMA, || stamp.time());
                self.lock = Lock::in_hand(self.model)?;
                let ready = Ready::new(self.model, stamp, Verb::Upsert)?;
                let fields = Fields::of(self.model, &ready)?;
                Whole { unknown: self.model.stamp(&stamp.leaving_unset()), ready, fields }
            }
        };
        Ok(self.ready.insert(whole))
    }

    fn render(&mut self, stamp: &Stamp<'_>) -> Result<(Option<String>, Expressions)> {
        let live = |expiry: Expiry| !expiry.passed();
        let Whole { fields, .. } = self.ready(stamp)?;
        let mut aliases = Aliases::new();
        let update = fields.update.render(&mut aliases)?;
        let own = fields.condition.clone();
        let lock = self.lock.as_ref().map(Lock::condition);
        let there = match self.known.condition(M::SCHEMA)? {
            Some(known) => Some(known),
            None => self.expiry.map(live),
        };
        let condition = both(both(both(lock, there), own), self.condition.clone());
        Ok((update, Expressions::new(condition.as_ref(), aliases)?))
    }

    /// The condition of the item that takes the place of one that has expired.
    fn replaced(&self) -> Result<Expressions> {
        let lock = self.lock.as_ref().map(|lock| lock.condition_or_expired(self.expiry));
        let gone = match self.known.condition(M::SCHEMA)? {
            Some(known) => known,
            None => expiry::absent(M::SCHEMA, self.expiry),
        };
        let callers = self.condition.clone().map(|condition| expiry::of_live(self.expiry, condition));
        let condition = both(both(lock, Some(gone)), callers);
        Expressions::new(condition.as_ref(), Aliases::new())
    }

    /// The item is stored: the model gets what is now known of it, and the hook looks.
    fn stored(&mut self, returned: Option<&str>) -> Result<()> {
        if let Some(Whole { ready, fields, .. }) = &mut self.ready {
            if let Some(returned) = returned {
                fields.correct(ready, returned)?;
            }
            self.model.swap_stamps(&mut ready.stamps);
        }
        self.after()
    }
}

impl<M: DynamoModel> Write for UpsertItem<'_, M> {
    fn schema(&self) -> &'static Schema {
        M::SCHEMA
    }

    fn table(&self, db: &Db) -> String {
        db.table_name::<M>()
    }

    fn reads_first(&mut self, stamp: &Stamp<'_>) -> Result<Option<Vec<(&'static str, KeyValue)>>> {
        let key = self.ready(stamp)?.ready.key.values()?.to_vec();
        let expires = self.expiry.is_some() && !self.blind;
        Ok((expires || !M::SCHEMA.unique.is_empty()).then_some(key))
    }

    fn was_read(&mut self, item: Option<String>) -> Result<bool> {
        let expired = |expiry: Expiry| item.as_ref().is_some_and(|item| expiry.has_passed_in(item.as_bytes()));
        let replaces = self.expiry.is_some_and(expired);
        let is_other = std::mem::replace(&mut self.replaces, replaces) != replaces;
        match &self.ready {
            Some(_) if M::SCHEMA.unique.is_empty() => Ok(is_other),
            Some(Whole { ready, .. }) => Ok(self.known.set(M::SCHEMA, ready.key.values()?, item)? || is_other),
            None => unreachable!("`reads_first` made it ready"),
        }
    }

    fn prepare(&mut self, stamp: &Stamp<'_>) -> Result<Prepared> {
        let (blind, replaces) = (self.blind, self.replaces);
        let Whole { ready, fields, .. } = self.ready(stamp)?;
        let (key, size) = (ready.key.clone(), ready.size);
        if replaces {
            let item = ready.item.clone();
            return Ok(Prepared { action: Action::put(item, self.replaced()?), key: key.into_values()?, size });
        }
        if fields.update.is_empty() && !blind {
            // In a transaction, an update without a change only checks its condition.
            return Err(ExpressionError::nothing_to_set().into());
        }
        let (update, expressions) = self.render(stamp)?;
        if let Some(Whole { fields, .. }) = &self.ready {
            self.after = self.known.held_after(M::SCHEMA, key.values()?, &fields.update, true)?;
        }
        update::into_operation(&key, update, expressions, size)
    }

    fn claims(&self) -> Result<Claims> {
        if M::SCHEMA.unique.is_empty() {
            return Ok(Claims::default());
        }
        let after = match &self.ready {
            Some(Whole { ready, .. }) if self.replaces => {
                Some(Held::of(M::SCHEMA, ready.key.values()?, &Members::parse(&ready.item)?)?)
            }
            _ => self.after.clone(),
        };
        Ok(Claims { before: self.known.held(), after })
    }

    fn commit(&mut self) {
        let is_new = self.replaces || (self.known.is_set() && self.known.item().is_none());
        if let Some(Whole { ready, fields, unknown }) = &mut self.ready {
            let knows = is_new || fields.kept.is_empty();
            self.model.swap_stamps(if knows { &mut ready.stamps } else { unknown });
        }
    }

    fn after(&self) -> Result<()> {
        match &self.ready {
            Some(whole) => Ok(M::run_after_write(&hook::Write::item_of(Verb::Upsert, &whole.ready.key, self.model))?),
            None => Ok(()),
        }
    }

    fn failed(&self, item: Option<&Item>) -> Failed {
        let own = self.ready.as_ref().is_some_and(|whole| whole.fields.condition.is_some());
        lock::failed(self.lock.as_ref(), own || self.condition.is_some(), item)
    }
}

impl<M: DynamoModel> fmt::Debug for UpsertItem<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpsertItem").field("model", &M::SCHEMA.model).finish_non_exhaustive()
    }
}
