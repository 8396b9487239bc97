//! Markers, functions and names of indexes differ, and leave the model's own functions alone.
use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table = "books")]
#[dynorm(index(ByAuthor, name = "by-author", partition_key = author))]
#[dynorm(index(ByAuthor, name = "by-author-2", partition_key = author))]
#[dynorm(index(ByYear, name = "by-author", partition_key = author))]
#[dynorm(index(Query, name = "query", partition_key = author))]
struct Book {
    #[dynorm(partition_key)]
    title: String,
    author: String,
}

fn main() {}
