//! `update`: single attributes of one item in one UpdateItem.

mod actions;
mod complete;
mod returning;

use std::fmt;
use std::marker::PhantomData;

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValue;

pub use returning::UpdateReturning;

use super::ExactlyOnce;
use super::action::Action;
use super::hook::{self, Verb};
use super::operation::{Expressions, Prepared, Write, is_of};
use super::request::Alone;
use super::unique::{self, Claims, Held, Known, ReadFirst};
use super::upsert::{Existing, Presence, Upsert};
use crate::attribute::Item;
use crate::call::{Call, operation};
use crate::db::Db;
use crate::direct::Received;
use crate::error::{Error, ExpressionError, Failed, Problem, Result};
use crate::expiry::{self, Expiry};
use crate::explain::Explain;
use crate::expr::{Aliases, Cond, Condition, UpdateExpr, both};
use crate::key::{Key, KeyBuf, KeyValue};
use crate::lock::{self, Lock};
use crate::model::{DynamoModel, Versioned};
use crate::read::{AsJson, One};
use crate::request;
use crate::schema::Schema;
use crate::stamp::{Stamp, Version};

/// Changes attributes of an item that exists, or of one that may be new: made by [`DynamoModel::update`], sent by [`send`](Update::send).
///
/// Each attribute can be changed once, and all changes see the item as it was before. A path into a map or list fails
/// (`ValidationException`) where that map or list does not exist; after [`guard`](Update::guard) it is a failed condition.
///
/// ```
/// # use std::collections::BTreeSet;
/// # use dynorm::{Db, DynamoAttribute, DynamoModel};
/// #[derive(Debug, DynamoAttribute)]
/// struct Address {
///     city: String,
/// }
///
/// #[derive(Debug, DynamoModel)]
/// #[dynorm(table = "shops")]
/// struct Shop {
///     #[dynorm(partition_key)]
///     id: String,
///     address: Address,
///     phone: Option<String>,
///     visits: u64,
///     rating: Option<u8>,
///     news: Vec<String>,
///     tags: BTreeSet<String>,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let local = dynorm_local::Local::memory().await?;
/// # let db = local.db();
/// # Shop::create_table().send(&db).await?;
/// # Shop {
/// #     id: "7".into(), address: Address { city: "Leeds".into() }, phone: Some("1".into()), visits: 1, rating: None,
/// #     news: vec!["old".into(), "older".into()], tags: BTreeSet::from(["toys".into()]),
/// # }.create().send(&db).await?;
/// let shop = Shop::update(Shop::key().id("7"))
///     .set(Shop::ADDRESS.dot(Address::CITY), "York") // a place inside
///     .set(Shop::VISITS, Shop::VISITS + 1) // computed by DynamoDB
///     .set_if_not_exists(Shop::RATING, 3)
///     .list_prepend(Shop::NEWS, ["new"])
///     .add(Shop::TAGS, ["books"]) // elements of a set; also numbers
///     .remove(Shop::PHONE)
///     .return_new()
///     .send(&db)
///     .await?;
/// assert_eq!((&*shop.address.city, shop.visits, shop.rating, shop.phone), ("York", 2, Some(3), None));
/// assert_eq!(shop.news, ["new", "old", "older"]);
///
/// let again = Shop::update(Shop::key().id("7"))
///     .set(Shop::NEWS.at(0), "newest")
///     .remove(Shop::NEWS.at(2))
///     .list_append(Shop::NEWS, ["late"]) // a list is changed once: this overlaps
///     .send(&db);
/// assert!(again.await.is_err_and(|error| error.is_expression()));
/// Shop::update(Shop::key().id("7")).delete_from(Shop::TAGS, ["toys"]).send(&db).await?;
/// # Ok(()) }
/// ```
#[must_use = "nothing is sent until `.send(&db)`"]
pub struct Update<M, P = Existing> {
    key: Key<M>,
    changes: UpdateExpr<M>,
    /// The version that the caller expects, the version's attribute, and what it becomes.
    expected: Option<(Lock, &'static str, Vec<u8>)>,
    /// Which items count as gone, at the moment of the call.
    expiry: Option<Expiry>,
    condition: Option<Cond<M, Condition>>,
    /// A lower bound of the bytes that DynamoDB counts for the item.
    size: usize,
    index_keys: Vec<KeyBuf>,
    guarded: bool,
    /// Whether an item that it creates need not be complete.
    partial: bool,
    /// Whether the caller said that the item is to be read first.
    reads: bool,
    /// The item that is changed, where its unique values matter.
    known: Known,
    /// What it will hold then.
    after: Option<Held>,
    /// What it asks of the item, once the changes have with them what goes along.
    asked: Option<Option<Cond<M, Condition>>>,
    /// Whether the `before_write` hook has looked.
    hooked: bool,
    presence: PhantomData<fn() -> P>,
}

impl<M: DynamoModel> Update<M> {
    pub(crate) fn new(key: Key<M>) -> Self {
        Update {
            key,
            changes: UpdateExpr::new(),
            expected: None,
            expiry: None,
            condition: None,
            size: 0,
            index_keys: Vec::new(),
            guarded: false,
            partial: false,
            reads: false,
            known: Known::default(),
            after: None,
            asked: None,
            hooked: false,
            presence: PhantomData,
        }
    }

