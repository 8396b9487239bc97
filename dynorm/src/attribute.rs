//! What can be stored in one attribute: the `Attribute` trait, and `Codec` for other forms of the same type.

use crate::codec::{Reader, Writer};
use crate::error::{DecodeError, EncodeError};

pub(crate) mod calendar;
#[cfg(feature = "chrono")]
mod chrono;
pub mod codecs;
#[cfg(feature = "rust_decimal")]
mod decimal;
mod float;
mod integer;
mod item;
#[cfg(feature = "serde_json")]
mod json;
mod map;
mod option;
mod pointer;
mod sequence;
mod set;
mod text;
mod time;
mod tuple;
#[cfg(feature = "uuid")]
mod uuid;

pub use item::Item;
pub use map::MapKey;

/// A type that is stored in one DynamoDB attribute.
///
/// | Rust | DynamoDB |
/// |---|---|
/// | `String`, `Box<str>`, `Arc<str>`, `Cow<str>`, `char` | S |
/// | every integer and `NonZero` of it, `f32`, `f64`, `Decimal` | N |
/// | `bool` | BOOL |
/// | `Vec<u8>`, `[u8; N]` | B |
/// | `Uuid` | S, in lower case with hyphens |
/// | `DateTime<Utc>`, `SystemTime` | S: `2024-05-01T12:00:00.000000000Z`, which sorts; any RFC 3339 is read |
/// | `DateTime<FixedOffset>` | S: the same with its offset, which does not sort |
/// | `NaiveDate`, `NaiveTime`, `NaiveDateTime` | S: `2024-05-01`, `12:00:00.000000000`, both with a `T` between |
/// | `Duration`, `TimeDelta` | N: seconds, exact to the nanosecond |
/// | `Vec<T>`, `[T; N]`, tuples | L |
/// | `HashSet<T>`, `BTreeSet<T>` | SS, NS or BS, by the elements |
/// | `HashMap<K, V>`, `BTreeMap<K, V>`, [`Item`] | M |
/// | `Option<T>` | absent, or as `T`; inside a list, tuple or map NULL |
/// | `Box<T>`, `Arc<T>`, `Cow<T>` | as `T` |
/// | `serde_json::Value`, the SDK's `AttributeValue` | what the value is |
///
/// Numbers never lose digits: one that DynamoDB cannot hold is an error on write, and one that the type cannot hold is
/// an error on read. Only `f32` and `f64` round a number with more digits than they have, to the nearest. `-0.0` is
/// stored as `0`.
///
/// Derive `DynamoAttribute` for structs and enums; implement the trait by hand for anything else, with [`Writer`] and
/// [`Reader`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in a DynamoDB attribute",
    label = "not an attribute type",
    note = "derive `DynamoAttribute` for a type of your own, or name a codec: `#[dynorm(with = ..)]`",
    note = "borrowed types such as `&str` can be written but not read back: own the value (`String`, `Cow<str>`)"
)]
pub trait Attribute: Sized {
    /// How DynamoDB stores it, which decides the operators that it has.
    type Stored: stored::Stored;

    /// Writes the value, as `{"S":"..."}` does on the wire.
    fn write(&self, writer: &mut Writer) -> Result<(), EncodeError>;

    /// Reads the value back.
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// Whether a field with this value is left out of the item: `None` and the empty set.
    fn is_absent(&self) -> bool {
        false
    }

    /// The value of a field whose attribute is absent, if that is allowed.
    fn absent() -> Option<Self> {
        None
    }

    /// Whether `NULL` is a value of this type by itself.
    fn reads_null() -> bool {
        false
    }

    /// Writes a slice of this type: a list, except of bytes.
    #[doc(hidden)]
    fn write_sequence(values: &[Self], writer: &mut Writer) -> Result<(), EncodeError> {
        sequence::write_list(values, writer)
    }

    /// Reads a sequence of this type.
    #[doc(hidden)]
    fn read_sequence(reader: &mut Reader<'_>) -> Result<Vec<Self>, DecodeError> {
        sequence::read_list(reader)
    }
}

