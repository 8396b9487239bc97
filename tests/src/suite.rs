//! Runs each behaviour test on every engine of a run.
//!
//! A test is an `async fn(Context) -> dynorm_tests::Result`. Its name in the report is
//! `suite::<engine>::<module>::<function>`; on an engine that lacks what it needs it is reported as ignored, with the
//! reason.

use std::fmt::Write as _;
use std::future::Future;
use std::pin::Pin;
use std::process::{self, ExitCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Builder;
use dynorm::{Db, DbBuilder};
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use tokio::runtime::{Handle, Runtime};

use crate::engine::{Engine, Kind};
use crate::{Feature, Result};

/// Registers the behaviour tests of a module as its `tests()`; a test that is not listed is dead code.
///
/// ```
/// use dynorm_tests::{Context, Result};
///
/// dynorm_tests::tests! {
///     get_returns_none,
///     a_transaction_is_atomic needs [Transactions],
/// }
///
/// async fn get_returns_none(cx: Context) -> Result {
///     let table = cx.table("books");
///     // ..
///     Ok(())
/// }
///
/// async fn a_transaction_is_atomic(cx: Context) -> Result {
///     // ..
///     Ok(())
/// }
/// # assert_eq!(tests().len(), 2);
/// ```
#[macro_export]
macro_rules! tests {
    ($($test:ident $(needs [$($feature:ident),+ $(,)?])?),+ $(,)?) => {
        pub(crate) fn tests() -> ::std::vec::Vec<$crate::suite::Test> {
            ::std::vec![$($crate::suite::Test::new(
                ::core::concat!(::core::module_path!(), "::", ::core::stringify!($test)),
                &[$($($crate::Feature::$feature),+)?],
                $test,
            )),+]
        }
    };
}

/// A behaviour test and what it needs of an engine.
pub struct Test {
    path: &'static str,
    needs: &'static [Feature],
    run: Arc<dyn Fn(Context) -> TestFuture + Send + Sync>,
}

type TestFuture = Pin<Box<dyn Future<Output = Result> + Send>>;

impl Test {
    /// A test by the path of its function. Use [`tests!`](crate::tests!).
    pub fn new<F, Running>(path: &'static str, needs: &'static [Feature], run: F) -> Self
    where
        F: Fn(Context) -> Running + Send + Sync + 'static,
        Running: Future<Output = Result> + Send + 'static,
    {
        Self { path, needs, run: Arc::new(move |context| Box::pin(run(context))) }
    }
}

impl std::fmt::Debug for Test {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Test").field("path", &self.path).field("needs", &self.needs).finish_non_exhaustive()
    }
}

/// What a test gets: an engine, and a prefix for its tables that no other test has.
#[derive(Debug)]
pub struct Context {
    kind: Kind,
    config: Builder,
    prefix: String,
}

impl Context {
    /// The engine that the test runs on.
    #[must_use]
    pub fn engine(&self) -> Kind {
        self.kind
    }

    /// A handle for a model's verbs, with this test's table prefix.
    #[must_use]
    pub fn db(&self) -> Db {
        self.db_builder().build()
    }

    /// What [`db`](Self::db) is built from, to be given a clock or an id source.
    pub fn db_builder(&self) -> DbBuilder {
        Db::builder(self.client()).table_prefix(&self.prefix)
    }

    /// A client of the engine.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::from_conf(self.config().build())
    }

    /// The configuration behind [`client`](Self::client), to be changed.
    #[must_use]
    pub fn config(&self) -> Builder {
        self.config.clone()
    }

    /// What the names of this test's tables begin with.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The full name of one of this test's tables.
    #[must_use]
    pub fn table(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

/// The `main` of the suite.
#[must_use]
pub fn main(tests: impl IntoIterator<Item = Vec<Test>>) -> ExitCode {
    let arguments = Arguments::from_args();
    let engines: Vec<Arc<Engine>> = match Engine::of_this_run() {
        Ok(engines) => engines.into_iter().map(Arc::new).collect(),
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    let runtime = match Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: no runtime for the tests: {error}");
            return ExitCode::FAILURE;
        }
    };
    let tests: Vec<Test> = tests.into_iter().flatten().collect();
    let trials = engines
        .iter()
        .flat_map(|engine| tests.iter().map(|test| trial(test, Arc::clone(engine), runtime.handle().clone())))
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial(test: &Test, engine: Arc<Engine>, runtime: Handle) -> Trial {
    let kind = engine.kind();
    let path = test.path.split_once("::").map_or(test.path, |(_, path)| path);
    let name = format!("suite::{}::{path}", kind.name());
    let lacks = test.needs.iter().find_map(|feature| kind.lacks(*feature));
    let run = Arc::clone(&test.run);
    Trial::ignorable_test(name, move || match lacks {
        Some(reason) => Ok(Completion::ignored_with(reason)),
        None => runtime.block_on(run_one(run, &engine)).map_err(failed),
    })
}

/// Longer than any test takes, shorter than the patience of whoever waits for a test that hangs.
const LIMIT: Duration = Duration::from_secs(120);

async fn run_one(run: Arc<dyn Fn(Context) -> TestFuture + Send + Sync>, engine: &Engine) -> Result<Completion> {
    let context = Context { kind: engine.kind(), config: engine.config().await?, prefix: new_prefix() };
    let (client, prefix) = (context.client(), context.prefix.clone());
    // A task of its own, so that a panic is seen here and the tables are deleted after it too.
    let outcome = tokio::spawn(tokio::time::timeout(LIMIT, run(context))).await;
    if engine.keeps_tables() {
        delete_tables(&client, &prefix).await?;
    }
    match outcome {
        Ok(Ok(result)) => result.map(|()| Completion::Completed),
        Ok(Err(_)) => Err(format!("did not end within {} seconds", LIMIT.as_secs()).into()),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(error) => Err(error.into()),
        },
    }
}

/// Different in every test of every run, because an endpoint may be shared and may keep tables.
fn new_prefix() -> String {
    static TESTS: AtomicU32 = AtomicU32::new(0);
    let seconds = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs());
    format!("dynorm-{seconds:x}-{:x}-{}-", process::id(), TESTS.fetch_add(1, Ordering::Relaxed))
}

async fn delete_tables(client: &Client, prefix: &str) -> Result {
    let mut names = client.list_tables().into_paginator().items().send();
    let mut own = Vec::new();
    while let Some(name) = names.try_next().await? {
        if name.starts_with(prefix) {
            own.push(name);
        }
    }
    for name in own {
        client.delete_table().table_name(name).send().await?;
    }
    Ok(())
}

fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> Failed {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let _ = write!(text, ": {error}");
        source = error.source();
    }
    text.into()
}
