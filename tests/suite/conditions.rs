//! Every comparison and function, on fields of every stored type and on paths into them: an engine finds the items that Rust finds, and writes where
//! Rust would.

use std::collections::{BTreeMap, BTreeSet};

use dynorm::codec::AttributeType;
use dynorm::expr::{Condition, ScanFilter};
use dynorm::{Cond, Db, DynamoAttribute, DynamoModel, Table};
use dynorm_tests::{Context, Result};

dynorm_tests::tests! {
    filters_find_what_rust_finds,
    conditions_hold_where_rust_says_so,
    maps_binary_and_absent_sizes_too needs [FullConditions],
    a_path_into_what_is_absent_is_guarded,
}

#[derive(Debug, Clone, PartialEq, DynamoAttribute)]
struct Address {
    city: String,
    zip: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, DynamoAttribute)]
struct Stay {
    nights: u8,
    rooms: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "guests")]
struct Guest {
    #[dynorm(partition_key)]
    id: u32,
    name: String,
    nick: Option<String>,
    age: Option<u8>,
    visits: u8,
    regular: bool,
    photo: Vec<u8>,
    tags: BTreeSet<String>,
    numbers: BTreeSet<i32>,
    address: Option<Address>,
    stays: Vec<Stay>,
    prices: BTreeMap<String, i64>,
}

fn guests() -> Vec<Guest> {
    let guest = |id: u32, name: &str, nick: Option<&str>, age, visits| Guest {
        id,
        name: name.into(),
        nick: nick.map(str::to_owned),
        age,
        visits,
        regular: id.is_multiple_of(2),
        photo: vec![0xFF, id as u8],
        tags: ["a", "b", "c"].into_iter().take(id as usize % 4).map(str::to_owned).collect(),
        numbers: (0..id as i32 % 3).map(|n| n - 1).collect(),
        address: (!id.is_multiple_of(3))
            .then(|| Address { city: format!("City {id}"), zip: id.is_multiple_of(2).then_some(1000 + id) }),
        stays: (0..id % 3).map(|n| Stay { nights: n as u8 + 1, rooms: vec![format!("room {n}")] }).collect(),
        prices: [("EUR".to_owned(), i64::from(id) * 10), ("a.b".to_owned(), 1)]
            .into_iter()
            .take(id as usize % 3)
            .collect(),
    };
    vec![
        guest(0, "Ann", None, None, 0),
        guest(1, "Bob", Some("Bob"), Some(30), 30),
        guest(2, "Annabel", Some("Ann"), Some(17), 3),
        guest(3, "éa", Some(""), Some(0), 1),
        guest(4, "zoe", None, Some(255), 255),
        guest(5, "Zoe", Some("zz"), Some(30), 29),
    ]
}

async fn stored(cx: &Context) -> Result<(Db, Vec<Guest>)> {
    let (db, _) = cx.clocked_db();
    Guest::create_table().send(&db).await?;
    let guests = guests();
    db.batch_write().put_all(guests.clone()).send().await?;
    Ok((db, guests))
}

