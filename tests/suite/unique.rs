//! What `unique` promises: no two items have the same value, on any write path.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};
use dynorm::{Db, DynamoModel, Existed, Key};
use dynorm_tests::models::at;
use dynorm_tests::{Context, Result};
use tokio::task::JoinSet;

dynorm_tests::tests! {
    a_value_is_created_once needs [Transactions],
    a_violation_names_the_constraint_and_the_owner needs [Transactions, ItemOfFailedCondition],
    a_changed_value_frees_the_old_one needs [Transactions],
    a_put_frees_the_value_that_it_replaces needs [Transactions],
    an_update_that_reads_first_changes_the_value needs [Transactions],
    an_update_of_other_attributes_is_one_request,
    an_upsert_takes_and_frees_values needs [Transactions],
    an_index_key_of_a_unique_field_is_set needs [Transactions],
    a_deleted_item_frees_its_values needs [Transactions],
    a_tracked_delete_frees_its_values needs [Transactions],
    rekey_moves_the_values needs [Transactions],
    rekey_of_a_changed_value_takes_the_new_one needs [Transactions],
    none_is_not_unique needs [Transactions],
    several_fields_are_unique_together needs [Transactions],
    a_failed_condition_is_not_a_violation needs [Transactions],
    values_are_swapped_in_one_transaction needs [Transactions],
    a_value_moves_to_another_item_in_one_transaction needs [Transactions],
    two_of_one_transaction_cannot_take_the_same_value,
    a_transaction_with_blind_writes_reads_first needs [Transactions],
    reasons_are_those_of_the_callers_operations needs [Transactions],
    guards_count_to_the_hundred_operations,
    reads_leave_guards_out needs [Transactions],
    a_key_like_that_of_a_guard_is_refused,
    numbers_and_bytes_are_compared_as_dynamodb_does needs [Transactions],
    items_from_before_the_constraint_can_be_changed needs [Transactions],
    a_guard_expires_with_its_item needs [Transactions],
    who_takes_the_place_of_an_expired_item_frees_its_values needs [Transactions],
    who_moves_to_the_place_of_an_expired_item_frees_its_values needs [Transactions],
    of_many_that_create_one_value_one_wins needs [Transactions, ConcurrentTransactions],
    of_many_that_change_to_one_value_one_wins needs [Transactions, ConcurrentTransactions],
    of_many_that_create_one_key_one_wins,
}

/// A user of one of several tenants.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "users", sort_key = "USER#{id}")]
#[dynorm(unique(tenant, nick, name = "nick in tenant"))]
struct User {
    #[dynorm(partition_key)]
    tenant: String,
    id: String,
    #[dynorm(unique)]
    email: Option<String>,
    nick: Option<String>,
    logins: u32,
}

impl User {
    fn new(id: &str) -> Self {
        User { tenant: "acme".into(), id: id.into(), email: None, nick: None, logins: 0 }
    }

    fn with_email(id: &str, email: &str) -> Self {
        User { email: Some(email.into()), ..User::new(id) }
    }

    fn with_nick(tenant: &str, id: &str, nick: &str) -> Self {
        User { tenant: tenant.into(), nick: Some(nick.into()), ..User::new(id) }
    }
}

async fn users(cx: &Context) -> Result<Db> {
    let db = cx.db();
    User::create_table().send(&db).await?;
    Ok(db)
}

/// The raw items of the table that are no users.
async fn guards(db: &Db) -> Result<Vec<HashMap<String, AttributeValue>>> {
    let scan = db.client().scan().table_name(db.table_name::<User>()).consistent_read(true).send().await?;
    Ok(scan.items.unwrap_or_default().into_iter().filter(|item| !item.contains_key("logins")).collect())
}

async fn read(db: &Db, user: &User) -> Result<Option<User>> {
    Ok(User::get(user).consistent().send(db).await?)
}

/// Whether somebody has the address.
async fn is_taken(db: &Db, email: &str) -> Result<bool> {
    let mut probe = User::with_email("probe", email);
    match probe.create().send(db).await {
        Ok(()) => {
            User::delete(&probe).send(db).await?;
            Ok(false)
        }
        Err(error) if error.is_unique_violation() => Ok(true),
        Err(error) => Err(error.into()),
    }
}

