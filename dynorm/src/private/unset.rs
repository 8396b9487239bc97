//! Values of fields that are not stored, and the schema of a model that does not compile.

use crate::schema::{IndexSchema, KeySchema, Projection, Schema};

/// A type with a value for a field that is skipped or absent.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no default value",
    label = "what should an item without this attribute have here?",
    note = "implement `Default` for it, or give a value: `#[dynorm(default = ..)]`"
)]
pub trait HasDefault: Sized {
    /// The value.
    fn default_value() -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Default> HasDefault for T {
    fn default_value() -> Self {
        T::default()
    }
}

/// The value of a field with `default` or `skip`.
pub fn default<T: HasDefault>() -> T {
    T::default_value()
}

/// Stands in for the schema of a model whose attributes have mistakes.
pub const UNRESOLVED: &Schema = &Schema {
    model: "",
    table: "",
    key: KeySchema { partition: &[], sort: &[] },
    indexes: &[],
    attributes: &[],
    unique: &[],
    unique_table: None,
    entity: None,
    write_id: None,
    lenient_keys: false,
};

/// The same for an index.
pub const UNRESOLVED_INDEX: &IndexSchema =
    &IndexSchema { name: "", local: false, key: KeySchema { partition: &[], sort: &[] }, projection: Projection::All };
