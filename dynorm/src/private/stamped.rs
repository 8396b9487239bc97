//! Fields that a write stamps, as plain function pointers; see [`Attr`](super::Attr) for why.

use crate::stamp::{Stamp, Timestamp};

/// A `created` or `updated` field.
#[derive(Debug)]
pub struct Time<T> {
    created: fn(&Stamp<'_>, &T) -> T,
    now: fn(&Stamp<'_>) -> T,
}

/// A `created` or `updated` field of this type.
pub const fn timestamp<T: Timestamp>() -> Time<T> {
    Time { created: |stamp, current| stamp.created(current), now: |stamp| stamp.updated() }
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
}

/// An `auto` field.
#[derive(Debug)]
#[cfg(feature = "uuid")]
pub struct Id<T> {
    v4: fn(&Stamp<'_>, &T) -> T,
    v7: fn(&Stamp<'_>, &T) -> T,
}

/// An `auto` field of this type.
#[cfg(feature = "uuid")]
pub const fn auto_id<T: crate::stamp::AutoId>() -> Id<T> {
    Id { v4: |stamp, current| stamp.auto(current), v7: |stamp, current| stamp.auto_v7(current) }
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
}
