//! Time to live: items that have expired are gone for every reader and writer, before DynamoDB deletes them.

use std::time::{Duration, SystemTime};

use aws_sdk_dynamodb::types::AttributeValue::{self, N};
use chrono::{DateTime, Utc};
use dynorm::{Db, DynamoModel, DynamoProjection, Existed, auto};
use dynorm_tests::models::{ByDevice, ByUser, Session, TestClock, at};
use dynorm_tests::{Context, Result};

dynorm_tests::tests! {
    an_unset_expiry_is_so_long_after_the_write needs [TimeToLive],
    an_upsert_expires_too needs [TimeToLive],
    without_an_expiry_an_item_stays needs [TimeToLive],
    expired_items_are_hidden_from_reads needs [TimeToLive],
    expired_items_are_hidden_from_transactions needs [TimeToLive, Transactions],
    a_projection_hides_what_it_does_not_show needs [TimeToLive],
    hiding_changes_neither_take_nor_cursors needs [TimeToLive],
    an_index_without_the_expiry_hides_nothing needs [TimeToLive],
    an_expired_item_is_absent_for_writes needs [TimeToLive, ItemOfFailedCondition],
    a_condition_holds_for_an_expired_item_as_for_none needs [TimeToLive, Transactions, ItemOfFailedCondition],
    an_expired_item_is_not_moved needs [TimeToLive, Transactions, ItemOfFailedCondition],
    a_version_of_an_expired_item_is_not_asked_for needs [TimeToLive],
    what_is_no_time_does_not_expire needs [TimeToLive, FullConditions],
    create_table_turns_time_to_live_on needs [TimeToLive],
    create_table_checks_a_table_that_exists needs [TimeToLive],
}

async fn sessions(cx: &Context) -> Result<(Db, TestClock)> {
    let (db, clock) = cx.clocked_db();
    Session::create_table().send(&db).await?;
    Ok((db, clock))
}

/// Of three sessions the second has expired, at 5,000 seconds.
async fn one_of_three(cx: &Context) -> Result<(Db, [Session; 3])> {
    let (db, clock) = sessions(cx).await?;
    let mut all = [1, 2, 3].map(|number| Session { expires: at(9_000), ..Session::new(number) });
    all[1].expires = at(4_999);
    for session in &mut all {
        session.create().send(&db).await?;
    }
    clock.set(5_000);
    Ok((db, all))
}

async fn an_unset_expiry_is_so_long_after_the_write(cx: Context) -> Result {
    let (db, clock) = sessions(&cx).await?;
    let (mut set, mut unset) = (Session { expires: at(2_000), ..Session::new(1) }, Session::new(2));

    unset.create().send(&db).await?;
    set.create().send(&db).await?;
    assert_eq!((set.expires, unset.expires), (at(2_000), at(4_600)));
    clock.set(1_500);
    unset.put().send(&db).await?;

    assert_eq!(unset.expires, at(4_600), "a later write does not prolong it");
    let key = unset.to_key().to_sdk()?;
    let item = db.client().get_item().table_name(db.table_name::<Session>()).set_key(Some(key)).send().await?.item;
    assert_eq!(item.as_ref().and_then(|item| item.get("expires")), Some(&N("4600".into())));
    assert_eq!(Session::get(&unset).consistent().send(&db).await?, Some(unset));
    Ok(())
}

async fn an_upsert_expires_too(cx: Context) -> Result {
    let (db, clock) = sessions(&cx).await?;
    let upsert = || {
        let upsert = Session::update(&Session::new(1)).upsert().add(Session::USES, 1);
        upsert.set(Session::DEVICE, "phone").set(Session::USER, "ann").return_new()
    };

    let first = upsert().send(&db).await?;
    clock.set(2_000);
    let second = upsert().send(&db).await?;

    assert_eq!((first.expires, second.expires, second.uses), (at(4_600), at(4_600), Some(2)));
    Ok(())
}

/// A model whose items expire when they are told to.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "drafts")]
struct Draft {
    #[dynorm(partition_key)]
    id: String,
    #[dynorm(ttl)]
    expires: Option<SystemTime>,
    #[dynorm(version)]
    version: u32,
}

async fn drafts(cx: &Context) -> Result<(Db, TestClock, Draft)> {
    let (db, clock) = cx.clocked_db();
    Draft::create_table().send(&db).await?;
    Ok((db, clock, Draft { id: "a".into(), expires: None, version: auto() }))
}

