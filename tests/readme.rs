//! The README. Each of its blocks of Rust is here too, where it is compiled and run, and a test compares the texts.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use dynorm::{Clock, Db, DynamoPatch, DynamoProjection, Error, Patch, TokenKey};
use serde::Deserialize;
use uuid::Uuid;

// The first block, which is at the top of a file there as well.
use chrono::{DateTime, NaiveDate, Utc};
use dynorm::{DynamoModel, auto};
use dynorm_local::Local;
use validator::Validate;

#[derive(Debug, Clone, DynamoModel, Validate)]
#[dynorm(table = "library", sort_key = "{year:04}-{isbn}")] // stored as 1995-9780140433876
#[dynorm(index(ByAuthor, name = "by-author", partition_key = author, sort_key = published))]
struct Book {
    #[dynorm(partition_key)]
    publisher: String,
    year: u16,
    #[validate(length(equal = 13))]
    isbn: String,
    #[validate(length(min = 1))]
    title: String,
    author: String,
    published: NaiveDate,
    pages: Option<u32>, // `None` is an absent attribute
    #[dynorm(created)]
    created: DateTime<Utc>,
    #[dynorm(updated)]
    updated: DateTime<Utc>,
}

mod program {
    use super::*;

    #[tokio::main]
    async fn main() -> Result<(), Box<dyn std::error::Error>> {
        let local = Local::memory().await?; // for DynamoDB itself: `let db = Db::from_env().await;`
        let db = local.db();
        Book::create_table().send(&db).await?;

        let mut book = Book {
            publisher: "Penguin Books".into(),
            year: 1995,
            isbn: "9780140433876".into(),
            title: "Emma".into(),
            author: "Jane Austen".into(),
            published: "1995-05-01".parse()?,
            pages: None,
            created: auto(), // not known yet: the write sets it
            updated: auto(),
        };
        book.create().send(&db).await?; // an error if the key is taken; `put` replaces

        let key = Book::key().publisher("Penguin Books").year(1995).isbn("9780140433876");
        let found = Book::get(key).send(&db).await?;
        println!("{:?}", found.map(|book| book.title)); // Some("Emma")
        Ok(())
    }

    #[test]
    fn program_runs() {
        main().expect("the program of the README ends well");
    }
}

type Tested = Result<(), Box<dyn std::error::Error>>;

#[tokio::test]
async fn query() -> Tested {
    let (db, _, _local) = library().await?;

    let in_1995 = Book::query(Book::key().publisher("Penguin Books").year(1995)).all(&db).await?;

    assert_eq!(titles(&in_1995), ["Emma", "Persuasion"]);
    Ok(())
}

#[tokio::test]
async fn query_range_and_index() -> Tested {
    let (db, _, _local) = library().await?;

    let nineties = Book::key().publisher("Penguin Books").year(1990..=1999);
    let page = Book::query(nineties).filter(Book::PAGES.gt(300)).descending().take(20).page(&db).await?;
    println!("{} of {} items, {} read units", page.items.len(), page.usage.scanned, page.usage.capacity);

    let since: NaiveDate = "2004-01-01".parse()?;
    let austen = Book::query(Book::by_author().author("Jane Austen").published(since..)).all(&db).await?;

    assert_eq!(titles(&page.items), ["The Body", "Emma"]);
    assert_eq!((page.usage.scanned, page.usage.requests), (3, 1));
    assert_eq!(titles(&austen), ["Sanditon"]);
    Ok(())
}

#[derive(Debug, DynamoProjection)]
#[dynorm(of = Book, index = ByAuthor)] // names and types are checked against the model, and against what the index holds
struct Line {
    title: String,
    pages: Option<u32>,
}

