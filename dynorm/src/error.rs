//! Everything that can go wrong, one opaque `Error` over typed causes.

mod decode;
mod encode;
mod key;

pub use decode::DecodeError;
pub use encode::EncodeError;
pub use key::{KeyError, KeyProblem};
