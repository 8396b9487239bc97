//! How long calls take with HTTP replaced by canned bytes: the SDK alone, the SDK with serde_dynamo, and dynorm.
//!
//! The three take turns in one run, and the medians are compared, so that whatever else the machine does hits all of them. In each turn the
//! later ones of several calls count. What a call is given is there before its time begins. With the arguments `[CALL [SHAPE]]` only those;
//! with `CALL SHAPE ITEMS WAY COUNT` one way only runs, for `valgrind --tool=callgrind`.

use std::time::{Duration, Instant};

use dynorm::DynamoModel;
use dynorm_bench_decode::case::{Case, Started, WAYS};
use dynorm_bench_decode::shapes::{self, Book, Keyed, Mixed, Narrow, Order, Shape, Text, Wide};
use dynorm_bench_decode::{reads, writes};
use tokio::runtime::Runtime;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    // `cargo bench` says that it is one.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [call, shape, items, way, count] = &arguments[..] {
        let [items, way, count]: [usize; 3] = [items, way, count].map(|number| number.parse().expect("a number"));
        let case = cases(call, shape, items).pop().expect("such a case");
        for _ in 0..count {
            counted(&runtime, case.ways[way]());
        }
        return;
    }
    let [call, shape] = [0, 1].map(|place| arguments.get(place).map_or("", String::as_str));
    println!(
        "{:<19}{:<7} {:>6}  {:>10} {:>20} {:>10}   {:>7} {:>7}",
        "call", "shape", "items", "sdk us", "sdk+serde_dynamo us", "dynorm us", "of sdk", "of both"
    );
    runtime.block_on(async {
        for case in cases(call, shape, 0) {
            compare(&case).await;
        }
    });
}

/// Does a call. Callgrind counts while it is in here.
#[inline(never)]
fn counted(runtime: &Runtime, call: Started) {
    runtime.block_on(call);
}

/// The cases of a call, or of all; of a shape, or of all; with so many items, or with any.
fn cases(call: &str, shape: &str, items: usize) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |name: &str, of: &str, number: usize, case: &dyn Fn() -> Case| {
        if (call == name || call.is_empty()) && (shape == of || shape.is_empty()) && (items == number || items == 0) {
            cases.push(case());
        }
    };
    macro_rules! add {
        ($name:literal, $number:expr, $case:expr; $($shape:ident)*) => {$({
            type M = $shape;
            add($name, M::NAME, $number, &|| $case);
        })*};
    }
    add!("GetItem", 1, reads::get::<M>(); Narrow Book Keyed);
    add!("BatchGetItem", 100, reads::batch_get::<M>(); Narrow Book);
    add!("TransactGetItems", 12, reads::transact_get::<M>(); Narrow Book);
    add!("PutItem", 1, writes::put::<M>(); Narrow Book Text Order);
    add!("PutItem+old", 1, writes::put_returning_old::<M>(|item| item.put().return_old()); Narrow Book);
    add!("UpdateItem", 1, writes::update("one", |title| M::update(M::some_key()).set(M::ONE, title)); Narrow);
    add!("UpdateItem+new", 1, writes::update_returning_new("one", |title| M::update(M::some_key()).set(M::ONE, title)); Narrow);
    add!("UpdateItem+new", 1, writes::update_returning_new("title", |title| M::update(M::some_key()).set(M::TITLE, title)); Book);
    add!("BatchWriteItem", 25, writes::batch::<M>(|db, items| db.batch_write().overwrite_all(items)); Book Text Order);
    add!("TransactWriteItems", 25, writes::transact::<M>(); Narrow Book Order);
    for size in [1, 10, 100, 1_000, usize::MAX] {
        add!("Query", size.min(shapes::full_page::<M>()), reads::query::<M>(size.min(shapes::full_page::<M>())); Book Mixed Narrow Wide Keyed);
    }
    cases
}

async fn compare(case: &Case) {
    // What the way before left in the processor's caches would be a part of a small call.
    let [warm, counted] = if case.items <= 100 { [8, 8] } else { [1, 1] };
    let turns = (200_000 / (case.items + 20)).clamp(40, 4_000) / counted;
    let mut times = [const { Vec::new() }; 3];
    for turn in 0..turns + turns / 10 {
        for (way, name) in WAYS.iter().enumerate() {
            for call in 0..warm + counted {
                let started = case.ways[way]();
                let start = Instant::now();
                let done = started.await;
                let time = start.elapsed();
                assert_eq!(done, case.items, "{name} does every item");
                // In the first turns memory is asked for.
                if turn >= turns / 10 && call >= warm {
                    times[way].push(time);
                }
            }
        }
    }
    let [sdk, both, dynorm] = times.map(median).map(micros);
    println!(
        "{:<19}{:<7} {:>6}  {sdk:>10.1} {both:>20.1} {dynorm:>10.1}   {:>7.3} {:>7.3}",
        case.call,
        case.shape,
        case.items,
        dynorm / sdk,
        dynorm / both,
    );
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
