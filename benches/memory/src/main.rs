//! How much memory a scan of 1 GB takes: items that are made up as they are asked for, read through the whole call.
//!
//! Linux only: resident memory is what `/proc/self/status` says.

mod table;

use std::time::Instant;

use dynorm::{Db, DynamoModel, Scan};

use table::{Book, PAGES, Table};

/// 1 MB, as page sizes are counted.
const MB: f64 = 1024.0 * 1024.0;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        println!("the process begins with {:.1} MB", resident("VmRSS"));
        // What the client and the first pages need once is not what a scan needs.
        scan(Book::scan().no_look_ahead().max_pages(1), &Table::of(1)).await;
        println!("{:<30} {:>9} {:>9} {:>9} {:>9} {:>8}", "", "GB", "items", "start MB", "peak MB", "seconds");
        row("a fiftieth of it, to compare", Book::scan().max_pages(PAGES / 50), 1).await;
        row("stream, no look-ahead", Book::scan().no_look_ahead(), 1).await;
        row("stream", Book::scan(), 1).await;
        for segments in [2, 4, 8] {
            row(&format!("stream of {segments} segments"), Book::scan().segments(segments), segments).await;
        }
    });
}

async fn row(name: &str, scan_of: Scan<Book>, segments: u32) {
    let table = Table::of(segments);
    forget_peak();
    let start = resident("VmRSS");
    let time = Instant::now();
    let items = scan(scan_of, &table).await;
    let gigabytes = table.sent() as f64 * table::PAGE as f64 / MB / 1024.0;
    let (peak, time) = (resident("VmHWM"), time.elapsed().as_secs_f64());
    println!("{name:<30} {gigabytes:>9.3} {items:>9} {start:>9.1} {peak:>9.1} {time:>8.2}");
}

/// Reads all of it, and keeps nothing.
async fn scan(scan: Scan<Book>, table: &Table) -> usize {
    let db = Db::new(table.client());
    let mut items = scan.stream(&db);
    let mut count = 0;
    while let Some(book) = items.try_next().await.expect("a page") {
        count += usize::from(!book.title.is_empty());
    }
    count
}

/// A line of `/proc/self/status`, in megabytes.
fn resident(line: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let value = status.lines().find_map(|other| other.strip_prefix(line)?.strip_prefix(':'));
    let kilobytes = value.and_then(|value| value.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    kilobytes.expect("a number of kB") / 1024.0
}

/// Lets the peak begin anew (`man 5 proc`, `clear_refs`).
fn forget_peak() {
    std::fs::write("/proc/self/clear_refs", "5").expect("Linux");
}
