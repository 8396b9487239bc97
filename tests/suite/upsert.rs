//! `upsert` of a model in hand: every field is set, and what the model does not know stays.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue::{N, S};
use chrono::{DateTime, Utc};
use dynorm::{Db, DynamoAttribute, DynamoModel, Item, Key, auto};
use dynorm_tests::models::{Account, Session, TestClock, at};
use dynorm_tests::{Context, Result};

dynorm_tests::tests! {
    a_new_item_is_stored_as_by_put,
    what_the_model_does_not_know_stays,
    what_became_absent_is_removed,
    what_was_created_stays_created,
    a_time_of_creation_is_found_under_its_older_name needs [NestedFunctions],
    a_readonly_value_stays,
    it_returns_what_dynamodb_returns,
    an_index_key_of_created_stays,
    an_index_key_of_created_and_others_asks_for_the_one_in_hand needs [ItemOfFailedCondition],
    a_version_is_checked_as_by_put,
    a_caller_may_have_a_condition,
    what_is_not_valid_is_not_sent,
    a_model_of_nothing_but_its_key_is_stored needs [UpdateOfNothing],
    nothing_of_an_expired_item_stays needs [TimeToLive, Transactions, ItemOfFailedCondition],
    an_item_that_has_not_expired_is_changed needs [TimeToLive],
    in_a_transaction_an_expired_item_is_replaced_too needs [TimeToLive, Transactions],
    in_a_transaction_what_is_unset_stays_unset needs [Transactions],
    unique_values_are_taken_and_freed needs [Transactions],
}

/// A member of a club.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "members", entity = "member", sort_key = "MEMBER#{number:03}")]
#[dynorm(index(ByCity, partition_key = "{city}", sort_key = "{name}#{number:03}"))]
struct Member {
    #[dynorm(partition_key)]
    club: String,
    number: u16,
    name: String,
    #[dynorm(alias = "town")]
    city: Option<String>,
    tags: BTreeSet<String>,
    #[dynorm(flatten)]
    contact: Contact,
    #[dynorm(readonly)]
    sponsor: Option<String>,
    #[dynorm(created)]
    created: DateTime<Utc>,
    #[dynorm(updated)]
    updated: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, DynamoAttribute)]
struct Contact {
    email: String,
    #[dynorm(alias = "tel")]
    phone: Option<String>,
}

fn member() -> Member {
    Member {
        club: "chess".into(),
        number: 7,
        name: "Ann".into(),
        city: Some("Leeds".into()),
        tags: BTreeSet::from(["fast".into()]),
        contact: Contact { email: "ann@example.com".into(), phone: Some("020".into()) },
        sponsor: Some("Bea".into()),
        created: auto(),
        updated: auto(),
    }
}

async fn members(cx: &Context) -> Result<(Db, TestClock)> {
    let (db, clock) = cx.clocked_db();
    Member::create_table().send(&db).await?;
    Ok((db, clock))
}

fn key() -> Key<Member> {
    member().to_key()
}

async fn raw(db: &Db) -> Result<Item> {
    Ok(Member::get(key()).raw().consistent().send(db).await?.ok_or("no such member")?)
}

/// Changes the stored item behind the model's back.
async fn change(db: &Db, change: impl FnOnce(&mut Item)) -> Result<Item> {
    let mut item = raw(db).await?;
    change(&mut item);
    db.client().put_item().table_name(db.table_name::<Member>()).set_item(Some(item.0.clone())).send().await?;
    Ok(item)
}

async fn a_new_item_is_stored_as_by_put(cx: Context) -> Result {
    let (db, _) = members(&cx).await?;
    let (mut upserted, mut put) = (member(), member());

    upserted.upsert().send(&db).await?;
    let item = raw(&db).await?;
    put.put().send(&db).await?;

    assert_eq!(item, raw(&db).await?);
    assert_eq!((upserted.created, upserted.updated), (at(1_000), at(1_000)));
    assert_eq!(upserted, put);
    assert_eq!(Member::query(Member::by_city().city("Leeds").name("Ann").number(7)).all(&db).await?, [put]);
    Ok(())
}

