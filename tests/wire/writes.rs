//! The requests of put, create, update, delete and save.

use dynorm::{DynamoModel, Existed};
use dynorm_tests::Result;
use dynorm_tests::models::Book;
use dynorm_tests::wire::Reply;
use serde_json::{Value, json};

use super::scripted;

const TIME: &str = "1970-01-01T00:16:40.000000000Z";

fn book() -> Book {
    Book::new("Penguin", 1995, "9780140000001")
}

fn item() -> Value {
    json!({
        "publisher": { "S": "Penguin" }, "year": { "N": "1995" }, "isbn": { "S": "9780140000001" },
        "title": { "S": "Title of 9780140000001" }, "author": { "S": "Jane Austen" },
        "published": { "S": "1995-05-01" }, "pages": { "N": "320" },
        "created": { "S": TIME }, "updated": { "S": TIME }, "sk": { "S": "1995-9780140000001" },
    })
}

fn key() -> Value {
    json!({ "publisher": { "S": "Penguin" }, "sk": { "S": "1995-9780140000001" } })
}

#[tokio::test]
async fn put_sends_the_whole_item() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({}))]);

    book().put().send(&db).await?;

    wire.assert_sent([("PutItem", json!({ "TableName": "library", "Item": item() }))]);
    Ok(())
}

#[tokio::test]
async fn create_sends_a_condition() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({}))]);

    book().create().send(&db).await?;

    wire.assert_sent([(
        "PutItem",
        json!({
            "TableName": "library", "Item": item(),
            "ConditionExpression": "attribute_not_exists(#0)",
            "ExpressionAttributeNames": { "#0": "publisher" },
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }),
    )]);
    Ok(())
}

#[tokio::test]
async fn update_sends_what_it_changes_and_updated() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({}))]);
    let key_of_book = Book::key().publisher("Penguin").year(1995).isbn("9780140000001");

    let update = Book::update(key_of_book).set(Book::TITLE, "Emma").add(Book::PAGES, 1).condition(Book::PAGES.lt(500));
    update.send(&db).await?;

    wire.assert_sent([(
        "UpdateItem",
        json!({
            "TableName": "library", "Key": key(),
            "UpdateExpression": "SET #0 = :0, #1 = :1 ADD #2 :2",
            "ConditionExpression": "attribute_exists(#3) AND #2 < :3",
            "ExpressionAttributeNames": { "#0": "title", "#1": "updated", "#2": "pages", "#3": "publisher" },
            "ExpressionAttributeValues": { ":0": { "S": "Emma" }, ":1": { "S": TIME }, ":2": { "N": "1" }, ":3": { "N": "500" } },
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }),
    )]);
    Ok(())
}

#[tokio::test]
async fn delete_asks_whether_there_was_one() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({ "Attributes": item() })), Reply::ok(json!({}))]);

    assert_eq!(Book::delete(&book()).send(&db).await?, Existed::Yes);
    assert_eq!(Book::delete(&book()).send(&db).await?, Existed::No);

    let request = json!({ "TableName": "library", "Key": key(), "ReturnValues": "ALL_OLD" });
    wire.assert_sent([("DeleteItem", request.clone()), ("DeleteItem", request)]);
    Ok(())
}

#[tokio::test]
async fn save_sends_nothing_or_what_changed() -> Result {
    let (wire, db, clock) = scripted([Reply::ok(json!({ "Item": item() })), Reply::ok(json!({}))]);
    let mut tracked = Book::get(&book()).tracked().send(&db).await?.ok_or("an item")?;

    assert!(!tracked.save().send(&db).await?);
    clock.set(0);
    tracked.pages = None;
    tracked.title = "Emma".into();
    assert!(tracked.save().send(&db).await?);

    wire.assert_sent([
        ("GetItem", json!({ "TableName": "library", "Key": key() })),
        (
            "UpdateItem",
            json!({
                "TableName": "library", "Key": key(),
                "UpdateExpression": "SET #0 = :0, #1 = :1 REMOVE #2",
                "ConditionExpression": "attribute_exists(#3)",
                "ExpressionAttributeNames": { "#0": "title", "#1": "updated", "#2": "pages", "#3": "publisher" },
                "ExpressionAttributeValues": { ":0": { "S": "Emma" }, ":1": { "S": "1970-01-01T00:00:00.000000000Z" } },
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }),
        ),
    ]);
    Ok(())
}

