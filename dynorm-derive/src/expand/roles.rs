//! Roles of their own, for fields that some index treats differently: fields that are treated alike share one.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use crate::ir::{LocalRole, Model, Role, SharedRole, Target};

/// The different local roles of a model.
pub(super) struct Roles<'a> {
    model: &'a Model,
    local: Vec<&'a LocalRole>,
}

impl<'a> Roles<'a> {
    pub(super) fn of(model: &'a Model) -> Self {
        let mut local: Vec<&LocalRole> = Vec::new();
        for role in model.fields.iter().filter_map(|field| Some(&field.attr()?.role)) {
            if let Role::Local(role) = role
                && !local.contains(&role)
            {
                local.push(role);
            }
        }
        Self { model, local }
    }

    /// The type that stands for a role.
    pub(super) fn name(&self, role: &Role) -> TokenStream {
        match role {
            Role::Shared(shared) => {
                let shared = format_ident!("{}", shared_name(*shared));
                quote!(_d::role::#shared)
            }
            Role::Local(role) => {
                let position = self.local.iter().position(|known| *known == role).unwrap_or_default();
                let name = local_name(position);
                quote!(#name)
            }
        }
    }

    /// The types, and what can be done with fields of the role.
    pub(super) fn expand(&self, target: &Target) -> TokenStream {
        let roles =
            self.local.iter().enumerate().map(|(position, role)| self.local(target, &local_name(position), role));
        quote!(#(#roles)*)
    }

    fn local(&self, target: &Target, name: &Ident, role: &LocalRole) -> TokenStream {
        let Target { vis, generics, .. } = target;
        let (params, args) = (generics.params(), generics.args());
        let own = generics.own_where();
        let table =
            (role.base != SharedRole::PrimaryKey).then(|| quote!(impl _d::NotKey<#name> for _d::Filter<_d::Table> {}));
        let no_key_of = self.markers(&role.no_key_of);
        let held_by = self.markers(&role.held_by);
        let (settable, removable) = (settable(name, role, target), removable(name, role));
        quote! {
            #vis struct #name;
            impl<__X: _d::NotKey<#name> + _d::Held<#name>> _d::UsableIn<__X> for #name {}
            #table
            impl _d::Held<#name> for _d::Filter<_d::Table> {}
            #(impl #params _d::NotKey<#name> for _d::Filter<#no_key_of #args> #own {})*
            #(impl #params _d::Held<#name> for _d::Filter<#held_by #args> #own {})*
            #settable
            #removable
        }
    }

    /// The markers of the model's indexes among these.
    fn markers(&self, wanted: &'a [Ident]) -> Vec<&'a Ident> {
        let known = |marker: &&Ident| self.model.indexes.iter().any(|index| index.marker == **marker);
        wanted.iter().filter(known).collect()
    }
}

/// Whether an update can set the field alone.
fn settable(name: &Ident, role: &LocalRole, target: &Target) -> TokenStream {
    let params = target.generics.params();
    match (role.base, &role.feeds) {
        (SharedRole::Plain, None) => quote!(impl<__M> _d::Settable<__M> for #name {}),
        (SharedRole::Plain, Some(marker)) if params.is_empty() => {
            quote!(impl<__M: _d::SetAlone<#marker>> _d::Settable<__M> for #name {})
        }
        (SharedRole::Plain, Some(_)) => TokenStream::new(),
        (SharedRole::PrimaryKey | SharedRole::KeySource, _) => {
            quote!(impl<__M: _d::KeyCanChange> _d::Settable<__M> for #name {})
        }
        (SharedRole::ReadOnly, _) => quote!(impl<__M: _d::ReadOnlyCanChange> _d::Settable<__M> for #name {}),
        (SharedRole::Stamped, _) => quote!(impl<__M: _d::StampCanChange> _d::Settable<__M> for #name {}),
        (SharedRole::Unique, None) => quote!(impl<__M: _d::UniqueCanChange> _d::Settable<__M> for #name {}),
        (SharedRole::Unique, Some(marker)) if params.is_empty() => {
            quote!(impl<__M: _d::SetAlone<#marker>> _d::Settable<__M> for #name {})
        }
        (SharedRole::Unique, Some(_)) => TokenStream::new(),
    }
}

/// Whether an update can remove the field, and which template attributes go with it.
fn removable(name: &Ident, role: &LocalRole) -> TokenStream {
    let templates = &role.templates;
    match role.base {
        SharedRole::Plain => quote! {
            impl<__M> _d::Removable<__M> for #name { const ALSO: &'static [&'static str] = &[#(#templates),*]; }
        },
        SharedRole::PrimaryKey | SharedRole::KeySource => {
            quote!(impl<__M: _d::KeyCanChange> _d::Removable<__M> for #name {})
        }
        SharedRole::ReadOnly => quote!(impl<__M: _d::ReadOnlyCanChange> _d::Removable<__M> for #name {}),
        SharedRole::Stamped => quote!(impl<__M: _d::StampCanChange> _d::Removable<__M> for #name {}),
        SharedRole::Unique => quote! {
            impl<__M: _d::UniqueCanChange> _d::Removable<__M> for #name {
                const ALSO: &'static [&'static str] = &[#(#templates),*];
            }
        },
    }
}

fn shared_name(role: SharedRole) -> &'static str {
    match role {
        SharedRole::Plain => "Plain",
        SharedRole::PrimaryKey => "PrimaryKey",
        SharedRole::KeySource => "KeySource",
        SharedRole::ReadOnly => "ReadOnly",
        SharedRole::Stamped => "Stamped",
        SharedRole::Unique => "Unique",
    }
}

fn local_name(position: usize) -> Ident {
    format_ident!("__Role{position}")
}
