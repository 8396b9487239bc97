//! The requests of `batch_get`, and what it does with what DynamoDB leaves unprocessed.

use dynorm::{BatchGet, DynamoModel, DynamoProjection, Item, Key};
use dynorm_tests::Result;
use dynorm_tests::models::{Book, Film, Note, Session};
use dynorm_tests::wire::Reply;
use serde_json::{Value, json};
use uuid::Uuid;

use super::scripted;

#[derive(Debug, PartialEq, DynamoProjection)]
#[dynorm(of = Note)]
struct Text {
    text: String,
}

fn id(n: usize) -> Uuid {
    Uuid::from_u64_pair(1, n as u64)
}

fn note(n: usize) -> Note {
    Note { id: id(n), text: format!("note {n}") }
}

fn notes(numbers: impl IntoIterator<Item = usize>) -> BatchGet<Note> {
    Note::batch_get(numbers.into_iter().map(|n| Note::key().id(id(n))))
}

fn key(n: usize) -> Value {
    json!({ "id": { "S": id(n).to_string() } })
}

fn item(n: usize) -> Value {
    json!({ "text": { "S": format!("note {n}") }, "id": { "S": id(n).to_string() } })
}

fn request(numbers: impl IntoIterator<Item = usize>) -> (&'static str, Value) {
    let keys: Vec<_> = numbers.into_iter().map(key).collect();
    ("BatchGetItem", json!({ "RequestItems": { "notes": { "Keys": keys } }, "ReturnConsumedCapacity": "TOTAL" }))
}

fn answer(found: impl IntoIterator<Item = usize>, left: impl IntoIterator<Item = usize>) -> Reply {
    let found: Vec<_> = found.into_iter().map(item).collect();
    let left: Vec<_> = left.into_iter().map(key).collect();
    let unprocessed = if left.is_empty() { json!({}) } else { json!({ "notes": { "Keys": left } }) };
    Reply::ok(json!({ "Responses": { "notes": found }, "UnprocessedKeys": unprocessed }))
}

#[tokio::test]
async fn the_items_stand_as_the_keys_do() -> Result {
    let (wire, db, _) = scripted([answer([3, 1], [])]);

    let found = notes([1, 2, 3, 1]).send(&db).await?;

    assert_eq!(found, [Some(note(1)), None, Some(note(3)), Some(note(1))]);
    wire.assert_sent([request([1, 2, 3])]);
    Ok(())
}

#[tokio::test]
async fn keys_are_asked_for_by_the_hundred() -> Result {
    let (wire, db, _) = scripted([answer(0..100, []), answer(100..150, [])]);

    let found = notes(0..150).concurrency(1).send(&db).await?;

    assert_eq!(found, (0..150).map(|n| Some(note(n))).collect::<Vec<_>>());
    wire.assert_sent([request(0..100), request(100..150)]);
    Ok(())
}

