//! Bytes that are no item, or not the model's: an error, never a panic, a full stack or a full memory.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use dynorm::attribute::Attribute;
use dynorm::codec::{AttributeType, Reader, from_json, item_from_json, item_to_json, to_json};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

use super::values::item;

type Deep = BTreeMap<String, Vec<Option<(String, u8, BTreeMap<String, Value>)>>>;

/// Reads the bytes in every way there is.
fn read_all(json: &[u8]) {
    let _ = item_from_json(json);
    let _ = from_json::<AttributeValue>(json);
    let _ = from_json::<Value>(json);
    let _ = from_json::<String>(json);
    let _ = from_json::<u64>(json);
    let _ = from_json::<Vec<u8>>(json);
    let _ = from_json::<Option<bool>>(json);
    let _ = from_json::<std::collections::HashSet<String>>(json);
    let _ = from_json::<Deep>(json);
    if let Ok(mut reader) = Reader::new(json) {
        let _ = reader.kind();
        let _ = reader.skip();
        let _ = reader.raw();
    }
}

proptest! {
    #[test]
    fn any_bytes(bytes in vec(any::<u8>(), 0..200)) {
        read_all(&bytes);
    }

    #[test]
    fn bytes_that_look_like_json(text in r#"[\{\}\[\]:," \\SNBLMOTU0-9a-fu.\-]{0,80}"#) {
        read_all(text.as_bytes());
    }

    #[test]
    fn every_truncation_is_an_error(item in item()) {
        let json = item_to_json(&item).unwrap();
        for end in 0..json.len() {
            let error = item_from_json(&json[..end]).unwrap_err();
            prop_assert!(error.is_malformed(), "{} at {}: {}", String::from_utf8_lossy(&json), end, error);
        }
    }

    #[test]
    fn every_changed_byte_is_read_or_refused(item in item(), byte in any::<u8>()) {
        let json = item_to_json(&item).unwrap();
        for at in 0..json.len() {
            let mut changed = json.clone();
            changed[at] = byte;
            // What is accepted is JSON to a parser of independent origin, too.
            if item_from_json(&changed).is_ok() {
                prop_assert!(serde_json::from_slice::<Value>(&changed).is_ok(), "{}", String::from_utf8_lossy(&changed));
            }
        }
    }

    #[test]
    fn what_is_skipped_is_json(text in r#"(\{("[ab\\n"]{0,3}":)?|\}|\[|\]|,|:| |"[ab\\u0d8]{0,8}"|-?[0-9]{1,3}(\.[0-9])?(e[0-9])?|true|false|null){0,12}"#) {
        let skipped = Reader::new(text.as_bytes()).unwrap().skip().is_ok();
        let whole = serde_json::from_str::<Value>(&text).is_ok();
        // A value followed by something else is skipped alone.
        prop_assert!(skipped || !whole, "{}", text);
        let mut reader = Reader::new(text.as_bytes()).unwrap();
        if let Ok(raw) = reader.raw() {
            prop_assert!(serde_json::from_str::<Value>(raw).is_ok(), "{}", raw);
        }
    }
}