async fn without_an_expiry_an_item_stays(cx: Context) -> Result {
    let (db, clock, mut draft) = drafts(&cx).await?;
    draft.create().send(&db).await?;

    clock.set(1 << 40);
    assert_eq!(Draft::get(&draft).consistent().send(&db).await?.as_ref(), Some(&draft));
    assert_eq!(Draft::scan().consistent().count(&db).await?, 1);
    draft.expires = Some(SystemTime::UNIX_EPOCH + Duration::from_secs(1));
    draft.put().send(&db).await?;
    assert_eq!(Draft::get(&draft).consistent().send(&db).await?, None);
    assert_eq!(Draft::get(&draft).consistent().with_expired().send(&db).await?, Some(draft));
    Ok(())
}

async fn expired_items_are_hidden_from_reads(cx: Context) -> Result {
    let (db, all) = one_of_three(&cx).await?;
    let [first, expired, last] = &all;
    let live = [first.clone(), last.clone()];
    let query = || Session::query(Session::key().tenant("acme")).consistent();

    assert_eq!(Session::get(expired).consistent().send(&db).await?, None);
    assert_eq!(Session::get(expired).consistent().with_expired().send(&db).await?.as_ref(), Some(expired));
    assert!(Session::get(expired).consistent().tracked().send(&db).await?.is_none());
    assert!(Session::get(expired).consistent().tracked().with_expired().send(&db).await?.is_some());
    assert_eq!(query().all(&db).await?, live);
    assert_eq!(query().with_expired().all(&db).await?, all);
    assert_eq!(query().descending().first(&db).await?.as_ref(), Some(last));
    assert_eq!(Session::scan().consistent().all(&db).await?, live);
    assert_eq!(query().raw().all(&db).await?.len(), 2);
    assert_eq!(Session::query(Session::by_user().user("ann")).all(&db).await?.len(), 2);
    let batch = Session::batch_get([first, expired]).consistent().send(&db).await?;
    assert_eq!(batch, [Some(first.clone()), None]);
    let (batch,) = db.batch_get((Session::batch_get([expired]).consistent().with_expired(),)).send().await?;
    assert_eq!(batch, [Some(expired.clone())]);

    assert_eq!((query().count(&db).await?, query().with_expired().count(&db).await?), (2, 3));
    assert_eq!(query().filter(Session::DEVICE.eq("phone")).count(&db).await?, 2);
    assert_eq!((Session::scan().count(&db).await?, Session::scan().count_with_expired(&db).await?), (2, 3));
    assert_eq!(Session::scan().index(ByUser).count(&db).await?, 2);
    Ok(())
}

async fn expired_items_are_hidden_from_transactions(cx: Context) -> Result {
    let (db, [first, expired, _]) = one_of_three(&cx).await?;

    let (there, gone) = db.transact_get((&first, &expired)).send().await?;
    assert_eq!((there.as_ref(), gone), (Some(&first), None));
    let (_, gone) = db.transact_get((&first, &expired)).with_expired().send().await?;
    assert_eq!(gone, Some(expired));
    Ok(())
}

#[derive(Debug, PartialEq, DynamoProjection)]
#[dynorm(of = Session)]
struct Device {
    number: u16,
    device: String,
}

async fn a_projection_hides_what_it_does_not_show(cx: Context) -> Result {
    let (db, [first, expired, _]) = one_of_three(&cx).await?;
    let query = || Session::query(Session::key().tenant("acme")).consistent().project::<Device>();

    let numbers: Vec<_> = query().all(&db).await?.into_iter().map(|device| device.number).collect();
    assert_eq!(numbers, [1, 3]);
    assert_eq!(query().with_expired().all(&db).await?.len(), 3);
    assert_eq!(Session::get(&expired).project::<Device>().send(&db).await?, None);
    let batch = Session::batch_get([&first, &expired]).project::<Device>().send(&db).await?;
    assert_eq!(batch.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false]);
    assert!(Session::get(&first).project::<Device>().send(&db).await?.is_some());
    Ok(())
}

