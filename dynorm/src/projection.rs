//! `DynamoProjection`: a struct of some of a model's attributes, and how it is read.

use std::borrow::Cow;
use std::fmt;

use crate::attribute::Codec;
use crate::codec::Reader;
use crate::error::DecodeError;
use crate::expr::{Field, Projected, UsableIn};
use crate::model::DynamoModel;
use crate::record::{Member, Order, walk};
use crate::schema::IndexSchema;
use crate::target::{FetchRest, Index, Table};

/// A struct with some of the fields of a model, which is read without the others.
///
/// Derive it: `#[derive(DynamoProjection)]`. [`Get::project`](crate::Get::project), [`Query::project`](crate::Query::project),
/// [`Scan::project`](crate::Scan::project) and [`BatchGet::project`](crate::BatchGet::project) read it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a projection of a DynamoDB model",
    label = "not a projection",
    note = "add `#[derive(DynamoProjection)]` and `#[dynorm(of = ..)]`, which names the model"
)]
pub trait DynamoProjection: Sized {
    /// The model whose fields these are.
    type Model: DynamoModel;
    /// One [`Column`] for each field.
    #[doc(hidden)]
    type Columns;
    /// One `Option` for each field.
    #[doc(hidden)]
    type Slots;
    /// How each field is read.
    #[doc(hidden)]
    fn columns() -> Self::Columns;
    /// The names of each field's attribute.
    #[doc(hidden)]
    fn names(columns: &Self::Columns) -> Vec<Names>;
    /// All slots empty.
    #[doc(hidden)]
    fn slots() -> Self::Slots;
    /// Reads the attribute of the field with this position.
    #[doc(hidden)]
    fn accept(
        columns: &Self::Columns,
        slots: &mut Self::Slots,
        position: usize,
        alias: bool,
        reader: &mut Reader<'_>,
    ) -> Result<(), DecodeError>;
    /// Builds the value; a slot that is still empty is an error, or the field's value for "absent".
    #[doc(hidden)]
    fn finish(columns: &Self::Columns, slots: Self::Slots) -> Result<Self, DecodeError>;
}

/// A projection that can be read from the table or index `I`: every attribute of it is there.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not declared for the index `{I}`",
    label = "add `index = {I}` to its `#[dynorm(of = ..)]`, which checks that the index holds its attributes"
)]
pub trait Fits<I> {}

#[diagnostic::do_not_recommend]
impl<P: DynamoProjection> Fits<Table> for P {}
#[diagnostic::do_not_recommend]
impl<P: DynamoProjection, I> Fits<FetchRest<I>> for P {}

/// An attribute of the type `T` that a projection reads into a field of this type, which is the same.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the projection reads this attribute as `{Self}`, but the model stores a `{T}`",
    label = "expected `{T}`"
)]
pub trait ReadsAs<T>: Sized {
    fn value(value: T) -> Self;
    fn function(function: fn() -> T) -> fn() -> Self;
}

#[diagnostic::do_not_recommend]
impl<T> ReadsAs<T> for T {
    fn value(value: T) -> T {
        value
    }
    fn function(function: fn() -> T) -> fn() -> T {
        function
    }
}

/// The names of one attribute.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Names {
    name: &'static str,
    /// Older names, which items may still have.
    aliases: &'static [&'static str],
}

/// How one field of a projection is read: as the model's field is.
#[doc(hidden)]
pub struct Column<U> {
    names: Names,
    read: fn(&mut Reader<'_>) -> Result<U, DecodeError>,
    absent: fn() -> Option<U>,
    default: Option<fn() -> U>,
}

impl<M, T, R, C> Field<M, T, R, C> {
    /// The column that reads a field of the model as a `U`. It is a method so that the field's own type is known first, and not inferred.
    #[doc(hidden)]
    pub fn read_as<U>(self) -> Column<U>
    where
        C: Codec<T>,
        U: ReadsAs<T>,
    {
        let Cow::Borrowed(name) = self.path.root else {
            unreachable!("a model's own fields have names that are known at compile time")
        };
        Column {
            names: Names { name, aliases: self.origin.aliases },
            read: |reader| C::read(reader).map(U::value),
            absent: || C::absent().map(U::value),
            default: self.origin.default.map(U::function),
        }
    }
}

/// Says that `I` is an index of the model `M`.
#[doc(hidden)]
pub fn declared<I: Index<Model = M>, M>() {}

/// Says that the index `I` holds the attribute of a field.
#[doc(hidden)]
pub fn held<I, M, T, R: UsableIn<Projected<I>>, C>(_: Field<M, T, R, C>) {}

impl<U> Column<U> {
    /// The names of the attribute.
    pub fn names(&self) -> Names {
        self.names
    }