#[tokio::test]
async fn a_failed_put_leaves_the_model_as_it_was() -> Result {
    let (wire, db, _) = scripted([Reply::internal_server_error()]);
    let mut book = book();
    let before = book.clone();

    let error = book.put().send(&db).await.expect_err("the script says so");

    assert_eq!(book, before);
    assert_eq!(error.operation(), Some("PutItem"));
    assert_eq!(wire.sent().len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_dropped_put_leaves_the_model_as_it_was() -> Result {
    let (_, db, _) = scripted([Reply::timeout()]);
    let mut book = book();
    let before = book.clone();

    {
        let mut put = std::pin::pin!(book.put().send(&db));
        // Polled once: stamped, encoded, and on its way.
        std::future::poll_fn(|context| {
            let _ = put.as_mut().poll(context);
            std::task::Poll::Ready(())
        })
        .await;
    }

    assert_eq!(book, before);
    Ok(())
}

/// A shelf with a nested struct and a list of structs.
mod shelf {
    use dynorm::{DynamoAttribute, DynamoModel};

    #[derive(Debug, DynamoModel)]
    #[dynorm(table = "shelves")]
    pub(super) struct Shelf {
        #[dynorm(partition_key)]
        pub(super) id: String,
        pub(super) place: Place,
        pub(super) books: Vec<Title>,
    }

    #[derive(Debug, DynamoAttribute)]
    pub(super) struct Place {
        pub(super) room: String,
        pub(super) row: Option<u8>,
    }

    #[derive(Debug, DynamoAttribute)]
    pub(super) struct Title {
        pub(super) title: String,
    }
}

#[tokio::test]
async fn save_sets_entries_of_maps_and_asks_for_the_list_that_it_repeats() -> Result {
    let book = |title: &str| json!({ "M": { "title": { "S": title }, "isbn": { "S": "978" } } });
    let item = json!({
        "id": { "S": "a" },
        "place": { "M": { "room": { "S": "hall" }, "row": { "N": "1" }, "light": { "BOOL": true } } },
        "books": { "L": [book("Emma")] },
    });
    let (wire, db, _) = scripted([Reply::ok(json!({ "Item": item })), Reply::ok(json!({}))]);
    let mut shelf = shelf::Shelf::get(shelf::Shelf::key().id("a")).tracked().send(&db).await?.ok_or("an item")?;

    shelf.place.room = "attic".into();
    shelf.place.row = None;
    shelf.books.push(shelf::Title { title: "Persuasion".into() });
    shelf.save().send(&db).await?;

    let persuasion = json!({ "M": { "title": { "S": "Persuasion" } } });
    let sent = wire.sent();
    assert_eq!(
        sent.last().map(|sent| &sent.body),
        Some(&json!({
            "TableName": "shelves", "Key": { "id": { "S": "a" } },
            "UpdateExpression": "SET #0.#1 = :0, #2 = :1 REMOVE #0.#3",
            "ConditionExpression": "attribute_exists(#4) AND #2 = :2 AND attribute_exists(#0)",
            "ExpressionAttributeNames": { "#0": "place", "#1": "room", "#2": "books", "#3": "row", "#4": "id" },
            "ExpressionAttributeValues": {
                ":0": { "S": "attic" }, ":1": { "L": [book("Emma"), persuasion] }, ":2": { "L": [book("Emma")] },
            },
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }))
    );
    Ok(())
}
