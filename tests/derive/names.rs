//! Fields with every name that generated code might want for itself, and raw identifiers.

use dynorm::key::FullKey;
use dynorm::{DynamoAttribute, DynamoModel};

#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "names", sort_key = "{key:02}#{value}#{r#match}")]
#[dynorm(index(r#Impl, name = "type", partition_key = r#struct, sort_key = self_))]
struct Names {
    #[dynorm(partition_key)]
    r#type: String,
    key: u8,
    value: String,
    r#match: String,
    r#struct: Option<String>,
    self_: i64,
    query: u8,
    scan: u8,
    get: u8,
    put: u8,
    table: u8,
    item: u8,
    s: u8,
    r: u8,
    w: u8,
    i: u8,
    o: u8,
    out: u8,
    name: u8,
    schema: u8,
    slots: u8,
    #[dynorm(path = "FIELD_NEW")]
    new: u8,
    into_key: u8,
    condition: u8,
}

impl Names {
    /// A constant of the user's own.
    const NEW: u8 = 1;
}

fn names() -> Names {
    Names {
        r#type: "t".into(),
        key: 1,
        value: "v".into(),
        r#match: "m".into(),
        r#struct: None,
        self_: 0,
        query: 0,
        scan: 0,
        get: 0,
        put: 0,
        table: 0,
        item: 0,
        s: 0,
        r: 0,
        w: 0,
        i: 0,
        o: 0,
        out: 0,
        name: 0,
        schema: 0,
        slots: 0,
        new: 0,
        into_key: 0,
        condition: 0,
    }
}

#[test]
fn no_name_of_a_field_is_taken() {
    let key = Names::key().r#type("t").key(1).value("v").r#match("m").into_key();
    assert_eq!(key, names().to_key());
    assert_eq!(Names::TYPE.attribute(), "type");
    assert_eq!(<Names as DynamoModel>::SCHEMA.attributes[4].name, "struct");
    assert_eq!((Names::NEW, Names::FIELD_NEW.attribute()), (1, "new"));
    let _index = Names::r#impl().r#struct("s").self_(0..10);
}

#[derive(Debug, PartialEq, DynamoAttribute)]
enum Raw {
    r#Type,
    r#Fn { r#in: u8 },
}

#[test]
fn raw_identifiers_are_stored_without_their_prefix() {
    use crate::support::{json, read};
    assert_eq!(json(&Raw::r#Type), r#"{"M":{"type":{"S":"Type"}}}"#);
    assert_eq!(json(&Raw::r#Fn { r#in: 1 }), r#"{"M":{"type":{"S":"Fn"},"in":{"N":"1"}}}"#);
    assert_eq!(read::<Raw>(r#"{"M":{"type":{"S":"Type"}}}"#).expect("its name"), Raw::r#Type);
}