#[test]
fn what_is_skipped_is_checked_like_what_is_read() {
    let bad = [
        "\"\n\"",
        "\"\0\"",
        "\"\u{1f}\"",
        "\"\u{8}long enough for a block\"",
        r#""\x""#,
        r#""\ud800""#,
        r#""\udc00""#,
        r#""\u12""#,
        r#""open"#,
        "01",
        "-",
        "-01",
        "1.",
        "1.e1",
        ".5",
        "+1",
        "1e",
        "1e+",
        "0x1",
        "tru",
        "nul",
        "True",
        "NaN",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1",
        r#"{"a"}"#,
        r#"{"a":}"#,
        r#"{"a":1,}"#,
        "{,}",
        r#"{"a":1 "b":2}"#,
        "{a:1}",
        "{1:1}",
        "{\"\n\":1}",
        "[}",
        "{]",
        "",
    ];
    for text in bad {
        for around in [format!("[{text}]"), format!("[1,{text}]"), format!(r#"{{"a":{text}}}"#)] {
            // An empty array is one.
            if around != "[]" {
                let skipped = Reader::new(around.as_bytes()).unwrap().skip();
                assert!(skipped.is_err_and(|error| error.is_malformed()), "{around:?}");
            }
        }
    }
    for text in [
        "\"\u{7f}\u{2028}\"",
        r#""\ud83e\udd80\u0000\/""#,
        "0",
        "-0",
        "1.0E-5",
        "1e+5",
        "null",
        "[]",
        "{}",
        " \t\r\n1 ",
    ] {
        assert!(Reader::new(format!("[{text}]").as_bytes()).unwrap().skip().is_ok(), "{text:?}");
    }
}

fn nested(levels: usize, open: &str, inner: &str, close: &str) -> Vec<u8> {
    format!("{}{inner}{}", open.repeat(levels), close.repeat(levels)).into_bytes()
}

#[test]
fn nesting_is_bounded() {
    for (open, close) in [(r#"{"L":["#, "]}"), (r#"{"M":{"a":"#, "}}")] {
        assert!(from_json::<AttributeValue>(&nested(32, open, r#"{"S":""}"#, close)).is_ok());
        for levels in [34, 100, 100_000] {
            let json = nested(levels, open, r#"{"S":""}"#, close);
            assert!(from_json::<AttributeValue>(&json).unwrap_err().is_malformed(), "{levels}");
            assert!(from_json::<Value>(&json).unwrap_err().is_malformed(), "{levels}");
            read_all(&json);
        }
    }
    // Skipping needs no stack at all.
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}"), (r#"[{"":"#, "}]")] {
        assert!(Reader::new(&nested(60, open, "1", close)).unwrap().skip().is_ok());
        assert!(Reader::new(&nested(100_000, open, "1", close)).unwrap().skip().unwrap_err().is_malformed());
        assert!(Reader::new(&open.repeat(100_000).into_bytes()).unwrap().skip().is_err());
    }
}

#[test]
fn writing_is_bounded_like_reading() {
    let mut value = AttributeValue::S(String::new());
    for _ in 0..32 {
        value = AttributeValue::L(vec![value]);
    }
    assert!(to_json(&value).is_ok());
    let error = to_json(&AttributeValue::L(vec![value])).unwrap_err();
    assert!(error.is_too_large());
    assert_eq!(error.path(), "[0]".repeat(32));
}

#[test]
fn text_that_is_none_is_refused() {
    for json in [
        &b"{\"S\":\"\xff\"}"[..],
        b"{\"S\":\"\xc3\"}",
        b"{\"S\":\"\xed\xa0\x80\"}",
        br#"{"S":"\ud800"}"#,
        br#"{"S":"\udc00"}"#,
        br#"{"S":"\ud800x"}"#,
        br#"{"S":"\ud800\n"}"#,
        br#"{"S":"\ud800\u0041"}"#,
        br#"{"S":"\ud800\ud800"}"#,
        br#"{"S":"\u12"}"#,
        br#"{"S":"\u12g4"}"#,
        br#"{"S":"\u+123"}"#,
        br#"{"S":"\x41"}"#,
        b"{\"S\":\"\n\"}",
        b"{\"S\":\"\0\"}",
        br#"{"S":"\"}"#,
    ] {
        assert!(from_json::<String>(json).unwrap_err().is_malformed(), "{}", String::from_utf8_lossy(json));
    }
    assert_eq!(
        from_json::<String>(br#"{"S":"\ud83e\udd80\u0000\/\b\f\n\r\t\"\\"}"#).unwrap(),
        "🦀\0/\u{8}\u{c}\n\r\t\"\\"
    );
}

#[test]
fn base64_that_is_none_is_refused() {
    for text in ["A", "AA", "AA=", "AA==A", "A A=", "____", "=AAA", "é"] {
        let json = format!(r#"{{"B":"{text}"}}"#);
        assert!(from_json::<Vec<u8>>(json.as_bytes()).unwrap_err().is_malformed(), "{text}");
    }
    assert_eq!(from_json::<Vec<u8>>(br#"{"B":""}"#).unwrap(), b"");
    assert_eq!(from_json::<Vec<u8>>(br#"{"B":"\u0041Q=="}"#).unwrap(), [1]);
}

#[test]
fn values_that_are_none_are_refused() {
    for json in [
        "",
        " ",
        "null",
        "1",
        "{}",
        "[]",
        r#""S""#,
        r#"{"S":null}"#,
        r#"{"S":1}"#,
        r#"{"S":"a","N":"1"}"#,
        r#"{"S":"a","S":"b"}"#,
        r#"{"X":"a"}"#,
        r#"{"S":"a"}}"#,
        r#"{"S":"a"}x"#,
        r#"{"S":"a",}"#,
        r#"{,"S":"a"}"#,
        r#"{"S" "a"}"#,
        r#"{"S":"a""#,
        r#"{S:"a"}"#,
        r#"{'S':'a'}"#,
    ] {
        assert!(from_json::<String>(json.as_bytes()).unwrap_err().is_malformed(), "{json}");
        assert!(from_json::<AttributeValue>(json.as_bytes()).is_err(), "{json}");
    }
}

#[test]
fn another_type_is_named_with_its_path() {
    let error = from_json::<BTreeMap<String, Vec<(String, String)>>>(
        br#"{"M":{"authors":{"L":[{"L":[{"S":"a"},{"S":"b"}]},{"L":[{"S":"a"},{"N":"1"}]}]}}}"#,
    )
    .unwrap_err();
    assert!(error.is_wrong_type());
    assert_eq!((error.expected(), error.found()), (Some(AttributeType::S), Some(AttributeType::N)));
    assert_eq!(error.path(), "authors[1][1]");
    assert_eq!(error.to_string(), "authors[1][1]: expected S, found N");
}

#[test]
fn every_pair_of_types_is_told_apart() {
    let samples = [
        (AttributeType::S, r#"{"S":"1"}"#),
        (AttributeType::N, r#"{"N":"1"}"#),
        (AttributeType::B, r#"{"B":"AA=="}"#),
        (AttributeType::Bool, r#"{"BOOL":true}"#),
        (AttributeType::Null, r#"{"NULL":true}"#),
        (AttributeType::Ss, r#"{"SS":["1"]}"#),
        (AttributeType::Ns, r#"{"NS":["1"]}"#),
        (AttributeType::Bs, r#"{"BS":["AA=="]}"#),
        (AttributeType::L, r#"{"L":[]}"#),
        (AttributeType::M, r#"{"M":{}}"#),
    ];
    fn found<T: Attribute>(json: &str) -> Option<AttributeType> {
        from_json::<T>(json.as_bytes()).err().and_then(|error| error.found())
    }
    for (kind, json) in samples {
        let other = |expected| (kind != expected).then_some(kind);
        assert_eq!(found::<String>(json), other(AttributeType::S));
        assert_eq!(found::<u8>(json), other(AttributeType::N));
        assert_eq!(found::<Vec<u8>>(json), other(AttributeType::B));
        assert_eq!(found::<bool>(json), other(AttributeType::Bool));
        assert_eq!(found::<std::collections::BTreeSet<String>>(json), other(AttributeType::Ss));
        assert_eq!(found::<std::collections::BTreeSet<u8>>(json), other(AttributeType::Ns));
        assert_eq!(found::<std::collections::BTreeSet<Vec<u8>>>(json), other(AttributeType::Bs));
        assert_eq!(found::<Vec<String>>(json), other(AttributeType::L));
        assert_eq!(found::<HashMap<String, String>>(json), other(AttributeType::M));
    }
}
