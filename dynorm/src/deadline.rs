//! `Deadline`: how long a call may take, all its requests, resends and pauses together.

use std::error::Error as StdError;
use std::fmt;
use std::pin::pin;
use std::time::Duration;

use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep, Sleep};
use futures_util::future::{Either, FutureExt, Shared, select};

/// The bound of a handle's calls; once a call has begun, the timer that all of its requests and pauses share.
#[derive(Clone)]
pub(crate) struct Deadline {
    after: Duration,
    /// A timer and not a moment, so that it goes by the client's clock.
    timer: Option<Shared<Sleep>>,
}

impl Deadline {
    pub(crate) fn new(after: Duration) -> Self {
        Deadline { after, timer: None }
    }

    /// The same for one call that begins now, if it has not begun already.
    pub(crate) fn started(&self, sleep: Option<&SharedAsyncSleep>) -> Self {
        let start = || sleep.map(|sleep| sleep.sleep(self.after).shared());
        Deadline { after: self.after, timer: self.timer.clone().or_else(start) }
    }

    /// Whether its call has begun.
    pub(crate) fn has_begun(&self) -> bool {
        self.timer.is_some()
    }

    /// Waits for a future, which is not polled any more when the deadline has elapsed.
    pub(crate) async fn race<F: Future>(&self, future: F) -> Result<F::Output, Elapsed> {
        let elapsed = Elapsed(self.after);
        let Some(timer) = &self.timer else { return Ok(future.await) };
        if timer.clone().now_or_never().is_some() {
            // Nothing is begun that is too late.
            return Err(elapsed);
        }
        match select(pin!(future), timer.clone()).await {
            Either::Left((output, _)) => Ok(output),
            Either::Right(_) => Err(elapsed),
        }
    }
}

impl fmt::Debug for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deadline").field("after", &self.after).field("started", &self.has_begun()).finish()
    }
}

/// The deadline of a call has elapsed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Elapsed(Duration);

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the call did not end within its deadline of {:?}", self.0)
    }
}

impl StdError for Elapsed {}
