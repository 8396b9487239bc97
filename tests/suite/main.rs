//! Behaviour, written once and run on every engine.

use std::process::ExitCode;

mod batch;
mod engine;
mod read;
mod table;
mod write;

fn main() -> ExitCode {
    dynorm_tests::suite::main([engine::tests(), table::tests(), write::tests(), batch::tests(), read::tests()])
}
