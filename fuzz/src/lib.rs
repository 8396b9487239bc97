//! The model that the fuzz targets read and write, a client that is built once, and how they wait.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{
    BehaviorVersion, Builder, Config, Credentials, HttpClient, Region, RuntimeComponents, StalledStreamProtectionConfig,
};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use chrono::{DateTime, NaiveDate, Utc};
use dynorm::{DynamoAttribute, DynamoModel, Item};
use uuid::Uuid;

/// A line of an order.
#[derive(Debug, Clone, PartialEq, DynamoAttribute)]
pub struct Line {
    pub product: String,
    pub count: u32,
    pub note: Option<String>,
}

/// An enum with variants of each shape.
#[derive(Debug, Clone, PartialEq, DynamoAttribute)]
pub enum Payment {
    Open,
    Card { last: String },
    Parts(Vec<i64>),
}

/// A model with an attribute of each kind.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "orders", entity = "order", sort_key = "{placed}#{number:06}")]
pub struct Order {
    #[dynorm(partition_key)]
    pub shop: String,
    pub placed: NaiveDate,
    pub number: u32,
    pub id: Uuid,
    pub lines: Vec<Line>,
    pub payment: Payment,
    pub tags: BTreeSet<String>,
    pub sizes: BTreeSet<i64>,
    pub weights: BTreeMap<String, f64>,
    pub seal: Vec<u8>,
    pub gift: bool,
    pub remark: Option<String>,
    #[dynorm(default = 1)]
    pub priority: u8,
    pub big: i128,
    #[dynorm(updated)]
    pub updated: DateTime<Utc>,
    #[dynorm(flatten)]
    pub rest: Item,
}

/// A model whose sort key is made of text that is escaped, a number, and a text that ends it.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "entries", sort_key = "E#{name:escape}#{size:sortable}#{rev rank:03}#{rest}")]
pub struct Entry {
    #[dynorm(partition_key)]
    pub owner: String,
    pub name: String,
    pub size: i64,
    pub rank: u8,
    pub rest: String,
}

/// Waits for a future that needs no other thread.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")
    });
    RUNTIME.block_on(future)
}

/// An HTTP client that answers with a body that can be changed, and keeps that of the last request: a client over it is built only once, which takes
/// longer than many calls.
#[derive(Clone, Debug, Default)]
pub struct Canned(Arc<Mutex<Bodies>>);

#[derive(Debug, Default)]
struct Bodies {
    answer: Vec<u8>,
    request: Vec<u8>,
}

impl Canned {
    /// Answers with this from now on.
    pub fn answer(&self, body: &[u8]) {
        self.bodies().answer = body.to_vec();
    }

    /// The body of the last request.
    pub fn request(&self) -> Vec<u8> {
        std::mem::take(&mut self.bodies().request)
    }

    /// The configuration of a client over it.
    pub fn config(&self) -> Builder {
        Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::new("a", "s", None, None, "fuzz"))
            .endpoint_url("http://canned")
            .http_client(self.clone())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .retry_config(RetryConfig::disabled())
    }

    fn bodies(&self) -> MutexGuard<'_, Bodies> {
        self.0.lock().expect("nothing panics while it holds this")
    }
}

impl HttpConnector for Canned {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut bodies = self.bodies();
        bodies.request = request.body().bytes().unwrap_or_default().to_vec();
        let ok = StatusCode::try_from(200).expect("it is one");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(ok, SdkBody::from(bodies.answer.clone()))))
    }
}

impl HttpClient for Canned {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
