//! Types that can be part of a key, and the facts about them that generated code asks for.

use super::fixed::Fixed;
use super::sink::PartSink;
use super::template::TemplateReader;
use super::value::KeyValue;
use crate::error::KeyError;
use crate::schema::{Format, KeyKind};

/// A type whose values can be part of a key.
///
/// Strings, characters, integers, bytes, `Uuid`, `NaiveDate`, `DateTime<Utc>`, and unit enums and newtypes that derive
/// `DynamoAttribute`. Floats can only be a part of a template: `{score:sortable}`.
///
/// The texts of a type sort as its values do, bytewise.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be part of a DynamoDB key",
    label = "keys are made of text, numbers, bytes, dates and ids",
    note = "DynamoDB has no order for bools, lists and maps; derive `DynamoAttribute` for a newtype or a unit enum"
)]
pub trait KeyPart: Sized {
    /// How DynamoDB stores a key that is one value of this type.
    const KIND: KeyKind;

    /// The value of a key attribute that is this value alone. A number is an integer, in the digits that its attribute
    /// stores.
    ///
    /// # Errors
    /// If DynamoDB cannot store the value.
    fn plain(&self) -> Result<KeyValue, KeyError>;

    /// Appends the value as a part of a template, in ascending order.
    ///
    /// # Errors
    /// If the value does not fit the form, or the type has no such form.
    fn text(&self, format: Format, out: &mut String) -> Result<(), KeyError>;

    /// Reads back what [`text`](Self::text) wrote.
    ///
    /// # Errors
    /// If no value has this text.
    fn parse(text: &str, format: Format) -> Result<Self, KeyError>;

    /// The shape of the texts in this form, if they all have the same length.
    #[must_use]
    fn fixed(_format: Format) -> Option<Fixed> {
        None
    }
}

/// A type that can be a key by itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a key by itself",
    label = "a key is a string, a number or bytes, and always has a value",
    note = "a float can be part of a template, such as `sort_key = \"{{score:sortable}}\"`",
    note = "an `Option` can be a key of an index only"
)]
pub trait PlainKey: KeyPart {}

/// A type that stands in a template as its text: `{isbn}`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no text form in a key template",
    label = "this part needs a form, such as `{{year:04}}`",
    note = "digits only sort as numbers when all have the same width: `{{year:04}}` for an unsigned integer, \
            `{{score:sortable}}` for a signed integer or a float"
)]
pub trait TextPart: KeyPart {}

/// A type that stands in a template as padded digits: `{year:04}`.
#[diagnostic::on_unimplemented(
    message = "a width in a key template does not fit `{Self}`",
    label = "only unsigned integers are padded",
    note = "use `{{score:sortable}}` for a signed integer or a float, and no form at all for text, dates and ids"
)]
pub trait PaddedPart: KeyPart {}

/// A type that stands in a template as sortable digits: `{score:sortable}`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no `sortable` form in a key template",
    label = "only integers and floats have one",
    note = "text, dates and ids sort as they are: `{{published}}`"
)]
pub trait SortablePart: KeyPart {}

/// A type that stands in a template as its place in a declaration: `{status:order}`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no `order` form in a key template",
    label = "only enums without fields have one",
    note = "derive `DynamoAttribute` for the enum"
)]
pub trait OrderPart: KeyPart {}

/// A type whose text has a fixed width, so that it can be written in descending order or without a literal after it.
#[diagnostic::on_unimplemented(
    message = "the text of `{Self}` has no fixed width",
    label = "this part can neither be `rev` nor stand right before another part",
    note = "text of any length has no complement that sorts the other way around; dates, ids, padded and sortable \
            numbers and `order` do",
    note = "put a literal between two parts: `{{author}}#{{title}}`"
)]
pub trait FixedPart: TextPart {}

