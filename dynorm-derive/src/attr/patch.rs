//! The attributes of a patch and of its fields.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::{Attribute, Path, Token, Type};

use super::container::{CRATE, krate};
use super::{Keyword, Table};
use crate::diag::Diagnostics;

/// What the attributes of a patch say.
#[derive(Debug, Default)]
pub(crate) struct PatchAttrs {
    /// The model.
    pub(crate) of: Option<Type>,
    pub(crate) krate: Option<Path>,
}

impl PatchAttrs {
    pub(crate) fn read(attrs: &[Attribute], diag: &mut Diagnostics) -> Self {
        let mut read = Self::default();
        PATCH.read(attrs, &mut read, diag);
        read
    }
}

const PATCH: Table<PatchAttrs> = Table {
    place: "a patch",
    words: &[
        Keyword::new("of", &["of = Model"], |patch: &mut PatchAttrs, _, input, _| {
            input.parse::<Token![=]>()?;
            patch.of = Some(input.parse()?);
            Ok(())
        }),
        Keyword::new("crate", &[CRATE], |patch: &mut PatchAttrs, _, input, diag| {
            patch.krate = krate(input, diag)?;
            Ok(())
        }),
    ],
};

/// The model's field that a field of a patch changes, if it has another name.
pub(crate) fn field(attrs: &[Attribute], diag: &mut Diagnostics) -> Option<Ident> {
    let mut field = None;
    FIELD.read(attrs, &mut field, diag);
    field
}

const FIELD: Table<Option<Ident>> = Table {
    place: "a field of a patch",
    words: &[Keyword::new("field", &["field = name"], |field: &mut Option<Ident>, _, input, _| {
        input.parse::<Token![=]>()?;
        *field = Some(input.call(Ident::parse_any)?);
        Ok(())
    })],
};
