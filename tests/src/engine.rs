//! The engines that the behaviour suite runs on.
//!
//! Without further ado these are the two of `dynorm-local`. `DYNORM_TEST_ENDPOINT` names another one, and
//! `DYNORM_TEST_ENGINE` says what it is, so that the tests of what it lacks are skipped.

use std::env;

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Builder, Config, Credentials, Region};
use aws_smithy_async::rt::sleep::TokioSleep;
use dynorm_local::{InProcess, Local};
use tokio::sync::OnceCell;

use crate::Result;

/// What an engine is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `dynorm_local::Local`.
    Local,
    /// `dynorm_local::InProcess`.
    InProcess,
    /// dynalite, from npm.
    Dynalite,
    /// The server of moto, from PyPI.
    Moto,
    /// Whatever `DYNORM_TEST_ENDPOINT` names. It is taken to lack nothing.
    Endpoint,
}

impl Kind {
    /// The name in the names of the tests.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::InProcess => "in_process",
            Self::Dynalite => "dynalite",
            Self::Moto => "moto",
            Self::Endpoint => "endpoint",
        }
    }
}

/// An engine of this run. It starts when the first test wants it.
#[derive(Debug)]
pub struct Engine {
    kind: Kind,
    endpoint: Option<String>,
    started: OnceCell<Started>,
}

#[derive(Debug)]
enum Started {
    Local(Local),
    InProcess(InProcess),
    Endpoint(Builder),
}

impl Engine {
    /// The engines of this run, by the environment.
    ///
    /// # Errors
    ///
    /// A `DYNORM_TEST_ENGINE` that is not known, or an endpoint that is not plain HTTP.
    pub fn of_this_run() -> Result<Vec<Self>> {
        let Ok(endpoint) = env::var("DYNORM_TEST_ENDPOINT") else {
            return Ok(vec![Self::new(Kind::Local, None), Self::new(Kind::InProcess, None)]);
        };
        if !endpoint.starts_with("http://") {
            return Err(
                format!("DYNORM_TEST_ENDPOINT is `{endpoint}`; the tests have no TLS, give an http:// one").into()
            );
        }
        let kind = match env::var("DYNORM_TEST_ENGINE").ok().as_deref() {
            None | Some("" | "endpoint") => Kind::Endpoint,
            Some("dynalite") => Kind::Dynalite,
            Some("moto") => Kind::Moto,
            Some(other) => {
                return Err(format!("DYNORM_TEST_ENGINE is `{other}`; known are dynalite, moto and endpoint").into());
            }
        };
        Ok(vec![Self::new(kind, Some(endpoint))])
    }

    fn new(kind: Kind, endpoint: Option<String>) -> Self {
        Self { kind, endpoint, started: OnceCell::new() }
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether tables outlive the run, so that tests have to delete theirs.
    pub(crate) fn keeps_tables(&self) -> bool {
        self.endpoint.is_some()
    }

    /// The configuration of its clients. The first call starts an embedded engine.
    ///
    /// # Errors
    ///
    /// An embedded engine that does not start.
    pub async fn config(&self) -> Result<Builder> {
        let started = self.started.get_or_try_init(|| self.start()).await?;
        Ok(match started {
            Started::Local(local) => local.config(),
            Started::InProcess(engine) => engine.config(),
            Started::Endpoint(config) => config.clone(),
        })
    }

    async fn start(&self) -> Result<Started> {
        Ok(match (&self.endpoint, self.kind) {
            (Some(endpoint), kind) => Started::Endpoint(endpoint_config(endpoint, kind)),
            (None, Kind::InProcess) => Started::InProcess(Local::in_process().await?),
            (None, _) => Started::Local(Local::memory().await?),
        })
    }
}

/// The usual variables for credentials and region, with values that every emulator takes in their place. Only an unknown
/// endpoint, which may be a real service behind a proxy, gets the SDK's retries.
fn endpoint_config(endpoint: &str, kind: Kind) -> Builder {
    let variable = |name: &str, default: &str| env::var(name).unwrap_or_else(|_| default.to_owned());
    let credentials = Credentials::new(
        variable("AWS_ACCESS_KEY_ID", "test"),
        variable("AWS_SECRET_ACCESS_KEY", "test"),
        env::var("AWS_SESSION_TOKEN").ok(),
        None,
        "dynorm-tests",
    );
    let retries = if kind == Kind::Endpoint { RetryConfig::standard() } else { RetryConfig::disabled() };
    Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(variable("AWS_REGION", "us-east-1")))
        .credentials_provider(credentials)
        .endpoint_url(endpoint)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .sleep_impl(TokioSleep::new())
        .retry_config(retries)
}
