//! Keys: their parts, their builders, and the conditions that queries send.

mod builder;
mod bytes;
mod condition;
mod convert;
mod escape;
mod fixed;
mod full;
mod given;
mod model;
mod number;
mod order;
mod part;
mod range;
mod sink;
mod template;
mod text;
#[cfg(feature = "chrono")]
mod time;
#[cfg(feature = "uuid")]
mod uuid;
mod value;
mod variant;

pub use builder::KeyBuf;
pub use condition::{KeyCondition, SortRange};
pub(crate) use convert::Attribute;
pub use convert::PartJob;
pub use fixed::{Alphabet, Fixed};
pub use full::{FullIndexKey, FullKey, Key, QueryKey};
pub use given::{BeginsWith, PartCondition, PartValue, Prefixable, Ranged, Ready, begins_with};
pub(crate) use model::{Fields, key_attribute_of};
pub use model::{check_key_attributes, key_attribute, key_of, key_templates, verify_key};
pub use part::{
    FixedPart, IndexPart, KeyPart, OrderPart, PaddedPart, PartFacts, PlainKey, SortablePart, TextPart, Transparent,
    fixed, order, padded, plain, sortable, text,
};
pub use sink::PartSink;
pub use template::TemplateReader;
pub use value::KeyValue;
pub(crate) use value::push_key;
pub use variant::{enum_fixed, enum_parse, enum_plain, enum_text};
