//! Whole bodies that DynamoDB may send, and those that it would not: what the direct path reads is what the SDK reads, and nothing panics.

use dynorm::DynamoModel;
use dynorm_tests::wire::{Reply, Wire};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

use super::orders::{Order, block_on, direct, order, over_maps, page, render, stored};

/// An order to build bodies around.
fn plain() -> Value {
    stored(&Order::plain())
}

/// The body of a page with one order, with `more` as another attribute of it.
fn with(more: &str) -> Vec<u8> {
    let body = page(&[plain()]).to_string();
    body.replacen(r#""shop":"#, &format!(r#""more":{more},"shop":"#), 1).into_bytes()
}

/// Both paths read the one item of this body, as the same.
#[track_caller]
fn same(body: &[u8]) -> Order {
    let text = String::from_utf8_lossy(&body[..body.len().min(3_000)]);
    let (direct, over_maps) = (direct(body), over_maps(body));
    assert_eq!(direct, over_maps, "{text}");
    let [Ok(order)] = direct.as_deref().unwrap_or_default() else { panic!("{text}") };
    order.clone()
}

/// Neither path reads this body.
#[track_caller]
fn refused(body: &[u8]) {
    let text = String::from_utf8_lossy(&body[..body.len().min(3_000)]);
    assert!(direct(body).is_none_or(|seen| seen.iter().all(Result::is_err) && !seen.is_empty()), "{text}");
    assert!(over_maps(body).is_none_or(|seen| seen.iter().all(Result::is_err) && !seen.is_empty()), "{text}");
}

/// dynorm does not read what the SDK does not, and what both read is the same. It may refuse more.
#[track_caller]
pub(super) fn not_more(body: &[u8]) {
    let text = String::from_utf8_lossy(&body[..body.len().min(3_000)]);
    match (direct(body), over_maps(body)) {
        (None, _) => {}
        (Some(seen), None) => assert!(seen.iter().any(Result::is_err), "{text}"),
        (Some(seen), Some(over_maps)) => {
            assert_eq!(seen.len(), over_maps.len(), "{text}");
            for (direct, over_maps) in seen.into_iter().zip(over_maps) {
                assert!(direct.is_err() || direct == over_maps, "{text}");
            }
        }
    }
}

fn nested(levels: usize) -> String {
    let maps = levels / 2;
    let lists = levels - maps;
    let (open, close) = (r#"{"L":["#.repeat(lists), "]}".repeat(lists));
    format!("{open}{}{}{}{close}", r#"{"M":{"m":"#.repeat(maps), r#"{"S":"x"}"#, "}}".repeat(maps))
}

#[test]
fn every_kind_of_value_is_the_same_on_both_paths() {
    let values = [
        r#"{"NULL":true}"#,
        r#"{"NULL":false}"#,
        r#"{"BOOL":false}"#,
        r#"{"L":[]}"#,
        r#"{"M":{}}"#,
        r#"{"S":""}"#,
        r#"{"B":""}"#,
        r#"{"B":"AAEC/w=="}"#,
        r#"{"BS":["AA==",""]}"#,
        r#"{"SS":["","a","\n"]}"#,
        r#"{"NS":["1","1.0","1E0"]}"#,
        r#"{"S":"\"\\\/\b\f\n\r\t\u0000\u001f\u007f\u2028\ud83e\udd80🦀é漢"}"#,
        r#"{"N":"12345678901234567890123456789012345678"}"#,
        r#"{"N":"-1.2345678901234567890123456789012345678E-92"}"#,
        r#"{"N":"9.9999999999999999999999999999999999999E+125"}"#,
        r#"{"N":"1E-130"}"#,
        r#"{"N":"0"}"#,
        r#"{ "M" : { "a" : { "L" : [ { "NULL" : true } , { "M" : { } } ] } , "\u0062" : { "N" : "1" } } }"#,
        r#"{"S":"x","N":null,"__type":"AttributeValue"}"#,
    ];
    for value in values {
        let order = same(&with(value));
        assert!(order.rest.contains_key("more"), "{value}");
    }
    for levels in [1, 2, 31, 32] {
        same(&with(&nested(levels)));
    }
}

#[test]
fn unknown_members_change_nothing() {
    let item = plain();
    let expected = Order::from_json(item.to_string().as_bytes()).expect("it is one");
    let bodies = [
        format!(r#"{{"Items":[{item}],"Count":1,"ScannedCount":1}}"#),
        format!(r#"{{"New":{{"a":[1,2.5e3,-0,true,null,{{"b":"\ud83e\udd80"}}]}},"Items":[{item}],"Count":1}}"#),
        format!(
            r#"{{"Count":1,"ConsumedCapacity":{{"TableName":"orders","CapacityUnits":0.5,"Other":{{}}}},"Items":[{item}]}}"#
        ),
        format!(r#"{{"Items":null,"Items":[{item}],"LastEvaluatedKey":null,"Count":null}}"#),
        format!("\r\n\t {{ \"Items\" : [ {item} ] }} \n"),
        format!(r#"{{"\u0049tems":[{item}],"Count":1}}"#),
    ];
    for body in bodies {
        assert_eq!(same(body.as_bytes()), expected);
    }
}

/// The names of an item are expected in the order of the one before it.
#[test]
fn a_name_that_begins_like_the_expected_one_is_another() {
    let item = plain().to_string();
    let names = plain();
    for name in names.as_object().expect("an item").keys() {
        for other in [format!("{name}s"), format!("{name}\\\""), format!("{name}\\u0000"), format!("{name}:")] {
            let (expected, value) = (format!(r#""{name}":"#), r#"{"S":"x"}"#);
            let second = item.replacen(&expected, &format!(r#""{other}":{value},{expected}"#), 1);
            let body = format!(r#"{{"Items":[{item},{second},{item}],"Count":3}}"#);
            let (direct, over_maps) = (direct(body.as_bytes()), over_maps(body.as_bytes()));
            assert_eq!(direct, over_maps, "{body}");
            let rest = direct.iter().flatten().map(|order| order.as_ref().map(|order| order.rest.len()));
            assert_eq!(rest.collect::<Vec<_>>(), [Ok(0), Ok(1), Ok(0)], "{body}");
        }
    }
}

#[test]
fn what_stands_twice_counts_once() {
    let (one, two) = (plain(), stored(&Order { number: 2, ..Order::plain() }));
    let member = format!(r#"{{"Items":[{one},{one}],"Count":2,"Items":[{two}],"Count":1}}"#);
    assert_eq!(same(member.as_bytes()).number, 2);

    let attribute = |last: &str| {
        let body = page(&[plain()]).to_string();
        body.replacen(r#""gift":"#, &format!(r#""gift":{last},"gift":"#), 1).into_bytes()
    };
    assert_eq!(same(&attribute(r#"{"BOOL":true}"#)).gift, Order::plain().gift);
    // The path over maps never sees the first; the direct one reads it, and may refuse it.
    not_more(&attribute(r#"{"S":"no boolean"}"#));
    let keys = page(&[plain()]).to_string();
    let (sk, other) = (format!(r#""sk":{}"#, plain()["sk"]), r#""sk":{"S":"1999-01-01#000009"}"#);
    assert_eq!(same(keys.replacen(&sk, &format!("{other},{sk}"), 1).as_bytes()).number, 1);
    refused(keys.replacen(&sk, &format!("{sk},{other}"), 1).as_bytes());
    // Under older names, too: of two the one that is declared first counts, and of one that comes twice the last.
    let older = |names: [&str; 3]| {
        let mut item = plain();
        item.as_object_mut().expect("an item").remove("remark");
        let older = |(n, name)| format!(r#""{name}":{{"S":"{n}"}},"#);
        let older: String = (0..3).zip(names).map(older).collect();
        same(page(&[item]).to_string().replacen(r#""shop":"#, &format!(r#"{older}"shop":"#), 1).as_bytes()).remark
    };
    assert_eq!(older(["comment", "comment", "other"]).as_deref(), Some("1"));
    assert_eq!(older(["annotation", "comment", "comment"]).as_deref(), Some("2"));
    assert_eq!(older(["comment", "comment", "annotation"]).as_deref(), Some("1"));
    assert_eq!(older(["annotation", "other", "annotation"]).as_deref(), Some("2"));
    let entity = r#""entity":{"S":"order"}"#;
    assert_eq!(same(keys.replacen(entity, &format!(r#""entity":{{"S":"x"}},{entity}"#), 1).as_bytes()).number, 1);
    refused(keys.replacen(entity, &format!(r#"{entity},"entity":{{"S":"x"}}"#), 1).as_bytes());
}

#[test]
fn what_is_not_json_is_refused() {
    let body = page(&[plain()]).to_string();
    let bodies = [
        format!("\u{feff}{body}"),
        format!("{body}x"),
        format!("{body}{body}"),
        format!("{body},"),
        format!("[{body}]"),
        body.replacen("Items", "It\nems", 1).replacen("Count", "\u{1}", 1),
        body.replacen(r#""S":"#, r#""S";"#, 1),
        body.replace('"', "'"),
    ];
    for body in bodies {
        refused(body.as_bytes());
    }
    let mut latin = body.clone().into_bytes();
    let at = body.find("\"S\":\"").expect("a string") + 5;
    latin[at] = 0xe9;
    refused(&latin);
    let strings = [
        r#""\ud83e""#,
        r#""\udd80\ud83e""#,
        r#""\ud83ex""#,
        r#""\ud83e\u0041""#,
        r#""\u12""#,
        r#""\x41""#,
        "\"\n\"",
        "\"\u{0}\"",
        r#""open"#,
        "5",
        "true",
    ];
    for string in strings {
        refused(&with(&format!(r#"{{"S":{string}}}"#)));
    }
    let values = [
        r#"{"B":"A"}"#,
        r#"{"B":"A==="}"#,
        r#"{"B":"*A=="}"#,
        r#"{"BS":["A"]}"#,
        r#"{"BOOL":"true"}"#,
        r#"{"BOOL":1}"#,
        r#"{"L":{}}"#,
        r#"{"M":[]}"#,
        r#"{"SS":[1]}"#,
        r#"{"L":[1]}"#,
        r#"{"M":{"a":1}}"#,
        r#"{"S":"a","N":"1"}"#,
        "\"S\"",
        "5",
        "[]",
    ];
    for value in values {
        refused(&with(value));
    }
}

#[test]
fn a_body_that_ends_anywhere_is_refused() {
    let body = page(&[plain()]).to_string();
    // The SDK takes no body for an empty answer; dynorm does not.
    assert_eq!((direct(b""), over_maps(b"")), (None, Some(Vec::new())));
    for end in 1..body.len() {
        refused(&body.as_bytes()[..end]);
    }
    same(body.as_bytes());
}

#[test]
fn depth_is_bounded() {
    for levels in [33, 34, 100, 127, 200, 1_000, 1_000_000] {
        refused(&with(&nested(levels)));
    }
    for open in ["[", "{\"a\":", "{\"Items\":", "{\"L\":[", "{\"M\":{\"a\":"] {
        let deep = open.repeat(1_000_000);
        refused(deep.as_bytes());
        refused(&with(&deep));
        not_more(format!(r#"{{"New":{deep}"#).as_bytes());
    }
    let skipped = format!(r#"{{"New":{}{},"Items":[{}]}}"#, "[".repeat(1_000_000), "]".repeat(1_000_000), plain());
    refused(skipped.as_bytes());
}

#[test]
fn an_announced_count_reserves_no_more_than_can_come() {
    let item = plain();
    for count in ["1", "0", "2147483647", "1e9", "\"5\"", "null"] {
        not_more(format!(r#"{{"Count":{count},"ScannedCount":1,"Items":[{item}]}}"#).as_bytes());
    }
    for count in ["-1", "4294967296", "18446744073709551615", "1e300", "99999999999999999999999999"] {
        not_more(format!(r#"{{"Count":{count},"Items":[{item}]}}"#).as_bytes());
        not_more(format!(r#"{{"Count":{count},"Items":[]}}"#).as_bytes());
    }
}

/// What the other operations that return items make of the same body.
fn other_operations(body: &[u8]) {
    let answer = || Reply::bytes(200, body.to_vec());
    let wire = Wire::new([answer(), answer(), answer(), answer(), answer(), answer()]);
    let db = wire.db();
    let key = || Order::key().shop("x").placed(chrono::NaiveDate::default()).number(1);
    block_on(async {
        let _ = Order::get(key()).send(&db).await;
        let _ = Order::get(key()).tracked().send(&db).await;
        let _ = Order::batch_get([key()]).send(&db).await;
        let _ = db.transact_get((key(),)).send().await;
        let _ = Order::delete(key()).return_old().send(&db).await;
        let _ = Order::update(key()).set(Order::GIFT, true).return_new().send(&db).await;
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_body_with_a_changed_stretch_is_not_read_differently(
        order in order(), seed: u64, at: Index, length in 0..6usize,
        patch in prop_oneof![
            select(vec!["", "\"", "\\", "\\u", "\\ud800", "\\udc00", "{", "}", "[", "]", ",", ":", "null", "true", "1e5", "{\"S\":", "\"N\":", "\u{feff}", "\u{0}", " "])
                .prop_map(str::to_owned),
            ".{0,4}",
        ],
    ) {
        let mut body = render(&page(&[stored(&order)]), seed);
        let start = at.index(body.len());
        let end = (start + length).min(body.len());
        body.splice(start..end, patch.into_bytes());
        // The SDK knows no escapes in base64, where a solidus may stand.
        prop_assume!(!body.windows(2).any(|pair| pair == br"\/"));
        not_more(&body);
        other_operations(&body);
    }
}
