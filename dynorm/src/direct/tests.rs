//! Requests and answers of an SDK that writes and reads otherwise than today's: the same calls do the same.

mod other_sdk;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Mutex;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use fastrand::Rng;
use serde_json::Value;

use crate::codec::item_to_json;
use crate::{BatchWritten, Db, DynamoModel, Error, Item, stored};
use other_sdk::{OtherSdk, Way};

#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "books", sort_key = "{year:04}-{isbn}")]
struct Book {
    #[dynorm(partition_key)]
    publisher: String,
    year: u16,
    isbn: String,
    title: String,
    seal: Vec<u8>,
    tags: BTreeSet<String>,
    prices: BTreeMap<String, i64>,
    #[dynorm(flatten)]
    rest: Item,
}

#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "notes")]
struct Note {
    #[dynorm(partition_key)]
    number: i64,
    text: String,
}

/// Text that JSON has to escape, and text that looks like what stands for dynorm's JSON.
fn text(rng: &mut Rng) -> String {
    const PIECES: [&str; 12] = [
        "a",
        "\"",
        "\\",
        "(",
        "}",
        "\n",
        "\u{1}",
        "é",
        "😀",
        r#"{"(encoded by dynorm)":{"N":"0"}}"#,
        r#"{"Put":{"Item":{"(encoded by dynorm)":{"N":"0"}},"TableName":"books"}}"#,
        "(operations encoded by dynorm)",
    ];
    (0..rng.usize(0..5)).map(|_| PIECES[rng.usize(0..PIECES.len())]).collect()
}

/// Any attribute value.
fn value(rng: &mut Rng, depth: u8) -> AttributeValue {
    match rng.u8(0..if depth == 0 { 8 } else { 10 }) {
        0 => AttributeValue::S(text(rng)),
        1 => AttributeValue::N(rng.i64(..).to_string()),
        2 => AttributeValue::B(Blob::new(text(rng))),
        3 => AttributeValue::Bool(rng.bool()),
        4 => AttributeValue::Null(true),
        5 => AttributeValue::Ss(vec![text(rng) + "1", text(rng) + "2"]),
        6 => AttributeValue::Ns(vec!["-1.5".into(), rng.u32(..).to_string()]),
        7 => AttributeValue::Bs(vec![Blob::new(text(rng))]),
        8 => AttributeValue::L((0..rng.usize(0..3)).map(|_| value(rng, depth - 1)).collect()),
        _ => AttributeValue::M((0..rng.usize(0..3)).map(|_| (text(rng), value(rng, depth - 1))).collect()),
    }
}

fn book(rng: &mut Rng) -> Book {
    let rest: HashMap<_, _> = (0..rng.usize(0..3)).map(|n| (format!("rest{n}{}", text(rng)), value(rng, 3))).collect();
    Book {
        publisher: "Penguin".to_owned() + &text(rng),
        year: rng.u16(0..3_000),
        isbn: rng.u64(..).to_string(),
        title: text(rng),
        seal: (0..rng.usize(0..4)).map(|_| rng.u8(..)).collect(),
        tags: (0..rng.usize(0..3)).map(|_| text(rng)).collect(),
        prices: (0..rng.usize(0..3)).map(|_| (text(rng), rng.i64(..))).collect(),
        rest: Item(rest),
    }
}

fn note(rng: &mut Rng) -> Note {
    Note { number: rng.i64(..), text: text(rng) }
}

fn json(model: &impl DynamoModel) -> String {
    String::from_utf8(stored::encode(model).expect("an item")).expect("text")
}

/// What came of a call, as JSON: the order of attributes does not matter.
trait Came {
    fn came(&self) -> Value;
}

impl Came for () {
    fn came(&self) -> Value {
        Value::Null
    }
}

impl Came for Book {
    fn came(&self) -> Value {
        serde_json::from_str(&json(self)).expect("JSON")
    }
}

impl Came for Note {
    fn came(&self) -> Value {
        serde_json::from_str(&json(self)).expect("JSON")
    }
}

impl Came for Item {
    fn came(&self) -> Value {
        serde_json::from_slice(&item_to_json(self).expect("an item")).expect("JSON")
    }
}

impl Came for BatchWritten {
    fn came(&self) -> Value {
        self.operations.into()
    }
}

impl<T: Came> Came for Option<T> {
    fn came(&self) -> Value {
        self.as_ref().map(T::came).into_iter().collect()
    }
}

impl<T: Came> Came for Vec<T> {
    fn came(&self) -> Value {
        self.iter().map(T::came).collect()
    }
}

impl<A: Came, B: Came> Came for (A, B) {
    fn came(&self) -> Value {
        Value::Array(vec![self.0.came(), self.1.came()])
    }
}

