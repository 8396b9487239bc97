//! dynorow, whose only floating-point numbers are of 32 bits.

use aws_sdk_dynamodb::Client;
use dynorow::key::KeyValue;
use dynorow::{DynamodbContext, DynoMap, DynoRow, Fetchable};

use crate::book::PUBLISHER;
use crate::library::Library;

#[derive(Debug, Clone, DynoRow, Fetchable)]
#[dynorow(table = table_name())]
pub(super) struct Book {
    #[dynorow(pk)]
    publisher: String,
    #[dynorow(sk)]
    sk: String,
    year: u32,
    isbn: String,
    title: String,
    authors: Vec<String>,
    pages: Option<u32>,
    rating: f32,
    available: bool,
    dimensions: Dimensions,
    created: String,
}

#[derive(Debug, Clone, DynoMap)]
pub(super) struct Dimensions {
    width: u32,
    height: u32,
}

fn table_name() -> String {
    "table".into()
}

pub(super) struct Dynorow(DynamodbContext);

impl Library for Dynorow {
    type Item = Book;
    const NAME: &'static str = "dynorow";

    fn new(client: Client) -> Self {
        Self(DynamodbContext::new(client))
    }

    async fn read(&self) -> Vec<Book> {
        let key = KeyValue::new_partition_key("publisher".into(), PUBLISHER.to_owned());
        self.0.get_list_with_pk_value(key, u16::MAX, None, true).await.expect("books").items
    }

    fn book(item: Book, _: usize) -> crate::book::Book {
        let dimensions = (item.dimensions.width, item.dimensions.height);
        let rating = item.rating.to_string().parse().expect("a number");
        crate::book!(item {
            publisher,
            sk,
            year: item.year as u16,
            isbn,
            title,
            authors,
            pages,
            rating: rating,
            available,
            dimensions: dimensions,
            created
        })
    }
}