async fn what_the_model_does_not_know_stays(cx: Context) -> Result {
    let (db, clock) = members(&cx).await?;
    member().put().send(&db).await?;
    let newer = change(&db, |item| {
        item.insert("rating".into(), N("1900".into()));
        item.insert("town".into(), S("York".into()));
        item.insert("tel".into(), S("030".into()));
    });
    let newer = newer.await?;

    clock.set(2_000);
    let mut changed = Member { name: "Anna".into(), ..member() };
    changed.upsert().send(&db).await?;

    let mut expected = newer;
    expected.remove("town");
    expected.remove("tel");
    expected.insert("name".into(), S("Anna".into()));
    expected.insert("by_city_sk".into(), S("Anna#007".into()));
    expected.insert("updated".into(), S("1970-01-01T00:33:20.000000000Z".into()));
    let stored = raw(&db).await?;
    assert_eq!(stored, expected);
    assert_eq!(Member::get(key()).consistent().send(&db).await?, Some(changed));
    Ok(())
}

async fn what_became_absent_is_removed(cx: Context) -> Result {
    let (db, _) = members(&cx).await?;
    member().put().send(&db).await?;
    change(&db, |item| drop(item.insert("tel".into(), S("030".into())))).await?;

    let contact = Contact { phone: None, ..member().contact };
    let mut less = Member { city: None, tags: BTreeSet::new(), contact, ..member() };
    less.upsert().send(&db).await?;

    assert_eq!(Member::get(key()).consistent().send(&db).await?, Some(less.clone()));
    let gone = raw(&db).await?;
    let mut fresh = Member { created: auto(), ..less };
    fresh.put().send(&db).await?;
    assert_eq!(gone, raw(&db).await?, "nothing is left of it, also of the index");
    Ok(())
}

async fn what_was_created_stays_created(cx: Context) -> Result {
    let (db, clock) = members(&cx).await?;
    member().create().send(&db).await?;

    clock.set(2_000);
    let mut fresh = member();
    fresh.upsert().send(&db).await?;
    assert_eq!((fresh.created, fresh.updated), (at(1_000), at(2_000)), "the model says what is stored");
    let mut wrong = Member { created: at(500), ..member() };
    wrong.upsert().send(&db).await?;
    assert_eq!(wrong.created, at(1_000));

    assert_eq!(Member::get(key()).consistent().send(&db).await?, Some(wrong));
    Ok(())
}

/// Somebody whose time of creation had another name.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "veterans")]
struct Veteran {
    #[dynorm(partition_key)]
    id: String,
    name: String,
    #[dynorm(created, alias = "joined")]
    created: DateTime<Utc>,
}

async fn a_time_of_creation_is_found_under_its_older_name(cx: Context) -> Result {
    let (db, _) = cx.clocked_db();
    Veteran::create_table().send(&db).await?;
    let store = async || -> Result {
        let text = |text: &str| S(text.to_owned());
        let item = [("id", text("a")), ("name", text("Ann")), ("joined", text("1970-01-01T00:00:07Z"))];
        let item = item.map(|(name, value)| (name.to_owned(), value)).into();
        db.client().put_item().table_name(db.table_name::<Veteran>()).set_item(Some(item)).send().await?;
        Ok(())
    };
    store().await?;
    let mut fresh = Veteran { id: "a".into(), name: "Anna".into(), created: auto() };
    fresh.upsert().send(&db).await?;
    assert_eq!(fresh.created, at(7));
    let item = Veteran::get(&fresh).raw().consistent().send(&db).await?.ok_or("stored")?;
    assert!(item.contains_key("created") && !item.contains_key("joined"), "{item:?}");

    // The upsert that changes single fields keeps it as well.
    store().await?;
    Veteran::update(&fresh).upsert().set(Veteran::NAME, "Anne").send(&db).await?;
    let stored = Veteran::get(&fresh).consistent().send(&db).await?.ok_or("stored")?;
    assert_eq!((&*stored.name, stored.created), ("Anne", at(7)));
    Ok(())
}

