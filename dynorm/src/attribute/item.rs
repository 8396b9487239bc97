//! Raw attributes: the SDK's `AttributeValue` for one of any type, `Item` for a map of them.

use std::collections::HashMap;
use std::ops::{Deref, DerefMut};

use aws_sdk_dynamodb::types::AttributeValue;

use super::{Attribute, stored};
use crate::codec::{Reader, Writer, write_value};
use crate::error::{DecodeError, EncodeError, Result};
use crate::model::DynamoModel;

impl Attribute for AttributeValue {
    type Stored = stored::Any;

    fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        write_value(self, writer)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.value()
    }

    fn reads_null() -> bool {
        true
    }
}

/// Attributes by name, as the SDK has them: an item without a model, or a map attribute of any shape.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Item(pub HashMap<String, AttributeValue>);

impl Item {
    /// Reads the item as a model, as `.raw()` reads and errors leave to do.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/library.rs"));
    /// # fn main() { run(async |db: Db| {
    /// let item = Book::get(&persuasion()).raw().send(&db).await?.expect("the library has it");
    /// assert_eq!(item.to_model::<Book>()?.title, "Persuasion");
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`is_decode`](crate::Error::is_decode) if it is not a `M`.
    pub fn to_model<M: DynamoModel>(&self) -> Result<M> {
        crate::stored::decode_item(self)
    }
}

impl Attribute for Item {
    type Stored = stored::M;

    fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        self.0.write(writer)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Attribute::read(reader).map(Self)
    }
}

impl Deref for Item {
    type Target = HashMap<String, AttributeValue>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Item {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl From<HashMap<String, AttributeValue>> for Item {
    fn from(attributes: HashMap<String, AttributeValue>) -> Self {
        Self(attributes)
    }
}

impl From<Item> for HashMap<String, AttributeValue> {
    fn from(item: Item) -> Self {
        item.0
    }
}

impl FromIterator<(String, AttributeValue)> for Item {
    fn from_iter<I: IntoIterator<Item = (String, AttributeValue)>>(attributes: I) -> Self {
        Self(attributes.into_iter().collect())
    }
}

impl IntoIterator for Item {
    type Item = (String, AttributeValue);
    type IntoIter = std::collections::hash_map::IntoIter<String, AttributeValue>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
