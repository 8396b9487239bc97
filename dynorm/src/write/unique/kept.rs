//! Whether a model has unique constraints, as a type: what they rule out is a compile error.

/// The model has none.
#[derive(Debug, Clone, Copy)]
pub struct Unguarded;

/// The model has some: its writes go through transactions.
#[derive(Debug, Clone, Copy)]
pub struct Guarded;

/// Models `M` that a batch can write.
#[diagnostic::on_unimplemented(
    message = "a batch cannot write `{M}`, because it has unique constraints",
    label = "BatchWriteItem has no conditions, so it cannot keep values unique",
    note = "write the items by themselves (`create`, `put`), or up to 100 operations together: `db.transact().add_all(..)`"
)]
pub trait BatchWritable<M> {}
impl<M> BatchWritable<M> for Unguarded {}

/// Models `M` whose writes can return an item.
#[diagnostic::on_unimplemented(
    message = "this write of `{M}` returns no item, because the model has unique constraints",
    label = "it is a transaction, and DynamoDB returns no items from one",
    note = "read the item before it, or after it: `get(..).consistent()`"
)]
pub trait ReturnsItem<M> {}
impl<M> ReturnsItem<M> for Unguarded {}
