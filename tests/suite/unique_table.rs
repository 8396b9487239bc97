//! Unique values of a model whose guards have a table of their own.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};
use dynorm::{Db, DynamoModel, Existed};
use dynorm_tests::models::at;
use dynorm_tests::{Context, Result};

dynorm_tests::tests! {
    a_model_with_a_number_key_has_unique_values needs [Transactions],
    an_update_moves_its_value needs [Transactions],
    a_put_moves_its_value needs [Transactions],
    a_deleted_number_frees_its_values needs [Transactions],
    rekey_of_a_number_moves_its_values needs [Transactions],
    values_move_in_one_transaction_beside_the_items needs [Transactions],
    a_read_meets_no_guards needs [Transactions],
    a_text_key_may_look_like_a_guard needs [Transactions],
    models_share_a_table_of_guards needs [Transactions],
    a_guard_beside_the_items_expires_too needs [Transactions],
    the_table_of_guards_is_created_and_compared,
}

/// A member of a club, by number.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "members", unique_table = "unique-values", unique(club, nick))]
struct Member {
    #[dynorm(partition_key)]
    club: u32,
    #[dynorm(sort_key)]
    number: u64,
    #[dynorm(unique)]
    email: Option<String>,
    nick: Option<String>,
    visits: u32,
}

impl Member {
    fn new(number: u64, email: &str) -> Self {
        Member { club: 7, number, email: Some(email.into()), nick: None, visits: 0 }
    }
}

async fn members(cx: &Context) -> Result<Db> {
    let db = cx.db();
    Member::create_table().send(&db).await?;
    Ok(db)
}

/// All that is stored in a table.
async fn raw(db: &Db, table: Option<String>) -> Result<Vec<HashMap<String, AttributeValue>>> {
    let scan = db.client().scan().set_table_name(table).consistent_read(true).send().await?;
    Ok(scan.items.unwrap_or_default())
}

async fn guards(db: &Db) -> Result<usize> {
    Ok(raw(db, db.unique_table_name::<Member>()).await?.len())
}

/// Whether somebody has the address.
async fn is_taken(db: &Db, email: &str) -> Result<bool> {
    let mut probe = Member::new(0, email);
    match probe.create().send(db).await {
        Ok(()) => {
            Member::delete(&probe).send(db).await?;
            Ok(false)
        }
        Err(error) if error.is_unique_violation() => Ok(true),
        Err(error) => Err(error.into()),
    }
}

async fn a_model_with_a_number_key_has_unique_values(cx: Context) -> Result {
    let db = members(&cx).await?;
    let mut ann = Member { nick: Some("annie".into()), ..Member::new(1, "ann@example.com") };
    ann.create().send(&db).await?;

    let mut bob = Member { nick: Some("annie".into()), ..Member::new(2, "ann@example.com") };
    let error = bob.create().send(&db).await.expect_err("ann has both");

    assert!(error.is_unique_violation() && !error.is_already_exists(), "{error}");
    let names: Vec<_> = error.unique_violations().map(|violation| violation.constraint()).collect();
    assert_eq!(names, ["email", "club,nick"]);
    let owner = error.unique_violations().next().and_then(|violation| violation.owner::<Member>());
    assert!(owner.is_none_or(|owner| owner == ann.to_key()));
    assert_eq!(Member::get(&bob).consistent().send(&db).await?, None);
    assert_eq!(guards(&db).await?, 2);
    bob.club = 8;
    bob.email = None;
    bob.create().send(&db).await?;
    Ok(())
}

async fn an_update_moves_its_value(cx: Context) -> Result {
    let db = members(&cx).await?;
    let mut ann = Member::new(1, "ann@example.com");
    ann.create().send(&db).await?;
    Member::new(2, "bob@example.com").create().send(&db).await?;

    let update = || Member::update(&ann).add(Member::VISITS, 1).read_first();
    let error = update().set(Member::EMAIL, "bob@example.com").send(&db).await.expect_err("bob has it");
    assert!(error.is_unique_violation(), "{error}");
    update().set(Member::EMAIL, "jane@example.com").send(&db).await?;

    assert!(!is_taken(&db, "ann@example.com").await? && is_taken(&db, "jane@example.com").await?);
    let mut tracked = Member::get(&ann).consistent().tracked().send(&db).await?.ok_or("stored")?;
    assert_eq!(tracked.visits, 1);
    tracked.email = None;
    tracked.save().send(&db).await?;
    assert_eq!(guards(&db).await?, 1);
    Ok(())
}

