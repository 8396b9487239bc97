//! What a read is aimed at: the table itself or one of its indexes, as types.

use std::marker::PhantomData;

use crate::schema::IndexSchema;

/// The table itself, as the target of a query or scan.
#[derive(Debug, Clone, Copy)]
pub struct Table;

/// A secondary index, as a type: the marker that `#[dynorm(index(ByAuthor, ..))]` declares.
///
/// Implemented by the derive. Use the marker to write a query's type in a signature, as in `Query<Book, ByAuthor>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an index of a model",
    label = "this needs an index",
    note = "a model declares its indexes by `#[dynorm(index(ByAuthor, ..))]`; a read of the table itself has whole items already"
)]
pub trait Index {
    /// The model that declares the index.
    type Model;
    /// The index's description.
    const SCHEMA: &'static IndexSchema;
}

/// A table or an index.
#[doc(hidden)]
pub trait Target {
    /// `None` for the table.
    const INDEX: Option<&'static IndexSchema>;
    /// Whether DynamoDB fetches from the table what the index does not hold.
    const FETCH_REST: bool = false;
    /// The index, if items that are read from it may lack attributes.
    const LACKING: Option<&'static IndexSchema> = match (Self::INDEX, Self::FETCH_REST) {
        (index, false) => index,
        (_, true) => None,
    };
}

impl Target for Table {
    const INDEX: Option<&'static IndexSchema> = None;
}

impl<I: Index> Target for I {
    const INDEX: Option<&'static IndexSchema> = Some(I::SCHEMA);
}

/// A local index together with the attributes that it does not hold, which DynamoDB fetches from the table: what
/// [`fetch_rest`](crate::Query::fetch_rest) reads.
#[derive(Debug, Clone, Copy)]
pub struct FetchRest<I>(PhantomData<fn() -> I>);

impl<I: LocalIndex> Target for FetchRest<I> {
    const INDEX: Option<&'static IndexSchema> = Some(I::SCHEMA);
    const FETCH_REST: bool = true;
}

impl<I: LocalIndex> Consistent for FetchRest<I> {}

/// Local indexes, which share the table's partition key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no local index, and only those can fetch from the table what they do not hold",
    label = "`.fetch_rest()` needs a local index",
    note = "read a projection of what the index holds with `.project::<..>()`, or fetch the items with `.hydrate()`"
)]
pub trait LocalIndex: Index {}

#[diagnostic::do_not_recommend]
impl<I: Index + Consistent> LocalIndex for I {}

/// Models that can be counted in the table or index `I` without the items whose `ttl` has passed: DynamoDB filters a count by an attribute that
/// `I` holds.
#[diagnostic::on_unimplemented(
    message = "a count in `{I}` cannot leave out the items of `{Self}` whose `ttl` has passed",
    label = "`{I}` does not hold the `ttl` attribute",
    note = "count them as well with `.count_with_expired(&db)`, or project the `ttl` attribute into the index"
)]
pub trait CountsLive<I> {}

/// Models without a `ttl`, or with one that every index holds. Implemented by the derive.
#[doc(hidden)]
pub trait CountsLiveEverywhere {}

#[diagnostic::do_not_recommend]
impl<I, M: CountsLiveEverywhere> CountsLive<I> for M {}

/// Targets that can be read strongly consistently: the table and its local indexes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a global index, which DynamoDB never reads consistently",
    label = "only the table and local indexes can be read with `.consistent()`",
    note = "global secondary indexes are updated after the table; read the table by its key to see the newest state"
)]
pub trait Consistent {}

impl Consistent for Table {}
