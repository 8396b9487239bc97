//! toasty with its DynamoDB driver.

use aws_sdk_dynamodb::Client;
use toasty::Db;
use toasty_driver_dynamodb::DynamoDb;
use tokio::sync::OnceCell;

use crate::book::PUBLISHER;
use crate::library::Library;

#[derive(Debug, toasty::Model)]
#[key(partition = publisher, local = sk)]
#[table = "table"]
pub(crate) struct Book {
    publisher: String,
    sk: String,
    year: u16,
    isbn: String,
    title: String,
    authors: Vec<String>,
    pages: Option<u32>,
    rating: f64,
    available: bool,
    #[document]
    dimensions: Dimensions,
    created: String,
}

#[derive(Debug, toasty::Embed)]
pub(crate) struct Dimensions {
    width: u32,
    height: u32,
}

pub(crate) struct Toasty {
    client: Client,
    /// Connects to nothing, but does that in a future.
    db: OnceCell<Db>,
}

impl Library for Toasty {
    type Item = Book;
    const NAME: &'static str = "toasty";

    fn new(client: Client) -> Self {
        Self { client, db: OnceCell::new() }
    }

    async fn read(&self) -> Vec<Book> {
        let connect = async || {
            let driver = DynamoDb::new("dynamodb://canned".into(), self.client.clone());
            Db::builder().models(toasty::models!(Book)).build(driver).await.expect("a database")
        };
        let mut db = self.db.get_or_init(connect).await.clone();
        Book::filter_by_publisher(PUBLISHER).exec(&mut db).await.expect("books")
    }

    fn book(item: Book, _: usize) -> crate::book::Book {
        crate::book!(item)
    }
}