#[tokio::test]
async fn what_is_unprocessed_is_asked_for_again_at_once_while_something_comes() -> Result {
    let (wire, db, _) = scripted([answer([1], [2, 3]), answer([2], [3]), answer([], [])]);

    let found = notes([1, 2, 3]).send(&db).await?;

    assert_eq!(found, [Some(note(1)), Some(note(2)), None]);
    wire.assert_sent([request([1, 2, 3]), request([2, 3]), request([3])]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_stays_unprocessed_is_in_the_error_with_what_came() -> Result {
    let stuck = (0..8).map(|_| answer([], [2]));
    let (wire, db, _) = scripted(std::iter::once(answer([1], [2])).chain(stuck));

    let error = notes([1, 2]).send(&db).await.expect_err("one key stays unprocessed");

    assert!(error.is_unprocessed(), "{error}");
    assert_eq!(error.keys_unread::<Note>(), [note(2).to_key()]);
    assert_eq!(error.keys_unread::<Book>(), [] as [Key<Book>; 0]);
    let read: Vec<Note> = error.items_read()?;
    let texts: Vec<Text> = error.items_read()?;
    assert_eq!((read, texts), (vec![note(1)], vec![Text { text: "note 1".into() }]));
    assert_eq!(wire.sent().len(), 9);
    Ok(())
}

#[tokio::test]
async fn what_a_failed_request_asked_for_is_in_the_error() -> Result {
    let (_, db, _) = scripted([answer(0..100, []), Reply::error("ThrottlingException")]);

    let error = notes(0..250).concurrency(1).send(&db).await.expect_err("throttled");

    assert!(error.is_unprocessed() && error.is_throttled(), "{error}");
    assert_eq!(error.keys_unread::<Note>(), (100..250).map(|n| note(n).to_key()).collect::<Vec<_>>());
    assert_eq!(error.items_read::<Note, _>()?, (0..100).map(note).collect::<Vec<_>>());
    let text = error.to_string();
    assert!(text.starts_with("BatchGetItem: 150 of the 250 keys of the batch were not read"), "{text}");
    Ok(())
}

#[tokio::test]
async fn expired_items_of_a_failed_batch_are_hidden_too() -> Result {
    let session = |number: u16, expires: u32| {
        json!({
            "tenant": { "S": "acme" }, "sk": { "S": format!("SESSION#{number:04}") }, "number": { "N": number.to_string() },
            "device": { "S": "phone" }, "user": { "S": "ann" }, "expires": { "N": expires.to_string() },
        })
    };
    // The clock stands at 1,000 seconds.
    let came = || Reply::ok(json!({ "Responses": { "sessions": [session(1, 999), session(2, 1_001)] } }));
    let sessions = || Session::batch_get((1..=150).map(|number| Session::key().tenant("acme").number(number)));
    let failed = || Reply::error("ThrottlingException");
    let (_, db, _) = scripted([came(), failed(), came(), failed()]);

    let error = sessions().concurrency(1).send(&db).await.expect_err("throttled");
    let read: Vec<Session> = error.items_read()?;
    assert_eq!(read.iter().map(|session| session.number).collect::<Vec<_>>(), [2]);
    assert_eq!(error.items_read::<Item, Session>()?.len(), 1);
    let error = sessions().with_expired().concurrency(1).send(&db).await.expect_err("throttled");
    assert_eq!(error.items_read::<Session, _>()?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn models_of_one_table_share_its_entry() -> Result {
    #[derive(Debug, PartialEq, DynamoModel)]
    #[dynorm(table = "notes")]
    struct Draft {
        #[dynorm(partition_key)]
        id: Uuid,
        lines: u8,
    }
    let draft = json!({ "id": { "S": id(2).to_string() }, "lines": { "N": "2" } });
    let body = json!({ "Responses": { "notes": [draft, item(1)], "films": [] } });
    let (wire, db, _) = scripted([Reply::ok(body)]);
    let film = Film::new(1962, "cleo", "Cleo");

    let drafts = Draft::batch_get([Draft::key().id(id(2))]);
    let (notes, drafts, films) =
        db.batch_get((notes([1]), drafts, Film::batch_get([&film]).consistent())).send().await?;

    assert_eq!((notes, drafts, films), (vec![Some(note(1))], vec![Some(Draft { id: id(2), lines: 2 })], vec![None]));
    wire.assert_sent([(
        "BatchGetItem",
        json!({
            "RequestItems": {
                "notes": { "Keys": [key(1), key(2)] },
                "films": {
                    "Keys": [{ "studio": { "S": "Rialto" }, "sk": { "S": "FILM#1962#cleo" } }], "ConsistentRead": true,
                },
            },
            "ReturnConsumedCapacity": "TOTAL",
        }),
    )]);
    Ok(())
}

#[tokio::test]
async fn batches_that_read_one_table_in_two_ways_take_two_requests() -> Result {
    let (wire, db, _) = scripted([answer([1], []), answer([1, 2], [])]);

    let batches = (notes([1]).concurrency(1), notes([1, 2]).project::<Text>().concurrency(1));
    let (whole, texts) = db.batch_get(batches).send().await?;

    assert_eq!(whole, [Some(note(1))]);
    assert_eq!(texts, [1, 2].map(|n| Some(Text { text: format!("note {n}") })));
    let (operation, mut second) = request([1, 2]);
    second["RequestItems"]["notes"]["ProjectionExpression"] = "#0, #1".into();
    second["RequestItems"]["notes"]["ExpressionAttributeNames"] = json!({ "#0": "text", "#1": "id" });
    wire.assert_sent([request([1]), (operation, second)]);
    Ok(())
}

#[tokio::test]
async fn equal_numbers_are_one_key() -> Result {
    #[derive(Debug, PartialEq, DynamoModel)]
    #[dynorm(table = "days")]
    struct Day {
        #[dynorm(partition_key)]
        number: u64,
    }
    let found = |digits: &str| json!({ "number": { "N": digits } });
    let body =
        json!({ "Responses": { "days": [found("1E+2")] }, "UnprocessedKeys": { "days": { "Keys": [found("7.0")] } } });
    let (_, db, _) = scripted([Reply::ok(body), Reply::ok(json!({ "Responses": { "days": [found("7")] } }))]);

    let days = Day::batch_get([100, 7].map(|number: u64| Day::key().number(number))).send(&db).await?;

    assert_eq!(days, [Some(Day { number: 100 }), Some(Day { number: 7 })]);
    Ok(())
}

#[tokio::test]
async fn no_keys_and_wrong_keys_send_nothing() -> Result {
    let (wire, db, _) = scripted([]);

    assert_eq!(notes([]).send(&db).await?, []);
    let wrong = [Book::key().publisher("").year(1995).isbn("9780140000001")];
    let error = Book::batch_get(wrong).send(&db).await.expect_err("the publisher is empty");

    assert!(error.is_key(), "{error}");
    assert!(wire.sent().is_empty());
    Ok(())
}

#[tokio::test]
async fn an_item_that_is_not_the_model_is_an_error_with_its_key() -> Result {
    let wrong = json!({ "id": { "S": id(2).to_string() }, "text": { "N": "5" } });
    let (_, db, _) = scripted([Reply::ok(json!({ "Responses": { "notes": [item(1), wrong] } }))]);

    let error = notes([1, 2]).send(&db).await.expect_err("its text is a number");

    assert_eq!(error.to_string(), "BatchGetItem of Note in table notes: Note.text: expected S, found N");
    let expected: Item = note(2).to_key().to_sdk()?.into();
    assert_eq!(error.item_key(), Some(&expected));
    assert!(!format!("{error:?}").contains(&id(2).to_string()));
    Ok(())
}

#[tokio::test]
async fn an_answer_with_other_items_is_an_error() -> Result {
    for body in [
        json!({ "Responses": { "notes": [item(9)] } }),
        json!({ "Responses": { "books": [item(1)] } }),
        json!({ "Responses": { "notes": [{ "text": { "S": "no key" } }] } }),
        json!({ "Responses": {}, "UnprocessedKeys": { "notes": { "Keys": [key(9)] } } }),
    ] {
        let (_, db, _) = scripted([Reply::ok(body)]);

        let error = notes([1]).send(&db).await.expect_err("it was not asked for");

        assert_eq!(error.keys_unread::<Note>(), [note(1).to_key()], "{error}");
    }
    Ok(())
}
