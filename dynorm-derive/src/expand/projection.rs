//! `DynamoProjection`: one column for each field, which is where rustc checks its name and type.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Index, Type};

use super::fact;
use crate::ast::Projection;

/// The implementations for a projection of the model `of`.
pub(super) fn projection(projection: &Projection<'_>, of: &Type) -> TokenStream {
    let ident = &projection.input.ident;
    let types: Vec<_> = projection.fields.iter().map(|field| field.ty).collect();
    let positions: Vec<_> = (0..types.len()).map(Index::from).collect();
    let columns = projection.fields.iter().map(|field| {
        let (ty, source) = (field.ty, field.source());
        quote_spanned!(fact::span(ty)=> <#of as _d::HasFields>::FIELDS.#source.read_as::<#ty>())
    });
    let arms = positions
        .iter()
        .enumerate()
        .map(|(arm, position)| quote!(#arm => __c.#position.read(&mut __s.#position, __alias, __r),));
    let built = projection.fields.iter().zip(&positions).map(|(field, position)| {
        let name = field.ident;
        quote!(#name: __c.#position.take(__s.#position)?,)
    });
    let indexes = projection.attrs.indexes.iter().map(|index| index_checks(projection, of, index));
    quote! {
        #[automatically_derived]
        impl _d::DynamoProjection for #ident {
            type Model = #of;
            type Columns = (#(_d::Column<#types>,)*);
            type Slots = (#(_d::Option<#types>,)*);
            #[inline]
            fn columns() -> Self::Columns { (#(#columns,)*) }
            #[inline]
            fn names(__c: &Self::Columns) -> _d::Vec<_d::Names> { _d::Vec::from([#(__c.#positions.names()),*]) }
            #[inline]
            fn slots() -> Self::Slots { ::core::default::Default::default() }
            #[inline]
            fn accept(
                __c: &Self::Columns,
                __s: &mut Self::Slots,
                __i: usize,
                __alias: bool,
                __r: &mut _d::Reader<'_>,
            ) -> _d::Decoded {
                match __i { #(#arms)* _ => __r.skip() }
            }
            #[inline]
            fn finish(__c: &Self::Columns, __s: Self::Slots) -> _d::Decoded<Self> {
                _d::Ok(#ident { #(#built)* })
            }
        }
        #[automatically_derived]
        impl _d::FromItem<#of> for #ident {
            type Scratch = _d::Projecting<Self>;
            #[inline]
            fn scratch(__i: _d::Option<&'static _d::IndexSchema>) -> _d::Projecting<Self> { _d::Projecting::new(__i) }
            #[inline]
            fn from_item(__r: &mut _d::Reader<'_>, __s: &mut _d::Projecting<Self>) -> _d::Decoded<Self> {
                __s.read(__r)
            }
            #[inline]
            fn attributes(__i: _d::Option<&'static _d::IndexSchema>) -> _d::Option<_d::Vec<&'static str>> {
                _d::Some(_d::attributes::<Self>(__i))
            }
        }
        impl _d::ReadFrom<_d::Table> for #ident {}
        impl<__I> _d::ReadFrom<_d::FetchRest<__I>> for #ident {}
        #(#indexes)*
    }
}

/// Says that the projection can be read from an index, which must hold every attribute of it.
fn index_checks(projection: &Projection<'_>, of: &Type, index: &Type) -> TokenStream {
    let ident = &projection.input.ident;
    let owner = quote_spanned!(Span::call_site().located_at(index.span())=> _d::declared::<#index, #of>(););
    let held = projection.fields.iter().map(|field| {
        let source = field.source();
        let span = Span::call_site().located_at(source.span());
        quote_spanned!(span=> _d::held::<#index, _, _, _, _>(<#of as _d::HasFields>::FIELDS.#source);)
    });
    quote! {
        impl _d::Fits<#index> for #ident {}
        impl _d::ReadFrom<#index> for #ident {}
        const _: fn() = || { #owner #(#held)* };
    }
}
