//! What holds for all values.

mod batches;
mod codec;
mod keys;
mod limits;
mod tokens;
