//! Where one part ends and the next begins must be visible, and only text of a fixed width has a descending form.
use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table = "books", sort_key = "{author}{year:04}")]
struct Adjacent {
    #[dynorm(partition_key)]
    title: String,
    author: String,
    year: u16,
}

#[derive(DynamoModel)]
#[dynorm(table = "books", sort_key = "{rev author}")]
struct Descending {
    #[dynorm(partition_key)]
    title: String,
    author: String,
}

#[derive(DynamoModel)]
#[dynorm(table = "books", sort_key = "{author:escape}{year:04}-{rev isbn:escape}")]
struct Escaped {
    #[dynorm(partition_key)]
    title: String,
    author: String,
    year: u16,
    isbn: String,
}

fn main() {}
