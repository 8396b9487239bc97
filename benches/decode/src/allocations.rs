//! What a page costs in allocations and memory beyond the finished structs, against the bounds: ten allocations a page, and a tenth of what
//! the body and the structs take.
//!
//! The allocator counts what a `Query` call asks for. A call whose page is empty shows what is the SDK's.

use allocation_counter::{AllocationInfo, measure};
use dynorm::{Db, DynamoModel};
use dynorm_bench_decode::canned;
use dynorm_bench_decode::shapes::{self, Book, Keyed, Mixed, Narrow, Shape, Wide};

fn main() {
    println!(
        "{:<7} {:>6}   {:>10} {:>10} {:>6}   {:>10} {:>10} {:>10} {:>6}",
        "shape", "items", "structs", "decode", "more", "body B", "structs B", "peak B", "ratio"
    );
    let mut over = Vec::new();
    for items in [1, 10, 100, 1_000, usize::MAX] {
        over.extend(page::<Book>(items));
        over.extend(page::<Mixed>(items));
        over.extend(page::<Narrow>(items));
        over.extend(page::<Wide>(items));
        over.extend(page::<Keyed>(items));
    }
    assert!(over.is_empty(), "over the bounds: {over:?}");
}

/// Measures a page, and names it if it is over a bound.
fn page<M: Shape + DynamoModel + Clone + Send + 'static>(items: usize) -> Option<(&'static str, usize)> {
    let items = items.min(shapes::full_page::<M>());
    let (_, empty) = query::<M>(0);
    let (found, call) = query::<M>(items);
    let structs = measure(|| drop(found.clone()));
    // Each answer has a body of its own, as one from a connection has.
    let body = shapes::page::<M>(items).len() as u64;
    let more = call.count_total as i64 - empty.count_total as i64 - structs.count_total as i64;
    let least = body + structs.bytes_max;
    let peak = call.bytes_max - empty.bytes_max.min(call.bytes_max);
    let ratio = peak as f64 / least as f64;
    println!(
        "{:<7} {:>6}   {:>10} {:>10} {:>6}   {:>10} {:>10} {:>10} {:>6.3}",
        M::NAME,
        items,
        structs.count_total,
        call.count_total - empty.count_total,
        more,
        body,
        structs.bytes_max,
        peak,
        ratio,
    );
    // What a small page takes is lost in what the SDK takes.
    (more > 10 || (items >= 100 && ratio > 1.1)).then_some((M::NAME, items))
}

fn query<M: Shape + DynamoModel + Send + 'static>(items: usize) -> (Vec<M>, AllocationInfo) {
    let db = Db::new(canned::client_with_new_bodies(shapes::page::<M>(items)));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let query = || M::query(M::some_key()).max_pages(1).all(&db);
    // The first call fills what is kept from call to call.
    drop(runtime.block_on(query()));
    let mut found = Vec::new();
    let info = measure(|| found = runtime.block_on(query()).expect("a page"));
    (found, info)
}