async fn a_value_is_created_once(cx: Context) -> Result {
    let db = users(&cx).await?;
    let mut ann = User::with_email("ann", "ann@example.com");
    ann.create().send(&db).await?;

    let mut bob = User::with_email("bob", "ann@example.com");
    let error = bob.create().send(&db).await.expect_err("ann has it");

    assert!(error.is_unique_violation(), "{error}");
    assert!(!error.is_condition_failed() && !error.is_already_exists() && !error.is_not_found(), "{error}");
    assert_eq!((error.model(), error.operation()), (Some("User"), Some("TransactWriteItems")));
    assert!(!error.to_string().contains("ann") && error.to_string().contains("`email`"), "{error}");
    assert_eq!(read(&db, &bob).await?, None);
    assert_eq!(guards(&db).await?.len(), 1);
    Ok(())
}

async fn a_violation_names_the_constraint_and_the_owner(cx: Context) -> Result {
    let db = users(&cx).await?;
    let mut ann = User { email: Some("ann@example.com".into()), ..User::with_nick("acme", "ann", "annie") };
    ann.create().send(&db).await?;

    let mut bob = User { email: Some("ann@example.com".into()), ..User::with_nick("acme", "bob", "annie") };
    let error = bob.create().send(&db).await.expect_err("ann has both");

    let names: Vec<_> = error.unique_violations().map(|violation| violation.constraint()).collect();
    assert_eq!(names, ["email", "nick in tenant"]);
    let owners: Vec<Option<Key<User>>> = error.unique_violations().map(|violation| violation.owner()).collect();
    assert_eq!(owners, [Some(ann.to_key()), Some(ann.to_key())]);
    let both = error.unique_violations().nth(1).ok_or("two")?;
    assert_eq!(both.attributes().collect::<Vec<_>>(), ["tenant", "nick"]);
    assert!(!format!("{error:?}{both:?}{both}").contains("annie"), "{error:?}");
    Ok(())
}

async fn a_changed_value_frees_the_old_one(cx: Context) -> Result {
    let db = users(&cx).await?;
    let mut ann = User::with_email("ann", "ann@example.com");
    ann.create().send(&db).await?;
    let mut bob = User::with_email("bob", "bob@example.com");
    bob.create().send(&db).await?;

    let mut tracked = User::get(&ann).consistent().tracked().send(&db).await?.ok_or("stored")?;
    tracked.email = Some("bob@example.com".into());
    let error = tracked.save().send(&db).await.expect_err("bob has it");
    assert!(error.is_unique_violation(), "{error}");
    assert!(tracked.is_changed()?);
    tracked.email = Some("jane@example.com".into());
    assert!(tracked.save().send(&db).await?);
    assert!(!tracked.save().send(&db).await?);

    assert!(!is_taken(&db, "ann@example.com").await?);
    assert!(is_taken(&db, "jane@example.com").await? && is_taken(&db, "bob@example.com").await?);
    tracked.email = None;
    tracked.save().send(&db).await?;
    assert!(!is_taken(&db, "jane@example.com").await?);
    Ok(())
}

async fn a_put_frees_the_value_that_it_replaces(cx: Context) -> Result {
    let db = users(&cx).await?;
    let mut ann = User::with_email("ann", "ann@example.com");
    ann.put().send(&db).await?;
    ann.logins = 1;
    ann.put().send(&db).await?;
    assert!(is_taken(&db, "ann@example.com").await?);
    ann.email = Some("jane@example.com".into());
    ann.put().condition(User::LOGINS.eq(1)).send(&db).await?;

    assert!(!is_taken(&db, "ann@example.com").await? && is_taken(&db, "jane@example.com").await?);
    assert_eq!(guards(&db).await?.len(), 1);
    assert_eq!(read(&db, &ann).await?, Some(ann));
    Ok(())
}

