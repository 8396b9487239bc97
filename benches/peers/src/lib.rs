//! One Query page read into structs by other libraries and by dynorm, with HTTP replaced by canned bytes.

pub mod book;
pub mod libraries;
pub mod library;
pub mod turns;
