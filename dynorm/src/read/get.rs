//! `get`: one item by its complete key in one GetItem.

use std::fmt;
use std::marker::PhantomData;
use std::time::SystemTime;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::get_item::builders::GetItemFluentBuilder;

use super::from_item::FromItem;
use super::receive::{As, AsJson, ItemDecoder, One};
use crate::attribute::Item;
use crate::call::{Call, operation};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::expiry::Expiry;
use crate::explain::{Explain, Placeholders};
use crate::expr::{Aliases, projection};
use crate::key::{Key, KeyValue};
use crate::model::DynamoModel;
use crate::projection::DynamoProjection;
use crate::request::given;
use crate::schema::Schema;
use crate::target::Table;
use crate::write::Tracked;

/// Reads one item: made by [`DynamoModel::get`], sent by [`send`](Get::send).
#[must_use = "nothing is sent until `.send(&db)`"]
pub struct Get<M, T = M> {
    key: Key<M>,
    consistent: bool,
    with_expired: bool,
    read: PhantomData<fn() -> T>,
}

impl<M: DynamoModel> Get<M> {
    pub(crate) fn new(key: Key<M>) -> Self {
        Get { key, consistent: false, with_expired: false, read: PhantomData }
    }

    /// Returns the item as a [`Tracked`] one, whose `save` writes only what changed and keeps attributes that the model does not know.
    pub fn tracked(self) -> GetTracked<M> {
        GetTracked(self)
    }
}

impl<M: DynamoModel, T> Get<M, T> {
    /// Sees every write that succeeded before, for twice the read units.
    pub fn consistent(mut self) -> Self {
        self.consistent = true;
        self
    }

    /// Reads only the attributes of a [projection](DynamoProjection), for the price of the whole item.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
    /// use dynorm::DynamoProjection;
    ///
    /// #[derive(DynamoProjection)]
    /// #[dynorm(of = Book)]
    /// struct Title {
    ///     title: String,
    /// }
    ///
    /// # fn main() { run(async |db: Db| {
    /// let title = Book::get(&persuasion()).project::<Title>().send(&db).await?;
    /// assert_eq!(title.map(|title| title.title).as_deref(), Some("Persuasion"));
    /// # Ok(()) }) }
    /// ```
    pub fn project<P: DynamoProjection<Model = M>>(self) -> Get<M, P> {
        self.read_as()
    }

    fn read_as<U>(self) -> Get<M, U> {
        let Get { key, consistent, with_expired, .. } = self;
        Get { key, consistent, with_expired, read: PhantomData }
    }

    /// Returns the item also when its `ttl` has passed. DynamoDB deletes expired items within a few days, and until then they are hidden
    /// from reads that do not ask for them.
    pub fn with_expired(mut self) -> Self {
        self.with_expired = true;
        self
    }

    /// Returns the raw item, with every attribute that is stored, whatever the model says.
    pub fn raw(self) -> Get<M, Item> {
        self.read_as()
    }
}

impl<M: DynamoModel + 'static, T: FromItem<M>> Get<M, T> {
    /// Reads the item, `None` if there is none: one GetItem, half a read unit for each 4 KB, one with [`consistent`](Get::consistent).
    ///
    /// # Errors
    /// [`is_key`](Error::is_key) before anything is sent; [`is_decode`](Error::is_decode) if the item is not a `T`;
    /// and what the service or the connection reports.
    ///
    /// [GetItem](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html)
    pub async fn send(self, db: &Db) -> Result<Option<T>> {
        let table = db.table_name::<M>();
        let read = self.run::<As<T, Table, M>>(db, &table).await;
        read.map_err(|error| error.during(M::SCHEMA, "GetItem", &table))
    }
}

impl<M: DynamoModel, T: FromItem<M>> Get<M, T> {
    /// The GetItem request that [`send`](Get::send) sends, to look at, to change, and to send with the SDK. Nothing is sent.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
    /// # fn main() { run(async |db: Db| {
    /// let request = Book::get(&persuasion()).request(&db)?;
    /// let answer = request.consistent_read(true).send().await.expect("the table is there");
    /// assert!(answer.item().is_some_and(|item| item.contains_key("title")));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`is_key`](Error::is_key).
    pub fn request(&self, db: &Db) -> Result<GetItemFluentBuilder> {
        let table = db.table_name::<M>();
        self.build(db.client(), &table).map_err(|error| error.during(M::SCHEMA, "GetItem", &table))
    }

