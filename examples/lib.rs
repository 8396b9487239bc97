//! The examples are the other files of this folder: `cargo run --example library`. A package needs a library target, so here is one.
