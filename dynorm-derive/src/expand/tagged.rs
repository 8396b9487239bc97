//! Enums with data as attributes: a map with the variant's name in the tag. The fields of a struct variant stand beside
//! the tag, the value of a newtype variant in the content.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::{fact, record};
use crate::ir::{DataVariant, Field, Target, VariantData};

pub(super) fn data_enum(target: &Target, tag: &str, content: &str, variants: &[DataVariant]) -> TokenStream {
    let Target { ident, generics, .. } = target;
    let (params, args, bounds) = (generics.params(), generics.args(), generics.where_clause());
    let writes = variants.iter().map(|variant| write(ident, variant, tag, content));
    let reads = variants.iter().enumerate().map(|(position, variant)| read(target, position, variant, content));
    let records = variants.iter().enumerate().filter_map(|(position, variant)| match &variant.data {
        VariantData::Struct(fields) => Some(variant_record(target, position, variant, fields, tag)),
        VariantData::Unit | VariantData::Newtype(_) => None,
    });
    quote! {
        #(#records)*
        fn __write #params (value: &#ident #args, w: &mut _d::Writer) -> ::core::result::Result<(), _d::EncodeError> #bounds {
            match value { #(#writes)* }
        }
        #[automatically_derived]
        impl #params _d::Attribute for #ident #args #bounds {
            type Stored = _d::stored::M;
            fn write(&self, w: &mut _d::Writer) -> ::core::result::Result<(), _d::EncodeError> {
                w.map(|w| __write(self, w))
            }
            fn read(r: &mut _d::Reader<'_>) -> ::core::result::Result<Self, _d::DecodeError> {
                _d::read_tagged(r, #tag, |name, r| match name {
                    #(#reads)*
                    _ => ::core::result::Result::Err(_d::unknown_variant(#tag)),
                })
            }
        }
    }
}

/// The arm that writes the members of a variant's map.
fn write(owner: &Ident, variant: &DataVariant, tag: &str, content: &str) -> TokenStream {
    let (ident, name) = (&variant.ident, &variant.name);
    let tagged = quote!(w.entry(#tag, |w| w.string(#name)));
    match &variant.data {
        VariantData::Unit => quote!(#owner::#ident => #tagged,),
        VariantData::Newtype(inner) => {
            let fact = fact::attr(inner, None);
            quote!(#owner::#ident(inner) => { #tagged?; #fact.write(#content, inner, w) })
        }
        VariantData::Struct(fields) => {
            let taken = record::taken(&record::slots(fields), &[tag]);
            let (names, bindings): (Vec<_>, Vec<_>) = bindings(fields).unzip();
            let writes = fields
                .iter()
                .zip(&bindings)
                .filter_map(|(field, binding)| record::write(field, &quote!(#binding), &taken));
            quote! {
                #owner::#ident { #(#names: #bindings,)* } => {
                    #tagged?;
                    #(#writes)*
                    ::core::result::Result::Ok(())
                }
            }
        }
    }
}

/// The fields of a variant under names that meet none of the function's own.
fn bindings(fields: &[Field]) -> impl Iterator<Item = (&Ident, Ident)> {
    fields.iter().enumerate().map(|(position, field)| (&field.ident, format_ident!("__{position}")))
}

/// The arm that reads a variant, its names and aliases.
fn read(target: &Target, position: usize, variant: &DataVariant, content: &str) -> TokenStream {
    let (ident, name, aliases) = (&variant.ident, &variant.name, &variant.aliases);
    let value = match &variant.data {
        VariantData::Unit => quote!({ r.skip()?; ::core::result::Result::Ok(Self::#ident) }),
        VariantData::Newtype(inner) => {
            let fact = fact::attr(inner, None);
            quote!(::core::result::Result::Ok(Self::#ident(_d::read_content(r, #content, #fact)?)))
        }
        VariantData::Struct(_) => {
            let (record, args) = (record_name(position), target.generics.args());
            quote!({ let record: #record #args = _d::read_map(r)?; ::core::result::Result::Ok(record.0) })
        }
    };
    quote!(#name #(| #aliases)* => #value,)
}

fn record_name(position: usize) -> Ident {
    format_ident!("__Variant{position}")
}

/// The enum as a record of one variant's fields.
fn variant_record(target: &Target, position: usize, variant: &DataVariant, fields: &[Field], tag: &str) -> TokenStream {
    let Target { ident, generics, .. } = target;
    let (params, args, bounds) = (generics.params(), generics.args(), generics.where_clause());
    let (record, case) = (record_name(position), &variant.ident);
    let slots = record::slots(fields);
    let names = record::names(&slots);
    let types = slots.iter().map(|slot| &slot.ty);
    let empty = slots.iter().map(|slot| &slot.empty);
    let reads = record::accepts(&slots);
    let unknown = record::unknown(&slots, &[tag]);
    let built = fields.iter().zip(record::finished(&slots, fields)).map(|(field, value)| {
        let ident = &field.ident;
        quote!(#ident: #value)
    });
    let slots_type = quote!((#(#types,)*));
    quote! {
        struct #record #params (#ident #args) #bounds;
        #[automatically_derived]
        impl #params _d::Record for #record #args #bounds {
            const NAMES: &'static [&'static str] = &[#(#names),*];
            type Slots = #slots_type;
            fn slots() -> Self::Slots { (#(#empty,)*) }
            fn accept(s: &mut Self::Slots, i: usize, r: &mut _d::Reader<'_>) -> ::core::result::Result<(), _d::DecodeError> {
                match i { #reads _ => r.skip() }
            }
            #unknown
            fn finish(s: Self::Slots) -> ::core::result::Result<Self, _d::DecodeError> {
                ::core::result::Result::Ok(#record(#ident::#case { #(#built,)* }))
            }
            fn write_fields(&self, w: &mut _d::Writer) -> ::core::result::Result<(), _d::EncodeError> {
                __write(&self.0, w)
            }
        }
    }
}
