//! Every type reads back what it wrote, through bytes and through the SDK's type.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Debug;
use std::num::NonZero;
use std::sync::Arc;

use dynorm::attribute::stored::Stored;
use dynorm::attribute::{Attribute, Codec, Item, codecs};
use dynorm::codec::{AttributeType, Reader, Writer, from_json, from_value, to_json, to_value};
use proptest::collection::{btree_map, btree_set, hash_map, hash_set, vec};
use proptest::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::values;

/// Writes and reads `value` both ways, and checks that it is stored as its type says.
pub(super) fn round_trip<T: Attribute + PartialEq + Debug>(value: T) -> Result<(), TestCaseError> {
    if value.is_absent() {
        prop_assert_eq!(T::absent(), Some(value));
        return Ok(());
    }
    let json = to_json(&value).unwrap();
    let kind = Reader::new(&json).unwrap().kind().unwrap();
    if let Some(expected) = <T::Stored as Stored>::TYPE {
        prop_assert!(kind == expected || T::reads_null() && kind == AttributeType::Null, "{}", kind);
    }
    let sdk = to_value(&value).unwrap();
    prop_assert_eq!(serde_json::from_slice::<serde_json::Value>(&json).unwrap(), values::value_json(&sdk));
    prop_assert_eq!(&from_value::<T>(&sdk).unwrap(), &value);
    prop_assert_eq!(from_json::<T>(&json).unwrap(), value);
    Ok(())
}

macro_rules! round_trips { ($($name:ident: $strategy:expr;)*) => {
    proptest! { $(
        #[test]
        fn $name(value in $strategy) {
            round_trip(value)?;
        }
    )* }
} }

