//! Writes: put, update, delete, tracked items, transactions and batches, all through one pipeline.

mod batch;
mod condition_check;
mod delete;
mod operation;
mod pipeline;
mod put;
mod rekey;
mod tracked;
mod transact;
mod update;

pub(crate) use batch::Unprocessed;
pub use batch::{BatchWrite, BatchWritten};
pub use condition_check::ConditionCheck;
pub use delete::{Delete, DeleteReturningOld};
pub use put::{Put, PutReturningOld};
pub use rekey::Rekey;
pub use tracked::{Save, Tracked};
pub use transact::{Transact, TransactOperation};
pub use update::{Update, UpdateReturning};
