//! `put` and `create`: one whole item in one PutItem.

use std::fmt;

use aws_sdk_dynamodb::operation::put_item::PutItemInput;
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValue;

use super::ExactlyOnce;
use super::action::Action;
use super::hook::{self, Verb};
use super::operation::{Expressions, Prepared, Write, is_of};
use super::pipeline::Ready;
use super::request::Alone;
use super::unique::{self, Claims, Held, Known, ReturnsItem};
use crate::attribute::Item;
use crate::call::{self, Call};
use crate::db::Db;
use crate::direct::encoded;
use crate::error::{Error, Failed, KeyError, Problem, Result};
use crate::expiry::{self, Expiry};
use crate::explain::Explain;
use crate::expr::{Aliases, Cond, Condition, both};
use crate::key::KeyValue;
use crate::lock::{self, Lock};
use crate::model::DynamoModel;
use crate::read::{AsJson, One};
use crate::request::{self, given};
use crate::schema::Schema;
use crate::stamp::Stamp;
use crate::stored::{self, Members};

/// Stores a whole item: made by [`DynamoModel::put`] and [`DynamoModel::create`], sent by [`send`](Put::send).
#[must_use = "nothing is sent until `.send(&db)`"]
pub struct Put<'a, M: DynamoModel> {
    model: &'a mut M,
    mode: Mode,
    /// What a `put` expects of the item that it replaces.
    lock: Option<Lock>,
    /// Which items count as gone, at the moment of the call.
    expiry: Option<Expiry>,
    condition: Option<Cond<M, Condition>>,
    /// What is stored and where, once it is known.
    ready: Option<Ready<M>>,
    /// The item that is replaced, where its unique values matter.
    known: Known,
}

/// What a put asks of the item that is under its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// That there is none.
    Create,
    /// That it has the version in hand, if the model has one.
    Replace,
    /// Nothing.
    Overwrite,
}

impl Mode {
    fn verb(self) -> Verb {
        match self {
            Mode::Create => Verb::Create,
            Mode::Replace | Mode::Overwrite => Verb::Put,
        }
    }
}

impl<'a, M: DynamoModel> Put<'a, M> {
    pub(crate) fn replace(model: &'a mut M) -> Self {
        Put {
            model,
            mode: Mode::Replace,
            lock: None,
            expiry: None,
            condition: None,
            ready: None,
            known: Known::default(),
        }
    }

    pub(crate) fn create(model: &'a mut M) -> Self {
        Put { mode: Mode::Create, ..Put::replace(model) }
    }

