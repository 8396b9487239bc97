//! `DynamoPatch`: one call for each field, which is where rustc checks its name and type.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Type;

use super::fact;
use crate::ast::Patch;

/// The implementation for a patch of the model `of`.
pub(super) fn patch(patch: &Patch<'_>, of: &Type) -> TokenStream {
    let ident = &patch.input.ident;
    let applied = patch.fields.iter().map(|field| {
        let source = field.source();
        let target = {
            let span = Span::call_site().located_at(source.span());
            quote_spanned!(span=> <#of as _d::HasFields>::FIELDS.#source)
        };
        // The value's tokens stand at its type, which is what does not fit when it does not.
        let value = {
            let span = fact::span(field.ty);
            let mut name = field.ident.clone();
            name.set_span(span);
            quote_spanned!(span=> self.#name)
        };
        quote!(_d::apply_patch(&mut __c, #target, #value);)
    });
    quote! {
        #[automatically_derived]
        impl _d::DynamoPatch for #ident {
            type Model = #of;
            #[inline]
            fn into_changes(self) -> _d::UpdateExpr<#of> {
                let mut __c = _d::UpdateExpr::new();
                #(#applied)*
                __c
            }
        }
    }
}
