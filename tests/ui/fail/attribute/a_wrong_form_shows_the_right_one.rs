//! A known attribute in a form that it does not have shows its correct formats.
use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table("books"), rename_all(camelCase), validate = true, lenient_keys = true)]
#[dynorm(crate = dynorm, entity = order, sort_key = year, write_id(by))]
#[dynorm(index = "by-title")]
#[dynorm(index(ByYear, partition_key = "{year:04}", name("by-year"), project(some)))]
struct Book {
    #[dynorm(partition_key = true)]
    title: String,
    #[dynorm(rename, alias("a"), default(1))]
    year: u16,
    #[dynorm(auto = "v4", created(now))]
    pages: u32,
    #[dynorm = "skip"]
    cached: u32,
    #[dynorm("skip", path = TITLE)]
    other: u32,
}

fn main() {}
