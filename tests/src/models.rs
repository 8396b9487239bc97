//! The models that several tests use, and a clock and ids that they set.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use aws_sdk_dynamodb::Client;
use chrono::{DateTime, NaiveDate, Utc};
use dynorm::{Clock, Db, DynamoModel, IdSource, auto};
use uuid::Uuid;
use validator::Validate;

use crate::{Context, Result};

/// A book of a library: the model of the documentation.
#[derive(Debug, Clone, PartialEq, DynamoModel, Validate)]
#[dynorm(table = "library", sort_key = "{year:04}-{isbn}")]
#[dynorm(index(ByAuthor, name = "by-author", partition_key = author, sort_key = published))]
pub struct Book {
    /// Who published it.
    #[dynorm(partition_key)]
    pub publisher: String,
    /// The year of publication.
    pub year: u16,
    /// Its ISBN-13.
    #[validate(length(equal = 13))]
    pub isbn: String,
    /// Its title.
    #[validate(length(min = 1))]
    pub title: String,
    /// Who wrote it.
    pub author: String,
    /// The day of publication.
    pub published: NaiveDate,
    /// How many pages it has, where that is known.
    #[validate(range(min = 1))]
    pub pages: Option<u32>,
    /// When the item was created.
    #[dynorm(created)]
    pub created: DateTime<Utc>,
    /// When the item was last written.
    #[dynorm(updated)]
    pub updated: DateTime<Utc>,
}

impl Book {
    /// A book with these key parts, and something in every other field.
    pub fn new(publisher: &str, year: u16, isbn: &str) -> Self {
        Book {
            publisher: publisher.into(),
            year,
            isbn: isbn.into(),
            title: format!("Title of {isbn}"),
            author: "Jane Austen".into(),
            published: NaiveDate::from_ymd_opt(i32::from(year), 5, 1).unwrap_or_default(),
            pages: Some(320),
            created: auto(),
            updated: auto(),
        }
    }
}

/// The `n`th of any number of ISBNs.
#[must_use]
pub fn isbn(n: usize) -> String {
    format!("978{n:010}")
}

/// A model with an id of its own, and no sort key.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "notes")]
pub struct Note {
    /// Its id, generated.
    #[dynorm(partition_key, auto)]
    pub id: Uuid,
    /// What it says.
    pub text: String,
}

/// A model with a version.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "accounts", sort_key = "ACCOUNT#{number:04}")]
pub struct Account {
    /// Whose it is.
    #[dynorm(partition_key)]
    pub owner: String,
    /// Which of theirs.
    pub number: u16,
    /// What is in it.
    pub cents: i64,
    /// When it was opened.
    #[dynorm(created)]
    pub opened: DateTime<Utc>,
    /// When it was last written.
    #[dynorm(updated)]
    pub updated: DateTime<Utc>,
    /// How often it was written.
    #[dynorm(version)]
    pub version: u64,
}

impl Account {
    /// An account that is not stored yet.
    #[must_use]
    pub fn new(owner: &str, cents: i64) -> Self {
        Account { owner: owner.into(), number: 1, cents, opened: auto(), updated: auto(), version: auto() }
    }
}

/// A model whose items say which call wrote them last.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "parcels", sort_key = "PARCEL#{number:03}", write_id)]
pub struct Parcel {
    /// Who sends it.
    #[dynorm(partition_key)]
    pub sender: String,
    /// Which of theirs.
    pub number: u16,
    /// Where it is.
    pub place: String,
    /// How often it was written.
    #[dynorm(version)]
    pub version: u64,
    /// Everything else that is stored.
    #[dynorm(flatten)]
    pub labels: BTreeMap<String, String>,
}

impl Parcel {
    /// A parcel that is not stored yet.
    #[must_use]
    pub fn new(sender: &str, number: u16) -> Self {
        Parcel { sender: sender.into(), number, place: "Rome".into(), version: auto(), labels: BTreeMap::new() }
    }
}

