//! What a write does to the fields that the derive was told about: stamps, ids, defaults, validation.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use dynorm::key::FullKey;
use dynorm::{Clock, Db, DynamoAttribute, DynamoModel, Invalid, auto};
use dynorm_local::Local;
use uuid::Uuid;
use validator::Validate;

/// A clock that stands still.
#[derive(Debug)]
struct At(u64);

impl Clock for At {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.0)
    }
}

fn time(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).expect("a small number")
}

#[derive(Debug, Clone, PartialEq, DynamoAttribute)]
struct NoteId(Uuid);

#[derive(Debug, Clone, PartialEq, DynamoModel, Validate)]
#[dynorm(table = "notes", sort_key = "NOTE", entity = "note")]
struct Note {
    #[dynorm(partition_key, auto)]
    id: NoteId,
    #[dynorm(auto = v7)]
    request: Uuid,
    #[validate(length(min = 1, max = 5))]
    title: String,
    #[validate(must_match(other = "title"))]
    again: String,
    #[validate(range(max = 10), custom(function = even))]
    pages: Option<u8>,
    #[validate(nested)]
    place: Place,
    #[dynorm(created)]
    created: DateTime<Utc>,
    #[dynorm(updated, with = epoch)]
    updated: Option<DateTime<Utc>>,
    #[dynorm(flatten)]
    more: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, DynamoAttribute, Validate)]
struct Place {
    #[validate(length(min = 2))]
    city: String,
}

fn even(pages: u8) -> Result<(), validator::ValidationError> {
    if pages.is_multiple_of(2) { Ok(()) } else { Err(validator::ValidationError::new("even")) }
}

fn note() -> Note {
    Note {
        id: auto(),
        request: auto(),
        title: "t".into(),
        again: "t".into(),
        pages: None,
        place: Place { city: "Rome".into() },
        created: auto(),
        updated: auto(),
        more: BTreeMap::from([("extra".into(), "x".into())]),
    }
}

async fn db(seconds: u64) -> Db {
    let local = Local::in_process().await.expect("the engine starts");
    let db = Db::builder(local.client()).clock(At(seconds)).build();
    Note::create_table().send(&db).await.expect("the table is new");
    db
}

#[tokio::test]
async fn a_write_stamps_times_and_ids() {
    let db = db(100).await;
    let mut note = note();
    note.create().send(&db).await.expect("the key is free");
    assert_eq!((note.created, note.updated), (time(100), Some(time(100))));
    assert_eq!(note.id.0.get_version_num(), 4);
    assert_eq!(note.request.get_version_num(), 7);
    let stored = Note::get(&note).send(&db).await.expect("it is readable");
    assert_eq!(stored.as_ref(), Some(&note), "the template and the entity are no part of `more`");

    let later = Db::builder(db.client().clone()).clock(At(200)).build();
    let before = note.clone();
    note.put().send(&later).await.expect("it is valid");
    assert_eq!((note.created, note.updated), (time(100), Some(time(200))));
    assert_eq!((note.id, note.request), (before.id, before.request));
}

#[tokio::test]
async fn a_full_write_checks_every_rule() {
    let db = db(1).await;
    let broken = |change: fn(&mut Note)| {
        let mut note = note();
        change(&mut note);
        note
    };
    let all = [
        (broken(|note| note.title.clear()), "title"),
        (broken(|note| note.again = "other".into()), "again"),
        (broken(|note| note.pages = Some(11)), "pages"),
        (broken(|note| note.place.city.clear()), "place.city"),
    ];
    for (mut note, path) in all {
        let before = note.clone();
        let error = note.put().send(&db).await.expect_err(path);
        assert!(error.is_validation(), "{path}: {error}");
        let paths: Vec<_> = error.invalid().iter().flat_map(|invalid| invalid.violations()).map(|v| &v.path).collect();
        assert!(paths.iter().any(|found| *found == path), "{path}: {paths:?}");
        assert_eq!(note, before, "a write that was not sent stamps nothing");
    }
}

#[tokio::test]
async fn an_update_checks_the_fields_that_it_sets() {
    let db = db(1).await;
    let mut note = note();
    note.create().send(&db).await.expect("the key is free");
    let key = || Note::key().id(note.id.clone()).into_key();
    // `must_match` needs both fields, so it holds for full writes.
    Note::update(key()).set(Note::TITLE, "other").send(&db).await.expect("a valid title");
    let error = Note::update(key()).set(Note::TITLE, "").send(&db).await.expect_err("an empty title");
    assert!(error.is_validation());
    let error = Note::update(key()).set(Note::PAGES, 3).send(&db).await.expect_err("an odd number");
    assert!(error.is_validation());
    let place = Place { city: "X".into() };
    let error = Note::update(key()).set(Note::PLACE, place).send(&db).await.expect_err("a short city");
    assert!(error.is_validation());
}

#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "notes", validate = Pair::ordered, sort_key = "PAIR")]
struct Pair {
    #[dynorm(partition_key)]
    id: String,
    low: u8,
    high: u8,
}

impl Pair {
    fn ordered(&self) -> Result<(), Invalid> {
        if self.low <= self.high { Ok(()) } else { Err(Invalid::new("low", "order")) }
    }
}

/// Rules that the model does not want here.
#[derive(Debug, Clone, PartialEq, DynamoModel, Validate)]
#[dynorm(table = "notes", validate = false, sort_key = "FREE")]
struct Free {
    #[dynorm(partition_key)]
    id: String,
    #[validate(length(min = 100))]
    title: String,
}

#[tokio::test]
async fn validation_can_be_a_function_or_off() {
    let db = db(1).await;
    let mut pair = Pair { id: "a".into(), low: 2, high: 1 };
    let error = pair.put().send(&db).await.expect_err("not in order");
    assert!(error.is_validation());
    pair.high = 3;
    pair.put().send(&db).await.expect("in order");
    Free { id: "a".into(), title: "short".into() }.put().send(&db).await.expect("unchecked");
}
