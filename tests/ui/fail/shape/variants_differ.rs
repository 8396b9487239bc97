//! Variants are told apart by their stored names, and the tag by its own.
use dynorm::DynamoAttribute;

#[derive(DynamoAttribute)]
#[dynorm(rename_all = "lowercase")]
enum Status {
    Open,
    #[dynorm(rename = "open")]
    Started,
    #[dynorm(alias = "open")]
    Closed,
}

#[derive(DynamoAttribute)]
#[dynorm(tag = "kind", content = "kind")]
enum Shape {
    Circle { kind: u8 },
    Label(String),
}

fn main() {}
