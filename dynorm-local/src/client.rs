//! The SDK configuration that reaches an embedded engine.

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Builder, Config, Credentials, HttpClient, Region};
use aws_smithy_async::rt::sleep::TokioSleep;

/// A configuration that takes nothing from the environment: fixed credentials and region, no retries.
pub(crate) fn config(endpoint: &str, http_client: impl HttpClient + 'static) -> Builder {
    Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "dynorm-local"))
        .endpoint_url(endpoint)
        .http_client(http_client)
        .sleep_impl(TokioSleep::new())
        .retry_config(RetryConfig::disabled())
}