async fn hiding_changes_neither_take_nor_cursors(cx: Context) -> Result {
    let (db, clock) = sessions(&cx).await?;
    for number in 1..=12 {
        let expires = if (4..=9).contains(&number) { at(2_000) } else { at(9_000) };
        Session { expires, ..Session::new(number) }.create().send(&db).await?;
    }
    clock.set(5_000);
    let query = || Session::query(Session::key().tenant("acme")).consistent();
    let numbers = |sessions: &[Session]| sessions.iter().map(|session| session.number).collect::<Vec<_>>();

    let taken = query().take(4).all(&db).await?;
    assert_eq!(numbers(&taken), [1, 2, 3, 10]);
    for size in 1..=12 {
        let (mut page, mut all) = (query().page_size(size).page(&db).await?, Vec::new());
        all.append(&mut page.items);
        while let Some(next) = page.next {
            page = query().page_size(size).after(next).page(&db).await?;
            all.append(&mut page.items);
        }
        assert_eq!(numbers(&all), [1, 2, 3, 10, 11, 12], "in pages of {size}");
    }
    let mut stream = query().stream(&db);
    for expected in [1, 2, 3, 10] {
        assert_eq!(stream.try_next().await?.map(|session| session.number), Some(expected));
    }
    let rest = query().after(stream.cursor()?.ok_or("in the middle")?).all(&db).await?;
    assert_eq!(numbers(&rest), [11, 12]);
    Ok(())
}

#[derive(Debug, DynamoProjection)]
#[dynorm(of = Session, index = ByDevice)]
struct OnDevice {
    device: String,
}

async fn an_index_without_the_expiry_hides_nothing(cx: Context) -> Result {
    let (db, _) = one_of_three(&cx).await?;
    let query = || Session::query(Session::by_device().device("phone"));

    let found = query().project::<OnDevice>().all(&db).await?;
    assert!(found.len() == 3 && found.iter().all(|found| found.device == "phone"), "{found:?}");
    assert_eq!(query().count_with_expired(&db).await?, 3);
    let hydrated = query().hydrate().all(&db).await?;
    assert_eq!(hydrated.iter().filter(|hydrated| hydrated.item().is_some()).count(), 2, "the table has the expiry");
    let hydrated = query().with_expired().hydrate().all(&db).await?;
    assert_eq!(hydrated.iter().filter(|hydrated| hydrated.item().is_some()).count(), 3);
    assert_eq!(Session::scan().index(ByDevice).count_with_expired(&db).await?, 3);
    Ok(())
}

async fn an_expired_item_is_absent_for_writes(cx: Context) -> Result {
    let (db, [mut first, mut expired, _]) = one_of_three(&cx).await?;
    let mut tracked = Session::get(&expired).consistent().with_expired().tracked().send(&db).await?.ok_or("stored")?;
    tracked.uses = Some(1);

    let update = Session::update(&expired).set(Session::USES, 1).send(&db).await.expect_err("it has expired");
    let save = tracked.save().send(&db).await.expect_err("it has expired");
    assert!(update.is_not_found() && save.is_not_found(), "{update} {save}");
    Session::update(&first).set(Session::USES, 1).send(&db).await?;
    assert!(first.create().send(&db).await.is_err_and(|error| error.is_already_exists()), "it is there");

    let mut again = Session { expires: auto(), ..expired.clone() };
    again.create().send(&db).await?;
    assert_eq!(again.expires, at(8_600));
    assert_eq!(Session::get(&again).consistent().send(&db).await?.as_ref(), Some(&again));

    expired.put().send(&db).await?;
    assert_eq!(Session::delete(&expired).send(&db).await?, Existed::No, "it was gone already");
    assert_eq!(Session::scan().count_with_expired(&db).await?, 2, "and now it is deleted");
    expired.put().send(&db).await?;
    assert_eq!(Session::delete(&expired).return_old().send(&db).await?, None);
    expired.put().send(&db).await?;
    assert_eq!(again.put().return_old().send(&db).await?, None);
    Ok(())
}

async fn an_expired_item_is_not_moved(cx: Context) -> Result {
    let (db, [first, expired, _]) = one_of_three(&cx).await?;
    let tracked = async |session: &Session| -> Result<_> {
        Ok(Session::get(session).consistent().with_expired().tracked().send(&db).await?.ok_or("stored")?)
    };

    let mut moved = tracked(&expired).await?;
    moved.number = 7;
    let error = moved.rekey().send(&db).await.expect_err("it has expired");
    assert!(error.is_not_found(), "{error}");

    let mut moved = tracked(&first).await?;
    moved.number = expired.number;
    moved.rekey().send(&db).await?;
    assert_eq!(
        Session::get(&expired).consistent().send(&db).await?,
        Some(moved.into_inner()),
        "in place of an expired one"
    );
    Ok(())
}

