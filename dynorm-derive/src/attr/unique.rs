//! `unique(tenant, email)` and `unique(tenant, email, name = "..")` on a struct.

use proc_macro2::{Ident, Span};
use syn::Token;
use syn::parse::ParseStream;

use super::parenthesized;
use super::value::{self, Name};
use crate::diag::Diagnostics;

/// Fields whose values are unique together.
#[derive(Debug)]
pub(crate) struct UniqueAttr {
    pub(crate) span: Span,
    pub(crate) fields: Vec<Ident>,
    pub(crate) name: Option<Name>,
}

/// Reads `(a, b)` and `(a, b, name = "..")`. A field may be called `name`.
pub(super) fn read(input: ParseStream<'_>, span: Span, diag: &mut Diagnostics) -> syn::Result<UniqueAttr> {
    parenthesized(input, |content| {
        let mut unique = UniqueAttr { span, fields: Vec::new(), name: None };
        while !content.is_empty() {
            let ident: Ident = content.parse()?;
            if content.peek(Token![=]) && ident == "name" && unique.name.is_none() {
                unique.name = Some(value::name(content, diag)?);
            } else {
                unique.fields.push(ident);
            }
            if !content.is_empty() {
                content.parse::<Token![,]>()?;
            }
        }
        Ok(unique)
    })
}
