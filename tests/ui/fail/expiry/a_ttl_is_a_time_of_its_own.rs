//! When an item expires is a time, stored in one form, and no key.
use std::time::SystemTime;

use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table = "sessions")]
struct Session {
    #[dynorm(partition_key)]
    id: String,
    #[dynorm(ttl, with = epoch, default)]
    expires: SystemTime,
    #[dynorm(ttl, alias = "until")]
    other: SystemTime,
    #[dynorm(created, ttl)]
    created: SystemTime,
}

#[derive(DynamoModel)]
#[dynorm(table = "tokens")]
#[dynorm(index(ByExpiry, partition_key = id, sort_key = expires))]
#[dynorm(index(ByDay, partition_key = "DAY#{expires}"))]
struct Token {
    #[dynorm(partition_key)]
    id: String,
    #[dynorm(sort_key, ttl)]
    expires: u64,
}

fn main() {}
