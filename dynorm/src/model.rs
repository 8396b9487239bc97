//! `DynamoModel`: a struct that is an item of a table, and the verbs that it has.

use crate::codec::{Reader, Writer};
use crate::error::{EncodeError, Error, Invalid, KeyError};
use crate::key::PartSink;
use crate::record::Record;
use crate::schema::Schema;
use crate::stamp::Stamp;

/// A struct that is stored as an item of a DynamoDB table.
///
/// Derive it: `#[derive(DynamoModel)]`. The derive also gives the struct its key builder (`Book::key()`), one constant for each field
/// (`Book::TITLE`), and for each index a marker type and a key builder of its own (`ByAuthor`, `Book::by_author()`).
///
/// A verb makes a value and sends nothing; `.send(&db)` ends it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a DynamoDB model",
    label = "not a model",
    note = "add `#[derive(DynamoModel)]` and mark its partition key with `#[dynorm(partition_key)]`"
)]
pub trait DynamoModel: Record {
    /// The model's table, keys, indexes and attributes.
    const SCHEMA: &'static Schema;

    /// The values of the fields that a write stamps.
    #[doc(hidden)]
    type Stamps;
    /// The values that a write by `stamp` gives to `created`, `updated` and `auto` fields.
    #[doc(hidden)]
    fn stamp(&self, stamp: &Stamp<'_>) -> Self::Stamps;
    /// Exchanges them with the model's own.
    #[doc(hidden)]
    fn swap_stamps(&mut self, stamps: &mut Self::Stamps);
    /// Writes the attributes that every update sets.
    #[doc(hidden)]
    fn write_updated(_stamp: &Stamp<'_>, _writer: &mut Writer) -> Result<(), EncodeError> {
        Ok(())
    }
    /// Writes the attributes that a creating update sets.
    #[doc(hidden)]
    fn write_created(_stamp: &Stamp<'_>, _writer: &mut Writer) -> Result<(), EncodeError> {
        Ok(())
    }
    /// Writes the field behind a key part.
    #[doc(hidden)]
    fn key_part(&self, index: usize, sink: &mut PartSink) -> Result<(), KeyError>;
    /// Runs the model's validation.
    #[doc(hidden)]
    fn check(&self) -> Result<(), Invalid> {
        Ok(())
    }
    /// Runs the validation of one attribute that an update sets.
    #[doc(hidden)]
    fn check_attribute(_name: &str, _reader: &mut Reader<'_>) -> Result<(), Error> {
        Ok(())
    }
}
