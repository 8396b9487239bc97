//! The allocations an item of what reads here.

#[path = "../../src/counting.rs"]
mod counting;

use dynorm_bench_peers_toasty::all;

fn main() {
    counting::print(|body| {
        let readers = all(body).into_iter();
        readers
            .map(|reader| {
                (reader.name, move || {
                    (reader.read)();
                })
            })
            .collect()
    });
}
