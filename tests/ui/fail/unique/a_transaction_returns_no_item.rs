//! Writes of a model with unique constraints are transactions, from which DynamoDB returns no items.

use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table = "users")]
struct User {
    #[dynorm(partition_key)]
    id: String,
    #[dynorm(unique)]
    email: String,
}

fn writes(user: &mut User) {
    let _ = User::delete(User::key().id("7")).return_old();
    let _ = user.put().return_old();
    let _ = user.upsert().return_new();
}

fn main() {}
