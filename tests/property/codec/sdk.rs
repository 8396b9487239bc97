//! The codec beside the SDK's own serializer and parser.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use dynorm::codec::{from_value, item_from_json, item_to_json, to_value};
use dynorm_tests::wire::{Reply, Wire};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::values::{item, item_json, value};

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// What the SDK's parser makes of an item; `None` if it refuses it.
fn sdk_item(json: &[u8]) -> Option<HashMap<String, AttributeValue>> {
    let wire = Wire::new([Reply::bytes(200, [br#"{"Item":"#, json, b"}"].concat())]);
    let request = wire.client().get_item().table_name("t").key("k", AttributeValue::S("v".into()));
    block_on(request.send()).ok()?.item
}

/// What the SDK's serializer makes of an item.
fn sdk_json(item: &HashMap<String, AttributeValue>) -> Value {
    let wire = Wire::new([Reply::ok(json!({}))]);
    block_on(wire.client().put_item().table_name("t").set_item(Some(item.clone())).send()).unwrap();
    wire.sent()[0].body["Item"].take()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn items_are_written_as_the_sdk_writes_them(item in item()) {
        let ours: Value = serde_json::from_slice(&item_to_json(&item).unwrap()).unwrap();
        prop_assert_eq!(&ours, &sdk_json(&item));
        prop_assert_eq!(ours, item_json(&item));
    }

    #[test]
    fn items_are_read_as_the_sdk_reads_them(item in item(), pretty in any::<bool>()) {
        let json = item_json(&item);
        let text = if pretty { serde_json::to_string_pretty(&json) } else { serde_json::to_string(&json) }.unwrap();
        let ours = item_from_json(text.as_bytes()).unwrap();
        prop_assert_eq!(sdk_item(text.as_bytes()), Some(ours.clone()));
        prop_assert_eq!(ours, item);
    }

    #[test]
    fn damaged_items_are_read_as_the_sdk_reads_them(
        item in item(), at in any::<prop::sample::Index>(), byte in prop_oneof![any::<u8>(), prop::sample::select(&br#"{}[]:,"\\SNBLMnu0 "#[..])],
    ) {
        let mut json = item_to_json(&item).unwrap();
        let at = at.index(json.len());
        json[at] = byte;
        if let Ok(ours) = item_from_json(&json) {
            prop_assert_eq!(Some(ours), sdk_item(&json), "{}", String::from_utf8_lossy(&json));
        }
    }
}

proptest! {
    #[test]
    fn items_survive_the_way_to_json_and_back(item in item()) {
        prop_assert_eq!(item_from_json(&item_to_json(&item).unwrap()).unwrap(), item);
    }

    #[test]
    fn raw_values_survive_as_attributes(value in value()) {
        let there = to_value(&value).unwrap();
        prop_assert_eq!(&there, &value);
        prop_assert_eq!(from_value::<AttributeValue>(&there).unwrap(), value);
    }
}

#[test]
fn members_that_the_sdk_ignores_are_ignored() {
    for json in [
        r#"{"a":{"S":"x","N":null}}"#,
        r#"{"a":{"N":null,"S":"x"}}"#,
        r#"{"a":{"__type":"AttributeValue","S":"x"}}"#,
        r#"{"a":{"S":"x","__type":{"deep":[1,2.5e-3,true,null]}}}"#,
        "\t{ \"a\" :\r\n{ \"\\u0053\" : \"x\" } } ",
    ] {
        let expected = HashMap::from([("a".to_owned(), AttributeValue::S("x".into()))]);
        assert_eq!(sdk_item(json.as_bytes()).as_ref(), Some(&expected), "{json}");
        assert_eq!(item_from_json(json.as_bytes()).unwrap(), expected, "{json}");
    }
}

#[test]
fn a_value_of_a_type_that_the_sdk_does_not_know_is_never_sent() {
    let item = sdk_item(br#"{"a":{"NEW":[1]},"b":{"S":"x"}}"#).expect("the SDK reads it");
    assert!(item_to_json(&item).is_err());
    assert!(to_value(&item["a"]).is_err());
    assert!(to_value(&AttributeValue::L(vec![item["a"].clone()])).is_err());
    assert!(from_value::<AttributeValue>(&item["a"]).is_err());
}
