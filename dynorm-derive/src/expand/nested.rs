//! Structs and newtypes as attributes.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Index, Type};

use super::{paths, record};
use crate::ir::{Field, Target};

/// A struct is a map.
pub(super) fn nested_struct(target: &Target, fields: &[Field]) -> TokenStream {
    let Target { ident, generics, .. } = target;
    let (params, args, bounds) = (generics.params(), generics.args(), generics.where_clause());
    let paths = paths::nested(target, fields);
    let record = record::record(target, fields, &[]);
    let lasting = generics.lasting_where_clause();
    quote! {
        #paths
        #record
        #[automatically_derived]
        impl #params _d::Attribute for #ident #args #bounds {
            type Stored = _d::stored::M;
            #[inline]
            fn write(&self, __w: &mut _d::Writer) -> _d::Encoded { _d::write_map(self, __w) }
            #[inline]
            fn read(__r: &mut _d::Reader<'_>) -> _d::Decoded<Self> { _d::read_map(__r) }
        }
        #[automatically_derived]
        impl #params _d::Nested for #ident #args #bounds { type Inner = #ident #args; }
        #[automatically_derived]
        impl #params _d::Flatten for #ident #args #lasting {
            const FLAT: _d::Flat<Self> = _d::flat_record();
        }
    }
}

/// A newtype is what it holds.
pub(super) fn newtype(target: &Target, inner: &Type, member: &Index) -> TokenStream {
    let Target { ident, generics, .. } = target;
    let (params, args, bounds) = (generics.params(), generics.args(), generics.where_clause());
    let own = generics.own_where();
    // All of it at the type itself: what is wrong with the type is then one error, however often it is named.
    let span = syn::spanned::Spanned::span(inner);
    let native = quote_spanned!(span=> <#inner as _d::Attribute>);
    quote_spanned! {span=>
        #[automatically_derived]
        impl #params _d::Attribute for #ident #args #bounds {
            type Stored = <#native::Stored as _d::stored::Stored>::Single;
            #[inline]
            fn write(&self, __w: &mut _d::Writer) -> _d::Encoded {
                #native::write(&self.#member, __w)
            }
            #[inline]
            fn read(__r: &mut _d::Reader<'_>) -> _d::Decoded<Self> {
                _d::Ok(#ident { #member: #native::read(__r)? })
            }
            #[inline]
            fn is_absent(&self) -> bool { #native::is_absent(&self.#member) }
            #[inline]
            fn absent() -> _d::Option<Self> {
                match #native::absent() {
                    _d::Some(__inner) => _d::Some(#ident { #member: __inner }),
                    _d::None => _d::None,
                }
            }
            #[inline]
            fn reads_null() -> bool { #native::reads_null() }
        }
        #[automatically_derived]
        impl #params _d::Transparent for #ident #args #own {
            type Inner = #inner;
            #[inline]
            fn inner(&self) -> &#inner { &self.#member }
            #[inline]
            fn from_inner(__inner: #inner) -> Self { #ident { #member: __inner } }
        }
    }
}
