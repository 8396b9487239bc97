//! The version lock: on every path that can carry a condition, from the first version on.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue::{self, N, S};
use dynorm::{Db, DynamoModel, Existed, Tracked};
use dynorm_tests::models::{Account, TestClock, at};
use dynorm_tests::{Context, Result};

dynorm_tests::tests! {
    put_and_create_count_from_one,
    put_needs_the_version_in_hand,
    put_of_a_deleted_item_is_a_conflict,
    a_conflict_has_the_item_as_it_is_now needs [ItemOfFailedCondition],
    a_false_condition_is_no_conflict needs [ItemOfFailedCondition],
    overwrite_asks_nothing,
    update_counts_up_and_checks_what_it_is_told,
    update_with_another_version_changes_nothing needs [ItemOfFailedCondition],
    save_needs_the_version_that_was_read needs [ItemOfFailedCondition],
    delete_of_an_item_checks_its_version_and_delete_of_a_key_does_not,
    delete_of_an_item_that_is_gone_is_fine,
    an_item_that_was_created_again_is_another_one,
    items_without_a_version_get_one,
    save_of_an_item_without_a_version_gives_it_one needs [ItemOfFailedCondition],
    a_transaction_checks_every_version needs [Transactions, ItemOfFailedCondition],
    rekey_needs_the_version_that_was_read needs [Transactions, ItemOfFailedCondition],
    a_batch_overwrites,
    no_increment_is_lost needs [ItemOfFailedCondition, ConcurrentConditions],
}

async fn accounts(cx: &Context) -> Result<(Db, TestClock)> {
    let (db, clock) = cx.clocked_db();
    Account::create_table().send(&db).await?;
    Ok((db, clock))
}

async fn stored(db: &Db, account: &Account) -> Result<Account> {
    Ok(Account::get(account).consistent().send(db).await?.ok_or("stored")?)
}

async fn tracked(db: &Db, account: &Account) -> Result<Tracked<Account>> {
    Ok(Account::get(account).consistent().tracked().send(db).await?.ok_or("stored")?)
}

/// Stores an account as a program without versions did.
async fn unversioned(db: &Db) -> Result<Account> {
    let mut account = Account::new("Ann", 100);
    account.overwrite_raw(db, |item| drop(item.remove("version"))).await?;
    Ok(account)
}

trait Raw {
    async fn overwrite_raw(&mut self, db: &Db, change: impl FnOnce(&mut HashMap<String, AttributeValue>)) -> Result;
}

impl Raw for Account {
    /// Stores it, and then changes what is stored.
    async fn overwrite_raw(&mut self, db: &Db, change: impl FnOnce(&mut HashMap<String, AttributeValue>)) -> Result {
        self.put().overwrite().send(db).await?;
        let table = db.table_name::<Account>();
        let key = self.to_key().to_sdk()?;
        let mut item = db.client().get_item().table_name(&table).set_key(Some(key)).send().await?.item.ok_or("item")?;
        change(&mut item);
        db.client().put_item().table_name(&table).set_item(Some(item)).send().await?;
        Ok(())
    }
}

async fn put_and_create_count_from_one(cx: Context) -> Result {
    let (db, _) = accounts(&cx).await?;
    let (mut put, mut created) = (Account::new("Ann", 100), Account::new("Bob", 100));

    put.put().send(&db).await?;
    created.create().send(&db).await?;
    assert_eq!((put.version, created.version), (1, 1));
    created.put().send(&db).await?;
    assert!(created.create().send(&db).await.is_err_and(|error| error.is_already_exists()));

    assert_eq!(created.version, 2);
    assert_eq!((stored(&db, &put).await?, stored(&db, &created).await?), (put.clone(), created.clone()));
    Ok(())
}

async fn put_needs_the_version_in_hand(cx: Context) -> Result {
    let (db, clock) = accounts(&cx).await?;
    let mut account = Account::new("Ann", 100);
    account.put().send(&db).await?;
    let mut stale = account.clone();
    clock.set(2_000);
    account.cents = 200;
    account.put().send(&db).await?;

    clock.set(3_000);
    stale.cents = 300;
    let mut fresh = Account::new("Ann", 400);
    for behind in [&mut stale, &mut fresh] {
        let before = behind.clone();
        let error = behind.put().send(&db).await.expect_err("version 2 is stored");
        assert!(error.is_version_conflict() && error.is_condition_failed(), "{error}");
        assert!(!error.is_already_exists() && !error.is_not_found(), "{error}");
        assert_eq!(*behind, before);
    }

    assert_eq!((account.version, account.updated), (2, at(2_000)));
    assert_eq!(stored(&db, &account).await?, account);
    Ok(())
}

