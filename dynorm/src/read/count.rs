//! `count`: pages without items, summed.

use std::sync::Arc;

use super::page::Cursor;
use super::plan::{Limits, Plan};
use crate::db::Db;
use crate::error::Result;

/// Counts the items of a read, up to `take` and `max_pages`.
pub(crate) async fn count<M, I>(db: &Db, plan: Plan, limits: Limits, after: Option<Cursor<M, I>>) -> Result<u64> {
    let plan = Arc::new(plan);
    let mut start = after.map(|cursor| cursor.key);
    let mut total = 0;
    let mut pages = 0;
    loop {
        let wanted = limits.take.map(|take| take.saturating_sub(usize::try_from(total).unwrap_or(usize::MAX)));
        if plan.empty || wanted == Some(0) || limits.max_pages == Some(pages) {
            return Ok(total);
        }
        let (matched, next) = plan.count(db, start, wanted).await?;
        pages += 1;
        total += match wanted {
            // A filtered page may hold more than are wanted.
            Some(wanted) => matched.min(wanted as u64),
            None => matched,
        };
        match next {
            Some(next) => start = Some(next),
            None => return Ok(total),
        }
    }
}
