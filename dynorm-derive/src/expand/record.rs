//! `Record`: names and slots, one line for each field in each function.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Index;

use super::fact;
use crate::ir::{Field, Storage, Target};

/// The implementation for a struct with these fields. `reserved` are attributes beside them, which no flattened field
/// takes or writes.
pub(super) fn record(target: &Target, fields: &[Field], reserved: &[&str]) -> TokenStream {
    let Target { ident, vis, generics, .. } = target;
    let slots = slots(fields);
    let names = names(&slots);
    let (types, empty) = (slots.iter().map(|slot| &slot.ty), slots.iter().map(|slot| &slot.empty));
    let (params, args, bounds) = (generics.params(), generics.args(), generics.where_clause());
    // A generic type may have parameters that no slot mentions.
    let (marker, none) = match generics.is_empty() {
        true => (TokenStream::new(), TokenStream::new()),
        false => (quote!(_d::PhantomData<fn() -> #ident #args>), quote!(_d::PhantomData)),
    };
    let reads = accepts(&slots);
    let unknown = unknown(&slots, reserved);
    let built = fields.iter().zip(finished(&slots, fields)).map(|(field, value)| {
        let ident = &field.ident;
        quote!(#ident: #value)
    });
    let taken = taken(&slots, reserved);
    let several = fields.iter().filter(|field| matches!(field.storage, Storage::Flatten { .. })).count() > 1;
    let writes = fields.iter().filter_map(|field| {
        let (name, fact) = (&field.ident, fact::flatten(&field.ty));
        match &field.storage {
            Storage::Flatten { .. } if several => {
                let all = quote!(<Self as _d::Record>::flattened);
                Some(quote!(#fact.write_beside(&self.#name, #taken, #all, __w)?;))
            }
            _ => write(field, &quote!(&self.#name), &taken),
        }
    });
    quote! {
        #vis struct __Slots #params (#(#types,)* #marker) #bounds;
        #[automatically_derived]
        impl #params _d::Record for #ident #args #bounds {
            const NAMES: &'static [&'static str] = &[#(#names),*];
            type Slots = __Slots #args;
            fn slots() -> __Slots #args { __Slots(#(#empty,)* #none) }
            fn accept(__s: &mut __Slots #args, __i: usize, __r: &mut _d::Reader<'_>) -> _d::Result<(), _d::DecodeError> {
                match __i { #reads _ => __r.skip() }
            }
            #unknown
            fn finish(__s: __Slots #args) -> _d::Result<Self, _d::DecodeError> {
                _d::Ok(#ident { #(#built,)* })
            }
            fn write_fields(&self, __w: &mut _d::Writer) -> _d::Result<(), _d::EncodeError> {
                #(#writes)*
                _d::Ok(())
            }
        }
    }
}

/// The place of a field while a record is read.
pub(super) struct Slot<'a> {
    field: &'a Field,
    index: Index,
    pub(super) ty: TokenStream,
    pub(super) empty: TokenStream,
}

/// One slot for each field that is read.
pub(super) fn slots(fields: &[Field]) -> Vec<Slot<'_>> {
    let read = fields.iter().filter(|field| !matches!(field.storage, Storage::Skip(_)));
    read.enumerate()
        .map(|(index, field)| {
            let ty = &field.ty;
            let (ty, empty) = match &field.storage {
                Storage::Flatten { .. } => {
                    let flat = fact::flatten(ty);
                    (quote!(_d::FlatSlots<#ty>), quote!(#flat.slots()))
                }
                Storage::Attribute(_) | Storage::Skip(_) => (quote!(_d::Option<#ty>), quote!(_d::None)),
            };
            Slot { field, index: Index::from(index), ty, empty }
        })
        .collect()
}

/// The names, then the aliases. A flattened field has none.
pub(super) fn names(slots: &[Slot<'_>]) -> Vec<String> {
    let attrs = || slots.iter().filter_map(|slot| slot.field.attr());
    let names = attrs().map(|attr| attr.name.clone());
    names.chain(attrs().flat_map(|attr| attr.aliases.clone())).collect()
}

/// The arms of `accept`: by position among the names, not among the slots.
pub(super) fn accepts(slots: &[Slot<'_>]) -> TokenStream {
    let attrs = || slots.iter().filter_map(|slot| Some((slot, slot.field.attr()?)));
    let mut arms = TokenStream::new();
    let mut position = 0usize;
    for (slot, attr) in attrs() {
        let (index, fact) = (&slot.index, fact::attr(&slot.field.ty, attr.codec.as_ref()));
        arms.extend(quote!(#position => #fact.read(&mut __s.#index, __r),));
        position += 1;
    }
    for (slot, attr) in attrs() {
        for _alias in &attr.aliases {
            let (index, name) = (&slot.index, &attr.name);
            let fact = fact::attr(&slot.field.ty, attr.codec.as_ref());
            arms.extend(quote!(#position => #fact.read_alias(#name, &mut __s.#index, __r),));
            position += 1;
        }
    }
    arms
}

/// The attributes that a flattened map must not write.
pub(super) fn taken(slots: &[Slot<'_>], reserved: &[&str]) -> TokenStream {
    let names = names(slots);
    quote!(&[#(#names,)* #(#reserved),*])
}

/// `unknown` and `flattened`, if a field is flattened: the first one that knows the attribute takes it.
pub(super) fn unknown(slots: &[Slot<'_>], reserved: &[&str]) -> Option<TokenStream> {
    let flat: Vec<_> = slots.iter().filter(|slot| matches!(slot.field.storage, Storage::Flatten { .. })).collect();
    if flat.is_empty() {
        return None;
    }
    let offers = flat.iter().map(|slot| {
        let index = &slot.index;
        quote!(__s.#index.offer(__name, __r)?)
    });
    let names = flat.iter().map(|slot| {
        let fact = fact::flatten(&slot.field.ty);
        quote!(#fact.names(__n);)
    });
    let free = (!reserved.is_empty()).then(|| quote!(![#(#reserved),*].contains(&__name) &&));
    Some(quote! {
        fn unknown(
            __s: &mut Self::Slots,
            __name: &str,
            __r: &mut _d::Reader<'_>,
        ) -> _d::Result<bool, _d::DecodeError> {
            _d::Ok(#free (#(#offers)||*))
        }
        fn flattened(__n: &mut _d::Vec<&'static str>) { #(#names)* }
    })
}

/// The value of each field, from the slots. A `match` costs the compiler less than `?`, which asks for a conversion.
pub(super) fn finished(slots: &[Slot<'_>], fields: &[Field]) -> Vec<TokenStream> {
    let mut slots = slots.iter();
    let mut value = |field: &Field| {
        let ty = &field.ty;
        if let Storage::Skip(value) = &field.storage {
            return fact::default(ty, value);
        }
        let index = slots.next().map(|slot| &slot.index);
        match (&field.storage, field.attr()) {
            (_, Some(attr)) => {
                let (fact, name) = (fact::attr(ty, attr.codec.as_ref()), &attr.name);
                match &attr.default {
                    None => {
                        quote!(match #fact.take(__s.#index, #name) { _d::Ok(__v) => __v, _d::Err(__e) => return _d::Err(__e) })
                    }
                    Some(default) => {
                        let default = fact::default(ty, default);
                        quote!(#fact.take_or(__s.#index, || #default))
                    }
                }
            }
            (_, None) => quote!(__s.#index.finish()?),
        }
    };
    fields.iter().map(&mut value).collect()
}

/// The statement that writes a field, if it is stored.
pub(super) fn write(field: &Field, value: &TokenStream, taken: &TokenStream) -> Option<TokenStream> {
    match &field.storage {
        Storage::Attribute(attr) => {
            let (fact, name) = (fact::attr(&field.ty, attr.codec.as_ref()), &attr.name);
            Some(quote!(if let _d::Err(__e) = #fact.write(#name, #value, __w) { return _d::Err(__e); }))
        }
        Storage::Flatten { .. } => {
            let fact = fact::flatten(&field.ty);
            Some(quote!(#fact.write(#value, #taken, __w)?;))
        }
        Storage::Skip(_) => None,
    }
}
