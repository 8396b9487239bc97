//! The allocations an item of each library. `times` runs this for its table.

mod counting;

use dynorm_bench_peers::libraries::all;

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
