//! What generated code names. Not part of the public interface.

mod attr;
mod enums;
mod fields;
mod flatten;
mod stamped;
mod states;
mod unique;
mod unset;

pub use crate::attribute::{Attribute, Codec, MapKey, Native, codecs, stored};
pub use crate::codec::{AttributeType, Reader, Writer};
pub use crate::error::{DecodeError, EncodeError};
pub use crate::error::{Error, Invalid, Rejected};
pub use crate::error::{KeyError, KeyProblem};
pub use crate::expr::UpdateExpr;
pub use crate::expr::role;
pub use crate::expr::role::{
    KeyCanChange, ReadOnlyCanChange, Removable, SetAlone, Settable, StampCanChange, UniqueCanChange,
};
pub use crate::expr::{Condition, Field, Filter, Flattened, Held, Nested, NotKey, ScanFilter, UsableIn};
pub use crate::key::{
    Fixed, FixedPart, FullIndexKey, FullKey, IndexPart, Key, KeyBuf, KeyPart, KeyValue, OrderPart, PaddedPart,
    PartCondition, PartFacts, PartJob, PartSink, PartValue, PlainKey, QueryKey, Ranged, Ready, SortablePart, TextPart,
    Transparent, enum_fixed, enum_parse, enum_plain, enum_text, fixed, order, padded, plain, sortable, text,
};
pub use crate::model::{BatchPut, DynamoModel, Versioned};
pub use crate::patch::{DynamoPatch, apply_patch};
pub use crate::projection::{Column, DynamoProjection, Fits, Names, Projecting, attributes, declared, held};
pub use crate::read::{FromItem, ReadFrom};
pub use crate::record::{Record, read_map, write_map};
pub use crate::schema::{
    AttributeRole, AttributeSchema, Format, IndexSchema, KeyAttribute, KeyKind, KeySchema, Part, Projection, Schema,
    Segment, UniqueAttribute, UniqueSchema,
};
#[cfg(feature = "uuid")]
pub use crate::stamp::AutoId;
pub use crate::stamp::{Stamp, Timestamp, Version, auto};
pub use crate::target::{Consistent, CountsLive, CountsLiveEverywhere, FetchRest, Index, Table};
pub use crate::validate::{check_validator, check_with};
pub use crate::write::{Guarded, Unguarded, Write, after_read, after_write, before_write};

pub use std::borrow::Cow;
pub use std::marker::PhantomData;
pub use std::mem::swap;
pub use std::option::Option::{self, None, Some};
pub use std::result::Result::{self, Err, Ok};
pub use std::string::String;
pub use std::vec::Vec;

/// What writing gives. A short name is less for the compiler to resolve, in every function of every model.
pub type Encoded = Result<(), EncodeError>;
/// What reading gives.
pub type Decoded<T = ()> = Result<T, DecodeError>;

pub use attr::{Attr, Missing, attr, codec};
pub use enums::{
    UnitEnum, enum_from_name, enum_name, enum_part, read_content, read_enum, read_tagged, unknown_variant, write_enum,
};
pub use fields::HasFields;
pub use flatten::{Flat, FlatSlots, Flatten, flat_record, flatten};
#[cfg(not(feature = "uuid"))]
pub use stamped::AutoId;
#[cfg(feature = "uuid")]
pub use stamped::write_id;
pub use stamped::{Count, Id, Time, auto_id, lifetime, timestamp, version};
pub use states::{Covers, In, Parts};
pub use unique::{GuardKey, UniqueValue, guard_key, unique_value};
pub use unset::{HasDefault, UNRESOLVED, UNRESOLVED_INDEX, default};
