//! Items that are read straight from the response's bytes.
//!
//! The [call layer](crate::call) wraps the operation's response deserializer. On success the wrapper reads the items out of the body, and hands the
//! SDK the same response without them: output, request id, retries and errors stay the SDK's. A body that is not the expected JSON goes
//! to the SDK whole: what it reports is reported as ever, and what it can read after all is taken from its [maps](super::items).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_smithy_runtime_api::client::interceptors::context::{Error as ErasedError, Output};
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::ser_de::{DeserializeResponse, SharedResponseDeserializer};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;

use super::items;
use crate::call::{self, State};
use crate::codec::{Json, push_string};
use crate::error::DecodeError;
use crate::expiry::Expiry;

/// Takes the items of a response.
pub(crate) trait Receive: Default + Send + 'static {
    /// Reads the member of the response that holds items; `count` is the number that the response announced, if it did.
    ///
    /// # Errors
    /// Only if the JSON is malformed. An item that is not the model is the receiver's own to keep.
    fn receive(&mut self, items: &mut Json<'_>, count: Option<u64>, body: &SdkBody) -> Result<(), DecodeError>;

    /// Says which items count as gone. A receiver that returns them all the same says so itself.
    fn leave_out(&mut self, _expiry: Option<Expiry>) {}
}

/// Reads the items of a response, whatever they become.
pub(crate) trait Reception: Send + Sync {
    /// Reads them from the member of this name, and returns every other member as a body for the SDK; `None` if the SDK is to say what
    /// is wrong with the body.
    fn split(&self, member: &str, body: &SdkBody, bytes: &[u8]) -> Option<Vec<u8>>;
}

/// One call's items, once the SDK has the response.
pub(crate) struct Received<R>(Arc<Slot<R>>);

struct Slot<R> {
    /// What the last response brought, or why it could not be read; `None` before the first.
    received: Mutex<Option<Result<R, DecodeError>>>,
    expiry: Option<Expiry>,
}

impl<R: Receive> Received<R> {
    pub(crate) fn new(expiry: Option<Expiry>) -> Self {
        Received(Arc::new(Slot { received: Mutex::new(None), expiry }))
    }

    /// The SDK's side of it.
    pub(crate) fn reception(&self) -> Arc<dyn Reception> {
        Arc::clone(&self.0) as _
    }

    /// What the call's last attempt brought, after the SDK has said that the call succeeded.
    ///
    /// # Errors
    /// A response that the SDK could read and dynorm could not: its items are with neither, so it must not pass for an empty one.
    pub(crate) fn finish(self) -> Result<R, DecodeError> {
        self.0.lock().take().unwrap_or_else(|| Err(DecodeError::custom("the response did not pass through dynorm")))
    }
}

