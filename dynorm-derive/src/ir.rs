//! What the macros write code for: every name, key and role is resolved, and nothing is wrong any more.

use proc_macro2::{Ident, Span};
use syn::{Attribute, Expr, Path, Type, Visibility};

use crate::attr::{AutoId, Codec, DefaultValue, Hooks};
use crate::generics::TypeGenerics;
use crate::template::Format;

/// What all generated code shares.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) generics: TypeGenerics,
    /// The path of the dynorm crate.
    pub(crate) krate: Path,
}

/// A model.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) target: Target,
    pub(crate) table: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) key: Key,
    pub(crate) indexes: Vec<Index>,
    pub(crate) uniques: Vec<Unique>,
    /// The table of the guards, if it is not the model's own.
    pub(crate) unique_table: Option<String>,
    /// What `key_part` answers, by position.
    pub(crate) parts: Vec<Part>,
    pub(crate) entity: Option<(String, String)>,
    pub(crate) write_id: Option<(String, Span)>,
    pub(crate) lenient_keys: bool,
    pub(crate) validation: Validation,
    pub(crate) hooks: Hooks,
}

/// What checks the whole model.
#[derive(Debug)]
pub(crate) struct Validation {
    /// The rules of `#[validate(..)]`.
    pub(crate) rules: bool,
    /// A function of the user's.
    pub(crate) function: Option<Path>,
}

/// A field of a model, a nested struct or a variant.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    pub(crate) storage: Storage,
}

/// How a field is stored.
#[derive(Debug)]
pub(crate) enum Storage {
    Attribute(Box<Attr>),
    /// Its attributes are among those around it. Paths into it start at this constant.
    Flatten {
        constant: Ident,
    },
    /// Not at all.
    Skip(DefaultValue),
}

/// A field that is an attribute.
#[derive(Debug)]
pub(crate) struct Attr {
    pub(crate) name: String,
    pub(crate) aliases: Vec<String>,
    pub(crate) codec: Option<Codec>,
    pub(crate) default: Option<DefaultValue>,
    /// The constant for the field's path.
    pub(crate) constant: Ident,
    pub(crate) role: Role,
    pub(crate) stamp: Option<StampKind>,
    /// When the item expires, and how long after it is first stored, if the model says so.
    pub(crate) ttl: Option<Option<Expr>>,
    pub(crate) sensitive: bool,
    pub(crate) readonly: bool,
    /// The rules that hold for this field alone.
    pub(crate) rules: Vec<Attribute>,
}

/// What expressions may do with an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Role {
    /// One of the roles of the runtime.
    Shared(SharedRole),
    /// A role of its own, because it depends on the indexes.
    Local(LocalRole),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SharedRole {
    Plain,
    /// It is a primary key attribute.
    PrimaryKey,
    /// It feeds the template of one.
    KeySource,
    ReadOnly,
    Stamped,
    /// It decides about the guards of unique values.
    Unique,
}

/// The role of a field that some index treats differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LocalRole {
    /// What it would be without indexes.
    pub(crate) base: SharedRole,
    /// The markers of the indexes whose key it is not.
    pub(crate) no_key_of: Vec<Ident>,
    /// The markers of the indexes that hold it.
    pub(crate) held_by: Vec<Ident>,
    /// The marker of an index whose template it feeds.
    pub(crate) feeds: Option<Ident>,
    /// The key attributes of indexes whose templates it feeds.
    pub(crate) templates: Vec<String>,
}

/// What a write stamps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StampKind {
    Created,
    Updated,
    Auto(AutoId),
    Version,
    /// A `ttl` field with a lifetime.
    Expiry,
}

/// A primary or index key.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) partition: Vec<KeyAttribute>,
    pub(crate) sort: Vec<KeyAttribute>,
}

/// A key attribute: a field's own, or a template.
#[derive(Debug, Clone)]
pub(crate) struct KeyAttribute {
    pub(crate) name: String,
    pub(crate) segments: Vec<Segment>,
}

#[derive(Debug, Clone)]
pub(crate) enum Segment {
    Literal(String),
    Part(Part),
}

/// A field in a key.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) field: Ident,
    pub(crate) ty: Type,
    /// Its position in [`Model::parts`].
    pub(crate) index: usize,
    pub(crate) format: Format,
    pub(crate) descending: bool,
    /// Its text must have a fixed width: it is descending, or nothing separates it from the next part.
    pub(crate) fixed: bool,
    /// An index leaves out items without it.
    pub(crate) optional: bool,
}

/// A unique constraint.
#[derive(Debug)]
pub(crate) struct Unique {
    pub(crate) name: String,
    /// The positions of its fields among those of the model.
    pub(crate) fields: Vec<usize>,
}

