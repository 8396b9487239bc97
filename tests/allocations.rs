//! What is allocated for answers that nobody should send: never more than a small multiple of their length.
//!
//! A test binary of its own, because its allocator counts.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;

use allocation_counter::measure;
use dynorm::stream::Record;
use dynorm::{Db, DynamoAttribute, DynamoModel};
use dynorm_tests::wire::{Reply, Wire};

#[derive(Debug, Clone, PartialEq, DynamoAttribute)]
struct Line {
    product: String,
    #[dynorm(alias = "hint", alias = "comment")]
    note: Option<String>,
    below: Vec<Line>,
}

/// As large as a model is, with keys that are numbers, and values of each kind.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "entries")]
struct Entry {
    #[dynorm(partition_key)]
    owner: i64,
    #[dynorm(sort_key)]
    number: u64,
    #[dynorm(alias = "remark", alias = "comment")]
    text: Option<String>,
    lines: Vec<Line>,
    tags: BTreeSet<String>,
    sizes: BTreeSet<i64>,
    weights: BTreeMap<String, f64>,
    big: Option<i128>,
    exact: Option<rust_decimal::Decimal>,
    json: Option<serde_json::Value>,
    seal: Option<Vec<u8>>,
    flags: Vec<Option<bool>>,
    more: Vec<BTreeMap<String, Vec<String>>>,
}

/// How long the bodies are, about.
const LENGTH: usize = 100_000;

/// A text of this length that begins and ends so, and repeats a piece between.
fn filled(start: &str, piece: &str, end: &str) -> String {
    format!("{start}{}{end}", piece.repeat(LENGTH / piece.len()))
}

