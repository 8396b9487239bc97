//! The reader's and writer's own rules, as a hand-written attribute type meets them.

use dynorm::codec::{AttributeType, Reader, Writer};
use dynorm::error::{DecodeError, EncodeError};

#[test]
fn an_entry_that_writes_nothing_is_left_out() {
    let mut writer = Writer::new();
    writer
        .map(|map| {
            map.entry("a", |_| Ok(()))?;
            map.entry("b", |writer| writer.null())?;
            map.entry("c", |_| Ok(()))
        })
        .unwrap();
    assert_eq!(writer.as_bytes(), br#"{"M":{"b":{"NULL":true}}}"#);
}

#[test]
fn a_failed_call_leaves_nothing_behind() {
    let mut writer = Writer::new();
    writer
        .list(|list| {
            list.string("first")?;
            let failed = list.map(|map| {
                map.entry("a", |writer| writer.string("b"))?;
                map.entry("x", |writer| writer.number("NaN"))
            });
            assert_eq!(failed.unwrap_err().path(), "x");
            assert!(list.string_set::<&str>([]).unwrap_err().is_empty_set());
            list.boolean(true)
        })
        .unwrap();
    let mut same = Writer::new();
    same.list(|list| {
        list.string("first")?;
        list.boolean(true)
    })
    .unwrap();
    assert_eq!(writer.as_bytes(), br#"{"L":[{"S":"first"},{"BOOL":true}]}"#);
    assert_eq!(writer.size(), same.size());
}

#[test]
fn what_would_be_no_json_is_refused() {
    let two_values = |writer: &mut Writer| {
        writer.string("a")?;
        writer.string("b")
    };
    assert!(two_values(&mut Writer::new()).is_err());
    assert!(Writer::new().map(|map| map.string("a")).is_err());
    assert!(Writer::new().map(|map| map.entry("a", two_values)).is_err());
    assert!(Writer::new().entry("a", |writer| writer.null()).is_err());
    assert!(Writer::new().list(|list| list.entry("a", |writer| writer.null())).is_err());
    assert!(Writer::new().list(|list| list.item(|_| Ok(()))).is_err());
}

#[test]
fn an_error_names_the_element_that_failed() {
    let mut writer = Writer::new();
    let error = writer.item(|item| {
        item.entry("prices", |writer| {
            writer.list(|list| {
                list.number("1")?;
                list.list(|list| {
                    list.number("2")?;
                    list.number("3")?;
                    list.number("inf")
                })
            })
        })
    });
    let error = error.unwrap_err().in_model("Book");
    assert_eq!(error.path(), "prices[1][2]");
    assert_eq!(error.model(), Some("Book"));
    assert_eq!(error.to_string(), "Book.prices[1][2]: not a number; DynamoDB holds neither NaN nor infinities");
}

#[test]
fn sizes_are_dynamodbs() {
    // Names and text by their UTF-8, 3 bytes for a list or map and 1 for each element, a byte for two digits.
    let size = |write: &dyn Fn(&mut Writer) -> Result<(), EncodeError>| {
        let mut writer = Writer::new();
        writer.item(|item| item.entry("né", write)).unwrap();
        writer.size()
    };
    assert_eq!(size(&|writer| writer.string("漢\n")), 3 + 4);
    assert_eq!(size(&|writer| writer.number("12345")), 3 + 4);
    assert_eq!(size(&|writer| writer.binary(&[0; 10])), 3 + 10);
    assert_eq!(size(&|writer| writer.boolean(true)), 3 + 1);
    assert_eq!(size(&|writer| writer.string_set(["a", "bc", "a"])), 3 + 3);
    assert_eq!(size(&|writer| writer.list(|list| list.string("a"))), 3 + 3 + 1 + 1);
    assert_eq!(size(&|writer| writer.map(|map| map.entry("k", |writer| writer.null()))), 3 + 3 + 1 + 1 + 1);
}

#[test]
fn what_a_closure_leaves_is_skipped() {
    let mut reader = Reader::new(br#"{"M":{"a":{"L":[{"S":"x"},{"M":{}}]},"b":{"N":"1"}}}"#).unwrap();
    let mut names = Vec::new();
    reader
        .map(|name, _| {
            names.push(name.into_owned());
            Ok(())
        })
        .unwrap();
    assert_eq!(names, ["a", "b"]);
    let mut indexes = Vec::new();
    let mut reader = Reader::new(br#"{"L":[{"S":"x"},{"M":{}}]}"#).unwrap();
    reader
        .list(|reader, index| {
            indexes.push((index, reader.kind()?));
            Ok(())
        })
        .unwrap();
    assert_eq!(indexes, [(0, AttributeType::S), (1, AttributeType::M)]);
}

#[test]
fn null_stays_to_be_read_if_it_is_none() {
    let mut reader = Reader::new(br#"{"S":"x"}"#).unwrap();
    assert!(!reader.null().unwrap());
    assert_eq!(reader.string().unwrap(), "x");
    assert!(Reader::new(br#"{"NULL":true}"#).unwrap().null().unwrap());
}

#[test]
fn text_without_escapes_is_borrowed() {
    let json = br#"{"S":"plain text \u00e9"}"#.to_vec();
    let mut reader = Reader::new(&json).unwrap();
    assert!(matches!(reader.string().unwrap(), std::borrow::Cow::Owned(text) if text == "plain text é"));
    let json = "{\"S\":\"plain text é\"}".as_bytes();
    let mut reader = Reader::new(json).unwrap();
    assert!(matches!(reader.string().unwrap(), std::borrow::Cow::Borrowed("plain text é")));
}

#[test]
fn own_errors_keep_their_source() {
    let error = DecodeError::custom(std::io::Error::other("reason")).in_attribute("a").in_model("Book");
    assert_eq!(error.to_string(), "Book.a: reason");
    assert!(std::error::Error::source(&error).unwrap().is::<std::io::Error>());
    let error = EncodeError::custom("reason").at_index(3);
    assert_eq!(error.to_string(), "[3]: reason");
    assert_eq!(size_of::<DecodeError>(), size_of::<usize>());
    assert_eq!(size_of::<EncodeError>(), size_of::<usize>());
}

#[test]
fn sets_are_read_element_by_element() {
    let (mut texts, mut numbers, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
    let push = |to: &mut Vec<String>, text: &str| {
        to.push(text.to_owned());
        Ok(())
    };
    let mut reader = Reader::new(br#"{"SS":["a","\u0062"]}"#).unwrap();
    reader.string_set(|text| push(&mut texts, &text)).unwrap();
    let mut reader = Reader::new(br#"{ "NS" : [ "1" , "2E+1" ] }"#).unwrap();
    reader.number_set(|digits| push(&mut numbers, &digits)).unwrap();
    let mut reader = Reader::new(br#"{"BS":["AQ==",""]}"#).unwrap();
    reader
        .binary_set(|element| {
            bytes.push(element);
            Ok(())
        })
        .unwrap();
    assert_eq!(
        (texts, numbers, bytes),
        (vec!["a".into(), "b".into()], vec!["1".into(), "2E+1".into()], vec![vec![1], vec![]])
    );

    assert!(Reader::new(br#"{"SS":["a"]}"#).unwrap().number_set(|_| Ok(())).unwrap_err().is_wrong_type());
    assert!(Reader::new(br#"{"NS":["a"]}"#).unwrap().number_set(|_| Ok(())).unwrap_err().is_invalid());
    assert!(Reader::new(br#"{"BS":["a"]}"#).unwrap().binary_set(|_| Ok(())).unwrap_err().is_malformed());
    let refused = Reader::new(br#"{"SS":["a"]}"#).unwrap().string_set(|_| Err(DecodeError::invalid("no")));
    assert!(refused.unwrap_err().is_invalid());
}