async fn an_update_that_reads_first_changes_the_value(cx: Context) -> Result {
    let db = users(&cx).await?;
    let mut ann = User::with_email("ann", "ann@example.com");
    ann.create().send(&db).await?;
    User::with_email("bob", "bob@example.com").create().send(&db).await?;

    let update = || User::update(&ann).add(User::LOGINS, 1).read_first();
    let error = update().set(User::EMAIL, "bob@example.com").send(&db).await.expect_err("bob has it");
    assert!(error.is_unique_violation() && error.operation() == Some("TransactWriteItems"), "{error}");
    update().set(User::EMAIL, "jane@example.com").set(User::NICK, Some("jane".to_owned())).send(&db).await?;
    assert!(!is_taken(&db, "ann@example.com").await? && is_taken(&db, "jane@example.com").await?);
    update().remove(User::EMAIL).condition(User::LOGINS.eq(1)).send(&db).await?;
    assert!(!is_taken(&db, "jane@example.com").await?);

    assert_eq!(read(&db, &ann).await?, Some(User { email: None, nick: Some("jane".into()), logins: 2, ..ann }));
    let missing = User::update(&User::new("nobody")).read_first().set(User::EMAIL, "x").send(&db).await;
    assert!(missing.is_err_and(|error| error.is_not_found()));
    assert!(!is_taken(&db, "x").await?);
    Ok(())
}

async fn an_update_of_other_attributes_is_one_request(cx: Context) -> Result {
    let db = users(&cx).await?;
    let error = User::update(&User::new("ann")).add(User::LOGINS, 1).send(&db).await.expect_err("no ann");
    assert!(error.is_not_found() && error.operation() == Some("UpdateItem"), "{error}");
    Ok(())
}

async fn an_upsert_takes_and_frees_values(cx: Context) -> Result {
    let db = users(&cx).await?;
    let ann = || User::update(User::key().tenant("acme").id("ann")).upsert().set(User::LOGINS, 3);

    ann().send(&db).await?;
    assert!(guards(&db).await?.is_empty());
    ann().read_first().set(User::EMAIL, "ann@example.com").set(User::NICK, "annie").send(&db).await?;
    assert_eq!(guards(&db).await?.len(), 2);
    let bob = || User::update(User::key().tenant("acme").id("bob")).upsert().set(User::LOGINS, 1).read_first();
    let error = bob().set(User::NICK, "annie").send(&db).await.expect_err("ann has it");
    assert!(error.is_unique_violation(), "{error}");
    bob().set(User::NICK, "bobby").send(&db).await?;
    ann().read_first().set(User::EMAIL, "jane@example.com").send(&db).await?;
    assert!(!is_taken(&db, "ann@example.com").await? && is_taken(&db, "jane@example.com").await?);

    // What changes no unique field is one UpdateItem, as ever.
    assert_eq!(ann().return_new().send(&db).await?.email.as_deref(), Some("jane@example.com"));
    assert_eq!(guards(&db).await?.len(), 3);
    Ok(())
}

/// Found by what is unique in it.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "accounts", index(ByEmail, partition_key = email))]
struct Account {
    #[dynorm(partition_key)]
    id: String,
    #[dynorm(unique)]
    email: String,
}

async fn an_index_key_of_a_unique_field_is_set(cx: Context) -> Result {
    let db = cx.db();
    Account::create_table().send(&db).await?;
    let account = |id: &str, email: &str| Account { id: id.into(), email: email.into() };
    account("1", "a@example.com").create().send(&db).await?;
    account("2", "b@example.com").create().send(&db).await?;

    let update = |email: &str| Account::update(Account::key().id("1")).set_key(Account::by_email().email(email));
    let error = update("b@example.com").send(&db).await.expect_err("it is taken");
    assert!(error.is_unique_violation(), "{error}");
    let error = update("c@example.com").return_new().send(&db).await.expect_err("a transaction returns nothing");
    assert!(error.is_expression(), "{error}");
    update("c@example.com").send(&db).await?;

    account("3", "a@example.com").create().send(&db).await?;
    assert_eq!(Account::query(Account::by_email().email("c@example.com")).count(&db).await?, 1);
    assert_eq!(Account::scan().index(ByEmail).count(&db).await?, 3);
    Ok(())
}

async fn a_deleted_item_frees_its_values(cx: Context) -> Result {
    let db = users(&cx).await?;
    let mut ann = User { email: Some("ann@example.com".into()), ..User::with_nick("acme", "ann", "annie") };
    ann.create().send(&db).await?;

    let refused = User::delete(&ann).condition(User::LOGINS.gt(5)).send(&db).await;
    assert!(refused.is_err_and(|error| error.is_condition_failed()
        && error.current_item().is_some()
            == cx.engine().lacks(dynorm_tests::Feature::ItemOfFailedCondition).is_none()));
    assert_eq!(User::delete(&ann).send(&db).await?, Existed::Yes);
    assert_eq!(User::delete(&ann).send(&db).await?, Existed::No);

    assert!(guards(&db).await?.is_empty());
    ann.create().send(&db).await?;
    Ok(())
}

