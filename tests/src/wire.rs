//! An HTTP client that records what is sent and answers from a script.
//!
//! ```
//! use dynorm_tests::wire::{Reply, Wire};
//! use serde_json::json;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> dynorm_tests::Result {
//! let wire = Wire::new([Reply::ok(json!({ "TableNames": ["books"] }))]);
//! wire.client().list_tables().limit(5).send().await?;
//! wire.assert_sent([("ListTables", json!({ "Limit": 5 }))]);
//! # Ok(())
//! # }
//! ```

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{
    BehaviorVersion, Builder, Config, Credentials, HttpClient, Region, RuntimeComponents, StalledStreamProtectionConfig,
};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use dynorm::Db;
use dynorm_local::InProcess;
use serde_json::Value;

mod reply;

pub use reply::Reply;
pub(crate) use reply::cut_half;

/// A scripted HTTP client. A clone shares the script and the record.
#[derive(Clone, Debug, Default)]
pub struct Wire {
    state: Arc<Mutex<State>>,
    engine: Option<InProcess>,
}

#[derive(Debug, Default)]
struct State {
    script: VecDeque<Reply>,
    sent: Vec<Sent>,
}

/// A request as it was sent; each attempt is one.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The operation, such as `PutItem`.
    pub operation: String,
    /// The body.
    pub body: Value,
    /// The body's bytes.
    pub bytes: Vec<u8>,
    /// The method, such as `POST`.
    pub method: String,
    /// Where it was sent to.
    pub uri: String,
    /// All headers, by their lowercase names.
    pub headers: Vec<(String, String)>,
}

impl Sent {
    /// A header of the request, by its lowercase name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }
}

impl Wire {
    /// Answers with `script`, in order. A request beyond its end fails, and [`assert_sent`](Self::assert_sent) with it.
    pub fn new(script: impl IntoIterator<Item = Reply>) -> Self {
        Self::with(script, None)
    }

    /// Answers with `script`, in order, then passes every request on to `engine`.
    pub fn in_front_of(engine: &InProcess, script: impl IntoIterator<Item = Reply>) -> Self {
        Self::with(script, Some(engine.clone()))
    }

    fn with(script: impl IntoIterator<Item = Reply>, engine: Option<InProcess>) -> Self {
        let state = State { script: script.into_iter().collect(), sent: Vec::new() };
        Self { state: Arc::new(Mutex::new(state)), engine }
    }

    /// A handle for a model's verbs over [`client`](Self::client).
    #[must_use]
    pub fn db(&self) -> Db {
        Db::new(self.client())
    }

    /// A client that sends each request once.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::from_conf(self.config().build())
    }

    /// The configuration behind [`client`](Self::client), to be changed: retries, timeouts, interceptors.
    #[must_use]
    pub fn config(&self) -> Builder {
        Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::for_tests())
            .endpoint_url("http://wire")
            .http_client(self.clone())
            .sleep_impl(TokioSleep::new())
            // It compares the system's clock with tokio's, which under paused time do not go together.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .retry_config(RetryConfig::disabled())
    }

    /// The requests so far, in order.
    #[must_use]
    pub fn sent(&self) -> Vec<Sent> {
        self.state().sent.clone()
    }

    /// Adds to the end of the script.
    pub fn push(&self, reply: Reply) {
        self.state().script.push_back(reply);
    }

    /// Asserts that exactly these requests were sent, by operation and body, and that the script has been used up.
    #[track_caller]
    pub fn assert_sent<'a>(&self, expected: impl IntoIterator<Item = (&'a str, Value)>) {
        let state = self.state();
        let sent: Vec<_> = state.sent.iter().map(|sent| (sent.operation.as_str(), &sent.body)).collect();
        let expected: Vec<_> = expected.into_iter().collect();
        let expected: Vec<_> = expected.iter().map(|(operation, body)| (*operation, body)).collect();
        assert_eq!(sent, expected);
        assert!(state.script.is_empty(), "{} replies of the script were not asked for", state.script.len());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A failed assertion elsewhere must not hide this one's.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn record(&self, request: &HttpRequest) -> Option<Reply> {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit_once('.').map_or(target, |(_, operation)| operation).to_owned();
        let bytes = request.body().bytes().unwrap_or_default();
        let body = serde_json::from_slice(bytes)
            .unwrap_or_else(|error| panic!("the body of {operation} is not JSON: {error}"));
        let headers = request.headers().iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let mut state = self.state();
        state.sent.push(Sent {
            operation,
            body,
            bytes: bytes.to_vec(),
            method: request.method().to_owned(),
            uri: request.uri().to_owned(),
            headers,
        });
        state.script.pop_front()
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let reply = self.record(&request);
        let engine = self.engine.clone();
        HttpConnectorFuture::new(async move {
            match (reply, engine) {
                (Some(reply), engine) => reply.answer(request, engine.as_ref()).await,
                (None, Some(engine)) => engine.call(request).await,
                (None, None) => Err(ConnectorError::user("the script has no reply for this request".into())),
            }
        })
    }
}

impl HttpClient for Wire {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
