//! Behaviour, written once and run on every engine.

use std::process::ExitCode;

mod engine;

fn main() -> ExitCode {
    dynorm_tests::suite::main([engine::tests()])
}