    /// Creates the item if there is none.
    ///
    /// Sets also what such an item needs beside the changes: the fields that its key is made of, the keys of indexes, the `entity`, and, if they
    /// are absent, `created` and `auto` fields. A field that is neither set nor optional is the error
    /// [`is_expression`](crate::Error::is_expression) before anything is sent, as the item could not be read back;
    /// [`partial`](Update::partial) allows it. An item that has expired, but is not deleted yet, is changed as it is, and stays hidden unless its
    /// `ttl` is set as well.
    ///
    /// ```
    /// # use dynorm::{Db, DynamoModel};
    /// #[derive(DynamoModel)]
    /// #[dynorm(table = "visits", sort_key = "{page}#{day}")]
    /// struct Visits {
    ///     #[dynorm(partition_key)]
    ///     site: String,
    ///     page: String,
    ///     day: String,
    ///     count: u64,
    /// }
    /// # async fn run(db: &Db) -> dynorm::Result<()> {
    /// let today = Visits::key().site("example.com").page("/").day("2026-11-22");
    /// Visits::update(today).upsert().add(Visits::COUNT, 1).send(db).await?;
    /// # Ok(()) }
    /// ```
    pub fn upsert(self) -> Update<M, Upsert> {
        Update {
            key: self.key,
            changes: self.changes,
            expected: self.expected,
            expiry: None,
            condition: self.condition,
            size: self.size,
            index_keys: self.index_keys,
            guarded: self.guarded,
            partial: self.partial,
            reads: self.reads,
            known: self.known,
            after: self.after,
            asked: self.asked,
            hooked: self.hooked,
            presence: PhantomData,
        }
    }
}

impl<M: DynamoModel> Update<M, Upsert> {
    /// Allows that an item that it creates has no value for some required fields, so that it cannot be read as a `M` yet.
    pub fn partial(mut self) -> Self {
        self.partial = true;
        self
    }
}

impl<M: DynamoModel, P: Presence> Update<M, P> {
    /// Changes the item only if this holds for it as it is before. Several conditions must all hold.
    pub fn condition(mut self, condition: Cond<M, Condition>) -> Self {
        self.condition = both(self.condition, Some(condition));
        self
    }

    /// Sends it as a transaction of one write, with a token by which DynamoDB knows a resend: see [`ExactlyOnce`].
    ///
    /// For an `add`, a computation or a `list_append` that must neither be lost nor be applied twice.
    pub fn exactly_once(self) -> ExactlyOnce<Self> {
        ExactlyOnce::new(self)
    }

