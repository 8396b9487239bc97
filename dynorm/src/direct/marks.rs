//! What stands for dynorm's JSON: in the SDK's inputs, and in the requests that the SDK writes.
//!
//! In an input it is a map with one attribute, whose value is the JSON and whose name says what the JSON is of. So it is moved, copied or replaced
//! by whoever changes the input, and a request that does not pass through dynorm is refused by DynamoDB for want of a key. The serializers
//! put a mark in its place, with a number, let the SDK write the request, and fill in the JSON where the marks are.

use std::collections::HashMap;
use std::ops::Range;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;

use crate::error::DecodeError;

/// An object of attribute values: an item, a key, the values of expressions.
pub(super) type Map = HashMap<String, AttributeValue>;

/// Stands for the JSON of an object of attribute values.
const OBJECT: &str = "(encoded by dynorm)";
/// Stands for the keys of one table, an array, among the keys of a BatchGetItem.
const KEYS: &str = "(keys encoded by dynorm)";
/// Stands for operations on one table, an array, as the item of a put among operations.
const OPERATIONS: &str = "(operations encoded by dynorm)";

/// What the SDK writes for a mark, before and after its number.
const MARK: (&[u8], &[u8]) = (br#"{"(encoded by dynorm)":{"N":""#, br#""}}"#);

/// An object of attribute values that stands for this JSON of one.
pub(crate) fn encoded(json: Vec<u8>) -> Map {
    map(OBJECT, json)
}

/// The one key that stands for all of a table: a JSON array of them.
pub(crate) fn encoded_keys(json: Vec<u8>) -> Map {
    map(KEYS, json)
}

/// The item of a put that stands for these operations on its table: a JSON array of what the request has for each.
pub(crate) fn encoded_operations(json: Vec<u8>) -> Map {
    map(OPERATIONS, json)
}

fn map(name: &str, json: Vec<u8>) -> Map {
    HashMap::from([(name.to_owned(), AttributeValue::B(Blob::new(json)))])
}

/// The JSON of the object that a map stands for, if it does.
pub(super) fn object(map: &Map) -> Option<&[u8]> {
    value(map, OBJECT)
}

/// The JSON array of the keys that a map stands for, if it does.
pub(super) fn keys(map: &Map) -> Option<&[u8]> {
    value(map, KEYS)
}

fn value<'a>(map: &'a Map, is: &str) -> Option<&'a [u8]> {
    match map.iter().next() {
        Some((name, AttributeValue::B(json))) if map.len() == 1 && name == is => Some(json.as_ref()),
        _ => None,
    }
}

/// Takes the JSON array of the operations that an item stands for, and leaves a mark with this number; `None` if it stands for none.
///
/// # Errors
/// If it has another attribute as well: nothing says what that is to be.
pub(super) fn take_operations(item: &mut Map, number: usize) -> Result<Option<Vec<u8>>, &'static str> {
    let Some(AttributeValue::B(json)) = item.remove(OPERATIONS) else { return Ok(None) };
    if !item.is_empty() {
        return Err("an attribute was put beside the encoded operations");
    }
    *item = mark(number);
    Ok(Some(json.into_inner()))
}

/// A mark.
pub(super) fn mark(number: usize) -> Map {
    HashMap::from([(OBJECT.to_owned(), AttributeValue::N(number.to_string()))])
}

/// The number of a mark.
pub(super) fn number(map: &Map) -> Option<usize> {
    match map.get(OBJECT) {
        Some(AttributeValue::N(number)) => number.parse().ok(),
        _ => None,
    }
}

/// The elements of a JSON array, as they stand inside of another one.
pub(super) fn elements(array: &[u8]) -> Option<&[u8]> {
    array.strip_prefix(b"[")?.strip_suffix(b"]")
}

/// A place for JSON in a request, and the number of its mark.
#[derive(Debug)]
pub(super) struct Gap {
    pub(super) place: Range<usize>,
    pub(super) number: usize,
}

/// Where the marks are in a body; `None` if they are not as many, or one stands twice: the SDK writes requests otherwise than dynorm knows.
pub(super) fn find(body: &[u8], marks: usize) -> Option<Vec<Gap>> {
    let mut gaps = Vec::<Gap>::with_capacity(marks);
    let mut at = 0;
    for _ in 0..marks {
        let gap = find_next(body, at).filter(|gap| gap.number < marks)?;
        if gaps.iter().any(|known| known.number == gap.number) {
            return None;
        }
        at = gap.place.end;
        gaps.push(gap);
    }
    Some(gaps)
}

/// The first mark behind this place. A mark begins with a brace and a quote, which inside of a JSON string never follow each other without a
/// backslash between.
fn find_next(body: &[u8], mut at: usize) -> Option<Gap> {
    loop {
        // Braces are rarer than what else a mark has.
        at += body.get(at..)?.iter().position(|byte| *byte == b'{')?;
        if let Some(behind) = body.get(at..)?.strip_prefix(MARK.0) {
            let digits = behind.iter().position(|byte| !byte.is_ascii_digit())?;
            let (number, behind) = behind.split_at_checked(digits)?;
            let rest = behind.strip_prefix(MARK.1)?;
            let place = at..body.len() - rest.len();
            return Some(Gap { place, number: str::from_utf8(number).ok()?.parse().ok()? });
        }
        at += 1;
    }
}

/// A body whose gaps are filled by what `push` appends for each number; `None` if it knows a number not. The parts are probably so long in all.
pub(super) fn fill(
    body: &[u8],
    gaps: &[Gap],
    length: usize,
    mut push: impl FnMut(usize, &mut Vec<u8>) -> Result<Option<()>, DecodeError>,
) -> Result<Option<Vec<u8>>, DecodeError> {
    let mut whole = Vec::with_capacity(body.len() + length);
    let mut at = 0;
    for Gap { place, number } in gaps {
        let Some(before) = body.get(at..place.start) else { return Ok(None) };
        whole.extend_from_slice(before);
        if push(*number, &mut whole)?.is_none() {
            return Ok(None);
        }
        at = place.end;
    }
    whole.extend_from_slice(body.get(at..).unwrap_or_default());
    Ok(Some(whole))
}
