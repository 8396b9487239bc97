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
            #[inline]
            fn position(&self) -> usize { match self { #(#positions),* } }
            #[inline]
            fn variant(__position: usize) -> _d::Option<Self> {
                _d::Some(match __position { #(#by_position,)* _ => return _d::None })
            }
        }
        #[automatically_derived]
        impl #params _d::Attribute for #ident #args #bounds {
            type Stored = _d::stored::S;
            #[inline]
            fn write(&self, __w: &mut _d::Writer) -> _d::Encoded { _d::write_enum(self, __w) }
            #[inline]
            fn read(__r: &mut _d::Reader<'_>) -> _d::Decoded<Self> { _d::read_enum(__r) }
        }
        #[automatically_derived]
        impl #params _d::KeyPart for #ident #args #bounds {
            const KIND: _d::KeyKind = _d::KeyKind::S;
            #[inline]
            fn plain(&self) -> _d::Result<_d::KeyValue, _d::KeyError> {
                _d::enum_plain(<Self as _d::UnitEnum>::NAMES, _d::UnitEnum::position(self))
            }
            #[inline]
            fn text(&self, __format: _d::Format, __out: &mut _d::String) -> _d::Result<(), _d::KeyError> {
                _d::enum_text(<Self as _d::UnitEnum>::NAMES, _d::UnitEnum::position(self), __format, __out)
            }
            #[inline]
            fn parse(__text: &str, __format: _d::Format) -> _d::Result<Self, _d::KeyError> { _d::enum_part(__text, __format) }
            #[inline]
            fn fixed(__format: _d::Format) -> _d::Option<_d::Fixed> { _d::enum_fixed(__format) }
        }
        impl #params _d::PlainKey for #ident #args #bounds {}
        impl #params _d::TextPart for #ident #args #bounds {}
        impl #params _d::OrderPart for #ident #args #bounds {}
        #[automatically_derived]
        impl #params _d::MapKey for #ident #args #bounds {
            #[inline]
            fn to_name(&self) -> _d::Cow<'_, str> { _d::Cow::Borrowed(_d::enum_name(self)) }
            #[inline]
            fn from_name(__name: _d::Cow<'_, str>) -> _d::Decoded<Self> { _d::enum_from_name(&__name) }
        }
    }
}
