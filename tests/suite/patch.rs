//! Patches: what a body says about some fields, and nothing else.

use chrono::{DateTime, Utc};
use dynorm::{Db, DynamoModel, DynamoPatch, Patch, auto};
use dynorm_tests::models::{TestClock, at};
use dynorm_tests::{Context, Result};
use serde::Deserialize;
use validator::Validate;

dynorm_tests::tests! {
    a_patch_sets_removes_and_keeps,
    a_patch_of_no_item_is_not_found,
    a_patch_validates_what_it_sets,
    a_required_field_cannot_be_removed,
    a_patch_with_all_parts_of_an_index_key_sets_it,
    a_patch_with_some_parts_of_an_index_key_is_refused,
    a_patch_that_removes_a_part_leaves_the_index,
    a_patch_may_go_with_other_changes,
    a_patch_with_a_false_condition_returns_the_item needs [ItemOfFailedCondition],
    a_patch_is_a_part_of_a_transaction needs [Transactions],
}

#[derive(Debug, Clone, PartialEq, DynamoModel, Validate)]
#[dynorm(table = "tracks", sort_key = "{disc:02}#{number:03}")]
#[dynorm(index(ByGenre, partition_key = "G#{genre}", sort_key = "{plays:08}#{album}"))]
#[dynorm(index(ByMood, partition_key = "M#{mood}#{tempo:03}"))]
#[dynorm(index(ByComposer, partition_key = "C#{composer}"))]
struct Track {
    #[dynorm(partition_key)]
    album: String,
    disc: u8,
    number: u16,
    #[validate(length(min = 1))]
    title: String,
    genre: String,
    plays: u32,
    mood: String,
    tempo: u16,
    composer: Option<String>,
    length: Option<u32>,
    #[dynorm(updated)]
    updated: DateTime<Utc>,
}

#[derive(Debug, Clone, Default, DynamoPatch, Deserialize)]
#[dynorm(of = Track)]
#[serde(default, rename_all = "camelCase")]
struct TrackPatch {
    title: Patch<String>,
    genre: Patch<String>,
    #[dynorm(field = plays)]
    play_count: Patch<u32>,
    tempo: Patch<u16>,
    composer: Patch<String>,
    length: Patch<u32>,
}

fn track() -> Track {
    Track {
        album: "Kind of Blue".into(),
        disc: 1,
        number: 2,
        title: "Freddie Freeloader".into(),
        genre: "jazz".into(),
        plays: 7,
        mood: "blue".into(),
        tempo: 120,
        composer: Some("Miles Davis".into()),
        length: Some(589),
        updated: auto(),
    }
}

async fn stored_track(cx: &Context) -> Result<(Db, TestClock, Track)> {
    let (db, clock) = cx.clocked_db();
    Track::create_table().send(&db).await?;
    let mut track = track();
    track.create().send(&db).await?;
    clock.set(2_000);
    Ok((db, clock, track))
}

fn patch(body: &str) -> Result<TrackPatch> {
    Ok(serde_json::from_str(body)?)
}