/// A type that can be part of an index key: every key type, and `Option` of it, which leaves items without a value out
/// of the index.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be part of an index key",
    label = "index keys are made of text, numbers, bytes, dates, ids, and `Option`s of these"
)]
pub trait IndexPart {
    /// The type of the key part.
    type Part: KeyPart;
    /// The value, if there is one.
    fn part(&self) -> Option<&Self::Part>;
    /// The field that has this value.
    fn of(part: Self::Part) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: KeyPart> IndexPart for T {
    type Part = T;
    fn part(&self) -> Option<&T> {
        Some(self)
    }
    fn of(part: T) -> Self {
        part
    }
}

#[diagnostic::do_not_recommend]
impl<T: KeyPart> IndexPart for Option<T> {
    type Part = T;
    fn part(&self) -> Option<&T> {
        self.as_ref()
    }
    fn of(part: T) -> Self {
        Some(part)
    }
}

/// A newtype that is stored as the value it holds. Implemented by `#[derive(DynamoAttribute)]`.
pub trait Transparent {
    /// The type that it holds.
    type Inner;
    /// The value that it holds.
    fn inner(&self) -> &Self::Inner;
    /// Wraps a value.
    fn from_inner(inner: Self::Inner) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Transparent> KeyPart for T
where
    T::Inner: KeyPart,
{
    const KIND: KeyKind = T::Inner::KIND;
    fn plain(&self) -> Result<KeyValue, KeyError> {
        self.inner().plain()
    }
    fn text(&self, format: Format, out: &mut String) -> Result<(), KeyError> {
        self.inner().text(format, out)
    }
    fn parse(text: &str, format: Format) -> Result<Self, KeyError> {
        T::Inner::parse(text, format).map(Self::from_inner)
    }
    fn fixed(format: Format) -> Option<Fixed> {
        T::Inner::fixed(format)
    }
}

macro_rules! transparent { ($($form:ident),*) => {$(
    #[diagnostic::do_not_recommend]
    impl<T: Transparent> $form for T where T::Inner: $form {}
)*} }
transparent!(PlainKey, TextPart, PaddedPart, SortablePart, OrderPart, FixedPart);

/// What generated code knows of the type of a key part.
///
/// It names the type only through the functions below, each with one bound, so that a wrong type is one error.
pub struct PartFacts<T> {
    /// How DynamoDB stores a key that is one value of this type.
    pub kind: KeyKind,
    write: fn(&T, &mut PartSink) -> Result<(), KeyError>,
    read: fn(&mut TemplateReader<'_>) -> Result<T, KeyError>,
}

impl<T> PartFacts<T> {
    /// Reads the part that comes next in a stored key.
    pub(super) fn read(&self, text: &mut TemplateReader<'_>) -> Result<T, KeyError> {
        (self.read)(text)
    }

    /// Writes the value of a field.
    ///
    /// # Errors
    /// If the value cannot be this part.
    pub fn push(self, value: &T, sink: &mut PartSink) -> Result<(), KeyError> {
        (self.write)(value, sink)
    }

    /// Writes the value of an optional field; without one, the item has no such key.
    ///
    /// # Errors
    /// If the value cannot be this part.
    pub fn push_option(self, value: Option<&T>, sink: &mut PartSink) -> Result<(), KeyError> {
        match value {
            Some(value) => (self.write)(value, sink),
            None => {
                sink.absent();
                Ok(())
            }
        }
    }
}

macro_rules! facts { ($($(#[$doc:meta])* $name:ident: $form:ident;)*) => {$(
    $(#[$doc])*
    #[must_use]
    pub const fn $name<T: $form>() -> PartFacts<T> {
        PartFacts { kind: T::KIND, write: |value, sink| sink.write(value), read: |text| text.part() }
    }
)*} }
facts! {
    /// The facts about a type that is a key by itself.
    plain: PlainKey;
    /// The facts about a part without a form: `{isbn}`, `{title:escape}`.
    text: TextPart;
    /// The facts about a part with a width: `{year:04}`.
    padded: PaddedPart;
    /// The facts about a sortable part: `{score:sortable}`.
    sortable: SortablePart;
    /// The facts about an enum by its order: `{status:order}`.
    order: OrderPart;
    /// The facts about a part without a form that is `rev` or has no literal after it: `{rev published}`.
    fixed: FixedPart;
}

impl<T> std::fmt::Debug for PartFacts<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PartFacts").field("kind", &self.kind).finish_non_exhaustive()
    }
}
