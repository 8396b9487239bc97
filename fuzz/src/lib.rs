//! The model that the fuzz targets read and write, and how they wait.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, Utc};
use dynorm::{DynamoAttribute, DynamoModel, Item};
use uuid::Uuid;

/// A line of an order.
#[derive(Debug, Clone, PartialEq, DynamoAttribute)]
pub struct Line {
    pub product: String,
    pub count: u32,
    pub note: Option<String>,
}

/// An enum with variants of each shape.
#[derive(Debug, Clone, PartialEq, DynamoAttribute)]
pub enum Payment {
    Open,
    Card { last: String },
    Parts(Vec<i64>),
}

/// A model with an attribute of each kind.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "orders", entity = "order", sort_key = "{placed}#{number:06}")]
pub struct Order {
    #[dynorm(partition_key)]
    pub shop: String,
    pub placed: NaiveDate,
    pub number: u32,
    pub id: Uuid,
    pub lines: Vec<Line>,
    pub payment: Payment,
    pub tags: BTreeSet<String>,
    pub sizes: BTreeSet<i64>,
    pub weights: BTreeMap<String, f64>,
    pub seal: Vec<u8>,
    pub gift: bool,
    pub remark: Option<String>,
    #[dynorm(default = 1)]
    pub priority: u8,
    pub big: i128,
    #[dynorm(updated)]
    pub updated: DateTime<Utc>,
    #[dynorm(flatten)]
    pub rest: Item,
}

/// A model whose sort key is made of text that is escaped, a number, and a text that ends it.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "entries", sort_key = "E#{name:escape}#{size:sortable}#{rev rank:03}#{rest}")]
pub struct Entry {
    #[dynorm(partition_key)]
    pub owner: String,
    pub name: String,
    pub size: i64,
    pub rank: u8,
    pub rest: String,
}

/// Waits for a future that needs no other thread.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")
    });
    RUNTIME.block_on(future)
}
