//! What is said about the type of a field. Its tokens carry the type's span, and it is always said in the same words,
//! so that rustc reports a type that does not fit once, and there.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use crate::attr::{Codec, DefaultValue};
use crate::ir::{Part, StampKind};
use crate::template::Format;

/// Where the type stands, seen from the generated code.
pub(super) fn span(ty: &Type) -> Span {
    located(ty)
}

/// The same for anything that the user wrote.
pub(super) fn located(tokens: &impl Spanned) -> Span {
    Span::call_site().located_at(tokens.span())
}

/// How the field is read and written.
pub(super) fn attr(ty: &Type, codec: Option<&Codec>) -> TokenStream {
    let span = span(ty);
    match codec {
        None => quote_spanned!(span=> _d::attr::<#ty>()),
        Some(codec) => {
            let codec = self::codec(codec);
            quote_spanned!(span=> _d::codec::<#ty, #codec>())
        }
    }
}

/// The type of a codec.
pub(super) fn codec(codec: &Codec) -> TokenStream {
    match codec {
        Codec::Type(ty) => ty.to_token_stream(),
        Codec::Builtin(name, span) => {
            let span = Span::call_site().located_at(*span);
            let name = proc_macro2::Ident::new(name, span);
            quote_spanned!(span=> _d::codecs::#name)
        }
    }
}

/// A flattened field.
pub(super) fn flatten(ty: &Type) -> TokenStream {
    quote_spanned!(span(ty)=> _d::flatten::<#ty>())
}

/// The value of a field that is absent.
pub(super) fn default(ty: &Type, default: &DefaultValue) -> TokenStream {
    match default {
        DefaultValue::Trait => quote_spanned!(span(ty)=> _d::default::<#ty>()),
        DefaultValue::Unset => quote_spanned!(span(ty)=> _d::auto::<#ty>()),
        DefaultValue::Text(text) => {
            let span = Span::call_site().located_at(text.span());
            quote_spanned!(span=> <#ty as ::core::convert::From<&str>>::from(#text))
        }
        DefaultValue::Expr(expr) => expr.to_token_stream(),
    }
}

/// The type of a key part: the field's, or what an optional field of an index holds.
pub(super) fn part_type(part: &Part) -> TokenStream {
    let ty = &part.ty;
    if part.optional { quote_spanned!(span(ty)=> <#ty as _d::IndexPart>::Part) } else { ty.to_token_stream() }
}

/// The trait and the function that say whether the type has the part's form.
pub(super) fn form(part: &Part) -> (&'static str, &'static str) {
    match part.format {
        Format::Plain => ("PlainKey", "plain"),
        Format::Text if part.fixed => ("FixedPart", "fixed"),
        Format::Text | Format::Escape => ("TextPart", "text"),
        Format::Padded(_) => ("PaddedPart", "padded"),
        Format::Sortable => ("SortablePart", "sortable"),
        Format::Order => ("OrderPart", "order"),
    }
}

/// How a key part is written.
pub(super) fn part(part: &Part) -> TokenStream {
    let span = span(&part.ty);
    let function = proc_macro2::Ident::new(form(part).1, span);
    let ty = part_type(part);
    quote_spanned!(span=> _d::#function::<#ty>())
}

/// What a write stamps.
pub(super) fn stamp(ty: &Type, kind: StampKind) -> TokenStream {
    let span = span(ty);
    match kind {
        StampKind::Created | StampKind::Updated | StampKind::Expiry => quote_spanned!(span=> _d::timestamp::<#ty>()),
        StampKind::Auto(_) => quote_spanned!(span=> _d::auto_id::<#ty>()),
        StampKind::Version => quote_spanned!(span=> _d::version::<#ty>()),
    }
}
