//! One page of a read: its request, and what came.

use super::super::cursor::Position;
use super::super::from_item::FromItem;
use super::super::page::Usage;
use super::super::receive::{As, Many, Source};
use super::Plan;
use super::request::Asked;
use crate::attribute::Item;
use crate::call::Call;
use crate::db::Db;
use crate::error::{DecodeError, Error, Result};
use crate::model::DynamoModel;
use crate::target::Target;

/// One page as it came.
pub(crate) struct Fetched<T> {
    pub(crate) items: Vec<T>,
    /// Items that are no `T`: how many good items stand before, and why.
    pub(crate) errors: Vec<(usize, Error)>,
    pub(crate) source: Source,
    pub(crate) next: Option<Position>,
    pub(crate) usage: Usage,
}

/// What a page's answer says besides its items.
struct Answer {
    matched: u64,
    scanned: u64,
    capacity: f64,
    next: Option<Position>,
}

/// Sends one page's request.
macro_rules! request {
    ($plan:expr, $call:expr, $asked:expr) => {{
        let plan = &*$plan;
        let asked = $asked;
        macro_rules! send {
            ($request:ident) => {{
                let output = $call.send(|client| plan.$request(client, asked).send()).await;
                let output = output.map_err(|error| plan.explain(Error::service(error)))?;
                Answer {
                    matched: u64::try_from(output.count).unwrap_or(0),
                    scanned: u64::try_from(output.scanned_count).unwrap_or(0),
                    capacity: output.consumed_capacity.and_then(|capacity| capacity.capacity_units).unwrap_or(0.0),
                    // Some engines say the end of the data with an empty key.
                    next: output.last_evaluated_key.filter(|key| !key.is_empty()),
                }
            }};
        }
        if plan.is_query() { send!(query) } else { send!(scan) }
    }};
}

impl Plan {
    /// Reads the page at `start`: one request.
    pub(crate) async fn fetch<T: FromItem<M>, I: Target + 'static, M: DynamoModel + 'static>(
        &self,
        db: &Db,
        segment: usize,
        start: Option<Position>,
        limit: Option<u32>,
    ) -> Result<Fetched<T>> {
        let call = self.call(db);
        let items = call.receive_live::<Many<As<T, I, M>>>(self.expiry);
        let answer = request!(self, call, Asked { segment, start, limit });
        let mut received = items.finish().map_err(|error| self.explain(error.into()))?;
        if self.counting {
            // To filter by what a local index does not hold, DynamoDB has to be asked for the items.
            received = Many::default();
        }
        let Many { items, errors, source, .. } = received;
        let usage = Usage {
            requests: 1,
            scanned: answer.scanned,
            matched: answer.matched,
            capacity: answer.capacity,
            bytes: source.bytes() as u64,
        };
        let located = |(before, (at, error)): (usize, (usize, DecodeError))| {
            let error = self.explain(error.into());
            // The errors before it stand among the items too.
            match source.attributes(at + before, &self.key_attributes) {
                Ok(key) => (at, error.about(Item(key))),
                Err(_) => (at, error),
            }
        };
        let errors = errors.into_iter().enumerate().map(located).collect();
        Ok(Fetched { items, errors, source, next: answer.next, usage })
    }

    fn call<'a>(&'a self, db: &'a Db) -> Call<'a> {
        Call::new(db, self.operation(), self.schema, &self.table).index(self.index)
    }
}
