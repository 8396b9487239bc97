//! `Record`: names and slots, one line for each field in each function.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
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
    let marked = (!generics.is_empty()).then(|| quote!(_));
    let tuple = Tuple { ty: quote!(__Slots #args), name: quote!(__Slots), marker: marked };
    let finish = finish(&slots, fields, &tuple, |fields| quote!(#ident { #fields }));
    let taken = taken(&slots, reserved);
    let several = fields.iter().filter(|field| matches!(field.storage, Storage::Flatten { .. })).count() > 1;
    let writes = fields.iter().filter_map(|field| {
        let (name, fact) = (&field.ident, fact::flatten(&field.ty));
        match &field.storage {
            Storage::Flatten { .. } if several => {
                let all = quote!(<Self as _d::Record>::flattened);
                Some(next(&quote!(#fact.write_beside(&self.#name, #taken, #all, __w))))
            }
            _ => write(field, &quote!(&self.#name), &taken),
        }
    });
    let written = written(quote!(_d::Ok(())), writes.collect());
    quote! {
        #vis struct __Slots #params (#(#types,)* #marker) #bounds;
        #[automatically_derived]
        impl #params _d::Record for #ident #args #bounds {
            const NAMES: &'static [&'static str] = &[#(#names),*];
            type Slots = __Slots #args;
            #[inline]
            fn slots() -> __Slots #args { __Slots(#(#empty,)* #none) }
            #[inline]
            fn accept(__s: &mut __Slots #args, __i: usize, __r: &mut _d::Reader<'_>) -> _d::Decoded {
                match __i { #reads _ => __r.skip() }
            }
            #unknown
            #finish
            #[inline]
            fn write_fields(&self, __w: &mut _d::Writer) -> _d::Encoded { #written }
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

impl Slot<'_> {
    /// What the slot's value is called when it is taken out.
    fn value(&self) -> Ident {
        format_ident!("__{}", self.index)
    }
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
        #[inline]
        fn unknown(
            __s: &mut Self::Slots,
            __name: &str,
            __r: &mut _d::Reader<'_>,
        ) -> _d::Decoded<bool> {
            _d::Ok(#free (#(#offers)||*))
        }
        #[inline]
        fn flattened(__n: &mut _d::Vec<&'static str>) { #(#names)* }
    })
}

/// The tuple of the slots: its type, what it is called in a pattern, and the pattern of what it has beside the slots.
pub(super) struct Tuple {
    pub(super) ty: TokenStream,
    pub(super) name: TokenStream,
    pub(super) marker: Option<TokenStream>,
}

/// `finish`: what stands for an absent attribute is put into its slot, then all slots are emptied at once into the value that `built`
/// makes of the fields. So nothing is owned beside the slots while anything can go wrong: what would drop the fields built so far, after
/// each of them, is more code than all the rest.
pub(super) fn finish(
    slots: &[Slot<'_>],
    fields: &[Field],
    tuple: &Tuple,
    built: impl FnOnce(TokenStream) -> TokenStream,
) -> TokenStream {
    let Tuple { ty, name, marker } = tuple;
    let fills: Vec<_> = slots.iter().filter_map(fill).collect();
    let patterns = slots.iter().map(|slot| {
        let value = slot.value();
        match slot.field.storage {
            Storage::Attribute(_) => quote!(_d::Some(#value)),
            Storage::Flatten { .. } | Storage::Skip(_) => quote!(#value),
        }
    });
    let pattern = quote!(#name(#(#patterns,)* #marker));
    let mut of_slots = slots.iter();
    let values = fields.iter().map(|field| {
        let ident = &field.ident;
        if let Storage::Skip(default) = &field.storage {
            let default = fact::default(&field.ty, default);
            return quote!(#ident: #default,);
        }
        let value = of_slots.next().map(Slot::value);
        match field.storage {
            Storage::Flatten { .. } => quote!(#ident: #value.finish()?,),
            Storage::Attribute(_) | Storage::Skip(_) => quote!(#ident: #value,),
        }
    });
    let built = built(quote!(#(#values)*));
    let (mutable, body) = match fills.is_empty() {
        true => (None, quote!(let #pattern = __s; _d::Ok(#built))),
        false => {
            let body = quote! {
                let mut __m = _d::Missing::NONE;
                #(#fills)*
                match __s { #pattern => _d::Ok(#built), _ => _d::Err(__m.error()) }
            };
            (Some(quote!(mut)), body)
        }
    };
    quote!(#[inline] fn finish(#mutable __s: #ty) -> _d::Decoded<Self> { #body })
}

/// The statement that puts something into the slot of an absent attribute, or notes that it is missing.
fn fill(slot: &Slot<'_>) -> Option<TokenStream> {
    let (attr, index, ty) = (slot.field.attr()?, &slot.index, &slot.field.ty);
    let (fact, name) = (fact::attr(ty, attr.codec.as_ref()), &attr.name);
    Some(match &attr.default {
        None => quote!(#fact.fill(&mut __s.#index, #name, &mut __m);),
        Some(default) => {
            let default = fact::default(ty, default);
            quote!(#fact.fill_with(&mut __s.#index, || #default);)
        }
    })
}

/// The fields one after the other, behind what gives `first`. What it gives, `__e`, is passed on from field to field: a way out behind each one
/// is more for the compiler to check.
pub(super) fn written(first: TokenStream, writes: Vec<TokenStream>) -> TokenStream {
    if writes.is_empty() { first } else { quote!(let mut __e = #first; #(#writes)* __e) }
}

/// The statement that writes a flattened field.
fn next(written: &TokenStream) -> TokenStream {
    quote!(if let _d::Ok(()) = __e { __e = #written; })
}

/// The statement that writes a field, if it is stored.
pub(super) fn write(field: &Field, value: &TokenStream, taken: &TokenStream) -> Option<TokenStream> {
    match &field.storage {
        Storage::Attribute(attr) => {
            let (fact, name) = (fact::attr(&field.ty, attr.codec.as_ref()), &attr.name);
            Some(quote!(#fact.write_next(#name, #value, __w, &mut __e);))
        }
        Storage::Flatten { .. } => {
            let fact = fact::flatten(&field.ty);
            Some(next(&quote!(#fact.write(#value, #taken, __w))))
        }
        Storage::Skip(_) => None,
    }
}
