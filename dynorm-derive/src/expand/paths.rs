//! The inherent items: one constant for each field, and where keys start.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;

use super::roles::Roles;
use super::{fact, keys};
use crate::ir::{Field, Model, Storage, Target};

/// The constants and key functions of a model, and its fields by their own names.
pub(super) fn model(model: &Model, target: &Target, roles: &Roles<'_>) -> TokenStream {
    let paths: Vec<_> = model
        .fields
        .iter()
        .filter_map(|field| {
            let role = field.attr().map(|attr| roles.name(&attr.role));
            Path::of(target, field, &role.unwrap_or_else(|| quote!(_d::role::Plain)))
        })
        .collect();
    let constants = paths.iter().map(|path| path.constant(target, path.origin()));
    let functions = keys::functions(model, target);
    let inherent = inherent(target, quote!(#(#constants)* #functions));
    let fields = paths.iter().map(|path| {
        let constant = path.constant;
        (path.field, path.ty.clone(), quote!(Self::#constant))
    });
    let fields = has_fields(target, &keys::unused(model, &format!("{}Fields", target.ident.unraw())), fields);
    quote!(#inherent #fields)
}

/// The constants of a nested struct.
pub(super) fn nested(target: &Target, fields: &[Field]) -> TokenStream {
    let paths = fields.iter().filter_map(|field| Path::of(target, field, &quote!(_d::role::Plain)));
    let constants = paths.map(|path| path.constant(target, path.older_names()));
    inherent(target, quote!(#(#constants)*))
}

/// A struct with a path for each field (its name, type and value) under the field's own name, for structs that name some of them: a name that is
/// wrong is then an error of rustc's, which knows the similar ones, at the place where it is written.
pub(crate) fn has_fields<'a>(
    target: &Target,
    name: &Ident,
    fields: impl Iterator<Item = (&'a Ident, TokenStream, TokenStream)>,
) -> TokenStream {
    let Target { ident, vis, generics, .. } = target;
    let (params, args, bounds) = (generics.params(), generics.args(), generics.where_clause());
    let (marker, none) = match generics.is_empty() {
        true => (TokenStream::new(), TokenStream::new()),
        false => (quote!(__owner: _d::PhantomData<fn() -> #ident #args>), quote!(__owner: _d::PhantomData)),
    };
    let (declared, given): (Vec<_>, Vec<_>) =
        fields.map(|(field, ty, path)| (quote!(pub #field: #ty,), quote!(#field: #path,))).unzip();
    quote! {
        #vis struct #name #params #bounds { #(#declared)* #marker }
        #[automatically_derived]
        impl #params _d::HasFields for #ident #args #bounds {
            type Fields = #name #args;
            const FIELDS: #name #args = #name { #(#given)* #none };
        }
    }
}

fn inherent(target: &Target, items: TokenStream) -> TokenStream {
    let Target { ident, generics, .. } = target;
    let (params, args, bounds) = (generics.params(), generics.args(), generics.where_clause());
    quote! {
        #[automatically_derived]
        impl #params #ident #args #bounds { #items }
    }
}

/// The path that starts at a field.
struct Path<'a> {
    of: &'a Field,
    field: &'a Ident,
    constant: &'a Ident,
    /// The attribute; empty for a flattened field.
    name: &'a str,
    ty: TokenStream,
}

impl<'a> Path<'a> {
    fn of(target: &Target, field: &'a Field, role: &TokenStream) -> Option<Self> {
        let Target { ident, generics, .. } = target;
        let (ty, args) = (&field.ty, generics.args());
        let (constant, name, codec) = match &field.storage {
            Storage::Attribute(attr) => (&attr.constant, attr.name.as_str(), attr.codec.as_ref().map(fact::codec)),
            Storage::Flatten { constant } => (constant, "", Some(quote!(_d::Flattened))),
            Storage::Skip(_) => return None,
        };
        let codec = codec.map(|codec| quote!(, #codec));
        let plain = role.to_string() == quote!(_d::role::Plain).to_string();
        let role = if plain && codec.is_none() { None } else { Some(quote!(, #role)) }.into_token_stream();
        let ty = quote!(_d::Field<#ident #args, #ty #role #codec>);
        Some(Path { of: field, field: &field.ident, constant, name, ty })
    }

    /// Other names under which older items have the field.
    fn older_names(&self) -> Option<TokenStream> {
        let aliases = &self.of.attr()?.aliases;
        (!aliases.is_empty()).then(|| quote!(.or_named(&[#(#aliases),*])))
    }

    /// What a projection has to know besides the path: older names, and the value for an absent attribute.
    fn origin(&self) -> Option<TokenStream> {
        let named = self.older_names();
        let absent = self.of.attr()?.default.as_ref().map(|default| {
            let default = fact::default(&self.of.ty, default);
            quote!(.or_absent(|| #default))
        });
        Some(quote!(#named #absent))
    }

    fn constant(&self, target: &Target, origin: Option<TokenStream>) -> TokenStream {
        let (vis, Path { field, constant, name, ty, .. }) = (&target.vis, self);
        let doc = match *name {
            "" => format!("The attributes of `{field}`, for paths into it."),
            name => format!("The attribute `{name}`."),
        };
        quote! {
            #[doc = #doc]
            #vis const #constant: #ty = _d::Field::new(#name) #origin;
        }
    }
}