/// Values of attributes.
fn values() -> Vec<(&'static str, String)> {
    let mut values = Vec::new();
    let mut add = |name, value| values.push((name, value));
    add("text", filled(r#"{"S":""#, r"\u0041", "\"}"));
    add("text", filled(r#"{"S":""#, r"\ud83e\udd80", "\"}"));
    add("text", filled(r#"{"S":""#, r"\n", "\"}"));
    add("text", filled(r#"{"S":""#, "a", ""));
    add("text", filled(r#"{"S":"x""#, r#","N":null"#, "}"));
    add("text", filled(r#"{"S":"x""#, r#","__type":{"a":[1]}"#, "}"));
    add("text", filled("", "{\"S\":", ""));
    add("lines", filled(r#"{"L":["#, r#"{"M":{}},"#, r#"{"NULL":true}]}"#));
    add("lines", filled(r#"{"L":["#, r#"{"M":{"product":{"S":""}}},"#, r#"{"NULL":true}]}"#));
    add("lines", filled(r#"{"L":[{"M":{"product":{"S":""}"#, r#","comment":{"S":""}"#, "}}]}"));
    add("lines", filled("", r#"{"L":[{"M":{"below":"#, ""));
    add("lines", filled("", r#"{"L":["#, ""));
    add("tags", filled(r#"{"SS":["#, "\"\",", "\"\"]}"));
    add("sizes", filled(r#"{"NS":["#, "\"1\",", "\"1\"]}"));
    add("sizes", filled(r#"{"NS":["#, "\"1E400000000\",", "\"1\"]}"));
    add("weights", filled(r#"{"M":{"#, r#""a":{"N":"1"},"#, r#""b":{"N":"1"}}}"#));
    add("flags", filled(r#"{"L":["#, r#"{"NULL":true},"#, r#"{"BOOL":true}]}"#));
    add("flags", filled(r#"{"L":["#, r#"{"NULL":true},"#, r#"{"S":""}]}"#));
    add("seal", filled(r#"{"B":""#, "AAAA", "\"}"));
    add("seal", filled(r#"{"B":""#, "AAAA", "*\"}"));
    add("more", filled(r#"{"L":["#, r#"{"M":{}},"#, r#"{"M":{}}]}"#));
    add("more", filled(r#"{"L":["#, r#"{"M":{"":{"L":[]}}},"#, r#"{"M":{}}]}"#));
    add("json", filled(r#"{"L":["#, r#"{"L":[]},"#, r#"{"M":{}}]}"#));
    add("json", filled("", r#"{"M":{"":"#, ""));
    add("unknown", filled("", "[", ""));
    add("unknown", filled("", "{\"\":", ""));
    for name in ["owner", "number", "big", "exact", "json"] {
        add(name, filled(r#"{"N":"1"#, "0", "\"}"));
        add(name, filled(r#"{"N":"0."#, "0", "1\"}"));
        add(name, filled(r#"{"N":"1E"#, "9", "\"}"));
        // Written out, these would be fifty million digits.
        add(name, r#"{"N":"1E50000000"}"#.to_owned());
        add(name, r#"{"N":"1E-50000000"}"#.to_owned());
    }
    values
}

/// An item with this attribute, and everything else that it has to have.
fn item(name: &str, value: &str) -> String {
    let needed = [
        ("owner", r#"{"N":"1"}"#),
        ("number", r#"{"N":"2"}"#),
        ("lines", r#"{"L":[]}"#),
        ("flags", r#"{"L":[]}"#),
        ("more", r#"{"L":[]}"#),
        ("weights", r#"{"M":{}}"#),
    ];
    let others = needed.iter().filter(|(other, _)| *other != name);
    let others: String = others.map(|(name, value)| format!(r#""{name}":{value},"#)).collect();
    format!(r#"{{{others}"{name}":{value}}}"#)
}

type Operation = fn(&Db) -> Pin<Box<dyn Future<Output = ()> + '_>>;

fn key() -> impl dynorm::FullKey<Model = Entry> + Send {
    Entry::key().owner(1).number(2)
}

const QUERY: Operation = |db| Box::pin(async { drop(Entry::query(Entry::key().owner(1)).all(db).await) });
const GET: Operation = |db| Box::pin(async { drop(Entry::get(key()).send(db).await) });
const TRACKED: Operation = |db| Box::pin(async { drop(Entry::get(key()).tracked().send(db).await) });
const BATCH_GET: Operation = |db| Box::pin(async { drop(Entry::batch_get([key()]).send(db).await) });
const TRANSACT_GET: Operation = |db| Box::pin(async { drop(db.transact_get((key(),)).send().await) });
const DELETE: Operation = |db| Box::pin(async { drop(Entry::delete(key()).return_old().send(db).await) });

/// What a call allocates at once for this answer, beyond what it does for one that has nothing in it.
fn peak(operation: Operation, body: &str) -> usize {
    let wire = Wire::new(["{}", "{}", body].map(|body| Reply::bytes(200, body.to_owned())));
    let db = wire.db();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    // The first call fills what is kept from call to call.
    runtime.block_on(operation(&db));
    let empty = measure(|| runtime.block_on(operation(&db)));
    let full = measure(|| runtime.block_on(operation(&db)));
    usize::try_from(full.bytes_max.saturating_sub(empty.bytes_max)).expect("it fits")
}

/// At most so many bytes for each byte of an answer, and some for its end.
#[track_caller]
fn assert_bounded(peak: usize, most: usize, body: &str) {
    let start = body.get(..200).unwrap_or(body);
    assert!(peak <= most * body.len() + 32_768, "{peak} bytes for {} that begin with {start}", body.len());
}

/// A map of one entry takes some five hundred bytes, of which there is one for nineteen bytes here.
#[test]
fn an_item_takes_what_it_holds() {
    for (name, value) in values() {
        let item = item(name, &value);
        for (operation, body) in [
            (QUERY, format!(r#"{{"Count":1,"Items":[{item}]}}"#)),
            (GET, format!(r#"{{"Item":{item}}}"#)),
            (TRACKED, format!(r#"{{"Item":{item}}}"#)),
            (BATCH_GET, format!(r#"{{"Responses":{{"entries":[{item}]}}}}"#)),
            (TRANSACT_GET, format!(r#"{{"Responses":[{{"Item":{item}}}]}}"#)),
            (DELETE, format!(r#"{{"Attributes":{item}}}"#)),
        ] {
            assert_bounded(peak(operation, &body), 40, &body);
        }
        let keys = r#"{"owner":{"N":"1"},"number":{"N":"2"}}"#;
        let event =
            format!(r#"{{"Records":[{{"eventName":"INSERT","dynamodb":{{"Keys":{keys},"NewImage":{item}}}}}]}}"#);
        let read = measure(|| {
            let records = Record::<Entry>::from_event(event.as_bytes());
            for record in records.iter().flatten() {
                let _ = (record.change(), record.key());
            }
        });
        assert_bounded(usize::try_from(read.bytes_max).expect("it fits"), 40, &event);
    }
}

/// An error for each item that is none is kept, which takes some five hundred bytes, too.
#[test]
fn an_answer_takes_no_more_than_it_has() {
    for (operation, most, body) in [
        (QUERY, 4, filled(r#"{"Count":4294967295,"Items":[]"#, " ", "}")),
        (QUERY, 4, filled(r#"{"Count":2147483647,"Items":[]"#, " ", "}")),
        (QUERY, 200, filled(r#"{"Items":["#, "{},", "{}]}")),
        (QUERY, 200, filled(r#"{"Items":["#, "[],", "{}]}")),
        (QUERY, 40, filled(r#"{"Items":["#, r#"{"a":{"S":""}},"#, "{}]}")),
        (QUERY, 4, filled(r#"{"Items":[]"#, r#","a":0"#, "}")),
        (QUERY, 4, filled(r#"{"Items":[]"#, r#","\u0041":0"#, "}")),
        (QUERY, 4, filled(r#"{"Items":[]"#, r#","Items":[]"#, "}")),
        (BATCH_GET, 40, filled(r#"{"Responses":{"#, r#""a":[],"#, r#""b":[]}}"#)),
        (BATCH_GET, 40, filled(r#"{"Responses":{"entries":["#, "{},", "{}]}}")),
        (BATCH_GET, 4, filled(r#"{"Responses":{"entries":["#, r#"{"owner":{"N":"1"},"number":{"N":"2"}},"#, "{}]}}")),
        (TRANSACT_GET, 40, filled(r#"{"Responses":["#, "{},", "{}]}")),
        (TRANSACT_GET, 40, filled(r#"{"Responses":["#, r#"{"Item":{}},"#, "{}]}")),
        (GET, 4, filled("", "[", "")),
        (GET, 4, filled("", r#"{"Item":"#, "")),
        (GET, 4, filled(r#"{"New":"#, "[", "")),
    ] {
        assert_bounded(peak(operation, &body), most, &body);
    }
}
