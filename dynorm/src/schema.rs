//! The const description of a model: its table, keys, indexes and attributes.

use crate::codec::AttributeType;

/// A model's schema, known at compile time.
#[derive(Debug)]
pub struct Schema {
    /// The struct's name.
    pub model: &'static str,
    /// The table's name before prefix and overrides.
    pub table: &'static str,
    /// The table's primary key.
    pub key: KeySchema,
    /// The secondary indexes.
    pub indexes: &'static [IndexSchema],
    /// Every attribute of the model's own fields.
    pub attributes: &'static [AttributeSchema],
    /// The values that no two items share.
    pub unique: &'static [UniqueSchema],
    /// The table of their guards before prefix and overrides, `None` for the model's own.
    pub unique_table: Option<&'static str>,
    /// Attribute and value that tell this model from others in the same table.
    pub entity: Option<(&'static str, &'static str)>,
    /// The attribute that every write sets to an id of its call.
    pub write_id: Option<&'static str>,
    /// Whether a stored key that disagrees with the fields can be read.
    pub lenient_keys: bool,
}

impl Schema {
    /// The keys: the table's, then those of the indexes.
    pub fn keys(&'static self) -> impl Iterator<Item = &'static KeySchema> {
        std::iter::once(&self.key).chain(self.indexes.iter().map(|index| &index.key))
    }

    /// The first attribute that has this role.
    #[must_use]
    pub fn with_role(&'static self, role: AttributeRole) -> Option<&'static AttributeSchema> {
        self.attributes.iter().find(|attribute| attribute.role == role)
    }

    /// Whether guards of the model's unique values are among its items.
    pub(crate) fn has_guards_among_items(&'static self) -> bool {
        !self.unique.is_empty() && self.unique_table.is_none()
    }

    /// The attribute that tells an item from another one that is created under the same key later: when it was created, or an id
    /// that is not itself that key.
    pub(crate) fn identity(&'static self) -> Option<&'static AttributeSchema> {
        let is_key = |attribute: &AttributeSchema| self.key.attributes().any(|key| key.name == attribute.name);
        let id =
            || self.attributes.iter().find(|attribute| attribute.role == AttributeRole::Auto && !is_key(attribute));
        self.with_role(AttributeRole::Created).filter(|created| !is_key(created)).or_else(id)
    }

    /// What is known of a field's attribute.
    #[must_use]
    pub fn attribute(&'static self, name: &str) -> Option<&'static AttributeSchema> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// Whether an index has this attribute in its items; the table, for `None`, has every one.
    #[must_use]
    pub fn holds(&'static self, index: Option<&'static IndexSchema>, name: &str) -> bool {
        let Some(index) = index else { return true };
        let is_key = || self.key.attributes().chain(index.key.attributes()).any(|attribute| attribute.name == name);
        match index.projection {
            Projection::All => true,
            Projection::KeysOnly => is_key(),
            Projection::Include(included) => included.contains(&name) || is_key(),
        }
    }

    /// Whether an attribute is part of the key of the table or of an index.
    #[must_use]
    pub fn has_key_attribute(&'static self, name: &str) -> bool {
        self.keys().flat_map(KeySchema::attributes).any(|attribute| attribute.name == name)
    }
}

/// A unique constraint: no two items of the model have the same values in these attributes.
#[derive(Debug)]
pub struct UniqueSchema {
    /// Its name: the attributes, unless it is given another one. It is part of what guards are found by, so it stays when fields are renamed.
    pub name: &'static str,
    /// One attribute, or several whose values are unique together.
    pub attributes: &'static [UniqueAttribute],
}

/// An attribute of a unique constraint.
#[derive(Debug)]
pub struct UniqueAttribute {
    /// The attribute's name.
    pub name: &'static str,
    /// Other names under which older items have it.
    pub aliases: &'static [&'static str],
}

impl UniqueAttribute {
    /// Its name, then the older ones.
    pub fn names(&'static self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }
}

/// One attribute of a model.
#[derive(Debug)]
pub struct AttributeSchema {
    /// The attribute's name in the item.
    pub name: &'static str,
    /// Its type, `None` where it varies.
    pub stored: Option<AttributeType>,
    /// What the lifecycle does with it.
    pub role: AttributeRole,
    /// Never shown in errors, traces or `explain`.
    pub sensitive: bool,
    /// Older names, which are read too.
    pub aliases: &'static [&'static str],
    /// Written once, with the item.
    pub readonly: bool,
    /// Whether an item without it cannot be read.
    pub required: fn() -> bool,
}

/// What the lifecycle does with an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributeRole {
    /// Nothing.
    Plain,
    /// Set when the item is created.
    Created,
    /// Set on every write.
    Updated,
    /// An id that is generated when it is unset.
    Auto,
    /// Counted up on every write.
    Version,
    /// When the item expires.
    Ttl,
}

/// A primary or index key: lists of attributes, because an index may have up to four of each.
#[derive(Debug)]
pub struct KeySchema {
    /// Partition key attributes, 1 to 4.
    pub partition: &'static [KeyAttribute],
    /// Sort key attributes, 0 to 4.
    pub sort: &'static [KeyAttribute],
}

impl KeySchema {
    /// The key's attributes in their order: the partition key, then the sort key.
    pub fn attributes(&'static self) -> impl Iterator<Item = &'static KeyAttribute> {
        self.partition.iter().chain(self.sort)
    }

    /// The attribute at this place in their order.
    #[must_use]
    pub fn attribute(&'static self, place: usize) -> Option<&'static KeyAttribute> {
        match place.checked_sub(self.partition.len()) {
            None => self.partition.get(place),
            Some(place) => self.sort.get(place),
        }
    }
}

/// One key attribute: a field's own, or a template over several fields.
#[derive(Debug)]
pub struct KeyAttribute {
    /// The attribute's name.
    pub name: &'static str,
    /// S, N or B.
    pub kind: KeyKind,
    /// One `Part` with `Format::Plain`, or a text template.
    pub segments: &'static [Segment],
}

impl KeyAttribute {
    /// Whether it is written from a template and stored beside the fields; if not, it is the attribute of one field.
    #[must_use]
    pub fn is_template(&self) -> bool {
        !self.parts().any(|part| part.format == Format::Plain)
    }

    /// The fields that it is made of.
    pub fn parts(&self) -> impl Iterator<Item = &'static Part> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Part(part) => Some(part),
            Segment::Literal(_) => None,
        })
    }
}

/// The types a key can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// String.
    S,
    /// Number.
    N,
    /// Binary.
    B,
}