    /// Stores the item whatever is under its key: no version is checked, and a key that is taken is replaced. What somebody else wrote
    /// there meanwhile is lost.
    ///
    /// ```
    /// # use dynorm::{Db, DynamoModel};
    /// # #[derive(DynamoModel)] #[dynorm(table = "settings")]
    /// # struct Settings { #[dynorm(partition_key)] user: String, theme: String, #[dynorm(version)] version: u64 }
    /// # async fn run(db: &Db, mine: &mut Settings) -> dynorm::Result<()> {
    /// if mine.put().send(db).await.is_err_and(|error| error.is_version_conflict()) {
    ///     mine.put().overwrite().send(db).await?; // mine, whatever was there
    /// }
    /// # Ok(()) }
    /// ```
    pub fn overwrite(mut self) -> Self {
        self.mode = Mode::Overwrite;
        self
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

    /// Returns the item that was replaced, which costs nothing more. A `create` replaces none, so that it returns `None`. Models with unique
    /// constraints do not have it.
    pub fn return_old(self) -> PutReturningOld<'a, M>
    where
        M::Unique: ReturnsItem<M>,
    {
        PutReturningOld(self)
    }

    /// Stamps, validates, encodes and sends: one PutItem, one write unit for each 1 KB of the item.
    ///
    /// The model in hand gets its new `created`, `updated`, `version` and `auto` values only when DynamoDB has said yes; after an error, or when
    /// this future is dropped, it is as it was.
    ///
    /// An attempt without an answer is followed by another, with the same bytes: the item is stored once, whichever of them arrived.
    /// Success means that it was stored, and an error that it was not, unless [`is_outcome_unknown`](crate::Error::is_outcome_unknown) says
    /// that nobody knows. That is so if the last attempt had no answer either, and if the condition of `create` or of the caller failed
    /// after one without an answer, because that may have been the item of this very call. It counts as success if the item that is there
    /// has an `auto` id that was generated in this call, or its write id (`#[dynorm(write_id)]`). After a drop of
    /// this future nobody knows either. `create` with [`exactly_once`](Put::exactly_once) leaves less open.
    ///
    /// On a model with unique constraints this is one TransactWriteItems, which writes the item and its guards: two write units for each
    /// 1 KB of each. A `create` knows that there is nothing before it, and is sent once more if there is an item that has expired, to free its
    /// unique values (but not in a transaction with a [`token`](crate::Transact::token) of the caller's); a `put` first reads the item that it replaces, consistently, and reads
    /// and sends again, up to eight times in all, if that item's unique values change in between.
    ///
    /// # Errors
    /// [`is_validation`](crate::Error::is_validation), [`is_encode`](crate::Error::is_encode) and [`is_key`](crate::Error::is_key)
    /// before anything is sent; [`is_already_exists`](crate::Error::is_already_exists) from `create`;
    /// [`is_version_conflict`](crate::Error::is_version_conflict) from the `put` of a model with a version;
    /// [`is_unique_violation`](crate::Error::is_unique_violation) if another item has one of the model's unique values;
    /// [`is_condition_failed`](crate::Error::is_condition_failed); and what the service or the connection reports.
    ///
    /// [PutItem](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html)
    pub async fn send(mut self, db: &Db) -> Result<()> {
        if !M::SCHEMA.unique.is_empty() {
            return unique::send(db, &db.stamp(), &mut self).await;
        }
        self.run(db, ReturnValue::None).await.map(|_| ())
    }

    /// The PutItem request that [`send`](Self::send) sends, to look at, to change, and to send with the SDK. Nothing is sent.
    ///
    /// It has the values that this write would have: a later one has other times and ids. If it is sent with the SDK, the model in hand does not
    /// get them.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
    /// # fn main() { run(async |db: Db| {
    /// let request = persuasion().put().request(&db)?;
    /// assert!(request.get_item().as_ref().is_some_and(|item| item.contains_key("sk")));
    /// request.send().await.expect("the table is there");
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// What [`send`](Self::send) refuses before it sends.
    pub fn request(mut self, db: &Db) -> Result<PutItemFluentBuilder> {
        Ok(Alone::of(&mut self, "PutItem", db)?.by_itself()?.put_item(db))
    }

    /// What the write would send, what must hold for it, and what it is billed for. Nothing is sent.
    ///
    /// # Errors
    /// What [`send`](Self::send) refuses before it sends.
    pub fn explain(mut self, db: &Db) -> Result<Explain> {
        Ok(Alone::of(&mut self, "PutItem", db)?.explained())
    }

    async fn run(mut self, db: &Db, returned: ReturnValue) -> Result<Option<String>> {
        let table = db.table_name::<M>();
        let sent = async {
            let stamp = db.stamp();
            let item = encoded(Self::take_item(self.ready(&stamp)?));
            let expressions = self.expressions()?.into_encoded()?;
            let call = Call::new(db, &call::operation::PUT_ITEM, M::SCHEMA, &table);
            let old = (returned != ReturnValue::None).then(|| call.receive_live::<One<AsJson>>(self.expiry));
            let request = |client| {
                let request = given!(
                    PutItemInput::builder().table_name(&table).set_item(Some(item)),
                    set_return_values_on_condition_check_failure(expressions.on_failure()),
                    set_condition_expression(expressions.condition),
                    set_expression_attribute_names(expressions.names),
                    set_expression_attribute_values(expressions.values),
                    set_return_values((returned != ReturnValue::None).then(|| returned.clone())),
                );
                request.send_with(client)
            };
            let answer = call.send(request).await;
            match answer {
                Ok(_) => {
                    self.commit();
                    self.after()?;
                    match old {
                        None => Ok(None),
                        Some(_) if call.attempts().is_ambiguous() => Err(Error::new(Problem::OldItemLost)),
                        Some(old) => Ok(old.into_json()?),
                    }
                }
                Err(error)
                    if call.attempts().is_ambiguous()
                        && request::item_of_failed_check(&error).is_some_and(|item| is_of::<M>(&item, &stamp)) =>
                {
                    self.commit();
                    self.after()?;
                    // What was there before made the condition true, and is lost with the answer; before `create` there was nothing.
                    let lost = returned != ReturnValue::None && !matches!(self.mode, Mode::Create);
                    if lost { Err(Error::new(Problem::OldItemLost)) } else { Ok(None) }
                }
                Err(error) => Err(request::failed_condition(error, call.attempts(), |item| self.failed(item))),
            }
        };
        sent.await.map_err(|error| error.during(M::SCHEMA, "PutItem", &table))
    }

    /// Stamps, validates and encodes, once.
    fn ready(&mut self, stamp: &Stamp<'_>) -> Result<&mut Ready<M>> {
        let ready = match self.ready.take() {
            // A transaction that is sent again as another one asks again for what it was given.
            Some(ready) if ready.item.is_empty() => ready.again(self.model, stamp, self.mode.verb())?,
            Some(ready) => ready,
            None => {
                self.expiry = Expiry::of(M::SCHEMA, || stamp.time());
                if self.mode == Mode::Replace {
                    self.lock = Lock::in_hand(self.model)?;
                }
                Ready::new(self.model, stamp, self.mode.verb())?
            }
        };
        Ok(self.ready.insert(ready))
    }

    /// Gives the item's JSON away, which is needed once more only where it has unique values.
    fn take_item(ready: &mut Ready<M>) -> Vec<u8> {
        if M::SCHEMA.unique.is_empty() { std::mem::take(&mut ready.item) } else { ready.item.clone() }
    }

    /// The same of its key, which a hook is shown too.
    fn take_key(ready: &mut Ready<M>) -> Result<Vec<(&'static str, KeyValue)>, KeyError> {
        let is_needed = M::AFTER_WRITE || !M::SCHEMA.unique.is_empty();
        if is_needed { Ok(ready.key.values()?.to_vec()) } else { ready.key.take_values() }
    }

    /// The condition; what it asks of the version is known once the item is ready.
    fn expressions(&self) -> Result<Expressions> {
        let asked = match self.mode {
            Mode::Create if self.known.is_set() => None,
            // An item that has expired gives up its unique values, which have to be known.
            Mode::Create if !M::SCHEMA.unique.is_empty() => Some(Cond::key_absent(M::SCHEMA)),
            Mode::Create => Some(expiry::absent(M::SCHEMA, self.expiry)),
            Mode::Replace => self.lock.as_ref().map(|lock| lock.condition_or_expired(self.expiry)),
            Mode::Overwrite => None,
        };
        let callers = self.condition.clone().map(|condition| expiry::of_live(self.expiry, condition));
        let condition = both(both(asked, self.known.condition(M::SCHEMA)?), callers);
        Expressions::new(condition.as_ref(), Aliases::new())
    }
}

impl<M: DynamoModel> Write for Put<'_, M> {
    fn schema(&self) -> &'static Schema {
        M::SCHEMA
    }

    fn table(&self, db: &Db) -> String {
        db.table_name::<M>()
    }

    fn reads_first(&mut self, stamp: &Stamp<'_>) -> Result<Option<Vec<(&'static str, KeyValue)>>> {
        if self.mode == Mode::Create || M::SCHEMA.unique.is_empty() {
            return Ok(None);
        }
        Ok(Some(self.ready(stamp)?.key.values()?.to_vec()))
    }

    fn reads_again(&mut self, stamp: &Stamp<'_>) -> Result<Option<Vec<(&'static str, KeyValue)>>> {
        if self.mode != Mode::Create || M::SCHEMA.unique.is_empty() {
            return Ok(None);
        }
        let key = self.ready(stamp)?.key.values()?.to_vec();
        Ok(self.expiry.is_some().then_some(key))
    }

    fn was_read(&mut self, item: Option<String>) -> Result<bool> {
        match &self.ready {
            Some(ready) if self.mode == Mode::Create => {
                self.known.set_expired(M::SCHEMA, ready.key.values()?, item, self.expiry)
            }
            Some(ready) => self.known.set(M::SCHEMA, ready.key.values()?, item),
            None => unreachable!("`reads_first` and `reads_again` made it ready"),
        }
    }

    fn prepare(&mut self, stamp: &Stamp<'_>) -> Result<Prepared> {
        let ready = self.ready(stamp)?;
        let (item, key, size) = (Self::take_item(ready), Self::take_key(ready)?, ready.size);
        Ok(Prepared { action: Action::put(item, self.expressions()?), key, size })
    }

    fn claims(&self) -> Result<Claims> {
        let Some(ready) = self.ready.as_ref().filter(|_| !M::SCHEMA.unique.is_empty()) else {
            return Ok(Claims::default());
        };
        let after = Held::of(M::SCHEMA, ready.key.values()?, &Members::parse(&ready.item)?)?;
        Ok(Claims { before: self.known.held(), after: Some(after) })
    }

    fn commit(&mut self) {
        if let Some(ready) = &mut self.ready {
            self.model.swap_stamps(&mut ready.stamps);
        }
    }

    fn after(&self) -> Result<()> {
        match &self.ready {
            Some(ready) => Ok(M::run_after_write(&hook::Write::item_of(self.mode.verb(), &ready.key, self.model))?),
            None => Ok(()),
        }
    }

    fn failed(&self, item: Option<&Item>) -> Failed {
        // An item shows that the key is taken; without one, only `create` by itself has no other condition that can be false.
        match (self.mode, expiry::live(self.expiry, item), &self.condition) {
            (Mode::Create, Some(_), _) | (Mode::Create, None, None) => Failed::AlreadyExists,
            _ => lock::failed(self.lock.as_ref(), self.condition.is_some(), item),
        }
    }
}

impl<M: DynamoModel> fmt::Debug for Put<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Put").field("model", &M::SCHEMA.model).field("mode", &self.mode).finish_non_exhaustive()
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
    /// Also [`is_outcome_unknown`](crate::Error::is_outcome_unknown) if the item is stored, but only a resend was answered: what it
    /// replaced can be the new item itself.
    pub async fn send(self, db: &Db) -> Result<Option<M>> {
        let table = db.table_name::<M>();
        match self.0.run(db, ReturnValue::AllOld).await? {
            Some(item) => stored::decode_bytes(item.as_bytes())
                .map(Some)
                .map_err(|error| error.during(M::SCHEMA, "PutItem", &table)),
            None => Ok(None),
        }
    }
}
