//! The text and the values of each action of an update.

use std::collections::HashSet;

use dynorm::expr::{Aliases, Change, UpdateExpr};

use crate::model::{Address, Book, condition, update};

fn new() -> UpdateExpr<Book> {
    UpdateExpr::new()
}

macro_rules! renders {
    ($($update:expr => $text:expr;)*) => {
        $( assert_eq!(update($update), $text, "{}", stringify!($update)); )*
    };
}

#[test]
fn set() {
    let york = Address { city: "York".into(), zip: 1 };
    renders! {
        new().set(Book::TITLE, "x") => "SET title = S:x";
        new().set(Book::PAGES, 5) => "SET pages = N:5";
        new().set(Book::PAGES, Some(5)) => "SET pages = N:5";
        new().set(Book::PAGES, Book::READ) => "SET pages = read";
        new().set(Book::PAGES, Book::PAGES + 1) => "SET pages = pages + N:1";
        new().set(Book::PAGES, Book::READ - 1) => "SET pages = read - N:1";
        new().set(Book::PAGES, Book::READ.plus(Book::RATING)) => "SET pages = read + rating";
        new().set(Book::PAGES, Book::READ.minus(Book::RATING)) => "SET pages = read - rating";
        new().set(Book::PAGES, Book::PAGES.if_not_exists(0) + 1) => "SET pages = if_not_exists(pages, N:0) + N:1";
        new().set(Book::TITLE, Book::SUBTITLE.if_not_exists("x")) => "SET title = if_not_exists(subtitle, S:x)";
        new().set_if_not_exists(Book::TITLE, "x") => "SET title = if_not_exists(title, S:x)";
        new().list_append(Book::NAMES, ["a"]) => "SET names = list_append(if_not_exists(names, L:), L:S:a)";
        new().list_prepend(Book::NAMES, ["a"]) => "SET names = list_append(L:S:a, if_not_exists(names, L:))";
        new().set(Book::ADDRESS, &york) => "SET address = M:city=S:York,zip=N:1";
        new().set(Book::ADDRESS.dot(Address::CITY), "x") => "SET address.city = S:x";
        new().set(Book::ADDRESSES.at(0).dot(Address::ZIP), 7) => "SET addresses[0].zip = N:7";
        new().set(Book::PRICES.key("EUR"), 7) => "SET prices.EUR = N:7";
        new().set(Book::TAGS, ["b", "a"]) => "SET tags = SS:a,b";
        new().set(Book::NAMES, ["b", "a"]) => "SET names = L:S:b,S:a";
    }
}

#[test]
fn what_is_left_out_of_items_is_removed() {
    renders! {
        new().set(Book::PAGES, None) => "REMOVE pages";
        new().set(Book::GENRES, HashSet::new()) => "REMOVE genres";
        new().set(Book::TAGS, vec![]) => "REMOVE tags";
        new().set(Book::NAMES, vec![]) => "SET names = L:";
    }
}

#[test]
fn empty_sets_and_none_add_and_delete_nothing() {
    renders! {
        new().add(Book::TAGS, vec![]).delete(Book::GENRES, HashSet::new()).add(Book::PAGES, None) => "";
        new().add(Book::TAGS, vec![]).set(Book::TITLE, "x") => "SET title = S:x";
        new().set_if_not_exists(Book::PAGES, None) => "";
    }
    assert!(new().add(Book::TAGS, vec![]).is_empty());
    assert!(new().add(Book::TAGS, vec![]).render(&mut Aliases::new()).expect("renders").is_none());
}

#[test]
fn remove_add_delete() {
    renders! {
        new().remove(Book::PAGES) => "REMOVE pages";
        new().remove(Book::GENRES).remove(Book::TAGS) => "REMOVE genres, tags";
        new().remove(Book::NAMES.at(3)).remove(Book::PRICES.key("EUR")) => "REMOVE names[3], prices.EUR";
        new().add(Book::PAGES, 1) => "ADD pages N:1";
        new().add(Book::TAGS, ["b", "a"]) => "ADD tags SS:a,b";
        new().delete(Book::GENRES, ["a"]) => "DELETE genres SS:a";
    }
}

