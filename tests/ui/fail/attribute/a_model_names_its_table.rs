//! There is no default for a table's name.
use dynorm::DynamoModel;

#[derive(DynamoModel)]
struct Book {
    #[dynorm(partition_key)]
    title: String,
}

fn main() {}
