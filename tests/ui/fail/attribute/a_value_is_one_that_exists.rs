//! Values that are checked where they stand.
use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table = "my books", rename_all = "camel_case", crate = "not a path")]
#[dynorm(index(ByTitle, name = "by", partition_key = pages))]
struct Book {
    #[dynorm(partition_key, rename = "")]
    title: String,
    #[dynorm(auto = v5, alias = "")]
    id: String,
    #[dynorm(path = "PAGE COUNT")]
    pages: u32,
}

#[derive(DynamoModel)]
#[dynorm(table = "books", entity(name = "type"), sort_key(name = "sk"))]
struct Tagged {
    #[dynorm(partition_key)]
    title: String,
}

fn main() {}