    /// What the call would send, and what it is billed for. Nothing is sent.
    ///
    /// # Errors
    /// [`is_key`](Error::is_key).
    pub fn explain(&self, db: &Db) -> Result<Explain> {
        let request = self.request(db)?;
        let placeholders = Placeholders { names: request.get_expression_attribute_names(), values: &None };
        let explain = Explain::new("GetItem", M::SCHEMA, &db.table_name::<M>());
        let unit = if self.consistent { "one read unit" } else { "half a read unit" };
        Ok(Explain {
            consistent: self.consistent,
            projection: placeholders.hide(request.get_projection_expression()),
            billing: format!(
                "{unit} for each 4 KB of the whole item, rounded up; as much as for 4 KB if there is none"
            ),
            ..explain.key_of_item(M::SCHEMA, request.get_key().as_ref())
        })
    }

    fn build(&self, client: &Client, table: &str) -> Result<GetItemFluentBuilder> {
        let mut aliases = Aliases::new();
        let ttl = self.expiry(|| SystemTime::UNIX_EPOCH).map(|expiry| expiry.attribute);
        let attributes = T::attributes(None).map(|attributes| attributes.into_iter().chain(ttl));
        let projection = attributes.map(|attributes| projection(attributes, &mut aliases)).transpose()?;
        let (names, _) = aliases.into_sdk()?;
        Ok(given!(
            client.get_item().table_name(table).set_key(Some(self.key.to_sdk()?)),
            set_consistent_read(self.consistent.then_some(true)),
            set_projection_expression(projection),
            set_expression_attribute_names(names),
        ))
    }

    fn expiry(&self, now: impl FnOnce() -> SystemTime) -> Option<Expiry> {
        Expiry::of(M::SCHEMA, now).filter(|_| !self.with_expired)
    }

    async fn run<D: ItemDecoder>(self, db: &Db, table: &str) -> Result<Option<D::Output>> {
        let request = self.build(db.client(), table)?;
        let call = Call::new(db, &operation::GET_ITEM, M::SCHEMA, table);
        let item = call.receive_live::<One<D>>(self.expiry(|| db.now()));
        call.send(|_| request.send()).await.map_err(Error::service)?;
        let item = item.finish()?.item.transpose();
        item.map_err(|error| match self.key.to_sdk() {
            Ok(key) => Error::from(error).about(key.into()),
            Err(_) => error.into(),
        })
    }
}

/// Reads the JSON of one item, consistently: what a write has to know before it is sent.
pub(crate) async fn read_json(
    db: &Db,
    schema: &'static Schema,
    table: &str,
    key: &[(&'static str, KeyValue)],
) -> Result<Option<String>> {
    let key = key.iter().map(|(name, value)| ((*name).to_owned(), value.to_sdk())).collect();
    let call = Call::new(db, &operation::GET_ITEM, schema, table);
    let item = call.receive::<One<AsJson>>();
    let request = |client: &Client| client.get_item().table_name(table).set_key(Some(key)).consistent_read(true).send();
    call.send(request).await.map_err(Error::service)?;
    Ok(item.finish()?.item.transpose()?)
}

impl<M, T> fmt::Debug for Get<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Get").field("key", &self.key).field("consistent", &self.consistent).finish()
    }
}

/// A [`Get`] that returns the item [`Tracked`].
#[derive(Debug)]
#[must_use = "nothing is sent until `.send(&db)`"]
pub struct GetTracked<M>(Get<M>);

impl<M: DynamoModel + Send + 'static> GetTracked<M> {
    /// Sees every write that succeeded before, for twice the read units.
    pub fn consistent(self) -> Self {
        GetTracked(self.0.consistent())
    }

    /// Returns the item also when its `ttl` has passed.
    pub fn with_expired(self) -> Self {
        GetTracked(self.0.with_expired())
    }

    /// As [`Get::send`].
    ///
    /// # Errors
    /// Those of [`Get::send`].
    pub async fn send(self, db: &Db) -> Result<Option<Tracked<M>>> {
        let table = db.table_name::<M>();
        let read = self.0.run::<AsJson>(db, &table).await;
        let tracked = read.and_then(|item| item.map(Tracked::load).transpose());
        tracked.map_err(|error| error.during(M::SCHEMA, "GetItem", &table))
    }
}
