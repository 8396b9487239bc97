//! `partition_key = "A#{a}"` and `partition_key(name = "pk", template = "A#{a}")`.

use proc_macro2::Span;
use syn::parse::ParseStream;
use syn::{LitStr, Token, token};

use super::value::{self, Name};
use super::{Keyword, Table, nested};
use crate::diag::Diagnostics;
use crate::template::Template;

/// A key attribute that is made from a template.
#[derive(Debug, Clone)]
pub(crate) struct KeyTemplate {
    /// The attribute's name, if it is given.
    pub(crate) name: Option<Name>,
    pub(crate) template: Template,
    /// The template's literal.
    pub(crate) span: Span,
}

/// What stands in the parentheses.
#[derive(Default)]
struct Named {
    name: Option<Name>,
    template: Option<LitStr>,
}

const NAMED: Table<Named> = Table {
    place: "a key",
    words: &[
        Keyword::new("name", &["sort_key(name = \"..\", template = \"..\")"], |key: &mut Named, _, input, diag| {
            key.name = Some(value::name(input, diag)?);
            Ok(())
        }),
        Keyword::new("template", &["sort_key(name = \"..\", template = \"..\")"], |key: &mut Named, _, input, _| {
            key.template = Some(value::string(input)?);
            Ok(())
        }),
    ],
};

/// Reads either form; `None` if it has a mistake, which is noted.
pub(super) fn read(input: ParseStream<'_>, span: Span, diag: &mut Diagnostics) -> syn::Result<Option<KeyTemplate>> {
    if input.peek(token::Paren) {
        let mut named = Named::default();
        nested(&NAMED, input, &mut named, diag)?;
        let Some(literal) = named.template else {
            diag.error(span, "the key has no template; add `template = \"..\"`");
            return Ok(None);
        };
        return Ok(template(&literal, named.name, diag));
    }
    input.parse::<Token![=]>()?;
    let literal: LitStr = input.parse()?;
    Ok(template(&literal, None, diag))
}

/// Reads the template in a literal.
fn template(literal: &LitStr, name: Option<Name>, diag: &mut Diagnostics) -> Option<KeyTemplate> {
    let span = literal.span();
    let text = literal.value();
    if text.is_empty() {
        diag.error(span, "the template is empty; DynamoDB has no empty keys");
        return None;
    }
    match Template::parse(&text) {
        Ok(template) => Some(KeyTemplate { name, template, span }),
        Err(problem) => {
            diag.error(span, format!("malformed template: {problem}"));
            None
        }
    }
}