async fn put_of_a_deleted_item_is_a_conflict(cx: Context) -> Result {
    let (db, _) = accounts(&cx).await?;
    let mut account = Account::new("Ann", 100);
    account.put().send(&db).await?;
    Account::delete(account.to_key()).send(&db).await?;

    let error = account.put().send(&db).await.expect_err("it was deleted");

    assert!(error.is_version_conflict() && error.current_item().is_none(), "{error}");
    assert_eq!(Account::scan().count(&db).await?, 0, "not resurrected");
    Ok(())
}

async fn a_conflict_has_the_item_as_it_is_now(cx: Context) -> Result {
    let (db, _) = accounts(&cx).await?;
    let mut account = Account::new("Ann", 100);
    account.put().send(&db).await?;
    let mut stale = account.clone();
    account.put().send(&db).await?;

    let error = stale.put().send(&db).await.expect_err("version 2 is stored");

    assert_eq!(error.current::<Account>().transpose()?, Some(account));
    let text = error.to_string();
    assert!(text.contains("version") && !text.contains("Ann"), "{text}");
    Ok(())
}

async fn a_false_condition_is_no_conflict(cx: Context) -> Result {
    let (db, _) = accounts(&cx).await?;
    let mut account = Account::new("Ann", 100);
    account.put().send(&db).await?;
    let mut stale = account.clone();
    let rich = || Account::CENTS.gt(1_000);
    let mut tracked = self::tracked(&db, &account).await?;
    tracked.cents = 5;

    let put = account.put().condition(rich()).send(&db).await.expect_err("it has 100");
    let update = Account::update(&stale).expect_version(1).condition(rich()).send(&db).await.expect_err("it has 100");
    let delete = Account::delete(&stale).condition(rich()).send(&db).await.expect_err("it has 100");
    let save = tracked.save().condition(rich()).send(&db).await.expect_err("it has 100");
    for error in [put, update, delete, save] {
        assert!(error.is_condition_failed() && !error.is_version_conflict(), "{error}");
    }
    account.put().send(&db).await?;
    let error = stale.put().condition(rich()).send(&db).await.expect_err("both are false");

    assert!(error.is_version_conflict(), "{error}");
    Ok(())
}

async fn overwrite_asks_nothing(cx: Context) -> Result {
    let (db, _) = accounts(&cx).await?;
    let mut account = Account::new("Ann", 100);
    account.put().send(&db).await?;
    account.put().send(&db).await?;

    let mut fresh = Account::new("Ann", 200);
    let old = fresh.put().overwrite().return_old().send(&db).await?;

    assert_eq!((old, fresh.version), (Some(account), 1));
    assert_eq!(stored(&db, &fresh).await?, fresh);
    Ok(())
}

async fn update_counts_up_and_checks_what_it_is_told(cx: Context) -> Result {
    let (db, clock) = accounts(&cx).await?;
    let mut account = Account::new("Ann", 100);
    account.put().send(&db).await?;
    clock.set(2_000);

    let blind = Account::update(&account).add(Account::CENTS, 1).return_new().send(&db).await?;
    let checked = Account::update(&account).add(Account::CENTS, 1).expect_version(2).return_new().send(&db).await?;
    let nothing = Account::update(&account).return_new().send(&db).await?;

    let expected = Account { cents: 101, updated: at(2_000), version: 2, ..account.clone() };
    assert_eq!(blind, expected);
    assert_eq!(checked, Account { cents: 102, version: 3, ..expected });
    assert_eq!(nothing, Account { version: 4, ..checked });
    assert!(account.put().send(&db).await.is_err_and(|error| error.is_version_conflict()));
    Ok(())
}

async fn update_with_another_version_changes_nothing(cx: Context) -> Result {
    let (db, _) = accounts(&cx).await?;
    let mut account = Account::new("Ann", 100);
    account.put().send(&db).await?;
    let expect = |version| Account::update(&account).set(Account::CENTS, 1).expect_version(version);

    for version in [0, 2, u64::MAX] {
        let error = expect(version).send(&db).await.expect_err("version 1 is stored");
        assert!(error.is_version_conflict() && !error.is_not_found(), "{error}");
        assert_eq!(error.current::<Account>().transpose()?.as_ref(), Some(&account));
    }
    assert_eq!(stored(&db, &account).await?, account);
    Account::delete(account.to_key()).send(&db).await?;
    let error = expect(1).send(&db).await.expect_err("it was deleted");

    assert!(error.is_not_found() && !error.is_version_conflict(), "{error}");
    Ok(())
}