async fn a_tracked_delete_frees_its_values(cx: Context) -> Result {
    let db = users(&cx).await?;
    let mut ann = User::with_email("ann", "ann@example.com");
    ann.create().send(&db).await?;
    let tracked = User::get(&ann).consistent().tracked().send(&db).await?.ok_or("stored")?;
    User::update(&ann).read_first().set(User::EMAIL, "jane@example.com").send(&db).await?;

    let error = tracked.delete().send(&db).await.expect_err("the address is another");
    assert!(error.is_condition_failed(), "{error}");
    let tracked = User::get(&ann).consistent().tracked().send(&db).await?.ok_or("stored")?;
    assert_eq!(tracked.delete().send(&db).await?, Existed::Yes);

    assert!(guards(&db).await?.is_empty());
    assert_eq!(read(&db, &ann).await?, None);
    Ok(())
}

async fn rekey_moves_the_values(cx: Context) -> Result {
    let db = users(&cx).await?;
    let mut ann = User { email: Some("ann@example.com".into()), ..User::with_nick("acme", "ann", "annie") };
    ann.create().send(&db).await?;
    User::with_nick("other", "x", "annie").create().send(&db).await?;
    let mut tracked = User::get(&ann).consistent().tracked().send(&db).await?.ok_or("stored")?;

    tracked.tenant = "other".into();
    let error = tracked.rekey().send(&db).await.expect_err("the other tenant has an annie");
    assert!(error.is_unique_violation() && error.reasons().len() == 2, "{error}");
    assert!(error.reasons().first().is_some_and(|reason| reason.is_unique_violation()), "{error}");
    tracked.tenant = "acme".into();
    tracked.id = "anna".into();
    assert!(tracked.rekey().send(&db).await?);

    assert_eq!(guards(&db).await?.len(), 3);
    assert!(is_taken(&db, "ann@example.com").await?);
    assert_eq!(tracked.delete().send(&db).await?, Existed::Yes, "the guards belong to the new key");
    assert!(!is_taken(&db, "ann@example.com").await?);
    Ok(())
}

async fn rekey_of_a_changed_value_takes_the_new_one(cx: Context) -> Result {
    let db = users(&cx).await?;
    let mut ann = User::with_email("ann", "ann@example.com");
    ann.create().send(&db).await?;
    let mut tracked = User::get(&ann).consistent().tracked().send(&db).await?.ok_or("stored")?;

    tracked.id = "jane".into();
    tracked.email = Some("jane@example.com".into());
    tracked.rekey().send(&db).await?;

    assert!(!is_taken(&db, "ann@example.com").await? && is_taken(&db, "jane@example.com").await?);
    assert_eq!(User::scan().consistent().all(&db).await?, [tracked.into_inner()]);
    Ok(())
}

async fn none_is_not_unique(cx: Context) -> Result {
    let db = users(&cx).await?;
    for id in ["a", "b", "c"] {
        User::new(id).create().send(&db).await?;
    }
    assert!(guards(&db).await?.is_empty());
    Ok(())
}

async fn several_fields_are_unique_together(cx: Context) -> Result {
    let db = users(&cx).await?;
    User::with_nick("acme", "ann", "annie").create().send(&db).await?;
    User::with_nick("other", "ann", "annie").create().send(&db).await?;
    // Parts are kept apart, whatever they contain.
    User::with_nick("a", "1", "cme,annie").create().send(&db).await?;
    User::with_nick("acme,", "1", "annie").create().send(&db).await?;

    let mut bob = User::with_nick("acme", "bob", "annie");
    let error = bob.create().send(&db).await.expect_err("acme has an annie");
    assert_eq!(
        error.unique_violations().map(|violation| violation.constraint()).collect::<Vec<_>>(),
        ["nick in tenant"]
    );
    bob.nick = Some("bobby".into());
    bob.create().send(&db).await?;
    Ok(())
}