    /// Changes the item only if this is its version. Without it an update counts the version up and asks for none.
    ///
    /// ```
    /// # use dynorm::{Db, DynamoModel};
    /// # #[derive(DynamoModel)] #[dynorm(table = "books")]
    /// # struct Book { #[dynorm(partition_key)] isbn: String, title: String, #[dynorm(version)] version: u64 }
    /// # async fn run(db: &Db, book: &Book) -> dynorm::Result<()> {
    /// let sent = Book::update(book).set(Book::TITLE, "Emma").expect_version(book.version).send(db).await;
    /// if let Err(error) = &sent
    ///     && error.is_version_conflict()
    /// {
    ///     println!("it is at version {:?}", error.current::<Book>().transpose()?.map(|book| book.version));
    /// }
    /// # sent }
    /// ```
    pub fn expect_version(mut self, version: M::Version) -> Self
    where
        M: Versioned<Version: Version>,
    {
        self.expected = Lock::of_version(M::SCHEMA, &version);
        self
    }

    /// Makes it a [failed condition](crate::Error::is_condition_failed), with the item, that a map or list does not exist into which a change leads;
    /// without this DynamoDB answers `ValidationException`.
    ///
    /// ```
    /// # use std::collections::BTreeMap;
    /// # use dynorm::{Db, DynamoModel};
    /// # #[derive(DynamoModel)] #[dynorm(table = "shops")]
    /// # struct Shop { #[dynorm(partition_key)] id: String, hours: Option<BTreeMap<String, String>> }
    /// # async fn run(db: &Db) -> dynorm::Result<()> {
    /// let monday = Shop::update(Shop::key().id("7")).set(Shop::HOURS.key("mon"), "9-17").guard();
    /// match monday.send(db).await {
    ///     Err(error) if error.is_condition_failed() => println!("the shop has no hours yet"),
    ///     sent => sent?,
    /// }
    /// # Ok(()) }
    /// ```
    pub fn guard(mut self) -> Self {
        self.guarded = true;
        self
    }

    /// Reads the item before it is changed, so that its `unique` fields can be changed too: they need to be known, because the guards of the old
    /// values are deleted. Two requests instead of one, and twice the write capacity.
    ///
    /// ```
    /// # use dynorm::{Db, DynamoModel};
    /// # #[derive(DynamoModel)] #[dynorm(table = "users")]
    /// # struct User { #[dynorm(partition_key)] id: String, #[dynorm(unique)] email: String, logins: u32 }
    /// # async fn run(db: &Db) -> dynorm::Result<()> {
    /// let update = User::update(User::key().id("7")).add(User::LOGINS, 1).read_first().set(User::EMAIL, "jane@example.com");
    /// match update.send(db).await {
    ///     Err(error) if error.is_unique_violation() => println!("somebody has that address"),
    ///     sent => sent?,
    /// }
    /// # Ok(()) }
    /// ```
    pub fn read_first(mut self) -> ReadFirst<M, P> {
        self.reads = true;
        ReadFirst::new(self)
    }