async fn save_needs_the_version_that_was_read(cx: Context) -> Result {
    let (db, _) = accounts(&cx).await?;
    let mut account = Account::new("Ann", 100);
    account.put().send(&db).await?;
    let (mut first, mut second) = (tracked(&db, &account).await?, tracked(&db, &account).await?);

    first.cents = 200;
    assert!(first.save().send(&db).await?);
    first.cents = 201;
    assert!(first.save().send(&db).await?, "its own save is no conflict");
    assert!(!first.save().send(&db).await?, "nothing changed");
    second.cents = 300;
    let error = second.save().send(&db).await.expect_err("version 3 is stored");

    assert!(error.is_version_conflict(), "{error}");
    assert_eq!((first.version, second.version), (3, 1));
    let first = first.into_inner();
    assert_eq!(error.current::<Account>().transpose()?.as_ref(), Some(&first));
    assert_eq!(stored(&db, &account).await?, first);
    Ok(())
}

async fn delete_of_an_item_checks_its_version_and_delete_of_a_key_does_not(cx: Context) -> Result {
    let (db, _) = accounts(&cx).await?;
    let mut account = Account::new("Ann", 100);
    account.put().send(&db).await?;
    let stale = account.clone();
    account.put().send(&db).await?;

    let error = Account::delete(&stale).send(&db).await.expect_err("version 2 is stored");
    let fresh = Account::delete(&Account::new("Ann", 1)).send(&db).await.expect_err("it has a version");
    assert!(error.is_version_conflict() && fresh.is_version_conflict(), "{error} {fresh}");
    assert_eq!(stored(&db, &account).await?, account);

    assert_eq!(Account::delete(&account).send(&db).await?, Existed::Yes);
    account.put().overwrite().send(&db).await?;
    assert_eq!(Account::delete(stale.to_key()).send(&db).await?, Existed::Yes);
    Ok(())
}

async fn delete_of_an_item_that_is_gone_is_fine(cx: Context) -> Result {
    let (db, _) = accounts(&cx).await?;
    let mut account = Account::new("Ann", 100);
    account.put().send(&db).await?;
    Account::delete(&account).send(&db).await?;

    assert_eq!(Account::delete(&account).send(&db).await?, Existed::No);
    assert_eq!(Account::delete(&Account::new("Bob", 1)).send(&db).await?, Existed::No);
    Ok(())
}

async fn an_item_that_was_created_again_is_another_one(cx: Context) -> Result {
    let (db, clock) = accounts(&cx).await?;
    let mut account = Account::new("Ann", 100);
    account.put().send(&db).await?;
    let mut tracked = self::tracked(&db, &account).await?;
    Account::delete(&account).send(&db).await?;
    clock.set(2_000);
    let mut again = Account::new("Ann", 500);
    again.create().send(&db).await?;
    assert_eq!(again.version, account.version, "the version by itself proves nothing");

    tracked.cents = 1;
    let save = tracked.save().send(&db).await.expect_err("another account");
    let delete = Account::delete(&account).send(&db).await.expect_err("another account");
    let put = account.put().send(&db).await.expect_err("another account");

    assert!(put.is_version_conflict() && delete.is_version_conflict() && save.is_condition_failed());
    assert_eq!(stored(&db, &again).await?, again);
    Ok(())
}

async fn items_without_a_version_get_one(cx: Context) -> Result {
    let (db, _) = accounts(&cx).await?;
    unversioned(&db).await?;
    let read = async || Account::get(&Account::new("Ann", 0)).consistent().send(&db).await;
    let mut account = read().await?.ok_or("stored")?;
    let mut stale = account.clone();
    assert_eq!(account.version, 0);

    account.put().send(&db).await?;
    assert_eq!(account.version, 1);
    assert!(stale.put().send(&db).await.is_err_and(|error| error.is_version_conflict()));
    assert!(Account::delete(&stale).send(&db).await.is_err_and(|error| error.is_version_conflict()));

    unversioned(&db).await?;
    Account::update(&account).set(Account::CENTS, 1).send(&db).await?;
    assert_eq!(read().await?.map(|account| account.version), Some(1));
    unversioned(&db).await?;
    Account::update(&account).set(Account::CENTS, 1).expect_version(0).send(&db).await?;
    assert_eq!(read().await?.map(|account| account.version), Some(1));
    unversioned(&db).await?;
    assert_eq!(Account::delete(&stale).send(&db).await?, Existed::Yes);
    Ok(())
}

async fn save_of_an_item_without_a_version_gives_it_one(cx: Context) -> Result {
    let (db, _) = accounts(&cx).await?;
    let account = unversioned(&db).await?;
    let (mut first, mut second) = (tracked(&db, &account).await?, tracked(&db, &account).await?);

    assert!(!first.save().send(&db).await?, "that it has no version is no change");
    first.cents = 1;
    first.save().send(&db).await?;
    second.cents = 2;
    let error = second.save().send(&db).await.expect_err("it has a version by now");

    assert!(error.is_version_conflict(), "{error}");
    assert_eq!((first.version, stored(&db, &account).await?), (1, first.into_inner()));

    // Another program counts from 0 and writes times in another form: a save compares what is stored.
    let mut account = account;
    let foreign = |item: &mut HashMap<String, AttributeValue>| {
        item.insert("version".into(), N("0".into()));
        item.insert("opened".into(), S("1970-01-01T00:16:40Z".into()));
    };
    account.overwrite_raw(&db, foreign).await?;
    let mut tracked = self::tracked(&db, &account).await?;
    tracked.cents = 3;
    tracked.save().send(&db).await?;
    assert_eq!(tracked.version, 1);
    Ok(())
}

