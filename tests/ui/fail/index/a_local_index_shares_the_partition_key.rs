//! A local index differs from its table in one sort key attribute.
use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table = "books", sort_key = "{year:04}")]
#[dynorm(index(ByAuthor, local, partition_key = author, sort_key = pages))]
#[dynorm(index(ByPages, local))]
#[dynorm(index(ByBoth, local, sort_key(author, pages)))]
#[dynorm(index(Fine, local, partition_key = title, sort_key = pages))]
struct Book {
    #[dynorm(partition_key)]
    title: String,
    year: u16,
    author: String,
    pages: u32,
}

#[derive(DynamoModel)]
#[dynorm(table = "books", index(OfUnsorted, local, sort_key = pages))]
struct Unsorted {
    #[dynorm(partition_key)]
    title: String,
    pages: u32,
}

fn main() {}