async fn a_failed_condition_is_not_a_violation(cx: Context) -> Result {
    let db = users(&cx).await?;
    let mut ann = User::with_email("ann", "ann@example.com");
    ann.create().send(&db).await?;

    let error = ann.clone().create().send(&db).await.expect_err("the key is taken");
    assert!(error.is_already_exists() && !error.is_unique_violation(), "{error}");
    let error = ann.put().condition(User::LOGINS.gt(3)).send(&db).await.expect_err("no logins");
    assert!(error.is_condition_failed() && !error.is_already_exists() && !error.is_unique_violation(), "{error}");
    let update = User::update(&ann).read_first().set(User::EMAIL, "x").condition(User::LOGINS.gt(3));
    let error = update.send(&db).await.expect_err("no logins");
    assert!(error.is_condition_failed() && !error.is_not_found() && !error.is_unique_violation(), "{error}");
    assert!(!is_taken(&db, "x").await?);
    Ok(())
}

async fn values_are_swapped_in_one_transaction(cx: Context) -> Result {
    let db = users(&cx).await?;
    let (mut ann, mut bob) = (User::with_email("ann", "a@example.com"), User::with_email("bob", "b@example.com"));
    db.transact().add(ann.create()).add(bob.create()).send().await?;
    let mut ann = User::get(&ann).consistent().tracked().send(&db).await?.ok_or("stored")?;
    let mut bob = User::get(&bob).consistent().tracked().send(&db).await?.ok_or("stored")?;

    std::mem::swap(&mut ann.email, &mut bob.email);
    db.transact().add(ann.save()).add(bob.save()).send().await?;

    assert_eq!(guards(&db).await?.len(), 2);
    assert_eq!(read(&db, &ann).await?.and_then(|ann| ann.email).as_deref(), Some("b@example.com"));
    assert_eq!(ann.delete().send(&db).await?, Existed::Yes);
    assert!(!is_taken(&db, "b@example.com").await? && is_taken(&db, "a@example.com").await?);
    Ok(())
}

async fn a_value_moves_to_another_item_in_one_transaction(cx: Context) -> Result {
    let db = users(&cx).await?;
    let mut ann = User::with_email("ann", "a@example.com");
    ann.create().send(&db).await?;

    let mut heir = User::with_email("heir", "a@example.com");
    db.transact().add(heir.create()).add(User::delete(&ann)).send().await?;

    assert_eq!(guards(&db).await?.len(), 1);
    let error = ann.create().send(&db).await.expect_err("the heir has it");
    let owner = error.unique_violations().next().and_then(|violation| violation.owner::<User>());
    assert!(owner.is_none_or(|owner| owner == heir.to_key()));
    Ok(())
}

async fn two_of_one_transaction_cannot_take_the_same_value(cx: Context) -> Result {
    let db = users(&cx).await?;
    let (mut ann, mut bob) = (User::with_email("ann", "a@example.com"), User::with_email("bob", "a@example.com"));
    let error = db.transact().add(ann.create()).add(bob.create()).send().await.expect_err("one address");
    assert!(error.is_unique_violation() && !error.is_transaction_canceled(), "{error}");
    assert_eq!(User::scan().consistent().count(&db).await?, 0);
    Ok(())
}

async fn a_transaction_with_blind_writes_reads_first(cx: Context) -> Result {
    let db = users(&cx).await?;
    let (mut ann, mut bob) = (User::with_email("ann", "a@example.com"), User::with_email("bob", "b@example.com"));
    db.transact().add(ann.create()).add(bob.create()).send().await?;
    let cid = User::with_email("cid", "c@example.com");
    cid.clone().create().send(&db).await?;

    ann.email = Some("ann@example.com".into());
    let update = User::update(&bob).read_first().set(User::EMAIL, "a@example.com");
    db.transact().add(User::delete(&cid)).add(update).add(ann.put()).send().await?;

    let stored: Vec<_> = User::scan().consistent().all(&db).await?.into_iter().map(|user| user.email).collect();
    assert_eq!(stored, [Some("ann@example.com".into()), Some("a@example.com".into())]);
    assert_eq!(guards(&db).await?.len(), 2);
    assert!(!is_taken(&db, "b@example.com").await? && !is_taken(&db, "c@example.com").await?);
    Ok(())
}

