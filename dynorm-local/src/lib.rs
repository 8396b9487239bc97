//! An embedded DynamoDB for examples and tests, with `cargo` alone: no server to install, no Docker, no credentials.
//!
//! The engine is [dynoxide], a DynamoDB emulator over SQLite, compiled into the program. What this crate hands out is
//! an ordinary [`aws_sdk_dynamodb::Client`], so code under test does not know the difference.
//!
//! ```
//! use aws_sdk_dynamodb::types::AttributeValue::S;
//! # use aws_sdk_dynamodb::types::{AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType};
//! use dynorm_local::Local;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let local = Local::memory().await?;
//! let client = local.client();
//! # client
//! #     .create_table()
//! #     .table_name("books")
//! #     .attribute_definitions(
//! #         AttributeDefinition::builder()
//! #             .attribute_name("isbn")
//! #             .attribute_type(ScalarAttributeType::S)
//! #             .build()?,
//! #     )
//! #     .key_schema(KeySchemaElement::builder().attribute_name("isbn").key_type(KeyType::Hash).build()?)
//! #     .billing_mode(BillingMode::PayPerRequest)
//! #     .send()
//! #     .await?;
//! client.put_item().table_name("books").item("isbn", S("9780887306662".into())).send().await?;
//! let scan = client.scan().table_name("books").send().await?;
//! assert_eq!(scan.count(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! # Which one
//!
//! | | what it is | for |
//! |---|---|---|
//! | [`Local::memory`] | the engine's HTTP server on a free loopback port, tables in memory | nearly every test |
//! | [`Local::open`] | the same over a file, which keeps the tables | an example, a prototype, a bug to be looked at twice |
//! | [`Local::in_process`] | no socket: the client calls the engine | paused time, injected faults |
//!
//! All three stop by themselves when they are dropped. An engine starts in about a millisecond, so one for each test is
//! affordable.
//!
//! # What it does not do
//!
//! An emulator is not the service. These gaps are known:
//!
//! - Nothing is ever throttled: no `ProvisionedThroughputExceededException`, whatever capacity a table has.
//! - A batch leaves nothing unprocessed for want of capacity.
//! - Two transactions never conflict: requests run one after the other.
//! - A table is active as soon as it is created, and an index as soon as it is added.
//! - Items past their time to live stay until `sweep_ttl` is called; DynamoDB deletes them within days.
//! - No IAM: any credentials are good, and no request is denied.
//! - Reads are always consistent, so a test cannot see a stale one.
//! - An update that creates its item returns the key as the old item, where DynamoDB returns none: `upsert` with `return_old` then ends in a
//!   decode error, after the write.
//! - No backups: point-in-time recovery cannot be turned on.
//! - The text of a message can differ from DynamoDB's; the error codes are meant to be the same.
//!   [`Local::in_process`] is further away here, see [`InProcess`].
//!
//! A test of throttling, of unprocessed items or of a lost answer injects them between client and engine, with an SDK
//! interceptor or with an HTTP client that wraps [`InProcess`].
//!
//! [dynoxide]: https://docs.rs/dynoxide-rs
#![forbid(unsafe_code)]

mod client;
mod error;
mod in_process;
mod local;
mod operation;
mod server;

pub use error::Error;
pub use in_process::InProcess;
pub use local::Local;
