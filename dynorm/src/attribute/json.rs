//! `serde_json::Value` as what it is: an object as M, an array as L, numbers exactly.

use serde_json::{Map, Number as JsonNumber, Value};

use super::{Attribute, stored};
use crate::codec::{AttributeType, Number, Reader, Writer};
use crate::error::{DecodeError, EncodeError};

impl Attribute for Value {
    type Stored = stored::Any;

    fn write(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        match self {
            Self::Null => writer.null(),
            Self::Bool(value) => writer.boolean(*value),
            Self::Number(number) => writer.number(number.as_str()),
            Self::String(text) => writer.string(text),
            Self::Array(elements) => elements.write(writer),
            Self::Object(members) => writer
                .map(|map| members.iter().try_for_each(|(name, value)| map.entry(name, |writer| value.write(writer)))),
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match reader.kind()? {
            AttributeType::Null => {
                reader.skip()?;
                Self::Null
            }
            AttributeType::Bool => Self::Bool(reader.boolean()?),
            AttributeType::N => Self::Number(read_number(&reader.digits()?)?),
            AttributeType::S => Self::String(String::read(reader)?),
            AttributeType::L => Self::Array(Vec::read(reader)?),
            AttributeType::M => {
                let mut members = Map::new();
                reader.map(|name, reader| {
                    members.insert(name.into_owned(), Self::read(reader)?);
                    Ok(())
                })?;
                Self::Object(members)
            }
            // As text or an array, it would be written back as another type.
            AttributeType::B | AttributeType::Ss | AttributeType::Ns | AttributeType::Bs => {
                return Err(DecodeError::invalid(
                    "JSON has neither binary values nor sets; read the attribute as an `AttributeValue`",
                ));
            }
        })
    }

    fn reads_null() -> bool {
        true
    }
}

fn read_number(digits: &str) -> Result<JsonNumber, DecodeError> {
    let not_a_number = || DecodeError::invalid("not a number");
    if let Ok(number) = digits.parse() {
        return Ok(number);
    }
    // `+1`, `007` and `.5` are numbers to DynamoDB and not to JSON.
    let number = Number::parse(digits).ok_or_else(not_a_number)?;
    number.check().map_err(|_| DecodeError::out_of_range("serde_json::Number"))?;
    let mut canonical = Vec::new();
    number.push(&mut canonical);
    serde_json::from_slice(&canonical).map_err(|_| not_a_number())
}