async fn reasons_are_those_of_the_callers_operations(cx: Context) -> Result {
    let db = users(&cx).await?;
    let mut ann = User::with_email("ann", "a@example.com");
    ann.create().send(&db).await?;
    let (mut bob, mut cid) = (User::with_email("bob", "b@example.com"), User::with_email("cid", "a@example.com"));

    let missing = User::update(&User::new("nobody")).add(User::LOGINS, 1);
    let error = db.transact().add(bob.create()).add(cid.create()).add(missing).send().await.expect_err("two cannot");

    let [bob, cid, missing] = error.reasons() else { return Err("three reasons".into()) };
    assert!(bob.is_none() && !bob.is_unique_violation(), "{error}");
    assert!(cid.is_unique_violation() && !cid.is_none() && !cid.is_condition_failed(), "{error}");
    assert_eq!(cid.unique_violations().first().map(|violation| violation.constraint()), Some("email"));
    assert!(missing.is_not_found() && !missing.is_unique_violation(), "{error}");
    assert!(error.to_string().contains("operation 2 (of User"), "{error}");
    Ok(())
}

async fn guards_count_to_the_hundred_operations(cx: Context) -> Result {
    let db = users(&cx).await?;
    let mut users: Vec<User> = (0..51).map(|n| User::with_email(&n.to_string(), &format!("{n}@example.com"))).collect();
    let error = db.transact().add_all(users.iter_mut().map(User::create)).send().await.expect_err("102 operations");
    assert!(error.is_transaction_limit() && error.to_string().contains("51 of them on guards"), "{error}");
    Ok(())
}

async fn reads_leave_guards_out(cx: Context) -> Result {
    let db = users(&cx).await?;
    let mut users: Vec<User> =
        (0..20).map(|n| User::with_email(&format!("{n:02}"), &format!("{n}@example.com"))).collect();
    db.transact().add_all(users.iter_mut().map(User::create)).send().await?;
    assert_eq!(guards(&db).await?.len(), 20);

    assert_eq!(User::scan().consistent().all(&db).await?, users);
    assert_eq!(User::scan().consistent().count(&db).await?, 20);
    assert_eq!(User::scan().consistent().take(7).count(&db).await?, 7);
    assert_eq!(User::scan().consistent().filter(User::EMAIL.contains("1")).count(&db).await?, 11);
    assert_eq!(User::query(User::key().tenant("acme")).consistent().count(&db).await?, 20);
    assert_eq!(User::scan().consistent().page_size(3).take(8).all(&db).await?, users[..8]);

    // Every position is one behind a user, however many guards stand between.
    let mut seen = Vec::new();
    let mut stream = User::scan().consistent().page_size(4).stream(&db);
    while let Some(user) = stream.try_next().await? {
        seen.push(user);
        let cursor = stream.cursor()?.ok_or("behind an item")?;
        let rest = User::scan().consistent().after(cursor).all(&db).await?;
        assert_eq!(seen.len() + rest.len(), 20);
    }
    assert_eq!(seen, users);
    Ok(())
}

async fn a_key_like_that_of_a_guard_is_refused(cx: Context) -> Result {
    let db = users(&cx).await?;
    let mut user = User { tenant: "dynorm:unique:0".into(), ..User::new("x") };
    let error = user.create().send(&db).await.expect_err("it would be taken for a guard");
    assert!(error.is_key() && error.key().and_then(|key| key.attribute()) == Some("tenant"), "{error}");
    Ok(())
}

/// Unique by a number and by bytes.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "parts")]
struct Part {
    #[dynorm(partition_key)]
    id: String,
    #[dynorm(unique = "size")]
    size: Option<f64>,
    #[dynorm(unique)]
    digest: Option<Vec<u8>>,
}

async fn numbers_and_bytes_are_compared_as_dynamodb_does(cx: Context) -> Result {
    let db = cx.db();
    Part::create_table().send(&db).await?;
    let part = |id: &str, size, digest| Part { id: id.into(), size, digest };
    part("a", Some(1e25), Some(vec![0, 255])).create().send(&db).await?;

    let error = part("b", Some(1e25), None).create().send(&db).await.expect_err("a has that size");
    assert!(error.is_unique_violation(), "{error}");
    let error = part("b", None, Some(vec![0, 255])).create().send(&db).await.expect_err("a has that digest");
    assert!(error.is_unique_violation(), "{error}");
    part("b", Some(1.0), Some(vec![0])).create().send(&db).await?;

    // The number comes back in another form than it was sent in, and its guard is found all the same.
    let mut a = Part::get(Part::key().id("a")).consistent().tracked().send(&db).await?.ok_or("stored")?;
    a.size = Some(2.5);
    a.save().send(&db).await?;
    part("c", Some(1e25), None).create().send(&db).await?;
    assert_eq!(Part::delete(Part::key().id("a")).send(&db).await?, Existed::Yes);
    part("d", Some(2.5), Some(vec![0, 255])).create().send(&db).await?;
    Ok(())
}