async fn a_readonly_value_stays(cx: Context) -> Result {
    let (db, _) = members(&cx).await?;
    member().create().send(&db).await?;

    for sponsor in [Some("Cid".to_owned()), None] {
        let mut other = Member { sponsor, name: "Anna".into(), ..member() };
        let stored = other.upsert().return_new().send(&db).await?;
        assert_eq!((stored.sponsor.as_deref(), &*stored.name), (Some("Bea"), "Anna"));
    }
    let mut alone = Member { number: 8, sponsor: None, ..member() };
    alone.upsert().send(&db).await?;
    assert_eq!(Member::get(&alone).consistent().send(&db).await?, Some(alone));
    Ok(())
}

async fn it_returns_what_dynamodb_returns(cx: Context) -> Result {
    let (db, clock) = members(&cx).await?;
    let mut first = member();
    first.create().send(&db).await?;

    clock.set(2_000);
    let mut second = Member { name: "Anna".into(), city: None, ..member() };
    let old = second.upsert().return_old().send(&db).await?;
    assert_eq!(old.as_ref(), Some(&first));
    assert_eq!(second.created, at(1_000), "also where the old item is asked for");
    let new = second.upsert().return_new().send(&db).await?;
    assert_eq!(new, second);
    let changed = Member { name: "Anne".into(), ..second.clone() }.upsert().return_updated_new().send(&db).await?;
    assert_eq!(changed.get(Member::NAME)?.as_deref(), Some("Anne"));
    assert_eq!(changed.get(Member::CLUB)?, None, "a key does not change");
    let before = second.upsert().return_updated_old().send(&db).await?;
    assert_eq!(before.get(Member::NAME)?.as_deref(), Some("Anne"));
    assert_eq!((second.created, second.updated), (at(1_000), at(2_000)));
    Ok(())
}

/// A note in an index by the time of its creation, and in one by its topic and that time.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "notes")]
#[dynorm(index(ByTime, partition_key = kind, sort_key = "NOTE#{created}"))]
#[dynorm(index(ByTopic, partition_key = kind, sort_key = "{topic}#{created}"))]
struct Note {
    #[dynorm(partition_key)]
    id: String,
    kind: String,
    topic: Option<String>,
    #[dynorm(created)]
    created: DateTime<Utc>,
}

fn note(topic: Option<&str>) -> Note {
    Note { id: "n".into(), kind: "note".into(), topic: topic.map(str::to_owned), created: auto() }
}

/// A note in the first of these indexes only.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "entries")]
#[dynorm(index(EntriesByTime, partition_key = kind, sort_key = "ENTRY#{created}"))]
struct Entry {
    #[dynorm(partition_key)]
    id: String,
    kind: String,
    #[dynorm(created)]
    created: DateTime<Utc>,
}

async fn an_index_key_of_created_stays(cx: Context) -> Result {
    let (db, clock) = cx.clocked_db();
    Entry::create_table().send(&db).await?;
    let entry = |kind: &str| Entry { id: "e".into(), kind: kind.into(), created: auto() };
    entry("old").upsert().send(&db).await?;
    clock.set(2_000);
    let mut new = entry("new");
    new.upsert().send(&db).await?;

    assert_eq!(new.created, at(1_000));
    let found = Entry::query(Entry::entries_by_time().kind("new").created(at(1_000))).all(&db).await?;
    assert_eq!(found, [new]);
    Ok(())
}

async fn an_index_key_of_created_and_others_asks_for_the_one_in_hand(cx: Context) -> Result {
    let (db, clock) = cx.clocked_db();
    Note::create_table().send(&db).await?;

    let error = note(Some("cats")).upsert().send(&db).await.expect_err("it may have been created at another time");
    assert!(error.is_key(), "{error}");
    let mut stored = note(Some("cats"));
    stored.create().send(&db).await?;
    clock.set(2_000);
    stored.topic = Some("dogs".into());
    stored.upsert().send(&db).await?;
    assert_eq!(Note::query(Note::by_topic().kind("note").topic("dogs")).all(&db).await?, [stored.clone()]);

    let mut other = Note { created: at(500), ..stored.clone() };
    let error = other.upsert().send(&db).await.expect_err("it was created at another time");
    assert!(error.is_condition_failed(), "{error}");
    assert_eq!(error.current::<Note>().transpose()?, Some(stored));
    Note { id: "new".into(), ..other }.upsert().send(&db).await?;
    Ok(())
}

