//! What every write stamps: by one clock reading, encoded once, and given to the model in hand only when the write is done.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use chrono::{DateTime, Utc};
use dynorm::{Clock, Db, DynamoModel, auto};
use dynorm_tests::Result;
use dynorm_tests::models::{CountingIds, at};
use dynorm_tests::wire::{Reply, Wire};
use serde_json::{Value, json};
use uuid::Uuid;

/// A model with everything that a write stamps.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "entries", sort_key = "ENTRY#{number:03}")]
struct Entry {
    #[dynorm(partition_key)]
    owner: String,
    number: u16,
    text: String,
    #[dynorm(auto)]
    request: Uuid,
    #[dynorm(created)]
    created: DateTime<Utc>,
    #[dynorm(updated)]
    updated: DateTime<Utc>,
    #[dynorm(version)]
    version: u64,
    #[dynorm(ttl = Duration::from_secs(60))]
    expires: DateTime<Utc>,
}

fn entry(number: u16) -> Entry {
    Entry {
        owner: "ann".into(),
        number,
        text: "hello".into(),
        request: auto(),
        created: auto(),
        updated: auto(),
        version: auto(),
        expires: auto(),
    }
}

fn stored() -> Value {
    json!({
        "owner": { "S": "ann" }, "number": { "N": "1" }, "sk": { "S": "ENTRY#001" }, "text": { "S": "hello" },
        "request": { "S": "00000000-0000-0000-0000-000000000009" }, "created": { "S": "1970-01-01T00:08:20.000000000Z" },
        "updated": { "S": "1970-01-01T00:08:20.000000000Z" }, "version": { "N": "4" }, "expires": { "N": "9000000000" },
    })
}

/// A clock that is a second later each time it is read.
#[derive(Debug, Clone)]
struct Ticking(Arc<AtomicU64>);

impl Clock for Ticking {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.0.fetch_add(1, Ordering::SeqCst))
    }
}

fn ticking(client: Client) -> (Db, Ticking) {
    let clock = Ticking(Arc::new(AtomicU64::new(1_000)));
    (Db::builder(client).clock(clock.clone()).ids(CountingIds::default()).build(), clock)
}

/// Every time in a request, in seconds; that of an expiry with the lifetime taken off.
fn times(value: &Value, found: &mut Vec<i64>) {
    match value {
        Value::Object(members) => {
            if let Some(expires) = members.get("expires").and_then(|expires| expires["N"].as_str()) {
                found.extend(
                    expires.parse::<i64>().ok().filter(|expires| *expires < 9_000_000_000).map(|expires| expires - 60),
                );
            }
            members.values().for_each(|member| times(member, found));
        }
        Value::Array(members) => members.iter().for_each(|member| times(member, found)),
        Value::String(text) => found.extend(text.parse::<DateTime<Utc>>().ok().map(|time| time.timestamp())),
        _ => {}
    }
}

