//! Key builders: for each key a thin type over the runtime's, with one method for each part. Index markers stand beside
//! the model, because the user names them.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;

use crate::generics::any_ident;
use crate::ir::{Index, Key, Model, Part, Target};

/// The type of each index, with the model's visibility.
pub(super) fn markers(model: &Model) -> TokenStream {
    let Target { ident, vis, generics, .. } = &model.target;
    let markers = model.indexes.iter().map(|index| {
        let (marker, doc) = (&index.marker, format!("The index `{}` of `{ident}`.", index.name));
        let derives = quote!(#[derive(::core::fmt::Debug, ::core::clone::Clone, ::core::marker::Copy)]);
        if generics.is_empty() {
            return quote!(#[doc = #doc] #derives #vis struct #marker;);
        }
        let (params, args, own) = (generics.params(), generics.args(), generics.own_where());
        quote!(#[doc = #doc] #derives #vis struct #marker #params (::core::marker::PhantomData<fn() -> #ident #args>) #own;)
    });
    quote!(#(#markers)*)
}

/// What the runtime knows an index by.
pub(super) fn index_impls(model: &Model, target: &Target) -> TokenStream {
    let Target { ident, generics, .. } = target;
    let (params, args, bounds) = (generics.params(), generics.args(), generics.where_clause());
    let impls = model.indexes.iter().enumerate().map(|(position, index)| {
        let marker = &index.marker;
        let consistent = index.local.then(|| {
            let own = generics.own_where();
            quote!(impl #params _d::Consistent for #marker #args #own {})
        });
        let whole = index.holds_all(model).then(|| {
            let own = generics.own_where();
            quote!(impl #params _d::ReadFrom<#marker #args> for #ident #args #own {})
        });
        quote! {
            #[automatically_derived]
            impl #params _d::Index for #marker #args #bounds {
                type Model = #ident #args;
                const SCHEMA: &'static _d::IndexSchema = &<#ident #args as _d::DynamoModel>::SCHEMA.indexes[#position];
            }
            #consistent
            #whole
        }
    });
    quote!(#(#impls)*)
}

/// `key()`, and one function for each index.
pub(super) fn functions(model: &Model, target: &Target) -> TokenStream {
    let Target { ident, vis, generics, .. } = target;
    let args = generics.args();
    let function = |name: &Ident, builder: &Ident, key: &Key, what: &str, schema: TokenStream| {
        let doc = format!("Starts a key of {what}: {}.", describe(key));
        quote! {
            #[doc = #doc]
            #[inline]
            #vis fn #name() -> #builder<#ident #args, _d::Parts<0>> {
                #builder(_d::KeyBuf::new(&<#ident #args as _d::DynamoModel>::SCHEMA.#schema), _d::PhantomData)
            }
        }
    };
    let table = function(&format_ident!("key"), &table_builder(model), &model.key, &format!("`{ident}`"), quote!(key));
    let indexes = model.indexes.iter().enumerate().map(|(position, index)| {
        let what = format!("the index `{}`", index.name);
        function(&index.function, &index_builder(model, index), &index.key, &what, quote!(indexes[#position].key))
    });
    quote!(#table #(#indexes)*)
}

/// The builder types.
pub(super) fn builders(model: &Model, target: &Target) -> TokenStream {
    let ident = &target.ident;
    let table = builder(target, &table_builder(model), &model.key, &format!("`{ident}`"), None);
    let indexes = model.indexes.iter().map(|index| {
        let what = format!("the index `{}`", index.name);
        builder(target, &index_builder(model, index), &index.key, &what, Some(&index.marker))
    });
    quote!(#table #(#indexes)*)
}

fn builder(target: &Target, name: &Ident, key: &Key, what: &str, index: Option<&Ident>) -> TokenStream {
    let Target { ident, vis, generics, .. } = target;
    let (args, bounds) = (generics.args(), generics.where_clause());
    let with_state = generics.params_and(&quote!(__S));
    let doc = format!("A key of {what}, part by part.");
    let methods = key.parts().enumerate().map(|(position, (sort, part))| method(target, name, position, sort, part));
    let partition = key.parts().filter(|(sort, _)| !sort).count();
    let all = key.parts().count();
    let covers = generics.params_and(&quote!(__S: _d::Covers<#partition>));
    let (full, read) = match index {
        None => {
            let params = generics.params();
            let full = quote! {
                #[automatically_derived]
                impl #params _d::FullKey for #name<#ident #args, _d::Parts<#all>> #bounds {
                    type Model = #ident #args;
                    #[inline]
                    fn into_key(self) -> _d::Key<#ident #args> { _d::Key::new(self.0) }
                }
            };
            (full, quote!(_d::Table))
        }
        Some(marker) => {
            let params = generics.params();
            let full = quote! {
                #[automatically_derived]
                impl #params _d::FullIndexKey for #name<#ident #args, _d::Parts<#all>> #bounds {
                    type Model = #ident #args;
                    #[inline]
                    fn into_index_key(self) -> _d::KeyBuf { self.0 }
                }
            };
            (full, quote!(#marker #args))
        }
    };
    quote! {
        #[doc = #doc]
        #[must_use]
        #vis struct #name<__M, __S>(_d::KeyBuf, _d::PhantomData<fn() -> (__M, __S)>);
        #[automatically_derived]
        impl #with_state #name<#ident #args, __S> #bounds { #(#methods)* }
        #full
        #[diagnostic::do_not_recommend]
        #[automatically_derived]
        impl #covers _d::QueryKey for #name<#ident #args, __S> #bounds {
            type Model = #ident #args;
            type Index = #read;
            #[inline]
            fn into_key_buf(self) -> _d::KeyBuf { self.0 }
        }
    }
}

/// The method that gives a part its value or, in the sort key, a condition.
fn method(target: &Target, builder: &Ident, position: usize, sort: bool, part: &Part) -> TokenStream {
    let Target { ident, vis, generics, .. } = target;
    let (args, field, after) = (generics.args(), &part.field, position + 1);
    let doc = format!("Sets `{}`.", field.unraw());
    let own = &part.ty;
    let (ty, indexed) = match part.optional {
        false => (own.to_token_stream(), None),
        true => (quote!(<_d::In<#own, __S> as _d::IndexPart>::Part), Some(quote!(, _d::In<#own, __S>: _d::IndexPart))),
    };
    let bounds = quote!(where __S: _d::Ready<_d::Parts<#after>> #indexed);
    if sort {
        quote! {
            #[doc = #doc]
            #vis fn #field<__N>(self, __value: impl _d::PartCondition<#ty, _d::Parts<#after>, __N>) -> #builder<#ident #args, __N>
            #bounds { #builder(self.0.condition(__value), _d::PhantomData) }
        }
    } else {
        quote! {
            #[doc = #doc]
            #vis fn #field(self, __value: impl _d::PartValue<#ty>) -> #builder<#ident #args, _d::Parts<#after>>
            #bounds { #builder(self.0.value(__value), _d::PhantomData) }
        }
    }
}

fn table_builder(model: &Model) -> Ident {
    unused(model, &format!("{}Key", model.target.ident.unraw()))
}

fn index_builder(model: &Model, index: &Index) -> Ident {
    unused(model, &format!("{}Key", index.marker.unraw()))
}

/// A name that no field's type has, which would mean the generated type instead.
pub(super) fn unused(model: &Model, name: &str) -> Ident {
    let mut ident = format_ident!("{name}");
    let used = |ident: &Ident| {
        let types = model.fields.iter().map(|field| field.ty.to_token_stream());
        let own = [model.target.ident.to_token_stream()];
        let markers = model.indexes.iter().map(|index| index.marker.to_token_stream());
        types.chain(own).chain(markers).any(|tokens| any_ident(tokens, &mut |other| other == ident))
    };
    while used(&ident) {
        ident = format_ident!("{ident}_");
    }
    ident
}

/// "`publisher: String`, then `year: u16`, `isbn: String`".
fn describe(key: &Key) -> String {
    let list = |wanted: bool| {
        let parts = key.parts().filter(|(sort, _)| *sort == wanted);
        parts.map(|(_, part)| format!("`{}: {}`", part.field.unraw(), type_text(part))).collect::<Vec<_>>().join(", ")
    };
    match (list(false), list(true)) {
        (partition, sort) if sort.is_empty() => partition,
        (partition, sort) => format!("{partition}, then {sort}"),
    }
}

fn type_text(part: &Part) -> String {
    let text = part.ty.to_token_stream().to_string();
    text.replace(" :: ", "::").replace(" < ", "<").replace(" >", ">").replace(" ,", ",").replace("& ", "&")
}