async fn a_version_of_an_expired_item_is_not_asked_for(cx: Context) -> Result {
    let (db, clock, mut draft) = drafts(&cx).await?;
    draft.expires = Some(SystemTime::UNIX_EPOCH + Duration::from_secs(2_000));
    draft.put().send(&db).await?;
    let mut fresh = Draft { expires: None, version: auto(), ..draft.clone() };
    assert!(fresh.put().send(&db).await.is_err_and(|error| error.is_version_conflict()), "it is there");
    let stale = Draft { version: 7, ..draft.clone() };
    assert!(Draft::delete(&stale).send(&db).await.is_err_and(|error| error.is_version_conflict()), "it is there");

    clock.set(5_000);
    assert_eq!(Draft::delete(&stale).send(&db).await?, Existed::No);
    draft.put().overwrite().send(&db).await?;
    fresh.put().send(&db).await?;

    assert_eq!(Draft::get(&fresh).consistent().send(&db).await?, Some(fresh));
    Ok(())
}

async fn what_is_no_time_does_not_expire(cx: Context) -> Result {
    let (db, clock, mut draft) = drafts(&cx).await?;
    clock.set(5_000);
    let table = db.table_name::<Draft>();
    for (value, visible) in [
        (N("4999".into()), 0),
        (N("5000".into()), 1),
        (N("4999.5".into()), 0),
        (N("5E3".into()), 1),
        (N("-1".into()), 0),
        (AttributeValue::S("4999".into()), 1),
    ] {
        draft.put().overwrite().send(&db).await?;
        let key = draft.to_key().to_sdk()?;
        let mut item = db.client().get_item().table_name(&table).set_key(Some(key)).send().await?.item.ok_or("item")?;
        item.insert("expires".into(), value.clone());
        db.client().put_item().table_name(&table).set_item(Some(item)).send().await?;
        let found = Draft::scan().consistent().raw().all(&db).await?.len() as u64;
        assert_eq!((found, Draft::scan().consistent().count(&db).await?), (visible, visible), "{value:?}");
    }
    Ok(())
}

async fn create_table_turns_time_to_live_on(cx: Context) -> Result {
    let (db, _, _) = drafts(&cx).await?;

    let table = db.table_name::<Draft>();
    let answer = db.client().describe_time_to_live().table_name(&table).send().await?;
    let description = answer.time_to_live_description.ok_or("a description")?;

    assert_eq!(description.attribute_name(), Some("expires"));
    assert!(!Draft::create_table().send(&db).await?, "it is as the model says");
    Ok(())
}

/// The table of drafts for a model of another time.
#[derive(Debug, DynamoModel)]
#[dynorm(table = "drafts")]
struct OtherDraft {
    #[dynorm(partition_key)]
    id: String,
    #[dynorm(ttl)]
    until: DateTime<Utc>,
}

/// And for one without.
#[derive(Debug, DynamoModel)]
#[dynorm(table = "drafts")]
struct LastingDraft {
    #[dynorm(partition_key)]
    id: String,
}

async fn create_table_checks_a_table_that_exists(cx: Context) -> Result {
    let (db, _) = cx.clocked_db();
    assert!(LastingDraft::create_table().send(&db).await?);

    assert!(!Draft::create_table().send(&db).await?, "time to live is turned on");
    let error = OtherDraft::create_table().send(&db).await.expect_err("by another attribute");

    assert!(error.is_table_different(), "{error}");
    assert!(error.table_differences().iter().any(|difference| difference.contains("`expires`")), "{error}");
    assert!(!LastingDraft::create_table().send(&db).await?, "a model without it does not mind");
    Ok(())
}

async fn a_condition_holds_for_an_expired_item_as_for_none(cx: Context) -> Result {
    let (db, [live, expired, _]) = one_of_three(&cx).await?;
    let of_ann = || Session::USER.eq("ann");
    let check = |session: &Session, condition| db.transact().add(Session::condition_check(session, condition)).send();
    let nobodys = || Session::USER.ne("ann") & !Session::USES.exists();

    check(&live, of_ann()).await?;
    let error = check(&expired, of_ann()).await.expect_err("it has expired");
    assert!(error.is_condition_failed(), "{error}");
    check(&expired, Session::USER.not_exists()).await?;
    check(&expired, nobodys()).await?;
    let error = check(&live, nobodys()).await.expect_err("it is Ann's");
    assert!(error.is_condition_failed(), "{error}");

    let mut fresh = Session::new(2);
    for error in [
        Session::delete(&expired).condition(of_ann()).send(&db).await.expect_err("there is none of Ann's"),
        fresh.put().condition(of_ann()).send(&db).await.expect_err("there is none to be replaced"),
        fresh.create().condition(of_ann()).send(&db).await.expect_err("there is none of Ann's"),
    ] {
        assert!(error.is_condition_failed() && !error.is_already_exists(), "{error}");
    }
    fresh.create().condition(Session::USER.not_exists()).send(&db).await?;
    Ok(())
}
