//! `transact_get`: items of several models as they were at one moment, in one TransactGetItems.

use std::collections::HashMap;
use std::fmt;
use std::time::SystemTime;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_get_items::TransactGetItemsError;
use aws_sdk_dynamodb::types::{Get, TransactGetItem};

use super::receive::Responses;
use crate::backoff::Backoff;
use crate::call::{Call, operation};
use crate::db::Db;
use crate::direct::encoded;
use crate::error::{
    Canceled, CancellationReason, DecodeError, Error, Failed, Problem, Result, ServiceError, TransactionLimit,
};
use crate::expiry::Expiry;
use crate::key::{FullKey, Key, KeyValue, push_key};
use crate::model::DynamoModel;
use crate::schema::{AttributeRole, Schema};
use crate::stored;

const OPERATION: &str = "TransactGetItems";

/// A tuple of up to 12 complete keys, which together read the tuple `O` of optional items. Sealed.
#[diagnostic::on_unimplemented(
    message = "`transact_get` takes a tuple of 1 to 12 complete keys",
    label = "not a tuple of complete keys",
    note = "one key is `(key,)`"
)]
pub trait Gets<O> {
    /// The keys without their types.
    #[doc(hidden)]
    fn into_wanted(self, db: &Db) -> Result<Vec<Wanted>>;
    /// Reads the answers, which are as many as the keys.
    #[doc(hidden)]
    fn read(answers: Vec<Answer>) -> Result<O>;
}

/// A key that is asked for.
#[derive(Debug)]
pub struct Wanted {
    schema: &'static Schema,
    table: String,
    key: Vec<(&'static str, KeyValue)>,
}

impl Wanted {
    fn new<M: DynamoModel>(key: &Key<M>, db: &Db) -> Result<Self> {
        let table = db.table_name::<M>();
        match key.values() {
            Ok(values) => Ok(Wanted { schema: M::SCHEMA, table, key: values.to_vec() }),
            Err(error) => Err(Error::from(error).during(M::SCHEMA, OPERATION, &table)),
        }
    }

    fn request(&self) -> Result<TransactGetItem> {
        let mut key = Vec::with_capacity(96);
        push_key(&self.key, &mut key);
        let get = Get::builder().table_name(&self.table).set_key(Some(encoded(key))).build();
        Ok(TransactGetItem::builder().get(get.map_err(|error| Error::construction(error, OPERATION))?).build())
    }
}

/// What came for a key: the item's JSON, if there is an item.
#[derive(Debug)]
pub struct Answer {
    item: Option<String>,
    key: Vec<(&'static str, KeyValue)>,
    table: String,
    /// The time of the call, to leave out what has expired; `None` to return that too.
    now: Option<SystemTime>,
}

impl Answer {
    fn read<M: DynamoModel>(answer: Option<Self>) -> Result<Option<M>> {
        let Some(Answer { item: Some(item), key, table, now }) = answer else { return Ok(None) };
        let expiry = now.and_then(|now| Expiry::of(M::SCHEMA, || now));
        if expiry.is_some_and(|expiry| expiry.has_passed_in(item.as_bytes())) {
            return Ok(None);
        }
        let model = stored::decode_bytes(item.as_bytes());
        let key = || key.iter().map(|(name, value)| ((*name).to_owned(), value.to_sdk())).collect();
        model.map(Some).map_err(|error| error.during(M::SCHEMA, OPERATION, &table).about(key()))
    }
}

macro_rules! gets {
    ($($key:ident $model:ident),+) => {
        impl<$($key, $model),+> Gets<($(Option<$model>,)+)> for ($($key,)+)
        where
            $($key: FullKey<Model = $model>, $model: DynamoModel),+
        {
            #[allow(non_snake_case)]
            fn into_wanted(self, db: &Db) -> Result<Vec<Wanted>> {
                let ($($key,)+) = self;
                Ok(vec![$(Wanted::new(&$key.into_key(), db)?),+])
            }

            fn read(answers: Vec<Answer>) -> Result<($(Option<$model>,)+)> {
                let mut answers = answers.into_iter();
                Ok(($(Answer::read::<$model>(answers.next())?,)+))
            }
        }
    };
}
gets!(A MA);
gets!(A MA, B MB);
gets!(A MA, B MB, C MC);
gets!(A MA, B MB, C MC, D MD);
gets!(A MA, B MB, C MC, D MD, E ME);
gets!(A MA, B MB, C MC, D MD, E ME, F MF);
gets!(A MA, B MB, C MC, D MD, E ME, F MF, G MG);
gets!(A MA, B MB, C MC, D MD, E ME, F MF, G MG, H MH);
gets!(A MA, B MB, C MC, D MD, E ME, F MF, G MG, H MH, I MI);
gets!(A MA, B MB, C MC, D MD, E ME, F MF, G MG, H MH, I MI, J MJ);
gets!(A MA, B MB, C MC, D MD, E ME, F MF, G MG, H MH, I MI, J MJ, K MK);
gets!(A MA, B MB, C MC, D MD, E ME, F MF, G MG, H MH, I MI, J MJ, K MK, L ML);

/// Reads several items at one moment: made by [`Db::transact_get`], sent by [`send`](TransactGet::send).
#[must_use = "nothing is sent until `.send()`"]
pub struct TransactGet<'a, O> {
    db: &'a Db,
    // Without the type of the keys, `send` needs no bound on it, which would report a wrong key a second time.
    wanted: Result<Vec<Wanted>>,
    with_expired: bool,
    read: fn(Vec<Answer>) -> Result<O>,
}

impl Db {
    /// Reads items of any models by their complete keys, as they were at one moment: a tuple of keys gives a tuple of items.
    ///
    /// ```
    /// # use dynorm::{Db, DynamoModel};
    /// # #[derive(DynamoModel)] #[dynorm(table = "accounts")] struct Account { #[dynorm(partition_key)] id: String, cents: u64 }
    /// # #[derive(DynamoModel)] #[dynorm(table = "customers")] struct Customer { #[dynorm(partition_key)] id: String, name: String }
    /// # async fn run(db: &Db) -> dynorm::Result<()> {
    /// let (account, customer) = db.transact_get((Account::key().id("a-1"), Customer::key().id("c-1"))).send().await?;
    /// if let (Some(account), Some(customer)) = (account, customer) {
    ///     println!("{} has {} cents", customer.name, account.cents);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn transact_get<T: Gets<O>, O>(&self, keys: T) -> TransactGet<'_, O> {
        TransactGet { db: self, wanted: keys.into_wanted(self), with_expired: false, read: T::read }
    }
}

