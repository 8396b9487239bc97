//! Updates: of items that may be new, of index keys, and what they return.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};
use dynorm::{Db, DynamoAttribute, DynamoModel, auto};
use dynorm_tests::models::{TestClock, at};
use dynorm_tests::{Context, Result};
use uuid::Uuid;

dynorm_tests::tests! {
    an_upserted_item_can_be_read_back,
    a_second_upsert_keeps_what_was_created,
    an_upsert_needs_every_required_field,
    a_partial_upsert_may_leave_fields_out,
    an_upsert_with_a_false_condition_changes_nothing needs [ItemOfFailedCondition],
    set_key_moves_an_item_within_an_index,
    what_is_added_exactly_once_adds_up needs [Transactions, ConcurrentTransactions],
    two_saves_leave_an_index_key_of_one_item needs [ItemOfFailedCondition],
    set_key_knows_the_parts_of_the_items_own_key,
    keys_that_share_a_field_must_agree,
    set_key_asks_for_a_field_that_does_not_change needs [ItemOfFailedCondition],
    an_item_leaves_an_index_with_its_field,
    an_upsert_is_a_part_of_a_transaction needs [Transactions],
    an_upsert_returns_what_was_there needs [NoOldItemOfNew],
    an_update_returns_what_it_changed,
    an_update_returns_the_entries_that_it_changed needs [UpdatedEntries],
    a_failed_condition_carries_the_item_whatever_it_is needs [ItemOfFailedCondition],
    a_guard_makes_an_absent_map_a_failed_condition needs [ItemOfFailedCondition],
}

/// An article of a magazine, in two indexes that share its score.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "articles", sort_key = "{day:08}#{slug:escape}", entity = "article")]
#[dynorm(index(ByAuthor, partition_key = "A#{author}", sort_key = "{score:05}#{day:08}"))]
#[dynorm(index(ByScore, partition_key = "{site}#{day:08}", sort_key = "{score:05}#{title}"))]
#[dynorm(index(ByTopic, partition_key = "T#{topic}"))]
#[dynorm(index(ByAge, partition_key = "{section}#{created}"))]
struct Article {
    #[dynorm(partition_key)]
    site: String,
    day: u32,
    slug: String,
    author: String,
    score: u32,
    title: String,
    topic: Option<String>,
    section: Option<String>,
    #[dynorm(default = 100)]
    words: u32,
    links: BTreeMap<String, String>,
    image: Option<Image>,
    #[dynorm(auto)]
    id: Uuid,
    #[dynorm(created)]
    created: DateTime<Utc>,
    #[dynorm(updated)]
    updated: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, DynamoAttribute)]
struct Image {
    url: String,
    width: u32,
}

fn article(slug: &str) -> Article {
    Article {
        site: "example.com".into(),
        day: 20_261_122,
        slug: slug.into(),
        author: "Ada".into(),
        score: 7,
        title: "Looms".into(),
        topic: None,
        section: None,
        words: 900,
        links: BTreeMap::new(),
        image: None,
        id: auto(),
        created: auto(),
        updated: auto(),
    }
}

async fn magazine(cx: &Context) -> Result<(Db, TestClock)> {
    let (db, clock) = cx.clocked_db();
    Article::create_table().send(&db).await?;
    Ok((db, clock))
}

/// An update that sets all that an item needs.
fn upsert(slug: &str) -> dynorm::Update<Article, dynorm::write::Upsert> {
    let key = Article::key().site("example.com").day(20_261_122).slug(slug);
    let by_author = Article::by_author().author("Ada").score(7).day(20_261_122);
    let by_score = Article::by_score().site("example.com").day(20_261_122).score(7).title("Looms");
    Article::update(key).upsert().set_key(by_author).set_key(by_score).set(Article::LINKS, BTreeMap::new())
}

async fn stored(db: &Db, slug: &str) -> Result<Article> {
    let key = Article::key().site("example.com").day(20_261_122).slug(slug);
    Ok(Article::get(key).consistent().send(db).await?.ok_or("no such article")?)
}

async fn an_upserted_item_can_be_read_back(cx: Context) -> Result {
    let (db, _) = magazine(&cx).await?;

    // A slug that its key escapes.
    upsert("a#b").send(&db).await?;

    let found = stored(&db, "a#b").await?;
    let expected =
        Article { words: 100, id: Uuid::from_u64_pair(0, 1), created: at(1_000), updated: at(1_000), ..article("a#b") };
    assert_eq!(found, expected);
    let by_score = Article::by_score().site("example.com").day(20_261_122).score(1..100);
    assert_eq!(Article::query(by_score).all(&db).await?, std::slice::from_ref(&found));
    let by_author = Article::by_author().author("Ada").score(7);
    assert_eq!(Article::query(by_author).all(&db).await?, [found]);
    Ok(())
}

