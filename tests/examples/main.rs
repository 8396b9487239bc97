//! The examples, built and run as a user runs them.

mod build;
mod library;
mod paged_api;