round_trips! {
    strings: values::text();
    text_pointers: values::text().prop_map(|text| {
        (Box::<str>::from(&*text), Arc::<str>::from(&*text), Cow::<'static, str>::from(text.clone()), Box::new(text))
    });
    chars: any::<char>();
    booleans: any::<bool>();
    small_integers: any::<(u8, u16, u32, u64, i8, i16, i32, i64, usize, isize)>();
    large_integers: (0..10_u128.pow(38), -(10_i128.pow(38) - 1)..10_i128.pow(38));
    non_zero_integers: (1_u8.., 1_u64.., i64::MIN..0).prop_map(|(a, b, c)| {
        (NonZero::new(a), NonZero::new(b), NonZero::new(c))
    });
    floats: prop::num::f64::NORMAL.prop_filter("in range", |f| (1e-130..1e126).contains(&f.abs()));
    single_floats: prop::num::f32::NORMAL;
    decimals: (any::<[u32; 3]>(), any::<bool>(), 0..=28_u32).prop_map(|([a, b, c], negative, scale)| {
        Decimal::from_parts(a, b, c, negative, scale)
    });
    uuids: any::<u128>().prop_map(Uuid::from_u128);
    bytes: vec(any::<u8>(), 0..200);
    byte_arrays: any::<[u8; 16]>();
    lists: vec(values::text(), 0..5);
    nested_lists: vec(vec(any::<i16>(), 0..4), 0..4);
    arrays: any::<[i64; 3]>();
    slices: vec(any::<u32>(), 0..5).prop_map(|list| {
        (Box::<[u32]>::from(&*list), Arc::<[u32]>::from(&*list), Cow::<'static, [u32]>::from(list))
    });
    byte_slices: vec(any::<u8>(), 0..5).prop_map(|list| {
        (Box::<[u8]>::from(&*list), Arc::<[u8]>::from(&*list), Cow::<'static, [u8]>::from(list))
    });
    wrapped_bytes_are_numbers_in_a_list: vec(any::<u8>().prop_map(|n| (Some(n), Box::new(n), NonZero::new(n))), 0..4);
    lists_of_wrapped_bytes: (vec(any::<Option<u8>>(), 0..4), vec(any::<u8>().prop_map(Box::new), 0..4));
    options_inside_lists: vec(any::<Option<u16>>(), 0..5);
    options: any::<Option<u16>>();
    options_of_options: any::<Option<Option<u16>>>();
    tuples: (values::text(), any::<i32>(), any::<Option<bool>>(), any::<(u8,)>());
    string_sets: (hash_set(values::text(), 1..6), btree_set(values::text(), 1..6));
    empty_and_filled_sets: btree_set(values::text(), 0..3);
    number_sets: (btree_set(any::<i64>(), 1..6), btree_set(any::<u8>(), 1..6), hash_set(any::<u128>().prop_map(|n| n >> 8), 1..4));
    binary_sets: btree_set(vec(any::<u8>(), 0..6), 1..6);
    uuid_sets: hash_set(any::<u128>().prop_map(Uuid::from_u128), 1..6);
    maps: (hash_map(values::text(), any::<i32>(), 0..5), btree_map(any::<i64>(), values::text(), 0..5));
    maps_by_uuid: btree_map(any::<u128>().prop_map(Uuid::from_u128), any::<char>(), 0..5);
    maps_by_char: btree_map(any::<char>(), any::<Option<u8>>(), 0..5);
    items: values::item().prop_map(Item);
    json_values: json_value();
}

/// A newtype of what makes a `Vec` binary: a list of them is a list all the same.
#[derive(Debug, Clone, PartialEq, dynorm::DynamoAttribute)]
struct Level(u8);

round_trips! {
    newtypes: vec(any::<u8>().prop_map(Level), 0..4);
    newtypes_in_options: vec(any::<Option<u8>>().prop_map(|level| level.map(Level)), 0..4);
}

fn json_value() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::Value;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        values::digits().prop_map(|digits| Value::Number(digits.parse().unwrap())),
        values::text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 20, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            hash_map(values::text(), inner, 0..4).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn sets_by_codec_merge_equal_elements(values in vec(0..10_i32, 0..20)) {
        let unique: BTreeSet<i32> = values.iter().copied().collect();
        prop_assert_eq!(<codecs::Set as Codec<Vec<i32>>>::is_absent(&values), unique.is_empty());
        if !unique.is_empty() {
            let mut writer = Writer::new();
            codecs::Set::write(&values, &mut writer).unwrap();
            let (mut merged, mut plain) = (Writer::new(), Writer::new());
            merged.list(|list| values.iter().collect::<BTreeSet<_>>().into_iter().try_for_each(|v| v.write(list))).unwrap();
            plain.number_set(unique.iter().map(i32::to_string)).unwrap();
            prop_assert_eq!(writer.size(), plain.size());
            let read: Vec<i32> = codecs::Set::read(&mut Reader::new(writer.as_bytes()).unwrap()).unwrap();
            prop_assert_eq!(read.len(), unique.len());
            prop_assert_eq!(read.into_iter().collect::<BTreeSet<_>>(), unique);
        }
    }

    #[test]
    fn json_by_codec(value in hash_map(values::text(), vec(any::<Option<i32>>(), 0..4), 0..4)) {
        let mut writer = Writer::new();
        codecs::Json::write(&value, &mut writer).unwrap();
        let mut reader = Reader::new(writer.as_bytes()).unwrap();
        prop_assert_eq!(reader.kind().unwrap(), AttributeType::S);
        let read: HashMap<String, Vec<Option<i32>>> = codecs::Json::read(&mut reader).unwrap();
        prop_assert_eq!(read, value);
    }
}

#[test]
fn empty_lists_and_maps_are_stored_and_empty_sets_are_absent() {
    assert_eq!(to_json(&Vec::<u16>::new()).unwrap(), br#"{"L":[]}"#);
    assert_eq!(to_json(&Vec::<u8>::new()).unwrap(), br#"{"B":""}"#);
    assert_eq!(to_json(&BTreeMap::<String, u8>::new()).unwrap(), br#"{"M":{}}"#);
    assert!(HashSet::<String>::new().is_absent());
    let error = to_json(&vec![BTreeSet::<String>::new()]).unwrap_err();
    assert!(error.is_empty_set());
    assert_eq!(error.path(), "[0]");
}

#[test]
fn null_is_told_from_none_where_both_exist() {
    use serde_json::Value;
    assert_eq!(from_json::<Option<Value>>(br#"{"NULL":true}"#).unwrap(), Some(Value::Null));
    assert_eq!(from_json::<Option<Option<u8>>>(br#"{"NULL":true}"#).unwrap(), Some(None));
    assert_eq!(from_json::<Option<u8>>(br#"{"NULL":true}"#).unwrap(), None);
    // In a list, `None` would be the NULL that is a value.
    assert!(to_json(&vec![None::<Value>]).is_err());
    assert!(to_json(&vec![None::<Option<u8>>]).is_err());
}

#[test]
fn names_in_a_map_that_would_become_one_key_are_refused() {
    assert!(from_json::<BTreeMap<u8, u8>>(br#"{"M":{"7":{"N":"1"}}}"#).is_ok());
    for name in ["07", "+7", "7.0", "256", "", "x"] {
        let json = format!(r#"{{"M":{{"{name}":{{"N":"1"}}}}}}"#);
        let error = from_json::<BTreeMap<u8, u8>>(json.as_bytes()).unwrap_err();
        assert!(error.is_invalid(), "{name}: {error}");
    }
}

#[test]
fn a_tuple_or_array_of_another_length_is_refused() {
    for json in [&br#"{"L":[]}"#[..], br#"{"L":[{"N":"1"}]}"#, br#"{"L":[{"N":"1"},{"N":"2"},{"N":"3"}]}"#] {
        assert!(from_json::<(u8, u8)>(json).unwrap_err().is_invalid());
        assert!(from_json::<[u16; 2]>(json).unwrap_err().is_invalid());
    }
    assert!(from_json::<[u8; 2]>(br#"{"B":"AAAA"}"#).unwrap_err().is_invalid());
}
