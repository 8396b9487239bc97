//! A read in words, before it is sent.

use super::super::cursor::Begin;
use super::{Limits, Plan};
use crate::db::Db;
use crate::error::Result;
use crate::explain::{Explain, Placeholders};

impl Plan {
    /// The read in words.
    pub(in crate::read) fn explained<M, I>(self, begin: Begin<M, I>, db: &Db, limits: Limits) -> Result<Explain> {
        let (plan, _) = self.begin(begin, db)?;
        let placeholders = Placeholders { names: &plan.names, values: &plan.values };
        let mut explain = Explain::new(plan.operation().name, plan.schema, &plan.table);
        if let Some(condition) = &plan.key_condition {
            explain = explain.key_condition(plan.schema, condition, placeholders);
        }
        let nothing = plan.empty || limits.take == Some(0) || limits.max_pages == Some(0);
        let requests = match plan.segments {
            _ if nothing => "none, because nothing can be found".to_owned(),
            _ if plan.single => "one".to_owned(),
            1 => "one for each page of up to 1 MB".to_owned(),
            segments => format!("one for each page of up to 1 MB, in {segments} segments at the same time"),
        };
        let requests = match limits.read_units_per_second.filter(|_| !nothing && !plan.single) {
            Some(units) => format!("{requests}, for at most {units} read units a second"),
            None => requests,
        };
        let unit = if plan.consistent { "one read unit" } else { "half a read unit" };
        let mut billing =
            format!("{unit} for each 4 KB of all items that a request reads, added up and then rounded up");
        if plan.fetch_rest {
            billing += ", and again for what is fetched of each item from the table";
        }
        if plan.filter.is_some() {
            billing += "; items that the filter leaves out are paid for";
        }
        Ok(Explain {
            index: plan.index.map(str::to_owned),
            filter: placeholders.hide(&plan.filter),
            projection: placeholders.hide(&plan.projection),
            consistent: plan.consistent,
            descending: plan.descending != plan.backwards,
            take: limits.take,
            page_size: limits.page_size,
            max_pages: limits.max_pages,
            requests,
            billing,
            ..explain
        })
    }
}
