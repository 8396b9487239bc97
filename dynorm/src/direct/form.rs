//! What the SDK writes for a request, with gaps for the objects of attribute values.
//!
//! From call to call, hardly anything else differs in the requests of an application: it has so many tables, and so many kinds of expressions for each.
//! So the SDK writes each kind once, and later requests of that kind are its form filled in. An input that is another in anything but the
//! attribute values, for whatever reason, has another form.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::client::interceptors::context::Input;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;

use super::request::{ENCODED, Map, json};
use crate::codec::append_item;
use crate::error::DecodeError;

/// What the SDK writes for a mark, before and after the number in it.
const MARK: (&[u8], &[u8]) = (br#"{"(encoded by dynorm)":{"N":""#, br#""}}"#);

/// How many forms of one operation are kept. More are searched for longer than it takes the SDK to write a request.
const MOST: usize = 32;

/// How many bytes an attribute probably takes that is not encoded yet. A wrong guess costs an allocation.
const LIKELY: usize = 64;

/// An object that the SDK writes as the mark of a gap.
pub(super) fn mark(part: usize) -> Map {
    HashMap::from([(ENCODED.to_owned(), AttributeValue::N(part.to_string()))])
}

/// A request with gaps.
#[derive(Debug)]
pub(super) struct Form {
    /// The request that the SDK wrote, without body and length.
    request: HttpRequest,
    /// Its body, with marks where the gaps are.
    body: Vec<u8>,
    /// Where the marks are in the body, and which parts they stand for.
    gaps: Vec<(Range<usize>, usize)>,
}

impl Form {
    /// The form of a request in which so many marks stand; `None` if it does not have them.
    pub(super) fn new(mut request: HttpRequest, marks: usize) -> Option<Self> {
        let body = request.body().bytes()?.to_vec();
        let mut gaps = Vec::with_capacity(marks);
        let mut at = 0;
        for _ in 0..marks {
            let (gap, part) = find_mark(&body, at)?;
            at = gap.end;
            gaps.push((gap, part));
        }
        // What is filled in replaces both, and is copied for each request.
        *request.body_mut() = SdkBody::empty();
        request.headers_mut().remove("content-length");
        Some(Form { request, body, gaps })
    }

    /// The request with these parts in its gaps; `None` if they are none that it has.
    ///
    /// # Errors
    /// If a part has a value that cannot be written.
    pub(super) fn fill(&self, parts: &[Map]) -> Result<Option<HttpRequest>, DecodeError> {
        let Some(mut request) = self.request.try_clone() else { return Ok(None) };
        let length = |part| json(part).map_or(part.len() * LIKELY, <[u8]>::len);
        let mut body = Vec::with_capacity(self.body.len() + parts.iter().map(length).sum::<usize>());
        let mut at = 0;
        for (gap, part) in &self.gaps {
            let (Some(before), Some(part)) = (self.body.get(at..gap.start), parts.get(*part)) else { return Ok(None) };
            body.extend_from_slice(before);
            match json(part) {
                Some(json) => body.extend_from_slice(json),
                None => append_item(part, &mut body)?,
            }
            at = gap.end;
        }
        body.extend_from_slice(self.body.get(at..).unwrap_or_default());
        request.headers_mut().insert("content-length", itoa::Buffer::new().format(body.len()).to_owned());
        *request.body_mut() = SdkBody::from(body);
        Ok(Some(request))
    }
}

/// Where the first mark is behind this place, and the number in it. A mark begins with a brace and a quote, which inside of a JSON string never
/// follow each other without a backslash between.
fn find_mark(body: &[u8], mut at: usize) -> Option<(Range<usize>, usize)> {
    loop {
        // Braces are rarer than what else a mark has.
        at += body.get(at..)?.iter().position(|byte| *byte == b'{')?;
        if let Some(behind) = body.get(at..)?.strip_prefix(MARK.0) {
            let digits = behind.iter().position(|byte| !byte.is_ascii_digit())?;
            let (number, behind) = behind.split_at_checked(digits)?;
            let rest = behind.strip_prefix(MARK.1)?;
            return Some((at..body.len() - rest.len(), str::from_utf8(number).ok()?.parse().ok()?));
        }
        at += 1;
    }
}

/// The forms of a client's requests, by operation. They are one client's, because what the SDK writes may depend on how it is configured.
#[derive(Default)]
pub(crate) struct Forms(RwLock<BTreeMap<&'static str, Vec<Kept>>>);

/// A form, and the input that it is for: without the objects of attribute values.
struct Kept {
    input: Input,
    form: Arc<Form>,
}

impl Forms {
    /// The form for an input, if there is one.
    pub(super) fn find(&self, operation: &'static str, is_it: impl Fn(&Input) -> bool) -> Option<Arc<Form>> {
        let forms = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let kept = forms.get(operation)?.iter().find(|kept| is_it(&kept.input))?;
        Some(Arc::clone(&kept.form))
    }

    /// Keeps a form, in the place of the oldest one if there are too many.
    pub(super) fn keep(&self, operation: &'static str, input: Input, form: Arc<Form>) {
        // No form is kept by halves.
        let mut forms = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let forms = forms.entry(operation).or_default();
        if forms.len() == MOST {
            forms.remove(0);
        }
        forms.push(Kept { input, form });
    }
}

impl fmt::Debug for Forms {
    // Whoever changes an input may put values into it anywhere.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Forms").finish_non_exhaustive()
    }
}