/// A film: a model that shares its table, with indexes that hold some of its attributes.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "films", entity = "film", sort_key = "FILM#{year:04}#{id}")]
#[dynorm(index(ByDirector, name = "by-director", partition_key = director, sort_key = year, project(include(title, stars))))]
#[dynorm(index(ByTitle, name = "by-title", local, sort_key = title, project(keys_only)))]
pub struct Film {
    /// Who made it.
    #[dynorm(partition_key)]
    pub studio: String,
    /// When it was first shown.
    pub year: u16,
    /// Tells it from the other films of that year.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who directed it.
    pub director: String,
    /// How good it is.
    #[dynorm(rename = "rating", default = 3)]
    pub stars: u8,
    /// What kind of film it is.
    #[dynorm(with = set)]
    pub genres: Vec<String>,
    /// What it is about, which older items call `plot`.
    #[dynorm(alias = "plot")]
    pub summary: Option<String>,
}

impl Film {
    /// A film with this id and title, and something in every other field.
    #[must_use]
    pub fn new(year: u16, id: &str, title: &str) -> Self {
        Film {
            studio: "Rialto".into(),
            year,
            id: id.into(),
            title: title.into(),
            director: "Agnes".into(),
            stars: 5,
            genres: vec!["drama".into()],
            summary: Some(format!("About {title}")),
        }
    }
}

/// A model whose items expire: an hour after they are first stored, unless another time is given.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "sessions", sort_key = "SESSION#{number:04}")]
#[dynorm(index(ByDevice, name = "by-device", partition_key = device, project(keys_only)))]
#[dynorm(index(ByUser, name = "by-user", partition_key = user))]
pub struct Session {
    /// Which tenant it belongs to.
    #[dynorm(partition_key)]
    pub tenant: String,
    /// Which of theirs.
    pub number: u16,
    /// On which device.
    pub device: String,
    /// Of which user.
    pub user: String,
    /// How often it was used.
    pub uses: Option<u32>,
    /// When it expires.
    #[dynorm(ttl = Duration::from_secs(3600))]
    pub expires: DateTime<Utc>,
}

impl Session {
    /// A session that is not stored yet.
    #[must_use]
    pub fn new(number: u16) -> Self {
        let (tenant, device, user) = ("acme".into(), "phone".into(), "ann".into());
        Session { tenant, number, device, user, uses: None, expires: auto() }
    }
}

/// A clock that stands still until it is set.
#[derive(Debug, Clone, Default)]
pub struct TestClock(Arc<AtomicU64>);

impl TestClock {
    /// A clock that shows this many seconds after the epoch.
    #[must_use]
    pub fn at(seconds: u64) -> Self {
        TestClock(Arc::new(AtomicU64::new(seconds)))
    }

    /// Moves the clock.
    pub fn set(&self, seconds: u64) {
        self.0.store(seconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.0.load(Ordering::SeqCst))
    }
}

/// The time that [`TestClock`] shows, as the models have it.
#[must_use]
pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}

/// Ids that count up.
#[derive(Debug, Default)]
pub struct CountingIds(AtomicU64);

impl IdSource for CountingIds {
    fn uuid_v4(&self) -> Uuid {
        Uuid::from_u64_pair(0, self.0.fetch_add(1, Ordering::SeqCst) + 1)
    }

    fn uuid_v7(&self, _: SystemTime) -> Uuid {
        self.uuid_v4()
    }
}

/// A handle over a client whose tables have this prefix, and whose clock stands at 1,000 seconds.
#[must_use]
pub fn db(client: Client, prefix: &str) -> (Db, TestClock) {
    let clock = TestClock::at(1_000);
    let db = Db::builder(client).table_prefix(prefix).clock(clock.clone()).ids(CountingIds::default()).build();
    (db, clock)
}

impl Context {
    /// A handle on the engine for this test's tables; its clock stands at 1,000 seconds.
    #[must_use]
    pub fn clocked_db(&self) -> (Db, TestClock) {
        db(self.client(), self.prefix())
    }

    /// The same, with the table of [`Book`].
    ///
    /// # Errors
    /// If the table cannot be created.
    pub async fn library(&self) -> Result<(Db, TestClock)> {
        let (db, clock) = self.clocked_db();
        Book::create_table().send(&db).await?;
        Ok((db, clock))
    }
}
