//! Page tokens: what they lead to, what they are bound to, and that a refused one sends nothing.

use std::time::Duration;

use dynorm::error::TokenProblem;
use dynorm::{Cond, Db, DynamoModel, Query, Table, TokenKey};
use dynorm_tests::Result;
use dynorm_tests::models::{Book, ByAuthor, TestClock, isbn};
use dynorm_tests::wire::Wire;
use serde_json::{Value, json};

use super::reads::{page, position};

fn key(byte: u8) -> TokenKey {
    TokenKey::new([byte; 32])
}

/// Handles on one scripted wire: the same clock, and a key.
struct Sealed {
    wire: Wire,
    clock: TestClock,
    db: Db,
}

impl Sealed {
    /// Answers with pages that all have more behind them.
    fn new() -> Self {
        let wire = Wire::new((0..20).map(|n| page(n * 2..n * 2 + 2, true)));
        let clock = TestClock::at(1_000);
        let db = Db::builder(wire.client()).clock(clock.clone()).token_keys([key(1)]).build();
        Sealed { wire, clock, db }
    }

    /// A handle on the same wire with these keys.
    fn with(&self, keys: impl IntoIterator<Item = TokenKey>) -> Db {
        Db::builder(self.wire.client()).clock(self.clock.clone()).token_keys(keys).build()
    }

    /// Why this query refuses the token, which must not send anything.
    async fn refusal(&self, db: &Db, query: Query<Book, Table>, token: &str) -> Option<TokenProblem> {
        let before = self.wire.sent().len();
        let refused = query.page_token(Some(token)).page(db).await.err();
        if let Some(refused) = &refused {
            assert!(refused.is_token(), "{refused}");
            assert_eq!(self.wire.sent().len(), before, "nothing is sent");
            assert_eq!(
                (refused.model(), refused.operation(), refused.table()),
                (Some("Book"), Some("Query"), Some("library"))
            );
        }
        refused.and_then(|refused| refused.token())
    }
}

fn penguin() -> Query<Book, Table> {
    Book::query(Book::key().publisher("Penguin"))
}

async fn token_of(query: Query<Book, Table>, db: &Db) -> Result<String> {
    Ok(query.page(db).await?.next_token()?.ok_or("there is more")?)
}

fn start(wire: &Wire) -> Option<(Value, Value)> {
    let sent = wire.sent();
    let body = &sent.last()?.body;
    Some((body["ExclusiveStartKey"].clone(), body["ScanIndexForward"].clone()))
}

#[tokio::test]
async fn a_token_goes_on_where_the_page_ended() -> Result {
    let sealed = Sealed::new();
    let first = penguin().take(2).page(&sealed.db).await?;
    assert_eq!(first.previous_token()?, None, "nothing is before the first page");
    let next = first.next_token()?.ok_or("there is more")?;

    let second = penguin().take(2).page_token(Some(&next)).page(&sealed.db).await?;
    assert_eq!(start(&sealed.wire), Some((position(1), Value::Null)));

    let previous = second.previous_token()?.ok_or("there is something before")?;
    penguin().take(2).page_token(Some(&previous)).page(&sealed.db).await?;
    assert_eq!(start(&sealed.wire), Some((position(2), json!(false))), "before the first item of the second page");

    penguin().page_token(None).page(&sealed.db).await?;
    assert_eq!(start(&sealed.wire), Some((Value::Null, Value::Null)), "without a token it begins at the start");
    Ok(())
}

#[tokio::test]
async fn a_stream_has_a_token_at_any_item() -> Result {
    let sealed = Sealed::new();
    let mut items = penguin().stream(&sealed.db);
    assert_eq!(items.token()?, None, "nothing was read");
    items.try_next().await?;
    let token = items.token()?.ok_or("an item was read")?;

    assert!(penguin().page_token(Some(&token)).first(&sealed.db).await?.is_some());
    assert_eq!(start(&sealed.wire), Some((position(0), Value::Null)));

    let mut backwards = penguin().before(items.cursor()?.ok_or("an item was read")?).stream(&sealed.db);
    backwards.try_next().await?;
    let token = backwards.token()?.ok_or("an item was read")?;
    penguin().page_token(Some(&token)).page(&sealed.db).await?;
    assert_eq!(start(&sealed.wire).map(|start| start.1), Some(json!(false)), "it goes on in the same direction");
    Ok(())
}