/// A condition, how it is written, and what it says of a guest.
type Case<X> = (&'static str, Cond<Guest, X>, fn(&Guest) -> bool);

/// The conditions, for whatever they are used.
macro_rules! cases {
    ($(($condition:expr, |$guest:ident| $wanted:expr $(,)?),)+) => {
        vec![$((stringify!($condition), $condition, |$guest: &Guest| $wanted)),+]
    };
    () => {
        cases![
        // Comparisons.
        (Guest::NAME.eq("Ann"), |g| g.name == "Ann"),
        (Guest::NAME.ne("Ann"), |g| g.name != "Ann"),
        (Guest::NAME.lt("Zoe"), |g| g.name.as_str() < "Zoe"),
        (Guest::NAME.le("Zoe"), |g| g.name.as_str() <= "Zoe"),
        (Guest::NAME.gt("Zoe"), |g| g.name.as_str() > "Zoe"),
        (Guest::NAME.ge("zoe"), |g| g.name.as_str() >= "zoe"),
        (Guest::VISITS.between(3, 30), |g| (3..=30).contains(&g.visits)),
        (Guest::AGE.between(17, Guest::VISITS), |g| g.age.is_some_and(|age| (17..=g.visits).contains(&age))),
        (Guest::AGE.is_in([17, 30]), |g| matches!(g.age, Some(17 | 30))),
        (Guest::AGE.is_in([Some(17), None]), |g| matches!(g.age, Some(17) | None)),
        (Guest::REGULAR.eq(true), |g| g.regular),
        (Guest::PHOTO.gt(vec![0xFF, 3]), |g| g.photo > vec![0xFF, 3]),
        (Guest::TAGS.eq(BTreeSet::from(["a".to_owned()])), |g| g.tags == BTreeSet::from(["a".to_owned()])),
        // Of an absent attribute: only `ne` is true.
        (Guest::AGE.ne(30), |g| g.age != Some(30)),
        (Guest::AGE.gt(16), |g| g.age > Some(16)),
        (!Guest::AGE.le(16), |g| g.age.is_none_or(|age| age > 16)),
        // Another field.
        (Guest::NICK.eq(Guest::NAME), |g| g.nick.as_ref() == Some(&g.name)),
        (Guest::VISITS.lt(Guest::AGE), |g| g.age.is_some_and(|age| g.visits < age)),
        // Functions.
        (Guest::NICK.exists(), |g| g.nick.is_some()),
        (Guest::NICK.not_exists(), |g| g.nick.is_none()),
        (Guest::AGE.is_none(), |g| g.age.is_none()),
        (Guest::AGE.is_some(), |g| g.age.is_some()),
        (Guest::TAGS.eq(BTreeSet::new()), |g| g.tags.is_empty()),
        (Guest::TAGS.ne(BTreeSet::new()), |g| !g.tags.is_empty()),
        (Guest::NUMBERS.attribute_type(AttributeType::Ns), |g| !g.numbers.is_empty()),
        (Guest::NAME.attribute_type(AttributeType::N), |_g| false),
        (Guest::NAME.begins_with("Ann"), |g| g.name.starts_with("Ann")),
        (Guest::NAME.contains("o"), |g| g.name.contains('o')),
        (Guest::NAME.contains(Guest::NICK), |g| g.nick.as_ref().is_some_and(|nick| g.name.contains(&**nick))),
        (Guest::TAGS.contains("b"), |g| g.tags.contains("b")),
        (Guest::NUMBERS.contains(0), |g| g.numbers.contains(&0)),
        (Guest::NAME.size().gt(3), |g| g.name.len() > 3),
        (Guest::STAYS.size().eq(0), |g| g.stays.is_empty()),
        (Guest::PRICES.size().ge(1), |g| !g.prices.is_empty()),
        (Guest::NAME.size().lt(Guest::VISITS), |g| g.name.len() < usize::from(g.visits)),
        // Paths.
        (Guest::ADDRESS.dot(Address::CITY).eq("City 4"), |g| g.id == 4),
        (Guest::ADDRESS.dot(Address::ZIP).gt(1002), |g| g
            .address
            .as_ref()
            .and_then(|address| address.zip)
            .is_some_and(|zip| zip > 1002)),
        (Guest::ADDRESS.dot(Address::ZIP).is_none(), |g| g
            .address
            .as_ref()
            .and_then(|address| address.zip)
            .is_none()),
        (Guest::STAYS.at(1).dot(Stay::NIGHTS).ge(2), |g| g.stays.get(1).is_some_and(|stay| stay.nights >= 2)),
        (Guest::STAYS.at(0).dot(Stay::ROOMS).at(0).begins_with("room"), |g| g
            .stays
            .first()
            .is_some_and(|stay| stay.rooms[0].starts_with("room"))),
        (Guest::PRICES.key("EUR").gt(10), |g| g.prices.get("EUR").is_some_and(|price| *price > 10)),
        (Guest::PRICES.key("a.b").exists(), |g| g.prices.contains_key("a.b")),
        // Together.
        (Guest::REGULAR.eq(true) & (Guest::VISITS.gt(200) | Guest::NICK.is_some()), |g| g.regular
            && (g.visits > 200 || g.nick.is_some())),
        (!(Guest::REGULAR.eq(true) | Guest::VISITS.gt(29)) & Guest::NAME.ne("Bob"), |g| !(g.regular
            || g.visits > 29)
            && g.name != "Bob"),
        ]
    };
}

/// Those that not every engine can do.
macro_rules! full_cases {
    () => {
        cases![
            (Guest::ADDRESS.eq(Address { city: "City 1".into(), zip: None }), |g| g.id == 1),
            (Guest::STAYS.contains(Stay { nights: 2, rooms: vec!["room 1".into()] }), |g| g
                .stays
                .iter()
                .any(|stay| stay.nights == 2)),
            (Guest::PHOTO.begins_with(vec![0xFF, 2]), |g| g.photo.starts_with(&[0xFF, 2])),
            (Guest::TAGS.size().between(2, 3), |g| (2..=3).contains(&g.tags.len())),
        ]
    };
}

fn filters() -> Vec<Case<ScanFilter<Table>>> {
    cases!()
}

fn conditions() -> Vec<Case<Condition>> {
    cases!()
}

async fn filters_find_what_rust_finds(cx: Context) -> Result {
    find(&cx, filters()).await
}

async fn conditions_hold_where_rust_says_so(cx: Context) -> Result {
    hold(&cx, conditions()).await
}

async fn maps_binary_and_absent_sizes_too(cx: Context) -> Result {
    find(&cx, full_cases!()).await?;
    hold(&cx, full_cases!()).await
}

async fn find(cx: &Context, cases: Vec<Case<ScanFilter<Table>>>) -> Result {
    let (db, guests) = stored(cx).await?;
    let mut wrong = Vec::new();
    for (text, filter, holds) in cases {
        let wanted: Vec<u32> = guests.iter().filter(|guest| holds(guest)).map(|guest| guest.id).collect();
        match Guest::scan().filter(filter).all(&db).await {
            Ok(found) => {
                let mut found: Vec<u32> = found.iter().map(|guest| guest.id).collect();
                found.sort_unstable();
                if found != wanted {
                    wrong.push(format!("{text} finds {found:?}, not {wanted:?}"));
                }
            }
            Err(error) => wrong.push(format!("{text}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}

async fn hold(cx: &Context, cases: Vec<Case<Condition>>) -> Result {
    let (db, guests) = stored(cx).await?;
    let mut wrong = Vec::new();
    for (text, condition, holds) in cases {
        let yes = guests.iter().find(|guest| holds(guest));
        let no = guests.iter().find(|guest| !holds(guest));
        for guest in yes.into_iter().chain(no) {
            let holds = holds(guest);
            match guest.clone().put().condition(condition.clone()).send(&db).await {
                Ok(()) if holds => {}
                Err(error) if error.is_condition_failed() && !holds => {}
                other => wrong.push(format!("{text} of {} is {holds}: {other:?}", guest.id)),
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}

async fn a_path_into_what_is_absent_is_guarded(cx: Context) -> Result {
    let (db, guests) = stored(&cx).await?;
    let (homeless, housed) = (&guests[0], &guests[1]);

    let blind = Guest::update(homeless).set(Guest::ADDRESS.dot(Address::CITY), "Rome").send(&db).await;
    let guarded = Guest::update(homeless).set(Guest::ADDRESS.dot(Address::CITY), "Rome").guard().send(&db).await;
    Guest::update(housed).set(Guest::ADDRESS.dot(Address::CITY), "Rome").guard().send(&db).await?;

    assert!(blind.expect_err("there is no map to write into").is_validation_exception());
    assert!(guarded.expect_err("there is no map to write into").is_condition_failed());
    let moved = Guest::get(housed).consistent().send(&db).await?.and_then(|guest| guest.address);
    assert_eq!(moved.map(|address| address.city).as_deref(), Some("Rome"));
    Ok(())
}
