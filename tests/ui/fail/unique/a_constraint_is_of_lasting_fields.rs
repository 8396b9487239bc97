//! A unique constraint is of fields that are stored and change only when somebody changes them.

use std::time::SystemTime;

use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table = "users", unique(id), unique(email, phone), unique(email, nick, nick), unique(email, created))]
struct User {
    #[dynorm(partition_key)]
    id: String,
    #[dynorm(unique)]
    email: String,
    #[dynorm(unique = "email")]
    nick: String,
    #[dynorm(skip, unique)]
    shown: String,
    #[dynorm(created)]
    created: SystemTime,
    #[dynorm(updated, unique)]
    updated: SystemTime,
}

fn main() {}
