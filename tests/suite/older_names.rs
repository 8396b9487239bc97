//! Saves of items whose nested, listed and flattened structs were stored under older names.

use aws_sdk_dynamodb::types::AttributeValue::{self, L, M, N, S};
use dynorm::{Db, DynamoAttribute, DynamoModel, Item, Key, Tracked};
use dynorm_tests::{Context, Result};

dynorm_tests::tests! {
    a_nested_field_leaves_its_older_name needs [MapEquality],
    a_deeper_field_leaves_its_older_name needs [MapEquality],
    the_present_name_wins needs [MapEquality],
    a_nested_struct_that_changed_meanwhile_is_not_overwritten needs [ItemOfFailedCondition],
    structs_of_a_list_leave_their_older_names needs [MapEquality],
    a_flattened_field_leaves_its_older_name,
    a_moved_item_has_no_older_names needs [Transactions],
    an_update_leaves_no_older_name_of_a_nested_field,
    an_update_leaves_no_older_name_of_a_flattened_field,
    a_struct_under_an_older_name_that_changed_meanwhile_is_not_lost needs [ItemOfFailedCondition, MapEquality],
}

#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "clubs", sort_key = "{number:03}")]
struct Club {
    #[dynorm(partition_key)]
    league: String,
    number: u16,
    captain: Player,
    players: Vec<Player>,
    #[dynorm(flatten)]
    place: Place,
}

#[derive(Debug, Clone, PartialEq, DynamoAttribute)]
struct Player {
    name: String,
    #[dynorm(alias = "nick")]
    nickname: Option<String>,
    #[dynorm(alias = "agency", alias = "agents")]
    agent: Option<Agent>,
}

#[derive(Debug, Clone, PartialEq, DynamoAttribute)]
struct Agent {
    #[dynorm(alias = "telephone")]
    phone: Option<String>,
    fee: u32,
}

#[derive(Debug, Clone, PartialEq, DynamoAttribute)]
struct Place {
    #[dynorm(alias = "town")]
    city: Option<String>,
    #[dynorm(alias = "postcode")]
    zip: u32,
}

fn player(name: &str, nickname: &str) -> Player {
    Player { name: name.into(), nickname: Some(nickname.into()), agent: None }
}

fn club() -> Club {
    let agent = Agent { phone: Some("020".into()), fee: 5 };
    Club {
        league: "North".into(),
        number: 1,
        captain: Player { agent: Some(agent), ..player("Ann", "Annie") },
        players: vec![player("Bea", "Bee"), player("Cid", "Cy")],
        place: Place { city: Some("Leeds".into()), zip: 107 },
    }
}