async fn items_from_before_the_constraint_can_be_changed(cx: Context) -> Result {
    let db = users(&cx).await?;
    let mut item = HashMap::new();
    for (name, value) in [("tenant", "acme"), ("id", "old"), ("sk", "USER#old"), ("email", "old@example.com")] {
        item.insert(name.to_owned(), AttributeValue::S(value.into()));
    }
    item.insert("logins".to_owned(), AttributeValue::N("1".into()));
    db.client().put_item().table_name(db.table_name::<User>()).set_item(Some(item)).send().await?;

    // Nobody holds its value, so somebody can take it.
    let mut new = User::with_email("new", "old@example.com");
    new.create().send(&db).await?;
    let mut old = User::get(&User::new("old")).consistent().tracked().send(&db).await?.ok_or("stored")?;
    old.email = Some("older@example.com".into());
    old.save().send(&db).await?;

    assert!(is_taken(&db, "old@example.com").await? && is_taken(&db, "older@example.com").await?);
    assert_eq!(guards(&db).await?.len(), 2);
    Ok(())
}

/// Good until some time.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "invitations")]
struct Invitation {
    #[dynorm(partition_key)]
    guest: String,
    #[dynorm(unique)]
    code: String,
    #[dynorm(ttl)]
    expires: Option<DateTime<Utc>>,
}

async fn a_guard_expires_with_its_item(cx: Context) -> Result {
    let (db, clock) = cx.clocked_db();
    Invitation::create_table().send(&db).await?;
    let invitation = |guest: &str| Invitation { guest: guest.into(), code: "X".into(), expires: Some(at(1_500)) };
    let expiry = async || -> Result<Vec<String>> {
        let scan = db.client().scan().table_name(db.table_name::<Invitation>()).consistent_read(true).send().await?;
        let expiries = scan.items().iter().filter_map(|item| item.get("expires")?.as_n().ok().cloned());
        Ok(expiries.collect())
    };

    invitation("ann").create().send(&db).await?;
    assert_eq!(expiry().await?, ["1500", "1500"]);
    let error = invitation("bob").create().send(&db).await.expect_err("ann has the code");
    assert!(error.is_unique_violation(), "{error}");
    let mut ann = Invitation::get(&invitation("ann")).consistent().tracked().send(&db).await?.ok_or("stored")?;
    ann.expires = Some(at(3_000));
    ann.save().send(&db).await?;
    assert_eq!(expiry().await?, ["3000", "3000"]);
    Invitation::update(&*ann).read_first().set(Invitation::EXPIRES, at(1_600)).send(&db).await?;
    assert_eq!(expiry().await?, ["1600", "1600"]);

    // Nobody has deleted the expired item yet, and its value is free all the same.
    clock.set(2_000);
    let mut bob = Invitation { expires: None, ..invitation("bob") };
    bob.create().send(&db).await?;
    // What the expired item had is somebody else's now, and stays so.
    assert_eq!(Invitation::delete(&*ann).send(&db).await?, Existed::No);
    let error = invitation("cid").create().send(&db).await.expect_err("bob has the code");
    assert!(error.is_unique_violation(), "{error}");
    assert_eq!(Invitation::scan().consistent().all(&db).await?, [bob]);
    Ok(())
}

/// An invitation that has expired, with the code X.
async fn expired(cx: &Context) -> Result<Db> {
    let (db, clock) = cx.clocked_db();
    Invitation::create_table().send(&db).await?;
    Invitation { guest: "ann".into(), code: "X".into(), expires: Some(at(1_500)) }.create().send(&db).await?;
    clock.set(2_000);
    Ok(db)
}

/// What each item of the table has: its key, or the hash by which a guard is found, and when it expires.
async fn invitations(db: &Db) -> Result<Vec<(String, Option<String>)>> {
    let scan = db.client().scan().table_name(db.table_name::<Invitation>()).consistent_read(true).send().await?;
    let texts = scan.items().iter().filter_map(|item| {
        let expires = item.get("expires").and_then(|value| value.as_n().ok().cloned());
        Some((item.get("guest")?.as_s().ok()?.clone(), expires))
    });
    Ok(texts.collect())
}

