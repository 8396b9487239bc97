//! Random sequences of all verbs through the faulty client, against a model of what may be stored.
//!
//! The model knows what a caller knows: what each call returned, and whether any of its attempts met a fault. It holds every state that is
//! possible by that, each verb's guarantee read from its documentation, until a consistent read says which one it is. A result that no
//! possible state explains is a divergence. At the end of a sequence the stored items themselves are read, past the faults.
//!
//! `DYNORM_FAULT_SEED=n` runs the sequence of one seed and prints it, `DYNORM_FAULT_SEQUENCES=n` another number of them.

use std::env;
use std::io::Write as _;
use std::time::Instant;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Builder;
use aws_smithy_runtime_api::client::auth::AuthSchemeId;
use dynorm::{Db, DynamoModel};
use dynorm_local::Local;
use dynorm_tests::Result;
use dynorm_tests::fault::Faults;
use dynorm_tests::models::{CountingIds, TestClock};

mod draw;
mod item;
mod kind;
mod models;
mod outcomes;
mod plan;
mod run;
mod service;
mod world;

use models::{Hooked, Locked, Member, Parcel, Session, Shelf, Thing, Ticket};
use run::{Engine, Runner};

/// How many sequences a run has, unless the environment says otherwise.
const SEQUENCES: u64 = 10_000;
/// How many of a hundred attempts meet a fault.
const FAULTS: u8 = 30;
/// How many of a hundred calls are dropped on the way.
const DROPS: u8 = 6;

#[test]
fn no_sequence_diverges() -> Result {
    let number = |name| env::var(name).ok().and_then(|number| number.parse::<u64>().ok());
    let seeds = match number("DYNORM_FAULT_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("DYNORM_FAULT_SEQUENCES").unwrap_or(SEQUENCES),
    };
    let started = Instant::now();
    let sequences = seeds.end - seeds.start;
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get().min(4));
    let running = (0..threads).map(|thread| {
        let seeds = seeds.clone().skip(thread).step_by(threads);
        // Unoptimized, the calls of all verbs in one future take more than a test's thread has.
        std::thread::Builder::new().stack_size(64 << 20).spawn(move || run(seeds, sequences == 1))
    });
    let running = running.collect::<Result<Vec<_>, _>>()?;
    let mut total = Total::default();
    for thread in running {
        let ran = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        total.add(&ran.unwrap_or_else(|divergence| panic!("{divergence}")));
    }
    let Total { calls, attempts, faults, dropped, unknown } = total;
    // Not by `println!`, whose output the test runner keeps to itself: the number belongs into every log.
    writeln!(
        std::io::stderr(),
        "{sequences} sequences: {calls} calls, {attempts} attempts, {faults} faults, {dropped} calls dropped, {unknown} outcomes unknown, \
         no divergence, {:.1} s",
        started.elapsed().as_secs_f64()
    )?;
    Ok(())
}

/// What a run went through.
#[derive(Default)]
struct Total {
    calls: usize,
    attempts: usize,
    faults: usize,
    dropped: usize,
    unknown: usize,
}

impl Total {
    fn add(&mut self, other: &Total) {
        self.calls += other.calls;
        self.attempts += other.attempts;
        self.faults += other.faults;
        self.dropped += other.dropped;
        self.unknown += other.unknown;
    }
}

/// The sequences of these seeds, on an engine of their own.
fn run(seeds: impl Iterator<Item = u64>, tell: bool) -> Result<Total> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
    runtime.block_on(async {
        let engine = Local::in_process().await?;
        Thing::create_table().send(&engine.db()).await?;
        Ticket::create_table().send(&engine.db()).await?;
        Locked::create_table().send(&engine.db()).await?;
        Member::create_table().send(&engine.db()).await?;
        Shelf::create_table().send(&engine.db()).await?;
        Session::create_table().send(&engine.db()).await?;
        Hooked::create_table().send(&engine.db()).await?;
        Parcel::create_table().send(&engine.db()).await?;
        let way = Faults::new(&engine);
        // Signatures take an eighth of the time, and tell nothing here.
        let client = |config: Builder| {
            Client::from_conf(config.allow_no_auth().auth_scheme_preference([AuthSchemeId::new("noAuth")]).build())
        };
        let clock = TestClock::default();
        let db = Db::builder(client(way.config())).clock(clock.clone()).ids(CountingIds::default()).build();
        let past_faults = client(engine.config());
        let engine = Engine { past_faults: &past_faults, way: &way, db: &db, clock: &clock };
        let mut total = Total::default();
        for seed in seeds {
            let mut runner = Runner::new(&engine, seed);
            if let Err(divergence) = runner.sequence().await {
                return Err(
                    format!("{divergence}\n\nThe sequence of DYNORM_FAULT_SEED={seed}:\n{}", runner.story()).into()
                );
            }
            if tell {
                println!("{}", runner.story());
            }
            total.add(&runner.total());
        }
        Ok(total)
    })
}
