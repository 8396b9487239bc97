//! Names that must differ: of attributes after renaming, and of constants.

use proc_macro2::Span;

use crate::ast::{Field, Model};
use crate::attr::{IndexKey, KeyTemplate};
use crate::case::RenameRule;
use crate::diag::Diagnostics;

/// The names so far, each with what it belongs to.
#[derive(Default)]
struct Names(Vec<(String, String)>);

impl Names {
    fn add(&mut self, name: String, owner: String, span: Span, remedy: &str, diag: &mut Diagnostics) {
        match self.0.iter().find(|(taken, _)| *taken == name) {
            Some((_, first)) => {
                diag.error(span, format!("duplicate attribute name `{name}`, of {first} and {owner}; {remedy}"));
            }
            None => self.0.push((name, owner)),
        }
    }

    fn add_field(&mut self, field: &Field<'_>, rule: RenameRule, diag: &mut Diagnostics) {
        if !field.is_stored() {
            return;
        }
        let name = field.name();
        let remedy = "give one of them `#[dynorm(rename = \"..\")]`";
        self.add(field.attribute(rule), format!("`{name}`"), field.attribute_span(), remedy, diag);
    }

    fn add_aliases(&mut self, field: &Field<'_>, diag: &mut Diagnostics) {
        for alias in &field.attrs.aliases {
            let owner = format!("an alias of `{}`", field.name());
            self.add(alias.value.clone(), owner, alias.span, "an alias is a name that nothing else has", diag);
        }
    }
}

/// Fields, aliases, templates, the entity tag and the write id are attributes of one item.
pub(super) fn check_attributes(model: &Model<'_>, diag: &mut Diagnostics) {
    let mut names = Names::default();
    for field in &model.fields {
        names.add_field(field, model.attrs.rename_all, diag);
    }
    for (key, which) in [(&model.attrs.partition_key, "partition"), (&model.attrs.sort_key, "sort")] {
        if let Some((_, key)) = key {
            add_template(&mut names, key, table_name(which), which, diag);
        }
    }
    for index in &model.attrs.indexes {
        let keys = [(&index.partition_key, "partition"), (&index.sort_key, "sort")];
        for (key, which) in keys {
            // A local index names the table's own partition key once more.
            let own = !(which == "partition" && index.local.is_some());
            if let (Some(IndexKey::Template(key)), true) = (key, own) {
                add_template(&mut names, key, &index.attribute_name(which == "sort"), which, diag);
            }
        }
    }
    if let Some(entity) = &model.attrs.entity {
        let span = entity.span();
        names.add(
            entity.attribute().to_owned(),
            "the entity".into(),
            span,
            "name it with `entity(name = \"..\", ..)`",
            diag,
        );
    }
    if let Some(name) = &model.attrs.write_id {
        names.add(name.value.clone(), "the write id".into(), name.span, "name it with `write_id = \"..\"`", diag);
    }
    for field in &model.fields {
        names.add_aliases(field, diag);
    }
}

/// The attribute of a primary key's template, unless it has another name.
fn table_name(which: &str) -> &'static str {
    if which == "sort" { "sk" } else { "pk" }
}

fn add_template(names: &mut Names, key: &KeyTemplate, default: &str, which: &str, diag: &mut Diagnostics) {
    let (name, span) = match &key.name {
        Some(name) => (name.value.clone(), name.span),
        None => (default.to_owned(), key.span),
    };
    let remedy = format!("name it with `{which}_key(name = \"..\", template = \"..\")`");
    names.add(name, format!("the {which} key"), span, &remedy, diag);
}

/// The fields of a nested struct or variant, beside names that the map has already.
pub(super) fn check_nested(fields: &[Field<'_>], rule: RenameRule, taken: &[&str], diag: &mut Diagnostics) {
    let mut names = Names::default();
    names.0.extend(taken.iter().map(|name| ((*name).to_owned(), "the tag".to_owned())));
    for field in fields {
        names.add_field(field, rule, diag);
    }
    for field in fields {
        names.add_aliases(field, diag);
    }
}

/// Every field that is not skipped has a constant, `Book::TITLE`.
pub(super) fn check_constants(fields: &[Field<'_>], diag: &mut Diagnostics) {
    let mut seen: Vec<(String, String)> = Vec::new();
    for field in fields.iter().filter(|field| field.attrs.skip.is_none()) {
        let (constant, name) = (field.constant(), field.name());
        match seen.iter().find(|(taken, _)| constant == taken) {
            Some((_, first)) => diag.error(
                constant.span(),
                format!(
                    "`{first}` and `{name}` are both the constant `{constant}`; give one `#[dynorm(path = \"..\")]`"
                ),
            ),
            None => seen.push((constant.to_string(), name)),
        }
    }
}
