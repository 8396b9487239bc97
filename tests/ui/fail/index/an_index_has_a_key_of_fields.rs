//! An index is made of stored fields and has a partition key.
use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table = "books")]
#[dynorm(index(ByAuthor, partition_key = autor))]
#[dynorm(index(ByYear, partition_key = "{yaer:04}", sort_key = cached))]
#[dynorm(index(ByNothing, sort_key = year))]
#[dynorm(index(ByTitle, partition_key = author, project(include(pagse, year, year))))]
struct Book {
    #[dynorm(partition_key)]
    title: String,
    author: String,
    year: u16,
    pages: u32,
    #[dynorm(skip)]
    cached: u32,
}

fn main() {}
