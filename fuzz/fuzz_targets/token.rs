//! Page tokens: no text is one, however it came about, unless it was sealed for this read.
#![no_main]

use std::sync::LazyLock;

use dynorm::{Db, DynamoModel, TokenKey};
use dynorm_fuzz::{Entry, block_on};
use dynorm_tests::wire::Wire;
use libfuzzer_sys::fuzz_target;

/// A handle that nothing can be sent with.
static DB: LazyLock<Db> = LazyLock::new(|| {
    Db::builder(Wire::new([]).client()).token_keys([TokenKey::new([7; 32]), TokenKey::new([8; 32])]).build()
});

fuzz_target!(|token: &str| {
    let page = Entry::query(Entry::key().owner("o")).take(1).page_token(Some(token)).page(&DB);
    let error = block_on(page).expect_err("it was not sealed");
    assert!(error.token().is_some(), "{error}");
});
