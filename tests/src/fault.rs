//! An HTTP client in front of the embedded engine that does to requests what networks and services do, by a seed.
//!
//! Each attempt meets a [`Fate`]: one of a script while there is one, then one that the seed draws. The same seed gives the same fates to the
//! same requests, so that a failure can be replayed. Every answer has the `x-amz-crc32` that DynamoDB sends.
//!
//! ```
//! use dynorm_local::Local;
//! use dynorm_tests::fault::{Fate, Faults};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> dynorm_tests::Result {
//! let faults = Faults::new(&Local::in_process().await?);
//! faults.script([Fate::Throttled, Fate::Broken { applied: true }]);
//! let client = faults.client();
//! assert!(client.list_tables().send().await?.table_names().is_empty()); // the SDK sends it three times
//! assert_eq!(faults.log(), ["ListTables: Throttled", "ListTables: Broken { applied: true }", "ListTables: Answered"]);
//! # Ok(())
//! # }
//! ```

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::{RetryConfig, RetryPartition, TokenBucket};
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{Builder, HttpClient, RuntimeComponents};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use dynorm_local::InProcess;

use crate::wire::Reply;

mod fate;
mod partial;

pub use fate::Fate;

/// When the SDK of [`Faults::client`] gives up on an attempt.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(1);

/// The faulty way to an engine. A clone shares script, seed and record.
#[derive(Clone, Debug)]
pub struct Faults {
    engine: InProcess,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    script: Vec<Fate>,
    random: fastrand::Rng,
    /// How many of a hundred attempts meet something else than an answer.
    percent: u8,
    /// Requests that are still on their way.
    late: Vec<HttpRequest>,
    log: Vec<String>,
    /// How many entries of the log have been taken.
    taken: usize,
    faults: usize,
}

impl Faults {
    /// A way without faults, until there is a [`script`](Self::script) or a [`seed`](Self::seed).
    #[must_use]
    pub fn new(engine: &InProcess) -> Self {
        let state = State {
            script: Vec::new(),
            random: fastrand::Rng::with_seed(0),
            percent: 0,
            late: Vec::new(),
            log: Vec::new(),
            taken: 0,
            faults: 0,
        };
        Self { engine: engine.clone(), state: Arc::new(Mutex::new(state)) }
    }

    /// Gives these fates to the next attempts, in order.
    pub fn script(&self, fates: impl IntoIterator<Item = Fate>) {
        let mut script: Vec<Fate> = fates.into_iter().collect();
        script.reverse();
        self.state().script = script;
    }

    /// From now on draws faults by this seed, for so many of a hundred attempts. The record begins anew, and nothing is on its way any more.
    pub fn seed(&self, seed: u64, percent: u8) {
        let mut state = self.state();
        *state = State {
            script: Vec::new(),
            random: fastrand::Rng::with_seed(seed),
            percent,
            late: Vec::new(),
            log: Vec::new(),
            taken: 0,
            faults: 0,
        };
    }

