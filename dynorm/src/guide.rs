//! What goes beyond single calls: permissions, and tables in several Regions.

#[doc = include_str!("docs/permissions.md")]
pub mod permissions {}

#[doc = include_str!("docs/global_tables.md")]
pub mod global_tables {}
