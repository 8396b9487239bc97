//! What cannot be an attribute.
use dynorm::DynamoAttribute;

#[derive(DynamoAttribute)]
struct Pair(u8, u8);

#[derive(DynamoAttribute)]
struct Nothing;

#[derive(DynamoAttribute)]
enum Never {}

#[derive(DynamoAttribute)]
enum Wide {
    Two(u8, u8),
    None(),
}

#[derive(DynamoAttribute)]
union Bits {
    number: u8,
}

fn main() {}
