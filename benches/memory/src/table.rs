//! A table of 1 GB that is nowhere: each page is made up when it is asked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, HttpClient, Region, RuntimeComponents};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use dynorm::DynamoModel;

/// The pages of the table, all segments together.
pub const PAGES: usize = 1024;
/// What a page holds, as DynamoDB counts: names and values.
pub const PAGE: usize = 1 << 20;
/// About what DynamoDB counts for one item.
const ITEM: usize = 330;

#[derive(Debug, DynamoModel)]
#[dynorm(table = "books")]
pub struct Book {
    #[dynorm(partition_key)]
    publisher: String,
    #[dynorm(sort_key)]
    isbn: String,
    pub title: String,
    authors: Vec<String>,
    pages: Option<u32>,
    rating: f64,
    available: bool,
    created: String,
}

fn item(n: usize) -> String {
    format!(
        r#"{{"publisher":{{"S":"Penguin Books"}},"isbn":{{"S":"{n:013}"}},"title":{{"S":"The Memoirs of a Survivor, and other stories of the city {n:09}, in an edition for libraries and collectors, with notes on the text and on the author"}},"authors":{{"L":[{{"S":"Doris Lessing"}},{{"S":"Jane Austen"}}]}},"pages":{{"N":"320"}},"rating":{{"N":"4.57"}},"available":{{"BOOL":true}},"created":{{"S":"2024-05-01T12:00:00.000000000Z"}}}}"#
    )
}

/// The table behind a client. A clone is the same.
#[derive(Debug, Clone)]
pub struct Table {
    segments: usize,
    /// The text of one page, without what says where it ends.
    page: Arc<str>,
    sent: Arc<AtomicUsize>,
}

impl Table {
    pub fn of(segments: u32) -> Self {
        let items = PAGE / ITEM;
        let all: Vec<String> = (0..items).map(item).collect();
        let page = format!("{{\"Count\":{items},\"ScannedCount\":{items},\"Items\":[{}]", all.join(","));
        Table { segments: segments as usize, page: page.into(), sent: Arc::default() }
    }

    /// The pages that were sent.
    pub fn sent(&self) -> usize {
        self.sent.load(Ordering::Relaxed)
    }

    pub fn client(&self) -> Client {
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::new("id", "secret", None, None, "bench"))
            .endpoint_url("http://canned")
            .http_client(self.clone())
            .sleep_impl(TokioSleep::new())
            .build();
        Client::from_conf(config)
    }

    /// A page of memory of its own, like one that came over the network. It says which one it is by the position behind it.
    fn answer(&self, request: &[u8]) -> String {
        self.sent.fetch_add(1, Ordering::Relaxed);
        let request = String::from_utf8_lossy(request);
        let page = request.split("page-").nth(1).map_or(0, |page| page[..6].parse().expect("a page")) + 1;
        let mut answer = String::with_capacity(self.page.len() + 128);
        answer.push_str(&self.page);
        if page < PAGES / self.segments {
            let position = format!(
                ",\"LastEvaluatedKey\":{{\"publisher\":{{\"S\":\"Penguin Books\"}},\"isbn\":{{\"S\":\"page-{page:06}\"}}}}"
            );
            answer.push_str(&position);
        }
        answer.push('}');
        answer
    }
}

impl HttpConnector for Table {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = self.answer(request.body().bytes().unwrap_or_default());
        let mut response = HttpResponse::new(200.try_into().expect("a status"), SdkBody::from(answer));
        response.headers_mut().append("content-type", "application/x-amz-json-1.0");
        response.headers_mut().append("x-amzn-requestid", "R");
        HttpConnectorFuture::ready(Ok(response))
    }
}

impl HttpClient for Table {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