    /// Validates each attribute that is set, stamps `updated`, counts the version up, and sends one UpdateItem: one write unit for each 1
    /// KB of the item.
    ///
    /// If it sets a unique field, which an index key ([`set_key`](Update::set_key)) and an [`upsert`](Update::upsert) may do, the item is
    /// read first and changed in a transaction, as after [`read_first`](Update::read_first), which returns no item.
    ///
    /// Rules are asked about attributes that are set to a value as a whole: not about a place inside of one (`Book::ADDRESS.dot(..)`), nor about
    /// what DynamoDB computes (`add`, `list_append`, `+`), as the result is not known here. A [`condition`](Update::condition) can bound that.
    ///
    /// An update without any change still checks that the item exists, and writes `updated` and `version` if the model has them.
    ///
    /// It is never applied twice with another result than once, but that a `version` that is not expected may count up twice. If it sets
    /// and removes, or expects a version, an attempt without an answer is followed by another; if it adds to numbers, computes, appends to
    /// a list or changes an item of one, it is not sent again then. Success means that it was applied, and an error that it was not, unless
    /// [`is_outcome_unknown`](crate::Error::is_outcome_unknown) says that nobody knows: the last attempt had no answer, or a condition
    /// failed after one without and the item does not have this call's `#[dynorm(write_id)]`. After a drop of this future nobody knows
    /// either. [`exactly_once`](Update::exactly_once) leaves less open, for twice the cost.
    ///
    /// # Errors
    /// [`is_key`](crate::Error::is_key), [`is_validation`](crate::Error::is_validation), [`is_encode`](crate::Error::is_encode) and
    /// [`is_expression`](crate::Error::is_expression) before anything is sent; [`is_not_found`](crate::Error::is_not_found) if there is no item;
    /// [`is_version_conflict`](crate::Error::is_version_conflict) after [`expect_version`](Update::expect_version);
    /// [`is_condition_failed`](crate::Error::is_condition_failed); and what the service or the connection reports.
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
        Ok(Alone::of(&mut self, "UpdateItem", db)?.by_itself()?.update_item(db))
    }

    /// What the write would send, what must hold for it, and what it is billed for. Nothing is sent.
    ///
    /// # Errors
    /// What [`send`](Self::send) refuses before it sends.
    pub fn explain(mut self, db: &Db) -> Result<Explain> {
        Ok(Alone::of(&mut self, "UpdateItem", db)?.explained())
    }

