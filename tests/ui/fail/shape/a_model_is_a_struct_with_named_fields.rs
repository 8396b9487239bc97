//! What cannot be an item.
use dynorm::DynamoModel;

#[derive(DynamoModel)]
enum Kind {
    Book,
}

#[derive(DynamoModel)]
struct Tuple(String);

#[derive(DynamoModel)]
struct Nothing;

#[derive(DynamoModel)]
union Bits {
    number: u8,
}

fn main() {}
