//! One partition key, at most one sort key, and no sort key alone.
use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table = "books")]
struct NoKey {
    title: String,
}

#[derive(DynamoModel)]
#[dynorm(table = "books")]
struct TwoFields {
    #[dynorm(partition_key)]
    title: String,
    #[dynorm(partition_key)]
    author: String,
}

#[derive(DynamoModel)]
#[dynorm(table = "books", partition_key = "A#{author}")]
struct FieldAndTemplate {
    #[dynorm(partition_key)]
    title: String,
    author: String,
}

#[derive(DynamoModel)]
#[dynorm(table = "books")]
struct SortAlone {
    #[dynorm(sort_key)]
    title: String,
}

#[derive(DynamoModel)]
#[dynorm(table = "books", sort_key = "{author}")]
struct TwoSortKeys {
    #[dynorm(partition_key)]
    title: String,
    author: String,
    #[dynorm(sort_key)]
    year: u16,
}

#[derive(DynamoModel)]
#[dynorm(table = "books")]
struct OneFieldForBoth {
    #[dynorm(partition_key, sort_key)]
    title: String,
}

fn main() {}
