//! What goes over the wire: the exact requests of each verb and their number, and what is done with the answers.

mod bad_input;
mod batch;
mod batch_get;
mod budget;
mod bypassed;
mod calls;
mod credentials;
mod deadline;
mod encoded;
mod encoded_keys;
mod every_operation;
mod expiry;
mod explain;
mod hydrate;
mod interceptors;
mod meter;
mod passes_through;
mod patches;
mod projections;
mod reads;
mod rekey;
mod returned;
mod same_as_sdk;
mod sdk_sees;
mod segments;
mod shared_table;
mod spans;
mod stamps;
mod stream_records;
mod table;
mod tokens;
mod transact;
mod transact_get;
mod unique;
mod unique_table;
mod updates;
mod upserts;
mod version;
mod write_id;
mod writes;

use dynorm::Db;
use dynorm_tests::models::{TestClock, db};
use dynorm_tests::wire::{Reply, Wire};

/// A handle that answers from a script; its clock stands at 1,000 seconds.
fn scripted(script: impl IntoIterator<Item = Reply>) -> (Wire, Db, TestClock) {
    let wire = Wire::new(script);
    let (db, clock) = db(wire.client(), "");
    (wire, db, clock)
}
