//! What a read is aimed at: the table itself or one of its indexes, as types.

use crate::schema::IndexSchema;

/// The table itself, as the target of a query or scan.
#[derive(Debug, Clone, Copy)]
pub struct Table;

/// A secondary index, as a type: the marker that `#[dynorm(index(ByAuthor, ..))]` declares.
///
/// Implemented by the derive. Use the marker to write a query's type in a signature, as in `Query<Book, ByAuthor>`.
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
}

impl Target for Table {
    const INDEX: Option<&'static IndexSchema> = None;
}

impl<I: Index> Target for I {
    const INDEX: Option<&'static IndexSchema> = Some(I::SCHEMA);
}

/// Targets that can be read strongly consistently: the table and its local indexes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a global index, which DynamoDB never reads consistently",
    label = "only the table and local indexes can be read with `.consistent()`",
    note = "global secondary indexes are updated after the table; read the table by its key to see the newest state"
)]
pub trait Consistent {}

impl Consistent for Table {}
