//! Credentials that fail, or that grow old between two attempts, are the SDK's own matter in each operation.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Credentials;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_smithy_async::time::StaticTimeSource;
use dynorm::Db;
use dynorm_tests::Result;
use dynorm_tests::wire::{Reply, Wire};

use super::calls::{ALL, note};
use super::same_as_sdk::bare;

const NOW: Duration = Duration::from_secs(1_000_000_000);

fn now() -> SystemTime {
    UNIX_EPOCH + NOW
}

/// Gives others each time, which soon expire.
#[derive(Debug, Clone, Default)]
struct Short(Arc<AtomicU64>);

impl ProvideCredentials for Short {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let n = self.0.fetch_add(1, Ordering::Relaxed);
        let expires = now() + Duration::from_secs(1);
        let credentials = Credentials::new(format!("AKID{n}"), "secret", None, Some(expires), "test");
        future::ProvideCredentials::ready(Ok(credentials))
    }
}

#[tokio::test(start_paused = true)]
async fn each_attempt_is_signed_with_credentials_that_are_good() -> Result {
    for call in ALL {
        let script = || [Reply::error("ThrottlingException"), Reply::ok(call.answer())];
        let wire = Wire::new(script().into_iter().chain(script()));
        let short = Short::default();
        let config = wire.config().retry_config(RetryConfig::standard()).credentials_provider(short.clone());
        let client = Client::from_conf(config.time_source(StaticTimeSource::new(now())).build());

        assert_eq!(call.send(&Db::new(client.clone())).await?, Some(note()));
        bare(call, &client, "notes", Some("t")).await?;

        let sent = wire.sent();
        let keys: Vec<_> = sent.iter().map(|sent| &sent.header("authorization").unwrap_or_default()[..42]).collect();
        let expected = [0, 1, 2, 3].map(|n| format!("AWS4-HMAC-SHA256 Credential=AKID{n}/20010909"));
        assert_eq!(keys, expected, "{call:?}");
    }
    Ok(())
}

/// Has none.
#[derive(Debug)]
struct Fails;

impl ProvideCredentials for Fails {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(Err(CredentialsError::not_loaded("there are none")))
    }
}

#[tokio::test(start_paused = true)]
async fn without_credentials_nothing_is_sent() -> Result {
    for call in ALL {
        let wire = Wire::new([]);
        let config = wire.config().retry_config(RetryConfig::standard()).credentials_provider(Fails);
        let error = call.send(&Db::new(Client::from_conf(config.build()))).await.expect_err("there are none");
        assert!(error.is_credentials() && !error.is_outcome_unknown(), "{call:?}: {error}");
        wire.assert_sent([]);
    }
    Ok(())
}
