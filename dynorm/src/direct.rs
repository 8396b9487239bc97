//! Decodes items straight from the response's bytes, inside the SDK's own call.
//!
//! An interceptor wraps the operation's response deserializer. On success the wrapper reads the items out of the body, and hands the SDK
//! the same response without them: output, request id, retries and errors stay the SDK's. A body that is not the expected JSON goes to
//! the SDK whole, so that it is reported as ever.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use aws_sdk_dynamodb::operation::{get_item::GetItem, query::Query, scan::Scan, transact_get_items::TransactGetItems};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, Error as ErasedError, Output,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_plugin::RuntimePlugin;
use aws_smithy_runtime_api::client::ser_de::{DeserializeResponse, SharedResponseDeserializer};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::{ConfigBag, FrozenLayer};

use crate::codec::Json;
use crate::error::DecodeError;

/// An operation whose items are read here.
pub(crate) struct Operation {
    /// The member of the response that holds the items.
    member: &'static str,
    plugin: fn() -> Option<FrozenLayer>,
    /// What the operation's runtime plugin configures; the same for every call, so it is asked for once.
    layer: OnceLock<Option<FrozenLayer>>,
}

impl Operation {
    const fn new(member: &'static str, plugin: fn() -> Option<FrozenLayer>) -> Self {
        Operation { member, plugin, layer: OnceLock::new() }
    }

    /// The deserializer that the SDK itself uses.
    fn stock(&self) -> Option<&SharedResponseDeserializer> {
        self.layer.get_or_init(self.plugin).as_ref()?.load::<SharedResponseDeserializer>()
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Operation").field(&self.member).finish()
    }
}

pub(crate) static GET_ITEM: Operation = Operation::new("Item", || GetItem::new().config());
pub(crate) static QUERY: Operation = Operation::new("Items", || Query::new().config());
pub(crate) static SCAN: Operation = Operation::new("Items", || Scan::new().config());
pub(crate) static TRANSACT_GET_ITEMS: Operation = Operation::new("Responses", || TransactGetItems::new().config());

/// Takes the items of a response.
pub(crate) trait Receive: Default + Send + 'static {
    /// Reads the member of the response that holds items; `count` is the number that the response announced, if it did.
    ///
    /// # Errors
    /// Only if the JSON is malformed. An item that is not the model is the receiver's own to keep.
    fn receive(&mut self, items: &mut Json<'_>, count: Option<u64>, body: &SdkBody) -> Result<(), DecodeError>;
}

/// One call's receiver, shared with the interceptor that fills it.
pub(crate) struct Direct<R> {
    /// What the last response brought, or why it could not be read; `None` before the first.
    received: Arc<Mutex<Option<Result<R, DecodeError>>>>,
    operation: &'static Operation,
}

impl<R: Receive> Direct<R> {
    pub(crate) fn new(operation: &'static Operation) -> Self {
        Direct { received: Arc::default(), operation }
    }

    pub(crate) fn interceptor(&self) -> impl Intercept + 'static {
        self.share()
    }

    fn share(&self) -> Self {
        Direct { received: Arc::clone(&self.received), operation: self.operation }
    }

    /// What the call's last attempt brought, after the SDK has said that the call succeeded.
    ///
    /// # Errors
    /// A response that the SDK could read and dynorm could not: its items are with neither, so it must not pass for an empty one.
    pub(crate) fn finish(self) -> Result<R, DecodeError> {
        self.lock().take().unwrap_or_else(|| Err(DecodeError::custom("the response did not pass through dynorm")))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Result<R, DecodeError>>> {
        // Nothing here can be left half-done by a panic: each response replaces the whole.
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the items, and copies every other member into a body for the SDK.
    fn split(&self, body: &SdkBody, bytes: &[u8]) -> Result<(R, Vec<u8>), DecodeError> {
        let mut receiver = R::default();
        let mut json = Json::from_bytes(bytes)?;
        let mut rest = vec![b'{'];
        let mut count = None;
        let mut first = true;
        json.open_object()?;
        while let Some(name) = json.next_name(&mut first)? {
            if name == self.operation.member {
                if !json.eat_null() {
                    receiver.receive(&mut json, count, body)?;
                }
                continue;
            }
            // DynamoDB's own names need no escapes, so the name can be copied as it was read.
            let Cow::Borrowed(name) = name else { return Err(DecodeError::custom("an escaped name in a response")) };
            let value = json.skip()?;
            if name == "Count" {
                count = value.parse().ok();
            }
            if rest.len() > 1 {
                rest.push(b',');
            }
            rest.push(b'"');
            rest.extend_from_slice(name.as_bytes());
            rest.extend_from_slice(b"\":");
            rest.extend_from_slice(value.as_bytes());
        }
        json.end()?;
        rest.push(b'}');
        Ok((receiver, rest))
    }
}

impl<R> fmt::Debug for Direct<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Direct").field("operation", &self.operation).finish_non_exhaustive()
    }
}

#[dyn_dispatch_hint]
impl<R: Receive> Intercept for Direct<R> {
    fn name(&self) -> &'static str {
        "dynorm"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(stock) = self.operation.stock() {
            let deserializer = Deserializer { direct: self.share(), stock };
            config.interceptor_state().store_put(SharedResponseDeserializer::new(deserializer));
        }
        Ok(())
    }
}

/// Compares the body with the checksum that DynamoDB sends with it, which the SDK does not. A body that was damaged on the way counts like one
/// that was cut: the SDK's retries ask again.
fn check_crc32(response: &HttpResponse, body: &[u8]) -> Result<(), OrchestratorError<ErasedError>> {
    let sent = response.headers().get("x-amz-crc32").and_then(|sent| sent.parse::<u32>().ok());
    match sent {
        Some(sent) if sent != crc32fast::hash(body) => {
            Err(OrchestratorError::response("the body does not have the checksum that DynamoDB sent with it".into()))
        }
        _ => Ok(()),
    }
}

struct Deserializer<R> {
    direct: Direct<R>,
    stock: &'static SharedResponseDeserializer,
}

impl<R: Receive> DeserializeResponse for Deserializer<R> {
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
        let Some(bytes) = body.bytes().filter(|_| response.status().is_success()) else {
            return self.stock.deserialize_nonstreaming_with_config(response, config);
        };
        check_crc32(response, bytes)?;
        let split = self.direct.split(body, bytes);
        let (received, rest) = match split {
            Ok((receiver, rest)) => (Ok(receiver), Some(rest)),
            Err(error) => (Err(error), None),
        };
        *self.direct.lock() = Some(received);
        match rest {
            Some(rest) => {
                let mut small = HttpResponse::new(response.status(), SdkBody::from(rest));
                for (name, value) in response.headers() {
                    small.headers_mut().append(name.to_owned(), value.to_owned());
                }
                self.stock.deserialize_nonstreaming_with_config(&small, config)
            }
            None => self.stock.deserialize_nonstreaming_with_config(response, config),
        }
    }
}

impl<R> fmt::Debug for Deserializer<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.direct.fmt(f)
    }
}
