//! The examples, built and run as a user runs them.

mod build;
mod inventory;
mod library;
mod paged_api;
