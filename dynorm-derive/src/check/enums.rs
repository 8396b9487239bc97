//! Enums: the names that tell variants apart, and the tag.

use crate::ast::Variant;
use crate::attr::TypeAttrs;
use crate::case::RenameRule;
use crate::diag::Diagnostics;

/// No two variants, or their old names, are stored alike.
pub(super) fn check_variants(variants: &[Variant<'_>], rule: RenameRule, diag: &mut Diagnostics) {
    let mut seen: Vec<(String, String)> = Vec::new();
    let mut add = |name: String, variant: &Variant<'_>, span| {
        let owner = variant.ident.to_string();
        match seen.iter().find(|(taken, _)| *taken == name) {
            Some((_, first)) => diag.error(
                span,
                format!("duplicate variant name `{name}`, of `{first}` and `{owner}`; give one of them another"),
            ),
            None => seen.push((name, owner)),
        }
    };
    for variant in variants {
        let span = variant.attrs.rename.as_ref().map_or_else(|| variant.ident.span(), |name| name.span);
        add(variant.stored(rule), variant, span);
    }
    for variant in variants {
        for alias in &variant.attrs.aliases {
            add(alias.value.clone(), variant, alias.span);
        }
    }
}

/// Tag and content are two attributes.
pub(super) fn check_tag(attrs: &TypeAttrs, diag: &mut Diagnostics) {
    if attrs.tag() == attrs.content()
        && let Some(span) = attrs.content.as_ref().or(attrs.tag.as_ref()).map(|name| name.span)
    {
        diag.error(span, format!("`{}` is both the tag and the content; give them two names", attrs.tag()));
    }
}
