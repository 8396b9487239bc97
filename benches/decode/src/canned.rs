//! A client whose every call is answered by the same bytes.

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, HttpClient, Region, RuntimeComponents};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;

#[derive(Debug, Clone)]
struct Canned {
    body: Arc<SdkBody>,
    /// Whether each answer has a body of its own, as from a connection, instead of sharing one.
    copied: bool,
}

impl HttpConnector for Canned {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let body = match self.copied {
            true => SdkBody::from(self.body.bytes().expect("bytes in memory").to_vec()),
            false => self.body.try_clone().expect("bytes in memory"),
        };
        let mut response = HttpResponse::new(200.try_into().expect("a status"), body);
        response.headers_mut().append("content-type", "application/x-amz-json-1.0");
        response.headers_mut().append("x-amzn-requestid", "R");
        HttpConnectorFuture::ready(Ok(response))
    }
}

impl HttpClient for Canned {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

/// A client whose answers share these bytes.
pub fn client(body: String) -> Client {
    client_of(Canned { body: Arc::new(SdkBody::from(body)), copied: false })
}

/// A client whose answers have these bytes each in memory of its own.
pub fn client_with_new_bodies(body: String) -> Client {
    client_of(Canned { body: Arc::new(SdkBody::from(body)), copied: true })
}

fn client_of(canned: Canned) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("id", "secret", None, None, "bench"))
        .endpoint_url("http://canned")
        .http_client(canned)
        .sleep_impl(TokioSleep::new())
        .build();
    Client::from_conf(config)
}