    /// Reads the attribute into its slot; one under an old name, if none came under the present one or an old one before this.
    pub fn read(&self, slot: &mut Option<U>, alias: bool, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        if alias && (slot.is_some() || !reader.reads_older_name()) {
            return reader.skip();
        }
        *slot = Some((self.read)(reader)?);
        Ok(())
    }

    /// The field's value: from its slot, or what the model has for an absent attribute.
    pub fn take(&self, slot: Option<U>) -> Result<U, DecodeError> {
        match (slot, self.default) {
            (Some(value), _) => Ok(value),
            (None, Some(default)) => Ok(default()),
            (None, None) => (self.absent)().ok_or_else(|| DecodeError::missing().in_attribute(self.names.name)),
        }
    }
}

impl<U> fmt::Debug for Column<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Column").field(&self.names).finish()
    }
}

/// The attributes to ask for: those of the fields, by every name that the index has, and the tag that tells the model from others.
#[doc(hidden)]
pub fn attributes<P: DynamoProjection>(index: Option<&'static IndexSchema>) -> Vec<&'static str> {
    let schema = <P::Model as DynamoModel>::SCHEMA;
    let mut attributes = Vec::new();
    for Names { name, aliases } in P::names(&P::columns()) {
        attributes.push(name);
        attributes.extend(aliases.iter().copied().filter(|alias| schema.holds(index, alias)));
    }
    attributes.extend(schema.entity.map(|(name, _)| name).filter(|name| schema.holds(index, name)));
    attributes
}

/// What the items of one answer share.
#[doc(hidden)]
pub struct Projecting<P: DynamoProjection> {
    columns: P::Columns,
    /// By name, the field and whether it is an older name of it.
    fields: Vec<(usize, bool)>,
    names: Vec<&'static str>,
    order: Order,
    /// The attribute and value that tell the model from others, if they were asked for.
    entity: Option<(&'static str, &'static str)>,
}

impl<P: DynamoProjection> Projecting<P> {
    /// Nothing read yet.
    #[must_use]
    pub fn new(index: Option<&'static IndexSchema>) -> Self {
        let schema = <P::Model as DynamoModel>::SCHEMA;
        let columns = P::columns();
        let (mut names, mut fields) = (Vec::new(), Vec::new());
        for (position, Names { name, aliases }) in P::names(&columns).into_iter().enumerate() {
            names.push(name);
            fields.push((position, false));
            names.extend(aliases);
            fields.extend(aliases.iter().map(|_| (position, true)));
        }
        let order = Order::new(&names);
        Projecting {
            columns,
            fields,
            names,
            order,
            entity: schema.entity.filter(|(name, _)| schema.holds(index, name)),
        }
    }

    /// Reads the item at the reader.
    pub fn read(&mut self, reader: &mut Reader<'_>) -> Result<P, DecodeError> {
        self.item(reader).map_err(|error| error.in_model(<P::Model as DynamoModel>::SCHEMA.model))
    }

    fn item(&mut self, reader: &mut Reader<'_>) -> Result<P, DecodeError> {
        let Projecting { columns, fields, names, order, entity } = self;
        let mut slots = P::slots();
        let mut is_own = entity.is_none();
        walk(reader, names, order, &mut |member, reader| match member {
            Member::Known(index) => match fields.get(*index) {
                Some((position, alias)) => P::accept(columns, &mut slots, *position, *alias, reader),
                None => reader.skip(),
            },
            Member::Unknown(name) => match entity {
                Some((tag, value)) if *tag == *name => {
                    is_own = reader.string()? == *value;
                    Ok(())
                }
                _ => reader.skip(),
            },
        })?;
        match entity {
            Some((name, value)) if !is_own => {
                Err(DecodeError::foreign(format!("the item is no `{value}`")).in_attribute(*name))
            }
            _ => P::finish(columns, slots),
        }
    }
}

impl<P: DynamoProjection> fmt::Debug for Projecting<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Projecting").field("names", &self.names).finish_non_exhaustive()
    }
}
