//! Index keys have the types of keys, or `Option`s of them.
use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table = "books")]
#[dynorm(index(ByTags, partition_key = tags))]
#[dynorm(index(ByScore, partition_key = score))]
#[dynorm(index(ByPages, partition_key = "{pages}"))]
struct Book {
    #[dynorm(partition_key)]
    title: String,
    tags: Vec<String>,
    score: Option<f64>,
    pages: Option<u32>,
}

fn main() {}
