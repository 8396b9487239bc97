//! modyne: a Query whose items are read as entities one by one.

use aws_sdk_dynamodb::Client;
use modyne::expr::KeyCondition;
use modyne::model::Query;
use modyne::{Entity, EntityDef, EntityTypeNameRef, ProjectionExt, Table, keys};

use super::serde_dynamo::Book;
use crate::book::PUBLISHER;
use crate::library::Library;

pub(super) struct Modyne(Client);

impl Table for Modyne {
    type PrimaryKey = keys::Primary;
    type IndexKeys = keys::Gsi1;

    fn table_name(&self) -> &str {
        "table"
    }

    fn client(&self) -> &Client {
        &self.0
    }
}

impl EntityDef for Book {
    const ENTITY_TYPE: &'static EntityTypeNameRef = EntityTypeNameRef::from_static("book");
}

impl Entity for Book {
    type KeyInput<'a> = (&'a str, &'a str);
    type Table = Modyne;
    type IndexKeys = keys::Gsi1;

    fn primary_key((publisher, sk): (&str, &str)) -> keys::Primary {
        keys::Primary { hash: publisher.into(), range: sk.into() }
    }

    fn full_key(&self) -> keys::FullKey<keys::Primary, keys::Gsi1> {
        let indexes = keys::Gsi1 { hash: self.title.clone(), range: self.sk.clone() };
        keys::FullKey { primary: Self::primary_key((&self.publisher, &self.sk)), indexes }
    }
}

impl Library for Modyne {
    type Item = Book;
    const NAME: &'static str = "modyne";

    fn new(client: Client) -> Self {
        Self(client)
    }

    async fn read(&self) -> Vec<Book> {
        let query = Query::new(KeyCondition::<keys::Primary>::in_partition(PUBLISHER));
        let items = query.execute(self).await.expect("a page").items.unwrap_or_default();
        items.into_iter().map(Book::from_item).collect::<Result<_, _>>().expect("books")
    }

    fn book(item: Book, _: usize) -> crate::book::Book {
        crate::book!(item)
    }
}