async fn a_put_moves_its_value(cx: Context) -> Result {
    let db = members(&cx).await?;
    let mut ann = Member::new(1, "ann@example.com");
    ann.put().send(&db).await?;
    ann.put().send(&db).await?;
    assert!(is_taken(&db, "ann@example.com").await?);

    ann.email = Some("jane@example.com".into());
    ann.put().send(&db).await?;

    assert!(!is_taken(&db, "ann@example.com").await? && is_taken(&db, "jane@example.com").await?);
    let error = Member::new(2, "jane@example.com").put().send(&db).await.expect_err("ann has it");
    assert!(error.is_unique_violation(), "{error}");
    assert_eq!(guards(&db).await?, 1);
    Ok(())
}

async fn a_deleted_number_frees_its_values(cx: Context) -> Result {
    let db = members(&cx).await?;
    let mut ann = Member { nick: Some("annie".into()), ..Member::new(1, "ann@example.com") };
    ann.create().send(&db).await?;

    assert_eq!(Member::delete(Member::key().club(7_u32).number(1_u64)).send(&db).await?, Existed::Yes);

    assert_eq!(guards(&db).await?, 0);
    ann.create().send(&db).await?;
    let tracked = Member::get(&ann).consistent().tracked().send(&db).await?.ok_or("stored")?;
    assert_eq!(tracked.delete().send(&db).await?, Existed::Yes);
    assert_eq!(guards(&db).await?, 0);
    Ok(())
}

async fn rekey_of_a_number_moves_its_values(cx: Context) -> Result {
    let db = members(&cx).await?;
    let mut ann = Member { nick: Some("annie".into()), ..Member::new(1, "ann@example.com") };
    ann.create().send(&db).await?;
    Member { club: 8, nick: Some("annie".into()), ..Member::new(1, "x@example.com") }.create().send(&db).await?;
    let mut tracked = Member::get(&ann).consistent().tracked().send(&db).await?.ok_or("stored")?;

    tracked.club = 8;
    tracked.number = 2;
    let error = tracked.rekey().send(&db).await.expect_err("club 8 has an annie");
    assert!(error.is_unique_violation(), "{error}");
    tracked.nick = Some("anna".into());
    assert!(tracked.rekey().send(&db).await?);

    assert_eq!(guards(&db).await?, 4);
    assert!(is_taken(&db, "ann@example.com").await?);
    assert_eq!(tracked.delete().send(&db).await?, Existed::Yes, "the guards belong to the new key");
    assert!(!is_taken(&db, "ann@example.com").await?);
    assert_eq!(guards(&db).await?, 2);
    Ok(())
}

async fn values_move_in_one_transaction_beside_the_items(cx: Context) -> Result {
    let db = members(&cx).await?;
    let mut ann = Member::new(1, "ann@example.com");
    ann.create().send(&db).await?;

    let mut heir = Member::new(2, "ann@example.com");
    db.transact().add(heir.create()).add(Member::delete(&ann)).send().await?;

    assert_eq!(guards(&db).await?, 1);
    let error = ann.create().send(&db).await.expect_err("the heir has it");
    let owner = error.unique_violations().next().and_then(|violation| violation.owner::<Member>());
    assert!(owner.is_none_or(|owner| owner == heir.to_key()));
    Ok(())
}

