//! The requests of patches, and that one which keeps everything sends none.

use dynorm::{DynamoModel, DynamoPatch, Patch};
use dynorm_tests::Result;
use dynorm_tests::models::Book;
use dynorm_tests::wire::Reply;
use serde::Deserialize;
use serde_json::json;

use super::scripted;

#[derive(Debug, Default, DynamoPatch, Deserialize)]
#[dynorm(of = Book)]
struct BookPatch {
    #[serde(default)]
    title: Patch<String>,
    #[serde(default)]
    pages: Patch<u32>,
}

fn key() -> dynorm::Key<Book> {
    Book::new("Penguin", 1995, "9780140000001").to_key()
}

#[tokio::test]
async fn a_patch_sends_what_it_changes_and_updated() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({}))]);
    let patch: BookPatch = serde_json::from_str(r#"{ "title": "Emma", "pages": null }"#)?;

    assert!(Book::patch(key(), patch).send(&db).await?);

    wire.assert_sent([(
        "UpdateItem",
        json!({
            "TableName": "library",
            "Key": { "publisher": { "S": "Penguin" }, "sk": { "S": "1995-9780140000001" } },
            "UpdateExpression": "SET #0 = :0, #1 = :1 REMOVE #2",
            "ConditionExpression": "attribute_exists(#3)",
            "ExpressionAttributeNames": { "#0": "title", "#1": "updated", "#2": "pages", "#3": "publisher" },
            "ExpressionAttributeValues": { ":0": { "S": "Emma" }, ":1": { "S": "1970-01-01T00:16:40.000000000Z" } },
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }),
    )]);
    Ok(())
}

#[tokio::test]
async fn a_patch_that_keeps_everything_sends_nothing() -> Result {
    let (wire, db, _) = scripted([]);

    assert!(!Book::patch(key(), serde_json::from_str::<BookPatch>("{}")?).send(&db).await?);
    assert_eq!(Book::patch(key(), BookPatch::default()).return_new().send(&db).await?, None);
    let refused = Book::key().publisher("").year(1995).isbn("9780140000001");
    let error = Book::patch(refused, BookPatch::default()).send(&db).await.expect_err("the publisher is empty");

    assert!(error.is_key(), "{error}");
    assert!(wire.sent().is_empty());
    Ok(())
}

/// Without serde's `default`, serde has no value for an absent field; it must not be taken for `null`.
#[test]
fn an_absent_field_is_not_null() {
    #[derive(Debug, Deserialize)]
    struct Strict {
        pages: Patch<u32>,
    }

    let read = |body: &str| serde_json::from_str::<Strict>(body).map(|strict| strict.pages);
    assert_eq!(read(r#"{ "pages": null }"#).ok(), Some(Patch::Remove));
    assert_eq!(read(r#"{ "pages": 7 }"#).ok(), Some(Patch::Set(7)));
    let error = read("{}").expect_err("it is absent");
    assert!(error.to_string().contains("missing field `pages`"), "{error}");
    let value = serde_json::from_value::<Strict>(json!({ "pages": null })).map(|strict| strict.pages);
    assert_eq!(value.ok(), Some(Patch::Remove));
}

#[tokio::test]
async fn a_patch_can_be_looked_at() -> Result {
    let (wire, db, _) = scripted([]);
    let patch = || BookPatch { title: Patch::Set("Emma".into()), ..BookPatch::default() };

    let request = Book::patch(key(), patch()).request(&db)?.ok_or("a request")?;
    assert_eq!(request.get_update_expression().as_deref(), Some("SET #0 = :0, #1 = :1"));
    assert!(Book::patch(key(), BookPatch::default()).request(&db)?.is_none());
    let explain = Book::patch(key(), patch()).explain(&db)?;
    assert_eq!((explain.operation, explain.update.as_deref()), ("UpdateItem", Some("SET title = ?, updated = ?")));
    let explain = Book::patch(key(), BookPatch::default()).explain(&db)?;
    assert_eq!((&*explain.requests, explain.update), ("none, because the patch keeps everything", None));
    assert!(wire.sent().is_empty());
    Ok(())
}
