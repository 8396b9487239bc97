//! Every way in which conditions and updates are written compiles, and the types are inferred.

use std::time::SystemTime;

use dynorm::expr::{Cond, UpdateExpr, UsableIn, role};

use crate::model::{Address, Book, Pages, Status, query, query_index, scan, write};

fn cheap<X>() -> Cond<Book, X>
where
    role::Plain: UsableIn<X>,
{
    Book::PAGES.gt(300)
}

#[test]
fn conditions_infer() {
    query(Book::PAGES.gt(300) & Book::TITLE.begins_with("war"));
    query(!(Book::PAGES.gt(300) | Book::TITLE.eq("x")) & Book::IN_PRINT.eq(true));
    query(Book::PAGES.gt(Book::READ) & Book::AUTHOR.eq("x"));
    query(Book::RATING.lt(Book::READ) & Book::READ.lt(Book::RATING));
    query_index(Book::PUBLISHER.eq("x") & Book::TITLE.eq(String::new()));
    scan(Book::PUBLISHER.eq("x") & Book::AUTHOR.eq("x") & Book::BLURB.contains("x"));
    write(Book::PUBLISHER.exists() & Book::AUTHOR.exists() & Book::NOTES.exists() & Book::YEAR.gt(1900));
    query(Book::ADDRESS.dot(Address::CITY).begins_with("x") & Book::ADDRESSES.at(0).dot(Address::ZIP).gt(5));
    query(Book::SOLD.gt(SystemTime::now()) & Book::STATUS.eq(Status::Available) & Book::STATUS.eq(&Status::Available));
    query(Book::COUNTED.gt(Pages(5)) & Book::COUNTED.gt(Book::PAGES));
    query(cheap());
    write(cheap() & Book::PUBLISHER.exists());
}

#[test]
fn conditions_are_values() {
    let mut built = Book::PAGES.gt(300);
    for word in ["war", "peace"] {
        built = built & Book::TITLE.contains(word);
    }
    query(built);

    let all = vec![Book::PAGES.gt(1), Book::IN_PRINT.eq(true)];
    query_index(all.into_iter().reduce(|all, one| all & one).expect("two"));

    let optional: Option<Cond<Book, _>> = Some(Book::IN_PRINT.eq(true));
    if let Some(kept) = optional {
        query(kept.clone());
        query(kept);
    }

    fn is_portable<T: Clone + Send + Sync + 'static>(_: &T) {}
    is_portable(&cheap::<dynorm::expr::Condition>());
    is_portable(&UpdateExpr::<Book>::new());
    is_portable(&Book::TITLE);
}

#[test]
fn operands_take_the_natural_types() {
    let (text, number) = (String::from("x"), 5_u32);
    query(Book::TITLE.eq("x") & Book::TITLE.eq(&text) & Book::TITLE.eq(text.clone()) & Book::TITLE.eq(&*text));
    query(Book::SUBTITLE.eq("x") & Book::SUBTITLE.eq(&text) & Book::SUBTITLE.eq(text) & Book::SUBTITLE.eq(None));
    query(Book::PAGES.eq(5) & Book::PAGES.eq(number) & Book::PAGES.is_in([number].iter()) & Book::PAGES.eq(Some(5)));
    query(Book::PAGES.is_in([1, 2]) & Book::PAGES.is_in(vec![Some(1), None]) & Book::TITLE.is_in(&["a".to_owned()]));
    query(Book::PAGES.between(1, 5) & Book::PAGES.between(1, Book::READ) & Book::TITLE.size().gt("x".len()));
    query(Book::NAMES.contains("x") & Book::TAGS.contains("x") & Book::GENRES.contains("x"));
}

#[test]
fn updates_infer() {
    let _ = UpdateExpr::<Book>::new()
        .set(Book::TITLE, "x")
        .set(Book::PAGES, 5)
        .set(Book::PAGES, None)
        .set(Book::SUBTITLE, Book::TITLE)
        .set(Book::PAGES, Book::PAGES + 1)
        .set(Book::READ, Book::PAGES.if_not_exists(0) - 1)
        .set(Book::READ, Book::PAGES.plus(Book::READ))
        .set(Book::AUTHOR, "x")
        .set(Book::ADDRESSES.at(0).dot(Address::ZIP), 7)
        .set(Book::PRICES.key("EUR"), 7)
        .add(Book::PAGES, 1)
        .add(Book::READ, 1)
        .add(Book::TAGS, vec![])
        .add(Book::TAGS, ["a", "b"])
        .delete(Book::GENRES, ["a"])
        .list_append(Book::NAMES, ["a", "b"])
        .list_prepend(Book::NAMES, vec!["a".to_owned()])
        .set_if_not_exists(Book::TITLE, "x")
        .remove(Book::PAGES)
        .remove(Book::NAMES.at(3));
}
