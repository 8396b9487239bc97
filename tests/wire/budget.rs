//! A budget of read units per second: what it lets through in which time, on tokio's paused clock.

use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, SystemTime};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{HttpClient, RuntimeComponents};
use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use dynorm::{Db, DynamoModel, Items, Scan};
use dynorm_tests::Result;
use dynorm_tests::models::{Book, isbn};
use dynorm_tests::wire::{Reply, Wire};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::reads::{item, page, position};

/// tokio's clock, as the client's time source.
#[derive(Debug)]
struct Time(Instant);

impl TimeSource for Time {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000) + self.0.elapsed()
    }
}

/// A table without end: as many items as are asked for, up to 1 MB, at the price of their size.
#[derive(Clone, Debug)]
struct Endless {
    /// The bytes of each item, by turns.
    sizes: Vec<usize>,
    delay: Duration,
    reports: bool,
    sent: Arc<Mutex<Vec<Sent>>>,
}

#[derive(Clone, Debug)]
struct Sent {
    at: Instant,
    limit: usize,
    units: f64,
}

impl Endless {
    fn of(sizes: &[usize]) -> Self {
        Endless { sizes: sizes.to_vec(), delay: Duration::ZERO, reports: true, sent: Arc::default() }
    }

    fn db(&self) -> Db {
        let config = Wire::default().config().http_client(self.clone()).time_source(Time(Instant::now()));
        Db::new(Client::from_conf(config.build()))
    }

    fn sent(&self) -> Vec<Sent> {
        self.sent.lock().expect("nothing panics with it").clone()
    }