/// A secondary index.
#[derive(Debug)]
pub(crate) struct Index {
    pub(crate) marker: Ident,
    pub(crate) function: Ident,
    pub(crate) name: String,
    pub(crate) local: bool,
    pub(crate) key: Key,
    pub(crate) projection: Projection,
}

#[derive(Debug)]
pub(crate) enum Projection {
    All,
    KeysOnly,
    /// The names of attributes.
    Include(Vec<String>),
}

/// The type of an attribute.
#[derive(Debug)]
pub(crate) struct AttributeType {
    pub(crate) target: Target,
    pub(crate) body: Body,
}

#[derive(Debug)]
pub(crate) enum Body {
    Struct(Vec<Field>),
    /// The field's type, and the name that the field has.
    Newtype(Type, syn::Index),
    UnitEnum(Vec<UnitVariant>),
    DataEnum {
        tag: String,
        content: String,
        variants: Vec<DataVariant>,
    },
}

/// A variant that is stored as a string.
#[derive(Debug)]
pub(crate) struct UnitVariant {
    pub(crate) ident: Ident,
    pub(crate) name: String,
    pub(crate) aliases: Vec<String>,
}

/// A variant that is stored as a map with a tag.
#[derive(Debug)]
pub(crate) struct DataVariant {
    pub(crate) ident: Ident,
    pub(crate) name: String,
    pub(crate) aliases: Vec<String>,
    pub(crate) data: VariantData,
}

#[derive(Debug)]
pub(crate) enum VariantData {
    Unit,
    Newtype(Type),
    Struct(Vec<Field>),
}

impl Model {
    /// The fields of unique constraints, each once.
    pub(crate) fn unique_fields(&self) -> impl Iterator<Item = (&Field, &Attr)> {
        let is_unique = |position: &usize| self.uniques.iter().any(|unique| unique.fields.contains(position));
        let fields = self.fields.iter().enumerate().filter(move |(position, _)| is_unique(position));
        fields.filter_map(|(_, field)| Some((field, field.attr()?)))
    }

    /// The attributes beside those of the fields: templates, the entity tag and the write id.
    pub(crate) fn reserved(&self) -> Vec<&str> {
        let keys = std::iter::once(&self.key).chain(self.indexes.iter().map(|index| &index.key));
        let attributes = keys.flat_map(|key| key.partition.iter().chain(&key.sort));
        let templates = attributes.filter(|attribute| attribute.parts().all(|part| part.format != Format::Plain));
        let mut names: Vec<&str> = templates.map(|attribute| attribute.name.as_str()).collect();
        names.extend(self.entity.as_ref().map(|(name, _)| name.as_str()));
        names.extend(self.write_id.as_ref().map(|(name, _)| name.as_str()));
        names.dedup();
        names
    }
}

impl Key {
    /// The attributes in order: those of the partition key, then those of the sort key.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = &KeyAttribute> {
        self.partition.iter().chain(&self.sort)
    }

    /// All parts in order: those of the partition, then those of the sort key.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (bool, &Part)> {
        let partition = self.partition.iter().flat_map(KeyAttribute::parts).map(|part| (false, part));
        partition.chain(self.sort.iter().flat_map(KeyAttribute::parts).map(|part| (true, part)))
    }
}

impl Index {
    /// Whether the items of the index have every attribute of the model, so that it can be read from them. An index that holds some
    /// attributes holds them under their present names, not under older ones.
    pub(crate) fn holds_all(&self, model: &Model) -> bool {
        let included = match &self.projection {
            Projection::All => return true,
            Projection::KeysOnly => &[][..],
            Projection::Include(names) => names,
        };
        let keys = || model.key.attributes().chain(self.key.attributes());
        let held = |name: &String| included.contains(name) || keys().any(|attribute| attribute.name == *name);
        model.entity.is_none()
            && model.fields.iter().all(|field| match &field.storage {
                Storage::Attribute(attr) => attr.aliases.is_empty() && held(&attr.name),
                Storage::Flatten { .. } => false,
                Storage::Skip(_) => true,
            })
    }
}

impl KeyAttribute {
    pub(crate) fn parts(&self) -> impl Iterator<Item = &Part> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Part(part) => Some(part),
            Segment::Literal(_) => None,
        })
    }
}

impl Field {
    /// What is said about its attribute, if it has one.
    pub(crate) fn attr(&self) -> Option<&Attr> {
        match &self.storage {
            Storage::Attribute(attr) => Some(attr),
            Storage::Flatten { .. } | Storage::Skip(_) => None,
        }
    }
}
