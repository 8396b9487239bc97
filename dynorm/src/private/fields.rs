//! A model's fields by their own names, for structs that name some of them.

/// What a projection or a patch looks its fields up in.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a DynamoDB model",
    label = "not a model",
    note = "add `#[derive(DynamoModel)]` and mark its partition key with `#[dynorm(partition_key)]`"
)]
pub trait HasFields {
    /// A struct with one [`Field`](crate::Field) for each field, under the field's name.
    type Fields;
    /// The fields.
    const FIELDS: Self::Fields;
}