#[tokio::test]
async fn a_token_has_every_segment() -> Result {
    let wire = Wire::new([page(0..2, true), page(10..12, false), page(2..4, false)]);
    let db = Db::builder(wire.client()).token_keys([key(1)]).build();
    let token = Book::scan().segments(2).page(&db).await?.next_token()?.ok_or("one segment has more")?;

    Book::scan().segments(2).page_token(Some(&token)).all(&db).await?;

    let sent = wire.sent();
    let last = sent.last().ok_or("a third request")?;
    assert_eq!((sent.len(), &last.body["Segment"], &last.body["ExclusiveStartKey"]), (3, &json!(0), &position(1)));
    let refused = Book::scan().segments(3).page_token(Some(&token)).count(&db).await.expect_err("other segments");
    assert_eq!(refused.token(), Some(TokenProblem::Foreign));
    Ok(())
}

#[tokio::test]
async fn a_token_of_another_read_is_foreign() -> Result {
    let sealed = Sealed::new();
    let db = &sealed.db;
    let penguins = || Book::key().publisher("Penguin");
    let filtered = || penguin().filter(Book::PAGES.gt(100) & Book::TITLE.contains("war"));
    let plain = token_of(penguin(), db).await?;
    let in_context = token_of(penguin().token_context("tenant-7"), db).await?;
    let years = token_of(Book::query(penguins().year(1990..=1999)), db).await?;
    let with_filter = token_of(filtered(), db).await?;

    for (what, query, token) in [
        ("another partition", Book::query(Book::key().publisher("Puffin")), &plain),
        ("a sort condition more", Book::query(penguins().year(1995)), &plain),
        ("the other direction", penguin().descending(), &plain),
        ("a filter more", penguin().filter(Book::PAGES.gt(100)), &plain),
        ("a context more", penguin().token_context("tenant-7"), &plain),
        ("an empty context", penguin().token_context(""), &plain),
        ("another context", penguin().token_context("tenant-8"), &in_context),
        ("no context", penguin(), &in_context),
        ("other ends", Book::query(penguins().year(1990..=1998)), &years),
        ("other ends", Book::query(penguins().year(1991..=1999)), &years),
        (
            "another operator in the filter",
            penguin().filter(Book::PAGES.ge(100) & Book::TITLE.contains("war")),
            &with_filter,
        ),
        (
            "another attribute in the filter",
            penguin().filter(Book::YEAR.gt(100) & Book::TITLE.contains("war")),
            &with_filter,
        ),
        ("another logic", penguin().filter(Book::PAGES.gt(100) | Book::TITLE.contains("war")), &with_filter),
        ("no filter", penguin(), &with_filter),
    ] {
        assert_eq!(sealed.refusal(db, query, token).await, Some(TokenProblem::Foreign), "{what}");
    }

    // Other models, tables and indexes, and a scan.
    let elsewhere = Db::builder(sealed.wire.client()).table_prefix("other-").token_keys([key(1)]).build();
    let of_table = penguin().page_token(Some(&plain)).page(&elsewhere).await.expect_err("another table");
    let of_index = Book::query(Book::by_author().author("Penguin")).page_token(Some(&plain)).all(db).await;
    let of_scan = Book::scan().page_token(Some(&plain)).stream(db).try_next().await;
    let of_index_scan = Book::scan().index(ByAuthor).page_token(Some(&plain)).count(db).await;
    for refused in
        [of_table, of_index.expect_err("an index"), of_scan.expect_err("a scan"), of_index_scan.expect_err("both")]
    {
        assert_eq!(refused.token(), Some(TokenProblem::Foreign), "{refused}");
    }
    Ok(())
}

#[tokio::test]
async fn what_is_no_other_read_may_change() -> Result {
    let sealed = Sealed::new();
    let db = &sealed.db;
    let longer_than = |pages| -> Query<Book, Table> {
        let long: Cond<_, _> = Book::PAGES.gt(pages);
        penguin().filter(long).token_context("tenant-7")
    };
    let token = token_of(longer_than(100).take(3).page_size(5), db).await?;

    for query in [
        longer_than(100),
        longer_than(250),
        longer_than(100).take(1).consistent().max_pages(2),
        longer_than(100).page_size(1),
    ] {
        assert_eq!(sealed.refusal(db, query, &token).await, None);
    }
    Ok(())
}

