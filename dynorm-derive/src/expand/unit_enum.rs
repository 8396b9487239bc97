//! Enums without data as attributes: the name of the variant. They are also key parts, by name or by order.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ir::{Target, UnitVariant};

pub(super) fn unit_enum(target: &Target, variants: &[UnitVariant]) -> TokenStream {
    let Target { ident, generics, .. } = target;
    let (params, args, bounds) = (generics.params(), generics.args(), generics.where_clause());
    let names = variants.iter().map(|variant| &variant.name);
    let known = variants.iter().flat_map(|variant| {
        let ident = &variant.ident;
        let names = std::iter::once(&variant.name).chain(&variant.aliases);
        names.map(move |name| quote!((#name, || Self::#ident)))
    });
    let positions = variants.iter().enumerate().map(|(position, variant)| {
        let ident = &variant.ident;
        quote!(Self::#ident => #position)
    });
    quote! {
        #[automatically_derived]
        impl #params _d::UnitEnum for #ident #args #bounds {
            const NAMES: &'static [&'static str] = &[#(#names),*];
            const KNOWN: &'static [(&'static str, fn() -> Self)] = &[#(#known),*];
            fn position(&self) -> usize { match self { #(#positions),* } }
        }
        #[automatically_derived]
        impl #params _d::Attribute for #ident #args #bounds {
            type Stored = _d::stored::S;
            fn write(&self, w: &mut _d::Writer) -> ::core::result::Result<(), _d::EncodeError> { _d::write_enum(self, w) }
            fn read(r: &mut _d::Reader<'_>) -> ::core::result::Result<Self, _d::DecodeError> { _d::read_enum(r) }
        }
    }
}
