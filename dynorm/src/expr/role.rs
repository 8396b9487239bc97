//! The role of an attribute in its model: where it can be tested, and whether an update can change it.
//!
//! The derive names these, and makes a type of its own for a field whose role differs from index to index.

use super::context::{NotKey, UsableIn};
use crate::write::ReadFirst;

/// An attribute without duties.
#[derive(Debug)]
pub struct Plain;

/// The attribute is itself the partition or sort key of the table.
#[derive(Debug)]
pub struct PrimaryKey;

/// The field is stored beside the key, and is part of the key's template.
#[derive(Debug)]
pub struct KeySource;

/// `#[dynorm(readonly)]`: written once, with the item.
#[derive(Debug)]
pub struct ReadOnly;

/// `created`, `updated` or `version`: written by dynorm.
#[derive(Debug)]
pub struct Stamped;

/// `#[dynorm(unique)]`, or the time to live of a model with such a field: changed together with guards.
#[derive(Debug)]
pub struct Unique;

impl<X> UsableIn<X> for Plain {}
impl<X> UsableIn<X> for Unique {}
impl<X> UsableIn<X> for KeySource {}
impl<X> UsableIn<X> for ReadOnly {}
impl<X> UsableIn<X> for Stamped {}
impl<X: NotKey<PrimaryKey>> UsableIn<X> for PrimaryKey {}

/// Attributes, by their role, that an update of the model `M` can change.
#[diagnostic::on_unimplemented(
    message = "an update cannot change this attribute of `{M}`",
    label = "cannot be changed by an update"
)]
pub trait Settable<M> {}

impl<M> Settable<M> for Plain {}
impl<M: KeyCanChange> Settable<M> for PrimaryKey {}
impl<M: KeyCanChange> Settable<M> for KeySource {}
impl<M: ReadOnlyCanChange> Settable<M> for ReadOnly {}
impl<M: StampCanChange> Settable<M> for Stamped {}
impl<M: UniqueCanChange> Settable<M> for Unique {}

/// Attributes, by their role, that an update of the model `M` can remove.
#[diagnostic::on_unimplemented(
    message = "an update cannot remove this attribute of `{M}`",
    label = "cannot be removed by an update"
)]
pub trait Removable<M> {
    /// Attributes that are removed together with it: the key attributes of indexes whose templates it feeds.
    #[doc(hidden)]
    const ALSO: &'static [&'static str] = &[];
}

impl<M> Removable<M> for Plain {}
impl<M: KeyCanChange> Removable<M> for PrimaryKey {}
impl<M: KeyCanChange> Removable<M> for KeySource {}
impl<M: ReadOnlyCanChange> Removable<M> for ReadOnly {}
impl<M: StampCanChange> Removable<M> for Stamped {}
impl<M: UniqueCanChange> Removable<M> for Unique {}

/// Never implemented: says why [`PrimaryKey`] and [`KeySource`] are not [`Settable`].
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "an update cannot change this attribute: it is part of the key of `{Self}`",
    label = "part of the key",
    note = "DynamoDB never changes the key of an item: use `rekey` on a tracked item, or delete it and create another"
)]
pub trait KeyCanChange {}

/// Never implemented: says why [`ReadOnly`] is not [`Settable`].
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "an update cannot change this attribute: it is `readonly` in `{Self}`",
    label = "`readonly`",
    note = "a `readonly` field is written once, when the item is created"
)]
pub trait ReadOnlyCanChange {}

/// Never implemented: says why [`Stamped`] is not [`Settable`].
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "an update cannot change this attribute: dynorm keeps it for `{Self}`",
    label = "`created`, `updated` or `version`",
    note = "every write that should change it does so by itself"
)]
pub trait StampCanChange {}

/// Updates that know the unique values of their item: says why [`Unique`] is not [`Settable`] in others.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a blind update cannot change this attribute of `{Self}`: the guards of its old value have to be known",
    label = "`unique`, or the `ttl` of a model with unique fields",
    note = "read the item first: `{Self}::update(..).read_first().set(..)`, which sends two requests and takes twice the write capacity; or \
            change the field in a tracked item and save it"
)]
pub trait UniqueCanChange {}

impl<M, P> UniqueCanChange for ReadFirst<M, P> {}

/// Never implemented: says why a field that feeds a key template of the index `I` is not [`Settable`].
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "an update cannot set this attribute by itself: it is also stored inside the key of the index `{I}`",
    label = "set it together with the whole key of `{I}`: `.set_key(..)`",
    note = "`.set_key(..)` takes all parts of an index key, as in `Book::by_author().author(..).published(..)`, and sets their fields and the key that they make"
)]
pub trait SetAlone<I> {}
