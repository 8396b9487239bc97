//! A batch has no conditions, so it cannot keep values unique.

use dynorm::{Db, DynamoModel};

#[derive(DynamoModel)]
#[dynorm(table = "users")]
struct User {
    #[dynorm(partition_key)]
    id: String,
    #[dynorm(unique)]
    email: String,
}

fn batches(db: &Db, user: User, users: Vec<User>) {
    let _ = db.batch_write().put(user);
    let _ = db.batch_write().put_all(users);
    let _ = db.batch_write().delete(User::key().id("7"));
}

fn main() {}
