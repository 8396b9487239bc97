//! The attributes of the struct or enum itself.

use proc_macro2::Span;
use syn::parse::ParseStream;
use syn::{Attribute, LitBool, Path, Token, token};

use super::value::{self, Name};
use super::{IndexAttr, KeyTemplate, Keyword, Table, UniqueAttr, index, key, nested, unique};
use crate::case::RenameRule;
use crate::diag::Diagnostics;

/// What the attributes of a model say.
#[derive(Debug, Default)]
pub(crate) struct ModelAttrs {
    pub(crate) table: Option<Name>,
    pub(crate) partition_key: Option<(Span, KeyTemplate)>,
    pub(crate) sort_key: Option<(Span, KeyTemplate)>,
    pub(crate) rename_all: RenameRule,
    pub(crate) indexes: Vec<IndexAttr>,
    pub(crate) uniques: Vec<UniqueAttr>,
    /// Where the guards of unique values live, and where it is said.
    pub(crate) unique_table: Option<(Span, Name)>,
    pub(crate) entity: Option<Entity>,
    pub(crate) write_id: Option<Name>,
    pub(crate) krate: Option<Path>,
    pub(crate) validate: Option<Validation>,
    pub(crate) hooks: Hooks,
    pub(crate) lenient_keys: bool,
    /// Whether the struct itself has `#[validate(..)]`.
    pub(crate) has_rules: bool,
}

/// The attribute that tells this model from others in one table.
#[derive(Debug)]
pub(crate) struct Entity {
    pub(crate) name: Option<Name>,
    pub(crate) value: Name,
}

/// Functions of the user's that look at what is written and read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hooks {
    pub(crate) before_write: Option<Path>,
    pub(crate) after_write: Option<Path>,
    pub(crate) after_read: Option<Path>,
}

/// `validate = ..`.
#[derive(Debug)]
pub(crate) enum Validation {
    Off,
    Function(Path),
}

impl ModelAttrs {
    pub(crate) fn read(attrs: &[Attribute], diag: &mut Diagnostics) -> Self {
        let mut read = Self::default();
        MODEL.read(attrs, &mut read, diag);
        read.has_rules = attrs.iter().any(|attr| attr.path().is_ident("validate"));
        read
    }
}