impl<R> Slot<R> {
    fn lock(&self) -> MutexGuard<'_, Option<Result<R, DecodeError>>> {
        // Nothing here can be left half-done by a panic: each response replaces the whole.
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<R: Receive> Reception for Slot<R> {
    fn split(&self, member: &str, body: &SdkBody, bytes: &[u8]) -> Option<Vec<u8>> {
        let (received, rest) = match split::<R>(member, body, bytes, self.expiry) {
            Ok((receiver, rest)) => (Ok(receiver), Some(rest)),
            Err(error) => (Err(error), None),
        };
        *self.lock() = Some(received);
        rest
    }
}

fn split<R: Receive>(
    member: &str,
    body: &SdkBody,
    bytes: &[u8],
    expiry: Option<Expiry>,
) -> Result<(R, Vec<u8>), DecodeError> {
    let fresh = || {
        let mut receiver = R::default();
        receiver.leave_out(expiry);
        receiver
    };
    let mut receiver = fresh();
    let mut json = Json::from_bytes(bytes)?;
    let mut rest = vec![b'{'];
    let mut count = None;
    let mut first = true;
    json.open_object()?;
    while let Some(name) = json.next_name(&mut first)? {
        if name == member {
            // Of a member that comes twice the last one counts, as it does for the SDK.
            receiver = fresh();
            if !json.eat_null() {
                receiver.receive(&mut json, count, body)?;
            }
            continue;
        }
        let value = json.skip()?;
        if name == "Count" {
            count = value.parse().ok();
        }
        if rest.len() > 1 {
            rest.push(b',');
        }
        push_string(&mut rest, &name);
        rest.push(b':');
        rest.extend_from_slice(value.as_bytes());
    }
    json.end()?;
    rest.push(b'}');
    Ok((receiver, rest))
}

/// Reads the items from what the SDK read. If they cannot be written as JSON, it is still said that dynorm could not read the response.
fn take_from(items: &dyn Reception, member: &str, output: &mut Output) {
    if let Ok(answer) = items::take(member, output) {
        let body = SdkBody::from(answer);
        items.split(member, &body, body.bytes().unwrap_or_default());
    }
}

/// Compares the body with the checksum that DynamoDB sends with it, which the SDK does not. A body that was damaged on the way counts like one
/// that was cut: the SDK's retries ask again, where a resend does no harm.
///
/// A whole body of another length than the answer had is not the one that DynamoDB sent, but an interceptor's, and the checksum not its own. One
/// that was cut is never whole JSON.
fn check_crc32(state: &State, response: &HttpResponse, body: &[u8]) -> Result<(), OrchestratorError<ErasedError>> {
    let header = |name| response.headers().get(name);
    let length = header("content-length").and_then(|length| length.parse::<usize>().ok());
    let sent = header("x-amz-crc32").and_then(|sent| sent.parse::<u32>().ok());
    let is_replaced = || length.is_some_and(|length| length != body.len()) && is_whole(body);
    match sent {
        Some(sent) if sent != crc32fast::hash(body) && !is_replaced() => {
            state.attempts().answer_is_damaged();
            Err(OrchestratorError::response("the body does not have the checksum that DynamoDB sent with it".into()))
        }
        _ => Ok(()),
    }
}

/// Whether this is one JSON value and nothing else.
fn is_whole(body: &[u8]) -> bool {
    Json::from_bytes(body).is_ok_and(|mut json| json.skip().is_ok() && json.end().is_ok())
}

/// Reads the responses of one operation.
#[derive(Debug)]
pub(crate) struct Deserializer {
    stock: &'static SharedResponseDeserializer,
}

impl Deserializer {
    /// A deserializer around the one that the SDK itself uses.
    pub(crate) fn new(stock: &'static SharedResponseDeserializer) -> Self {
        Deserializer { stock }
    }
}

impl DeserializeResponse for Deserializer {
    fn deserialize_streaming_with_config(
        &self,
        response: &mut HttpResponse,
        config: &ConfigBag,
    ) -> Option<Result<Output, OrchestratorError<ErasedError>>> {
        self.stock.deserialize_streaming_with_config(response, config)
    }

    fn deserialize_nonstreaming_with_config(
        &self,
        response: &HttpResponse,
        config: &ConfigBag,
    ) -> Result<Output, OrchestratorError<ErasedError>> {
        let body = response.body();
        let bytes = body.bytes().filter(|_| response.status().is_success());
        let Some((state, bytes)) = call::of_request(config).zip(bytes) else {
            return self.stock.deserialize_nonstreaming_with_config(response, config);
        };
        check_crc32(&state, response, bytes)?;
        let (items, member) = (state.items(), state.operation.items);
        if let Some(rest) = items.and_then(|items| items.split(member, body, bytes)) {
            let mut small = HttpResponse::new(response.status(), SdkBody::from(rest));
            small.headers_mut().clone_from(response.headers());
            return self.stock.deserialize_nonstreaming_with_config(&small, config);
        }
        let mut output = self.stock.deserialize_nonstreaming_with_config(response, config)?;
        // The SDK takes no body at all for an answer without items, which no answer of DynamoDB is.
        if let Some(items) = items.filter(|_| !bytes.is_empty()) {
            take_from(items, member, &mut output);
        }
        Ok(output)
    }
}