async fn a_second_upsert_keeps_what_was_created(cx: Context) -> Result {
    let (db, clock) = magazine(&cx).await?;
    upsert("a").send(&db).await?;
    let first = stored(&db, "a").await?;
    clock.set(2_000);

    upsert("a").set(Article::WORDS, 5).send(&db).await?;

    assert_eq!(stored(&db, "a").await?, Article { words: 5, updated: at(2_000), ..first });
    Ok(())
}

async fn an_upsert_needs_every_required_field(cx: Context) -> Result {
    let (db, _) = magazine(&cx).await?;
    let key = Article::key().site("example.com").day(1).slug("a");

    let error = Article::update(key).upsert().set(Article::WORDS, 5).send(&db).await.expect_err("it is not complete");

    let expression = error.expression().ok_or("an error about the update")?;
    assert_eq!(expression.missing_attributes(), ["author", "score", "title", "links"]);
    assert!(error.to_string().contains("`author`, `score`, `title`, `links`"), "{error}");
    assert_eq!(Article::scan().count(&db).await?, 0);
    Ok(())
}

async fn a_partial_upsert_may_leave_fields_out(cx: Context) -> Result {
    let (db, _) = magazine(&cx).await?;
    let key = || Article::key().site("example.com").day(1).slug("a");

    Article::update(key()).upsert().partial().set(Article::WORDS, 5).send(&db).await?;

    let error = Article::get(key()).send(&db).await.expect_err("it has no author");
    assert!(error.is_decode(), "{error}");
    let by_author = Article::by_author().author("Ada").score(1).day(1);
    let by_score = Article::by_score().site("example.com").day(1).score(1).title("Looms");
    let rest = Article::update(key()).set_key(by_author).set_key(by_score).set(Article::LINKS, BTreeMap::new());
    rest.send(&db).await?;
    assert_eq!(Article::get(key()).send(&db).await?.map(|article| article.words), Some(5));
    Ok(())
}

async fn an_upsert_with_a_false_condition_changes_nothing(cx: Context) -> Result {
    let (db, _) = magazine(&cx).await?;
    upsert("a").send(&db).await?;
    let first = stored(&db, "a").await?;

    let update = upsert("a").set(Article::WORDS, 5).condition(Article::WORDS.not_exists());
    update.send(&db).await?;
    let update = upsert("a").set(Article::WORDS, 6).condition(Article::WORDS.not_exists());
    let error = update.send(&db).await.expect_err("there are words now");

    assert!(error.is_condition_failed() && !error.is_not_found(), "{error}");
    assert_eq!(error.current::<Article>().transpose()?, Some(Article { words: 5, ..first }));
    Ok(())
}

async fn set_key_moves_an_item_within_an_index(cx: Context) -> Result {
    let (db, clock) = magazine(&cx).await?;
    let mut first = article("a");
    first.create().send(&db).await?;
    clock.set(2_000);

    let by_author = Article::by_author().author("Grace").score(9).day(first.day);
    let by_score = Article::by_score().site(&first.site).day(first.day).score(9).title("Looms");
    let update = Article::update(&first).set_key(by_author).set_key(by_score);
    let changed = update.return_new().send(&db).await?;

    assert_eq!(changed, Article { author: "Grace".into(), score: 9, updated: at(2_000), ..first });
    assert_eq!(Article::query(Article::by_author().author("Ada")).count(&db).await?, 0);
    let grace = Article::query(Article::by_author().author("Grace").score(9..=9));
    assert_eq!(grace.all(&db).await?, [changed]);
    Ok(())
}

async fn what_is_added_exactly_once_adds_up(cx: Context) -> Result {
    let (db, _) = magazine(&cx).await?;
    let mut first = article("a");
    first.create().send(&db).await?;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let (db, key) = (db.clone(), first.to_key());
        tasks.spawn(async move {
            loop {
                match Article::update(&key).add(Article::WORDS, 1).exactly_once().send(&db).await {
                    Err(error) if error.is_transaction_conflict() && !error.is_outcome_unknown() => {}
                    sent => return sent,
                }
            }
        });
    }
    for sent in tasks.join_all().await {
        sent?;
    }
    assert_eq!(stored(&db, "a").await?.words, first.words + 64);
    Ok(())
}

