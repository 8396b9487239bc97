//! Where a condition is used, and which attributes DynamoDB allows there.

use std::marker::PhantomData;

use crate::target::{FetchRest, Index, Table};

use super::role::PrimaryKey;

/// The filter of a query on the table or index `I`: it cannot test the key attributes of `I`.
#[derive(Debug)]
pub struct Filter<I>(PhantomData<I>);

/// The filter of a scan of the table or index `I`: any attribute that it holds.
#[derive(Debug)]
pub struct ScanFilter<I = Table>(PhantomData<I>);

/// A projection of the table or index `I`: any attribute that it holds.
#[derive(Debug)]
pub struct Projected<I>(PhantomData<I>);

/// The condition of a write: any attribute of the item as it is before the write.
#[derive(Debug)]
pub struct Condition;

/// Attributes, by their role, that a condition can test in the context `X`: [`Filter`], [`ScanFilter`] or [`Condition`].
#[diagnostic::on_unimplemented(
    message = "this attribute cannot be tested in a `{X}`",
    label = "DynamoDB does not allow this attribute here"
)]
pub trait UsableIn<X> {}

/// Contexts in which an attribute of the role `R` is not a key attribute of what is queried.
#[diagnostic::on_unimplemented(
    message = "a query's filter cannot test a key attribute of the table or index that is queried",
    label = "part of the key that is queried",
    note = "give it to the key builder instead: `Book::query(Book::key().publisher(..).year(..))`",
    note = "DynamoDB allows it in the filters of scans and of queries on other indexes, and in the conditions of writes"
)]
pub trait NotKey<R> {}

/// Contexts that hold the attributes of the role `R`.
#[diagnostic::on_unimplemented(
    message = "the index does not hold this attribute, so it can be neither in a filter nor in a projection",
    label = "not projected into the index that is read",
    note = "add it to the index's `project(include(..))`, or read the table; from a local index `.fetch_rest()` reads it too"
)]
pub trait Held<R> {}

impl<I, R> NotKey<R> for ScanFilter<I> {}
impl<I, R> NotKey<R> for Projected<I> {}
impl<R> NotKey<R> for Condition {}
impl<R> Held<R> for Condition {}

#[diagnostic::do_not_recommend]
impl<I, R> Held<R> for ScanFilter<I> where Filter<I>: Held<R> {}
#[diagnostic::do_not_recommend]
impl<I, R> Held<R> for Projected<I> where Filter<I>: Held<R> {}

#[diagnostic::do_not_recommend]
impl<I: Index> NotKey<PrimaryKey> for Filter<I> {}

// What cannot be tested is a key attribute of the index all the same; what the index lacks, DynamoDB fetches.
#[diagnostic::do_not_recommend]
impl<I, R> NotKey<R> for Filter<FetchRest<I>> where Filter<I>: NotKey<R> {}
impl<I, R> Held<R> for Filter<FetchRest<I>> {}
