//! `Db`: the SDK client together with table names, clock and id source.

use std::any::type_name;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use std::time::SystemTime;

use aws_sdk_dynamodb::Client;

use crate::call;
use crate::deadline::Deadline;
use crate::direct::Forms;
use crate::meter::Meter;
use crate::model::DynamoModel;
use crate::schema::Schema;
use crate::sleep::Sleep;
use crate::stamp::{Clock, IdSource, RandomIds, Stamp, SystemClock};
#[cfg(feature = "tokens")]
use crate::token::{TokenKey, Tokens};

/// A handle on DynamoDB: the official client, and what dynorm needs beside it.
///
/// A clone is cheap and shares everything. There is no global handle: each verb is given one, as in `Book::get(key).send(&db)`.
///
/// ```
/// # async fn run() {
/// let client = aws_sdk_dynamodb::Client::from_conf(
///     aws_sdk_dynamodb::Config::builder().behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest()).build(),
/// );
/// let db = dynorm::Db::builder(client).table_prefix("staging-").build();
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Db {
    shared: Arc<Shared>,
    meter: Option<Meter>,
    deadline: Option<Deadline>,
}

/// What all handles on one client have in common.
#[derive(Debug)]
struct Shared {
    client: Client,
    forms: Arc<Forms>,
    prefix: String,
    tables: HashMap<&'static str, String>,
    /// The tables of guards, by the names that models have for them.
    unique_tables: HashMap<&'static str, String>,
    clock: Box<dyn Clock>,
    ids: Box<dyn IdSource>,
    #[cfg(feature = "tokens")]
    tokens: Tokens,
}

impl Db {
    /// A handle over a client that is ready: any region, endpoint, connector or interceptor that the SDK can be given.
    ///
    /// The client's interceptors see every request and response as ever, except for the items, which are never put into the SDK's maps: the
    /// output of a read has none, and in the input of a write each item, the values of expressions, and each key of a
    /// TransactGetItems, stand as one binary attribute `(encoded by dynorm)`, which holds the JSON that is sent ([`codec::item_from_json`](crate::codec::item_from_json)
    /// reads it). An interceptor may replace such a map by one of its own.
    /// In a batch or a transaction, the operations on one table stand together as one put, whose item has the attribute
    /// `(operations encoded by dynorm)`: a JSON array of them. An interceptor may replace it, or add operations of its own.
    /// The keys that a BatchGetItem asks of one table likewise stand as one key, with the attribute `(keys encoded by dynorm)`.
    /// One that changes the body of an answer removes the `x-amz-crc32` header with it: dynorm compares them, and a body that was damaged on the
    /// way is no answer.
    ///
    /// One that replaces the SDK's serializer or deserializer takes the items away from dynorm: DynamoDB refuses such a write, for the item has
    /// no key then, and a call that was to return items is the error [`is_decode`](crate::Error::is_decode); neither passes for a
    /// success.
    pub fn new(client: Client) -> Self {
        Db::builder(client).build()
    }

    /// A handle over a client made from the shared configuration, as `aws_config::load_defaults` returns it.
    pub fn from_config(config: &aws_types::SdkConfig) -> Self {
        Db::new(Client::new(config))
    }

    /// A handle with region, credentials and endpoint from the environment, by
    /// [aws-config](https://docs.rs/aws-config/latest/aws_config/fn.load_defaults.html): variables, profiles, roles.
    ///
    /// Nothing is sent to DynamoDB. Credentials that cannot be loaded show as [`is_credentials`](crate::Error::is_credentials) when
    /// something is.
    #[cfg(feature = "aws-config")]
    pub async fn from_env() -> Self {
        Db::from_config(&aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await)
    }

    /// Starts a handle with other table names, clock or ids.
    pub fn builder(client: Client) -> DbBuilder {
        DbBuilder {
            client,
            prefix: String::new(),
            tables: HashMap::new(),
            unique_tables: HashMap::new(),
            clock: Box::new(SystemClock),
            ids: Box::new(RandomIds),
            deadline: None,
            #[cfg(feature = "tokens")]
            tokens: Tokens::default(),
        }
    }

    /// The SDK's client, for whatever dynorm does not offer: the one that was given, with all its settings.
    ///
    /// It has one interceptor more, which does nothing in requests that are not dynorm's own.
    pub fn client(&self) -> &Client {
        &self.shared.client
    }

    /// What the client wrote for requests.
    pub(crate) fn forms(&self) -> &Arc<Forms> {
        &self.shared.forms
    }

    /// The name of a model's table: the one given to [`DbBuilder::table`], else the prefix and the model's own.
    pub fn table_name<M: DynamoModel>(&self) -> String {
        match self.shared.tables.get(type_name::<M>()) {
            Some(name) => name.clone(),
            None => [&*self.shared.prefix, M::SCHEMA.table].concat(),
        }
    }

    /// The name of the table that has the guards of a model's `unique` values, if the model names one with `unique_table`: the name given
    /// to [`DbBuilder::unique_table`], else the prefix and the model's own.
    pub fn unique_table_name<M: DynamoModel>(&self) -> Option<String> {
        M::SCHEMA.unique_table.map(|name| self.unique_table(name))
    }

