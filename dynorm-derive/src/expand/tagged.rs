//! Enums with data as attributes: a map with the variant's name in the tag. The fields of a struct variant stand beside
//! the tag, the value of a newtype variant in the content.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::fact;
use super::record::{self, Tuple};
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
        #[inline]
        fn __write #params (__value: &#ident #args, __w: &mut _d::Writer) -> _d::Encoded #bounds {
            match __value { #(#writes)* }
        }
        #[automatically_derived]
        impl #params _d::Attribute for #ident #args #bounds {
            type Stored = _d::stored::M;
            #[inline]
            fn write(&self, __w: &mut _d::Writer) -> _d::Encoded {
                __w.map(|__w| __write(self, __w))
            }
            #[inline]
            fn read(__r: &mut _d::Reader<'_>) -> _d::Decoded<Self> {
                _d::read_tagged(__r, #tag, |__name, __r| match __name {
                    #(#reads)*
                    _ => _d::Err(_d::unknown_variant(#tag)),
                })
            }
        }
    }
}

/// The arm that writes the members of a variant's map.
fn write(owner: &Ident, variant: &DataVariant, tag: &str, content: &str) -> TokenStream {
    let (ident, name) = (&variant.ident, &variant.name);
    let tagged = quote!(__w.entry(#tag, |__w| __w.string(#name)));
    match &variant.data {
        VariantData::Unit => quote!(#owner::#ident => #tagged,),
        VariantData::Newtype(inner) => {
            let fact = fact::attr(inner, None);
            quote!(#owner::#ident(__inner) => { #tagged?; #fact.write(#content, __inner, __w) })
        }
        VariantData::Struct(fields) => {
            let taken = record::taken(&record::slots(fields), &[tag]);
            let (names, bindings): (Vec<_>, Vec<_>) = bindings(fields).unzip();
            let writes = fields
                .iter()
                .zip(&bindings)
                .filter_map(|(field, binding)| record::write(field, &quote!(#binding), &taken));
            let written = record::written(tagged, writes.collect());
            quote!(#owner::#ident { #(#names: #bindings,)* } => { #written })
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
        VariantData::Unit => quote!({ __r.skip()?; _d::Ok(Self::#ident) }),
        VariantData::Newtype(inner) => {
            let fact = fact::attr(inner, None);
            quote!(_d::Ok(Self::#ident(_d::read_content(__r, #content, #fact)?)))
        }
        VariantData::Struct(_) => {
            let (record, args) = (record_name(position), target.generics.args());
            quote!({ let __record: #record #args = _d::read_map(__r)?; _d::Ok(__record.0) })
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
    let slots_type = quote!((#(#types,)*));
    let tuple = Tuple { ty: quote!(Self::Slots), name: TokenStream::new(), marker: None };
    let finish = record::finish(&slots, fields, &tuple, |fields| quote!(#record(#ident::#case { #fields })));
    quote! {
        struct #record #params (#ident #args) #bounds;
        #[automatically_derived]
        impl #params _d::Record for #record #args #bounds {
            const NAMES: &'static [&'static str] = &[#(#names),*];
            type Slots = #slots_type;
            #[inline]
            fn slots() -> Self::Slots { (#(#empty,)*) }
            #[inline]
            fn accept(__s: &mut Self::Slots, __i: usize, __r: &mut _d::Reader<'_>) -> _d::Decoded {
                match __i { #reads _ => __r.skip() }
            }
            #unknown
            #finish
            #[inline]
            fn write_fields(&self, __w: &mut _d::Writer) -> _d::Encoded {
                __write(&self.0, __w)
            }
        }
    }
}
