//! Hooks: what they see, on every path, and what becomes of their errors.

use std::error::Error as _;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use dynorm::{Db, DynamoModel, Error, Write, auto};
use dynorm_tests::models::TestClock;
use dynorm_tests::{Context, Result};

dynorm_tests::tests! {
    every_write_is_shown_before_and_after,
    a_batch_is_shown,
    a_transaction_is_shown needs [Transactions],
    rekey_is_one_write needs [Transactions],
    before_write_refuses_and_nothing_is_sent,
    before_write_stops_a_whole_transaction needs [Transactions],
    after_write_fails_when_the_write_is_done,
    after_write_in_a_transaction_follows_all_commits needs [Transactions],
    after_read_refuses_an_item_in_its_place,
    after_read_sees_what_a_transaction_reads needs [Transactions],
    what_is_not_sent_is_not_shown,
}

/// A ticket whose text tells its hooks what to do.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "tickets", sort_key = "TICKET#{number:04}")]
#[dynorm(before_write = before, after_write = after, after_read = read)]
struct Ticket {
    #[dynorm(partition_key)]
    owner: String,
    number: u16,
    text: String,
    #[dynorm(version)]
    version: u64,
}

#[derive(Debug, PartialEq)]
struct Refused(&'static str);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not {}", self.0)
    }
}

impl std::error::Error for Refused {}

/// What the hooks saw: whose ticket, and what.
static SEEN: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

fn note(owner: &str, what: String) {
    SEEN.lock().unwrap_or_else(PoisonError::into_inner).push((owner.to_owned(), what));
}

/// What the hooks saw of an owner's tickets since the last time.
fn seen(owner: &str) -> Vec<String> {
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    let (mine, others) = seen.drain(..).partition(|(of, _)| of == owner);
    *seen = others;
    mine.into_iter().map(|(_, what): (String, String)| what).collect()
}

fn shown(when: &str, write: &Write<'_, Ticket>) -> Option<String> {
    let text = write.item().map(|ticket| ticket.text.clone()).or_else(|| write.value(&Ticket::TEXT));
    let version = write.item().map_or(0, |ticket| ticket.version);
    let changes = write.changes().map(|touched| touched.attribute.to_owned()).collect::<Vec<_>>().join(",");
    let owner = write.key().values().ok()?.first()?.1.to_sdk().as_s().ok()?.clone();
    let verb = write.verb();
    note(&owner, format!("{when} {verb:?} {} v{version} {changes}", text.as_deref().unwrap_or("-")).trim_end().into());
    text
}

fn before(write: &Write<'_, Ticket>) -> std::result::Result<(), Refused> {
    match shown("before", write).as_deref() {
        Some("no write") => Err(Refused("the write")),
        _ => Ok(()),
    }
}

fn after(write: &Write<'_, Ticket>) -> std::result::Result<(), Box<dyn std::error::Error + Send + Sync>> {
    match shown("after", write).as_deref() {
        Some("no after") => Err(Box::new(Refused("to be pleased"))),
        _ => Ok(()),
    }
}

fn read(ticket: &Ticket) -> std::result::Result<(), Refused> {
    note(&ticket.owner, format!("read {} v{}", ticket.text, ticket.version));
    if ticket.text == "no read" { Err(Refused("to show it")) } else { Ok(()) }
}

async fn tickets(cx: &Context) -> Result<(Db, TestClock, Ticket)> {
    let (db, clock) = cx.clocked_db();
    Ticket::create_table().send(&db).await?;
    Ok((db, clock, ticket(cx, 1, "hello")))
}

fn ticket(cx: &Context, number: u16, text: &str) -> Ticket {
    Ticket { owner: cx.table("owner"), number, text: text.into(), version: auto() }
}

async fn every_write_is_shown_before_and_after(cx: Context) -> Result {
    let (db, _, mut ticket) = tickets(&cx).await?;
    let owner = ticket.owner.clone();

    ticket.create().send(&db).await?;
    assert_eq!(seen(&owner), ["before Create hello v1", "after Create hello v1"]);
    ticket.put().return_old().send(&db).await?;
    assert_eq!(seen(&owner), ["before Put hello v2", "after Put hello v2", "read hello v1"]);
    ticket.put().overwrite().send(&db).await?;
    assert_eq!(seen(&owner), ["before Put hello v3", "after Put hello v3"]);
    Ticket::update(&ticket).set(Ticket::TEXT, "changed").return_new().send(&db).await?;
    let expected = ["before Update changed v0 text,version", "after Update changed v0 text,version", "read changed v4"];
    assert_eq!(seen(&owner), expected);

    let mut tracked = Ticket::get(&ticket).consistent().tracked().send(&db).await?.ok_or("stored")?;
    tracked.text = "saved".into();
    tracked.save().send(&db).await?;
    assert_eq!(seen(&owner), ["read changed v4", "before Save saved v5", "after Save saved v5"]);
    tracked.rekey().send(&db).await?;
    assert_eq!(seen(&owner), [""; 0], "nothing changed");
    Ticket::delete(&*tracked).return_old().send(&db).await?;
    assert_eq!(seen(&owner), ["before Delete - v0", "after Delete - v0", "read saved v5"]);
    Ticket::update(&*tracked).upsert().set(Ticket::TEXT, "again").send(&db).await?;
    let upsert = seen(&owner);
    assert!(upsert.len() == 2 && upsert.iter().all(|seen| seen.contains("Upsert again v0")), "{upsert:?}");
    let mut whole = Ticket { version: 1, text: "whole".into(), ..ticket };
    whole.upsert().return_new().send(&db).await?;
    assert_eq!(seen(&owner), ["before Upsert whole v2", "after Upsert whole v2", "read whole v2"]);
    Ok(())
}