async fn a_version_is_checked_as_by_put(cx: Context) -> Result {
    let (db, _) = cx.clocked_db();
    Account::create_table().send(&db).await?;
    let mut account = Account::new("Ann", 5);
    account.upsert().send(&db).await?;
    assert_eq!(account.version, 1);
    let mut stale = account.clone();
    account.cents = 6;
    account.upsert().send(&db).await?;
    assert_eq!((account.version, account.opened), (2, at(1_000)));

    stale.cents = 7;
    let before = stale.clone();
    assert!(stale.upsert().send(&db).await.is_err_and(|error| error.is_version_conflict()));
    assert!(Account::new("Ann", 8).upsert().send(&db).await.is_err_and(|error| error.is_version_conflict()));
    assert_eq!(stale, before);
    assert_eq!(Account::get(&account).consistent().send(&db).await?, Some(account));
    Ok(())
}

async fn a_caller_may_have_a_condition(cx: Context) -> Result {
    let (db, _) = members(&cx).await?;
    member().create().send(&db).await?;
    let mut other = Member { name: "Anna".into(), ..member() };
    let error = other.upsert().condition(Member::NAME.eq("Bob")).send(&db).await.expect_err("her name is Ann");
    assert!(error.is_condition_failed(), "{error}");
    assert_eq!((other.created, other.updated), (auto(), auto()));
    other.upsert().condition(Member::NAME.eq("Ann")).send(&db).await?;
    Ok(())
}

async fn what_is_not_valid_is_not_sent(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let mut book = dynorm_tests::models::Book::new("Penguin", 1995, "9780140000001");
    book.title = String::new();
    let error = book.upsert().send(&db).await.expect_err("it has no title");
    assert!(error.is_validation(), "{error}");
    assert_eq!(dynorm_tests::models::Book::get(&book).send(&db).await?, None);
    Ok(())
}

/// A model without a field beside its key.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "words")]
struct Word {
    #[dynorm(partition_key)]
    word: String,
}

async fn a_model_of_nothing_but_its_key_is_stored(cx: Context) -> Result {
    let db = cx.db();
    Word::create_table().send(&db).await?;
    let mut word = Word { word: "a".into() };
    word.upsert().send(&db).await?;
    word.upsert().send(&db).await?;
    assert_eq!(Word::get(&word).consistent().send(&db).await?, Some(word.clone()));
    let error = db.transact().add(word.upsert()).send().await.expect_err("there is nothing to set");
    assert!(error.is_expression(), "{error}");
    Ok(())
}

/// A session that has expired, with an attribute that the model does not know.
async fn expired(cx: &Context) -> Result<(Db, TestClock, Session)> {
    let (db, clock) = cx.clocked_db();
    Session::create_table().send(&db).await?;
    let mut session = Session { uses: Some(9), expires: at(1_500), ..Session::new(1) };
    session.put().send(&db).await?;
    let update = db.client().update_item().table_name(db.table_name::<Session>());
    let update = update.set_key(Some(session.to_key().to_sdk()?)).update_expression("SET revoked = :yes");
    update.expression_attribute_values(":yes", N("1".into())).send().await?;
    clock.set(2_000);
    Ok((db, clock, session))
}

async fn is_replaced(db: &Db, session: &Session) -> Result {
    assert_eq!(session.expires, at(5_600), "an hour after the write");
    let item = Session::get(session).raw().consistent().send(db).await?.ok_or("stored")?;
    assert_eq!(item.get("expires"), Some(&N("5600".into())));
    assert!(!item.contains_key("revoked") && !item.contains_key("uses"), "{item:?}");
    Ok(())
}

