//! Saves of items that have more than the model knows: attributes, and members of their maps and lists.

use std::collections::{BTreeMap, HashMap, HashSet};

use aws_sdk_dynamodb::types::AttributeValue::{self, L, M, N, S};
use dynorm::{Db, DynamoAttribute, DynamoModel, Item, Key, Tracked};
use dynorm_tests::models::Film;
use dynorm_tests::{Context, Result};

dynorm_tests::tests! {
    what_a_newer_model_wrote_survives_a_save,
    a_save_changes_only_the_entries_that_differ,
    items_of_a_list_keep_what_the_model_does_not_know needs [MapEquality],
    a_list_that_changed_meanwhile_is_not_overwritten needs [ItemOfFailedCondition],
    a_map_that_is_gone_meanwhile_is_a_failed_condition needs [ItemOfFailedCondition],
    a_large_map_is_saved_at_once,
    a_save_returns_what_dynamodb_returns,
    a_save_of_a_unique_value_returns_no_item needs [Transactions],
    a_second_save_builds_on_the_first needs [MapEquality],
    a_save_removes_the_older_name,
    an_update_removes_the_older_name,
    a_default_that_was_read_is_not_written,
    another_order_of_maps_and_sets_is_no_change,
    items_of_a_query_and_a_scan_can_be_saved,
    a_moved_item_keeps_what_the_model_does_not_know needs [Transactions],
}

#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "shops", sort_key = "{number:03}")]
struct Shop {
    #[dynorm(partition_key)]
    chain: String,
    number: u16,
    #[dynorm(alias = "title")]
    name: String,
    #[dynorm(alias = "phone")]
    call: Option<String>,
    address: Address,
    staff: Vec<Person>,
    stock: BTreeMap<String, u32>,
}

#[derive(Debug, Clone, PartialEq, DynamoAttribute)]
struct Address {
    city: String,
    zip: u32,
    floor: Option<u32>,
    owner: Option<Person>,
}

#[derive(Debug, Clone, PartialEq, DynamoAttribute)]
struct Person {
    name: String,
}

fn person(name: &str) -> Person {
    Person { name: name.into() }
}

fn shop() -> Shop {
    Shop {
        chain: "Foyles".into(),
        number: 1,
        name: "Charing Cross".into(),
        call: None,
        address: Address { city: "London".into(), zip: 107, floor: Some(2), owner: Some(person("Ann")) },
        staff: vec![person("Bea"), person("Cid"), person("Dan")],
        stock: BTreeMap::from([("maps".into(), 3), ("a.b #c".into(), 4)]),
    }
}

