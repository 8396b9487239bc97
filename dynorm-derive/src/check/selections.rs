//! Structs that name some of a model's fields, projections and patches: which model, and which fields.

use syn::Type;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use crate::ast::Selection;
use crate::diag::Diagnostics;

/// It is of one model.
pub(super) fn check_model<'a, A>(
    selection: &Selection<'_, A>,
    of: Option<&'a Type>,
    diag: &mut Diagnostics,
) -> Option<&'a Type> {
    if of.is_none() {
        let ident = &selection.input.ident;
        diag.error(ident.span(), format!("`{ident}` names no model; add `#[dynorm(of = ..)]`"));
    }
    of
}

/// It names at least one field, and each once. `verb` is what is done with them: "read".
pub(super) fn check_fields<A>(selection: &Selection<'_, A>, verb: &str, diag: &mut Diagnostics) {
    let ident = &selection.input.ident;
    if selection.fields.is_empty() {
        diag.error(ident.span(), format!("`{ident}` {verb}s nothing; name at least one of the model's fields"));
    }
    for (position, field) in selection.fields.iter().enumerate() {
        let source = field.source().unraw();
        let before = selection.fields.iter().take(position);
        if let Some(first) = before.into_iter().find(|first| first.source().unraw() == source) {
            let (first, second) = (first.ident.unraw(), field.ident.unraw());
            diag.error(
                field.source().span(),
                format!("two fields {verb} `{source}`, `{first}` and `{second}`; keep one of them"),
            );
        }
    }
}

/// Its types are those of the model's fields, which are known. `what` it is: "a projection".
pub(super) fn check_generics<A>(selection: &Selection<'_, A>, what: &str, diag: &mut Diagnostics) {
    let generics = &selection.input.generics;
    if !generics.params.is_empty() {
        diag.error(
            generics.params.span(),
            format!("{what} has no parameters; name the types of a generic model in `of = Model<..>`"),
        );
    }
}
