//! What requests and answers say about themselves: tables, limits, counts and capacity, whatever the operation. Never a value of an item.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use aws_sdk_dynamodb::operation::{
    batch_get_item, batch_write_item, delete_item, get_item, put_item, query, scan, transact_get_items,
    transact_write_items, update_item,
};
use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity, Select, TransactGetItem, TransactWriteItem};
use aws_smithy_runtime_api::client::interceptors::context::{Error as ErasedError, Input, Output};
use aws_smithy_runtime_api::client::orchestrator::OrchestratorError;

use super::span::CallSpan;

/// What is noted about one call, for those who want to know.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    wanted: AtomicBool,
    span: OnceLock<CallSpan>,
    /// How the last attempt ended, if it brought no success.
    failure: Mutex<Option<&'static str>>,
    asked: OnceLock<Asked>,
    attempts: AtomicU32,
    report: OnceLock<Report>,
}

impl Seen {
    /// Has the call noted down.
    pub(super) fn want(&self) {
        self.wanted.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::Relaxed)
    }

    pub(super) fn ask(&self, input: &Input) {
        // One call has one request.
        let _ = self.asked.set(asked(input));
    }

    /// The call's span, which notes it down if somebody wants to see it.
    pub(super) fn span(&self, new: impl FnOnce() -> CallSpan) -> &CallSpan {
        let span = self.span.get_or_init(new);
        if span.is_wanted() {
            self.want();
        }
        span
    }

    pub(super) fn attempt(&self) {
        let before = self.attempts.fetch_add(1, Ordering::Relaxed);
        if let (1.., Some(span)) = (before, self.span.get()) {
            span.resend(before, self.failure().take().unwrap_or("_OTHER"));
        }
    }

    pub(super) fn fail(&self, error: &OrchestratorError<ErasedError>) {
        *self.failure() = Some(if error.is_timeout_error() {
            "timeout"
        } else if error.is_connector_error() {
            "connection"
        } else if error.is_response_error() {
            "response"
        } else {
            "answer"
        });
    }

    fn failure(&self) -> MutexGuard<'_, Option<&'static str>> {
        // One value, which nothing leaves half-done.
        self.failure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn answer(&self, output: &Output) {
        let _ = self.report.set(report(output));
    }

    /// What was asked for, when the request has been built.
    pub(crate) fn asked(&self) -> Option<&Asked> {
        self.asked.get()
    }

    /// How often the request was sent.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }

    /// What the answer reports, if it was a success.
    pub(crate) fn report(&self) -> Option<&Report> {
        self.report.get()
    }
}

/// What a request asks for.
#[derive(Debug, Default, Clone)]
pub(crate) struct Asked {
    /// The tables, each once, in the order of their names.
    pub(crate) tables: Vec<String>,
    pub(crate) index: Option<String>,
    pub(crate) consistent: Option<bool>,
    pub(crate) forward: Option<bool>,
    pub(crate) limit: Option<i32>,
    pub(crate) select: Option<Select>,
    /// The segment of a parallel scan, and how many there are.
    pub(crate) segment: Option<(i32, i32)>,
}

/// What an answer reports.
#[derive(Debug, Default, Clone)]
pub(crate) struct Report {
    pub(crate) consumed: Vec<ConsumedCapacity>,
    /// The items in the answer of a query or scan, and those that were read for it.
    pub(crate) counts: Option<(u64, u64)>,
}