async fn nothing_of_an_expired_item_stays(cx: Context) -> Result {
    let (db, _, _) = expired(&cx).await?;
    let mut session = Session::new(1);
    session.upsert().send(&db).await?;
    is_replaced(&db, &session).await?;

    let (db, _, _) = expired(&cx).await?;
    let mut session = Session::new(1);
    assert_eq!(session.upsert().return_old().send(&db).await?, None, "there was none");
    is_replaced(&db, &session).await?;

    let (db, _, _) = expired(&cx).await?;
    let mut session = Session::new(1);
    let new = session.upsert().return_new().send(&db).await?;
    assert_eq!(new, session);
    is_replaced(&db, &session).await?;

    let (db, _, _) = expired(&cx).await?;
    let error = Session::new(1).upsert().condition(Session::DEVICE.eq("desk")).send(&db).await.expect_err("no desk");
    assert!(error.is_condition_failed(), "{error}");
    Ok(())
}

async fn an_item_that_has_not_expired_is_changed(cx: Context) -> Result {
    let (db, clock, session) = expired(&cx).await?;
    clock.set(1_400);
    let mut other = Session { device: "desk".into(), uses: None, ..session };
    other.upsert().send(&db).await?;
    let item = Session::get(&other).raw().consistent().send(&db).await?.ok_or("stored")?;
    assert!(item.contains_key("revoked") && !item.contains_key("uses"), "{item:?}");
    assert_eq!(other.expires, at(1_500));
    Ok(())
}

async fn in_a_transaction_an_expired_item_is_replaced_too(cx: Context) -> Result {
    let (db, clock, _) = expired(&cx).await?;
    let (mut session, mut other) = (Session::new(1), Session::new(2));
    db.transact().add(session.upsert()).add(other.upsert()).send().await?;
    is_replaced(&db, &session).await?;
    is_replaced(&db, &other).await?;

    clock.set(3_000);
    session.uses = Some(2);
    session.upsert().exactly_once().send(&db).await?;
    assert_eq!(session.expires, at(5_600));
    assert_eq!(Session::get(&session).consistent().send(&db).await?, Some(session));
    Ok(())
}

async fn in_a_transaction_what_is_unset_stays_unset(cx: Context) -> Result {
    let (db, clock) = members(&cx).await?;
    member().create().send(&db).await?;
    clock.set(2_000);

    let mut anna = Member { name: "Anna".into(), ..member() };
    db.transact().add(anna.upsert()).send().await?;
    assert_eq!((anna.created, anna.updated), (auto(), at(2_000)), "nobody said which is stored");
    let stored = Member::get(key()).consistent().send(&db).await?.ok_or("stored")?;
    assert_eq!(stored, Member { created: at(1_000), ..anna });
    Ok(())
}

/// A user with an address that nobody else has.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "people")]
struct Person {
    #[dynorm(partition_key)]
    id: String,
    #[dynorm(unique)]
    email: Option<String>,
    #[dynorm(created)]
    created: DateTime<Utc>,
}

async fn unique_values_are_taken_and_freed(cx: Context) -> Result {
    let (db, clock) = cx.clocked_db();
    Person::create_table().send(&db).await?;
    let person = |id: &str, email: &str| Person { id: id.into(), email: Some(email.into()), created: auto() };
    let (mut ann, mut bea) = (person("1", "a@example.com"), person("2", "a@example.com"));

    ann.upsert().send(&db).await?;
    assert_eq!(ann.created, at(1_000), "it is known to be new");
    let error = bea.upsert().send(&db).await.expect_err("it is Ann's");
    assert!(error.is_unique_violation(), "{error}");
    clock.set(2_000);
    let mut moved = person("1", "ann@example.com");
    moved.upsert().send(&db).await?;
    assert_eq!(moved.created, auto(), "a transaction does not say");
    assert_eq!(Person::get(&moved).consistent().send(&db).await?.map(|person| person.created), Some(at(1_000)));
    bea.upsert().send(&db).await?;
    assert!(person("3", "ann@example.com").create().send(&db).await.is_err_and(|error| error.is_unique_violation()));
    moved.email = None;
    moved.upsert().send(&db).await?;
    person("3", "ann@example.com").create().send(&db).await?;
    assert_eq!(Person::scan().consistent().all(&db).await?.len(), 3);
    Ok(())
}
