//! How long a whole `Query` call takes with HTTP replaced by canned bytes: the SDK alone, the SDK with serde_dynamo, and dynorm.
//!
//! The three take turns in one run, and the medians are compared, so that whatever else the machine does hits all of them.
//! `cargo run --release -- SHAPE WAY COUNT` runs one way only, for `valgrind --tool=callgrind`.

mod canned;
mod shapes;

use std::hint::black_box;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use dynorm::{Db, DynamoModel, FullKey};
use serde::de::DeserializeOwned;

use shapes::{Book, Mixed, Narrow, Shape, Wide};

/// What is compared.
const WAYS: [&str; 3] = ["sdk", "sdk + serde_dynamo", "dynorm"];

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [shape, way, count] = &arguments[..] {
        let count = count.parse().expect("a number of calls");
        let way: usize = way.parse().expect("0, 1 or 2");
        runtime.block_on(async {
            match &shape[..] {
                "book" => only::<Book>(way, count).await,
                "mixed" => only::<Mixed>(way, count).await,
                "narrow" => only::<Narrow>(way, count).await,
                "wide" => only::<Wide>(way, count).await,
                other => panic!("no shape {other}"),
            }
        });
        return;
    }
    println!("{:<8} {:>6}  {:>12} {:>20} {:>12}   {:>8} {:>8}", "shape", "items", "sdk us", "sdk+serde_dynamo us", "dynorm us", "of sdk", "of both");
    runtime.block_on(async {
        shape::<Book>().await;
        shape::<Mixed>().await;
        shape::<Narrow>().await;
        shape::<Wide>().await;
    });
}

async fn only<M: Shape + DynamoModel + DeserializeOwned + Send + 'static>(way: usize, count: usize) {
    let client = canned::client(canned::page::<M>(canned::full_page::<M>()));
    for _ in 0..count {
        call::<M>(way, &client, &Db::new(client.clone())).await;
    }
}

async fn shape<M: Shape + DynamoModel + DeserializeOwned + Send + 'static>() {
    for items in [1, 10, 100, 1_000, canned::full_page::<M>()] {
        let client = canned::client(canned::page::<M>(items));
        let db = Db::new(client.clone());
        let rounds = (200_000 / (items + 20)).clamp(40, 4_000);
        let mut times = [const { Vec::new() }; 3];
        for round in 0..rounds + rounds / 10 {
            for way in 0..WAYS.len() {
                let start = Instant::now();
                let found = call::<M>(way, &client, &db).await;
                let time = start.elapsed();
                assert_eq!(found, items, "{} finds every item", WAYS[way]);
                // The first rounds warm up.
                if round >= rounds / 10 {
                    times[way].push(time);
                }
            }
        }
        let [sdk, both, dynorm] = times.map(median);
        println!(
            "{:<8} {:>6}  {:>12.1} {:>20.1} {:>12.1}   {:>8.3} {:>8.3}",
            M::NAME,
            items,
            micros(sdk),
            micros(both),
            micros(dynorm),
            micros(dynorm) / micros(sdk),
            micros(dynorm) / micros(both),
        );
    }
}

async fn call<M: Shape + DynamoModel + DeserializeOwned + Send + 'static>(way: usize, client: &Client, db: &Db) -> usize {
    if way == 2 {
        let key = M::some_key();
        return black_box(M::query(key.into_key()).max_pages(1).all(db).await.expect("a page")).len();
    }
    let answer = client
        .query()
        .table_name("table")
        .key_condition_expression("#0 = :0")
        .expression_attribute_names("#0", "pk")
        .expression_attribute_values(":0", AttributeValue::S("a".into()))
        .send()
        .await
        .expect("a page");
    let items = answer.items.unwrap_or_default();
    match way {
        0 => black_box(items).len(),
        _ => black_box(serde_dynamo::from_items::<_, M>(items).expect("items")).len(),
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