async fn two_saves_leave_an_index_key_of_one_item(cx: Context) -> Result {
    let (db, _) = magazine(&cx).await?;
    let mut first = article("a");
    first.create().send(&db).await?;
    let load = async || Article::get(&first).consistent().tracked().send(&db).await;
    let (mut scored, mut titled) = (load().await?.ok_or("stored")?, load().await?.ok_or("stored")?);

    scored.score = 9;
    scored.save().send(&db).await?;
    titled.title = "Wheels".into();
    let error = titled.save().send(&db).await.expect_err("its key of `ByScore` has the score that was read");

    assert!(error.is_condition_failed() && !error.is_not_found(), "{error}");
    assert_eq!(stored(&db, "a").await?, Article { score: 9, ..first.clone() });
    // What is in no template with it can be changed by anyone.
    titled.title = first.title.clone();
    titled.words = 5;
    titled.save().send(&db).await?;
    let mut titled = load().await?.ok_or("stored")?;
    titled.title = "Wheels".into();
    titled.save().send(&db).await?;
    let found = Article::query(Article::by_score().site("example.com").day(20_261_122).score(9).title("Wheels"));
    assert_eq!(found.all(&db).await?, [stored(&db, "a").await?]);
    Ok(())
}

async fn set_key_knows_the_parts_of_the_items_own_key(cx: Context) -> Result {
    let (db, _) = magazine(&cx).await?;
    let mut first = article("a");
    first.create().send(&db).await?;

    let another_day = Article::by_author().author("Ada").score(7).day(1);
    let error = Article::update(&first).set_key(another_day).send(&db).await.expect_err("it is of another day");

    assert!(error.is_key(), "{error}");
    let key = error.key().ok_or("an error about the key")?;
    assert_eq!((key.index(), key.part()), (Some("by_author"), Some("day")));
    assert_eq!(stored(&db, "a").await?, first);
    Ok(())
}

async fn keys_that_share_a_field_must_agree(cx: Context) -> Result {
    let (db, _) = magazine(&cx).await?;
    let mut first = article("a");
    first.create().send(&db).await?;
    let by_author = |score| Article::by_author().author("Ada").score(score).day(20_261_122);
    let by_score = |score| Article::by_score().site("example.com").day(20_261_122).score(score).title("Looms");

    let update = Article::update(&first).set_key(by_author(1)).set_key(by_score(2));
    let error = update.send(&db).await.expect_err("two scores");
    assert_eq!(error.key().and_then(|key| key.part()), Some("score"), "{error}");

    // The score is a part of both: one alone would leave the other with the old one.
    let error = Article::update(&first).set_key(by_author(1)).send(&db).await.expect_err("no title");
    let key = error.key().ok_or("an error about the key")?;
    assert_eq!((key.index(), key.part()), (Some("by_score"), Some("title")), "{error}");
    assert_eq!(stored(&db, "a").await?, first);
    Ok(())
}

async fn set_key_asks_for_a_field_that_does_not_change(cx: Context) -> Result {
    let (db, clock) = magazine(&cx).await?;
    let mut first = article("a");
    first.create().send(&db).await?;
    clock.set(2_000);

    let key = |created| Article::by_age().section("news").created(created);
    let error = Article::update(&first).set_key(key(at(5))).send(&db).await.expect_err("it is newer");
    assert!(error.is_condition_failed(), "{error}");
    assert_eq!(error.current::<Article>().transpose()?, Some(first.clone()));
    let changed = Article::update(&first).set_key(key(first.created)).return_new().send(&db).await?;

    assert_eq!((changed.section.as_deref(), changed.created), (Some("news"), at(1_000)));
    assert_eq!(Article::query(key(at(1_000))).all(&db).await?, [changed]);
    Ok(())
}

async fn an_item_leaves_an_index_with_its_field(cx: Context) -> Result {
    let (db, _) = magazine(&cx).await?;
    let mut first = Article { topic: Some("weaving".into()), ..article("a") };
    first.create().send(&db).await?;
    let weaving = || Article::query(Article::by_topic().topic("weaving"));
    assert_eq!(weaving().count(&db).await?, 1);

    Article::update(&first).remove(Article::TOPIC).send(&db).await?;
    assert_eq!(weaving().count(&db).await?, 0);
    Article::update(&first).set_key(Article::by_topic().topic("weaving")).send(&db).await?;

    assert_eq!(weaving().all(&db).await?, [stored(&db, "a").await?]);
    Ok(())
}

async fn an_upsert_is_a_part_of_a_transaction(cx: Context) -> Result {
    let (db, clock) = magazine(&cx).await?;

    db.transact().add(upsert("a")).add(upsert("b")).send().await?;
    clock.set(2_000);
    db.transact().add(upsert("a").set(Article::WORDS, 5)).send().await?;

    let (a, b) = (stored(&db, "a").await?, stored(&db, "b").await?);
    assert_eq!((a.words, a.created, a.updated), (5, at(1_000), at(2_000)));
    assert_eq!((b.words, b.created, b.updated), (100, at(1_000), at(1_000)));
    Ok(())
}

