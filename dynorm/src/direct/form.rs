//! What the SDK writes for a request, with gaps for the objects of attribute values.
//!
//! From call to call, hardly anything else differs in the requests of an application: it has so many tables, and so many kinds of expressions for each.
//! So the SDK writes each kind once, and later requests of that kind are its form filled in. An input that is another in anything but the
//! attribute values, for whatever reason, has another form.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use aws_smithy_runtime_api::client::interceptors::context::Input;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;

use super::marks::{self, Gap, Map};
use crate::codec::append_item;
use crate::error::DecodeError;

/// How many forms of one operation are kept. More are searched for longer than it takes the SDK to write a request.
const MOST: usize = 32;

/// How many bytes an attribute probably takes that is not encoded yet. A wrong guess costs an allocation.
const LIKELY: usize = 64;

/// A request with gaps.
#[derive(Debug)]
pub(super) struct Form {
    /// The request that the SDK wrote, without body and length.
    request: HttpRequest,
    /// Its body, with marks where the gaps are.
    body: Vec<u8>,
    gaps: Vec<Gap>,
}

impl Form {
    /// The form of a request in which so many marks stand; `None` if it does not have them.
    pub(super) fn new(mut request: HttpRequest, marks: usize) -> Option<Self> {
        let body = request.body().bytes()?.to_vec();
        let gaps = marks::find(&body, marks)?;
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
        let body = marks::fill(&self.body, &self.gaps, parts.iter().map(length).sum(), |number, body| {
            let Some(part) = parts.get(number) else { return Ok(None) };
            match json(part) {
                Some(json) => body.extend_from_slice(json),
                None => append_item(part, body)?,
            }
            Ok(Some(()))
        })?;
        Ok(body.map(|body| {
            set_body(&mut request, SdkBody::from(body));
            request
        }))
    }
}

/// What a part that stands for JSON becomes in a request.
fn json(part: &Map) -> Option<&[u8]> {
    marks::object(part).or_else(|| marks::keys(part).and_then(marks::elements))
}

/// Gives a request another body.
pub(super) fn set_body(request: &mut HttpRequest, body: SdkBody) {
    if let Some(bytes) = body.bytes() {
        request.headers_mut().insert("content-length", itoa::Buffer::new().format(bytes.len()).to_owned());
    }
    *request.body_mut() = body;
}

/// The forms of a client's requests, by operation. They are one client's, because what the SDK writes may depend on how it is configured.
#[derive(Default)]
pub(crate) struct Forms(RwLock<BTreeMap<&'static str, OfOperation>>);

#[derive(Default)]
struct OfOperation {
    kept: Vec<Kept>,
    /// The SDK writes this operation's requests in a way that JSON does not fit into. It is given its own maps, and no marks.
    has_none: bool,
}

/// A form, and the input that it is for: without the objects of attribute values.
struct Kept {
    input: Input,
    form: Arc<Form>,
}

impl Forms {
    /// The form for an input, if there is one.
    pub(super) fn find(&self, operation: &'static str, is_it: impl Fn(&Input) -> bool) -> Option<Arc<Form>> {
        let forms = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let kept = forms.get(operation)?.kept.iter().find(|kept| is_it(&kept.input))?;
        Some(Arc::clone(&kept.form))
    }

    /// Keeps a form, in the place of the oldest one if there are too many.
    pub(super) fn keep(&self, operation: &'static str, input: Input, form: Arc<Form>) {
        self.change(operation, |OfOperation { kept, .. }| {
            if kept.len() == MOST {
                kept.remove(0);
            }
            kept.push(Kept { input, form });
        });
    }

    /// Whether it is known that an operation has no forms.
    pub(super) fn has_none(&self, operation: &'static str) -> bool {
        let forms = self.0.read().unwrap_or_else(PoisonError::into_inner);
        forms.get(operation).is_some_and(|of_operation| of_operation.has_none)
    }

    /// Notes that an operation has no forms.
    pub(super) fn set_none(&self, operation: &'static str) {
        self.change(operation, |of_operation| of_operation.has_none = true);
    }

    fn change(&self, operation: &'static str, change: impl FnOnce(&mut OfOperation)) {
        // No form is kept by halves.
        change(self.0.write().unwrap_or_else(PoisonError::into_inner).entry(operation).or_default());
    }
}

impl fmt::Debug for Forms {
    // Whoever changes an input may put values into it anywhere.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Forms").finish_non_exhaustive()
    }
}
