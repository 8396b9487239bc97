//! From what the user wrote to what the code needs. The checks came before, so nothing can fail here.

mod keys;
mod roles;
mod uniques;

use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::{Attribute, Path};

use crate::attr::{Codec, DefaultValue, Project, Validation};
use crate::generics::{TypeGenerics, without_self};
use crate::{ast, case, ir};

/// Lowers a model.
pub(crate) fn model(model: &ast::Model<'_>) -> ir::Model {
    let attrs = &model.attrs;
    let generics = TypeGenerics::new(&model.input.generics);
    let mut keys = keys::Lowering::new(model, &generics);
    let key = keys.table();
    let indexes: Vec<_> = attrs.indexes.iter().map(|index| keys.index(index, &key)).collect();
    let parts = keys.into_parts();
    let off = matches!(attrs.validate, Some(Validation::Off));
    let rules = !off && (attrs.has_rules || model.fields.iter().any(|field| !field.attrs.validate.is_empty()));
    let lowered = model.fields.iter().map(|field| {
        let mut lowered = self::field(field, attrs.rename_all, &model.input.ident, &generics);
        if let ir::Storage::Attribute(attr) = &mut lowered.storage {
            attr.role = roles::role(model, field, &key, &indexes);
            attr.rules = if rules { field_rules(&field.attrs.validate) } else { Vec::new() };
        }
        lowered
    });
    let fields = lowered.collect();
    ir::Model {
        fields,
        table: attrs.table.as_ref().map(|name| name.value.clone()).unwrap_or_default(),
        uniques: uniques::uniques(model),
        unique_table: attrs.unique_table.as_ref().map(|(_, name)| name.value.clone()),
        key,
        indexes,
        parts,
        entity: attrs.entity.as_ref().map(|entity| (entity.attribute().to_owned(), entity.value.value.clone())),
        write_id: attrs.write_id.as_ref().map(|name| (name.value.clone(), name.span)),
        lenient_keys: attrs.lenient_keys,
        validation: ir::Validation {
            rules,
            function: match &attrs.validate {
                Some(Validation::Function(path)) => Some(path.clone()),
                Some(Validation::Off) | None => None,
            },
        },
        hooks: attrs.hooks.clone(),
        target: target(model.input, attrs.krate.as_ref(), generics),
    }
}

/// Lowers the type of an attribute.
pub(crate) fn attribute(ty: &ast::AttributeType<'_>) -> ir::AttributeType {
    let generics = TypeGenerics::new(&ty.input.generics);
    let ident = &ty.input.ident;
    let lower = |fields: &[ast::Field<'_>], rule| -> Vec<_> {
        fields.iter().map(|field| self::field(field, rule, ident, &generics)).collect()
    };
    let rule = ty.attrs.rename_all;
    let aliases = |variant: &ast::Variant<'_>| variant.attrs.aliases.iter().map(|name| name.value.clone()).collect();
    let body = match &ty.body {
        ast::Body::Struct(fields) => ir::Body::Struct(lower(fields, rule)),
        ast::Body::Newtype(inner) => ir::Body::Newtype(without_self(inner, ident, &generics), syn::Index::from(0)),
        ast::Body::UnitEnum(variants) => {
            let unit = |variant: &ast::Variant<'_>| ir::UnitVariant {
                ident: variant.ident.clone(),
                name: variant.stored(rule),
                aliases: aliases(variant),
            };
            ir::Body::UnitEnum(variants.iter().map(unit).collect())
        }
        ast::Body::DataEnum(variants) => {
            let data = |variant: &ast::Variant<'_>| ir::DataVariant {
                ident: variant.ident.clone(),
                name: variant.stored(rule),
                aliases: aliases(variant),
                data: match &variant.data {
                    ast::VariantData::Unit => ir::VariantData::Unit,
                    ast::VariantData::Newtype(inner) => ir::VariantData::Newtype(without_self(inner, ident, &generics)),
                    ast::VariantData::Struct(fields) => {
                        ir::VariantData::Struct(lower(fields, ty.attrs.rename_all_fields))
                    }
                },
            };
            let (tag, content) = (ty.attrs.tag().to_owned(), ty.attrs.content().to_owned());
            ir::Body::DataEnum { tag, content, variants: variants.iter().map(data).collect() }
        }
    };
    ir::AttributeType { target: target(ty.input, ty.attrs.krate.as_ref(), generics), body }
}

