//! Names are compared after renaming, with aliases, templates, the entity and the write id.
use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table = "books", rename_all = "camelCase", sort_key = "{isbn}", entity = "book")]
#[dynorm(index(ByYear, partition_key = "Y#{year:04}"), write_id = "year")]
struct Book {
    #[dynorm(partition_key)]
    title: String,
    isbn: String,
    year: u16,
    first_name: String,
    #[dynorm(rename = "firstName")]
    given_name: String,
    sk: String,
    #[dynorm(alias = "title")]
    heading: String,
    #[dynorm(alias = "old", rename = "by_year_pk")]
    pages: u32,
    #[dynorm(alias = "old")]
    size: u32,
    entity: u8,
}

fn main() {}
