//! Items that go into a request as the bytes that dynorm's `Writer` made of them.
//!
//! In the SDK's input each stands as a map with the one attribute [`ENCODED`], whose value is the bytes. So an item is moved, copied or replaced by
//! whoever changes the input, and a request that does not pass through dynorm is refused by DynamoDB for want of its key. The
//! [call layer](crate::call) wraps the operation's request serializer: the wrapper takes the bytes out of the maps, lets the SDK write a request
//! with marks in their place, and puts the bytes where the marks are.

use std::collections::HashMap;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::Input;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::ser_de::{SerializeRequest, SharedRequestSerializer};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;

use crate::codec::item_from_json;
use crate::error::DecodeError;

/// An object of attribute values: an item, a key, the values of expressions.
type Map = HashMap<String, AttributeValue>;

/// Shows every object of attribute values in the input of an operation that may be [`encoded`].
pub(crate) type Maps = fn(&mut Input, &mut dyn FnMut(&mut Map));

/// The one attribute of a map that is its JSON.
const ENCODED: &str = "(encoded by dynorm)";
/// What the SDK writes for such a map, before and after the number in it.
const MARK: (&[u8], &[u8]) = (br#"{"(encoded by dynorm)":{"N":""#, br#""}}"#);

/// An object of attribute values that stands for this JSON of one.
pub(crate) fn encoded(json: Vec<u8>) -> Map {
    HashMap::from([(ENCODED.to_owned(), AttributeValue::B(Blob::new(json)))])
}

/// The attribute values that an object stands for.
///
/// # Errors
/// If it is not JSON of attribute values, which no `Writer` leads to.
pub(crate) fn decoded(mut map: Map) -> Result<Map, DecodeError> {
    match map.remove(ENCODED) {
        Some(AttributeValue::B(json)) => item_from_json(json.as_ref()),
        _ => Ok(map),
    }
}

/// Writes the requests of one operation.
#[derive(Debug)]
pub(crate) struct Serializer {
    maps: Maps,
    stock: &'static SharedRequestSerializer,
}

impl Serializer {
    /// A serializer around the one that the SDK itself uses.
    pub(crate) fn new(maps: Maps, stock: &'static SharedRequestSerializer) -> Self {
        Serializer { maps, stock }
    }
}

impl SerializeRequest for Serializer {
    fn serialize_input(&self, mut input: Input, config: &mut ConfigBag) -> Result<HttpRequest, BoxError> {
        let mut parts = Vec::new();
        (self.maps)(&mut input, &mut |map| take(map, &mut parts));
        let mut request = self.stock.serialize_input(input, config)?;
        if !parts.is_empty() {
            let whole = request.body().bytes().and_then(|body| join(body, &parts));
            let whole = whole.ok_or("the SDK wrote a request that the encoded items do not fit into")?;
            request.headers_mut().insert("content-length", whole.len().to_string());
            *request.body_mut() = SdkBody::from(whole);
        }
        Ok(request)
    }
}

/// Takes the JSON out of a map that is encoded, and leaves its number.
fn take(map: &mut Map, parts: &mut Vec<Vec<u8>>) {
    if let Some(value) = map.get_mut(ENCODED)
        && let AttributeValue::B(json) = std::mem::replace(value, AttributeValue::N(parts.len().to_string()))
    {
        parts.push(json.into_inner());
    }
}

/// Puts each part in the place of its mark; `None` if not every part has one.
fn join(body: &[u8], parts: &[Vec<u8>]) -> Option<Vec<u8>> {
    let mut whole = Vec::with_capacity(body.len() + parts.iter().map(Vec::len).sum::<usize>());
    let mut rest = body;
    for _ in parts {
        let (before, behind) = split_mark(rest)?;
        let digits = behind.iter().position(|byte| !byte.is_ascii_digit())?;
        let (number, behind) = behind.split_at_checked(digits)?;
        let part = parts.get(str::from_utf8(number).ok()?.parse::<usize>().ok()?)?;
        whole.extend_from_slice(before);
        whole.extend_from_slice(part);
        rest = behind.strip_prefix(MARK.1)?;
    }
    whole.extend_from_slice(rest);
    Some(whole)
}

/// What stands before and behind the first mark. It begins with a brace and a quote, which inside of a JSON string never follow each
/// other without a backslash between.
fn split_mark(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut at = 0;
    loop {
        // Braces are rarer than what else a mark has.
        at += bytes.get(at..)?.iter().position(|byte| *byte == b'{')?;
        if let Some(behind) = bytes.get(at..)?.strip_prefix(MARK.0) {
            return Some((bytes.get(..at)?, behind));
        }
        at += 1;
    }
}
