//! An SDK that writes requests and reads answers in another way than today's: around the one there is, and under dynorm's own part.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::BeforeSerializationInterceptorContextMut;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{
    BehaviorVersion, Config, ConfigBag, Credentials, HttpClient, Intercept, Region, RuntimeComponents,
    StalledStreamProtectionConfig,
};
use aws_sdk_dynamodb::operation::{
    batch_get_item, batch_write_item, delete_item, get_item, put_item, query, scan, transact_get_items,
    transact_write_items, update_item,
};
use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::interceptors::context::{Error as ErasedError, Input, Output};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_plugin::RuntimePlugin;
use aws_smithy_runtime_api::client::ser_de::{
    DeserializeResponse, SerializeRequest, SharedRequestSerializer, SharedResponseDeserializer,
};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::FrozenLayer;
use serde_json::Value;

use super::super::Deserializer;
use super::super::form::set_body;
use crate::Db;
use crate::call::operation::{self, Operation};

/// How an SDK writes requests, and DynamoDB answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// As today.
    Compact,
    /// JSON with white space.
    Spaced,
    /// The members of each object in another order.
    Reordered,
    /// Characters escaped that need not be.
    Escaped,
    /// No JSON.
    Packed,
}

impl Way {
    pub(super) const OTHERS: [Way; 4] = [Way::Spaced, Way::Reordered, Way::Escaped, Way::Packed];

    pub(super) fn write(self, json: &[u8]) -> Vec<u8> {
        let value = || serde_json::from_slice::<Value>(json).expect("JSON");
        match self {
            Way::Compact => json.to_vec(),
            Way::Spaced => serde_json::to_vec_pretty(&value()).expect("JSON"),
            Way::Reordered => reordered(&value()).into_bytes(),
            Way::Escaped => String::from_utf8_lossy(json).replace('(', r"\u0028").into_bytes(),
            Way::Packed => json.iter().rev().map(|byte| !byte).collect(),
        }
    }

    /// The JSON of what it wrote.
    fn read(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Way::Packed => bytes.iter().rev().map(|byte| !byte).collect(),
            _ => bytes.to_vec(),
        }
    }
}

/// The members of each object from the last name to the first.
fn reordered(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members: Vec<_> =
                members.iter().map(|(name, value)| (Value::from(&**name), reordered(value))).collect();
            let members: Vec<_> = members.iter().rev().map(|(name, value)| format!("{name}:{value}")).collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(elements) => format!("[{}]", elements.iter().map(reordered).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

/// A client of such an SDK, and what it did.
#[derive(Clone)]
pub(super) struct OtherSdk {
    pub(super) way: Way,
    /// What is answered to an operation, as JSON, or an error's code.
    answer: Arc<dyn Fn(&str) -> Result<String, &'static str> + Send + Sync>,
    /// Each request as it was sent.
    sent: Arc<Mutex<Vec<(String, Vec<u8>)>>>,
    /// How often the SDK wrote a request.
    written: Arc<AtomicUsize>,
}

impl OtherSdk {
    pub(super) fn new(way: Way, answer: impl Fn(&str) -> Result<String, &'static str> + Send + Sync + 'static) -> Self {
        OtherSdk { way, answer: Arc::new(answer), sent: Arc::default(), written: Arc::default() }
    }

    pub(super) fn db(&self) -> Db {
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::new("id", "secret", None, None, "test"))
            .endpoint_url("http://other")
            .http_client(self.clone())
            .sleep_impl(AtOnce)
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .retry_config(RetryConfig::disabled())
            .interceptor(self.clone());
        Db::new(Client::from_conf(config.build()))
    }

    /// The bodies that were sent.
    pub(super) fn bodies(&self) -> Vec<Vec<u8>> {
        self.sent.lock().expect("no test panics in here").iter().map(|(_, body)| body.clone()).collect()
    }

    /// What was sent, whatever it looked like.
    pub(super) fn sent(&self) -> Vec<(String, Value)> {
        let sent = self.sent.lock().expect("no test panics in here");
        let json = |body: &[u8]| serde_json::from_slice(&self.way.read(body)).expect("JSON");
        sent.iter().map(|(operation, body)| (operation.clone(), json(body))).collect()
    }

    /// How often the SDK wrote a request since the last time.
    pub(super) fn take_written(&self) -> usize {
        self.written.swap(0, Ordering::Relaxed)
    }
}

impl fmt::Debug for OtherSdk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OtherSdk").field("way", &self.way).finish_non_exhaustive()
    }
}

