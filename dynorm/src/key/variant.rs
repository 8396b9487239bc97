//! Unit enums as key parts: what the `KeyPart` that is derived for them calls.
//!
//! By name they sort by name. By order (`{status:order}`) they are written as their place in the declaration, three
//! digits wide however many variants there are, so that a variant that is added at the end changes no stored key.

use super::fixed::{Alphabet, Fixed};
use super::value::KeyValue;
use crate::error::{KeyError, KeyProblem};
use crate::schema::Format;

const WIDTH: u8 = 3;

fn name(names: &'static [&'static str], position: usize) -> Result<&'static str, KeyError> {
    names.get(position).copied().ok_or_else(|| KeyProblem::Form.into())
}

/// `KeyPart::plain` of an enum.
///
/// # Errors
/// If there is no such variant.
pub fn enum_plain(names: &'static [&'static str], position: usize) -> Result<KeyValue, KeyError> {
    name(names, position).map(|name| KeyValue::S(name.to_owned()))
}

/// `KeyPart::text` of an enum.
///
/// # Errors
/// If an enum has no such form, or more variants than three digits can count.
pub fn enum_text(
    names: &'static [&'static str],
    position: usize,
    format: Format,
    out: &mut String,
) -> Result<(), KeyError> {
    match (format, u16::try_from(position)) {
        (Format::Order, Ok(place @ ..1000)) => {
            out.extend([place / 100, place / 10, place].map(|n| char::from(b'0' + (n % 10) as u8)));
            Ok(())
        }
        (Format::Order, _) => Err(KeyProblem::Width { width: WIDTH }.into()),
        _ => super::text::push(name(names, position)?, format, out),
    }
}

/// `KeyPart::parse` of an enum: the variant's position.
///
/// # Errors
/// If no variant has this text.
pub fn enum_parse(names: &'static [&'static str], text: &str, format: Format) -> Result<usize, KeyError> {
    let position = if format == Format::Order {
        let digits = text.len() == usize::from(WIDTH) && text.bytes().all(|b| b.is_ascii_digit());
        text.parse().ok().filter(|place| digits && *place < names.len())
    } else {
        names.iter().position(|name| *name == text)
    };
    position.ok_or_else(|| KeyProblem::Malformed.into())
}

/// `KeyPart::fixed` of an enum.
#[must_use]
pub fn enum_fixed(format: Format) -> Option<Fixed> {
    (format == Format::Order).then_some(Fixed { width: WIDTH.into(), alphabet: Alphabet::Digits })
}