async fn an_upsert_returns_what_was_there(cx: Context) -> Result {
    let (db, _) = magazine(&cx).await?;

    assert_eq!(upsert("a").return_old().send(&db).await?, None);
    let first = stored(&db, "a").await?;
    assert_eq!(upsert("a").set(Article::WORDS, 5).return_old().send(&db).await?, Some(first));
    let second = upsert("b").return_new().send(&db).await?;

    assert_eq!(second, stored(&db, "b").await?);
    Ok(())
}

async fn an_update_returns_what_it_changed(cx: Context) -> Result {
    let (db, _) = magazine(&cx).await?;
    let mut first = article("a");
    first.create().send(&db).await?;

    let update = || Article::update(&first).add(Article::WORDS, 1);
    let new = update().return_updated_new().send(&db).await?;
    assert_eq!((new.get(Article::WORDS)?, new.get(Article::AUTHOR)?), (Some(901), None));
    let old = update().return_updated_old().send(&db).await?;
    assert_eq!((old.get(Article::WORDS)?, old.get(Article::AUTHOR)?), (Some(901), None));
    Ok(())
}

async fn an_update_returns_the_entries_that_it_changed(cx: Context) -> Result {
    let (db, _) = magazine(&cx).await?;
    let mut first = Article { image: Some(Image { url: "a.png".into(), width: 80 }), ..article("a") };
    first.create().send(&db).await?;

    let update = || Article::update(&first).set(Article::IMAGE.dot(Image::WIDTH), 90);
    let new = update().return_updated_new().send(&db).await?;
    assert_eq!(new.get(Article::IMAGE.dot(Image::WIDTH))?, Some(90));
    assert_eq!(new.get(Article::IMAGE.dot(Image::URL))?, None);
    let old = update().return_updated_old().send(&db).await?;
    assert_eq!(old.get(Article::IMAGE.dot(Image::WIDTH))?, Some(90));
    Ok(())
}

async fn a_guard_makes_an_absent_map_a_failed_condition(cx: Context) -> Result {
    let (db, _) = magazine(&cx).await?;
    let mut first = article("a");
    first.create().send(&db).await?;
    let update = || Article::update(&first).set(Article::IMAGE.dot(Image::WIDTH), 90);

    let error = update().send(&db).await.expect_err("there is no image");
    assert!(error.is_validation_exception(), "{error}");
    let error = update().guard().send(&db).await.expect_err("there is no image");

    assert!(error.is_condition_failed() && !error.is_not_found(), "{error}");
    assert_eq!(error.current::<Article>().transpose()?, Some(first));
    Ok(())
}

async fn a_failed_condition_carries_the_item_whatever_it_is(cx: Context) -> Result {
    let (db, _) = magazine(&cx).await?;
    let mut first = article("a");
    first.create().send(&db).await?;
    let mut tracked = Article::get(&first).consistent().tracked().send(&db).await?.ok_or("stored")?;
    // An item of another model, under the same key.
    let mut item = Article::get(&first).raw().consistent().send(&db).await?.ok_or("stored")?;
    item.insert("entity".into(), AttributeValue::S("advertisement".into()));
    item.remove("words");
    let foreign = item.clone();
    db.client().put_item().table_name(db.table_name::<Article>()).set_item(Some(item.0)).send().await?;

    let many = || Article::WORDS.gt(1);
    tracked.words = 5;
    let failures = [
        first.create().send(&db).await.map(drop),
        first.put().condition(many()).send(&db).await.map(drop),
        first.put().condition(many()).return_old().send(&db).await.map(drop),
        Article::update(&first).set(Article::WORDS, 1).condition(many()).send(&db).await,
        Article::update(&first).set(Article::WORDS, 1).condition(many()).return_new().send(&db).await.map(drop),
        upsert("a").condition(many()).send(&db).await,
        tracked.save().condition(many()).send(&db).await.map(drop),
        Article::delete(&first).condition(many()).send(&db).await.map(drop),
        Article::delete(&first).condition(many()).return_old().send(&db).await.map(drop),
    ];

    for failure in failures {
        let error = failure.expect_err("there are no words");
        assert!(error.is_condition_failed() && !error.is_decode(), "{error}");
        assert_eq!(error.current_item(), Some(&foreign), "{error}");
        assert!(error.current::<Article>().is_some_and(|item| item.is_err_and(|error| error.is_decode())), "{error}");
    }
    assert_eq!(Article::get(&first).raw().consistent().send(&db).await?, Some(foreign));
    Ok(())
}
