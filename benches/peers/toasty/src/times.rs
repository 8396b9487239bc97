//! Lets toasty read when `dynorm_bench_peers::turns::Program` asks for it.

use dynorm_bench_peers_toasty::{all, turns};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    turns::serve(&arguments, all);
}
