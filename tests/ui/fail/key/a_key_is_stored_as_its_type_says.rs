//! A key attribute has no codec and no default.
use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table = "books", index(ByPages, partition_key = pages))]
struct Book {
    #[dynorm(partition_key, default)]
    title: String,
    #[dynorm(sort_key, with = epoch)]
    time: std::time::SystemTime,
    #[dynorm(with = json)]
    pages: u32,
}

fn main() {}
