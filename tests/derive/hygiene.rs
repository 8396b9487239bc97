//! The prelude's names mean something else here, and so do the names that generated code might use for its own.
#![allow(dead_code, non_camel_case_types, non_upper_case_globals)]

mod shadowed {
    pub(super) type Result<T> = T;
    pub(super) struct Option;
    pub(super) struct String;
    pub(super) struct Vec;
    pub(super) struct Box;
    pub(super) struct Some;
    pub(super) struct Ok;
    pub(super) struct None;
    pub(super) struct Err;
    pub(super) struct Default;
    pub(super) struct Clone;
    pub(super) struct Copy;
    pub(super) struct Into;
    pub(super) struct From;
    pub(super) struct PhantomData;
    pub(super) struct Reader;
    pub(super) struct Writer;
    pub(super) struct Field;
    pub(super) struct Index;
    pub(super) struct Key;
    pub(super) struct Start;
    pub(super) struct Publisher;
    pub(super) const s: u8 = 0;
    pub(super) const i: u8 = 0;
    pub(super) const r: u8 = 0;
    pub(super) const w: u8 = 0;
    pub(super) const e: u8 = 0;
    pub(super) const v: u8 = 0;
    pub(super) const o: u8 = 0;
    pub(super) const out: u8 = 0;
    pub(super) const name: u8 = 0;
    pub(super) const value: u8 = 0;
    pub(super) const inner: u8 = 0;
    pub(super) const record: u8 = 0;
    pub(super) const format: u8 = 0;
    pub(super) const text: u8 = 0;
    pub(super) const position: u8 = 0;
    pub(super) mod core {}
    pub(super) mod std {}
    pub(super) mod dynorm {}
    pub(super) mod chrono {}
}
#[allow(unused_imports)]
use shadowed::*;

/// A user's type with the name of a builder.
#[derive(::dynorm::DynamoAttribute, ::std::fmt::Debug, ::std::clone::Clone)]
struct BookKey(::std::string::String);

/// A user's type with the name of a part.
#[derive(::dynorm::DynamoAttribute, ::std::fmt::Debug)]
enum Author {
    One,
    Two,
}

#[derive(::dynorm::DynamoModel, ::std::fmt::Debug)]
#[dynorm(table = "books", sort_key = "{year:04}", index(ByAuthor, partition_key = author))]
struct Book {
    #[dynorm(partition_key)]
    publisher: BookKey,
    year: u16,
    author: ::std::option::Option<Author>,
    title: ::std::string::String,
    #[dynorm(created)]
    created: ::std::time::SystemTime,
    #[dynorm(auto)]
    id: ::std::string::String,
    #[dynorm(flatten)]
    rest: ::std::collections::HashMap<::std::string::String, bool>,
}

#[derive(::dynorm::DynamoProjection)]
#[dynorm(of = Book, index = ByAuthor)]
struct Title {
    #[dynorm(field = title)]
    r: ::std::string::String,
    author: ::std::option::Option<Author>,
    created: ::std::time::SystemTime,
}

#[derive(::dynorm::DynamoPatch)]
#[dynorm(of = Book)]
struct BookPatch {
    #[dynorm(field = title)]
    r: ::dynorm::Patch<::std::string::String>,
    author: ::dynorm::Patch<Author>,
}

#[derive(::dynorm::DynamoAttribute)]
enum Shape {
    Circle { radius: u8, r: u8, w: u8, s: u8, i: u8, name: u8, value: u8, inner: u8 },
    Named(::std::string::String),
    Nothing,
}

#[test]
fn shadowed_names_do_not_reach_generated_code() {
    use ::dynorm::key::FullKey;
    let key = Book::key().publisher(BookKey("p".into())).year(1995).into_key();
    assert!(key.error().is_none());
    let _index = Book::by_author().author(Author::One);
}
