//! What holds for all values.

mod codec;
