//! Numbers need a form that sorts, and each form has its types.
use dynorm::DynamoModel;

#[derive(DynamoModel)]
#[dynorm(table = "books", sort_key = "{year}#{score}#{open}#{pages}")]
struct NoForm {
    #[dynorm(partition_key)]
    title: String,
    year: u16,
    score: f64,
    open: bool,
    pages: Option<u32>,
}

#[derive(DynamoModel)]
#[dynorm(table = "books", sort_key = "{signed:04}#{text:sortable}#{number:order}")]
struct WrongForm {
    #[dynorm(partition_key)]
    title: String,
    signed: i32,
    text: String,
    number: u32,
}

fn main() {}
