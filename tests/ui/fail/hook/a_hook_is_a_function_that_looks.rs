//! A hook takes a reference to what it looks at, and returns nothing or an error.
use dynorm::{DynamoModel, Write};

#[derive(DynamoModel)]
#[dynorm(table = "books", before_write = takes_the_item, after_write = returns_a_value, after_read = returns_no_error)]
struct Book {
    #[dynorm(partition_key)]
    isbn: String,
}

fn takes_the_item(_: &Book) -> Result<(), std::fmt::Error> {
    Ok(())
}

fn returns_a_value(_: &Write<'_, Book>) -> bool {
    true
}

fn returns_no_error(_: &Book) -> Result<(), u8> {
    Ok(())
}

#[derive(DynamoModel)]
#[dynorm(table = "notes", before_write = missing, after_write, after_read = "text")]
struct Note {
    #[dynorm(partition_key)]
    id: String,
}

fn main() {}
