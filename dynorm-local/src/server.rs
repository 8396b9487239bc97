//! The engine's HTTP server on a thread of its own.
//!
//! A server that is a task of the caller's runtime ends with that runtime, which under `#[tokio::test]` is each test's
//! own, and stands still while the caller's thread is busy. A thread with a small runtime has neither fault, and its end
//! can be waited for.

use std::net::{Ipv4Addr, SocketAddr};
use std::thread::{self, JoinHandle};

use dynoxide::Database;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use crate::error::Error;

/// A running server; dropping it stops it and waits for its thread.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Opens a database and serves it on a free loopback port.
    pub(crate) async fn start<F>(open: F) -> Result<(Self, Database), Error>
    where
        F: FnOnce() -> Result<Database, Error> + Send + 'static,
    {
        let (ready, started) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("dynorm-local".to_owned())
            .spawn(move || match listen(open) {
                Ok((runtime, listener, address, database)) => {
                    runtime.spawn(dynoxide::server::serve_on(listener, database.clone()));
                    if ready.send(Ok((address, database))).is_ok() {
                        // An answer or a dropped sender: both mean stop. Dropping the runtime then ends every
                        // connection, also one that sits in the middle of a request.
                        let _ = runtime.block_on(stopped);
                    }
                }
                Err(error) => drop(ready.send(Err(error))),
            })
            .map_err(Error::Listen)?;
        let (address, database) = match started.await {
            Ok(started) => started?,
            Err(_) => return Err(Error::Engine("the engine's thread ended before it was ready".into())),
        };
        Ok((Self { address, stop: Some(stop), thread: Some(thread) }, database))
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported by the panic hook already.
            let _ = thread.join();
        }
    }
}

fn listen(
    open: impl FnOnce() -> Result<Database, Error>,
) -> Result<(Runtime, TcpListener, SocketAddr, Database), Error> {
    let database = open()?;
    let runtime = Builder::new_current_thread().enable_all().build().map_err(Error::Listen)?;
    let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).map_err(Error::Listen)?;
    let address = listener.local_addr().map_err(Error::Listen)?;
    Ok((runtime, listener, address, database))
}
