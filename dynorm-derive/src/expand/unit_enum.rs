//! Enums without data as attributes: the name of the variant. They are also key parts, by name or by order.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ir::{Target, UnitVariant};

pub(super) fn unit_enum(target: &Target, variants: &[UnitVariant]) -> TokenStream {
    let Target { ident, generics, .. } = target;
    let (params, args, bounds) = (generics.params(), generics.args(), generics.where_clause());
    let names = variants.iter().map(|variant| &variant.name);
    let numbered = || variants.iter().enumerate();
    let aliases =
        numbered().flat_map(|(position, variant)| variant.aliases.iter().map(move |alias| quote!((#alias, #position))));
    let positions = numbered().map(|(position, UnitVariant { ident, .. })| quote!(Self::#ident => #position));
    let by_position = numbered().map(|(position, UnitVariant { ident, .. })| quote!(#position => Self::#ident));
    quote! {
        #[automatically_derived]
        impl #params _d::UnitEnum for #ident #args #bounds {
            const NAMES: &'static [&'static str] = &[#(#names),*];
            const ALIASES: &'static [(&'static str, usize)] = &[#(#aliases),*];
            fn position(&self) -> usize { match self { #(#positions),* } }
            fn variant(position: usize) -> ::core::option::Option<Self> {
                ::core::option::Option::Some(match position { #(#by_position,)* _ => return ::core::option::Option::None })
            }
        }
        #[automatically_derived]
        impl #params _d::Attribute for #ident #args #bounds {
            type Stored = _d::stored::S;
            fn write(&self, w: &mut _d::Writer) -> ::core::result::Result<(), _d::EncodeError> { _d::write_enum(self, w) }
            fn read(r: &mut _d::Reader<'_>) -> ::core::result::Result<Self, _d::DecodeError> { _d::read_enum(r) }
        }
        #[automatically_derived]
        impl #params _d::KeyPart for #ident #args #bounds {
            const KIND: _d::KeyKind = _d::KeyKind::S;
            fn plain(&self) -> ::core::result::Result<_d::KeyValue, _d::KeyError> {
                _d::enum_plain(<Self as _d::UnitEnum>::NAMES, _d::UnitEnum::position(self))
            }
            fn text(&self, format: _d::Format, out: &mut _d::String) -> ::core::result::Result<(), _d::KeyError> {
                _d::enum_text(<Self as _d::UnitEnum>::NAMES, _d::UnitEnum::position(self), format, out)
            }
            fn parse(text: &str, format: _d::Format) -> ::core::result::Result<Self, _d::KeyError> { _d::enum_part(text, format) }
            fn fixed(format: _d::Format) -> ::core::option::Option<_d::Fixed> { _d::enum_fixed(format) }
        }
        impl #params _d::PlainKey for #ident #args #bounds {}
        impl #params _d::TextPart for #ident #args #bounds {}
        impl #params _d::OrderPart for #ident #args #bounds {}
        #[automatically_derived]
        impl #params _d::MapKey for #ident #args #bounds {
            fn to_name(&self) -> _d::Cow<'_, str> { _d::Cow::Borrowed(_d::enum_name(self)) }
            fn from_name(name: _d::Cow<'_, str>) -> ::core::result::Result<Self, _d::DecodeError> { _d::enum_from_name(&name) }
        }
    }
}
