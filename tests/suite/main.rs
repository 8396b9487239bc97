//! Behaviour, written once and run on every engine.

use std::process::ExitCode;

mod batch;
mod batch_get;
mod conditions;
mod engine;
mod expiry;
mod hooks;
mod indexes;
mod keys;
mod meter;
mod older_names;
mod paging;
mod patch;
mod read;
mod rekey;
mod table;
mod tracked;
mod transact;
mod transact_get;
mod unique;
mod unique_table;
mod update;
mod upsert;
mod version;
mod write;
mod write_id;

fn main() -> ExitCode {
    dynorm_tests::suite::main([
        engine::tests(),
        table::tests(),
        write::tests(),
        write_id::tests(),
        transact::tests(),
        transact_get::tests(),
        update::tests(),
        upsert::tests(),
        patch::tests(),
        rekey::tests(),
        unique::tests(),
        unique_table::tests(),
        tracked::tests(),
        older_names::tests(),
        version::tests(),
        batch::tests(),
        expiry::tests(),
        hooks::tests(),
        batch_get::tests(),
        indexes::tests(),
        read::tests(),
        keys::tests(),
        conditions::tests(),
        meter::tests(),
        paging::tests(),
    ])
}
