//! What requests and answers say about themselves: tables, counts and capacity, whatever the operation. Never a value of an item.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use aws_sdk_dynamodb::operation::{
    batch_get_item, batch_write_item, delete_item, get_item, put_item, query, scan, transact_get_items,
    transact_write_items, update_item,
};
use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity, TransactGetItem, TransactWriteItem};
use aws_smithy_runtime_api::client::interceptors::context::{Input, Output};

/// What is noted about one call, for those who want to know.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    wanted: AtomicBool,
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

    pub(super) fn attempt(&self) -> u32 {
        self.attempts.fetch_add(1, Ordering::Relaxed) + 1
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
}

/// What an answer reports.
#[derive(Debug, Default, Clone)]
pub(crate) struct Report {
    pub(crate) consumed: Vec<ConsumedCapacity>,
    /// The items that a query or scan read for it.
    pub(crate) scanned: u64,
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
    let index = if let Some(query) = input.downcast_ref::<query::QueryInput>() {
        query.index_name.clone()
    } else {
        input.downcast_ref::<scan::ScanInput>().and_then(|scan| scan.index_name.clone())
    };
    let mut tables = tables(input);
    tables.sort_unstable();
    tables.dedup();
    Asked { tables, index }
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
    let scanned = if let Some(query) = output.downcast_ref::<query::QueryOutput>() {
        query.scanned_count
    } else {
        output.downcast_ref::<scan::ScanOutput>().map_or(0, |scan| scan.scanned_count)
    };
    Report { consumed: consumed(output), scanned: u64::try_from(scanned).unwrap_or(0) }
}
