//! The attributes of an enum's variant.

use syn::Attribute;

use super::value::{self, Name};
use super::{Keyword, Table};
use crate::diag::Diagnostics;

/// What the attributes of one variant say.
#[derive(Debug, Default)]
pub(crate) struct VariantAttrs {
    pub(crate) rename: Option<Name>,
    pub(crate) aliases: Vec<Name>,
}

impl VariantAttrs {
    pub(crate) fn read(attrs: &[Attribute], diag: &mut Diagnostics) -> Self {
        let mut read = Self::default();
        VARIANT.read(attrs, &mut read, diag);
        read
    }
}

pub(super) const VARIANT: Table<VariantAttrs> = Table {
    place: "a variant",
    words: &[
        Keyword::new("rename", &["rename = \"..\""], |variant: &mut VariantAttrs, _, input, diag| {
            variant.rename = Some(value::name(input, diag)?);
            Ok(())
        }),
        Keyword::repeatable("alias", &["alias = \"..\""], |variant: &mut VariantAttrs, _, input, diag| {
            variant.aliases.push(value::name(input, diag)?);
            Ok(())
        }),
    ],
};