impl<O> TransactGet<'_, O> {
    /// Returns items also when their `ttl` has passed.
    pub fn with_expired(mut self) -> Self {
        self.with_expired = true;
        self
    }

    /// Reads all of them, `None` where there is no item: one TransactGetItems, two read units for each 4 KB of each item.
    ///
    /// No write of another transaction is seen in part. A read that such a write, or throttling, gets in the way of is sent again, up to
    /// eight times in all, with growing pauses of random length.
    ///
    /// # Errors
    /// [`is_key`](Error::is_key), and [`is_transaction_limit`](Error::is_transaction_limit) for the same key twice, before anything is sent;
    /// [`is_transaction_canceled`](Error::is_transaction_canceled), with a [reason](Error::reasons) for each key;
    /// [`is_decode`](Error::is_decode) if an item is not its model; and what the service or the connection reports.
    ///
    /// [TransactGetItems](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html)
    pub async fn send(self) -> Result<O> {
        let TransactGet { db, wanted, with_expired, read } = self;
        let wanted = wanted?;
        let expires = |wanted: &Wanted| wanted.schema.with_role(AttributeRole::Ttl).is_some();
        let now = (!with_expired && wanted.iter().any(expires)).then(|| db.now());
        let answers = run(db, wanted, now).await.map_err(|error| error.during_operation(OPERATION))?;
        read(answers)
    }
}

async fn run(db: &Db, wanted: Vec<Wanted>, now: Option<SystemTime>) -> Result<Vec<Answer>> {
    check(&wanted)?;
    let db = &db.started();
    let mut backoff = Backoff::new(db);
    loop {
        let call = Call::of_many(db, &operation::TRANSACT_GET_ITEMS);
        let items = call.receive::<Responses>();
        let requests = wanted.iter().map(Wanted::request).collect::<Result<Vec<_>>>()?;
        match call.send(|client| client.transact_get_items().set_transact_items(Some(requests)).send()).await {
            Ok(_) => {
                let Responses(items) = items.finish()?;
                if items.len() != wanted.len() {
                    return Err(DecodeError::invalid("the answer has not one entry for each key").into());
                }
                return Ok(items
                    .into_iter()
                    .zip(wanted)
                    .map(|(item, Wanted { table, key, .. })| Answer { item, key, table, now })
                    .collect());
            }
            Err(error) => {
                let canceled = canceled(&wanted, error)?;
                if !canceled.is_transient() || !backoff.after(true).await {
                    return Err(Error::new(Problem::Canceled(canceled)));
                }
            }
        }
    }
}

fn check(wanted: &[Wanted]) -> Result<()> {
    let mut places = HashMap::new();
    for (place, Wanted { table, key, .. }) in wanted.iter().enumerate() {
        if let Some(first) = places.insert((table, key), place) {
            return Err(Error::new(Problem::TransactionLimit(TransactionLimit::SameItem(first, place))));
        }
    }
    Ok(())
}

/// What each key met, or the error if it is another one than a cancellation.
fn canceled(wanted: &[Wanted], error: SdkError<TransactGetItemsError>) -> Result<Canceled> {
    let Some(TransactGetItemsError::TransactionCanceledException(canceled)) = error.as_service_error() else {
        return Err(Error::service(error));
    };
    let mut given = canceled.cancellation_reasons().iter();
    let reasons = wanted.iter().map(|wanted| {
        // A read has no condition; the meaning of a failed one is asked for all the same.
        CancellationReason::new(wanted.schema, wanted.table.clone(), given.next(), |_| Failed::Condition)
    });
    Ok(Canceled { reasons: reasons.collect(), source: ServiceError::new(error) })
}

impl<O> fmt::Debug for TransactGet<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransactGet").finish_non_exhaustive()
    }
}
