//! Writes: put, update, delete, tracked items, transactions and batches, all through one pipeline.

mod action;
mod apply_patch;
mod batch;
mod changed;
mod changes;
mod condition_check;
mod delete;
mod diff;
mod exactly_once;
mod hook;
mod index_keys;
mod older_names;
mod operation;
mod pipeline;
mod put;
mod rekey;
mod request;
mod tracked;
mod transact;
mod unique;
mod update;
mod upsert;
mod upsert_item;

pub use apply_patch::{ApplyPatch, ApplyPatchReturning};
pub(crate) use batch::Unprocessed;
pub use batch::{BatchWrite, BatchWritten};
pub use changed::Changed;
pub use condition_check::ConditionCheck;
pub use delete::{Delete, DeleteReturningOld, Existed};
pub use exactly_once::ExactlyOnce;
pub use hook::{Verb, Write};
#[doc(hidden)]
pub use hook::{after_read, after_write, before_write};
pub use put::{Put, PutReturningOld};
pub use rekey::Rekey;
#[doc(hidden)]
pub use tracked::{ReplacesTracked, UpsertsTracked};
pub use tracked::{Save, SaveReturning, Tracked};
pub use transact::{Transact, TransactOperation};
pub use unique::{BatchWritable, Guarded, ReadFirst, ReturnsItem, Unguarded};
pub(crate) use unique::{GUARD_PREFIX, GUARD_TABLE, OWNER, guard_expiry, is_guard, is_guard_key};
pub use update::{Update, UpdateReturning};
pub use upsert::{Existing, Presence, Upsert};
pub use upsert_item::{UpsertItem, UpsertItemReturning};