pub(super) const MODEL: Table<ModelAttrs> = Table {
    place: "a model",
    words: &[
        Keyword::new("table", &["table = \"..\""], |model: &mut ModelAttrs, _, input, diag| {
            model.table = Some(value::resource(input, "a table", diag)?);
            Ok(())
        }),
        Keyword::new(
            "partition_key",
            &["partition_key = \"..\"", "partition_key(name = \"..\", template = \"..\")"],
            |model: &mut ModelAttrs, span, input, diag| {
                model.partition_key = key::read(input, span, diag)?.map(|key| (span, key));
                Ok(())
            },
        ),
        Keyword::new(
            "sort_key",
            &["sort_key = \"..\"", "sort_key(name = \"..\", template = \"..\")"],
            |model: &mut ModelAttrs, span, input, diag| {
                model.sort_key = key::read(input, span, diag)?.map(|key| (span, key));
                Ok(())
            },
        ),
        Keyword::new("rename_all", &["rename_all = \"camelCase\""], |model: &mut ModelAttrs, _, input, diag| {
            model.rename_all = value::rename_rule(input, diag)?;
            Ok(())
        }),
        Keyword::repeatable(
            "index",
            &["index(Marker, name = \"..\", partition_key = field, sort_key = field)"],
            |model: &mut ModelAttrs, _, input, diag| {
                model.indexes.push(index::read(input, diag)?);
                Ok(())
            },
        ),
        Keyword::repeatable(
            "unique",
            &["unique(field, field)", "unique(field, field, name = \"..\")"],
            |model: &mut ModelAttrs, span, input, diag| {
                model.uniques.push(unique::read(input, span, diag)?);
                Ok(())
            },
        ),
        Keyword::new("unique_table", &["unique_table = \"..\""], |model: &mut ModelAttrs, span, input, diag| {
            model.unique_table = Some((span, value::resource(input, "a table", diag)?));
            Ok(())
        }),
        Keyword::new(
            "entity",
            &["entity = \"..\"", "entity(name = \"..\", value = \"..\")"],
            |model: &mut ModelAttrs, span, input, diag| {
                model.entity = entity(span, input, diag)?;
                Ok(())
            },
        ),
        Keyword::new("write_id", &["write_id", "write_id = \"..\""], |model: &mut ModelAttrs, span, input, diag| {
            let named = input.peek(Token![=]).then(|| value::name(input, diag)).transpose()?;
            model.write_id = Some(named.unwrap_or_else(|| Name { value: "_write".to_owned(), span }));
            Ok(())
        }),
        Keyword::new("crate", &[CRATE], |model: &mut ModelAttrs, _, input, diag| {
            model.krate = krate(input, diag)?;
            Ok(())
        }),
        Keyword::new(
            "validate",
            &["validate = path::to::function", "validate = false"],
            |model: &mut ModelAttrs, _, input, _| {
                model.validate = Some(validation(input)?);
                Ok(())
            },
        ),
        Keyword::new("before_write", &["before_write = path::to::function"], |model: &mut ModelAttrs, _, input, _| {
            model.hooks.before_write = Some(path(input)?);
            Ok(())
        }),
        Keyword::new("after_write", &["after_write = path::to::function"], |model: &mut ModelAttrs, _, input, _| {
            model.hooks.after_write = Some(path(input)?);
            Ok(())
        }),
        Keyword::new("after_read", &["after_read = path::to::function"], |model: &mut ModelAttrs, _, input, _| {
            model.hooks.after_read = Some(path(input)?);
            Ok(())
        }),
        Keyword::new("lenient_keys", &["lenient_keys"], |model: &mut ModelAttrs, _, _, _| {
            model.lenient_keys = true;
            Ok(())
        }),
    ],
};

/// What the attributes of a `DynamoAttribute` type say.
#[derive(Debug, Default)]
pub(crate) struct TypeAttrs {
    pub(crate) rename_all: RenameRule,
    pub(crate) rename_all_fields: RenameRule,
    pub(crate) tag: Option<Name>,
    pub(crate) content: Option<Name>,
    pub(crate) krate: Option<Path>,
}

impl TypeAttrs {
    /// The attribute that names the variant.
    pub(crate) fn tag(&self) -> &str {
        self.tag.as_ref().map_or("type", |name| &name.value)
    }

    /// The attribute that holds the value of a newtype variant.
    pub(crate) fn content(&self) -> &str {
        self.content.as_ref().map_or("value", |name| &name.value)
    }
}

impl Entity {
    /// Where to blame its name.
    pub(crate) fn span(&self) -> Span {
        self.name.as_ref().unwrap_or(&self.value).span
    }

    /// The attribute that holds the tag.
    pub(crate) fn attribute(&self) -> &str {
        self.name.as_ref().map_or("entity", |name| &name.value)
    }
}

/// Which of these attributes have a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TypeKind {
    Struct,
    Newtype,
    UnitEnum,
    DataEnum,
}

impl TypeAttrs {
    pub(crate) fn read(kind: TypeKind, attrs: &[Attribute], diag: &mut Diagnostics) -> Self {
        let mut read = Self::default();
        let table = match kind {
            TypeKind::Struct => &STRUCT,
            TypeKind::Newtype => &NEWTYPE,
            TypeKind::UnitEnum => &UNIT_ENUM,
            TypeKind::DataEnum => &ENUM,
        };
        table.read(attrs, &mut read, diag);
        read
    }
}

const STRUCT: Table<TypeAttrs> = Table { place: "a nested struct", words: &[RENAME_ALL, TYPE_CRATE] };

const NEWTYPE: Table<TypeAttrs> = Table { place: "a newtype", words: &[TYPE_CRATE] };