#[tokio::test]
async fn parts_and_keys() -> Tested {
    let (db, book, _local) = library().await?;

    let lines = Book::query(Book::by_author().author("Jane Austen")).project::<Line>().all(&db).await?;

    let isbns = ["9780140433876", "9780140620320"];
    let keys = isbns.map(|isbn| Book::key().publisher("Penguin Books").year(1995).isbn(isbn));
    let books: Vec<Option<Book>> = Book::batch_get(keys).send(&db).await?; // in the order of the keys

    assert_eq!(lines.iter().map(|line| (line.title.as_str(), line.pages)).next(), Some(("Emma", Some(460))));
    assert_eq!(lines.len(), 3);
    assert_eq!(books.iter().flatten().map(|book| &*book.title).collect::<Vec<_>>(), ["Emma", "Persuasion"]);
    assert_eq!(books.first().and_then(Option::as_ref).map(|emma| emma.created), Some(book.created));
    Ok(())
}

#[tokio::test]
async fn stream() -> Tested {
    let (db, _, _local) = library().await?;

    let mut long = Book::scan().filter(Book::PAGES.gt(300)).take(10).stream(&db);
    while let Some(book) = long.try_next().await? {
        println!("{} has {:?} pages", book.title, book.pages);
    }
    println!("{} requests", long.usage().requests);

    assert_eq!((long.usage().matched, long.usage().requests), (2, 1));
    Ok(())
}

#[tokio::test]
async fn pages_for_clients() -> Tested {
    let (db, _, _local) = library().await?;
    let secret = [7; 32];
    let client = db.client().clone();
    let from_url: Option<&str> = None;
    let user = "alice";

    let db = Db::builder(client).token_keys([TokenKey::new(secret)]).build(); // 32 random bytes

    let page = Book::query(Book::key().publisher("Penguin Books"))
        .take(2)
        .token_context(user) // good for this user only
        .page_token(from_url) // `None` is the first page
        .page(&db)
        .await?;
    let (next, previous) = (page.next_token()?, page.previous_token()?);

    assert_eq!(titles(&page.items), ["Emma", "Persuasion"]);
    assert_eq!(previous, None);
    let again = |user| {
        Book::query(Book::key().publisher("Penguin Books")).take(2).token_context(user).page_token(next.as_deref())
    };
    assert_eq!(titles(&again("alice").page(&db).await?.items), ["The Body", "Sanditon"]);
    assert!(again("bob").page(&db).await.is_err_and(|error| error.token().is_some()));
    Ok(())
}

#[tokio::test]
async fn timestamps_and_validation() -> Tested {
    let (db, book, _local) = library().await?;

    let mut emma = Book::get(&book).tracked().send(&db).await?.ok_or("no such book")?;
    emma.pages = Some(474);
    emma.save().send(&db).await?; // one UpdateItem of `pages` and `updated`; `created` stays
    assert!(emma.updated > emma.created);

    emma.title = String::new();
    let error = emma.save().send(&db).await.unwrap_err();
    assert!(error.is_validation());
    assert_eq!(error.to_string(), "UpdateItem of Book in table library: `title` breaks the rule `length`");

    let stored = Book::get(&book).send(&db).await?.ok_or("no such book")?;
    assert_eq!((stored.title.as_str(), stored.pages, stored.created), ("Emma", Some(474), book.created));
    assert_eq!(stored.updated, emma.updated);
    Ok(())
}

#[tokio::test]
async fn update() -> Tested {
    let (db, book, _local) = library().await?;

    let update = Book::update(&book).set(Book::TITLE, "Emma (Penguin Classics)").add(Book::PAGES, 16);
    match update.send(&db).await {
        Err(error) if error.is_not_found() => println!("no such book"),
        other => other?,
    }

    let stored = Book::get(&book).send(&db).await?.ok_or("no such book")?;
    assert_eq!((stored.title.as_str(), stored.pages), ("Emma (Penguin Classics)", Some(476)));
    Ok(())
}

#[derive(Debug, DynamoPatch, Deserialize)]
#[dynorm(of = Book)]
struct BookPatch {
    #[serde(default)]
    title: Patch<String>,
    #[serde(default)]
    pages: Patch<u32>,
}

