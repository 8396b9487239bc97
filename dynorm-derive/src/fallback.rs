//! What stands in for a type with mistakes: every path, function and implementation that its uses may name, with
//! types that accept anything. So the mistakes are the only errors, and correct uses elsewhere stay quiet.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Fields};

use crate::attr::{FieldAttrs, IndexAttr, ModelAttrs, PatchAttrs, ProjectionAttrs, TypeAttrs, TypeKind};
use crate::diag::Diagnostics;
use crate::generics::{TypeGenerics, without_self};
use crate::{ast, case, expand, ir, lower};

/// The errors of a model, and its stub.
pub(crate) fn model(input: &DeriveInput, errors: &syn::Error) -> TokenStream {
    let errors = errors.to_compile_error();
    // The mistakes are in `errors` already.
    let mut known = Diagnostics::new();
    let attrs = ModelAttrs::read(&input.attrs, &mut known);
    let _known = known.finish();
    let (ident, vis, generics) = (&input.ident, &input.vis, TypeGenerics::new(&input.generics));
    let (params, args, own) = (generics.params(), generics.args(), generics.own_where());
    let indexes = distinct(&attrs.indexes);
    let markers = indexes.iter().filter(|_| generics.is_empty()).map(|index| {
        let (marker, doc) = (&index.marker, format!("An index of `{ident}`."));
        let derives = quote!(#[derive(::core::fmt::Debug, ::core::clone::Clone, ::core::marker::Copy)]);
        quote!(#[doc = #doc] #derives #vis struct #marker;)
    });
    let functions = std::iter::once((format_ident!("key"), None))
        .chain(indexes.iter().map(|index| (format_ident!("{}", case::snake(&index.marker)), Some(&index.marker))));
    let (functions, builders): (Vec<_>, Vec<_>) = functions
        .enumerate()
        .map(|(position, (function, marker))| {
            let builder = format_ident!("__Key{position}");
            let doc = format!("Starts a key of `{ident}`.");
            let target = match marker {
                Some(marker) if generics.is_empty() => quote!(#marker),
                Some(_) | None => quote!(_d::Table),
            };
            let starts = quote!(#[doc = #doc] #vis fn #function() -> #builder<Self> { ::core::unreachable!() });
            (starts, self::builder(input, &builder, &target))
        })
        .unzip();
    let constants = constants(input, FieldAttrs::of_model);
    let versioned = named(input).find_map(|(_, field)| {
        let mut known = Diagnostics::new();
        let attrs = FieldAttrs::of_model(&field.attrs, &mut known);
        let _known = known.finish();
        let ty = without_self(&field.ty, ident, &generics);
        attrs.version.map(|_| quote!(impl #params _d::Versioned for #ident #args #own { type Version = #ty; }))
    });
    let model = quote! {
        #[automatically_derived]
        impl #params #ident #args #own { #constants #(#functions)* }
        #(#builders)*
        #[automatically_derived]
        impl #params _d::DynamoModel for #ident #args #own {
            const SCHEMA: &'static _d::Schema = _d::UNRESOLVED;
            type Unique = _d::Unguarded;
            type Stamps = ();
            fn stamp(&self, _: &_d::Stamp<'_>) {}
            fn swap_stamps(&mut self, _: &mut ()) {}
            fn key_part(&self, __i: usize, __out: &mut _d::PartSink) -> _d::Result<(), _d::KeyError> { __out.unknown(__i) }
        }
        #[automatically_derived]
        impl #params _d::BatchPut for #ident #args #own {}
        #[automatically_derived]
        impl #params _d::CountsLiveEverywhere for #ident #args #own {}
        #versioned
    };
    let record = record(input);
    let has_fields = has_fields(input, lower::krate(attrs.krate.as_ref()));
    let markers = quote!(#(#markers)*);
    let indexes = indexes.iter().filter(|_| generics.is_empty()).map(|index| {
        let marker = &index.marker;
        quote! {
            impl _d::Index for #marker {
                type Model = #ident;
                const SCHEMA: &'static _d::IndexSchema = _d::UNRESOLVED_INDEX;
            }
            impl _d::Consistent for #marker {}
            impl _d::ReadFrom<#marker> for #ident {}
        }
    });
    let items = quote!(#model #record #has_fields #(#indexes)*);
    let items = expand::wrap(&lower::krate(attrs.krate.as_ref()), &items);
    quote!(#errors #markers #items)
}

/// The errors of a projection, and its stub, if its model is known.
pub(crate) fn projection(input: &DeriveInput, errors: &syn::Error) -> TokenStream {
    let errors = errors.to_compile_error();
    let mut known = Diagnostics::new();
    let attrs = ProjectionAttrs::read(&input.attrs, &mut known);
    let _known = known.finish();
    let Some(of) = attrs.of.as_ref() else { return errors };
    let (ident, generics) = (&input.ident, TypeGenerics::new(&input.generics));
    if !generics.is_empty() {
        return errors;
    }
    let indexes = &attrs.indexes;
    let items = quote! {
        #[automatically_derived]
        impl _d::DynamoProjection for #ident {
            type Model = #of;
            type Columns = ();
            type Slots = ();
            fn columns() {}
            fn names(_: &()) -> _d::Vec<_d::Names> { ::core::unreachable!() }
            fn slots() {}
            fn accept(_: &(), _: &mut (), _: usize, _: bool, _: &mut _d::Reader<'_>) -> _d::Decoded {
                ::core::unreachable!()
            }
            fn finish(_: &(), _: ()) -> _d::Decoded<Self> { ::core::unreachable!() }
        }
        #[automatically_derived]
        impl _d::FromItem<#of> for #ident {
            type Scratch = ();
            fn scratch(_: _d::Option<&'static _d::IndexSchema>) {}
            fn from_item(_: &mut _d::Reader<'_>, _: &mut ()) -> _d::Decoded<Self> { ::core::unreachable!() }
        }
        impl _d::ReadFrom<_d::Table> for #ident {}
        impl<__I> _d::ReadFrom<_d::FetchRest<__I>> for #ident {}
        #(impl _d::Fits<#indexes> for #ident {})*
        #(impl _d::ReadFrom<#indexes> for #ident {})*
    };
    let items = expand::wrap(&lower::krate(attrs.krate.as_ref()), &items);
    quote!(#errors #items)
}

/// The errors of a patch, and its stub, if its model is known.
pub(crate) fn patch(input: &DeriveInput, errors: &syn::Error) -> TokenStream {
    let errors = errors.to_compile_error();
    let mut known = Diagnostics::new();
    let attrs = PatchAttrs::read(&input.attrs, &mut known);
    let _known = known.finish();
    let Some(of) = attrs.of.as_ref().filter(|_| input.generics.params.is_empty()) else { return errors };
    let ident = &input.ident;
    let items = quote! {
        #[automatically_derived]
        impl _d::DynamoPatch for #ident {
            type Model = #of;
            fn into_changes(self) -> _d::UpdateExpr<#of> { ::core::unreachable!() }
        }
    };
    let items = expand::wrap(&lower::krate(attrs.krate.as_ref()), &items);
    quote!(#errors #items)
}

/// The errors of an attribute's type, and its stub.
pub(crate) fn attribute(input: &DeriveInput, errors: &syn::Error) -> TokenStream {
    let errors = errors.to_compile_error();
    let mut known = Diagnostics::new();
    let attrs = TypeAttrs::read(TypeKind::DataEnum, &input.attrs, &mut known);
    let _known = known.finish();
    let (ident, generics) = (&input.ident, TypeGenerics::new(&input.generics));
    let (params, args, own) = (generics.params(), generics.args(), generics.own_where());
    let constants = constants(input, FieldAttrs::of_nested);
    let unit = match &input.data {
        Data::Enum(data) => data.variants.iter().all(|variant| matches!(variant.fields, Fields::Unit)),
        Data::Struct(_) | Data::Union(_) => false,
    };
    let (stored, more) = if unit {
        let unit = quote! {
            #[automatically_derived]
            impl #params _d::UnitEnum for #ident #args #own {
                const NAMES: &'static [&'static str] = &[];
                const ALIASES: &'static [(&'static str, usize)] = &[];
                fn position(&self) -> usize { ::core::unreachable!() }
                fn variant(_: usize) -> _d::Option<Self> { ::core::unreachable!() }
            }
            #[automatically_derived]
            impl #params _d::KeyPart for #ident #args #own {
                const KIND: _d::KeyKind = _d::KeyKind::S;
                fn plain(&self) -> _d::Result<_d::KeyValue, _d::KeyError> { ::core::unreachable!() }
                fn text(&self, _: _d::Format, _: &mut _d::String) -> _d::Result<(), _d::KeyError> { ::core::unreachable!() }
                fn parse(_: &str, _: _d::Format) -> _d::Result<Self, _d::KeyError> { ::core::unreachable!() }
            }
            impl #params _d::PlainKey for #ident #args #own {}
            impl #params _d::TextPart for #ident #args #own {}
            impl #params _d::OrderPart for #ident #args #own {}
        };
        (quote!(S), unit)
    } else {
        let record = record(input);
        let lasting = generics.lasting_where_clause();
        let nested = quote! {
            #[automatically_derived]
            impl #params #ident #args #own { #constants }
            #[automatically_derived]
            impl #params _d::Nested for #ident #args #own { type Inner = #ident #args; }
            #[automatically_derived]
            impl #params _d::Flatten for #ident #args #lasting {
                const FLAT: _d::Flat<Self> = _d::flat_record();
            }
            #record
        };
        (quote!(M), nested)
    };
    let items = quote! {
        #more
        #[automatically_derived]
        impl #params _d::Attribute for #ident #args #own {
            type Stored = _d::stored::#stored;
            fn write(&self, _: &mut _d::Writer) -> _d::Encoded { ::core::unreachable!() }
            fn read(_: &mut _d::Reader<'_>) -> _d::Decoded<Self> { ::core::unreachable!() }
        }
    };
    let items = expand::wrap(&lower::krate(attrs.krate.as_ref()), &items);
    quote!(#errors #items)
}

/// Indexes whose functions differ.
fn distinct(indexes: &[IndexAttr]) -> Vec<&IndexAttr> {
    let mut kept: Vec<&IndexAttr> = Vec::new();
    for index in indexes {
        if !kept.iter().any(|known| case::snake(&known.marker) == case::snake(&index.marker)) {
            kept.push(index);
        }
    }
    kept
}

/// A key builder that takes anything, in any order, and is always complete.
fn builder(input: &DeriveInput, name: &Ident, target: &TokenStream) -> TokenStream {
    let vis = &input.vis;
    let methods = named(input).map(|(field, _)| {
        let doc = format!("Sets `{}`.", field.unraw());
        quote!(#[doc = #doc] #vis fn #field<__V>(self, _: __V) -> Self { self })
    });
    quote! {
        /// A key whose model has mistakes.
        #vis struct #name<__M>(_d::PhantomData<fn() -> __M>);
        impl<__M> #name<__M> { #(#methods)* }
        impl<__M> _d::FullKey for #name<__M> {
            type Model = __M;
            fn into_key(self) -> _d::Key<__M> { ::core::unreachable!() }
        }
        impl<__M> _d::FullIndexKey for #name<__M> {
            type Model = __M;
            fn into_index_key(self) -> _d::KeyBuf { ::core::unreachable!() }
        }
        impl<__M> _d::QueryKey for #name<__M> {
            type Model = __M;
            type Index = #target;
            fn into_key_buf(self) -> _d::KeyBuf { ::core::unreachable!() }
        }
    }
}

/// One constant for each field, with the plain role; names that two fields share are left out once.
fn constants(input: &DeriveInput, read: fn(&[syn::Attribute], &mut Diagnostics) -> FieldAttrs) -> TokenStream {
    let (ident, vis, generics) = (&input.ident, &input.vis, TypeGenerics::new(&input.generics));
    let args = generics.args();
    let mut seen = Vec::new();
    let constants = named(input).filter_map(|(field, syntax)| {
        let mut known = Diagnostics::new();
        let attrs = read(&syntax.attrs, &mut known);
        let _known = known.finish();
        let field = ast::Field { ident: field, ty: &syntax.ty, attrs };
        let constant = field.constant();
        let new = !seen.contains(&constant);
        seen.push(constant.clone());
        let (doc, ty) = (format!("The attribute `{}`.", field.name()), without_self(field.ty, ident, &generics));
        new.then(|| quote!(#[doc = #doc] #vis const #constant: _d::Field<#ident #args, #ty> = _d::Field::new("");))
    });
    quote!(#(#constants)*)
}

/// The fields by their own names, with the plain role.
fn has_fields(input: &DeriveInput, krate: syn::Path) -> TokenStream {
    let (ident, generics) = (&input.ident, TypeGenerics::new(&input.generics));
    let args = generics.args();
    let mut seen: Vec<&Ident> = Vec::new();
    let fields: Vec<_> = named(input)
        .filter_map(|(field, syntax)| {
            let (new, ty) = (!seen.contains(&field), without_self(&syntax.ty, ident, &generics));
            seen.push(field);
            new.then(|| (field, quote!(_d::Field<#ident #args, #ty>), quote!(_d::Field::new(""))))
        })
        .collect();
    let target = ir::Target { ident: ident.clone(), vis: input.vis.clone(), generics, krate };
    expand::paths::has_fields(&target, &format_ident!("__Fields"), fields.into_iter())
}

fn record(input: &DeriveInput) -> TokenStream {
    let (ident, generics) = (&input.ident, TypeGenerics::new(&input.generics));
    let (params, args, own) = (generics.params(), generics.args(), generics.own_where());
    quote! {
        #[automatically_derived]
        impl #params _d::Record for #ident #args #own {
            const NAMES: &'static [&'static str] = &[];
            type Slots = ();
            fn slots() {}
            fn accept(_: &mut (), _: usize, _: &mut _d::Reader<'_>) -> _d::Decoded { ::core::unreachable!() }
            fn finish(_: ()) -> _d::Decoded<Self> { ::core::unreachable!() }
            fn write_fields(&self, _: &mut _d::Writer) -> _d::Encoded { ::core::unreachable!() }
        }
    }
}

/// The named fields of a struct.
fn named(input: &DeriveInput) -> impl Iterator<Item = (&Ident, &syn::Field)> {
    let fields = match &input.data {
        Data::Struct(data) => Some(&data.fields),
        Data::Enum(_) | Data::Union(_) => None,
    };
    fields.into_iter().flatten().filter_map(|field| Some((field.ident.as_ref()?, field)))
}
