//! The field is a time, and its lifetime a duration.
use std::time::SystemTime;

use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table = "sessions")]
struct Session {
    #[dynorm(partition_key)]
    id: String,
    #[dynorm(ttl)]
    expires: u64,
}

#[derive(DynamoModel)]
#[dynorm(table = "tokens")]
struct Token {
    #[dynorm(partition_key)]
    id: String,
    #[dynorm(ttl = 3600)]
    expires: SystemTime,
}

fn main() {}