#[tokio::test]
async fn patch() -> Tested {
    let (db, book, _local) = library().await?;

    let patch: BookPatch = serde_json::from_str(r#"{ "title": "Emma, again", "pages": null }"#)?; // absent: keep; null: remove
    Book::patch(&book, patch).send(&db).await?;

    let stored = Book::get(&book).send(&db).await?.ok_or("no such book")?;
    assert_eq!((stored.title.as_str(), stored.pages, stored.author.as_str()), ("Emma, again", None, "Jane Austen"));
    Ok(())
}

#[derive(Debug, Clone, DynamoModel)]
#[dynorm(table = "accounts")]
struct Account {
    #[dynorm(partition_key, auto)]
    id: Uuid,
    #[dynorm(unique)]
    email: String,
    cents: u64,
    #[dynorm(version)]
    version: u64,
}

async fn accounts(db: &Db) -> Result<(Account, Account), Error> {
    Account::create_table().send(db).await?;
    let new = |email: &str| Account { id: auto(), email: email.into(), cents: 500, version: auto() };
    let (mut ada, mut bob) = (new("ada@example.com"), new("bob@example.com"));
    ada.create().send(db).await?;
    bob.create().send(db).await?;
    Ok((ada, bob))
}

#[tokio::test]
async fn nothing_is_lost() -> Tested {
    let (db, _, _local) = library().await?;
    let (ada, bob) = accounts(&db).await?;

    let mut twin = Account { id: auto(), email: "ada@example.com".into(), cents: 0, version: auto() };
    let taken = twin.create().send(&db).await.unwrap_err();
    assert!(taken.is_unique_violation());

    let mut mine = Account::get(&ada).tracked().send(&db).await?.ok_or("no such account")?;
    let mut theirs = Account::get(&ada).tracked().send(&db).await?.ok_or("no such account")?;
    theirs.cents += 50;
    theirs.save().send(&db).await?;
    mine.cents += 10;
    let conflict = mine.save().send(&db).await.unwrap_err();
    assert!(conflict.is_version_conflict());
    assert_eq!(conflict.current::<Account>().transpose()?.map(|now| now.cents), Some(550)); // no second read

    let withdraw = Account::update(&ada).set(Account::CENTS, Account::CENTS - 200).condition(Account::CENTS.ge(200));
    let deposit = Account::update(&bob).add(Account::CENTS, 200);
    db.transact().add(withdraw).add(deposit).send().await?;

    let cents = Account::batch_get([&ada, &bob]).consistent().send(&db).await?;
    assert_eq!(cents.into_iter().flatten().map(|account| account.cents).collect::<Vec<_>>(), [350, 700]);
    Ok(())
}

#[tokio::test]
async fn unknown_outcome() -> Tested {
    let (db, _, _local) = library().await?;
    let (ada, _) = accounts(&db).await?;

    match Account::update(&ada).add(Account::CENTS, 100).send(&db).await {
        Err(error) if error.is_outcome_unknown() => println!("added once or not at all: read the account"),
        other => other?,
    }
    Account::update(&ada).add(Account::CENTS, 100).exactly_once().send(&db).await?; // a transaction with a token: safe to resend

    let now = Account::get(&ada).consistent().send(&db).await?;
    assert_eq!(now.map(|account| (account.cents, account.version)), Some((700, 3)));
    Ok(())
}

#[tokio::test]
async fn cost() -> Tested {
    let (db, _, _local) = library().await?;

    let in_1995 = Book::query(Book::key().publisher("Penguin Books").year(1995));
    println!("{}", in_1995.explain(&db)?); // operation, key condition without its values, filter, and what is billed

    let (db, meter) = db.metered();
    in_1995.all(&db).await?;
    println!("{} read units in {} requests", meter.total().read_units, meter.total().requests);

    assert_eq!(meter.total().requests, 1);
    assert!(meter.total().read_units > 0.0);
    Ok(())
}

/// What the blocks below the program have at hand, and the engine, which stops when it is dropped.
async fn library() -> Result<(Db, Book, Local), Box<dyn std::error::Error>> {
    let local = Local::memory().await?;
    let db = Db::builder(local.client()).clock(Seconds::default()).build();
    Book::create_table().send(&db).await?;
    let book = |year, isbn: &str, title: &str, author: &str, published: &str, pages| -> Result<_, chrono::ParseError> {
        Ok(Book {
            publisher: "Penguin Books".into(),
            year,
            isbn: isbn.into(),
            title: title.into(),
            author: author.into(),
            published: published.parse()?,
            pages,
            created: auto(),
            updated: auto(),
        })
    };
    let mut emma = book(1995, "9780140433876", "Emma", "Jane Austen", "1995-05-01", Some(460))?;
    emma.create().send(&db).await?;
    let others = [
        book(1995, "9780140620320", "Persuasion", "Jane Austen", "1995-06-01", Some(260))?,
        book(1999, "9780140282931", "The Body", "Stephen King", "1999-12-20", Some(310))?,
        book(2019, "9780241433751", "Sanditon", "Jane Austen", "2019-08-15", None)?,
    ];
    db.batch_write().put_all(others).send().await?;
    Ok((db, emma, local))
}

fn titles(books: &[Book]) -> Vec<&str> {
    books.iter().map(|book| book.title.as_str()).collect()
}

/// Goes on by a second with each write.
#[derive(Debug, Default)]
struct Seconds(AtomicU64);

impl Clock for Seconds {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// A file of the repository.
fn text(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this package is in a workspace");
    fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The fenced blocks of the README in a language, without indentation.
fn blocks(language: &str) -> Vec<Vec<String>> {
    let readme = text("README.md");
    let fence = format!("```{language}");
    let mut lines = readme.lines();
    let mut blocks = Vec::new();
    while lines.by_ref().any(|line| line == fence) {
        blocks.push(lines.by_ref().take_while(|line| *line != "```").map(|line| line.trim().to_owned()).collect());
    }
    assert!(!blocks.is_empty(), "the README has no block of {language}");
    blocks
}

/// Takes the lines up to the end of `block`, which must stand in them without a gap.
#[track_caller]
fn skip_past<'a>(lines: &'a [&'a str], block: &[String]) -> &'a [&'a str] {
    let found = lines.windows(block.len()).position(|window| window == block);
    let at = found.unwrap_or_else(|| panic!("not found, or not in this order:\n{}", block.join("\n")));
    &lines[at + block.len()..]
}

#[test]
fn every_block_of_rust_is_run_here() {
    let here = text("tests/readme.rs");
    let here: Vec<_> = here.lines().map(str::trim).collect();
    let mut rest = here.as_slice();
    for block in blocks("rust") {
        rest = skip_past(rest, &block);
    }
}

#[test]
fn the_output_is_the_example_s_own() {
    let printed = text("examples/library.txt");
    let printed: Vec<_> = printed.lines().map(str::trim).collect();
    let mut rest = printed.as_slice();
    for block in blocks("text") {
        for lines in block.split(|line| line == "...") {
            rest = skip_past(rest, lines);
        }
    }
}

#[test]
fn the_table_of_features_is_complete() {
    let manifest = text("dynorm/Cargo.toml");
    let features = manifest.lines().skip_while(|line| *line != "[features]").skip(1);
    let features = features.take_while(|line| !line.starts_with('['));
    let features = features.filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = "));
    let features: Vec<_> = features.map(|(name, _)| name).filter(|name| *name != "default").collect();
    let readme = text("README.md");
    let table = readme.lines().skip_while(|line| !line.starts_with("| feature |")).skip(2);
    let table = table.take_while(|line| line.starts_with('|'));
    let table: Vec<_> = table.filter_map(|line| line.split('`').nth(1)).collect();
    assert_eq!(table, features);
}

#[test]
fn the_links_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this package is in a workspace");
    for file in ["README.md", "examples/README.md"] {
        let text = text(file);
        let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link);
        for link in links.filter(|link| !link.starts_with("http")) {
            let folder = Path::new(file).parent().unwrap_or(Path::new(""));
            assert!(root.join(folder).join(link).exists(), "{file} links to {link}");
        }
    }
}