fn map(entries: &[(&str, AttributeValue)]) -> AttributeValue {
    M(entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
}

fn text(text: &str) -> AttributeValue {
    S(text.into())
}

fn number(number: u32) -> AttributeValue {
    N(number.to_string())
}

fn old_player(name: &str, nick: &str) -> AttributeValue {
    map(&[("name", text(name)), ("nick", text(nick)), ("height", number(170))])
}

/// The club as it is stored: fields under their older names, beside what the model does not know.
fn older() -> Item {
    let agency = map(&[("telephone", text("020")), ("fee", number(5)), ("firm", text("Fox"))]);
    let captain = [("name", text("Ann")), ("nick", text("Annie")), ("agency", agency), ("height", number(180))];
    let attributes = [
        ("league", text("North")),
        ("sk", text("001")),
        ("number", number(1)),
        ("captain", map(&captain)),
        ("players", L(vec![old_player("Bea", "Bee"), old_player("Cid", "Cy")])),
        ("town", text("Leeds")),
        ("postcode", number(107)),
        ("founded", number(1906)),
    ];
    let mut item = Item::default();
    for (name, value) in attributes {
        item.insert(name.into(), value);
    }
    item
}

fn changed(change: impl FnOnce(&mut Item)) -> Item {
    let mut item = older();
    change(&mut item);
    item
}

fn key() -> Key<Club> {
    club().to_key()
}

async fn raw(db: &Db, key: Key<Club>) -> Result<Item> {
    Ok(Club::get(key).raw().consistent().send(db).await?.ok_or("no such club")?)
}

/// A handle, and the club as it is read from this item.
async fn tracked(cx: &Context, item: Item) -> Result<(Db, Tracked<Club>)> {
    let db = cx.db();
    Club::create_table().send(&db).await?;
    db.client().put_item().table_name(db.table_name::<Club>()).set_item(Some(item.0)).send().await?;
    let tracked = Club::get(key()).consistent().tracked().send(&db).await?.ok_or("no such club")?;
    Ok((db, tracked))
}

async fn a_nested_field_leaves_its_older_name(cx: Context) -> Result {
    let (db, mut saved) = tracked(&cx, older()).await?;
    assert_eq!(*saved, club());

    saved.captain.nickname = None;
    assert!(saved.save().send(&db).await?);

    let agent = map(&[("phone", text("020")), ("fee", number(5)), ("firm", text("Fox"))]);
    let captain = |fields: &[(&str, AttributeValue)]| {
        let known = [("agent", agent.clone()), ("height", number(180))];
        let captain = map(&[&known[..], fields].concat());
        changed(|item| drop(item.insert("captain".into(), captain)))
    };
    assert_eq!(raw(&db, key()).await?, captain(&[("name", text("Ann"))]));
    assert_eq!(Club::get(key()).consistent().send(&db).await?.as_ref(), Some(&*saved));
    // From then on an entry is set as always.
    saved.captain.name = "Anna".into();
    saved.captain.nickname = Some("Nan".into());
    assert!(saved.save().send(&db).await?);
    assert!(!saved.save().send(&db).await?);
    assert_eq!(raw(&db, key()).await?, captain(&[("name", text("Anna")), ("nickname", text("Nan"))]));
    Ok(())
}

async fn a_deeper_field_leaves_its_older_name(cx: Context) -> Result {
    let (db, mut saved) = tracked(&cx, older()).await?;

    saved.captain.agent = Some(Agent { phone: None, fee: 6 });
    saved.save().send(&db).await?;

    let agent = map(&[("fee", number(6)), ("firm", text("Fox"))]);
    let captain = [("name", text("Ann")), ("nickname", text("Annie")), ("agent", agent), ("height", number(180))];
    assert_eq!(raw(&db, key()).await?, changed(|item| drop(item.insert("captain".into(), map(&captain)))));
    saved.captain.agent = None;
    saved.save().send(&db).await?;
    assert_eq!(Club::get(key()).consistent().send(&db).await?, Some(saved.into_inner()));
    Ok(())
}

async fn the_present_name_wins(cx: Context) -> Result {
    let agency = |fee| map(&[("fee", number(fee))]);
    let fields = [("name", text("Ann")), ("nickname", text("Nan")), ("nick", text("Annie"))];
    let agencies = [("agency", agency(7)), ("agents", agency(7))];
    let stored = changed(|item| drop(item.insert("captain".into(), map(&[&fields[..], &agencies].concat()))));
    let (db, mut saved) = tracked(&cx, stored).await?;
    assert_eq!(saved.captain.nickname.as_deref(), Some("Nan"));

    saved.captain.name = "Anna".into();
    saved.save().send(&db).await?;

    let captain = [("name", text("Anna")), ("nickname", text("Nan")), ("agent", agency(7))];
    assert_eq!(raw(&db, key()).await?, changed(|item| drop(item.insert("captain".into(), map(&captain)))));
    Ok(())
}

async fn a_nested_struct_that_changed_meanwhile_is_not_overwritten(cx: Context) -> Result {
    let (db, mut saved) = tracked(&cx, older()).await?;
    let meanwhile = changed(|item| drop(item.insert("captain".into(), old_player("Eve", "Evie"))));
    let put = db.client().put_item().table_name(db.table_name::<Club>());
    put.set_item(Some(meanwhile.0.clone())).send().await?;

    saved.captain.nickname = None;
    let error = saved.save().send(&db).await.expect_err("the captain is another one");

    assert!(error.is_condition_failed() && !error.is_not_found(), "{error}");
    assert_eq!(raw(&db, key()).await?, meanwhile);
    Ok(())
}

async fn structs_of_a_list_leave_their_older_names(cx: Context) -> Result {
    let (db, mut saved) = tracked(&cx, older()).await?;

    saved.players[0].nickname = None;
    saved.save().send(&db).await?;

    let bea = map(&[("name", text("Bea")), ("height", number(170))]);
    let cid = map(&[("name", text("Cid")), ("nickname", text("Cy")), ("height", number(170))]);
    let expected = changed(|item| drop(item.insert("players".into(), L(vec![bea, cid.clone()]))));
    assert_eq!(raw(&db, key()).await?, expected);
    // What is stored now is known, so the next change meets it.
    saved.players.remove(0);
    saved.save().send(&db).await?;
    assert_eq!(raw(&db, key()).await?, changed(|item| drop(item.insert("players".into(), L(vec![cid])))));
    Ok(())
}

async fn a_flattened_field_leaves_its_older_name(cx: Context) -> Result {
    let (db, mut saved) = tracked(&cx, older()).await?;

    saved.place.city = None;
    saved.save().send(&db).await?;
    assert_eq!(raw(&db, key()).await?, changed(|item| drop(item.remove("town"))));
    saved.place.zip = 108;
    saved.save().send(&db).await?;

    let expected = changed(|item| {
        item.remove("town");
        item.remove("postcode");
        item.insert("zip".into(), number(108));
    });
    assert_eq!(raw(&db, key()).await?, expected);
    assert_eq!(Club::get(key()).consistent().send(&db).await?, Some(saved.into_inner()));
    Ok(())
}

async fn a_moved_item_has_no_older_names(cx: Context) -> Result {
    let (db, mut saved) = tracked(&cx, older()).await?;

    saved.number = 2;
    saved.captain.nickname = None;
    saved.place.city = None;
    saved.rekey().send(&db).await?;

    let agent = map(&[("phone", text("020")), ("fee", number(5)), ("firm", text("Fox"))]);
    let captain = map(&[("name", text("Ann")), ("agent", agent), ("height", number(180))]);
    let player = |name, nickname| map(&[("name", text(name)), ("nickname", text(nickname)), ("height", number(170))]);
    let expected = changed(|item| {
        item.remove("town");
        item.remove("postcode");
        item.insert("zip".into(), number(107));
        item.insert("sk".into(), text("002"));
        item.insert("number".into(), number(2));
        item.insert("captain".into(), captain);
        item.insert("players".into(), L(vec![player("Bea", "Bee"), player("Cid", "Cy")]));
    });
    assert_eq!(raw(&db, saved.to_key()).await?, expected);
    // What it knows of the stored item, it knows of the moved one.
    saved.players.truncate(1);
    saved.place.zip = 108;
    saved.save().send(&db).await?;
    assert_eq!(Club::get(saved.to_key()).consistent().send(&db).await?, Some(saved.into_inner()));
    Ok(())
}

async fn an_update_leaves_no_older_name_of_a_nested_field(cx: Context) -> Result {
    let (db, _) = tracked(&cx, older()).await?;
    let change = |change: fn(&mut std::collections::HashMap<String, AttributeValue>)| {
        changed(|item| {
            if let Some(M(captain)) = item.get_mut("captain") {
                change(captain);
            }
        })
    };

    Club::update(key()).set(Club::CAPTAIN.dot(Player::NICKNAME), Some("Anna".to_owned())).send(&db).await?;
    let renamed = change(|captain| {
        captain.remove("nick");
        captain.insert("nickname".into(), S("Anna".into()));
    });
    assert_eq!(raw(&db, key()).await?, renamed);

    // What is removed is not found again under one of its older names.
    Club::update(key())
        .remove(Club::CAPTAIN.dot(Player::NICKNAME))
        .remove(Club::CAPTAIN.dot(Player::AGENT))
        .send(&db)
        .await?;
    let gone = change(|captain| {
        captain.remove("nick");
        captain.remove("agency");
    });
    assert_eq!(raw(&db, key()).await?, gone);
    let club = Club::get(key()).consistent().send(&db).await?.ok_or("stored")?;
    assert_eq!(club.captain, Player { name: "Ann".into(), nickname: None, agent: None });
    Ok(())
}

async fn an_update_leaves_no_older_name_of_a_flattened_field(cx: Context) -> Result {
    let (db, _) = tracked(&cx, older()).await?;

    Club::update(key()).set(Club::PLACE.dot(Place::ZIP), 9).remove(Club::PLACE.dot(Place::CITY)).send(&db).await?;

    let expected = changed(|item| {
        item.remove("town");
        item.remove("postcode");
        item.insert("zip".into(), N("9".into()));
    });
    assert_eq!(raw(&db, key()).await?, expected);
    Ok(())
}

/// A crew whose captain was its boss.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "crews")]
struct Crew {
    #[dynorm(partition_key)]
    id: String,
    #[dynorm(alias = "boss")]
    captain: Player,
}

async fn a_struct_under_an_older_name_that_changed_meanwhile_is_not_lost(cx: Context) -> Result {
    let db = cx.db();
    Crew::create_table().send(&db).await?;
    let store = async |height: u32| -> Result {
        let boss = map(&[("name", text("Ann")), ("height", number(height))]);
        let item = [("id".to_owned(), text("a")), ("boss".to_owned(), boss)].into();
        db.client().put_item().table_name(db.table_name::<Crew>()).set_item(Some(item)).send().await?;
        Ok(())
    };
    store(180).await?;
    let crew = || Crew::get(Crew::key().id("a")).consistent();
    let mut ann = crew().tracked().send(&db).await?.ok_or("stored")?;
    ann.captain.name = "Anna".into();

    // Somebody who knows the older name only changes what the model does not know.
    store(181).await?;
    let error = ann.save().send(&db).await.expect_err("the boss has changed");
    assert!(error.is_condition_failed() && !error.is_not_found(), "{error}");

    let mut ann = crew().tracked().send(&db).await?.ok_or("stored")?;
    ann.captain.name = "Anna".into();
    ann.save().send(&db).await?;
    let captain = map(&[("name", text("Anna")), ("height", number(181))]);
    let stored = crew().raw().send(&db).await?.ok_or("stored")?;
    assert_eq!((stored.get("captain"), stored.get("boss")), (Some(&captain), None));
    Ok(())
}