async fn a_transaction_checks_every_version(cx: Context) -> Result {
    let (db, clock) = accounts(&cx).await?;
    let mut all: Vec<Account> = ["put", "update", "delete", "save"].map(|owner| Account::new(owner, 100)).into();
    db.transact().add_all(all.iter_mut().map(Account::create)).send().await?;
    let [put, update, delete, save] = &mut all[..] else { return Err("four".into()) };
    assert_eq!((put.version, save.version), (1, 1));
    let mut tracked = self::tracked(&db, save).await?;
    tracked.cents = 1;
    for account in [&*put, update, delete, save] {
        Account::update(account).set(Account::CENTS, 7).send(&db).await?;
    }
    let before = put.clone();
    clock.set(2_000);

    let expecting = Account::update(&*update).set(Account::CENTS, 1).expect_version(1);
    let transaction = db.transact().add(put.put()).add(expecting).add(Account::delete(&*delete)).add(tracked.save());
    let error = transaction.send().await.expect_err("all of them were written meanwhile");

    assert!(error.is_version_conflict() && !error.is_not_found(), "{error}");
    assert_eq!(error.reasons().iter().filter(|reason| reason.is_version_conflict()).count(), 4, "{error}");
    let current = error.reasons().first().and_then(|reason| reason.current::<Account>()).transpose()?;
    assert_eq!(current.map(|account| (account.version, account.cents)), Some((2, 7)));
    assert_eq!((&*put, tracked.version), (&before, 1));

    let expecting = Account::update(&*update).set(Account::CENTS, 1).expect_version(2);
    let (mut put, delete) = (stored(&db, put).await?, stored(&db, delete).await?);
    let mut tracked = self::tracked(&db, save).await?;
    tracked.cents = 1;
    let transaction = db.transact().add(put.put()).add(expecting).add(Account::delete(&delete)).add(tracked.save());
    transaction.send().await?;
    assert_eq!((put.version, tracked.version, stored(&db, update).await?.version), (3, 3, 3));
    assert_eq!((put.updated, tracked.updated), (at(2_000), at(2_000)));
    Ok(())
}

async fn rekey_needs_the_version_that_was_read(cx: Context) -> Result {
    let (db, _) = accounts(&cx).await?;
    let mut account = Account::new("Ann", 100);
    account.put().send(&db).await?;
    let (mut stale, mut moved) = (tracked(&db, &account).await?, tracked(&db, &account).await?);
    moved.cents = 200;
    moved.save().send(&db).await?;

    stale.number = 2;
    let error = stale.rekey().send(&db).await.expect_err("version 2 is stored");
    assert!(error.is_version_conflict(), "{error}");
    assert_eq!(stale.version, 1);
    moved.number = 2;
    moved.rekey().send(&db).await?;

    assert_eq!(moved.version, 3);
    assert_eq!(Account::scan().consistent().all(&db).await?, [moved.into_inner()]);
    Ok(())
}

async fn a_batch_overwrites(cx: Context) -> Result {
    let (db, _) = accounts(&cx).await?;
    let mut account = Account::new("Ann", 100);
    account.put().send(&db).await?;
    account.put().send(&db).await?;

    db.batch_write().overwrite(Account::new("Ann", 1)).overwrite_all([Account::new("Bob", 2)]).send().await?;

    let ann = stored(&db, &account).await?;
    assert_eq!((ann.version, ann.cents), (1, 1));
    Ok(())
}

async fn no_increment_is_lost(cx: Context) -> Result {
    let (db, _) = accounts(&cx).await?;
    let mut account = Account::new("Ann", 0);
    account.put().send(&db).await?;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let (db, key) = (db.clone(), account.to_key());
        tasks.spawn(async move {
            loop {
                let read = Account::get(&key).consistent().tracked().send(&db).await;
                let Ok(Some(mut account)) = read else { return read.map(drop) };
                account.cents += 1;
                match account.save().send(&db).await {
                    Err(error) if error.is_version_conflict() => {}
                    sent => return sent.map(drop),
                }
            }
        });
    }
    for sent in tasks.join_all().await {
        sent?;
    }

    let account = stored(&db, &account).await?;
    assert_eq!((account.cents, account.version), (64, 65));
    Ok(())
}
