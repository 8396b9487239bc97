//! Arbitrary values of the SDK's type, and their JSON by an independent, obvious route.

use std::collections::HashMap;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use proptest::collection::{btree_set, hash_map, vec};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Text with what is special in JSON and in UTF-8.
pub(super) fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[a-z]{0,20}", r#"[a-z"\\/\x00-\x1f\u{7f}\u{2028}é漢🦀\u{10ffff}]{0,12}"#,]
}

/// A number in DynamoDB's own form.
pub(super) fn digits() -> impl Strategy<Value = String> {
    prop_oneof![any::<i64>().prop_map(|n| n.to_string()), "-?[1-9][0-9]{0,15}\\.[0-9]{0,15}[1-9]", Just("0".to_owned())]
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..20)
}

pub(super) fn value() -> impl Strategy<Value = AttributeValue> {
    let leaf = prop_oneof![
        text().prop_map(AttributeValue::S),
        digits().prop_map(AttributeValue::N),
        bytes().prop_map(|bytes| AttributeValue::B(Blob::new(bytes))),
        any::<bool>().prop_map(AttributeValue::Bool),
        Just(AttributeValue::Null(true)),
        btree_set(text(), 1..5).prop_map(|set| AttributeValue::Ss(set.into_iter().collect())),
        btree_set(digits(), 1..5).prop_map(|set| AttributeValue::Ns(set.into_iter().collect())),
        btree_set(bytes(), 1..5).prop_map(|set| AttributeValue::Bs(set.into_iter().map(Blob::new).collect())),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(AttributeValue::L),
            hash_map(text(), inner, 0..5).prop_map(AttributeValue::M),
        ]
    })
}

pub(super) fn item() -> impl Strategy<Value = HashMap<String, AttributeValue>> {
    hash_map(text(), value(), 0..6)
}

pub(super) fn value_json(value: &AttributeValue) -> Value {
    let base64 = |blob: &Blob| aws_smithy_types::base64::encode(blob.as_ref());
    match value {
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::N(digits) => json!({ "N": digits }),
        AttributeValue::B(blob) => json!({ "B": base64(blob) }),
        AttributeValue::Bool(value) => json!({ "BOOL": value }),
        AttributeValue::Null(value) => json!({ "NULL": value }),
        AttributeValue::Ss(set) => json!({ "SS": set }),
        AttributeValue::Ns(set) => json!({ "NS": set }),
        AttributeValue::Bs(set) => json!({ "BS": set.iter().map(base64).collect::<Vec<_>>() }),
        AttributeValue::L(list) => json!({ "L": list.iter().map(value_json).collect::<Vec<_>>() }),
        AttributeValue::M(map) => json!({ "M": item_json(map) }),
        other => unreachable!("{other:?} is not generated"),
    }
}

pub(super) fn item_json(item: &HashMap<String, AttributeValue>) -> Value {
    item.iter().map(|(name, value)| (name.clone(), value_json(value))).collect()
}
