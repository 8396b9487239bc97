//! Behaviour, written once and run on every engine.

use std::process::ExitCode;

mod batch;
mod engine;
mod read;
mod table;
mod transact;
mod write;

fn main() -> ExitCode {
    dynorm_tests::suite::main([
        engine::tests(),
        table::tests(),
        write::tests(),
        transact::tests(),
        batch::tests(),
        read::tests(),
    ])
}
