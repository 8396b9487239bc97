//! The requests of `rekey`.

use dynorm::DynamoModel;
use dynorm_tests::Result;
use dynorm_tests::models::Book;
use dynorm_tests::wire::Reply;
use serde_json::{Value, json};

use super::scripted;

const TIME: &str = "1970-01-01T00:16:40.000000000Z";

/// As an older writer stored it: another form of the time, a number with an exponent, and an attribute that the model does not know.
fn stored() -> Value {
    json!({
        "publisher": { "S": "Penguin" }, "year": { "N": "1995" }, "isbn": { "S": "9780140000001" },
        "title": { "S": "Emma" }, "author": { "S": "Jane Austen" }, "published": { "S": "1995-05-01" },
        "pages": { "N": "32E1" }, "created": { "S": "1970-01-01T00:00:05Z" }, "updated": { "S": "1970-01-01T00:00:05Z" },
        "sk": { "S": "1995-9780140000001" }, "blurb": { "M": { "en": { "S": "..." } } },
    })
}

#[tokio::test]
async fn the_new_key_must_be_free_and_the_old_item_as_it_was_read() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({ "Item": stored() })), Reply::ok(json!({}))]);
    let key = Book::key().publisher("Penguin").year(1995).isbn("9780140000001");
    let mut book = Book::get(key).tracked().send(&db).await?.ok_or("an item")?;

    book.year = 1996;
    assert!(book.rekey().send(&db).await?);

    let sent = wire.sent();
    let [_, request] = &sent[..] else { return Err("a read and a move".into()) };
    assert_eq!(request.operation, "TransactWriteItems");
    assert!(request.body["ClientRequestToken"].is_string());
    assert_eq!(
        request.body["TransactItems"],
        json!([
            { "Put": {
                "TableName": "library",
                "Item": {
                    "publisher": { "S": "Penguin" }, "year": { "N": "1996" }, "isbn": { "S": "9780140000001" },
                    "title": { "S": "Emma" }, "author": { "S": "Jane Austen" }, "published": { "S": "1995-05-01" },
                    "pages": { "N": "320" }, "created": { "S": "1970-01-01T00:00:05.000000000Z" },
                    "updated": { "S": TIME }, "sk": { "S": "1996-9780140000001" },
                    "blurb": { "M": { "en": { "S": "..." } } },
                },
                "ConditionExpression": "attribute_not_exists(#0)",
                "ExpressionAttributeNames": { "#0": "publisher" },
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            } },
            { "Delete": {
                "TableName": "library",
                "Key": { "publisher": { "S": "Penguin" }, "sk": { "S": "1995-9780140000001" } },
                "ConditionExpression": "attribute_exists(#0) AND #1 = :0 AND #2 = :1 AND #3 = :2 AND #4 = :3 \
                    AND #5 = :4 AND #6 = :5 AND #7 = :6 AND #8 = :7 AND #9 = :8",
                "ExpressionAttributeNames": {
                    "#0": "publisher", "#1": "author", "#2": "blurb", "#3": "created", "#4": "isbn", "#5": "pages",
                    "#6": "published", "#7": "title", "#8": "updated", "#9": "year",
                },
                "ExpressionAttributeValues": {
                    ":0": { "S": "Jane Austen" }, ":1": { "M": { "en": { "S": "..." } } },
                    ":2": { "S": "1970-01-01T00:00:05Z" }, ":3": { "S": "9780140000001" }, ":4": { "N": "32E1" },
                    ":5": { "S": "1995-05-01" }, ":6": { "S": "Emma" }, ":7": { "S": "1970-01-01T00:00:05Z" },
                    ":8": { "N": "1995" },
                },
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            } },
        ])
    );
    Ok(())
}

#[tokio::test]
async fn a_failed_rekey_leaves_the_item_as_it_was() -> Result {
    let failure = Reply::error("ResourceNotFoundException");
    let (wire, db, _) = scripted([Reply::ok(json!({ "Item": stored() })), failure]);
    let key = Book::key().publisher("Penguin").year(1995).isbn("9780140000001");
    let mut book = Book::get(key).tracked().send(&db).await?.ok_or("an item")?;

    book.year = 1996;
    let before = Book::clone(&book);
    let error = book.rekey().send(&db).await.expect_err("no table");

    assert_eq!(error.model(), Some("Book"));
    assert_eq!(*book, before);
    assert!(book.save().send(&db).await.is_err_and(|error| error.is_key_changed()), "still under its old key");
    assert_eq!(wire.sent().len(), 2);
    Ok(())
}