    /// The table that has the guards of a model whose items are in `table`.
    pub(crate) fn guard_table<'a>(&self, schema: &Schema, table: &'a str) -> Cow<'a, str> {
        schema.unique_table.map_or(Cow::Borrowed(table), |name| Cow::Owned(self.unique_table(name)))
    }

    fn unique_table(&self, name: &str) -> String {
        match self.shared.unique_tables.get(name) {
            Some(name) => name.clone(),
            None => [&*self.shared.prefix, name].concat(),
        }
    }

    /// What sums the calls of this handle.
    pub(crate) fn meter(&self) -> Option<&Meter> {
        self.meter.as_ref()
    }

    /// The same handle, with this meter instead of its own.
    pub(crate) fn with_meter(&self, meter: Meter) -> Self {
        Db { meter: Some(meter), ..self.clone() }
    }

    /// A handle on the same client whose calls end after this time, with whatever came of them by then.
    ///
    /// The time is for all that a call does: its requests, the SDK's and dynorm's resends, the pauses between, and the pages of `page`, `all`,
    /// `first` and `count`. In a `stream`, which waits for its consumer, it is for each page. A call that did not end is the error
    /// [`is_deadline`](crate::Error::is_deadline). Without a deadline a call ends when the SDK's own timeouts and retries do; by default the SDK has a
    /// timeout for connecting, and none for a whole operation.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
    /// use std::time::Duration;
    ///
    /// # fn main() { run(async |db: Db| {
    /// let quick = db.with_deadline(Duration::from_secs(2));
    /// match Book::query(Book::key().publisher("Penguin Books")).all(&quick).await {
    ///     Ok(books) => println!("{} books", books.len()),
    ///     Err(error) if error.is_deadline() => println!("not now"),
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(()) }) }
    /// ```
    pub fn with_deadline(&self, deadline: Duration) -> Self {
        Db { deadline: Some(Deadline::new(deadline)), ..self.clone() }
    }

    /// This handle for one call of several requests, which begins now: they share its deadline.
    pub(crate) fn started(&self) -> Self {
        Db { deadline: self.running_deadline(), ..self.clone() }
    }

    /// The deadline of what begins now.
    pub(crate) fn running_deadline(&self) -> Option<Deadline> {
        self.deadline.as_ref().map(|deadline| deadline.started(Sleep::of(self).timer()))
    }

    /// The deadline of the call that this handle is for, which has begun.
    pub(crate) fn begun_deadline(&self) -> Option<&Deadline> {
        self.deadline.as_ref().filter(|deadline| deadline.has_begun())
    }

    /// What page tokens are sealed and opened with.
    #[cfg(feature = "tokens")]
    pub(crate) fn tokens(&self) -> &Tokens {
        &self.shared.tokens
    }

    /// The time of a call, read once for it.
    pub(crate) fn now(&self) -> SystemTime {
        self.shared.clock.now()
    }

    pub(crate) fn stamp(&self) -> Stamp<'_> {
        Stamp::new(&*self.shared.clock, &*self.shared.ids)
    }
}

/// Builds a [`Db`].
#[derive(Debug)]
#[must_use = "call `.build()`"]
pub struct DbBuilder {
    client: Client,
    prefix: String,
    tables: HashMap<&'static str, String>,
    /// The tables of guards, by the names that models have for them.
    unique_tables: HashMap<&'static str, String>,
    clock: Box<dyn Clock>,
    ids: Box<dyn IdSource>,
    deadline: Option<Duration>,
    #[cfg(feature = "tokens")]
    tokens: Tokens,
}

impl DbBuilder {
    /// Puts this before the table name of every model that has no name of its own here.
    pub fn table_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Names the table of one model, whatever its `table` attribute and the prefix say.
    pub fn table<M: DynamoModel>(mut self, name: impl Into<String>) -> Self {
        self.tables.insert(type_name::<M>(), name.into());
        self
    }

    /// Names the table that has the guards of a model's `unique` values, whatever its `unique_table` attribute and the prefix say. It is the
    /// one of every model with the same `unique_table`; for a model without one it says nothing.
    ///
    /// Handles on different tables of one model need different tables of guards as well.
    pub fn unique_table<M: DynamoModel>(mut self, name: impl Into<String>) -> Self {
        if let Some(declared) = M::SCHEMA.unique_table {
            self.unique_tables.insert(declared, name.into());
        }
        self
    }

    /// Takes the time of `created` and `updated` from here instead of the system clock.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Takes the ids of `auto` fields from here instead of the system's randomness.
    pub fn ids(mut self, ids: impl IdSource) -> Self {
        self.ids = Box::new(ids);
        self
    }

    /// Ends every call after this time, as [`Db::with_deadline`] does for another handle.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Seals page tokens with the first of these keys, and opens those of every one.
    ///
    /// To change the key, put the new one first and keep the old one behind it for as long as a token lives.
    #[cfg(feature = "tokens")]
    pub fn token_keys(mut self, keys: impl IntoIterator<Item = TokenKey>) -> Self {
        self.tokens.keys = keys.into_iter().collect();
        self
    }

    /// How long a page token is good for after it was made, in whole seconds: a day, unless this says otherwise. It goes by the
    /// [clock](DbBuilder::clock).
    #[cfg(feature = "tokens")]
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.tokens.lifetime = lifetime;
        self
    }

    /// The finished handle.
    pub fn build(self) -> Db {
        let client = call::connect(&self.client);
        let shared = Shared {
            client,
            forms: Arc::default(),
            prefix: self.prefix,
            tables: self.tables,
            unique_tables: self.unique_tables,
            clock: self.clock,
            ids: self.ids,
            #[cfg(feature = "tokens")]
            tokens: self.tokens,
        };
        Db { shared: Arc::new(shared), meter: None, deadline: self.deadline.map(Deadline::new) }
    }
}
