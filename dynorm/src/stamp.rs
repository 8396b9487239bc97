//! What a write stamps onto a model: one clock reading for the whole call, and generated ids.

use std::fmt::Debug;
#[cfg(feature = "uuid")]
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use crate::key::Transparent;
use crate::schema::Schema;

/// Where `created` and `updated` take the time from.
///
/// Give [`DbBuilder::clock`](crate::DbBuilder::clock) another one in tests.
pub trait Clock: Debug + Send + Sync + 'static {
    /// The time now. Read once for each call that writes.
    fn now(&self) -> SystemTime;
}

/// The clock of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// Where `auto` fields and the `write_id` take new ids from.
///
/// Give [`DbBuilder::ids`](crate::DbBuilder::ids) another one in tests.
pub trait IdSource: Debug + Send + Sync + 'static {
    /// A new random (version 4) UUID, [RFC 9562](https://www.rfc-editor.org/rfc/rfc9562#section-5.4).
    #[cfg(feature = "uuid")]
    fn uuid_v4(&self) -> uuid::Uuid;
    /// A new time-ordered (version 7) UUID, [RFC 9562](https://www.rfc-editor.org/rfc/rfc9562#section-5.7).
    #[cfg(feature = "uuid")]
    fn uuid_v7(&self, now: SystemTime) -> uuid::Uuid;
}

/// Ids from the operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomIds;

impl IdSource for RandomIds {
    #[cfg(feature = "uuid")]
    fn uuid_v4(&self) -> uuid::Uuid {
        uuid::Uuid::new_v4()
    }

    #[cfg(feature = "uuid")]
    fn uuid_v7(&self, now: SystemTime) -> uuid::Uuid {
        let since_epoch = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let millis = u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX);
        let random = uuid::Uuid::new_v4().into_bytes();
        let mut tail = [0; 10];
        tail.copy_from_slice(&random[..10]);
        // Version 4 spends six bits of its first ten bytes on version and variant: take those from its last six.
        tail[6] = random[10];
        tail[8] = random[11];
        uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
    }
}

/// One call's clock reading and id source, handed to the code that a derive generates.
#[doc(hidden)]
#[derive(Debug)]
pub struct Stamp<'a> {
    now: SystemTime,
    /// Whether `created`, `auto` and `ttl` fields that are unset stay so.
    leaves_unset: bool,
    // Read by `auto` and `write_id` only, which need the feature `uuid`.
    #[cfg_attr(not(feature = "uuid"), allow(dead_code))]
    ids: &'a dyn IdSource,
    /// The ids that were generated: an item that has one was written by this call.
    #[cfg(feature = "uuid")]
    generated: Mutex<Vec<uuid::Uuid>>,
    #[cfg(feature = "uuid")]
    write_id: OnceLock<uuid::Uuid>,
}

impl<'a> Stamp<'a> {
    pub(crate) fn new(clock: &dyn Clock, ids: &'a dyn IdSource) -> Self {
        Stamp {
            now: clock.now(),
            leaves_unset: false,
            ids,
            #[cfg(feature = "uuid")]
            generated: Mutex::default(),
            #[cfg(feature = "uuid")]
            write_id: OnceLock::new(),
        }
    }

