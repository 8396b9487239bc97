//! The states of key builders: how many parts are given. One family of types for all models.

use crate::key::{Ranged, Ready};

/// The state of a key builder after its first `N` parts.
#[derive(Debug, Clone, Copy)]
pub struct Parts<const N: usize>;

/// States in which the first `N` parts of a key are given: for a query, those of the partition key.
pub trait Covers<const N: usize> {}

impl<const N: usize> Covers<N> for Ranged {}

/// Each part follows the one before it; a state covers itself and what is before it.
macro_rules! states {
    ($($before:literal)*; ) => { $(impl Covers<$before> for Parts<16> {})* impl Covers<16> for Parts<16> {} };
    ($($before:literal)*; $here:literal $next:literal $($rest:literal)*) => {
        impl Ready<Parts<$next>> for Parts<$here> {}
        $(impl Covers<$before> for Parts<$here> {})*
        impl Covers<$here> for Parts<$here> {}
        states!(@ $($before)* $here; $next $($rest)*);
    };
    (@ $($before:literal)*; 16) => { states!($($before)*; ); };
    (@ $($before:literal)*; $($rest:literal)*) => { states!($($before)*; $($rest)*); };
}
states!(; 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16);