async fn a_read_meets_no_guards(cx: Context) -> Result {
    let db = members(&cx).await?;
    let mut members: Vec<Member> = (0..20).map(|n| Member::new(n, &format!("{n}@example.com"))).collect();
    db.transact().add_all(members.iter_mut().map(Member::create)).send().await?;

    assert_eq!(raw(&db, Some(db.table_name::<Member>())).await?.len(), 20);
    assert_eq!(guards(&db).await?, 20);
    assert_eq!(Member::scan().consistent().all(&db).await?, members);
    assert_eq!(Member::scan().consistent().count(&db).await?, 20);
    Ok(())
}

/// It has text keys, and keeps its guards apart by choice.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "pages", unique_table = "unique-values")]
struct Page {
    #[dynorm(partition_key)]
    path: String,
    #[dynorm(unique)]
    email: String,
}

async fn a_text_key_may_look_like_a_guard(cx: Context) -> Result {
    let db = cx.db();
    Page::create_table().send(&db).await?;
    let mut page = Page { path: "dynorm:unique:0".into(), email: "a@example.com".into() };
    page.create().send(&db).await?;

    let error = Page { path: "other".into(), ..page.clone() }.create().send(&db).await.expect_err("one address");
    assert!(error.is_unique_violation(), "{error}");
    assert_eq!(Page::scan().consistent().all(&db).await?, [page]);
    assert_eq!(Page::scan().consistent().count(&db).await?, 1);
    Ok(())
}

async fn models_share_a_table_of_guards(cx: Context) -> Result {
    let name = cx.table("guards");
    let db = cx.db_builder().unique_table::<Member>(&*name).build();
    assert_eq!(db.unique_table_name::<Page>(), Some(name));
    Member::create_table().send(&db).await?;
    assert!(Page::create_table().send(&db).await?);

    // Each model has its own values.
    Member::new(1, "a@example.com").create().send(&db).await?;
    let mut page = Page { path: "/".into(), email: "a@example.com".into() };
    page.create().send(&db).await?;

    assert_eq!(guards(&db).await?, 2);
    Page::delete(&page).send(&db).await?;
    assert!(is_taken(&db, "a@example.com").await?);
    Ok(())
}

/// Good until some time.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "tickets", unique_table = "ticket-seats")]
struct Ticket {
    #[dynorm(partition_key)]
    number: u64,
    #[dynorm(unique)]
    seat: String,
    #[dynorm(ttl)]
    expires: Option<DateTime<Utc>>,
}

async fn a_guard_beside_the_items_expires_too(cx: Context) -> Result {
    let (db, clock) = cx.clocked_db();
    Ticket::create_table().send(&db).await?;
    let ticket = |number| Ticket { number, seat: "A1".into(), expires: Some(at(1_500)) };

    ticket(1).create().send(&db).await?;
    let guards = raw(&db, db.unique_table_name::<Ticket>()).await?;
    assert_eq!(guards.first().and_then(|guard| guard.get("dynorm:expires")), Some(&AttributeValue::N("1500".into())));
    let error = ticket(2).create().send(&db).await.expect_err("the seat is taken");
    assert!(error.is_unique_violation(), "{error}");

    // Nobody has deleted the expired guard yet, and its value is free all the same.
    clock.set(2_000);
    Ticket { expires: None, ..ticket(2) }.create().send(&db).await?;
    let error = ticket(3).create().send(&db).await.expect_err("the seat is taken again");
    assert!(error.is_unique_violation(), "{error}");
    Ok(())
}

async fn the_table_of_guards_is_created_and_compared(cx: Context) -> Result {
    let db = cx.db();
    assert!(Member::create_table().send(&db).await?);
    assert!(!Member::create_table().send(&db).await?);
    assert_eq!(db.unique_table_name::<Member>(), Some(cx.table("unique-values")));

    let wrong = cx.db_builder().unique_table::<Member>(db.table_name::<Member>()).build();
    let error = Member::create_table().send(&wrong).await.expect_err("it is the table of members");
    assert!(error.is_table_different() && error.table() == Some(&*db.table_name::<Member>()), "{error}");
    assert_eq!(error.table_differences(), ["the primary key is (club: N) and (number: N), the model has (pk: S)"]);
    Ok(())
}