    /// The same moment, for a model that gets no `created`, `auto` and `ttl` values because nobody knows which are stored.
    pub(crate) fn leaving_unset(&self) -> Stamp<'a> {
        Stamp {
            now: self.now,
            leaves_unset: true,
            ids: self.ids,
            #[cfg(feature = "uuid")]
            generated: Mutex::default(),
            #[cfg(feature = "uuid")]
            write_id: OnceLock::new(),
        }
    }

    /// Whether this text is an id that was generated for this call and no other.
    pub(crate) fn has_generated(&self, id: &str) -> bool {
        #[cfg(feature = "uuid")]
        return uuid::Uuid::try_parse(id).is_ok_and(|id| self.ids().contains(&id));
        #[cfg(not(feature = "uuid"))]
        {
            // Nothing generates ids.
            let _ = id;
            false
        }
    }

    /// The attribute that says which call wrote an item last, with the id of this one, if the model has such an attribute. All that the call
    /// writes has the same.
    pub(crate) fn write_id(&self, schema: &'static Schema) -> Option<(&'static str, String)> {
        #[cfg(feature = "uuid")]
        return schema.write_id.map(|name| (name, self.write_id.get_or_init(|| self.uuid_v4()).to_string()));
        #[cfg(not(feature = "uuid"))]
        {
            // The derive asks for the feature.
            let _ = schema;
            None
        }
    }

    #[cfg(feature = "uuid")]
    fn ids(&self) -> MutexGuard<'_, Vec<uuid::Uuid>> {
        // Each id is added whole.
        self.generated.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(feature = "uuid")]
    fn generate(&self, id: uuid::Uuid) -> uuid::Uuid {
        self.ids().push(id);
        id
    }

    /// The time in seconds since the Unix epoch, as a time to live is stored.
    pub(crate) fn epoch_seconds(&self) -> u64 {
        self.now.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }

    /// The clock reading.
    pub(crate) fn time(&self) -> SystemTime {
        self.now
    }

    fn fills(&self, is_unset: bool) -> bool {
        is_unset && !self.leaves_unset
    }

    /// The value of a `ttl` field with a lifetime: as it is, or the time that is so long after now if it is unset.
    pub fn expires<T: Timestamp>(&self, current: &T, lifetime: Duration) -> T {
        if self.fills(current.is_unset()) { self.expiry(lifetime) } else { current.clone() }
    }

    /// The time that is so long after now, in whole seconds, as it is stored.
    pub fn expiry<T: Timestamp>(&self, lifetime: Duration) -> T {
        let since_epoch = self.now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let expires = Duration::from_secs(since_epoch.saturating_add(lifetime).as_secs());
        T::from_time(SystemTime::UNIX_EPOCH.checked_add(expires).unwrap_or(self.now))
    }

    /// The value of a `created` field: as it is, or now if it is unset.
    pub fn created<T: Timestamp>(&self, current: &T) -> T {
        if self.fills(current.is_unset()) { T::from_time(self.now) } else { current.clone() }
    }

    /// The value of an `updated` field.
    pub fn updated<T: Timestamp>(&self) -> T {
        T::from_time(self.now)
    }

    /// The value of an `auto` field: as it is, or a new random id if it is unset.
    #[cfg(feature = "uuid")]
    pub fn auto<T: AutoId>(&self, current: &T) -> T {
        if self.fills(current.is_unset()) { T::from_uuid(self.uuid_v4()) } else { current.clone() }
    }

    /// The value of an `auto = v7` field: as it is, or a new time-ordered id if it is unset.
    #[cfg(feature = "uuid")]
    pub fn auto_v7<T: AutoId>(&self, current: &T) -> T {
        if self.fills(current.is_unset()) { T::from_uuid(self.uuid_v7()) } else { current.clone() }
    }

    #[cfg(feature = "uuid")]
    pub(crate) fn uuid_v4(&self) -> uuid::Uuid {
        self.generate(self.ids.uuid_v4())
    }

    #[cfg(feature = "uuid")]
    pub(crate) fn uuid_v7(&self) -> uuid::Uuid {
        self.generate(self.ids.uuid_v7(self.now))
    }
}

/// A type that a `created`, `updated` or `ttl` field can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot hold the time of a write",
    label = "not a timestamp",
    note = "`created`, `updated` and `ttl` fields are `chrono::DateTime<Utc>` (feature `chrono`), `SystemTime`, or an `Option` of one"
)]
pub trait Timestamp: Clone + Send {
    /// The timestamp of this time.
    fn from_time(time: SystemTime) -> Self;
    /// Whether it was never set: the Unix epoch, or `None`.
    fn is_unset(&self) -> bool;
}

impl Timestamp for SystemTime {
    fn from_time(time: SystemTime) -> Self {
        time
    }
    fn is_unset(&self) -> bool {
        *self == SystemTime::UNIX_EPOCH
    }
}

#[cfg(feature = "chrono")]
impl Timestamp for chrono::DateTime<chrono::Utc> {
    fn from_time(time: SystemTime) -> Self {
        time.into()
    }
    fn is_unset(&self) -> bool {
        *self == chrono::DateTime::UNIX_EPOCH
    }
}

#[diagnostic::do_not_recommend]
impl<T: Timestamp> Timestamp for Option<T> {
    fn from_time(time: SystemTime) -> Self {
        Some(T::from_time(time))
    }
    fn is_unset(&self) -> bool {
        self.as_ref().is_none_or(T::is_unset)
    }
}

/// A newtype that derives `DynamoAttribute` is a timestamp if what it holds is one.
#[diagnostic::do_not_recommend]
impl<T: Transparent<Inner: Timestamp> + Clone + Send> Timestamp for T {
    fn from_time(time: SystemTime) -> Self {
        T::from_inner(Timestamp::from_time(time))
    }
    fn is_unset(&self) -> bool {
        self.inner().is_unset()
    }
}

