//! An update that does not know the old value cannot change a unique field.

use dynorm::{DynamoModel, Update};

#[derive(DynamoModel)]
#[dynorm(table = "users")]
struct User {
    #[dynorm(partition_key)]
    id: String,
    #[dynorm(unique)]
    email: Option<String>,
    logins: u32,
}

fn update() -> Update<User> {
    User::update(User::key().id("7"))
}

fn main() {
    let _ = update().add(User::LOGINS, 1).read_first().set(User::EMAIL, "jane@example.com");
    let _ = update().set(User::EMAIL, "jane@example.com");
    let _ = update().remove(User::EMAIL);
    let _ = update().read_first().set(User::ID, "8");
}