const UNIT_ENUM: Table<TypeAttrs> = Table { place: "an enum without data", words: &[RENAME_ALL, TYPE_CRATE] };

pub(super) const ENUM: Table<TypeAttrs> = Table {
    place: "an enum with data",
    words: &[
        RENAME_ALL,
        Keyword::new(
            "rename_all_fields",
            &["rename_all_fields = \"camelCase\""],
            |ty: &mut TypeAttrs, _, input, diag| {
                ty.rename_all_fields = value::rename_rule(input, diag)?;
                Ok(())
            },
        ),
        Keyword::new("tag", &["tag = \"type\""], |ty: &mut TypeAttrs, _, input, diag| {
            ty.tag = Some(value::name(input, diag)?);
            Ok(())
        }),
        Keyword::new("content", &["content = \"value\""], |ty: &mut TypeAttrs, _, input, diag| {
            ty.content = Some(value::name(input, diag)?);
            Ok(())
        }),
        TYPE_CRATE,
    ],
};

const RENAME_ALL: Keyword<TypeAttrs> =
    Keyword::new("rename_all", &["rename_all = \"camelCase\""], |ty, _, input, diag| {
        ty.rename_all = value::rename_rule(input, diag)?;
        Ok(())
    });

const TYPE_CRATE: Keyword<TypeAttrs> = Keyword::new("crate", &[CRATE], |ty, _, input, diag| {
    ty.krate = krate(input, diag)?;
    Ok(())
});

pub(super) const CRATE: &str = "crate = \"path::to::dynorm\"";

/// `= "path"`.
pub(super) fn krate(input: ParseStream<'_>, diag: &mut Diagnostics) -> syn::Result<Option<Path>> {
    let literal = value::string(input)?;
    match literal.parse_with(Path::parse_mod_style) {
        Ok(path) => Ok(Some(path)),
        Err(_) => {
            let typed = literal.value();
            diag.error(
                literal.span(),
                format!("`{typed}` is not a path; write the path of the dynorm crate, such as `::dynorm`"),
            );
            Ok(None)
        }
    }
}

/// `= path`.
fn path(input: ParseStream<'_>) -> syn::Result<Path> {
    input.parse::<Token![=]>()?;
    input.parse()
}

/// `= path` or `= false`.
fn validation(input: ParseStream<'_>) -> syn::Result<Validation> {
    input.parse::<Token![=]>()?;
    if input.peek(LitBool) {
        let on: LitBool = input.parse()?;
        return if on.value { Err(input.error("expected `false`")) } else { Ok(Validation::Off) };
    }
    Ok(Validation::Function(input.parse()?))
}

const ENTITY_FORMAT: &str = "entity(name = \"..\", value = \"..\")";

/// What stands in the parentheses.
#[derive(Default)]
struct NamedEntity {
    name: Option<Name>,
    value: Option<Name>,
}

const ENTITY: Table<NamedEntity> = Table {
    place: "an entity",
    words: &[
        Keyword::new("name", &[ENTITY_FORMAT], |entity: &mut NamedEntity, _, input, diag| {
            entity.name = Some(value::name(input, diag)?);
            Ok(())
        }),
        Keyword::new("value", &[ENTITY_FORMAT], |entity: &mut NamedEntity, _, input, diag| {
            entity.value = Some(value::name(input, diag)?);
            Ok(())
        }),
    ],
};

/// `= "order"` or `(name = "..", value = "..")`.
fn entity(span: Span, input: ParseStream<'_>, diag: &mut Diagnostics) -> syn::Result<Option<Entity>> {
    if !input.peek(token::Paren) {
        return Ok(Some(Entity { name: None, value: value::name(input, diag)? }));
    }
    let mut named = NamedEntity::default();
    nested(&ENTITY, input, &mut named, diag)?;
    let Some(value) = named.value else {
        diag.error(span, "the entity has no value; add `value = \"..\"`");
        return Ok(None);
    };
    Ok(Some(Entity { name: named.name, value }))
}
