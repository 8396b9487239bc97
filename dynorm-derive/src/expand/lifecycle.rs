//! `DynamoModel`: the schema, what a write stamps, key parts, and validation.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::{fact, schema};
use crate::attr::{AutoId, Hooks};
use crate::ir::{Attr, Field, Model, Role, StampKind, Target};
use crate::template::Format;

pub(super) fn model(model: &Model, target: &Target) -> TokenStream {
    let Target { ident, generics, .. } = target;
    let (params, args, bounds) = (generics.params(), generics.args(), generics.where_clause());
    let schema = schema::schema(model);
    let (stamps_type, stamps) = stamps(model, target);
    let written = [
        writes(
            model,
            |kind| matches!(kind, StampKind::Created | StampKind::Auto(_) | StampKind::Expiry),
            &quote!(write_created),
        ),
        writes(model, |kind| kind == StampKind::Updated, &quote!(write_updated)),
    ];
    let (lock, versioned) = version(model, target);
    let counted = counted(model, target);
    let parts = model.parts.iter().map(|part| {
        let (index, field, ty, fact) = (part.index, &part.field, &part.ty, fact::part(part));
        if part.optional {
            let value = quote::quote_spanned!(fact::span(ty)=> <#ty as _d::IndexPart>::part);
            quote!(#index => #fact.push_option(#value(&self.#field), __out),)
        } else {
            quote!(#index => #fact.push(&self.#field, __out),)
        }
    });
    let convert = convert(model);
    let (validation, hooks) = (validation(model, target), hooks(model));
    let unique = if model.uniques.is_empty() { quote!(Unguarded) } else { quote!(Guarded) };
    quote! {
        #stamps_type
        #[automatically_derived]
        impl #params _d::DynamoModel for #ident #args #bounds {
            const SCHEMA: &'static _d::Schema = #schema;
            type Unique = _d::#unique;
            #stamps
            #(#written)*
            #lock
            #[inline]
            fn key_part(&self, __i: usize, __out: &mut _d::PartSink) -> _d::Result<(), _d::KeyError> {
                match __i { #(#parts)* _ => __out.unknown(__i) }
            }
            #convert
            #validation
            #hooks
        }
        #versioned
        #counted
    }
}

/// Where a count can leave out items that have expired.
fn counted(model: &Model, target: &Target) -> TokenStream {
    let Target { ident, generics, .. } = target;
    let (params, args, bounds) = (generics.params(), generics.args(), generics.where_clause());
    let ttl = model.fields.iter().filter_map(Field::attr).find(|attr| attr.ttl.is_some());
    let Some(Attr { role: Role::Local(role), .. }) = ttl else {
        return quote!(impl #params _d::CountsLiveEverywhere for #ident #args #bounds {});
    };
    let filtered = model
        .indexes
        .iter()
        .filter(|index| role.held_by.contains(&index.marker) && role.no_key_of.contains(&index.marker));
    let filtered = filtered.map(|index| &index.marker);
    let local = model.indexes.iter().filter(|index| index.local && role.no_key_of.contains(&index.marker));
    let local = local.map(|index| &index.marker);
    quote! {
        impl #params _d::CountsLive<_d::Table> for #ident #args #bounds {}
        #(impl #params _d::CountsLive<#filtered #args> for #ident #args #bounds {})*
        #(impl #params _d::CountsLive<_d::FetchRest<#local #args>> for #ident #args #bounds {})*
    }
}

/// What a write expects of an item in hand, if the model has a version; and the trait that says whether it has.
fn version(model: &Model, target: &Target) -> (Option<TokenStream>, TokenStream) {
    let Target { ident, generics, .. } = target;
    let (params, args, bounds) = (generics.params(), generics.args(), generics.where_clause());
    let Some((field, _)) = stamped(model).find(|(_, kind)| *kind == StampKind::Version) else {
        return (None, quote!(impl #params _d::BatchPut for #ident #args #bounds {}));
    };
    let told = |kind: &StampKind| !matches!(kind, StampKind::Updated | StampKind::Expiry);
    let values = stamped(model).filter(|(_, kind)| told(kind)).filter_map(|(field, kind)| {
        let (attr, name, stamp) = (field.attr()?, &field.ident, fact::stamp(&field.ty, kind));
        let (attribute, fact) = (&attr.name, attr_fact(field, attr));
        Some(quote!(if !#stamp.is_unset(&self.#name) { #fact.write(#attribute, &self.#name, __w)?; }))
    });
    let lock = quote! {
        #[inline]
        fn write_lock(&self, __w: &mut _d::Writer) -> _d::Encoded {
            #(#values)*
            _d::Ok(())
        }
    };
    let ty = &field.ty;
    (Some(lock), quote!(impl #params _d::Versioned for #ident #args #bounds { type Version = #ty; }))
}

/// `convert_part`, if a key has a template: which attribute each of its parts is stored in beside it.
fn convert(model: &Model) -> Option<TokenStream> {
    let mut arms = model
        .parts
        .iter()
        .filter(|part| part.format != Format::Plain)
        .filter_map(|part| {
            let field = model.fields.iter().find(|field| field.ident == part.field)?;
            let attr = field.attr()?;
            let (index, ty, name) = (part.index, &part.ty, &attr.name);
            let (part_fact, attr_fact) = (fact::part(part), attr_fact(field, attr));
            Some(match part.optional {
                false => quote!(#index => __j.run(#name, #part_fact, #attr_fact),),
                true => {
                    let field = quote::quote_spanned!(fact::span(ty)=> <#ty as _d::IndexPart>);
                    quote!(#index => __j.run_optional(#name, #part_fact, #attr_fact, #field::part, #field::of),)
                }
            })
        })
        .peekable();
    arms.peek()?;
    Some(quote! {
        #[inline]
        fn convert_part(__i: usize, __j: _d::PartJob<'_, '_>) -> _d::Result<(), _d::Error> {
            match __i { #(#arms)* _ => __j.unknown() }
        }
    })
}

/// The fields that a write stamps.
fn stamped(model: &Model) -> impl Iterator<Item = (&Field, StampKind)> {
    model.fields.iter().filter_map(|field| Some((field, field.attr()?.stamp?)))
}

/// How long after the write the item of a `ttl` field expires.
fn lifetime(field: &Field) -> TokenStream {
    match field.attr().and_then(|attr| attr.ttl.as_ref()) {
        Some(Some(lifetime)) => {
            let span = fact::located(lifetime);
            quote_spanned!(span=> _d::lifetime(#lifetime))
        }
        Some(None) | None => TokenStream::new(),
    }
}

/// The type of the stamps, and the two functions that make them and put them in place.
fn stamps(model: &Model, target: &Target) -> (Option<TokenStream>, TokenStream) {
    if stamped(model).next().is_none() {
        let none = quote! {
            type Stamps = ();
            fn stamp(&self, _: &_d::Stamp<'_>) {}
            fn swap_stamps(&mut self, _: &mut ()) {}
        };
        return (None, none);
    }
    let Target { ident, vis, generics, .. } = target;
    let (params, args, bounds) = (generics.params(), generics.args(), generics.where_clause());
    let (marker, none) = match generics.is_empty() {
        true => (TokenStream::new(), TokenStream::new()),
        false => (quote!(_d::PhantomData<fn() -> #ident #args>), quote!(_d::PhantomData)),
    };
    let types = stamped(model).map(|(field, _)| &field.ty);
    let values = stamped(model).map(|(field, kind)| {
        let (name, fact) = (&field.ident, fact::stamp(&field.ty, kind));
        match kind {
            StampKind::Created => quote!(#fact.created(__s, &self.#name)),
            StampKind::Updated => quote!(#fact.now(__s)),
            StampKind::Auto(AutoId::V4) => quote!(#fact.v4(__s, &self.#name)),
            StampKind::Auto(AutoId::V7) => quote!(#fact.v7(__s, &self.#name)),
            StampKind::Version => quote!(#fact.next(&self.#name)),
            StampKind::Expiry => {
                let lifetime = lifetime(field);
                quote!(#fact.expires(__s, &self.#name, #lifetime))
            }
        }
    });
    let swaps = stamped(model).enumerate().map(|(index, (field, _))| {
        let (name, index) = (&field.ident, syn::Index::from(index));
        quote!(_d::swap(&mut self.#name, &mut __o.#index);)
    });
    let stamps_type = quote!(#vis struct __Stamps #params (#(#types,)* #marker) #bounds;);
    let functions = quote! {
        type Stamps = __Stamps #args;
        #[inline]
        fn stamp(&self, __s: &_d::Stamp<'_>) -> __Stamps #args { __Stamps(#(#values,)* #none) }
        #[inline]
        fn swap_stamps(&mut self, __o: &mut __Stamps #args) { #(#swaps)* }
    };
    (Some(stamps_type), functions)
}

/// `write_created` or `write_updated`, if a field has such a role.
fn writes(model: &Model, wanted: fn(StampKind) -> bool, function: &TokenStream) -> Option<TokenStream> {
    let mut written = stamped(model)
        .filter(|(_, kind)| wanted(*kind))
        .filter_map(|(field, kind)| {
            let attr = field.attr()?;
            let (name, fact, stamp) = (&attr.name, attr_fact(field, attr), fact::stamp(&field.ty, kind));
            let value = match kind {
                // A version is counted, not stamped.
                StampKind::Version => return None,
                StampKind::Created | StampKind::Updated => quote!(now(__s)),
                StampKind::Auto(AutoId::V4) => quote!(new_v4(__s)),
                StampKind::Auto(AutoId::V7) => quote!(new_v7(__s)),
                StampKind::Expiry => {
                    let lifetime = lifetime(field);
                    quote!(expiry(__s, #lifetime))
                }
            };
            Some(quote!(#fact.write(#name, &#stamp.#value, __w)?;))
        })
        .peekable();
    written.peek()?;
    Some(quote! {
        #[inline]
        fn #function(__s: &_d::Stamp<'_>, __w: &mut _d::Writer) -> _d::Encoded {
            #(#written)*
            _d::Ok(())
        }
    })
}

/// `check` for the whole model, `check_attribute` for a field that an update sets.
fn validation(model: &Model, target: &Target) -> TokenStream {
    let rules = model.validation.rules.then(|| quote!(_d::check_validator(self)?;));
    let function = model.validation.function.as_ref().map(|path| quote!(_d::check_with(self, #path)?;));
    let check = (rules.is_some() || function.is_some()).then(|| {
        quote! {
            #[inline]
            fn check(&self) -> _d::Result<(), _d::Invalid> {
                #rules
                #function
                _d::Ok(())
            }
        }
    });
    let ruled = || model.fields.iter().filter_map(|field| Some((field, field.attr()?)));
    let mut ruled = ruled().filter(|(_, attr)| !attr.rules.is_empty()).peekable();
    let check_attribute = ruled.peek().is_some().then(|| {
        let arms = ruled.map(|(field, attr)| field_check(field, attr, target));
        quote! {
            #[inline]
            fn check_attribute(__name: &str, __r: &mut _d::Reader<'_>) -> _d::Result<(), _d::Error> {
                match __name { #(#arms)* _ => _d::Ok(()) }
            }
        }
    });
    quote!(#check #check_attribute)
}

/// The functions that look at what is written and read, where the user names one.
fn hooks(model: &Model) -> TokenStream {
    let Hooks { before_write, after_write, after_read } = &model.hooks;
    let on_write = |function: TokenStream, hook: TokenStream, path: &syn::Path| {
        let run = quote_spanned!(fact::located(path)=> _d::#hook(__write, #path));
        quote!(fn #function(__write: &_d::Write<'_, Self>) -> _d::Result<(), _d::Rejected> { #run })
    };
    let before = before_write.as_ref().map(|path| on_write(quote!(run_before_write), quote!(before_write), path));
    let after = after_write.as_ref().map(|path| {
        let function = on_write(quote!(run_after_write), quote!(after_write), path);
        quote!(const AFTER_WRITE: bool = true; #function)
    });
    let read = after_read.as_ref().map(|path| {
        let run = quote_spanned!(fact::located(path)=> _d::after_read(self, #path));
        quote!(fn run_after_read(&self) -> _d::Result<(), _d::Rejected> { #run })
    });
    quote!(#before #after #read)
}

/// A hidden struct of one field, so that the rules run as `validator` means them.
fn field_check(field: &Field, attr: &Attr, target: &Target) -> TokenStream {
    let Target { ident: owner, generics, .. } = target;
    let (name, ident, ty, rules) = (&attr.name, &field.ident, &field.ty, &attr.rules);
    let fact = attr_fact(field, attr);
    let (params, args, own) = (generics.params(), generics.args(), generics.own_where());
    let (marker, none) = match generics.is_empty() {
        true => (TokenStream::new(), TokenStream::new()),
        false => (quote!(__owner: _d::PhantomData<fn() -> #owner #args>), quote!(__owner: _d::PhantomData)),
    };
    quote! {
        #name => {
            #[derive(::validator::Validate)]
            struct __Rules #params #own { #(#rules)* #ident: #ty, #marker }
            let __rules: __Rules #args = __Rules { #ident: #fact.get(__r)?, #none };
            _d::check_validator(&__rules)?;
            _d::Ok(())
        }
    }
}

fn attr_fact(field: &Field, attr: &Attr) -> TokenStream {
    fact::attr(&field.ty, attr.codec.as_ref())
}
