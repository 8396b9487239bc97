//! The requests of a read, as the SDK builds them.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::operation::scan::builders::ScanFluentBuilder;
use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, Select};

use super::super::cursor::{Begin, Place, Position};
use super::{Limits, Plan};
use crate::db::Db;
use crate::error::Result;
use crate::request::given;

/// What differs between the requests of one read.
pub(super) struct Asked {
    pub(super) segment: usize,
    pub(super) start: Option<Position>,
    pub(super) limit: Option<u32>,
}

/// Fills in a request. A query and a scan differ in nothing but their types, which is why this is a macro.
macro_rules! fill {
    ($plan:expr, $asked:expr, $request:expr) => {{
        let (plan, asked): (&Plan, Asked) = ($plan, $asked);
        given!(
            $request.table_name(&plan.table).return_consumed_capacity(ReturnConsumedCapacity::Total),
            set_index_name(plan.index.map(str::to_owned)),
            set_filter_expression(plan.filter.clone()),
            set_projection_expression(plan.projection.clone()),
            set_expression_attribute_names(plan.names.clone()),
            set_expression_attribute_values(plan.values.clone()),
            set_consistent_read(plan.consistent.then_some(true)),
            set_limit(asked.limit.map(|limit| i32::try_from(limit).unwrap_or(i32::MAX))),
            set_select(plan.select()),
            set_exclusive_start_key(asked.start),
        )
    }};
}

impl Plan {
    pub(super) fn query(&self, client: &Client, asked: Asked) -> QueryFluentBuilder {
        let request = given!(
            client.query(),
            set_key_condition_expression(self.key_condition.clone()),
            set_scan_index_forward((self.descending != self.backwards).then_some(false)),
        );
        fill!(self, asked, request)
    }

    pub(super) fn scan(&self, client: &Client, asked: Asked) -> ScanFluentBuilder {
        let in_segments = self.segments > 1;
        let request = given!(
            client.scan(),
            set_segment(i32::try_from(asked.segment).ok().filter(|_| in_segments)),
            set_total_segments(i32::try_from(self.segments).ok().filter(|_| in_segments)),
        );
        fill!(self, asked, request)
    }

    /// What the first request asks for.
    fn first<M, I>(self, begin: Begin<M, I>, db: &Db, limits: Limits) -> Result<(Self, Asked)> {
        let (plan, places) = self.begin(begin, db)?;
        let open = places.iter().filter(|place| **place != Place::End).count();
        let limit = plan.limit(limits.take.map(|take| take.div_ceil(open.max(1))));
        let limit = limits.budget(db).filter(|_| !plan.single).map(|budget| budget.reserve(limit).limit).or(limit);
        let first = places.into_iter().enumerate().find(|(_, place)| *place != Place::End);
        let (segment, start) = match first {
            Some((segment, Place::Behind(position))) => (segment, Some(position)),
            Some((segment, _)) => (segment, None),
            None => (0, None),
        };
        Ok((plan, Asked { segment, start, limit }))
    }

    /// The first request of a query, as it would be sent.
    pub(in crate::read) fn query_request<M, I>(
        self,
        db: &Db,
        begin: Begin<M, I>,
        limits: Limits,
    ) -> Result<QueryFluentBuilder> {
        let (plan, asked) = self.first(begin, db, limits)?;
        Ok(plan.query(db.client(), asked))
    }

    /// The first request of a scan, as it would be sent; of the first segment.
    pub(in crate::read) fn scan_request<M, I>(
        self,
        db: &Db,
        begin: Begin<M, I>,
        limits: Limits,
    ) -> Result<ScanFluentBuilder> {
        let (plan, asked) = self.first(begin, db, limits)?;
        Ok(plan.scan(db.client(), asked))
    }

    /// What is returned of an item, if that is not what the table or index holds of it, or a projection.
    fn select(&self) -> Option<Select> {
        let fetches_rest = self.fetch_rest && self.projection.is_none();
        let select = if fetches_rest { Some(Select::AllAttributes) } else { None };
        select.or(self.counting.then_some(Select::Count))
    }
}
