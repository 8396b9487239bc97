//! Page tokens: any position comes back, any change is refused, and no text is too strange to be refused.

use std::future::Future;
use std::sync::LazyLock;

use aws_smithy_types::base64;
use dynorm::error::TokenProblem;
use dynorm::{Db, DynamoModel, Query, Table, TokenKey};
use dynorm_tests::wire::{Reply, Wire};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A model whose key has text and bytes, and whose index adds a number.
#[derive(Debug, DynamoModel)]
#[dynorm(table = "chunks")]
#[dynorm(index(ByRank, name = "by-rank", partition_key = owner, sort_key = rank))]
struct Chunk {
    #[dynorm(partition_key)]
    file: String,
    #[dynorm(sort_key)]
    hash: Vec<u8>,
    owner: String,
    rank: i64,
}

fn run<T>(future: impl Future<Output = T>) -> T {
    static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
        tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(1).build().expect("a runtime")
    });
    RUNTIME.block_on(future)
}

fn db(wire: &Wire) -> Db {
    Db::builder(wire.client()).token_keys([TokenKey::new([1; 32]), TokenKey::new([2; 32])]).build()
}

/// A page without items that ends at `position`, and one that is the last.
fn pages(position: &Value) -> Wire {
    let empty = json!({ "Count": 0, "ScannedCount": 0, "Items": [] });
    let mut first = empty.clone();
    first["LastEvaluatedKey"] = position.clone();
    Wire::new([Reply::ok(first), Reply::ok(empty)])
}

fn chunks(file: &str) -> Query<Chunk, Table> {
    Chunk::query(Chunk::key().file(file))
}

/// A handle that nothing can be sent with, and a token of [`chunks`] of `a`.
static SEALED: LazyLock<(Db, String)> = LazyLock::new(|| {
    let wire = pages(&json!({ "file": { "S": "a" }, "hash": { "B": "AQID" } }));
    let db = db(&wire);
    let page = run(chunks("a").page(&db)).expect("a page");
    let token = page.next_token().expect("a key").expect("there is more");
    (self::db(&Wire::new([])), token)
});

/// Why a token is refused; `None` if it is not.
fn refusal(token: &str) -> Option<TokenProblem> {
    let error = run(chunks("a").page_token(Some(token)).page(&SEALED.0)).expect_err("nothing can be sent");
    error.token()
}

fn to_url(bytes: &[u8]) -> String {
    base64::encode(bytes).trim_end_matches('=').replace('+', "-").replace('/', "_")
}

fn from_url(token: &str) -> Vec<u8> {
    let standard = token.replace('-', "+").replace('_', "/");
    let padding = standard.len().next_multiple_of(4) - standard.len();
    base64::decode(standard + &"=".repeat(padding)).expect("base64")
}

#[test]
fn every_changed_bit_is_refused() {
    let (_, token) = &*SEALED;
    assert_eq!(refusal(token), None, "as it was sealed it is not");
    let bytes = from_url(token);
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            let expected = match at {
                0 => TokenProblem::Version,
                1..5 => TokenProblem::UnknownKey,
                _ => TokenProblem::Tampered,
            };
            assert_eq!(refusal(&to_url(&changed)), Some(expected), "bit {bit} of byte {at}");
        }
    }
}

#[test]
fn every_changed_character_is_refused() {
    let (_, token) = &*SEALED;
    for at in 0..token.len() {
        for other in "AZaz09-_+/=. é".chars().filter(|other| !token[at..].starts_with(*other)) {
            let changed = format!("{}{other}{}", &token[..at], &token[at + 1..]);
            assert!(refusal(&changed).is_some(), "{other} at {at}");
        }
    }
    // The bits of the last character that stand for nothing.
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (last, rest) = (&token[token.len() - 1..], &token[..token.len() - 1]);
    for other in alphabet.chars().filter(|other| !last.starts_with(*other)) {
        assert!(refusal(&format!("{rest}{other}")).is_some(), "ends in {other}");
    }
}

#[test]
fn every_cut_and_every_addition_is_refused() {
    let (_, token) = &*SEALED;
    for length in 0..token.len() {
        assert!(refusal(&token[..length]).is_some(), "cut to {length}");
        assert!(refusal(&token[token.len() - length..]).is_some(), "the last {length}");
    }
    for more in ["A", "AA", "=", "==", "\n", " "] {
        assert!(refusal(&format!("{token}{more}")).is_some(), "{more:?} more");
        assert!(refusal(&format!("{more}{token}")).is_some(), "{more:?} before");
    }
}

proptest! {
    #[test]
    fn every_position_comes_back(
        file in "\\PC{1,20}",
        hash in prop::collection::vec(any::<u8>(), 1..300),
        owner in "\\PC{1,300}",
        rank in any::<i64>(),
        strange in "[a-z]{1,9}",
    ) {
        let mut position = json!({
            "file": { "S": file }, "hash": { "B": base64::encode(hash) }, "owner": { "S": owner }, "rank": { "N": rank.to_string() },
        });
        // An engine may say more than the key: it gets it back.
        position[&strange] = json!({ "S": strange });
        let wire = pages(&position);
        let db = db(&wire);
        let by_owner = || Chunk::query(Chunk::by_rank().owner(&owner).rank(-5..=5));

        let token = run(by_owner().page(&db)).and_then(|page| page.next_token()).expect("a token").expect("there is more");
        let page = run(by_owner().page_token(Some(&token)).page(&db)).expect("the token is good");

        prop_assert!(page.next.is_none());
        prop_assert_eq!(&wire.sent()[1].body["ExclusiveStartKey"], &position);
    }

    #[test]
    fn a_token_is_bound_to_its_partition(file in "\\PC{1,20}", other in "\\PC{1,20}") {
        prop_assume!(file != other);
        let wire = pages(&json!({ "file": { "S": file }, "hash": { "B": "AQID" } }));
        let db = db(&wire);

        let token = run(chunks(&file).page(&db)).and_then(|page| page.next_token()).expect("a token").expect("there is more");
        let refused = run(chunks(&other).page_token(Some(&token)).page(&db)).expect_err("another partition");

        prop_assert_eq!(refused.token(), Some(TokenProblem::Foreign));
    }

    #[test]
    fn any_text_is_refused(text in any::<String>()) {
        prop_assert!(refusal(&text).is_some());
    }

    #[test]
    fn any_text_of_the_alphabet_is_refused(text in "[A-Za-z0-9_-]{0,300}") {
        prop_assert!(refusal(&text).is_some());
    }

    /// Right in its first bytes, so that the others are looked at.
    #[test]
    fn any_bytes_behind_a_good_header_are_refused(rest in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut bytes = from_url(&SEALED.1)[..5].to_vec();
        bytes.extend(rest);
        prop_assert!(matches!(refusal(&to_url(&bytes)), Some(TokenProblem::Malformed | TokenProblem::Tampered)));
    }
}
