//! The SDK with aws-dynamo-derive, which is a conversion of its maps: it holds neither lists of texts nor floating-point numbers,
//! and in an `Option` nothing but `NULL`.

use aws_dynamo_derive::{Item, Table};
use aws_sdk_dynamodb::Client;

use super::sdk::query;
use crate::library::Library;

#[derive(Table)]
#[aws_dynamo(table_name = "table")]
pub(super) struct Book {
    #[aws_dynamo(hash_key)]
    publisher: String,
    #[aws_dynamo(range_key)]
    sk: String,
    year: u16,
    isbn: String,
    title: String,
    pages: u32,
    available: bool,
    dimensions: Dimensions,
    created: String,
}

#[derive(Clone, Item)]
pub(super) struct Dimensions {
    width: u32,
    height: u32,
}

pub(super) struct AwsDynamoDerive(Client);

impl Library for AwsDynamoDerive {
    type Item = Book;
    const NAME: &'static str = "SDK + aws-dynamo-derive";
    const LACKS: &'static [&'static str] = &["authors", "rating"];

    fn new(client: Client) -> Self {
        Self(client)
    }

    async fn read(&self) -> Vec<Book> {
        let items = query(&self.0).await;
        items.iter().map(Book::from_attribute_value).collect::<Result<_, _>>().expect("books")
    }

    fn book(item: Book, n: usize) -> crate::book::Book {
        let dimensions = (item.dimensions.width, item.dimensions.height);
        let all = crate::book::Book::nth(n);
        let pages = Some(item.pages);
        crate::book!(item {
            publisher,
            sk,
            year,
            isbn,
            title,
            pages: pages,
            available,
            dimensions: dimensions,
            created,
            ..all
        })
    }
}