    async fn run(mut self, db: &Db, returned: ReturnValue) -> Result<Option<String>> {
        let table = db.table_name::<M>();
        let sent = async {
            let stamp = db.stamp();
            if self.changes_unique(&stamp)? {
                if returned != ReturnValue::None {
                    return Err(ExpressionError::transacted().into());
                }
                return unique::send(db, &stamp, &mut self).await.map(|()| None);
            }
            let key = self.key.to_sdk()?;
            // A version that was expected is another one after the first time.
            let replayable = self.expected.is_some() || self.changes.is_replayable();
            let (update, expressions) = self.render(&stamp)?;
            let expressions = expressions.into_encoded()?;
            let call = Call::new(db, &operation::UPDATE_ITEM, M::SCHEMA, &table).replayable(replayable);
            let item = (returned != ReturnValue::None).then(|| call.receive::<One<AsJson>>());
            let request = expressions.into_update(&table, key, update, returned.clone());
            let answer = call.send(|client| request.send_with(client)).await;
            match answer {
                Ok(_) => {
                    self.after()?;
                    // What the resend found can be what the first attempt made.
                    if call.attempts().is_ambiguous()
                        && matches!(returned, ReturnValue::AllOld | ReturnValue::UpdatedOld)
                    {
                        return Err(Error::new(Problem::OldItemLost));
                    }
                    Ok(item.map(Received::into_json).transpose()?.flatten())
                }
                Err(error) => {
                    let item = request::item_of_failed_check(&error).filter(|item| is_of::<M>(item, &stamp));
                    match item.filter(|_| call.attempts().is_ambiguous()) {
                        // The condition met what this call's lost attempt wrote.
                        Some(item) => {
                            self.after()?;
                            match returned {
                                ReturnValue::None => Ok(None),
                                ReturnValue::AllNew => unique::as_json(&item).map(Some),
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

    /// Whether the caller asked for no change.
    pub(super) fn changes_nothing(&self) -> bool {
        self.changes.is_empty() && self.index_keys.is_empty()
    }

    /// Refuses what [`send`](Update::send) refuses about the key.
    pub(super) fn check_key(&self, db: &Db) -> Result<()> {
        let checked = self.key.values().map(|_| ()).map_err(Error::from);
        checked.map_err(|error| error.during(M::SCHEMA, "UpdateItem", &db.table_name::<M>()))
    }

    /// Only the conditions, as an operation of a transaction.
    pub(super) fn prepare_check(&mut self, stamp: &Stamp<'_>) -> Result<Prepared> {
        self.expiry = Expiry::of(M::SCHEMA, || stamp.time());
        let lock = self.expected.as_ref().map(|(lock, ..)| lock.condition());
        let condition = both(both(Some(expiry::present(M::SCHEMA, self.expiry)), lock), self.condition.clone());
        let expressions = Expressions::new(condition.as_ref(), Aliases::new())?;
        into_operation(&self.key, None, expressions, 0)
    }

    /// Whether it may change which unique values the item has, which takes a read and a transaction.
    fn changes_unique(&mut self, stamp: &Stamp<'_>) -> Result<bool> {
        if M::SCHEMA.unique.is_empty() {
            return Ok(false);
        }
        self.complete(stamp)?;
        let decides = self.changes.touched().any(|touched| unique::decides(M::SCHEMA, touched.attribute));
        Ok(self.reads || decides)
    }

    fn render(&mut self, stamp: &Stamp<'_>) -> Result<(Option<String>, Expressions)> {
        self.complete(stamp)?;
        let mut aliases = Aliases::new();
        let update = self.changes.render(&mut aliases)?;
        let asked = both(self.asked.clone().flatten(), self.known.condition(M::SCHEMA)?);
        let condition = both(asked, self.condition.clone());
        let expressions = Expressions::new(condition.as_ref(), aliases)?;
        if !std::mem::replace(&mut self.hooked, true) {
            M::run_before_write(&self.as_seen())?;
        }
        Ok((update, expressions))
    }

    fn as_seen(&self) -> hook::Write<'_, M> {
        let verb = if P::MAY_CREATE { Verb::Upsert } else { Verb::Update };
        hook::Write::changes_of(verb, &self.key, &self.changes)
    }
}

impl<M: DynamoModel, P: Presence> Write for Update<M, P> {
    fn schema(&self) -> &'static Schema {
        M::SCHEMA
    }

    fn table(&self, db: &Db) -> String {
        db.table_name::<M>()
    }

    fn reads_first(&mut self, stamp: &Stamp<'_>) -> Result<Option<Vec<(&'static str, KeyValue)>>> {
        Ok(if self.changes_unique(stamp)? { Some(self.key.values()?.to_vec()) } else { None })
    }

    fn was_read(&mut self, item: Option<String>) -> Result<bool> {
        self.known.set(M::SCHEMA, self.key.values()?, item)
    }

    fn prepare(&mut self, stamp: &Stamp<'_>) -> Result<Prepared> {
        let (update, expressions) = self.render(stamp)?;
        self.after = self.known.held_after(M::SCHEMA, self.key.values()?, &self.changes, P::MAY_CREATE)?;
        into_operation(&self.key, update, expressions, self.size)
    }

    fn claims(&self) -> Result<Claims> {
        Ok(Claims { before: self.known.held(), after: self.after.clone() })
    }

    fn commit(&mut self) {}

    fn after(&self) -> Result<()> {
        Ok(M::run_after_write(&self.as_seen())?)
    }

    fn failed(&self, item: Option<&Item>) -> Failed {
        let lock = self.expected.as_ref().map(|(lock, ..)| lock);
        let asked = self.condition.is_some();
        if P::MAY_CREATE {
            lock::failed(lock, asked, item)
        } else {
            lock::failed_or_absent(lock, asked, expiry::live(self.expiry, item))
        }
    }
}

/// An update as an operation of a transaction; one that changes nothing only checks its condition there.
pub(super) fn into_operation<M>(
    key: &Key<M>,
    update: Option<String>,
    expressions: Expressions,
    size: usize,
) -> Result<Prepared> {
    let key = key.values()?.to_vec();
    Ok(Prepared { action: Action::update(&key, update, expressions), key, size })
}

impl<M, P> fmt::Debug for Update<M, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Update").field("key", &self.key).field("changes", &self.changes).finish_non_exhaustive()
    }
}
