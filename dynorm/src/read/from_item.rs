//! What an item that is read becomes: its model, a projection of it, or the raw item; and which of them an index can give.

use crate::attribute::Item;
use crate::codec::{Reader, item_from_json};
use crate::error::{DecodeError, Error};
use crate::model::DynamoModel;
use crate::schema::IndexSchema;
use crate::stored::{self, Scratch};
use crate::target::{FetchRest, Table};
use crate::write::Tracked;

/// A type that items of the model `M` can be read as: `M` itself, a [projection](crate::DynamoProjection) of it, or the raw [`Item`].
pub trait FromItem<M>: Sized + Send + 'static {
    /// What the items of one answer share.
    #[doc(hidden)]
    type Scratch;
    /// `index` is the index that is read, if it may lack attributes.
    #[doc(hidden)]
    fn scratch(index: Option<&'static IndexSchema>) -> Self::Scratch;
    /// Reads the item at the reader.
    #[doc(hidden)]
    fn from_item(reader: &mut Reader<'_>, scratch: &mut Self::Scratch) -> Result<Self, DecodeError>;
    /// The attributes that are asked for; `None` is all of them.
    #[doc(hidden)]
    fn attributes(_index: Option<&'static IndexSchema>) -> Option<Vec<&'static str>> {
        None
    }
}

impl<M: DynamoModel + Send + 'static> FromItem<M> for M {
    type Scratch = Scratch;
    fn scratch(_: Option<&'static IndexSchema>) -> Scratch {
        Scratch::new::<M>()
    }
    fn from_item(reader: &mut Reader<'_>, scratch: &mut Scratch) -> Result<M, DecodeError> {
        stored::decode(reader, scratch)
    }
}

impl<M: DynamoModel> FromItem<M> for Item {
    type Scratch = ();
    fn scratch(_: Option<&'static IndexSchema>) {}
    fn from_item(reader: &mut Reader<'_>, (): &mut ()) -> Result<Item, DecodeError> {
        item_from_json(reader.raw()?.as_bytes()).map(Item)
    }
}

impl<M: DynamoModel + Send + 'static> FromItem<M> for Tracked<M> {
    type Scratch = ();
    fn scratch(_: Option<&'static IndexSchema>) {}
    fn from_item(reader: &mut Reader<'_>, (): &mut ()) -> Result<Tracked<M>, DecodeError> {
        Tracked::load(reader.raw()?.to_owned()).map_err(Error::into_decode)
    }
}

/// Where an item is read with every attribute that is stored, also those that the model does not know: the table.
#[diagnostic::on_unimplemented(
    message = "the items of `{Self}` cannot be tracked: an index need not hold every attribute of an item",
    label = "tracked items are read from the table",
    note = "get each item by its key: `Book::get(&book).tracked()`"
)]
pub trait WholeItems {}
impl WholeItems for Table {}

/// Stands for the items of a read that only counts them.
#[derive(Debug)]
pub(crate) struct Counted;

impl<M: DynamoModel> FromItem<M> for Counted {
    type Scratch = ();
    fn scratch(_: Option<&'static IndexSchema>) {}
    fn from_item(reader: &mut Reader<'_>, (): &mut ()) -> Result<Counted, DecodeError> {
        reader.skip().map(|()| Counted)
    }
}

/// A type that can be read from the items of the table or index `I`.
///
/// A model can be read from an index that holds every attribute of the model. One that holds fewer would give `None`, or a default, for
/// values that are stored, so there the compiler asks for one of the ways that do not.
#[diagnostic::on_unimplemented(
    message = "`{Self}` needs attributes that index `{I}` does not hold; read a projection, `.hydrate()`, or project more",
    label = "`{I}` does not hold every attribute of `{Self}`",
    note = "a projection is a struct with some of the model's fields, read by `.project::<..>()`; `.hydrate()` fetches the items from the table"
)]
pub trait ReadFrom<I> {}

impl<M: DynamoModel> ReadFrom<Table> for M {}
impl<M: DynamoModel> ReadFrom<Table> for Tracked<M> {}
impl<M: DynamoModel, I> ReadFrom<FetchRest<I>> for M {}
impl<I> ReadFrom<I> for Item {}
