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
    let read_first = || User::update(User::key().id("7")).read_first();
    let _ = read_first().return_new();
    let _ = read_first().return_old();
    let _ = read_first().return_updated_new();
    let _ = read_first().return_updated_old();
}

fn main() {}