#[tokio::test]
async fn every_write_reads_the_clock_once() -> Result {
    let wire = Wire::new([]);
    let (db, clock) = ticking(wire.client());
    let empty = || Reply::ok(json!({}));
    let mut tracked = {
        wire.push(Reply::ok(json!({ "Item": stored() })));
        Entry::get(&entry(1)).tracked().send(&db).await?.ok_or("an item")?
    };
    let (mut first, mut second, mut third) = (entry(1), entry(2), entry(3));
    // The time of the item that was read, which conditions ask for.
    let read = at(500).timestamp();

    for verb in ["create", "put", "overwrite", "update", "upsert", "save", "rekey", "transaction", "batch"] {
        let now = clock.0.load(Ordering::SeqCst);
        let before = wire.sent().len();
        wire.push(empty());
        match verb {
            "create" => first.create().send(&db).await?,
            "put" => second.put().send(&db).await?,
            "overwrite" => third.put().overwrite().send(&db).await?,
            "update" => Entry::update(&first).set(Entry::TEXT, "x").send(&db).await?,
            "upsert" => Entry::update(&entry(7)).upsert().set(Entry::TEXT, "x").send(&db).await?,
            "save" => {
                tracked.text = "saved".into();
                tracked.save().send(&db).await.map(drop)?;
            }
            "rekey" => {
                tracked.number = 8;
                tracked.rekey().send(&db).await.map(drop)?;
            }
            "transaction" => {
                let (mut one, mut two) = (entry(5), entry(6));
                let update = Entry::update(&entry(7)).set(Entry::TEXT, "x");
                db.transact().add(one.put()).add(two.create()).add(update).send().await?;
                assert_eq!(
                    (one.created, one.updated, two.updated, two.version),
                    (one.updated, two.created, two.created, 1)
                );
            }
            _ => db.batch_write().overwrite(entry(5)).overwrite_all([entry(6), entry(7)]).send().await.map(drop)?,
        }
        let reading = i64::try_from(now)?;
        assert_eq!(clock.0.load(Ordering::SeqCst), now + 1, "{verb} reads the clock once");
        let sent = wire.sent().split_off(before);
        let mut found = Vec::new();
        sent.iter().for_each(|sent| times(&sent.body, &mut found));
        found.retain(|time| *time != read);
        assert!(!found.is_empty() && found.iter().all(|time| *time == reading), "{verb}: {found:?} at {reading}");
    }
    assert_eq!(
        (first.created, first.expires, first.version),
        (first.updated, first.created + Duration::from_secs(60), 1)
    );
    assert_eq!((tracked.created, tracked.version), (at(500), 6), "created stays");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_resend_repeats_the_same_bytes() -> Result {
    let wire = Wire::new([]);
    let config = wire.config().retry_config(RetryConfig::standard()).build();
    let (db, _) = ticking(Client::from_conf(config));
    wire.push(Reply::ok(json!({ "Item": stored() })));
    let mut tracked = Entry::get(&entry(1)).tracked().send(&db).await?.ok_or("an item")?;
    tracked.text = "saved".into();

    for verb in ["create", "put", "update", "save", "transaction", "batch"] {
        let before = wire.sent().len();
        wire.push(Reply::error("ThrottlingException"));
        wire.push(Reply::internal_server_error());
        wire.push(Reply::ok(json!({})));
        match verb {
            "create" => entry(2).create().send(&db).await?,
            "put" => entry(2).put().send(&db).await?,
            "update" => Entry::update(&entry(2)).set(Entry::TEXT, "x").send(&db).await?,
            "save" => tracked.save().send(&db).await.map(drop)?,
            "transaction" => db.transact().add(entry(2).create()).add(entry(3).put()).send().await?,
            _ => db.batch_write().overwrite(entry(2)).send().await.map(drop)?,
        }
        let sent = wire.sent().split_off(before);
        let [first, second, third] = &sent[..] else { return Err(format!("{verb}: {} attempts", sent.len()).into()) };
        assert_eq!((&first.body, &second.body), (&second.body, &third.body), "{verb}");
    }
    assert_eq!(tracked.version, 5, "counted once");
    Ok(())
}

#[tokio::test]
async fn after_a_failed_write_the_model_is_as_it_was() -> Result {
    let wire = Wire::new([]);
    let (db, _) = ticking(wire.client());
    wire.push(Reply::ok(json!({ "Item": stored() })));
    let mut tracked = Entry::get(&entry(1)).tracked().send(&db).await?.ok_or("an item")?;
    let (mut fresh, mut second) = (entry(2), Entry { version: 3, created: at(7), ..entry(3) });

    for verb in ["create", "put", "overwrite", "save", "rekey", "transaction"] {
        let failures = [
            Reply::internal_server_error(),
            Reply::error("ConditionalCheckFailedException"),
            Reply::error("ValidationException"),
            Reply::refused(),
        ];
        for failure in failures {
            tracked.text = "changed".into();
            tracked.number = if verb == "rekey" { 9 } else { 1 };
            let before = (fresh.clone(), second.clone(), (*tracked).clone());
            wire.push(failure);
            let sent = match verb {
                "create" => fresh.create().send(&db).await,
                "put" => second.put().send(&db).await,
                "overwrite" => second.put().overwrite().send(&db).await,
                "save" => tracked.save().send(&db).await.map(drop),
                "rekey" => tracked.rekey().send(&db).await.map(drop),
                _ => db.transact().add(fresh.create()).add(second.put()).add(tracked.save()).send().await,
            };
            assert!(sent.is_err(), "{verb}");
            assert_eq!((&fresh, &second, &*tracked), (&before.0, &before.1, &before.2), "{verb}");
            assert!(tracked.is_changed()?, "{verb}: what is to be saved is still to be saved");
        }
    }
    Ok(())
}