async fn a_batch_is_shown(cx: Context) -> Result {
    let (db, _, first) = tickets(&cx).await?;
    let (owner, key) = (first.owner.clone(), first.to_key());

    db.batch_write().overwrite(first).send().await?;
    assert_eq!(seen(&owner), ["before Put hello v1", "after Put hello v1"]);
    db.batch_write().delete(key).send().await?;
    assert_eq!(seen(&owner), ["before Delete - v0", "after Delete - v0"]);

    let batch = db.batch_write().overwrite(ticket(&cx, 1, "fine")).overwrite(ticket(&cx, 2, "no write"));
    let error = batch.send().await.expect_err("the second is refused");
    assert!(error.is_rejected() && error.rejected() == Some(&Refused("the write")), "{error}");
    assert_eq!(Ticket::scan().count(&db).await?, 0, "nothing was sent");

    let batch = db.batch_write().overwrite(ticket(&cx, 1, "no after")).overwrite(ticket(&cx, 2, "fine"));
    let error = batch.send().await.expect_err("the first displeases");
    assert!(error.is_after_write() && !error.is_unprocessed(), "{error}");
    assert_eq!(Ticket::scan().count(&db).await?, 2, "all was done");
    assert_eq!(seen(&owner).iter().filter(|seen| seen.starts_with("after")).count(), 2);
    Ok(())
}

async fn a_transaction_is_shown(cx: Context) -> Result {
    let (db, _, mut first) = tickets(&cx).await?;
    let (owner, mut second) = (first.owner.clone(), ticket(&cx, 2, "second"));
    second.put().send(&db).await?;
    seen(&owner);

    let update = Ticket::update(&second).set(Ticket::TEXT, "changed");
    let check = Ticket::condition_check(&ticket(&cx, 3, ""), Ticket::TEXT.not_exists());
    let third = ticket(&cx, 4, "");
    db.transact().add(first.create()).add(update).add(check).add(Ticket::delete(&third)).send().await?;

    assert_eq!(
        seen(&owner),
        [
            "before Create hello v1",
            "before Update changed v0 text,version",
            "before Delete - v0",
            "after Create hello v1",
            "after Update changed v0 text,version",
            "after Delete - v0",
        ]
    );
    Ok(())
}

async fn rekey_is_one_write(cx: Context) -> Result {
    let (db, _, mut ticket) = tickets(&cx).await?;
    let owner = ticket.owner.clone();
    ticket.put().send(&db).await?;
    let mut tracked = Ticket::get(&ticket).consistent().tracked().send(&db).await?.ok_or("stored")?;
    seen(&owner);

    tracked.number = 2;
    tracked.rekey().send(&db).await?;
    assert_eq!(seen(&owner), ["before Rekey hello v2", "after Rekey hello v2"]);

    (tracked.number, tracked.text) = (3, "no write".into());
    let error = tracked.rekey().send(&db).await.expect_err("refused");
    assert!(error.is_rejected(), "{error}");
    assert_eq!((tracked.version, Ticket::scan().count(&db).await?), (2, 1));
    Ok(())
}

fn is_refused(error: &Error) {
    assert!(error.is_rejected() && !error.is_after_write() && !error.is_validation(), "{error}");
    assert_eq!(error.rejected(), Some(&Refused("the write")));
    assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("not the write"));
    assert!(error.to_string().contains("`before_write`") && !error.to_string().contains("not the write"), "{error}");
}

async fn before_write_refuses_and_nothing_is_sent(cx: Context) -> Result {
    let (db, _, mut ticket) = tickets(&cx).await?;
    ticket.put().send(&db).await?;
    let mut tracked = Ticket::get(&ticket).consistent().tracked().send(&db).await?.ok_or("stored")?;
    let stored = ticket.clone();

    ticket.text = "no write".into();
    tracked.text = "no write".into();
    let before = ticket.clone();
    is_refused(&ticket.put().send(&db).await.expect_err("put"));
    is_refused(&ticket.create().send(&db).await.expect_err("create"));
    is_refused(&tracked.save().send(&db).await.expect_err("save"));
    is_refused(&Ticket::update(&stored).set(Ticket::TEXT, "no write").send(&db).await.expect_err("update"));

    assert_eq!((&ticket, tracked.version), (&before, 1), "nothing is stamped");
    assert_eq!(Ticket::get(&ticket).consistent().send(&db).await?, Some(stored));
    Ok(())
}

