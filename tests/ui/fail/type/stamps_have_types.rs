//! `created` and `updated` are times, `auto` makes ids.
use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table = "books")]
struct Book {
    #[dynorm(partition_key, auto)]
    id: u32,
    #[dynorm(created)]
    created: String,
    #[dynorm(updated)]
    updated: u64,
}

fn main() {}
