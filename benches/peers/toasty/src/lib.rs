//! What reads a page here, with the SDK that toasty's driver needs: toasty, and that SDK alone.

#[path = "../../src/book.rs"]
pub mod book;
#[path = "../../../decode/src/canned.rs"]
pub mod canned;
#[path = "../../src/library.rs"]
pub mod library;
mod model;
#[path = "../../src/libraries/sdk.rs"]
mod sdk;
#[path = "../../src/libraries/serde_dynamo.rs"]
mod serde_dynamo;
#[path = "../../src/turns.rs"]
pub mod turns;

use library::{Reader, runtime};

/// All of them, with a client that answers with this body.
pub fn all(body: String) -> Vec<Reader> {
    let (client, runtime) = (&canned::client(body), &runtime());
    let sdk = Reader { name: "SDK 1.131 alone", ..Reader::of::<sdk::Sdk>(client, runtime) };
    vec![Reader::of::<model::Toasty>(client, runtime), sdk]
}
