//! Writes: put, update, delete, tracked items and batches, all through one pipeline.

mod batch;
mod delete;
mod pipeline;
mod put;
mod tracked;
mod update;

pub(crate) use batch::Unprocessed;
pub use batch::{BatchWrite, BatchWritten};
pub use delete::{Delete, DeleteReturningOld};
pub use put::{Put, PutReturningOld};
pub use tracked::{Save, Tracked};
pub use update::{Update, UpdateReturning};
