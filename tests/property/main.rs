//! What holds for all values.

mod codec;
mod keys;
mod limits;
mod tokens;
