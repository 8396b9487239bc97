//! Projections: which model, and which of its fields.

use syn::Type;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use crate::ast::Projection;
use crate::diag::Diagnostics;

/// A projection is of one model.
pub(super) fn check_model<'a>(projection: &'a Projection<'_>, diag: &mut Diagnostics) -> Option<&'a Type> {
    if projection.attrs.of.is_none() {
        let ident = &projection.input.ident;
        diag.error(ident.span(), format!("`{ident}` names no model; add `#[dynorm(of = ..)]`"));
    }
    projection.attrs.of.as_ref()
}

/// It reads at least one field, and each once.
pub(super) fn check_fields(projection: &Projection<'_>, diag: &mut Diagnostics) {
    let ident = &projection.input.ident;
    if projection.fields.is_empty() {
        diag.error(ident.span(), format!("`{ident}` reads nothing; name at least one of the model's fields"));
    }
    for (position, field) in projection.fields.iter().enumerate() {
        let source = field.source().unraw();
        let before = projection.fields.iter().take(position);
        if let Some(first) = before.into_iter().find(|first| first.source().unraw() == source) {
            let (first, second) = (first.ident.unraw(), field.ident.unraw());
            diag.error(
                field.source().span(),
                format!("two fields read `{source}`, `{first}` and `{second}`; keep one of them"),
            );
        }
    }
}

/// Its types are those of the model's fields, which are known.
pub(super) fn check_generics(projection: &Projection<'_>, diag: &mut Diagnostics) {
    let generics = &projection.input.generics;
    if !generics.params.is_empty() {
        diag.error(
            generics.params.span(),
            "a projection has no parameters; name the types of a generic model in `of = Model<..>`",
        );
    }
}
