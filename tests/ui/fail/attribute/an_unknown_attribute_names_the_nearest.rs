//! An attribute that does not exist is one error, whatever value it has, with the nearest spelling or the valid list.
use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(tabel = "books", table = "books")]
#[dynorm(index(ByTitle, partition_key = title, sortkey = year))]
struct Book {
    #[dynorm(partition_key, colour = Vec<(u8, u8)>)]
    title: String,
    #[dynorm(renamed = "y", sensitive)]
    year: u16,
    #[dynorm(lifetime(days = 3, exact))]
    pages: u32,
}

fn main() {}
