//! What can be stored in one attribute: the `Attribute` trait, and `Codec` for other forms of the same type.

use crate::codec::{Reader, Writer};
use crate::error::{DecodeError, EncodeError};

/// A type that is stored in one DynamoDB attribute.
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
}

/// Another stored form of a `T`, named by `#[dynorm(with = ..)]`.
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

    /// One of DynamoDB's attribute types.
    pub trait Stored {
        /// The type as a value; `None` where it differs from item to item.
        const TYPE: Option<AttributeType>;
    }
    macro_rules! stored { ($($name:ident $doc:literal),* $(,)?) => {$(
        #[doc = $doc] #[derive(Debug, Clone, Copy)] pub struct $name;
        impl Stored for $name { const TYPE: Option<AttributeType> = Some(AttributeType::$name); }
    )*} }
    stored!(
        S "A string.", N "A number of up to 38 digits.", B "Bytes.", Bool "True or false.",
        Ss "A set of strings.", Ns "A set of numbers.", Bs "A set of byte strings.", L "A list.", M "A map.",
    );
    /// Any type: JSON values and raw attributes.
    #[derive(Debug, Clone, Copy)]
    pub struct Any;
    impl Stored for Any {
        const TYPE: Option<AttributeType> = None;
    }
}
