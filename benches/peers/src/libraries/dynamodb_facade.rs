//! dynamodb-facade.

use aws_sdk_dynamodb::Client;
use dynamodb_facade::explicit_client::DynamoDBItemOp;
use dynamodb_facade::{KeyCondition, StringAttribute, attribute_definitions, dynamodb_item, table_definitions};

use super::serde_dynamo::Book;
use crate::book::PUBLISHER;
use crate::library::Library;

attribute_definitions! {
    Publisher { "publisher": StringAttribute }
    Sk { "sk": StringAttribute }
}

table_definitions! {
    Books {
        type PartitionKey = Publisher;
        type SortKey = Sk;
        fn table_name() -> String {
            "table".into()
        }
    }
}

dynamodb_item! {
    #[table = Books]
    Book {
        #[partition_key]
        Publisher {
            fn attribute_id(&self) -> &'id str { &self.publisher }
            fn attribute_value(id) -> String { id.to_owned() }
        }
        #[sort_key]
        Sk {
            fn attribute_id(&self) -> &'id str { &self.sk }
            fn attribute_value(id) -> String { id.to_owned() }
        }
    }
}

pub(super) struct DynamodbFacade(Client);

impl Library for DynamodbFacade {
    type Item = Book;
    const NAME: &'static str = "dynamodb-facade";

    fn new(client: Client) -> Self {
        Self(client)
    }

    async fn read(&self) -> Vec<Book> {
        Book::query(self.0.clone(), KeyCondition::pk(PUBLISHER.to_owned())).all().await.expect("books")
    }

    fn book(item: Book, _: usize) -> crate::book::Book {
        crate::book!(item)
    }
}
