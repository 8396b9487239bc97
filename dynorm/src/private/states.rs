//! The states of key builders: how many parts are given. One family of types for all models.

use std::convert::Infallible;
use std::marker::PhantomData;

use crate::key::{IndexPart, Ranged, Ready};

/// The state of a key builder after its first `N` parts.
#[derive(Debug, Clone, Copy)]
pub struct Parts<const N: usize>;

/// States in which the first `N` parts of a key are given: for a query, those of the partition key.
pub trait Covers<const N: usize> {}

impl<const N: usize> Covers<N> for Ranged {}

/// Each part follows the one before it.
macro_rules! ready {
    ($last:tt) => {};
    ($here:tt $next:tt $($rest:tt)*) => {
        impl Ready<Parts<$next>> for Parts<$here> {}
        ready!($next $($rest)*);
    };
}
ready!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16);

/// A state covers itself and what is before it.
macro_rules! covers {
    ([$($before:tt)*]) => {};
    ([$($before:tt)*] $here:tt $($rest:tt)*) => {
        $(impl Covers<$before> for Parts<$here> {})*
        impl Covers<$here> for Parts<$here> {}
        covers!([$($before)* $here] $($rest)*);
    };
}
covers!([] 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16);

/// `T`, for a method of a builder in the state `S`. A bound on it is checked where the method is called, so that a field
/// that cannot be in an index is one error, at the field. It has no values.
#[derive(Debug)]
pub struct In<T, S>(PhantomData<fn() -> (T, S)>, Infallible);

#[diagnostic::do_not_recommend]
impl<T: IndexPart, S> IndexPart for In<T, S> {
    type Part = T::Part;

    fn part(&self) -> Option<&T::Part> {
        match self.1 {}
    }

    fn of(_: T::Part) -> Self {
        unreachable!("`In` has no values, and stands in bounds only")
    }
}