    /// Each attempt since the seed was set: its operation and its fate.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        self.state().log.clone()
    }

    /// The attempts that [`log`](Self::log) has since this was asked before.
    #[must_use]
    pub fn take_log(&self) -> Vec<String> {
        let mut state = self.state();
        let new = state.log[state.taken..].to_vec();
        state.taken = state.log.len();
        new
    }

    /// How many attempts there were since the seed was set.
    #[must_use]
    pub fn attempts(&self) -> usize {
        self.state().log.len()
    }

    /// How many of them did not simply get the engine's answer.
    #[must_use]
    pub fn faults(&self) -> usize {
        self.state().faults
    }

    /// How many requests have been given up by their sender, and will be applied right after the next attempt.
    #[must_use]
    pub fn late(&self) -> usize {
        self.state().late.len()
    }

    /// A client with the SDK's three attempts, each of which it gives up after a second.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::from_conf(self.config().build())
    }

    /// The configuration behind [`client`](Self::client), to be changed.
    #[must_use]
    pub fn config(&self) -> Builder {
        // A bucket of its own that is never empty: whether there is a retry must not depend on the tests before.
        let bucket = RetryPartition::custom("faults").token_bucket(TokenBucket::unlimited()).build();
        self.engine
            .config()
            .http_client(self.clone())
            .retry_config(RetryConfig::standard())
            .retry_partition(bucket)
            .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT_TIMEOUT).build())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A failed assertion elsewhere must not hide this one's.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the next attempt of this operation meets, and what is still on its way to the engine before it.
    fn next(&self, operation: &str) -> (Fate, Vec<HttpRequest>) {
        let mut state = self.state();
        let fate = match state.script.pop() {
            Some(fate) => fate,
            None if state.random.u8(..100) < state.percent => Fate::draw(operation, &mut state.random),
            None => Fate::Answered,
        };
        state.faults += usize::from(fate != Fate::Answered);
        state.log.push(format!("{operation}: {fate:?}"));
        (fate, std::mem::take(&mut state.late))
    }

    /// One attempt. It can be dropped before the request arrives, and before its answer does.
    async fn attempt(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let operation = operation_of(&request);
        let (fate, late) = self.next(&operation);
        let arrivals = Arrivals { engine: &self.engine, late };
        tokio::task::yield_now().await;
        let answer = match fate {
            Fate::Answered => Ok(arrivals.of(request).await?),
            Fate::Slow { seconds, applied: true } => {
                let answer = arrivals.of(request).await?;
                tokio::time::sleep(Duration::from_secs_f32(seconds)).await;
                Ok(answer)
            }
            Fate::Slow { seconds, applied: false } => {
                arrivals.others().await?;
                tokio::time::sleep(Duration::from_secs_f32(seconds)).await;
                Ok(self.engine.call(request).await?)
            }
            Fate::Late => {
                arrivals.others().await?;
                let waiting = request.try_clone();
                self.state().late.extend(waiting);
                // The SDK gives up long before.
                tokio::time::sleep(ATTEMPT_TIMEOUT * 10).await;
                Reply::timeout().answer(request, None).await
            }
            Fate::ServerError { status, applied } => {
                arrivals.perhaps(request, applied).await?;
                Ok(fate::server_error(status))
            }
            Fate::Broken { applied } => {
                let gone = arrivals.perhaps(request, applied).await?;
                Reply::broken().answer(gone, None).await
            }
            Fate::Refused => {
                arrivals.others().await?;
                Reply::refused().answer(request, None).await
            }
            Fate::Cut => {
                let answer = arrivals.of(request).await?;
                Ok(fate::cut(&answer))
            }
            Fate::Damaged => {
                let mut answer = checksummed(arrivals.of(request).await?);
                answer.headers_mut().insert("x-amz-crc32", "1");
                return Ok(answer);
            }
            Fate::Partial => {
                let random = self.state().random.fork();
                let (some, left) = partial::split(&request, &operation, random);
                let answer = match some {
                    Some(some) => Some(arrivals.of(some).await?),
                    None => {
                        arrivals.others().await?;
                        None
                    }
                };
                Ok(partial::join(answer, &operation, left))
            }
            Fate::Throttled | Fate::Conflict | Fate::ReplicatedConflict => {
                arrivals.others().await?;
                Ok(fate::refusal(fate, &operation, &request))
            }
        };
        tokio::task::yield_now().await;
        answer.map(checksummed)
    }
}

/// What arrives at the engine with an attempt: its own request, then those that were on their way.
struct Arrivals<'a> {
    engine: &'a InProcess,
    late: Vec<HttpRequest>,
}

impl Arrivals<'_> {
    async fn of(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let answer = self.engine.call(request).await;
        self.others().await?;
        answer
    }

    async fn others(self) -> Result<(), ConnectorError> {
        for request in self.late {
            self.engine.call(request).await?;
        }
        Ok(())
    }

    /// The request arrives or not, and its answer is lost.
    async fn perhaps(self, request: HttpRequest, applied: bool) -> Result<HttpRequest, ConnectorError> {
        let sent = request.try_clone().ok_or_else(|| ConnectorError::user("a streamed request".into()))?;
        match applied {
            true => drop(self.of(request).await?),
            false => self.others().await?,
        }
        Ok(sent)
    }
}

fn operation_of(request: &HttpRequest) -> String {
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    target.rsplit_once('.').map_or(target, |(_, operation)| operation).to_owned()
}

/// Adds the checksum of the body, where it can be had.
fn checksummed(mut answer: HttpResponse) -> HttpResponse {
    if let Some(bytes) = answer.body().bytes() {
        let crc = crc32fast::hash(bytes).to_string();
        answer.headers_mut().insert("x-amz-crc32", crc);
    }
    answer
}

/// An answer as the service makes one.
fn answer(status: u16, body: impl Into<SdkBody>) -> HttpResponse {
    let status = status.try_into().unwrap_or_else(|_| panic!("{status} is no status"));
    HttpResponse::new(status, body.into())
}

impl HttpConnector for Faults {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().attempt(request))
    }
}

impl HttpClient for Faults {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