async fn before_write_stops_a_whole_transaction(cx: Context) -> Result {
    let (db, _, mut first) = tickets(&cx).await?;
    let mut second = ticket(&cx, 2, "no write");

    is_refused(&db.transact().add(first.put()).add(second.put()).send().await.expect_err("the second"));

    assert_eq!((first.version, Ticket::scan().count(&db).await?), (0, 0));
    Ok(())
}

async fn after_write_fails_when_the_write_is_done(cx: Context) -> Result {
    let (db, _, mut ticket) = tickets(&cx).await?;
    ticket.text = "no after".into();

    for done in 1..=2 {
        let error = ticket.put().send(&db).await.expect_err("it displeases");
        assert!(error.is_after_write() && !error.is_rejected(), "{error}");
        assert_eq!(error.rejected(), Some(&Refused("to be pleased")));
        assert!(error.to_string().contains("the write was done"), "{error}");
        assert_eq!(ticket.version, done);
        assert_eq!(Ticket::get(&ticket).consistent().send(&db).await?.as_ref(), Some(&ticket));
    }
    let error = Ticket::update(&ticket).set(Ticket::TEXT, "no after").return_new().send(&db).await;
    assert!(error.is_err_and(|error| error.is_after_write()));
    let mut tracked = Ticket::get(&ticket).consistent().tracked().send(&db).await?.ok_or("stored")?;
    assert_eq!(tracked.version, 3);
    tracked.text = "fine".into();
    tracked.save().send(&db).await?;
    tracked.text = "no after".into();
    assert!(tracked.save().send(&db).await.is_err_and(|error| error.is_after_write()));
    assert!(!tracked.save().send(&db).await?, "it was saved");
    Ok(())
}

async fn after_write_in_a_transaction_follows_all_commits(cx: Context) -> Result {
    let (db, _, _) = tickets(&cx).await?;
    let (mut first, mut second) = (ticket(&cx, 1, "no after"), ticket(&cx, 2, "fine"));

    let error = db.transact().add(first.put()).add(second.put()).send().await.expect_err("the first displeases");

    assert!(error.is_after_write() && !error.is_transaction_canceled(), "{error}");
    assert_eq!((first.version, second.version, Ticket::scan().count(&db).await?), (1, 1, 2));
    assert_eq!(seen(&first.owner).iter().filter(|seen| seen.starts_with("after")).count(), 2);
    Ok(())
}

async fn after_read_refuses_an_item_in_its_place(cx: Context) -> Result {
    let (db, _, mut first) = tickets(&cx).await?;
    let (mut hidden, mut last) = (ticket(&cx, 2, "no read"), ticket(&cx, 3, "last"));
    for ticket in [&mut first, &mut hidden, &mut last] {
        ticket.put().send(&db).await?;
    }
    let refused = |error: Error| {
        assert!(error.is_rejected() && !error.is_decode(), "{error}");
        assert_eq!((error.rejected(), error.model()), (Some(&Refused("to show it")), Some("Ticket")));
    };

    refused(Ticket::get(&hidden).consistent().send(&db).await.expect_err("get"));
    refused(Ticket::get(&hidden).consistent().tracked().send(&db).await.expect_err("tracked"));
    refused(Ticket::scan().consistent().all(&db).await.expect_err("scan"));
    refused(hidden.put().return_old().send(&db).await.expect_err("the old item"));
    assert_eq!(hidden.version, 2, "the new one is stored");
    refused(Ticket::delete(&hidden).return_old().send(&db).await.expect_err("the old item"));
    hidden.put().overwrite().send(&db).await?;

    let mut stream = Ticket::query(Ticket::key().owner(&first.owner)).consistent().stream(&db);
    assert_eq!(stream.try_next().await?, Some(first));
    refused(stream.try_next().await.expect_err("the second"));
    assert_eq!(stream.try_next().await?, Some(last));
    assert_eq!(stream.try_next().await?, None);
    Ok(())
}

async fn after_read_sees_what_a_transaction_reads(cx: Context) -> Result {
    let (db, _, mut hidden) = tickets(&cx).await?;
    hidden.text = "no read".into();
    hidden.put().send(&db).await?;

    let error = db.transact_get((&hidden,)).send().await.expect_err("refused");

    assert!(error.is_rejected(), "{error}");
    Ok(())
}

async fn what_is_not_sent_is_not_shown(cx: Context) -> Result {
    let (db, _, mut ticket) = tickets(&cx).await?;
    let owner = ticket.owner.clone();
    ticket.put().send(&db).await?;
    let mut tracked = Ticket::get(&ticket).consistent().tracked().send(&db).await?.ok_or("stored")?;
    seen(&owner);

    tracked.save().send(&db).await?;
    assert_eq!(seen(&owner), [""; 0], "a save of nothing");
    let mut stale = Ticket { version: 7, ..ticket };
    assert!(stale.put().send(&db).await.is_err_and(|error| error.is_version_conflict()));
    assert_eq!(seen(&owner), ["before Put hello v8"], "after a failed write there is nothing to see");
    Ok(())
}
