//! Models in function bodies and from `macro_rules`, and behind type aliases.

use dynorm::key::FullKey;
use dynorm::{DynamoAttribute, DynamoModel};

#[test]
fn a_model_in_a_function_body() {
    #[derive(Debug, Clone, PartialEq, DynamoAttribute)]
    struct Inner {
        name: String,
    }
    #[derive(Debug, DynamoModel)]
    #[dynorm(table = "local", index(ByName, partition_key = name))]
    struct Local {
        #[dynorm(partition_key)]
        id: u64,
        name: String,
        inner: Inner,
    }
    let local = Local { id: 1, name: "n".into(), inner: Inner { name: "i".into() } };
    assert_eq!(local.to_key(), Local::key().id(1).into_key());
    let _paths = (Local::INNER.dot(Inner::NAME), Local::by_name().name("n"));
}

macro_rules! model {
    ($vis:vis $name:ident, $table:literal, $key:ident: $key_type:ty, $($field:ident: $type:ty = $default:expr),*) => {
        #[derive(Debug, Clone, PartialEq, DynamoModel)]
        #[dynorm(table = $table)]
        $vis struct $name {
            #[dynorm(partition_key)]
            $key: $key_type,
            $(#[dynorm(default = $default)] $field: $type,)*
        }
    };
}

model!(pub(crate) Made, "made.by.macro", id: u64, name: Option<String> = None, count: u8 = 7);

#[test]
fn a_model_from_a_macro() {
    let made = Made { id: 1, name: None, count: 2 };
    assert_eq!(made.to_key(), Made::key().id(1).into_key());
    assert_eq!(Made::SCHEMA.table, "made.by.macro");
    assert_eq!(Made::COUNT.attribute(), "count");
}

macro_rules! ids {
    ($($name:ident($type:ty)),*) => { $(
        #[derive(Debug, Clone, PartialEq, DynamoAttribute)]
        struct $name($type);
    )* };
}

ids!(Number(u64), Name(std::string::String));

#[test]
fn newtypes_from_a_macro() {
    use crate::support::{json, read};
    assert_eq!(json(&Number(1)), r#"{"N":"1"}"#);
    assert_eq!(read::<Name>(r#"{"S":"a"}"#).expect("a string"), Name("a".into()));
}

type Id = u64;
type Text = std::string::String;
type Names<T> = Vec<T>;

/// A type's name is not its type: the derive asks the compiler.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "aliases", sort_key = "{number:03}")]
struct Aliased {
    #[dynorm(partition_key)]
    id: Text,
    number: Id,
    names: Names<Text>,
}

#[test]
fn type_aliases_are_what_they_stand_for() {
    let aliased = Aliased { id: "a".into(), number: 5, names: vec![] };
    assert_eq!(aliased.to_key(), Aliased::key().id("a").number(5).into_key());
}
