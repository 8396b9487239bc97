//! The text and the values of each operator.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use dynorm::codec::AttributeType;
use dynorm::expr::{Aliases, Cond, Condition, projection};

use crate::model::{Address, Book, Geo, Pages, Status, condition};

/// Each condition, and its text with names and values in their places.
macro_rules! renders {
    ($($condition:expr => $text:expr;)*) => {
        $( assert_eq!(condition($condition), $text, "{}", stringify!($condition)); )*
    };
}

#[test]
fn names_and_values_are_placeholders() {
    let mut aliases = Aliases::new();
    let both: Cond<Book, Condition> = Book::TITLE.eq("war") & Book::PAGES.gt(300) & Book::TITLE.ne("peace");
    let text = both.render(&mut aliases).expect("renders");
    assert_eq!(text, "#0 = :0 AND #1 > :1 AND #0 <> :2");
    let (names, values) = aliases.into_sdk().expect("small");
    let (names, values) = (names.expect("two"), values.expect("three"));
    assert_eq!((names.len(), names["#0"].as_str(), names["#1"].as_str()), (2, "title", "pages"));
    assert_eq!(values.len(), 3);
    assert_eq!(values[":1"].as_n().expect("number"), "300");
}

#[test]
fn expressions_of_one_request_share_names() {
    let mut aliases = Aliases::new();
    let filter: Cond<Book, Condition> = Book::PAGES.gt(1);
    assert_eq!(projection(["title", "pages", "title"], &mut aliases).expect("renders"), "#0, #1");
    assert_eq!(filter.render(&mut aliases).expect("renders"), "#1 > :0");
}

#[test]
fn a_request_without_names_or_values_has_no_maps() {
    let mut aliases = Aliases::new();
    assert_eq!(aliases_of(&aliases), (false, false));
    let exists: Cond<Book, Condition> = Book::TITLE.exists();
    exists.render(&mut aliases).expect("renders");
    assert_eq!(aliases_of(&aliases), (true, false));

    fn aliases_of(aliases: &Aliases) -> (bool, bool) {
        let (names, values) = aliases.clone().into_sdk().expect("small");
        (names.is_some(), values.is_some())
    }
}

#[test]
fn comparisons() {
    renders! {
        Book::PAGES.eq(5) => "pages = N:5";
        Book::PAGES.ne(5) => "pages <> N:5";
        Book::PAGES.lt(5) => "pages < N:5";
        Book::PAGES.le(5) => "pages <= N:5";
        Book::PAGES.gt(5) => "pages > N:5";
        Book::PAGES.ge(5) => "pages >= N:5";
        Book::PAGES.between(1, 5) => "pages BETWEEN N:1 AND N:5";
        Book::PAGES.is_in([1, 2, 3]) => "pages IN (N:1, N:2, N:3)";
        Book::PAGES.gt(Book::READ) => "pages > read";
        Book::READ.between(Book::RATING, 5) => "read BETWEEN rating AND N:5";
        Book::IN_PRINT.eq(true) => "in_print = BOOL:true";
        Book::STATUS.eq(Status::Available) => "status = S:AVAILABLE";
        Book::COUNTED.gt(Pages(5)) => "counted > N:5";
        Book::NAMES.eq(vec!["a".to_owned()]) => "names = L:S:a";
        Book::COVER.eq(vec![1, 2]) => "cover = B:[1, 2]";
        Book::ANY.gt(serde_json::json!(1)) => "any > N:1";
    }
}

#[test]
fn the_codec_of_the_field_writes_the_value() {
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    renders! {
        Book::SOLD.gt(at) => "sold > N:1700000000";
        Book::TAGS.eq(vec!["b".to_owned(), "a".to_owned()]) => "tags = SS:a,b";
        Book::DOCUMENT.eq(vec!["a".to_owned()]) => r#"document = S:["a"]"#;
    }
}

