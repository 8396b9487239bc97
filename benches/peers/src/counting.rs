//! Counts what reading a page allocates. Part of the programs that count, and of no other: its allocator takes time.

use allocation_counter::measure;

const EMPTY: &str = r#"{"Count":0,"Items":[],"ScannedCount":0}"#;

/// Prints each name with its allocations an item, less those of an empty page. The arguments of the program: the file of a page, and
/// the number of its items.
pub fn print<R: Fn()>(readers: impl Fn(String) -> Vec<(&'static str, R)>) {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, page, items] = &arguments[..] else { panic!("a page, and the number of its items") };
    let body = std::fs::read_to_string(page).expect("a page");
    let items: f64 = items.parse().expect("a number");
    for ((name, read), (_, read_empty)) in readers(body).into_iter().zip(readers(EMPTY.into())) {
        println!("{name}\t{}", (count(read) - count(read_empty)) / items);
    }
}

fn count(read: impl Fn()) -> f64 {
    // The first call fills what is kept from call to call.
    read();
    measure(read).count_total as f64
}
