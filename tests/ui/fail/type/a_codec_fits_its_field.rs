//! A codec has its types.
use dynorm::DynamoModel;

struct Opaque;

#[derive(DynamoModel)]
#[dynorm(table = "books")]
struct Book {
    #[dynorm(partition_key)]
    title: String,
    #[dynorm(with = epoch)]
    time: String,
    #[dynorm(with = Opaque)]
    pages: u32,
    #[dynorm(with = Missing)]
    missing: u32,
}

fn main() {}
