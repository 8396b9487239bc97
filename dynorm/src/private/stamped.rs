//! Fields that a write stamps, as plain function pointers; see [`Attr`](super::Attr) for why.

use std::time::Duration;

use crate::stamp::{Stamp, Timestamp, Version};

/// A `created` or `updated` field.
#[derive(Debug)]
pub struct Time<T> {
    created: fn(&Stamp<'_>, &T) -> T,
    now: fn(&Stamp<'_>) -> T,
    is_unset: fn(&T) -> bool,
    expires: fn(&Stamp<'_>, &T, Duration) -> T,
    expiry: fn(&Stamp<'_>, Duration) -> T,
}

/// A `created` or `updated` field of this type.
pub const fn timestamp<T: Timestamp>() -> Time<T> {
    Time {
        created: |stamp, current| stamp.created(current),
        now: |stamp| stamp.updated(),
        is_unset: T::is_unset,
        expires: |stamp, current, lifetime| stamp.expires(current, lifetime),
        expiry: |stamp, lifetime| stamp.expiry(lifetime),
    }
}

impl<T> Time<T> {
    /// The value of a `created` field: as it is, or now if it is unset.
    pub fn created(self, stamp: &Stamp<'_>, current: &T) -> T {
        (self.created)(stamp, current)
    }

    /// The time of the write.
    pub fn now(self, stamp: &Stamp<'_>) -> T {
        (self.now)(stamp)
    }

    /// The value of a `ttl` field: as it is, or so long after the write if it is unset.
    pub fn expires(self, stamp: &Stamp<'_>, current: &T, lifetime: Duration) -> T {
        (self.expires)(stamp, current, lifetime)
    }

    /// So long after the write.
    pub fn expiry(self, stamp: &Stamp<'_>, lifetime: Duration) -> T {
        (self.expiry)(stamp, lifetime)
    }

    /// Whether it was never stamped.
    pub fn is_unset(self, current: &T) -> bool {
        (self.is_unset)(current)
    }
}

/// How long an item lives.
pub const fn lifetime(lifetime: Duration) -> Duration {
    lifetime
}

/// A `version` field.
#[derive(Debug)]
pub struct Count<T> {
    next: fn(&T) -> T,
    is_unset: fn(&T) -> bool,
}

/// A `version` field of this type.
pub const fn version<T: Version>() -> Count<T> {
    Count { next: T::next, is_unset: T::is_unset }
}

impl<T> Count<T> {
    /// The version after this one.
    pub fn next(self, current: &T) -> T {
        (self.next)(current)
    }

    /// Whether it was never stored.
    pub fn is_unset(self, current: &T) -> bool {
        (self.is_unset)(current)
    }
}

/// An `auto` field.
#[derive(Debug)]
#[cfg(feature = "uuid")]
pub struct Id<T> {
    v4: fn(&Stamp<'_>, &T) -> T,
    v7: fn(&Stamp<'_>, &T) -> T,
    is_unset: fn(&T) -> bool,
    new_v4: fn(&Stamp<'_>) -> T,
    new_v7: fn(&Stamp<'_>) -> T,
}

/// An `auto` field of this type.
#[cfg(feature = "uuid")]
pub const fn auto_id<T: crate::stamp::AutoId>() -> Id<T> {
    Id {
        v4: |stamp, current| stamp.auto(current),
        v7: |stamp, current| stamp.auto_v7(current),
        new_v4: |stamp| T::from_uuid(stamp.uuid_v4()),
        new_v7: |stamp| T::from_uuid(stamp.uuid_v7()),
        is_unset: T::is_unset,
    }
}

#[cfg(feature = "uuid")]
impl<T> Id<T> {
    /// The value: as it is, or a new random id if it is unset.
    pub fn v4(self, stamp: &Stamp<'_>, current: &T) -> T {
        (self.v4)(stamp, current)
    }

    /// The value: as it is, or a new time-ordered id if it is unset.
    pub fn v7(self, stamp: &Stamp<'_>, current: &T) -> T {
        (self.v7)(stamp, current)
    }

    /// Whether it was never generated.
    pub fn is_unset(self, current: &T) -> bool {
        (self.is_unset)(current)
    }

    /// A new random id.
    pub fn new_v4(self, stamp: &Stamp<'_>) -> T {
        (self.new_v4)(stamp)
    }

    /// A new time-ordered id.
    pub fn new_v7(self, stamp: &Stamp<'_>) -> T {
        (self.new_v7)(stamp)
    }
}

/// The name of the attribute with the write id.
#[cfg(feature = "uuid")]
pub const fn write_id(name: &'static str) -> &'static str {
    name
}

/// Stands in for the feature `uuid`, so that its absence is said in plain words.
#[cfg(not(feature = "uuid"))]
mod without_uuid {
    use crate::stamp::Stamp;

    /// Never implemented.
    #[diagnostic::on_unimplemented(
        message = "an `auto` field needs dynorm's feature `uuid`, which is off",
        label = "this id would not be generated",
        note = "enable the feature `uuid` of dynorm, or set the id by hand and remove `auto`"
    )]
    pub trait AutoId {}

    /// An `auto` field.
    #[derive(Debug)]
    pub struct Id<T>(std::marker::PhantomData<T>, std::convert::Infallible);

    /// An `auto` field of this type.
    pub fn auto_id<T: AutoId>() -> Id<T> {
        unreachable!("`AutoId` has no implementations")
    }

    impl<T> Id<T> {
        /// The value: there is none.
        pub fn v4(self, _stamp: &Stamp<'_>, _current: &T) -> T {
            match self.1 {}
        }

        /// The value: there is none.
        pub fn v7(self, _stamp: &Stamp<'_>, _current: &T) -> T {
            match self.1 {}
        }

        /// Whether it was never generated.
        pub fn is_unset(self, _current: &T) -> bool {
            match self.1 {}
        }

        /// The value: there is none.
        pub fn new_v4(self, _stamp: &Stamp<'_>) -> T {
            match self.1 {}
        }

        /// The value: there is none.
        pub fn new_v7(self, _stamp: &Stamp<'_>) -> T {
            match self.1 {}
        }
    }
}

#[cfg(not(feature = "uuid"))]
pub use without_uuid::{AutoId, Id, auto_id};
