//! Items that writes return.

use dynorm::{DynamoModel, Existed};
use dynorm_tests::Result;
use dynorm_tests::models::Note;
use dynorm_tests::wire::Reply;
use serde_json::{Value, json};
use uuid::Uuid;

use super::scripted;

fn note() -> Note {
    Note { id: Uuid::from_u64_pair(1, 1), text: "hello".into() }
}

fn stored() -> Value {
    json!({ "id": { "S": note().id.to_string() }, "text": { "S": "hello" }, "unknown": { "L": [{ "NULL": true }] } })
}

#[tokio::test]
async fn each_write_returns_its_item() -> Result {
    let (_, db, _) = scripted((0..4).map(|_| Reply::ok(json!({ "Attributes": stored() })).crc32()));

    assert_eq!(note().put().return_old().send(&db).await?, Some(note()));
    assert_eq!(Note::update(&note()).set(Note::TEXT, "new").return_old().send(&db).await?, note());
    assert_eq!(Note::delete(&note()).return_old().send(&db).await?, Some(note()));
    assert_eq!(Note::delete(&note()).send(&db).await?, Existed::Yes);
    Ok(())
}

#[tokio::test]
async fn an_empty_map_is_no_item() -> Result {
    let (_, db, _) = scripted((0..3).map(|_| Reply::ok(json!({ "Attributes": {} }))));

    assert_eq!(note().put().return_old().send(&db).await?, None);
    assert_eq!(Note::delete(&note()).return_old().send(&db).await?, None);
    assert_eq!(Note::delete(&note()).send(&db).await?, Existed::No);
    Ok(())
}

#[tokio::test]
async fn an_item_that_is_not_the_model_is_an_error_after_the_write() -> Result {
    let foreign = || Reply::ok(json!({ "Attributes": { "id": { "S": note().id.to_string() }, "text": { "N": "1" } } }));
    let (wire, db, _) = scripted([foreign(), foreign(), foreign()]);

    let put = note().put().return_old().send(&db).await.expect_err("no note");
    let update = Note::update(&note()).set(Note::TEXT, "new").return_new().send(&db).await.expect_err("no note");
    for error in [put, update] {
        assert!(error.is_decode());
        assert!(error.to_string().contains("Note.text: expected S, found N"), "{error}");
    }
    // Whoever does not ask for the item does not mind what it was.
    assert_eq!(Note::delete(&note()).send(&db).await?, Existed::Yes);
    assert_eq!(wire.sent().len(), 3);
    Ok(())
}
