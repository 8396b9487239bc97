//! The model of the cases about expressions.

use std::collections::HashSet;

use dynorm::{DynamoAttribute, DynamoModel};

#[derive(DynamoAttribute)]
pub struct Address {
    pub city: String,
    pub zip: u32,
}

#[derive(DynamoModel)]
#[dynorm(table = "library", sort_key = "{year:04}-{isbn}")]
pub struct Book {
    #[dynorm(partition_key)]
    pub publisher: String,
    pub year: u16,
    pub isbn: String,
    pub title: String,
    pub pages: Option<u32>,
    pub in_print: bool,
    pub genres: HashSet<String>,
    pub names: Vec<String>,
    pub address: Address,
}
