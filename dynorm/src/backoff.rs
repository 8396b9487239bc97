//! Pauses between requests that brought nothing.

use std::time::Duration;

use crate::db::Db;
use crate::deadline::Deadline;
use crate::sleep::Sleep;

/// How many attempts without any progress end the retries. The SDK's own count with dynorm's.
const FRUITLESS: u32 = 8;
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Pauses of random length up to a bound that doubles while nothing gets done
/// ([full jitter](https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/)).
pub(crate) struct Backoff {
    sleep: Sleep,
    /// That of the call which pauses.
    deadline: Option<Deadline>,
    fruitless: u32,
}

impl Backoff {
    pub(crate) fn new(db: &Db) -> Self {
        Backoff { sleep: Sleep::of(db), deadline: db.running_deadline(), fruitless: 0 }
    }

    /// Notes an answer, and pauses if it brought nothing; `false` when there were too many such in a row.
    pub(crate) async fn after(&mut self, fruitless: bool) -> bool {
        if !fruitless {
            self.progress();
            return true;
        }
        match self.fruitless(1) {
            Some(pause) => {
                pause.await;
                true
            }
            None => false,
        }
    }

    /// Notes an answer that brought something.
    pub(crate) fn progress(&mut self) {
        self.fruitless = 0;
    }

    /// Notes attempts that brought nothing; the pause that is due now, `None` when there were too many such in a row.
    pub(crate) fn fruitless(&mut self, attempts: u32) -> Option<impl Future<Output = ()> + Send + 'static> {
        self.fruitless = self.fruitless.saturating_add(attempts.max(1));
        if self.fruitless >= FRUITLESS {
            return None;
        }
        let most = FIRST_PAUSE.saturating_mul(1 << self.fruitless.min(10)).min(LONGEST_PAUSE);
        let (sleep, pause) = (self.sleep.clone(), most.mul_f64(fastrand::f64()));
        #[cfg(feature = "tracing")]
        tracing::info!(
            target: "dynorm",
            { fruitless = self.fruitless, pause_ms = pause.as_secs_f64() * 1e3 },
            "a pause before what is left is sent again"
        );
        let deadline = self.deadline.clone();
        Some(async move {
            match deadline {
                // The next request says that it has elapsed.
                Some(deadline) => drop(deadline.race(sleep.sleep(pause)).await),
                None => sleep.sleep(pause).await,
            }
        })
    }
}
