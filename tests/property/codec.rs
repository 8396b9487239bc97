//! The wire codec: every type reads back what it wrote, the JSON is the SDK's, and no input panics.

mod bodies;
mod corpus;
mod differential;
mod families;
mod hostile;
mod json;
mod numbers;
mod operations;
mod orders;
mod records;
mod sdk;
mod times;
mod values;
