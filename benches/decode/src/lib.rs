//! Calls with HTTP replaced by canned bytes, each in three ways: the SDK alone, the SDK with serde_dynamo, and dynorm.

pub mod canned;
pub mod case;
pub mod reads;
pub mod shapes;
pub mod writes;
