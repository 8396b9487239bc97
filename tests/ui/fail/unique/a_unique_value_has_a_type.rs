//! What is unique is text, a number or bytes, in a table whose keys are text or beside a table of guards.

use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table = "users")]
struct User {
    #[dynorm(partition_key)]
    id: u64,
    #[dynorm(unique)]
    email: Option<String>,
    #[dynorm(unique)]
    phones: Vec<String>,
    #[dynorm(unique)]
    admin: bool,
}

fn main() {}
