//! Mistakes in the types of attributes stay there.
use dynorm::{DynamoAttribute, DynamoModel};

#[derive(DynamoModel)]
#[dynorm(table = "books", sort_key = "{state}")]
struct Book {
    #[dynorm(partition_key)]
    title: String,
    state: State,
    address: Address,
    shape: Shape,
}

#[derive(DynamoAttribute)]
struct Address {
    #[dynorm(renam = "c")]
    city: String,
}

#[derive(DynamoAttribute)]
#[dynorm(colour)]
enum State {
    Open,
}

#[derive(DynamoAttribute)]
#[dynorm(tagg = "t")]
enum Shape {
    Round(u8),
}

fn uses() {
    let _path = Book::ADDRESS.dot(Address::CITY).exists::<dynorm::expr::Condition>();
    let _key = Book::key().title("a").state(State::Open);
}

fn main() {}