    fn answer(&self, request: &HttpRequest) -> String {
        let body: Value = serde_json::from_slice(request.body().bytes().unwrap_or_default()).expect("JSON");
        let limit = body["Limit"].as_u64().expect("with a budget every request has a limit") as usize;
        let mut sent = self.sent.lock().expect("nothing panics with it");
        let size = self.sizes[sent.len() % self.sizes.len()];
        let count = limit.min((1 << 20) / size);
        let units = (count * size).div_ceil(4096) as f64 / 2.0;
        sent.push(Sent { at: Instant::now(), limit, units });
        let capacity =
            if self.reports { format!(r#","ConsumedCapacity":{{"CapacityUnits":{units}}}"#) } else { String::new() };
        let items = vec![ITEM.as_str(); count].join(",");
        format!(
            r#"{{"Count":{count},"ScannedCount":{count},"LastEvaluatedKey":{},"Items":[{items}]{capacity}}}"#,
            position(1)
        )
    }
}

/// One item for all: written once, because there are many.
static ITEM: LazyLock<String> = LazyLock::new(|| item(1).to_string());

impl HttpConnector for Endless {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (answer, delay) = (self.answer(&request), self.delay);
        HttpConnectorFuture::new(async move {
            tokio::time::sleep(delay).await;
            Ok(HttpResponse::new(200.try_into().expect("a status"), SdkBody::from(answer)))
        })
    }
}

impl HttpClient for Endless {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

fn scan() -> Scan<Book> {
    Book::scan()
}

/// Reads for so long, and gives the units of the requests that were sent in that time.
async fn units_in(engine: &Endless, mut items: Items<Book>, time: Duration) -> Result<f64> {
    let start = Instant::now();
    // A read that may not go on ends with the time.
    let read = tokio::time::timeout(time, async {
        while items.try_next().await?.is_some() {}
        Ok::<_, dynorm::Error>(())
    });
    read.await.unwrap_or(Ok(()))?;
    Ok(engine.sent().iter().filter(|sent| sent.at < start + time).map(|sent| sent.units).sum())
}

const TEN_SECONDS: Duration = Duration::from_secs(10);

#[tokio::test(start_paused = true)]
async fn ten_seconds_take_ten_times_the_budget() -> Result {
    for rate in [20.0, 300.0] {
        for segments in [1, 4] {
            for size in [1_000, 50_000] {
                for delay in [0, 400] {
                    let engine = Endless { delay: Duration::from_millis(delay), ..Endless::of(&[size]) };
                    let items = scan().segments(segments).read_units_per_second(rate).stream(&engine.db());
                    let units = units_in(&engine, items, TEN_SECONDS).await?;
                    let share = units / (rate * 10.0);
                    let what =
                        format!("{rate}/s, {segments} segments, {size} bytes, {delay} ms: {units} units, {share:.3}");
                    assert!(share < 1.06, "{what}");
                    // One request after the other, each of at most 128 units, cannot be faster.
                    let possible = segments as f64 * 128.0 / (delay as f64 / 1_000.0) / rate;
                    assert!(share > 0.85 * possible.min(1.0), "{what}");
                }
            }
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn items_of_very_different_sizes_stay_within_it() -> Result {
    let engine = Endless::of(&[400, 400, 20_000, 400, 400, 100_000]);
    let units =
        units_in(&engine, scan().segments(3).read_units_per_second(200.0).stream(&engine.db()), TEN_SECONDS).await?;
    // What is taken too much by one request is made up for by the next ones.
    assert!((1_600.0..2_300.0).contains(&units), "{units}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn it_starts_small_and_grows() -> Result {
    let engine = Endless::of(&[100]);
    units_in(&engine, scan().segments(4).read_units_per_second(100.0).stream(&engine.db()), Duration::from_secs(1))
        .await?;

    let limits: Vec<_> = engine.sent().iter().map(|sent| sent.limit).collect();
    assert_eq!(limits[0], 16);
    assert!(limits.windows(2).all(|pair| pair[1] <= 4 * limits[0].max(pair[0]).max(pair[1] / 4)), "{limits:?}");
    let mut largest = limits[0];
    for limit in limits {
        assert!(limit <= 4 * largest, "no request is far larger than all before");
        largest = largest.max(limit);
    }
    assert!(largest > 500, "a quarter of a second's units are 1,000 of these items: {largest}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn one_request_tells_the_price_before_others_are_sent() -> Result {
    let engine = Endless { delay: Duration::from_millis(100), ..Endless::of(&[300_000]) };
    let mut items = scan().segments(8).read_units_per_second(10.0).stream(&engine.db());

    assert!(items.try_next().await?.is_some());

    let sent = engine.sent();
    assert_eq!((sent.len(), sent[0].limit), (1, 10));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_was_not_read_is_not_saved_up_for_long() -> Result {
    let engine = Endless::of(&[4_000]);
    let mut items = scan().read_units_per_second(50.0).stream(&engine.db());
    for _ in 0..100 {
        items.try_next().await?;
    }
    tokio::time::sleep(Duration::from_secs(600)).await;
    engine.sent.lock().expect("nothing panics with it").clear();

    let units = units_in(&engine, items, TEN_SECONDS).await?;

    assert!(units <= 50.0 * 11.5, "ten seconds' units and those of one more: {units}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn without_reports_it_goes_by_the_bytes() -> Result {
    let engine = Endless { reports: false, ..Endless::of(&[500]) };
    let db = engine.db();
    let mut items = scan().read_units_per_second(20.0).stream(&db);
    let start = Instant::now();
    while start.elapsed() < TEN_SECONDS && items.try_next().await?.is_some() {}

    let by_bytes = items.usage().bytes as f64 / 4096.0 / 2.0;
    assert!((160.0..230.0).contains(&by_bytes), "{by_bytes}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn it_waits_also_when_the_time_source_stands_still() -> Result {
    // The timer is paused, the time source is not: it goes by what it has waited.
    let engine = Endless::of(&[4_000]);
    let db = Db::new(Client::from_conf(Wire::default().config().http_client(engine.clone()).build()));

    let units = units_in(&engine, scan().segments(2).read_units_per_second(50.0).stream(&db), TEN_SECONDS).await?;

    assert!((400.0..560.0).contains(&units), "{units}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn other_limits_hold_as_well() -> Result {
    let engine = Endless::of(&[4_000]);
    let db = engine.db();

    assert_eq!(scan().read_units_per_second(1_000.0).page_size(3).take(10).all(&db).await?.len(), 10);
    let limits: Vec<_> = engine.sent().iter().map(|sent| sent.limit).collect();
    assert_eq!(limits, [3, 3, 3, 1]);
    assert_eq!(
        scan().filter(Book::TITLE.eq("t")).read_units_per_second(1_000.0).max_pages(2).all(&db).await?.len(),
        16 + 64
    );
    assert_eq!(scan().read_units_per_second(1_000.0).take(40).count(&db).await?, 40);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn waiting_for_units_is_within_the_deadline_of_a_call() -> Result {
    let engine = Endless::of(&[40_000]);
    let db = engine.db().with_deadline(Duration::from_secs(3));
    let start = Instant::now();

    let late = scan().read_units_per_second(5.0).all(&db).await.expect_err("the table has no end");

    assert!(late.is_deadline(), "{late}");
    assert_eq!(start.elapsed().as_secs(), 3);
    Ok(())
}

#[tokio::test]
async fn a_complete_key_has_no_limit_still() -> Result {
    let wire = Wire::new([page(0..1, false), Reply::ok(json!({ "Count": 0, "ScannedCount": 0, "Items": [] }))]);
    let one = || Book::query(Book::key().publisher("Penguin").year(1995).isbn(isbn(0))).read_units_per_second(1.0);

    assert_eq!(one().all(&wire.db()).await?.len(), 1);
    assert_eq!(wire.sent()[0].body.get("Limit"), None);
    // What can be asked for is shown as it would be sent.
    let first = Book::scan().read_units_per_second(5.0).request(&wire.db())?;
    assert_eq!(first.get_limit(), &Some(5));
    let said = Book::scan().read_units_per_second(5.0).explain(&wire.db())?.to_string();
    assert!(said.contains("at most 5 read units a second"), "{said}");
    Ok(())
}

/// `cargo test -p dynorm-tests --test wire -- --ignored --nocapture budget` reads for ten seconds of real time each.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a minute, and is a measurement"]
async fn how_close_it_keeps_on_a_real_engine() -> Result {
    let engine = dynorm_local::Local::memory().await?;
    let db = engine.db();
    Book::create_table().send(&db).await?;
    let books =
        (0..20_000).map(|n| Book { title: "t".repeat(500 + n % 3_000), ..Book::new(&format!("P{n}"), 1995, &isbn(n)) });
    db.batch_write().put_all(books).send().await?;

    println!("{:>9} {:>9} {:>14} {:>9} {:>9}", "units/s", "segments", "units in 10 s", "share", "requests");
    for rate in [50.0, 200.0, 400.0] {
        for segments in [1, 4] {
            let (metered, meter) = db.metered();
            let mut items = Book::scan().segments(segments).read_units_per_second(rate).stream(&metered);
            let in_time = tokio::time::timeout(TEN_SECONDS, async {
                while items.try_next().await.is_ok_and(|book| book.is_some()) {}
            });
            let what = if in_time.await.is_ok() { "the table has ended" } else { "" };
            drop(items);
            let (took, share) = (meter.total(), meter.total().read_units / rate / 10.0);
            println!("{rate:>9} {segments:>9} {:>14} {share:>9.3} {:>9} {what}", took.read_units, took.requests);
        }
    }
    Ok(())
}