fn map(entries: &[(&str, AttributeValue)]) -> AttributeValue {
    M(entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
}

fn newer_person(name: &str, born: &str) -> AttributeValue {
    map(&[("name", S(name.into())), ("born", N(born.into()))])
}

/// The shop as a newer model wrote it: with more attributes, more fields of its structs, and a field under an older name.
fn newer() -> Item {
    let mut item = Item::default();
    item.insert("chain".into(), S("Foyles".into()));
    item.insert("sk".into(), S("001".into()));
    item.insert("number".into(), N("1".into()));
    item.insert("title".into(), S("Charing Cross".into()));
    item.insert("opened".into(), N("1906".into()));
    let address = [
        ("city", S("London".into())),
        ("zip", N("107".into())),
        ("floor", N("2".into())),
        ("owner", newer_person("Ann", "1950")),
        ("country", S("uk".into())),
    ];
    item.insert("address".into(), map(&address));
    let staff = [newer_person("Bea", "1990"), newer_person("Cid", "1991"), newer_person("Dan", "1992")];
    item.insert("staff".into(), L(staff.into()));
    item.insert("stock".into(), map(&[("maps", N("3".into())), ("a.b #c", N("4".into()))]));
    item
}

fn key() -> Key<Shop> {
    shop().to_key()
}

async fn store(db: &Db, item: Item) -> Result {
    db.client().put_item().table_name(db.table_name::<Shop>()).set_item(Some(item.0)).send().await?;
    Ok(())
}

async fn raw(db: &Db) -> Result<Item> {
    Ok(Shop::get(key()).raw().consistent().send(db).await?.ok_or("no such shop")?)
}

/// A handle, and the shop as the older model reads what the newer one wrote.
async fn tracked(cx: &Context) -> Result<(Db, Tracked<Shop>)> {
    let db = cx.db();
    Shop::create_table().send(&db).await?;
    store(&db, newer()).await?;
    let tracked = Shop::get(key()).consistent().tracked().send(&db).await?.ok_or("no such shop")?;
    assert_eq!(*tracked, shop());
    Ok((db, tracked))
}

/// The newer item after a change of one of its attributes.
fn changed(change: impl FnOnce(&mut Item)) -> Item {
    let mut item = newer();
    change(&mut item);
    item
}

fn set_in(item: &mut Item, attribute: &str, entry: &str, value: AttributeValue) {
    if let Some(M(entries)) = item.get_mut(attribute) {
        entries.insert(entry.to_owned(), value);
    }
}

async fn what_a_newer_model_wrote_survives_a_save(cx: Context) -> Result {
    let (db, mut shop) = tracked(&cx).await?;

    assert!(!shop.save().send(&db).await?);
    shop.address.zip = 108;
    shop.address.floor = None;
    shop.address.owner = Some(person("Eve"));
    assert!(shop.save().send(&db).await?);

    let expected = changed(|item| {
        set_in(item, "address", "zip", N("108".into()));
        set_in(item, "address", "owner", newer_person("Eve", "1950"));
        if let Some(M(address)) = item.get_mut("address") {
            address.remove("floor");
        }
    });
    assert_eq!(raw(&db).await?, expected);
    Ok(())
}

async fn a_save_changes_only_the_entries_that_differ(cx: Context) -> Result {
    let (db, mut shop) = tracked(&cx).await?;
    // Somebody else changes other places meanwhile.
    Shop::update(key())
        .set(Shop::ADDRESS.dot(Address::CITY), "Leeds")
        .set(Shop::STOCK.key("pens"), 9)
        .send(&db)
        .await?;

    shop.address.zip = 108;
    shop.stock.remove("maps");
    shop.stock.insert("a.b #c".into(), 5);
    shop.stock.insert("ink".into(), 1);
    shop.save().send(&db).await?;

    let expected = changed(|item| {
        set_in(item, "address", "zip", N("108".into()));
        set_in(item, "address", "city", S("Leeds".into()));
        let stock = [("a.b #c", N("5".into())), ("ink", N("1".into())), ("pens", N("9".into()))];
        item.insert("stock".into(), map(&stock));
    });
    assert_eq!(raw(&db).await?, expected);
    Ok(())
}

async fn items_of_a_list_keep_what_the_model_does_not_know(cx: Context) -> Result {
    let (db, mut shop) = tracked(&cx).await?;

    shop.staff[0].name = "Bee".into();
    shop.staff.remove(1);
    shop.staff.push(person("Fay"));
    shop.save().send(&db).await?;

    // Who is renamed while another one goes could be either of the two; Dan is known by what he is.
    let staff = [map(&[("name", S("Bee".into()))]), newer_person("Dan", "1992"), map(&[("name", S("Fay".into()))])];
    assert_eq!(raw(&db).await?, changed(|item| drop(item.insert("staff".into(), L(staff.into())))));
    store(&db, newer()).await?;
    let mut shop = Shop::get(key()).consistent().tracked().send(&db).await?.ok_or("stored")?;
    shop.staff.rotate_left(1);
    shop.staff.push(person("Fay"));
    shop.save().send(&db).await?;
    shop.staff[3].name = "Faye".into();
    shop.staff[0].name = "Cyd".into();
    shop.save().send(&db).await?;

    let staff = [newer_person("Cyd", "1991"), newer_person("Dan", "1992"), newer_person("Bea", "1990")];
    let faye = map(&[("name", S("Faye".into()))]);
    assert_eq!(raw(&db).await?, changed(|item| drop(item.insert("staff".into(), L([&staff[..], &[faye]].concat())))));
    Ok(())
}

async fn a_list_that_changed_meanwhile_is_not_overwritten(cx: Context) -> Result {
    let (db, mut shop) = tracked(&cx).await?;
    let meanwhile = changed(|item| drop(item.insert("staff".into(), L(vec![newer_person("Bea", "2000")]))));
    store(&db, meanwhile.clone()).await?;

    shop.staff.push(person("Fay"));
    let error = shop.save().send(&db).await.expect_err("the list is another one");

    assert!(error.is_condition_failed() && !error.is_not_found(), "{error}");
    assert_eq!(error.current::<Shop>().transpose()?.map(|shop| shop.staff), Some(vec![person("Bea")]));
    assert_eq!(raw(&db).await?, meanwhile);
    Ok(())
}

async fn a_map_that_is_gone_meanwhile_is_a_failed_condition(cx: Context) -> Result {
    let (db, mut shop) = tracked(&cx).await?;
    let meanwhile = changed(|item| drop(item.remove("address")));
    store(&db, meanwhile.clone()).await?;

    shop.address.zip = 108;
    let error = shop.save().send(&db).await.expect_err("there is no address");

    assert!(error.is_condition_failed() && !error.is_not_found(), "{error}");
    // The item is no shop any more, which does not hide what happened.
    assert!(error.current::<Shop>().is_some_and(|current| current.is_err_and(|error| error.is_decode())));
    assert_eq!(error.current_item(), Some(&meanwhile));
    Ok(())
}

async fn a_large_map_is_saved_at_once(cx: Context) -> Result {
    let (db, mut shop) = tracked(&cx).await?;

    // A path for each of them would be more than an expression can hold.
    shop.stock = (0..1_000).map(|n| (format!("thing number {n}"), n)).collect();
    shop.save().send(&db).await?;

    let stored = Shop::get(key()).consistent().send(&db).await?.ok_or("stored")?;
    assert_eq!(stored, shop.into_inner());
    Ok(())
}

async fn a_second_save_builds_on_the_first(cx: Context) -> Result {
    let (db, mut shop) = tracked(&cx).await?;

    shop.staff.push(person("Fay"));
    shop.address.zip = 108;
    shop.save().send(&db).await?;
    shop.staff.truncate(1);
    shop.address.owner = None;
    assert!(shop.save().send(&db).await?);
    assert!(!shop.save().send(&db).await?);

    let expected = changed(|item| {
        item.insert("staff".into(), L(vec![newer_person("Bea", "1990")]));
        set_in(item, "address", "zip", N("108".into()));
        if let Some(M(address)) = item.get_mut("address") {
            address.remove("owner");
        }
    });
    assert_eq!(raw(&db).await?, expected);
    Ok(())
}

async fn a_save_removes_the_older_name(cx: Context) -> Result {
    let (db, mut shop) = tracked(&cx).await?;
    shop.name = "Southbank".into();
    shop.save().send(&db).await?;

    let renamed = changed(|item| {
        item.remove("title");
        item.insert("name".into(), S("Southbank".into()));
    });
    assert_eq!(raw(&db).await?, renamed);

    // A value that is removed must not be found again under its older name.
    store(&db, changed(|item| drop(item.insert("phone".into(), S("020".into()))))).await?;
    let mut shop = Shop::get(key()).consistent().tracked().send(&db).await?.ok_or("stored")?;
    assert_eq!(shop.call.as_deref(), Some("020"));
    shop.call = None;
    shop.save().send(&db).await?;
    assert_eq!(raw(&db).await?, newer());
    Ok(())
}

async fn an_update_removes_the_older_name(cx: Context) -> Result {
    let (db, _) = tracked(&cx).await?;
    store(&db, changed(|item| drop(item.insert("phone".into(), S("020".into()))))).await?;

    Shop::update(key()).set(Shop::NAME, "Southbank").remove(Shop::CALL).send(&db).await?;

    let renamed = changed(|item| {
        item.remove("title");
        item.insert("name".into(), S("Southbank".into()));
    });
    assert_eq!(raw(&db).await?, renamed);
    Ok(())
}

async fn a_moved_item_keeps_what_the_model_does_not_know(cx: Context) -> Result {
    let (db, mut shop) = tracked(&cx).await?;

    shop.number = 2;
    shop.address.zip = 108;
    shop.rekey().send(&db).await?;

    let moved = Shop::get(Shop::key().chain("Foyles").number(2)).raw().consistent().send(&db).await?;
    let expected = changed(|item| {
        item.insert("sk".into(), S("002".into()));
        item.insert("number".into(), N("2".into()));
        item.remove("title");
        item.insert("name".into(), S("Charing Cross".into()));
        set_in(item, "address", "zip", N("108".into()));
    });
    assert_eq!(moved, Some(expected));
    // What it knows of the stored item, it knows of the moved one.
    shop.staff.remove(2);
    shop.save().send(&db).await?;
    let staff = Shop::get(shop.to_key()).raw().consistent().send(&db).await?.and_then(|mut item| item.remove("staff"));
    assert_eq!(staff, Some(L(vec![newer_person("Bea", "1990"), newer_person("Cid", "1991")])));
    Ok(())
}

async fn a_default_that_was_read_is_not_written(cx: Context) -> Result {
    let db = cx.db();
    Film::create_table().send(&db).await?;
    let (mut film, stored) =
        (Film::new(1962, "1", "Cleo"), || db.client().scan().table_name(db.table_name::<Film>()).send());
    film.put().send(&db).await?;
    let mut item = stored().await?.items.and_then(|mut items| items.pop()).ok_or("an item")?;
    item.remove("rating");
    db.client().put_item().table_name(db.table_name::<Film>()).set_item(Some(item)).send().await?;

    let mut tracked = Film::get(&film).tracked().send(&db).await?.ok_or("a film")?;
    assert_eq!(tracked.stars, 3);
    assert!(!tracked.save().send(&db).await?);
    tracked.title = "Cleo from 5 to 7".into();
    assert!(tracked.save().send(&db).await?);

    let item = stored().await?.items.and_then(|mut items| items.pop()).ok_or("an item")?;
    assert_eq!((item.get("title"), item.get("rating")), (Some(&S("Cleo from 5 to 7".into())), None));
    Ok(())
}

/// A model of collections without an order.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "bags")]
struct Bag {
    #[dynorm(partition_key)]
    id: String,
    counts: HashMap<String, u32>,
    names: HashSet<String>,
    #[dynorm(with = set)]
    tags: Vec<u32>,
    nested: Vec<HashMap<String, HashSet<u32>>>,
}

fn bag(order: impl Iterator<Item = u32> + Clone) -> Bag {
    let name = |number: u32| format!("name {number}");
    Bag {
        id: "a".into(),
        counts: order.clone().map(|number| (name(number), number)).collect(),
        names: order.clone().map(name).collect(),
        tags: order.clone().collect(),
        nested: vec![order.clone().map(|number| (name(number), order.clone().collect())).collect()],
    }
}

async fn another_order_of_maps_and_sets_is_no_change(cx: Context) -> Result {
    let db = cx.db();
    Bag::create_table().send(&db).await?;
    bag(0..20).put().send(&db).await?;
    let mut tracked = Bag::get(Bag::key().id("a")).tracked().consistent().send(&db).await?.ok_or("a bag")?;

    // Each `HashMap` has an order of its own.
    *tracked = bag((0..20).rev());
    assert!(!tracked.is_changed()?);
    assert!(!tracked.save().send(&db).await?);

    tracked.nested[0].entry("name 3".into()).or_default().remove(&7);
    assert!(tracked.save().send(&db).await?);
    let stored = Bag::get(Bag::key().id("a")).consistent().send(&db).await?.ok_or("a bag")?;
    assert_eq!((&stored.nested, &stored.names), (&tracked.nested, &tracked.names));
    Ok(())
}

async fn items_of_a_query_and_a_scan_can_be_saved(cx: Context) -> Result {
    let (db, _) = tracked(&cx).await?;
    let mut second = Shop { number: 2, ..shop() };
    second.create().send(&db).await?;

    let mut shops = Shop::query(Shop::key().chain("Foyles")).consistent().tracked().stream(&db);
    while let Some(mut shop) = shops.try_next().await? {
        shop.address.zip += 1;
        assert!(shop.save().send(&db).await?);
    }
    for mut shop in Shop::scan().consistent().tracked().all(&db).await? {
        shop.address.floor = None;
        assert!(shop.save().send(&db).await?);
    }

    let expected = changed(|item| {
        set_in(item, "address", "zip", N("108".into()));
        if let Some(M(address)) = item.get_mut("address") {
            address.remove("floor");
        }
    });
    assert_eq!(raw(&db).await?, expected);
    second.address = Address { zip: 108, floor: None, ..second.address };
    assert_eq!(Shop::get(&second).consistent().send(&db).await?, Some(second));
    Ok(())
}

async fn a_save_returns_what_dynamodb_returns(cx: Context) -> Result {
    let (db, mut shop) = tracked(&cx).await?;
    let meanwhile = shop.stock.clone().into_iter().chain([("ink".to_owned(), 1)]).collect::<BTreeMap<_, _>>();
    Shop::update(key()).set(Shop::STOCK, &meanwhile).send(&db).await?;

    assert_eq!(shop.save().return_new().send(&db).await?, None, "nothing changed");
    assert!(shop.save().return_updated_old().send(&db).await?.is_none());
    shop.call = Some("020".into());
    let new = shop.save().return_new().send(&db).await?.ok_or("sent")?;
    assert_eq!((new.call.as_deref(), &new.stock), (Some("020"), &meanwhile));
    shop.call = Some("030".into());
    let old = shop.save().return_old().send(&db).await?.ok_or("sent")?;
    assert_eq!((old.call.as_deref(), &old.stock), (Some("020"), &meanwhile));
    shop.call = Some("040".into());
    let changed = shop.save().return_updated_new().send(&db).await?.ok_or("sent")?;
    assert_eq!((changed.get(Shop::CALL)?, changed.get(Shop::CHAIN)?), (Some(Some("040".into())), None));
    shop.call = None;
    let changed = shop.save().return_updated_old().send(&db).await?.ok_or("sent")?;
    assert_eq!(changed.get(Shop::CALL)?, Some(Some("040".into())));
    assert!(!shop.is_changed()?);
    Ok(())
}

/// A key card of somebody.
#[derive(Debug, DynamoModel)]
#[dynorm(table = "cards")]
struct Card {
    #[dynorm(partition_key)]
    number: String,
    #[dynorm(unique)]
    owner: String,
    doors: u32,
}

async fn a_save_of_a_unique_value_returns_no_item(cx: Context) -> Result {
    let db = cx.db();
    Card::create_table().send(&db).await?;
    Card { number: "1".into(), owner: "Ann".into(), doors: 1 }.create().send(&db).await?;
    let card = Card::get(Card::key().number("1")).consistent().tracked().send(&db).await?;
    let mut card = card.ok_or("stored")?;

    card.doors = 2;
    let old = card.save().return_old().send(&db).await?;
    assert_eq!(old.map(|card| card.doors), Some(1));
    card.owner = "Bea".into();
    let error = card.save().return_old().send(&db).await.expect_err("it is a transaction");
    assert!(error.is_expression() && !error.is_outcome_unknown(), "{error}");
    assert!(card.save().send(&db).await?, "it is still to be saved");
    Ok(())
}
