//! The attributes of a projection and of its fields.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::{Attribute, Path, Token, Type};

use super::container::{CRATE, krate};
use super::{Keyword, Table};
use crate::diag::Diagnostics;

/// What the attributes of a projection say.
#[derive(Debug, Default)]
pub(crate) struct ProjectionAttrs {
    /// The model.
    pub(crate) of: Option<Type>,
    /// The indexes that it is read from.
    pub(crate) indexes: Vec<Type>,
    pub(crate) krate: Option<Path>,
}

impl ProjectionAttrs {
    pub(crate) fn read(attrs: &[Attribute], diag: &mut Diagnostics) -> Self {
        let mut read = Self::default();
        PROJECTION.read(attrs, &mut read, diag);
        read
    }
}

pub(super) const PROJECTION: Table<ProjectionAttrs> = Table {
    place: "a projection",
    words: &[
        Keyword::new("of", &["of = Model"], |projection: &mut ProjectionAttrs, _, input, _| {
            input.parse::<Token![=]>()?;
            projection.of = Some(input.parse()?);
            Ok(())
        }),
        Keyword::repeatable("index", &["index = Marker"], |projection: &mut ProjectionAttrs, _, input, _| {
            input.parse::<Token![=]>()?;
            projection.indexes.push(input.parse()?);
            Ok(())
        }),
        Keyword::new("crate", &[CRATE], |projection: &mut ProjectionAttrs, _, input, diag| {
            projection.krate = krate(input, diag)?;
            Ok(())
        }),
    ],
};

/// The model's field that a field of a projection reads, if it has another name.
pub(crate) fn field(attrs: &[Attribute], diag: &mut Diagnostics) -> Option<Ident> {
    let mut field = None;
    FIELD.read(attrs, &mut field, diag);
    field
}

pub(super) const FIELD: Table<Option<Ident>> = Table {
    place: "a field of a projection",
    words: &[Keyword::new("field", &["field = name"], |field: &mut Option<Ident>, _, input, _| {
        input.parse::<Token![=]>()?;
        *field = Some(input.call(Ident::parse_any)?);
        Ok(())
    })],
};