impl Intercept for OtherSdk {
    fn name(&self) -> &'static str {
        "OtherSdk"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let (operation, stock) = of(context.input()).ok_or("the SDK configures every operation")?;
        let other = Other { sdk: self.clone(), stock };
        // What dynorm wraps lives as long as the program.
        let writes: &'static _ = Box::leak(Box::new(SharedRequestSerializer::new(other.clone())));
        let reads: &'static _ = Box::leak(Box::new(SharedResponseDeserializer::new(other)));
        config.interceptor_state().store_put((operation.writer)(writes));
        config.interceptor_state().store_put(SharedResponseDeserializer::new(Deserializer::new(reads)));
        Ok(())
    }
}

/// The operation of an input, and what the SDK configures for it.
fn of(input: &Input) -> Option<(&'static Operation, FrozenLayer)> {
    macro_rules! of {
        ($($operation:ident $module:ident::$plugin:ident $input:ident)*) => {
            $(if input.downcast_ref::<$module::$input>().is_some() {
                return Some((&operation::$operation, $module::$plugin::new().config()?));
            })*
        };
    }
    of! {
        GET_ITEM get_item::GetItem GetItemInput
        QUERY query::Query QueryInput
        SCAN scan::Scan ScanInput
        BATCH_GET_ITEM batch_get_item::BatchGetItem BatchGetItemInput
        TRANSACT_GET_ITEMS transact_get_items::TransactGetItems TransactGetItemsInput
        PUT_ITEM put_item::PutItem PutItemInput
        UPDATE_ITEM update_item::UpdateItem UpdateItemInput
        DELETE_ITEM delete_item::DeleteItem DeleteItemInput
        BATCH_WRITE_ITEM batch_write_item::BatchWriteItem BatchWriteItemInput
        TRANSACT_WRITE_ITEMS transact_write_items::TransactWriteItems TransactWriteItemsInput
    }
    None
}

/// The other SDK's part in one request.
#[derive(Debug, Clone)]
struct Other {
    sdk: OtherSdk,
    stock: FrozenLayer,
}

impl SerializeRequest for Other {
    fn serialize_input(&self, input: Input, config: &mut ConfigBag) -> Result<HttpRequest, BoxError> {
        let stock = self.stock.load::<SharedRequestSerializer>().ok_or("none")?;
        let mut request = stock.serialize_input(input, config)?;
        let body = self.sdk.way.write(request.body().bytes().unwrap_or_default());
        set_body(&mut request, SdkBody::from(body));
        self.sdk.written.fetch_add(1, Ordering::Relaxed);
        Ok(request)
    }
}

impl DeserializeResponse for Other {
    fn deserialize_nonstreaming_with_config(
        &self,
        response: &HttpResponse,
        config: &ConfigBag,
    ) -> Result<Output, OrchestratorError<ErasedError>> {
        let stock = self.stock.load::<SharedResponseDeserializer>().ok_or_else(|| OrchestratorError::other("none"))?;
        let json = self.sdk.way.read(response.body().bytes().unwrap_or_default());
        let mut as_today = HttpResponse::new(response.status(), SdkBody::from(json));
        as_today.headers_mut().clone_from(response.headers());
        stock.deserialize_nonstreaming_with_config(&as_today, config)
    }
}

impl HttpConnector for OtherSdk {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit_once('.').map_or(target, |(_, operation)| operation).to_owned();
        let body = request.body().bytes().unwrap_or_default().to_vec();
        assert_eq!(request.headers().get("content-length"), Some(&*body.len().to_string()));
        let (status, answer) = match (self.answer)(&operation) {
            Ok(answer) => (200, answer),
            Err(error) => (400, error.to_owned()),
        };
        self.sent.lock().expect("no test panics in here").push((operation, body));
        let answer = if answer.is_empty() { Vec::new() } else { self.way.write(answer.as_bytes()) };
        let status = status.try_into().expect("a status");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(answer))))
    }
}

impl HttpClient for OtherSdk {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

/// A timer that does not wait.
#[derive(Debug)]
struct AtOnce;

impl AsyncSleep for AtOnce {
    fn sleep(&self, _: std::time::Duration) -> Sleep {
        Sleep::new(std::future::ready(()))
    }
}
