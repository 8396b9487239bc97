//! Where a condition is used, and which attributes DynamoDB allows there.

use std::marker::PhantomData;

use crate::target::Index;

use super::role::PrimaryKey;

/// The filter of a query on the table or index `I`: it cannot test the key attributes of `I`.
#[derive(Debug)]
pub struct Filter<I>(PhantomData<I>);

/// The filter of a scan: any attribute that the table or index holds.
#[derive(Debug)]
pub struct ScanFilter;

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
    message = "a filter cannot test an attribute that the index does not hold",
    label = "not projected into the index that is queried",
    note = "add it to the index's `project(include(..))`, or query the table"
)]
pub trait Held<R> {}

impl<R> NotKey<R> for ScanFilter {}
impl<R> NotKey<R> for Condition {}
impl<R> Held<R> for ScanFilter {}
impl<R> Held<R> for Condition {}

#[diagnostic::do_not_recommend]
impl<I: Index> NotKey<PrimaryKey> for Filter<I> {}
