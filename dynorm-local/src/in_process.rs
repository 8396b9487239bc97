//! The embedded engine called by the client in the same process.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{Builder, HttpClient, RuntimeComponents, StalledStreamProtectionConfig};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use dynorm::Db;
use dynoxide::Database;

use crate::client;
use crate::error::Error;
use crate::operation::{self, Answer};

/// An embedded DynamoDB without a socket, from [`Local::in_process`](crate::Local::in_process).
///
/// Its [`client`](Self::client) hands each request to the engine where it is polled, so nothing waits for I/O: a test
/// under tokio's paused time sees only the delays that it asked for. A clone is the same engine.
///
/// It is itself an SDK [`HttpClient`], so that another one can wrap it and lose, delay or repeat requests.
///
/// Requests skip the checks that the engine's HTTP layer makes before it parses a body, so an *invalid* request can be
/// answered with another message, or, rarely, another error code than over HTTP, and answers carry no `x-amz-crc32`.
/// Valid requests are answered alike.
///
/// ```
/// use dynorm_local::Local;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let engine = Local::in_process().await?;
/// assert!(engine.client().list_tables().send().await?.table_names().is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct InProcess {
    database: Database,
    requests: Arc<AtomicU64>,
}

impl InProcess {
    pub(crate) fn memory() -> Result<Self, Error> {
        let database = Database::memory().map_err(|source| Error::Open { path: None, source: source.into() })?;
        Ok(Self { database, requests: Arc::default() })
    }

    /// A handle for a model's verbs over [`client`](Self::client).
    #[must_use]
    pub fn db(&self) -> Db {
        Db::new(self.client())
    }

    /// A client of this engine, ready for use. It sends every request once.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::from_conf(self.config().build())
    }

    /// The configuration behind [`client`](Self::client), to be changed: retries, timeouts, interceptors, or an HTTP
    /// client that wraps this one.
    ///
    /// The SDK's protection against stalled streams is off: it compares the system's clock with tokio's, which under
    /// paused time do not go together.
    #[must_use]
    pub fn config(&self) -> Builder {
        client::config("http://in-process", self.clone())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
    }

    /// Deletes the items that are past their time to live, in every table that has one, and tells how many.
    ///
    /// # Errors
    ///
    /// [`Error::Engine`] if the database fails.
    pub fn sweep_ttl(&self) -> Result<usize, Error> {
        self.database.sweep_ttl().map_err(|error| Error::Engine(error.into()))
    }

    fn answer(&self, request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let body = request.body().bytes().unwrap_or_default();
        let Answer { status, body } = operation::run(&self.database, target, body);
        let status = status.try_into().map_err(|error| ConnectorError::other(Box::new(error), None))?;
        let mut response = HttpResponse::new(status, SdkBody::from(body));
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        let headers = response.headers_mut();
        headers.insert("content-type", "application/x-amz-json-1.0");
        headers.insert("x-amzn-requestid", format!("IN-PROCESS-{number}"));
        Ok(response)
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let engine = self.clone();
        HttpConnectorFuture::new(async move { engine.answer(&request) })
    }
}

impl HttpClient for InProcess {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcess").finish_non_exhaustive()
    }
}