/// What DynamoDB answers, for items of this seed.
fn answer(seed: u64, operation: &str) -> String {
    let rng = &mut Rng::with_seed(seed);
    let (book, note) = (json(&book(rng)), json(&note(rng)));
    match operation {
        "GetItem" => format!(r#"{{"Item":{book}}}"#),
        "Query" | "Scan" => {
            let key = r#"{"publisher":{"S":"p"},"sk":{"S":"1995-1"}}"#;
            format!(r#"{{"Items":[{book},{book}],"Count":2,"ScannedCount":2,"LastEvaluatedKey":{key}}}"#)
        }
        "BatchGetItem" => format!(r#"{{"Responses":{{"books":[{book}],"notes":[{note}]}},"UnprocessedKeys":{{}}}}"#),
        "TransactGetItems" => format!(r#"{{"Responses":[{{"Item":{book}}},{{}}]}}"#),
        "PutItem" | "UpdateItem" | "DeleteItem" => format!(r#"{{"Attributes":{book}}}"#),
        _ => "{}".to_owned(),
    }
}

/// Makes calls of each operation, with values of this seed, and returns what came of them.
async fn call_all(db: &Db, seed: u64) -> Vec<Result<Value, String>> {
    let rng = &mut Rng::with_seed(seed);
    let (mut book, mut note) = (book(rng), note(rng));
    let (title, other) = (text(rng), self::book(rng));
    let mut results = Vec::new();
    macro_rules! call {
        ($($call:expr;)*) => {
            $(results.push($call.await.map(|came| came.came()).map_err(|error: Error| error.to_string()));)*
        };
    }
    let update = || Book::update(&other).set(Book::TITLE, &title).set(Book::SEAL, book.seal.clone());
    call! {
        note.create().send(db);
        Book::get(&book).consistent().send(db);
        Book::get(&other).raw().send(db);
        Book::query(Book::key().publisher(&book.publisher)).filter(Book::TITLE.ne(&title)).max_pages(2).all(db);
        Book::scan().filter(Book::TITLE.ne(&title)).max_pages(2).all(db);
        update().send(db);
        update().condition(Book::TITLE.ne(&title)).return_new().send(db);
        Book::delete(&book).condition(Book::TITLE.ne(&title)).return_old().send(db);
        db.batch_write().put(book.clone()).put(note.clone()).put(other.clone()).delete(Note::key().number(7)).send();
        db.batch_get((Book::batch_get([&book, &other]).consistent(), Note::batch_get([&note]))).send();
        db.transact_get((Book::key().publisher(&book.publisher).year(1).isbn("2"), Note::key().number(3))).send();
    }
    call! {
        book.put().condition(Book::TITLE.ne(&title)).send(db);
        book.put().return_old().send(db);
    }
    let check = Book::condition_check(Book::key().publisher("p").year(1).isbn("2"), Book::TITLE.ne(&title));
    let change = Note::update(Note::key().number(1)).set(Note::TEXT, &title).condition(Note::TEXT.ne("x"));
    let transaction = db.transact().add(book.put().condition(Book::TITLE.ne(&title))).add(change);
    let transaction = transaction.add(Note::delete(Note::key().number(2)));
    call! {
        transaction.add(check).add(note.create()).add(Book::delete(&other)).token("t").send();
    }
    results
}

#[tokio::test(flavor = "current_thread")]
async fn an_sdk_that_writes_and_reads_in_another_way_is_sent_and_read_the_same() {
    for seed in 0..20 {
        let today = OtherSdk::new(Way::Compact, move |operation| Ok(answer(seed, operation)));
        let expected = call_all(&today.db(), seed).await;
        let failed: Vec<_> = expected.iter().filter(|result| result.is_err()).collect();
        assert!(failed.is_empty(), "seed {seed}: {failed:#?}");
        for way in Way::OTHERS {
            let other = OtherSdk::new(way, move |operation| Ok(answer(seed, operation)));
            let db = other.db();

            assert_eq!(call_all(&db, seed).await, expected, "seed {seed}, {way:?}");

            let sent = |sdk: &OtherSdk| sdk.sent();
            assert_eq!(sent(&other), sent(&today), "seed {seed}, {way:?}");
            // What is known of the client by now changes nothing.
            assert_eq!(call_all(&db, seed).await, expected, "seed {seed}, {way:?}, again");
            let again = sent(&other).split_off(sent(&today).len());
            assert_eq!(again, sent(&today), "seed {seed}, {way:?}, again");
        }
    }
}

#[tokio::test(flavor = "current_thread")]
async fn it_is_found_out_once_that_json_does_not_fit() {
    for (way, first, later) in [(Way::Compact, 1, 0), (Way::Reordered, 1, 0), (Way::Spaced, 2, 1), (Way::Packed, 2, 1)]
    {
        let sdk = OtherSdk::new(way, |_| Ok("{}".into()));
        let db = sdk.db();
        for (call, written) in [first, later, later].into_iter().enumerate() {
            Note { number: 1, text: format!("{call}") }.put().send(&db).await.expect("it is put");
            assert_eq!(sdk.take_written(), written, "{way:?}, call {call}");
        }
        // Another form of the same operation, and another handle of the same client.
        let other_form =
            Note { number: 1, text: "a".into() }.put().condition(Note::TEXT.ne("b")).send(&db.clone()).await;
        other_form.expect("it is put");
        assert_eq!(sdk.take_written(), 1, "{way:?}");
    }
    for (way, first) in [(Way::Compact, 1), (Way::Reordered, 2), (Way::Escaped, 2), (Way::Packed, 2)] {
        let sdk = OtherSdk::new(way, |_| Ok("{}".into()));
        let db = sdk.db();
        for (call, written) in [first, 1, 1].into_iter().enumerate() {
            db.transact().add(Note::delete(Note::key().number(1))).send().await.expect("it is deleted");
            assert_eq!(sdk.take_written(), written, "{way:?}, call {call}");
        }
    }
}

#[tokio::test(flavor = "current_thread")]
async fn each_resend_of_a_transaction_is_the_same_bytes_in_any_way() {
    for way in [Way::Compact, Way::Spaced, Way::Packed] {
        let refused = Mutex::new(2);
        let sdk = OtherSdk::new(way, move |_| {
            let mut refused = refused.lock().expect("no test panics in here");
            *refused -= 1;
            match *refused {
                0.. => Err(
                    r#"{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","CancellationReasons":[{"Code":"TransactionConflict"},{"Code":"None"}]}"#,
                ),
                ..0 => Ok("{}".to_owned()),
            }
        });
        let mut note = Note { number: 1, text: "a".into() };

        let sent = sdk.db().transact().add(note.create()).add(Note::delete(Note::key().number(2))).send().await;

        sent.expect("it is done at the third attempt");
        let bodies = sdk.bodies();
        assert_eq!(bodies.len(), 3, "{way:?}");
        assert!(bodies.iter().all(|body| *body == bodies[0]), "{way:?}");
        assert_eq!(sdk.sent()[2].1["TransactItems"].as_array().map(Vec::len), Some(2), "{way:?}");
    }
}

#[tokio::test(flavor = "current_thread")]
async fn an_answer_that_nobody_can_read_is_no_answer_without_items() {
    for way in [Way::Compact, Way::Packed] {
        // The SDK takes no body at all for an empty object.
        let db = OtherSdk::new(way, |_| Ok(String::new())).db();
        let error = Note::get(Note::key().number(1)).send(&db).await.expect_err("nobody knows");
        assert!(error.is_decode(), "{way:?}: {error}");
        let error = Note::batch_get([Note::key().number(1)]).send(&db).await.expect_err("nobody knows");
        assert!(error.is_unprocessed(), "{way:?}: {error}");
    }
    let db = OtherSdk::new(Way::Packed, |_| Ok("{}".into())).db();
    assert_eq!(Note::get(Note::key().number(1)).send(&db).await.expect("an answer"), None);
}

#[tokio::test(flavor = "current_thread")]
async fn keys_that_are_left_unprocessed_are_asked_for_again_in_any_way() {
    for way in [Way::Compact, Way::Spaced, Way::Packed] {
        let left = Mutex::new(true);
        let sdk = OtherSdk::new(way, move |_| {
            let first = std::mem::take(&mut *left.lock().expect("no test panics in here"));
            let (found, left) = if first { (1, r#"{"notes":{"Keys":[{"number":{"N":"2"}}]}}"#) } else { (2, "{}") };
            let note = json(&Note { number: found, text: String::new() });
            Ok(format!(r#"{{"Responses":{{"notes":[{note}]}},"UnprocessedKeys":{left}}}"#))
        });

        let notes = Note::batch_get([2, 1].map(|number: i64| Note::key().number(number))).send(&sdk.db()).await;

        let numbers: Vec<_> = notes.expect("both").into_iter().flatten().map(|note| note.number).collect();
        assert_eq!(numbers, [2, 1], "{way:?}");
        let asked: Vec<_> = sdk.sent().iter().map(|(_, body)| body["RequestItems"]["notes"]["Keys"].clone()).collect();
        let keys = |numbers: &[&str]| numbers.iter().map(|n| serde_json::json!({ "number": { "N": n } })).collect();
        assert_eq!(asked, [Value::Array(keys(&["2", "1"])), Value::Array(keys(&["2"]))], "{way:?}");
    }
}