fn target(input: &syn::DeriveInput, krate: Option<&Path>, generics: TypeGenerics) -> ir::Target {
    ir::Target { ident: input.ident.clone(), vis: input.vis.clone(), generics, krate: self::krate(krate) }
}

/// The path of the dynorm crate.
pub(crate) fn krate(given: Option<&Path>) -> Path {
    given.cloned().unwrap_or_else(|| {
        let mut path = Path::from(Ident::new("dynorm", Span::call_site()));
        path.leading_colon = Some(syn::token::PathSep::default());
        path
    })
}

fn field(field: &ast::Field<'_>, rule: case::RenameRule, owner: &Ident, generics: &TypeGenerics) -> ir::Field {
    let attrs = &field.attrs;
    let default = attrs.default.as_ref().map(|(_, value)| value.clone());
    // An item that was stored before the model had a version has none.
    let default = attrs.version.map_or(default, |_| Some(DefaultValue::Unset));
    let storage = if attrs.skip.is_some() {
        ir::Storage::Skip(default.unwrap_or(DefaultValue::Trait))
    } else if attrs.flatten.is_some() {
        ir::Storage::Flatten { constant: field.constant() }
    } else {
        ir::Storage::Attribute(Box::new(ir::Attr {
            name: field.attribute(rule),
            aliases: attrs.aliases.iter().map(|name| name.value.clone()).collect(),
            codec: match &attrs.ttl {
                Some((span, _)) => Some(Codec::Builtin("Ttl", *span)),
                None => attrs.with.as_ref().map(|(_, codec)| codec.clone()),
            },
            default,
            constant: field.constant(),
            role: ir::Role::Shared(ir::SharedRole::Plain),
            stamp: stamp(field),
            ttl: attrs.ttl.as_ref().map(|(_, lifetime)| lifetime.clone()),
            sensitive: attrs.sensitive.is_some(),
            readonly: attrs.readonly.is_some(),
            rules: Vec::new(),
        }))
    };
    ir::Field { ident: field.ident.clone(), ty: without_self(field.ty, owner, generics), storage }
}

fn stamp(field: &ast::Field<'_>) -> Option<ir::StampKind> {
    let attrs = &field.attrs;
    let created = attrs.created.map(|_| ir::StampKind::Created);
    let updated = attrs.updated.map(|_| ir::StampKind::Updated);
    let version = attrs.version.map(|_| ir::StampKind::Version);
    let expiry = attrs.ttl.as_ref().and_then(|(_, lifetime)| lifetime.as_ref()).map(|_| ir::StampKind::Expiry);
    created.or(updated).or(version).or(expiry).or(attrs.auto.map(|(_, id)| ir::StampKind::Auto(id)))
}

/// The rules of a field that hold for it alone: `must_match` compares it with another.
fn field_rules(attrs: &[Attribute]) -> Vec<Attribute> {
    attrs.iter().filter_map(without_must_match).collect()
}

fn without_must_match(attr: &Attribute) -> Option<Attribute> {
    use syn::parse::Parser;
    use syn::punctuated::Punctuated;
    use syn::{Meta, Token};
    let Meta::List(list) = &attr.meta else { return Some(attr.clone()) };
    let Ok(rules) = Punctuated::<Meta, Token![,]>::parse_terminated.parse2(list.tokens.clone()) else {
        return Some(attr.clone());
    };
    let kept: Punctuated<Meta, Token![,]> =
        rules.into_iter().filter(|rule| !rule.path().is_ident("must_match")).collect();
    if kept.is_empty() {
        return None;
    }
    let mut attr = attr.clone();
    if let Meta::List(list) = &mut attr.meta {
        list.tokens = kept.to_token_stream();
    }
    Some(attr)
}

/// The projection with the names of attributes.
fn projection(model: &ast::Model<'_>, project: Option<&Project>) -> ir::Projection {
    match project {
        None | Some(Project::All) => ir::Projection::All,
        Some(Project::KeysOnly) => ir::Projection::KeysOnly,
        Some(Project::Include(fields)) => {
            let names = fields.iter().filter_map(|field| keys::find(model, field));
            ir::Projection::Include(names.map(|field| field.attribute(model.attrs.rename_all)).collect())
        }
    }
}
