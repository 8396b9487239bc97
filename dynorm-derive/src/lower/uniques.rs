//! Unique constraints: their names and fields.

use syn::ext::IdentExt;

use crate::{ast, ir};

/// Those of single fields, then those of several.
pub(super) fn uniques(model: &ast::Model<'_>) -> Vec<ir::Unique> {
    let attribute = |position: &usize| Some(model.fields.get(*position)?.attribute(model.attrs.rename_all));
    let unique = |fields: Vec<usize>, name: Option<&String>| {
        let name = name.cloned().unwrap_or_else(|| fields.iter().filter_map(attribute).collect::<Vec<_>>().join(","));
        ir::Unique { name, fields }
    };
    let single = model.fields.iter().enumerate().filter_map(|(position, field)| {
        let name = field.attrs.unique.as_ref()?.name.as_ref();
        Some(unique(vec![position], name.map(|name| &name.value)))
    });
    let several = model.attrs.uniques.iter().map(|attr| {
        let position = |ident: &syn::Ident| model.fields.iter().position(|field| ident.unraw() == field.name());
        unique(attr.fields.iter().filter_map(position).collect(), attr.name.as_ref().map(|name| &name.value))
    });
    single.chain(several).collect()
}

/// Whether a field is in a constraint.
pub(super) fn is_unique(model: &ast::Model<'_>, field: &ast::Field<'_>) -> bool {
    let named = |attr: &crate::attr::UniqueAttr| attr.fields.iter().any(|ident| ident.unraw() == field.name());
    field.attrs.unique.is_some() || model.attrs.uniques.iter().any(named)
}

/// Whether the model has a constraint.
pub(super) fn has_some(model: &ast::Model<'_>) -> bool {
    !model.attrs.uniques.is_empty() || model.fields.iter().any(|field| field.attrs.unique.is_some())
}
