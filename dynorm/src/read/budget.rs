//! A budget of read units per second, which all requests of one read share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use aws_smithy_async::time::SharedTimeSource;

use super::page::Usage;
use crate::db::Db;
use crate::sleep::Sleep;

/// The units of a page of 1 MB, read with eventual consistency.
const PAGE: f64 = 128.0;
/// The most items that the first request asks for, when nothing is known of their size.
const FIRST: f64 = 16.0;
/// How much larger than the largest so far a request may be.
const GROWTH: u32 = 4;
/// What a request is worth at least, in seconds of the budget.
const LEAST: f64 = 0.25;
/// How much of the budget can be saved up, in seconds.
const MOST: f64 = 1.0;
/// Less than this is as good as nothing.
const SLOWEST: f64 = 0.1;
/// What a read unit reads, at half the price with eventual consistency.
const UNIT_BYTES: u64 = 4096;

/// Says when a request may be sent and how many items it may ask for. A clone is the same budget.
#[derive(Clone)]
pub(super) struct Budget(Arc<Inner>);

struct Inner {
    bucket: Mutex<Bucket>,
    sleep: Sleep,
    time: SharedTimeSource,
}

struct Bucket {
    /// Units per second.
    rate: f64,
    /// The price of 4 KB.
    unit: f64,
    /// Units that can be spent; below zero they are spent already, and time has to pay them.
    level: f64,
    /// The time up to which `level` was paid.
    at: SystemTime,
    /// What an item costs, by what was reported.
    item: Option<f64>,
    /// The largest limit so far.
    limit: u32,
}

/// Units that are spent before their request is sent.
pub(super) struct Reservation {
    budget: Budget,
    units: f64,
    /// How long it takes until they are paid.
    wait: Duration,
    /// When that is.
    ready: SystemTime,
    /// The `Limit` of the request.
    pub(super) limit: u32,
}

impl Budget {
    pub(super) fn new(db: &Db, units_per_second: f64, consistent: bool) -> Self {
        let time = db.client().config().time_source().unwrap_or_default();
        let rate = units_per_second.max(SLOWEST);
        let unit = if consistent { 1.0 } else { 0.5 };
        let bucket = Bucket { rate, unit, level: rate * LEAST, at: time.now(), item: None, limit: 0 };
        Budget(Arc::new(Inner { bucket: Mutex::new(bucket), sleep: Sleep::of(db), time }))
    }

    /// Whether it is not known yet what an item costs: one request has to tell, before others are sent.
    pub(super) fn is_probing(&self) -> bool {
        self.bucket().item.is_none()
    }

    /// Spends what a request for at most `items` items will take, or for as many as are worth a request.
    pub(super) fn reserve(&self, items: Option<u32>) -> Reservation {
        let now = self.0.time.now();
        let mut bucket = self.bucket();
        bucket.pay(now);
        let limit = bucket.limit().min(items.unwrap_or(u32::MAX)).max(1);
        bucket.limit = bucket.limit.max(limit);
        let units = (f64::from(limit) * bucket.item.unwrap_or(bucket.unit)).min(bucket.page());
        bucket.level -= units;
        let seconds = (-bucket.level / bucket.rate).max(0.0);
        let wait = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        let ready = bucket.at.checked_add(wait).unwrap_or(bucket.at);
        drop(bucket);
        Reservation { budget: self.clone(), units, wait, ready, limit }
    }

    fn bucket(&self) -> MutexGuard<'_, Bucket> {
        // Numbers cannot be left half-changed.
        self.0.bucket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bucket {
    /// Pays for the time up to `now`.
    fn pay(&mut self, now: SystemTime) {
        // A clock that is set back, or that stands still while a test's timer does not, pays nothing twice.
        if let Ok(passed) = now.duration_since(self.at) {
            self.level = (self.level + passed.as_secs_f64() * self.rate).min(self.rate * MOST);
            self.at = now;
        }
    }

    fn page(&self) -> f64 {
        PAGE * self.unit / 0.5
    }

    /// The items that one request may ask for.
    fn limit(&self) -> u32 {
        let Some(item) = self.item else { return self.rate.clamp(1.0, FIRST) as u32 };
        // What was saved up is spent at once: slow answers must not make the read slower than its budget.
        let units = self.level.max(self.rate * LEAST).min(self.page());
        ((units / item) as u32).min(self.limit.saturating_mul(GROWTH))
    }
}

impl Reservation {
    /// Waits until the units are paid.
    pub(super) async fn paid(&self) {
        if !self.wait.is_zero() {
            self.budget.0.sleep.sleep(self.wait).await;
            self.budget.bucket().pay(self.ready);
        }
    }

    /// Exchanges the units that were reserved for those that the request took.
    pub(super) fn settle(self, usage: &Usage) {
        let mut bucket = self.budget.bucket();
        // An engine that reports nothing is taken at the bytes that it sent.
        let by_bytes = usage.bytes.div_ceil(UNIT_BYTES).max(1) as f64 * bucket.unit;
        let taken = if usage.capacity > 0.0 { usage.capacity } else { by_bytes };
        bucket.level += self.units - taken;
        if usage.scanned > 0 {
            let item = taken / usage.scanned as f64;
            // Half of what was thought so far stays, so that one odd page does not decide alone.
            bucket.item = Some(bucket.item.map_or(item, |known| (known + item) / 2.0));
        }
    }
}
