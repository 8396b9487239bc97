//! One client, measured in a process of its own: nothing in it was allocated, and no CPU time spent, by anything else.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, HttpClient, Region, RuntimeComponents};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::Builder as HttpClientBuilder;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use dynorm::{Db, DynamoModel};
use dynorm_local::{InProcess, Local};
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

use crate::books::{Book, Sum, rows};
use crate::ways;
use crate::work::{Way, Work};

/// In place of an address: the engine is in the process that is measured.
pub const IN_PROCESS: &str = "in-process";

/// What a work took.
#[derive(Debug, Serialize, Deserialize)]
pub struct Measured {
    pub work: Work,
    pub sum: Sum,
    pub seconds: f64,
    /// CPU time of the client, in seconds, without an engine in the same process.
    pub client: f64,
    /// CPU time of the server, in seconds; here only that of an engine in the same process.
    pub server: f64,
    /// The most resident memory of the process, in MB.
    pub peak: f64,
}

/// Has works done one after the other by a new process.
pub fn in_new_process(way: Way, items: usize, endpoint: &str, works: &[Work]) -> Vec<Measured> {
    let works = serde_json::to_string(works).expect("JSON");
    let mut process = Command::new(std::env::current_exe().expect("this program"))
        .args(["measure", way.name(), &items.to_string(), endpoint, &works])
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program starts");
    let lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
    let measured = lines.map(|line| serde_json::from_str(&line.expect("a line")).expect("a result")).collect();
    assert!(process.wait().expect("its end").success(), "{} failed at {works}", way.name());
    measured
}

/// The other side of that: does them, and prints what each took.
pub fn here(way: Way, items: usize, endpoint: &str, works: &[Work]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let engine = Timed::default();
        let client = match endpoint {
            IN_PROCESS => engine.start(way).await,
            endpoint => over_http(endpoint),
        };
        // What is needed once is not what the work needs: the file, if there is to be a load, credentials, a connection.
        if works.contains(&Work::Load) {
            rows();
        }
        client.list_tables().send().await.expect("an answer");
        for &work in works {
            forget_peak();
            let (start, before, server_before) = (Instant::now(), cpu(ClockId::ProcessCPUTime), engine.cpu());
            let sum = ways::run(way, work, &client, items).await;
            let seconds = start.elapsed().as_secs_f64();
            let server = (engine.cpu() - server_before).as_secs_f64();
            let client = (cpu(ClockId::ProcessCPUTime) - before).as_secs_f64() - server;
            let measured = Measured { work, sum, seconds, client, server, peak: peak() };
            println!("{}", serde_json::to_string(&measured).expect("JSON"));
        }
    });
}

fn over_http(endpoint: &str) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("id", "secret", None, None, "bench"))
        .endpoint_url(endpoint)
        .http_client(HttpClientBuilder::new().build_http())
        .sleep_impl(TokioSleep::new())
        .build();
    Client::from_conf(config)
}

fn cpu(clock: ClockId) -> Duration {
    clock_gettime(clock).try_into().expect("time since the process began")
}

/// The most resident memory since [`forget_peak`], in MB.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let value = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
    value.and_then(|kilobytes| kilobytes.parse::<f64>().ok()).expect("a number of kB") / 1024.0
}

/// Lets the peak begin anew (`man 5 proc`, `clear_refs`).
fn forget_peak() {
    std::fs::write("/proc/self/clear_refs", "5").expect("Linux");
}

/// What adds up the CPU time of an engine in the same process, which answers on the thread that asks.
#[derive(Debug, Clone, Default)]
struct Timed {
    nanoseconds: Arc<AtomicU64>,
}

impl Timed {
    fn cpu(&self) -> Duration {
        Duration::from_nanos(self.nanoseconds.load(Relaxed))
    }

    async fn start(&self, way: Way) -> Client {
        let engine = Local::in_process().await.expect("an engine");
        let client = engine.config().http_client(TimedEngine { engine, timed: self.clone() }).build();
        let client = Client::from_conf(client);
        create_table(&client, way).await;
        client
    }
}

/// The table of a way.
pub async fn create_table(client: &Client, way: Way) {
    let db = Db::builder(client.clone()).table_prefix(way.prefix()).build();
    Book::create_table().send(&db).await.expect("a table");
}

#[derive(Debug)]
struct TimedEngine {
    engine: InProcess,
    timed: Timed,
}

impl HttpConnector for TimedEngine {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (answer, timed) = (self.engine.call(request), self.timed.clone());
        // The engine never waits: its answer is there when this is first polled.
        HttpConnectorFuture::new(async move {
            let before = cpu(ClockId::ThreadCPUTime);
            let answer = answer.await;
            let taken = cpu(ClockId::ThreadCPUTime) - before;
            timed.nanoseconds.fetch_add(taken.as_nanos() as u64, Relaxed);
            answer
        })
    }
}

impl HttpClient for TimedEngine {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(TimedEngine { engine: self.engine.clone(), timed: self.timed.clone() })
    }
}