/// What the answers of any operation report in the same way.
macro_rules! capacity {
    ($($module:ident $input:ident $output:ident;)*) => {
        /// Asks for the capacity of the table and of each index.
        pub(super) fn ask_for_capacity(input: &mut Input) {
            $(if let Some(input) = input.downcast_mut::<$module::$input>() {
                input.return_consumed_capacity = Some(ReturnConsumedCapacity::Indexes);
                return;
            })*
        }

        fn consumed(output: &Output) -> Vec<ConsumedCapacity> {
            $(if let Some(output) = output.downcast_ref::<$module::$output>() {
                return output.consumed_capacity().into_iter().cloned().collect();
            })*
            Vec::new()
        }
    };
}
capacity! {
    get_item GetItemInput GetItemOutput;
    query QueryInput QueryOutput;
    scan ScanInput ScanOutput;
    put_item PutItemInput PutItemOutput;
    update_item UpdateItemInput UpdateItemOutput;
    delete_item DeleteItemInput DeleteItemOutput;
    batch_get_item BatchGetItemInput BatchGetItemOutput;
    batch_write_item BatchWriteItemInput BatchWriteItemOutput;
    transact_get_items TransactGetItemsInput TransactGetItemsOutput;
    transact_write_items TransactWriteItemsInput TransactWriteItemsOutput;
}

fn asked(input: &Input) -> Asked {
    let mut tables = tables(input);
    tables.sort_unstable();
    tables.dedup();
    let mut asked = Asked { tables, ..Asked::default() };
    if let Some(get) = input.downcast_ref::<get_item::GetItemInput>() {
        asked.consistent = get.consistent_read;
    } else if let Some(query) = input.downcast_ref::<query::QueryInput>() {
        asked.index.clone_from(&query.index_name);
        asked.select.clone_from(&query.select);
        (asked.consistent, asked.forward, asked.limit) = (query.consistent_read, query.scan_index_forward, query.limit);
    } else if let Some(scan) = input.downcast_ref::<scan::ScanInput>() {
        asked.index.clone_from(&scan.index_name);
        asked.select.clone_from(&scan.select);
        (asked.consistent, asked.limit) = (scan.consistent_read, scan.limit);
        asked.segment = scan.segment.zip(scan.total_segments);
    }
    asked
}

fn tables(input: &Input) -> Vec<String> {
    if let Some(table) = single_table(input) {
        return vec![table];
    }
    if let Some(batch) = input.downcast_ref::<batch_write_item::BatchWriteItemInput>() {
        return batch.request_items.iter().flat_map(|items| items.keys().cloned()).collect();
    }
    if let Some(batch) = input.downcast_ref::<batch_get_item::BatchGetItemInput>() {
        return batch.request_items.iter().flat_map(|items| items.keys().cloned()).collect();
    }
    if let Some(transaction) = input.downcast_ref::<transact_write_items::TransactWriteItemsInput>() {
        return transaction.transact_items().iter().filter_map(table_of_write).map(str::to_owned).collect();
    }
    if let Some(transaction) = input.downcast_ref::<transact_get_items::TransactGetItemsInput>() {
        let gets = transaction.transact_items().iter().filter_map(TransactGetItem::get);
        return gets.map(|get| get.table_name().to_owned()).collect();
    }
    Vec::new()
}

/// The table of a request that has one.
fn single_table(input: &Input) -> Option<String> {
    macro_rules! first {
        ($($module:ident $input:ident)*) => {
            $(if let Some(input) = input.downcast_ref::<$module::$input>() {
                return input.table_name.clone();
            })*
        };
    }
    first!(get_item GetItemInput query QueryInput scan ScanInput);
    first!(put_item PutItemInput update_item UpdateItemInput delete_item DeleteItemInput);
    None
}

fn table_of_write(item: &TransactWriteItem) -> Option<&str> {
    let put = item.put().map(|put| put.table_name());
    let update = || item.update().map(|update| update.table_name());
    let delete = || item.delete().map(|delete| delete.table_name());
    let check = || item.condition_check().map(|check| check.table_name());
    put.or_else(update).or_else(delete).or_else(check)
}

fn report(output: &Output) -> Report {
    let counts = if let Some(query) = output.downcast_ref::<query::QueryOutput>() {
        Some((query.count, query.scanned_count))
    } else {
        output.downcast_ref::<scan::ScanOutput>().map(|scan| (scan.count, scan.scanned_count))
    };
    let number = |count: i32| u64::try_from(count).unwrap_or(0);
    Report { consumed: consumed(output), counts: counts.map(|(count, scanned)| (number(count), number(scanned))) }
}