#[test]
fn functions() {
    renders! {
        Book::TITLE.exists() => "attribute_exists(title)";
        Book::TITLE.not_exists() => "attribute_not_exists(title)";
        Book::TITLE.attribute_type(AttributeType::Ss) => "attribute_type(title, S:SS)";
        Book::TITLE.begins_with("war") => "begins_with(title, S:war)";
        Book::COVER.begins_with(vec![255, 216]) => "begins_with(cover, B:[255, 216])";
        Book::TITLE.contains("war") => "contains(title, S:war)";
        Book::TITLE.contains(Book::SUBTITLE) => "contains(title, subtitle)";
        Book::NAMES.contains("war") => "contains(names, S:war)";
        Book::TAGS.contains("war") => "contains(tags, S:war)";
        Book::GENRES.contains("war") => "contains(genres, S:war)";
        Book::ADDRESSES.contains(Address { city: "York".into(), zip: 1 }) => "contains(addresses, M:city=S:York,zip=N:1)";
        Book::TITLE.size().gt(80) => "size(title) > N:80";
        Book::TITLE.size().le(Book::PAGES) => "size(title) <= pages";
        Book::NAMES.size().between(1, 3) => "size(names) BETWEEN N:1 AND N:3";
        Book::NAMES.size().eq(0) => "size(names) = N:0";
    }
}

#[test]
fn paths() {
    renders! {
        Book::ADDRESS.dot(Address::CITY).eq("York") => "address.city = S:York";
        Book::ADDRESSES.at(2).dot(Address::ZIP).gt(5) => "addresses[2].zip > N:5";
        Book::PRICES.key("EUR").lt(5) => "prices.EUR < N:5";
        Book::GEO.dot(Geo::LAT).gt(0.5) => "lat > N:0.5";
        Book::ADDRESS.dot(Address::GEO).dot(Geo::LAT).gt(0.5) => "address.lat > N:0.5";
        Book::EXTRA.key("anything").exists() => "attribute_exists(anything)";
    }
    let mut aliases = Aliases::new();
    let dotted: Cond<Book, Condition> = Book::PRICES.key("a.b").exists();
    assert_eq!(dotted.render(&mut aliases).expect("renders"), "attribute_exists(#0.#1)");
}

#[test]
fn none_and_the_empty_set_ask_for_absence() {
    let none = "attribute_not_exists(pages) OR attribute_type(pages, S:NULL)";
    let some = "attribute_exists(pages) AND NOT attribute_type(pages, S:NULL)";
    renders! {
        Book::PAGES.is_none() => none;
        Book::PAGES.is_some() => some;
        Book::PAGES.eq(None) => none;
        Book::PAGES.ne(None) => some;
        Book::PAGES.is_none() & Book::READ.gt(1) => format!("({none}) AND read > N:1");
        Book::PAGES.is_in([Some(1), None]) => format!("pages IN (N:1) OR {none}");
        Book::PAGES.is_in([None::<u32>]) => none;
        Book::PAGES.is_in(Vec::<u32>::new()) => "attribute_exists(pages) AND attribute_not_exists(pages)";
        Book::GENRES.eq(HashSet::new()) => "attribute_not_exists(genres)";
        Book::GENRES.ne(HashSet::new()) => "attribute_exists(genres)";
        Book::TAGS.eq(vec![]) => "attribute_not_exists(tags)";
        Book::NAMES.eq(vec![]) => "names = L:";
    }
}

#[test]
fn chains_are_flat_and_parentheses_are_few() {
    let [a, b, c, d] = [1, 2, 3, 4].map(|n| Book::READ.eq(n));
    let and = |left: Cond<Book, Condition>, right| left & right;
    renders! {
        (a.clone() & b.clone()) & (c.clone() & d.clone()) => "read = N:1 AND read = N:2 AND read = N:3 AND read = N:4";
        a.clone() | (b.clone() | c.clone()) => "read = N:1 OR read = N:2 OR read = N:3";
        a.clone() & b.clone() | c.clone() => "read = N:1 AND read = N:2 OR read = N:3";
        a.clone() & (b.clone() | c.clone()) => "read = N:1 AND (read = N:2 OR read = N:3)";
        !a.clone() & b.clone() => "NOT (read = N:1) AND read = N:2";
        !and(a.clone(), b.clone()) => "NOT (read = N:1 AND read = N:2)";
        !Book::TITLE.exists() => "NOT attribute_exists(title)";
        !!a.clone() => "read = N:1";
    }
}

#[test]
fn debug_shows_the_shape_and_no_value() {
    let secret: Cond<Book, Condition> = Book::TITLE.eq("secret") & Book::PAGES.is_in([4711]);
    assert_eq!(format!("{secret:?}"), "Cond(title = ? AND pages IN (?))");
    assert_eq!(format!("{:?}", Book::ADDRESSES.at(2).dot(Address::CITY)), "Field(addresses[2].city)");
    let mut aliases = Aliases::new();
    secret.render(&mut aliases).expect("renders");
    assert_eq!(format!("{aliases:?}"), r#"Aliases { names: ["title", "pages"], values: 2 }"#);
}
