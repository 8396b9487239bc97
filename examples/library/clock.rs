//! A clock whose time is known beforehand, so that every run prints the same.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use dynorm::Clock;

/// Starts on 1 May 2025 and goes on by a minute with each write. Tests of your own can do the same.
#[derive(Debug, Default)]
pub(crate) struct Minutes(AtomicU64);

impl Clock for Minutes {
    fn now(&self) -> SystemTime {
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_746_057_600);
        start + Duration::from_secs(60 * self.0.fetch_add(1, Ordering::Relaxed))
    }
}