/// A piece of a key template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment {
    /// Text that every key has.
    Literal(&'static str),
    /// The value of a field.
    Part(Part),
}

/// The value of one field in a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The field's name in Rust, for messages.
    pub field: &'static str,
    /// The index that `DynamoModel::key_part` knows it by.
    pub index: usize,
    /// How it is written.
    pub format: Format,
    /// Written so that larger values sort first.
    pub descending: bool,
}

/// How a part is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The attribute is the field's own value, of kind S, N or B: `partition_key = author`.
    Plain,
    /// `{isbn}`: its text, which sorts as the value does.
    Text,
    /// `{title:escape}`: its text, with the characters that would end the part escaped in an order-preserving way.
    Escape,
    /// `{year:04}`: digits, padded with zeros to this width.
    Padded(u8),
    /// `{score:sortable}`: a fixed-width text that sorts as the number does (signed integers, floats).
    Sortable,
    /// `{status:order}`: the position of an enum's variant in its declaration.
    Order,
}

/// A secondary index.
#[derive(Debug)]
pub struct IndexSchema {
    /// The index's name in DynamoDB.
    pub name: &'static str,
    /// Global, or local to the table's partition.
    pub local: bool,
    /// Its key.
    pub key: KeySchema,
    /// Which attributes it holds.
    pub projection: Projection,
}

/// Which attributes an index holds besides the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Projection {
    /// Every attribute.
    All,
    /// Only the keys of the table and the index.
    KeysOnly,
    /// The keys and these attributes.
    Include(&'static [&'static str]),
}