async fn a_patch_sets_removes_and_keeps(cx: Context) -> Result {
    let (db, _, track) = stored_track(&cx).await?;

    let sent = Track::patch(&track, patch(r#"{ "title": "So What", "length": null }"#)?).send(&db).await?;

    assert!(sent);
    let expected = Track { title: "So What".into(), length: None, updated: at(2_000), ..track.clone() };
    assert_eq!(Track::get(&track).consistent().send(&db).await?, Some(expected.clone()));
    let back = Track::patch(&track, patch(r#"{ "length": 562 }"#)?);
    assert_eq!(back.return_new().send(&db).await?, Some(Track { length: Some(562), ..expected.clone() }));
    let old = Track::patch(&track, patch(r#"{ "length": 1 }"#)?).return_old().send(&db).await?;
    assert_eq!(old, Some(Track { length: Some(562), ..expected }));
    Ok(())
}

async fn a_patch_of_no_item_is_not_found(cx: Context) -> Result {
    let (db, _, track) = stored_track(&cx).await?;
    let other = Track { number: 3, ..track };

    let error = Track::patch(&other, patch(r#"{ "length": 1 }"#)?).send(&db).await.expect_err("there is none");

    assert!(error.is_not_found(), "{error}");
    assert_eq!(Track::scan().count(&db).await?, 1);
    Ok(())
}

async fn a_patch_validates_what_it_sets(cx: Context) -> Result {
    let (db, _, track) = stored_track(&cx).await?;

    let error = Track::patch(&track, patch(r#"{ "title": "" }"#)?).send(&db).await.expect_err("it has no title");

    assert!(error.is_validation(), "{error}");
    assert_eq!(Track::get(&track).consistent().send(&db).await?, Some(track));
    Ok(())
}

async fn a_required_field_cannot_be_removed(cx: Context) -> Result {
    let (db, _, track) = stored_track(&cx).await?;

    let error = Track::patch(&track, patch(r#"{ "title": null }"#)?).send(&db).await.expect_err("it needs a title");

    assert!(error.expression().is_some_and(|error| error.is_required()), "{error}");
    assert_eq!(error.expression().and_then(|error| error.path()), Some("title"));
    assert_eq!(Track::get(&track).consistent().send(&db).await?, Some(track));
    Ok(())
}

async fn a_patch_with_all_parts_of_an_index_key_sets_it(cx: Context) -> Result {
    let (db, _, track) = stored_track(&cx).await?;

    // The album is a part too; it is known from the item's own key.
    let body = patch(r#"{ "genre": "modal jazz", "playCount": 8 }"#)?;
    let patched = Track::patch(&track, body).return_new().send(&db).await?.ok_or("it was sent")?;

    assert_eq!((&*patched.genre, patched.plays), ("modal jazz", 8));
    let modal = Track::query(Track::by_genre().genre("modal jazz").plays(8));
    assert_eq!(modal.all(&db).await?, [patched]);
    assert_eq!(Track::query(Track::by_genre().genre("jazz")).count(&db).await?, 0);
    Ok(())
}

async fn a_patch_with_some_parts_of_an_index_key_is_refused(cx: Context) -> Result {
    let (db, _, track) = stored_track(&cx).await?;

    // Its mood is another part of the same attribute.
    let error = Track::patch(&track, patch(r#"{ "tempo": 90 }"#)?).send(&db).await.expect_err("what mood?");
    let key = error.key().ok_or("an error about the key")?;
    assert_eq!((key.index(), key.part()), (Some("by_mood"), Some("mood")), "{error}");
    assert_eq!(Track::get(&track).consistent().send(&db).await?, Some(track.clone()));
    let mood = Track::by_mood().mood("calm").tempo(90);
    let patched = Track::patch(&track, patch(r#"{ "tempo": 90 }"#)?).set_key(mood).return_new().send(&db).await?;

    assert_eq!(patched.map(|track| (track.mood, track.tempo)), Some(("calm".to_owned(), 90)));
    assert_eq!(Track::query(Track::by_mood().mood("calm").tempo(90)).count(&db).await?, 1);
    Ok(())
}

async fn a_patch_that_removes_a_part_leaves_the_index(cx: Context) -> Result {
    let (db, _, track) = stored_track(&cx).await?;
    let davis = || Track::query(Track::by_composer().composer("Miles Davis"));
    assert_eq!(davis().count(&db).await?, 1);

    Track::patch(&track, patch(r#"{ "composer": null }"#)?).send(&db).await?;
    assert_eq!(davis().count(&db).await?, 0);
    Track::patch(&track, patch(r#"{ "composer": "Miles Davis" }"#)?).send(&db).await?;

    assert_eq!(davis().count(&db).await?, 1);
    Ok(())
}

async fn a_patch_may_go_with_other_changes(cx: Context) -> Result {
    let (db, _, track) = stored_track(&cx).await?;
    let body = || TrackPatch { title: Patch::Set("So What".into()), length: Patch::Remove, ..TrackPatch::default() };

    let changed = Track::update(&track).patch(body()).return_updated_new().send(&db).await?;
    assert_eq!(changed.get(Track::TITLE)?.as_deref(), Some("So What"));
    let both = Track::update(&track).patch(body()).set(Track::LENGTH, 3).send(&db).await;

    let error = both.expect_err("the length is removed and set");
    assert!(error.expression().is_some_and(|error| error.is_overlap()), "{error}");
    Ok(())
}

async fn a_patch_with_a_false_condition_returns_the_item(cx: Context) -> Result {
    let (db, _, track) = stored_track(&cx).await?;

    let patch = Track::patch(&track, patch(r#"{ "length": 1 }"#)?).condition(Track::LENGTH.lt(100));
    let error = patch.send(&db).await.expect_err("it is longer");

    assert!(error.is_condition_failed() && !error.is_not_found(), "{error}");
    assert_eq!(error.current::<Track>().transpose()?, Some(track));
    Ok(())
}

async fn a_patch_is_a_part_of_a_transaction(cx: Context) -> Result {
    let (db, _, track) = stored_track(&cx).await?;
    let mut second = Track { number: 3, ..track.clone() };

    let change = Track::patch(&track, patch(r#"{ "length": 1 }"#)?);
    db.transact().add(change).add(second.create()).send().await?;
    let expected = Track { length: Some(1), updated: at(2_000), ..track.clone() };
    assert_eq!(Track::get(&track).consistent().send(&db).await?, Some(expected.clone()));

    // One that keeps everything only asks that there is an item.
    let gone = Track { number: 4, ..track.clone() };
    let (here, there) = (Track::patch(&track, TrackPatch::default()), Track::patch(&gone, TrackPatch::default()));
    let error = db.transact().add(here).add(there).send().await.expect_err("there is no fourth track");
    assert!(error.is_not_found(), "{error}");
    db.transact().add(Track::patch(&track, TrackPatch::default())).send().await?;
    assert_eq!(Track::get(&track).consistent().send(&db).await?, Some(expected));
    Ok(())
}