/// Another stored form of a `T`, named by `#[dynorm(with = ..)]`. [`codecs`] has the common ones.
///
/// ```
/// use dynorm::attribute::{stored, Codec};
/// use dynorm::codec::{Reader, Writer};
/// use dynorm::error::{DecodeError, EncodeError};
///
/// /// `true` as `"yes"`, as an older system wrote it.
/// struct YesNo;
///
/// impl Codec<bool> for YesNo {
///     type Stored = stored::S;
///
///     fn write(value: &bool, writer: &mut Writer) -> Result<(), EncodeError> {
///         writer.string(if *value { "yes" } else { "no" })
///     }
///
///     fn read(reader: &mut Reader<'_>) -> Result<bool, DecodeError> {
///         match &*reader.string()? {
///             "yes" => Ok(true),
///             "no" => Ok(false),
///             _ => Err(DecodeError::invalid("neither yes nor no")),
///         }
///     }
/// }
/// ```
///
/// A field of type `Option<bool>` then takes `with = Optional<YesNo>`; see [`codecs::Optional`].
#[diagnostic::on_unimplemented(
    message = "the codec `{Self}` has no form for `{T}`",
    label = "not a codec for this field's type",
    note = "implement `dynorm::attribute::Codec<{T}>` for it; for an `Option` field of your own codec write `Optional<..>` around it"
)]
pub trait Codec<T> {
    /// How DynamoDB stores it.
    type Stored: stored::Stored;
    /// Writes the value.
    fn write(value: &T, writer: &mut Writer) -> Result<(), EncodeError>;
    /// Reads the value back.
    fn read(reader: &mut Reader<'_>) -> Result<T, DecodeError>;
    /// Whether a field with this value is left out of the item.
    fn is_absent(_value: &T) -> bool {
        false
    }
    /// The value of a field whose attribute is absent, if that is allowed.
    fn absent() -> Option<T> {
        None
    }
}

/// The codec of a field without `with`: the type's own [`Attribute`] implementation.
#[derive(Debug, Clone, Copy)]
pub struct Native;

impl<T: Attribute> Codec<T> for Native {
    type Stored = T::Stored;
    fn write(value: &T, writer: &mut Writer) -> Result<(), EncodeError> {
        value.write(writer)
    }
    fn read(reader: &mut Reader<'_>) -> Result<T, DecodeError> {
        T::read(reader)
    }
    fn is_absent(value: &T) -> bool {
        value.is_absent()
    }
    fn absent() -> Option<T> {
        T::absent()
    }
}

/// DynamoDB's attribute types as Rust types, so that the compiler knows which operators a field has.
pub mod stored {
    use crate::codec::AttributeType;

    mod sealed {
        pub trait Sealed {}
    }

    /// One of DynamoDB's attribute types.
    pub trait Stored: sealed::Sealed {
        /// The type as a value; `None` where it differs from item to item.
        const TYPE: Option<AttributeType>;
        /// How a `Vec` of such values is stored.
        #[doc(hidden)]
        type Sequence: Optional;
        /// How a wrapper of one such value is stored: as the value, but a `Vec` of the wrapper is a list.
        #[doc(hidden)]
        type Single: Stored;
    }

    /// A type that an `Option` can be made of. Sets are not: DynamoDB has no empty set, so an empty one is absent.
    #[diagnostic::on_unimplemented(
        message = "an `Option` of a set cannot be stored: `None` and the empty set would both be absent",
        label = "use the set without `Option`",
        note = "an absent set attribute reads as the empty set"
    )]
    pub trait Optional: Stored {}

    /// A type that DynamoDB has sets of.
    #[diagnostic::on_unimplemented(
        message = "DynamoDB has sets of strings, numbers and binaries only",
        label = "not an element of a DynamoDB set",
        note = "use a `Vec`, which is stored as a list"
    )]
    pub trait Element: Stored {
        /// The type of the set.
        type Set: Stored;
        /// The type of the set as a value.
        #[doc(hidden)]
        const SET: AttributeType;
    }

    macro_rules! stored { ($($name:ident = $type:ident, sequence $sequence:ident, single $single:ident, $doc:literal;)*) => {$(
        #[doc = $doc]
        #[derive(Debug, Clone, Copy)]
        pub struct $name;
        impl sealed::Sealed for $name {}
        impl Stored for $name {
            const TYPE: Option<AttributeType> = Some(AttributeType::$type);
            type Sequence = $sequence;
            type Single = $single;
        }
    )*} }
    stored!(
        S = S, sequence L, single S, "A string.";
        N = N, sequence L, single N, "A number of up to 38 digits.";
        Byte = N, sequence B, single N, "The number `u8`: an [`N`] in every way, but a `Vec` of it is a [`B`].";
        B = B, sequence L, single B, "Bytes.";
        Bool = Bool, sequence L, single Bool, "True or false.";
        Ss = Ss, sequence L, single Ss, "A set of strings.";
        Ns = Ns, sequence L, single Ns, "A set of numbers.";
        Bs = Bs, sequence L, single Bs, "A set of byte strings.";
        L = L, sequence L, single L, "A list.";
        M = M, sequence L, single M, "A map.";
    );

    /// Any type: JSON values and raw attributes.
    #[derive(Debug, Clone, Copy)]
    pub struct Any;
    impl sealed::Sealed for Any {}
    impl Stored for Any {
        const TYPE: Option<AttributeType> = None;
        type Sequence = L;
        type Single = Any;
    }

    macro_rules! optional { ($($name:ident)*) => { $(impl Optional for $name {})* } }
    optional!(S N Byte B Bool L M Any);

    impl Element for S {
        type Set = Ss;
        const SET: AttributeType = AttributeType::Ss;
    }

    impl Element for N {
        type Set = Ns;
        const SET: AttributeType = AttributeType::Ns;
    }

    impl Element for Byte {
        type Set = Ns;
        const SET: AttributeType = AttributeType::Ns;
    }

    impl Element for B {
        type Set = Bs;
        const SET: AttributeType = AttributeType::Bs;
    }
}
