//! What the tests of this package share: engines, the runner of the behaviour suite, and a scripted HTTP client.
//!
//! - [`suite`] runs each behaviour test on every engine of a run; [`tests!`] registers them.
//! - [`engine`] is where such a test runs, and [`feature`] what an engine may lack.
//! - [`models`] has the models that several tests use.
//! - [`fault`] is an HTTP client that loses, breaks, delays and repeats requests by a seed.
//! - [`wire`] records what is sent and answers from a script, for exact requests and for faults.
#![forbid(unsafe_code)]

pub mod engine;
pub mod fault;
pub mod feature;
pub mod models;
pub mod suite;
pub mod wire;

pub use feature::Feature;
pub use suite::Context;

/// What a test returns: an error that nobody expected fails it.
pub type Result<T = (), E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;
