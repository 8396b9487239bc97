//! `put` and `create`: one whole item in one PutItem.

use std::fmt;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::types::{self, ReturnValue, TransactWriteItem};

use super::ExactlyOnce;
use super::hook::{self, Verb};
use super::operation::{Expressions, Prepared, Write, is_of};
use super::pipeline::Ready;
use super::request::Alone;
use crate::attribute::Item;
use crate::call::{Call, operation};
use crate::db::Db;
use crate::direct::encoded;
use crate::error::{Error, Failed, Problem, Result};
use crate::explain::Explain;
use crate::expr::{Aliases, Cond, Condition, both};
use crate::key::Key;
use crate::lock::{self, Lock};
use crate::model::DynamoModel;
use crate::read::{AsJson, One};
use crate::request;
use crate::schema::Schema;
use crate::stamp::Stamp;
use crate::stored;

/// Stores a whole item: made by [`DynamoModel::put`] and [`DynamoModel::create`], sent by [`send`](Put::send).
#[must_use = "nothing is sent until `.send(&db)`"]
pub struct Put<'a, M: DynamoModel> {
    model: &'a mut M,
    mode: Mode,
    /// What a `put` expects of the item that it replaces.
    lock: Option<Lock>,
    condition: Option<Cond<M, Condition>>,
    /// Where the item goes, and what the model gets when it is stored.
    ready: Option<(Key<M>, M::Stamps)>,
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
        Put { model, mode: Mode::Replace, lock: None, condition: None, ready: None }
    }

    pub(crate) fn create(model: &'a mut M) -> Self {
        Put { mode: Mode::Create, ..Put::replace(model) }
    }

    /// Stores the item whatever is under its key: no version is checked, and a key that is taken is replaced. What somebody else wrote
    /// there meanwhile is lost.
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

    /// Returns the item that was replaced, which costs nothing more.
    pub fn return_old(self) -> PutReturningOld<'a, M> {
        PutReturningOld(self)
    }

    /// Stamps, validates, encodes and sends: one PutItem, one write unit for each 1 KB of the item.
    ///
    /// The model in hand gets its new `created`, `updated`, `version` and `auto` values only when DynamoDB has said yes; after an error, or when
    /// this future is dropped, it is as it was.
    ///
    /// An attempt without an answer is followed by another, with the same bytes: the item is stored once, whichever of them arrived. Success means that it was stored,
    /// and an error that it was not, unless [`is_outcome_unknown`](crate::Error::is_outcome_unknown) says that nobody knows. That is so if the last
    /// attempt had no answer either, and if the condition of `create` or of the caller failed after one without an answer, because that may have been
    /// the item of this very call. It counts as success if the item that is there has an `auto` id that was generated in this call. After a drop of this
    /// future nobody knows either. `create` with [`exactly_once`](Put::exactly_once) leaves less open.
    ///
    /// # Errors
    /// [`is_validation`](crate::Error::is_validation), [`is_encode`](crate::Error::is_encode) and [`is_key`](crate::Error::is_key)
    /// before anything is sent; [`is_already_exists`](crate::Error::is_already_exists) from `create`;
    /// [`is_version_conflict`](crate::Error::is_version_conflict) from the `put` of a model with a version;
    /// [`is_condition_failed`](crate::Error::is_condition_failed); and what the service or the connection reports.
    ///
    /// [PutItem](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html)
    pub async fn send(self, db: &Db) -> Result<()> {
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
        Alone::of(&mut self, "PutItem", db)?.put_item(db)
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
            let (ready, expressions) = self.render(&stamp)?;
            let item = encoded(ready.item);
            let call = Call::new(db, &operation::PUT_ITEM, M::SCHEMA, &table);
            let old = call.receive::<One<AsJson>>();
            let request = |client: &Client| {
                client
                    .put_item()
                    .table_name(&table)
                    .set_item(Some(item))
                    .set_return_values_on_condition_check_failure(expressions.on_failure())
                    .set_condition_expression(expressions.condition)
                    .set_expression_attribute_names(expressions.names)
                    .set_expression_attribute_values(expressions.values)
                    .set_return_values((returned != ReturnValue::None).then(|| returned.clone()))
                    .send()
            };
            let answer = call.send(request).await;
            match answer {
                Ok(_) => {
                    self.ready = Some((ready.key, ready.stamps));
                    self.commit();
                    self.after()?;
                    match returned {
                        ReturnValue::None => Ok(None),
                        _ if call.attempts().is_ambiguous() => Err(Error::new(Problem::OldItemLost)),
                        _ => Ok(old.into_json()?),
                    }
                }
                Err(error)
                    if call.attempts().is_ambiguous()
                        && request::item_of_failed_check(&error).is_some_and(|item| is_of::<M>(&item, &stamp)) =>
                {
                    self.ready = Some((ready.key, ready.stamps));
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

    fn render(&mut self, stamp: &Stamp<'_>) -> Result<(Ready<M>, Expressions)> {
        let asked = match self.mode {
            Mode::Create => Some(Cond::key_absent(M::SCHEMA)),
            Mode::Replace => {
                self.lock = Lock::in_hand(self.model)?;
                self.lock.as_ref().map(Lock::condition)
            }
            Mode::Overwrite => None,
        };
        let ready = Ready::new(self.model, stamp, self.mode.verb())?;
        let expressions = Expressions::new(both(asked, self.condition.clone()).as_ref(), Aliases::new())?;
        Ok((ready, expressions))
    }
}

impl<M: DynamoModel> Write for Put<'_, M> {
    fn schema(&self) -> &'static Schema {
        M::SCHEMA
    }

    fn table(&self, db: &Db) -> String {
        db.table_name::<M>()
    }

    fn prepare(&mut self, stamp: &Stamp<'_>, table: &str) -> Result<Prepared> {
        let (ready, expressions) = self.render(stamp)?;
        let put = types::Put::builder()
            .table_name(table)
            .set_item(Some(encoded(ready.item)))
            .set_return_values_on_condition_check_failure(expressions.on_failure())
            .set_condition_expression(expressions.condition)
            .set_expression_attribute_names(expressions.names)
            .set_expression_attribute_values(expressions.values)
            .build()
            .map_err(|error| Error::construction(error, "TransactWriteItems"))?;
        let key = ready.key.values()?.to_vec();
        self.ready = Some((ready.key, ready.stamps));
        Ok(Prepared { request: TransactWriteItem::builder().put(put).build(), key, size: ready.size })
    }

    fn commit(&mut self) {
        if let Some((_, stamps)) = &mut self.ready {
            self.model.swap_stamps(stamps);
        }
    }

    fn after(&self) -> Result<()> {
        match &self.ready {
            Some((key, _)) => Ok(M::run_after_write(&hook::Write::item_of(self.mode.verb(), key, self.model))?),
            None => Ok(()),
        }
    }

    fn failed(&self, item: Option<&Item>) -> Failed {
        // An item shows that the key is taken; without one, only `create` by itself has no other condition that can be false.
        match (self.mode, item, &self.condition) {
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
