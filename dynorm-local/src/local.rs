//! The embedded engine behind its own HTTP server.

use std::fmt;
use std::path::Path;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Builder;
use aws_smithy_http_client::Builder as HttpClientBuilder;
use dynorm::Db;
use dynoxide::Database;

use crate::client;
use crate::error::Error;
use crate::in_process::InProcess;
use crate::server::Server;

/// An embedded DynamoDB behind its own HTTP server on a free loopback port.
///
/// It stops when it is dropped, and a client that is used afterwards gets a connection error. It runs on a thread of its
/// own, so it does not matter which tokio runtime started it, or whether that still exists.
pub struct Local {
    // Before `database`: the server's handles are closed when ours closes the file.
    server: Server,
    database: Database,
    config: Builder,
}

impl Local {
    /// Starts an engine with its tables in memory.
    ///
    /// # Errors
    ///
    /// [`Error::Listen`] if no thread or no loopback port can be had.
    pub async fn memory() -> Result<Self, Error> {
        Self::start(|| Database::memory().map_err(|source| Error::Open { path: None, source: source.into() })).await
    }

    /// Starts an engine on a file, which is created if it does not exist. The tables of an earlier run are there again.
    ///
    /// One `Local` at a time should hold a file. SQLite keeps two more files beside it while it is open.
    ///
    /// # Errors
    ///
    /// [`Error::Open`] if the file's folder does not exist, if the file is something else than a database of this
    /// engine, or if the path is not UTF-8; [`Error::Listen`] if no thread or no loopback port can be had.
    ///
    /// ```
    /// use dynorm_local::Local;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let file = std::env::temp_dir().join(format!("library-{}.db", std::process::id()));
    /// let local = Local::open(&file).await?;
    /// assert!(local.client().list_tables().send().await?.table_names().is_empty());
    /// # drop(local);
    /// # std::fs::remove_file(file)?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref().to_owned();
        Self::start(move || open_file(&path).map_err(|source| Error::Open { path: Some(path), source })).await
    }

    /// Starts an engine without a server: its client calls it in the same process.
    ///
    /// # Errors
    ///
    /// [`Error::Open`] if SQLite cannot open a database in memory.
    pub async fn in_process() -> Result<InProcess, Error> {
        InProcess::memory()
    }

    async fn start<F>(open: F) -> Result<Self, Error>
    where
        F: FnOnce() -> Result<Database, Error> + Send + 'static,
    {
        let (server, database) = Server::start(open).await?;
        let endpoint = format!("http://{}", server.address());
        let config = client::config(&endpoint, HttpClientBuilder::new().build_http());
        Ok(Self { server, database, config })
    }

    /// A handle for a model's verbs over [`client`](Self::client). Another prefix, clock or id source starts from
    /// `Db::builder(local.client())`.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), dynorm_local::Error> {
    /// let local = dynorm_local::Local::memory().await?;
    /// let db = local.db();
    /// # drop(db);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn db(&self) -> Db {
        Db::new(self.client())
    }

    /// A client of this engine, ready for use. Clients of one engine share its connections.
    ///
    /// It sends every request once: nothing here is throttled, so a retry would only hide a fault. Other settings start
    /// from [`config`](Self::config).
    #[must_use]
    pub fn client(&self) -> Client {
        Client::from_conf(self.config().build())
    }

    /// The configuration behind [`client`](Self::client), to be changed: retries, timeouts, interceptors.
    ///
    /// ```
    /// use aws_sdk_dynamodb::{Client, config::retry::RetryConfig};
    /// use dynorm_local::Local;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), dynorm_local::Error> {
    /// let local = Local::memory().await?;
    /// let client = Client::from_conf(local.config().retry_config(RetryConfig::standard()).build());
    /// # drop(client);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn config(&self) -> Builder {
        self.config.clone()
    }

    /// The address that other tools can look in at, such as `http://127.0.0.1:41213`.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), dynorm_local::Error> {
    /// let local = dynorm_local::Local::memory().await?;
    /// println!("aws dynamodb list-tables --endpoint-url {}", local.endpoint());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Deletes the items that are past their time to live, in every table that has one, and tells how many.
    ///
    /// DynamoDB does this by itself, within a few days. The call blocks its thread while it works.
    ///
    /// # Errors
    ///
    /// [`Error::Engine`] if the database fails.
    pub fn sweep_ttl(&self) -> Result<usize, Error> {
        self.database.sweep_ttl().map_err(|error| Error::Engine(error.into()))
    }
}

impl fmt::Debug for Local {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Local").field("endpoint", &self.endpoint()).finish_non_exhaustive()
    }
}

fn open_file(path: &Path) -> Result<Database, Box<dyn std::error::Error + Send + Sync>> {
    // An absolute path is never one of SQLite's special names, `:memory:` and `file:..`.
    let path = std::path::absolute(path)?;
    let path = path.to_str().ok_or("the path is not UTF-8")?;
    Ok(Database::new(path)?)
}
