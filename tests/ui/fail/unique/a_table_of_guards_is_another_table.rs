//! A table of guards has guards, and is not the table of the items.

use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table = "users", unique_table = "users-unique")]
struct User {
    #[dynorm(partition_key)]
    id: u64,
    email: String,
}

#[derive(DynamoModel)]
#[dynorm(table = "members", unique_table = "members")]
struct Member {
    #[dynorm(partition_key)]
    id: u64,
    #[dynorm(unique)]
    email: String,
}

fn main() {}