/// A type that a `version` field can have.
///
/// After the largest number comes 1, so that each version differs from the one before. Small integers, which would soon come round, are left out.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot hold a version",
    label = "not a version",
    note = "a `version` field is a `u64` or `u32`, an `Option` of one, or a newtype of one that derives `DynamoAttribute`"
)]
pub trait Version: Auto + Send {
    /// The version after this one; the first one is 1.
    fn next(&self) -> Self;
    /// The number, 0 for none.
    fn number(&self) -> u64;
    /// Whether the item was never stored with a version: 0, or `None`.
    fn is_unset(&self) -> bool;
}

macro_rules! version {
    ($($t:ty),*) => {$(
        impl Version for $t {
            fn next(&self) -> Self {
                self.checked_add(1).unwrap_or(1)
            }
            fn number(&self) -> u64 {
                u64::from(*self)
            }
            fn is_unset(&self) -> bool {
                *self == 0
            }
        }
    )*};
}
version!(u32, u64);

#[diagnostic::do_not_recommend]
impl<T: Version> Version for Option<T> {
    fn next(&self) -> Self {
        Some(self.as_ref().map_or_else(|| T::unset().next(), T::next))
    }
    fn number(&self) -> u64 {
        self.as_ref().map_or(0, T::number)
    }
    fn is_unset(&self) -> bool {
        self.is_none()
    }
}

/// A newtype that derives `DynamoAttribute` is a version if what it holds is one.
#[diagnostic::do_not_recommend]
impl<T: Transparent<Inner: Version> + Send> Version for T {
    fn next(&self) -> Self {
        T::from_inner(self.inner().next())
    }
    fn number(&self) -> u64 {
        self.inner().number()
    }
    fn is_unset(&self) -> bool {
        self.inner().is_unset()
    }
}

/// A type that an `auto` field can have.
#[cfg(feature = "uuid")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot hold a generated id",
    label = "not an id type",
    note = "`auto` fields are `Uuid`, `String`, or a newtype of one that derives `DynamoAttribute`"
)]
pub trait AutoId: Clone + Send {
    /// The id of this UUID.
    fn from_uuid(id: uuid::Uuid) -> Self;
    /// Whether it was never set: the nil UUID, or the empty string.
    fn is_unset(&self) -> bool;
}

#[cfg(feature = "uuid")]
impl AutoId for uuid::Uuid {
    fn from_uuid(id: uuid::Uuid) -> Self {
        id
    }
    fn is_unset(&self) -> bool {
        self.is_nil()
    }
}

#[cfg(feature = "uuid")]
impl AutoId for String {
    fn from_uuid(id: uuid::Uuid) -> Self {
        id.to_string()
    }
    fn is_unset(&self) -> bool {
        self.is_empty()
    }
}

/// A newtype that derives `DynamoAttribute` is an id if what it holds is one.
#[cfg(feature = "uuid")]
#[diagnostic::do_not_recommend]
impl<T: Transparent<Inner: AutoId> + Clone + Send> AutoId for T {
    fn from_uuid(id: uuid::Uuid) -> Self {
        T::from_inner(AutoId::from_uuid(id))
    }
    fn is_unset(&self) -> bool {
        self.inner().is_unset()
    }
}

/// A type with a value that stands for "not yet set".
pub trait Auto {
    /// That value.
    fn unset() -> Self;
}

/// Stands for "not yet set" in a literal: dynorm fills the field in when it writes the item.
///
/// It is the nil UUID, the epoch, 0, the empty string or `None`. A field that is forgotten stays a compile error, which `..Default::default()` would hide.
///
/// ```
/// let created: std::time::SystemTime = dynorm::auto();
/// assert_eq!(created, std::time::SystemTime::UNIX_EPOCH);
/// ```
pub fn auto<T: Auto>() -> T {
    T::unset()
}

impl Auto for SystemTime {
    fn unset() -> Self {
        SystemTime::UNIX_EPOCH
    }
}

impl Auto for String {
    fn unset() -> Self {
        String::new()
    }
}

impl<T> Auto for Option<T> {
    fn unset() -> Self {
        None
    }
}

impl<T: Transparent<Inner: Auto>> Auto for T {
    fn unset() -> Self {
        T::from_inner(Auto::unset())
    }
}

macro_rules! zero {
    ($($t:ty),*) => {$( impl Auto for $t { fn unset() -> Self { 0 } } )*};
}
zero!(u8, u16, u32, u64, u128, i8, i16, i32, i64, i128);

#[cfg(feature = "chrono")]
impl Auto for chrono::DateTime<chrono::Utc> {
    fn unset() -> Self {
        chrono::DateTime::UNIX_EPOCH
    }
}

#[cfg(feature = "uuid")]
impl Auto for uuid::Uuid {
    fn unset() -> Self {
        uuid::Uuid::nil()
    }
}
