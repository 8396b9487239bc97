//! The values that several keys share.

use proc_macro2::Span;
use syn::parse::ParseStream;
use syn::{LitStr, Token};

use crate::case::RenameRule;
use crate::diag::{Diagnostics, expected};

/// DynamoDB's limit for the name of an attribute.
const LONGEST_NAME: usize = 64 * 1024 - 1;

/// A name that the user gave, where it was given.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    pub(crate) value: String,
    pub(crate) span: Span,
}

/// `= ".."`.
pub(super) fn string(input: ParseStream<'_>) -> syn::Result<LitStr> {
    input.parse::<Token![=]>()?;
    input.parse()
}

/// `= ".."`, a name of an attribute, not empty.
pub(super) fn name(input: ParseStream<'_>, diag: &mut Diagnostics) -> syn::Result<Name> {
    let literal = string(input)?;
    let name = Name { value: literal.value(), span: literal.span() };
    if name.value.is_empty() {
        diag.error(name.span, "the name is empty; DynamoDB wants at least one character");
    } else if name.value.len() > LONGEST_NAME {
        diag.error(name.span, "the name is too long; DynamoDB allows 64 KB");
    }
    Ok(name)
}

/// `= ".."`, the name of a table or an index: DynamoDB allows fewer characters in them.
pub(super) fn resource(input: ParseStream<'_>, what: &str, diag: &mut Diagnostics) -> syn::Result<Name> {
    let literal = string(input)?;
    let name = Name { value: literal.value(), span: literal.span() };
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    if !(3..=255).contains(&name.value.len()) || !name.value.bytes().all(allowed) {
        diag.error(
            name.span,
            format!("`{}` cannot name {what}; use 3 to 255 letters, digits, `_`, `-` or `.`", name.value),
        );
    }
    Ok(name)
}

/// `= ".."`, one of the rename rules.
pub(super) fn rename_rule(input: ParseStream<'_>, diag: &mut Diagnostics) -> syn::Result<RenameRule> {
    let literal = string(input)?;
    let typed = literal.value();
    if let Some((_, rule)) = RenameRule::ALL.iter().find(|(name, _)| *name == typed) {
        return Ok(*rule);
    }
    let names = RenameRule::ALL.iter().map(|(name, _)| *name);
    diag.error(literal.span(), format!("unknown rename rule `{typed}`; {}", expected(&typed, names)));
    Ok(RenameRule::None)
}