#[test]
fn clauses_come_together() {
    renders! {
        new().add(Book::READ, 1).set(Book::TITLE, "x").remove(Book::PAGES).set(Book::RATING, 5).delete(Book::TAGS, ["a"])
            => "SET title = S:x, rating = N:5 REMOVE pages ADD read N:1 DELETE tags SS:a";
    }
}

#[test]
fn a_field_of_an_index_template_is_removed_with_the_template() {
    renders! {
        new().remove(Book::SERIES) => "REMOVE by_series_sk, series";
    }
}

#[test]
fn the_changes_can_be_inspected() {
    let update = new()
        .set(Book::TITLE, "x")
        .set(Book::ADDRESS.dot(Address::ZIP), 7)
        .set_if_not_exists(Book::AUTHOR, "y")
        .set(Book::READ, Book::READ + 1)
        .remove(Book::PAGES)
        .add(Book::RATING, 1)
        .delete(Book::TAGS, ["a"]);
    let touched: Vec<_> = update.touched().map(|touched| (touched.attribute, touched.whole, touched.change)).collect();
    assert_eq!(
        touched,
        [
            ("title", true, Change::Set(br#"{"S":"x"}"#)),
            ("address", false, Change::Set(br#"{"N":"7"}"#)),
            ("author", true, Change::SetIfNotExists(br#"{"S":"y"}"#)),
            ("read", true, Change::Computed),
            ("pages", true, Change::Removed),
            ("rating", true, Change::Added(br#"{"N":"1"}"#)),
            ("tags", true, Change::Deleted(br#"{"SS":["a"]}"#)),
        ]
    );
}

#[test]
fn only_what_can_be_sent_twice_is_replayable() {
    let replayable = [
        new().set(Book::TITLE, "x").remove(Book::PAGES),
        new().add(Book::TAGS, ["a"]).delete(Book::GENRES, ["a"]),
        new().set_if_not_exists(Book::TITLE, "x"),
        new().set(Book::TITLE, Book::SUBTITLE),
        new().set(Book::ADDRESSES.at(0).dot(Address::ZIP), 7),
    ];
    let not = [
        new().add(Book::READ, 1),
        new().set(Book::READ, Book::READ + 1),
        new().set(Book::READ, Book::RATING.plus(Book::PAGES)),
        new().list_append(Book::NAMES, ["a"]),
        new().remove(Book::NAMES.at(0)),
        // Appended, if the list is shorter.
        new().set(Book::NAMES.at(9), "x"),
        // Swapped back by the second time.
        new().set(Book::READ, Book::PAGES).set(Book::PAGES, Book::READ),
        new().set(Book::TITLE, Book::SUBTITLE.if_not_exists("x")).set(Book::SUBTITLE, "y"),
    ];
    assert!(replayable.iter().all(UpdateExpr::is_replayable));
    assert!(!not.iter().any(UpdateExpr::is_replayable));
}

#[test]
fn the_guard_asks_for_what_is_written_into() {
    assert!(new().set(Book::TITLE, "x").guard().is_none());
    let update = new()
        .set(Book::ADDRESSES.at(0).dot(Address::ZIP), 7)
        .set(Book::PRICES.key("EUR"), 1)
        .set(Book::PRICES.key("USD"), 1);
    let guard = update.guard().expect("two places");
    assert_eq!(condition(guard), "attribute_exists(addresses[0]) AND attribute_exists(prices)");
}

#[test]
fn debug_shows_the_shape_and_no_value() {
    let update = new().set(Book::TITLE, "secret").set(Book::READ, Book::READ + 4711).add(Book::RATING, 9);
    assert_eq!(format!("{update:?}"), "UpdateExpr(SET title = ?, read = read + ? ADD rating ?)");
    assert!(!format!("{:?}", update.touched().collect::<Vec<_>>()).contains("secret"));
}