async fn who_takes_the_place_of_an_expired_item_frees_its_values(cx: Context) -> Result {
    for same in [true, false] {
        let db = expired(&cx).await?;
        let code = if same { "X" } else { "Y" };
        let mut new = Invitation { guest: "ann".into(), code: code.into(), expires: None };
        new.create().send(&db).await?;

        let stored = invitations(&db).await?;
        assert_eq!(stored.len(), 2, "the item and its guard: {stored:?}");
        assert!(stored.iter().all(|(_, expires)| expires.is_none()), "{stored:?}");
        let mut bob = Invitation { guest: "bob".into(), ..new.clone() };
        assert!(bob.create().send(&db).await.is_err_and(|error| error.is_unique_violation()));
        assert!(new.create().send(&db).await.is_err_and(|error| error.is_already_exists()));
        Invitation::delete(&new).send(&db).await?;
        assert_eq!(invitations(&db).await?, []);
    }
    Ok(())
}

async fn who_moves_to_the_place_of_an_expired_item_frees_its_values(cx: Context) -> Result {
    let db = expired(&cx).await?;
    Invitation { guest: "bob".into(), code: "Y".into(), expires: None }.create().send(&db).await?;
    let bob = Invitation::get(Invitation::key().guest("bob")).consistent().tracked().send(&db).await?;
    let mut bob = bob.ok_or("stored")?;
    bob.guest = "ann".into();
    bob.rekey().send(&db).await?;

    let stored = invitations(&db).await?;
    assert_eq!(stored.len(), 2, "the item and its guard: {stored:?}");
    assert!(stored.iter().all(|(_, expires)| expires.is_none()), "{stored:?}");
    assert_eq!(Invitation::scan().consistent().all(&db).await?, [bob.into_inner()]);
    Ok(())
}

const TASKS: usize = 64;

async fn of_many_that_create_one_value_one_wins(cx: Context) -> Result {
    let db = users(&cx).await?;
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let db = db.clone();
        tasks.spawn(async move { User::with_email(&task.to_string(), "one@example.com").create().send(&db).await });
    }
    let (mut won, mut lost) = (0, 0);
    for created in tasks.join_all().await {
        match created {
            Ok(()) => won += 1,
            Err(error) if error.is_unique_violation() => lost += 1,
            Err(error) => return Err(error.into()),
        }
    }
    assert_eq!((won, lost), (1, TASKS - 1));
    assert_eq!(User::scan().consistent().count(&db).await?, 1);
    Ok(())
}

async fn of_many_that_change_to_one_value_one_wins(cx: Context) -> Result {
    let db = users(&cx).await?;
    let mut users: Vec<User> = (0..16).map(|n| User::with_email(&n.to_string(), &format!("{n}"))).collect();
    db.transact().add_all(users.iter_mut().map(User::create)).send().await?;
    let mut tasks = JoinSet::new();
    for (task, mut user) in users.into_iter().enumerate() {
        let db = db.clone();
        tasks.spawn(async move {
            match task % 2 {
                0 => User::update(&user).read_first().set(User::EMAIL, "one@example.com").send(&db).await,
                _ => {
                    user.email = Some("one@example.com".into());
                    user.put().send(&db).await
                }
            }
        });
    }
    let mut won = 0;
    for changed in tasks.join_all().await {
        match changed {
            Ok(()) => won += 1,
            Err(error) if error.is_unique_violation() => {}
            Err(error) => return Err(error.into()),
        }
    }
    assert_eq!(won, 1);
    let all = User::scan().consistent().all(&db).await?;
    assert_eq!(all.iter().filter(|user| user.email.as_deref() == Some("one@example.com")).count(), 1);
    assert_eq!((all.len(), guards(&db).await?.len()), (16, 16));
    Ok(())
}

async fn of_many_that_create_one_key_one_wins(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let db = db.clone();
        tasks.spawn(async move {
            let mut book = dynorm_tests::models::Book::new("Penguin Books", 1995, "9780140000001");
            book.title = format!("the one of task {task}");
            book.create().send(&db).await.map(|()| book)
        });
    }
    let mut winner = None;
    for created in tasks.join_all().await {
        match created {
            Ok(book) => assert_eq!(winner.replace(book), None),
            Err(error) => assert!(error.is_already_exists(), "{error}"),
        }
    }
    let winner = winner.ok_or("nobody won")?;
    assert_eq!(dynorm_tests::models::Book::scan().consistent().all(&db).await?, [winner]);
    Ok(())
}
