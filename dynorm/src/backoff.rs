//! Pauses between requests that brought nothing.

use std::time::Duration;

use crate::db::Db;
use crate::sleep::Sleep;

/// How many requests without any progress end the retries.
const FRUITLESS: u32 = 8;
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Pauses of random length up to a bound that doubles while nothing gets done
/// ([full jitter](https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/)).
pub(crate) struct Backoff {
    sleep: Sleep,
    fruitless: u32,
}

impl Backoff {
    pub(crate) fn new(db: &Db) -> Self {
        Backoff { sleep: Sleep::of(db), fruitless: 0 }
    }

    /// Notes an answer, and pauses if it brought nothing; `false` when there were too many such in a row.
    pub(crate) async fn after(&mut self, fruitless: bool) -> bool {
        if !fruitless {
            self.fruitless = 0;
            return true;
        }
        self.fruitless += 1;
        if self.fruitless >= FRUITLESS {
            return false;
        }
        let most = FIRST_PAUSE.saturating_mul(1 << self.fruitless.min(10)).min(LONGEST_PAUSE);
        self.sleep.sleep(most.mul_f64(fastrand::f64())).await;
        true
    }
}