#[tokio::test]
async fn a_token_ends() -> Result {
    let sealed = Sealed::new();
    let day = token_of(penguin(), &sealed.db).await?;
    let short_lived = Db::builder(sealed.wire.client()).clock(sealed.clock.clone()).token_keys([key(1)]);
    let minute = token_of(penguin(), &short_lived.token_lifetime(Duration::from_secs(60)).build()).await?;

    sealed.clock.set(1_059);
    assert_eq!(sealed.refusal(&sealed.db, penguin(), &minute).await, None);
    sealed.clock.set(1_060);
    assert_eq!(sealed.refusal(&sealed.db, penguin(), &minute).await, Some(TokenProblem::Expired));
    sealed.clock.set(1_000 + 24 * 60 * 60 - 1);
    assert_eq!(sealed.refusal(&sealed.db, penguin(), &day).await, None);
    sealed.clock.set(1_000 + 24 * 60 * 60);
    assert_eq!(sealed.refusal(&sealed.db, penguin(), &day).await, Some(TokenProblem::Expired));
    Ok(())
}

#[tokio::test]
async fn keys_rotate() -> Result {
    let sealed = Sealed::new();
    let old = token_of(penguin(), &sealed.db).await?;
    let both = sealed.with([key(2), key(1)]);
    let new = token_of(penguin(), &both).await?;
    let only_new = sealed.with([key(2)]);

    assert_eq!(sealed.refusal(&both, penguin(), &old).await, None);
    assert_eq!(sealed.refusal(&both, penguin(), &new).await, None);
    assert_eq!(sealed.refusal(&only_new, penguin(), &new).await, None, "the first key seals");
    assert_eq!(sealed.refusal(&only_new, penguin(), &old).await, Some(TokenProblem::UnknownKey));
    assert_eq!(sealed.refusal(&sealed.db, penguin(), &new).await, Some(TokenProblem::UnknownKey));
    Ok(())
}

#[tokio::test]
async fn a_handle_without_a_key_says_so() -> Result {
    let sealed = Sealed::new();
    let none = sealed.with([]);
    let page = penguin().page(&none).await?;

    let sealing = page.next_token().expect_err("there is no key");
    let opening = penguin().page_token(Some("AQ")).page(&none).await.expect_err("there is no key");

    for error in [sealing, opening] {
        assert!(error.is_token_key_missing() && !error.is_token(), "{error}");
        assert!(error.to_string().contains("token_keys"), "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn a_token_shows_nothing() -> Result {
    let sealed = Sealed::new();
    let page = penguin().page(&sealed.db).await?;
    let token = page.next_token()?.ok_or("there is more")?;

    assert!(token.len() < 140, "{} characters: {token}", token.len());
    assert!(token.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'), "{token}");
    let standard = token.replace('-', "+").replace('_', "/");
    let padded = format!("{standard}{}", "=".repeat(standard.len().next_multiple_of(4) - standard.len()));
    let bytes = aws_smithy_types::base64::decode(padded)?;
    for value in ["Penguin", "1995", &isbn(1), "library", "publisher"] {
        assert!(!bytes.windows(value.len()).any(|window| window == value.as_bytes()), "{value}");
        assert!(!format!("{:?} {:?}", page.next, key(1)).contains(value));
    }
    assert_ne!(page.next_token()?.as_deref(), Some(&*token), "the same position twice has another nonce");
    Ok(())
}

#[test]
fn a_key_is_read_from_text() {
    for text in
        ["00".repeat(32), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".into(), format!(" {}\n", "aF".repeat(32))]
    {
        assert!(text.parse::<TokenKey>().is_ok(), "{text}");
    }
    for text in ["", "secret", &"0".repeat(63), &"0".repeat(65), &"zz".repeat(32), &"é".repeat(32), "AAAA"] {
        assert!(text.parse::<TokenKey>().is_err(), "{text}");
    }
}
