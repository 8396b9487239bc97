//! What generated code names. Not part of the public interface.

mod attr;
mod flatten;

pub use crate::attribute::{Attribute, Codec, MapKey, Native, stored};
pub use crate::codec::{AttributeType, Reader, Writer};
pub use crate::error::{DecodeError, EncodeError};
pub use crate::error::{Error, Invalid};
pub use crate::error::{KeyError, KeyProblem};
pub use crate::expr::role;
pub use crate::expr::role::{KeyCanChange, ReadOnlyCanChange, Removable, SetAlone, Settable, StampCanChange};
pub use crate::expr::{Condition, Field, Filter, Flattened, Held, Nested, NotKey, ScanFilter, UsableIn};
pub use crate::key::{
    Fixed, FullKey, IndexPart, Key, KeyBuf, KeyPart, KeyValue, OrderPart, PartCondition, PartFacts, PartSink,
    PartValue, PlainKey, QueryKey, Ranged, Ready, TextPart, Transparent, enum_fixed, enum_parse, enum_plain, enum_text,
    fixed, order, padded, plain, sortable, text,
};
pub use crate::model::DynamoModel;
pub use crate::record::{Record, read_map, write_map};
pub use crate::schema::{
    AttributeRole, AttributeSchema, Format, IndexSchema, KeyAttribute, KeyKind, KeySchema, Part, Projection, Schema,
    Segment,
};
pub use crate::stamp::Stamp;
pub use crate::target::{Index, Table};
pub use crate::validate::{check_validator, check_with};

pub use attr::{Attr, attr, codec};
pub use flatten::{Flat, Flatten, flatten};
