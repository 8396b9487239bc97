//! Keys: whatever the parts, a stored key sorts as its parts do and reads back as them, or is refused before it is sent.
#![no_main]

use arbitrary::Arbitrary;
use aws_sdk_dynamodb::types::AttributeValue;
use dynorm::{Db, DynamoModel, Item};
use dynorm_fuzz::Entry;
use dynorm_tests::wire::Wire;
use libfuzzer_sys::fuzz_target;

#[derive(Debug, Arbitrary)]
struct Parts {
    name: String,
    size: i64,
    rank: u8,
    rest: String,
}

fuzz_target!(|input: (Parts, Parts, Vec<u8>)| {
    let (one, two, stored) = input;
    let db = Wire::new([]).db();
    if let (Some(one), Some(two)) = (encoded(&one, &db), encoded(&two, &db)) {
        assert_eq!(one.0.cmp(&two.0), one.1.as_bytes().cmp(two.1.as_bytes()), "{one:?} {two:?}");
    }
    // What is stored under the key need not be what the model would write.
    let sk = String::from_utf8_lossy(&stored).into_owned();
    let mut item =
        item(&Entry { owner: "o".into(), name: "n".into(), size: 1, rank: 1, rest: "r".into() }, &db).expect("it fits");
    item.insert("sk".to_owned(), AttributeValue::S(sk.clone()));
    if let Ok(entry) = Entry::from_attributes(&item) {
        assert_eq!(sort_key(&self::item(&entry, &db).expect("it was read")), sk);
    }
});

/// The parts in the order of the key, and the sort key; `None` if it is refused.
#[expect(clippy::type_complexity, reason = "a key's parts")]
fn encoded(parts: &Parts, db: &Db) -> Option<((String, i64, std::cmp::Reverse<u8>, String), String)> {
    let Parts { name, size, rank, rest } = parts;
    let entry = Entry { owner: "o".into(), name: name.clone(), size: *size, rank: *rank, rest: rest.clone() };
    let item = item(&entry, db)?;
    assert_eq!(Entry::from_attributes(&item).expect("what is stored can be read"), entry);
    Some(((name.clone(), *size, std::cmp::Reverse(*rank), rest.clone()), sort_key(&item)))
}

fn item(entry: &Entry, db: &Db) -> Option<Item> {
    let request = entry.clone().put().request(db).ok()?;
    Some(Item::from(request.get_item().clone().expect("a put has an item")))
}

fn sort_key(item: &Item) -> String {
    item.get("sk").and_then(|sk| sk.as_s().ok()).expect("a sort key is text").clone()
}
