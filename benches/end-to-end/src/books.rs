//! The items: the books of the examples, repeated under other ISBNs until there are enough.

use std::collections::HashMap;
use std::sync::OnceLock;

use aws_sdk_dynamodb::types::AttributeValue::{self, L, N, S};
use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Utc};
use dynorm::DynamoModel;
use serde::{Deserialize, Serialize};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/data/goodreads-books.csv");

/// The book of the example `library`, without its index: an index would be the engine's work only.
#[derive(Debug, Clone, Deserialize, Serialize, DynamoModel)]
#[dynorm(table = "library", sort_key = "{year:04}-{isbn}")]
pub struct Book {
    #[dynorm(partition_key)]
    pub publisher: String,
    year: u16,
    pub isbn: String,
    title: String,
    author: String,
    authors: Vec<String>,
    published: NaiveDate,
    language: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pages: Option<u32>,
    rating: f64,
    ratings: u32,
    #[dynorm(created)]
    created: DateTime<Utc>,
    #[dynorm(updated)]
    updated: DateTime<Utc>,
}

/// An item as the SDK has it.
pub type Map = HashMap<String, AttributeValue>;

/// So many books, no two of which have one key.
pub fn books(items: usize) -> impl Iterator<Item = Book> {
    let rows = rows();
    (0..items).map(move |n| {
        let mut book = rows[n % rows.len()].clone();
        // Those of the file begin with 978.
        match n / rows.len() {
            0 => {}
            copy => book.isbn.replace_range(..3, &format!("{copy:03}")),
        }
        book
    })
}

/// The rows that are books with an ISBN of their own. The file is read once.
pub fn rows() -> &'static [Book] {
    static ROWS: OnceLock<Vec<Book>> = OnceLock::new();
    ROWS.get_or_init(read)
}

fn read() -> Vec<Book> {
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).quoting(false).from_path(FILE).expect("the file of books");
    let records = reader.records().map(|record| record.expect("a row"));
    let books = records.filter(|record| record.len() == 12).filter_map(|record| book(&record));
    books.filter(|book| book.isbn.starts_with("978")).collect()
}

/// `None` where the day never was.
fn book(row: &csv::StringRecord) -> Option<Book> {
    let text = |column: usize| row[column].trim().to_owned();
    let published = NaiveDate::parse_from_str(row[10].trim(), "%m/%d/%Y").ok()?;
    let authors: Vec<String> = row[2].split('/').map(|name| name.trim().to_owned()).collect();
    let now = Utc::now();
    Some(Book {
        publisher: text(11),
        year: u16::try_from(published.year()).ok()?,
        isbn: text(5),
        title: text(1),
        author: authors[0].clone(),
        authors,
        published,
        language: text(6),
        pages: text(7).parse().ok().filter(|pages| *pages > 0),
        rating: text(3).parse().ok()?,
        ratings: text(8).parse().ok()?,
        created: now,
        updated: now,
    })
}

impl Book {
    /// The sort key, for those who write it themselves.
    pub fn sk(&self) -> String {
        format!("{:04}-{}", self.year, self.isbn)
    }

    /// The item, as it is written by hand for the bare SDK.
    pub fn into_map(self) -> Map {
        let time = |time: DateTime<Utc>| S(time.to_rfc3339_opts(SecondsFormat::Nanos, true));
        let sk = self.sk();
        let mut map = Map::with_capacity(14);
        map.insert("publisher".to_owned(), S(self.publisher));
        map.insert("sk".to_owned(), S(sk));
        map.insert("year".to_owned(), N(self.year.to_string()));
        map.insert("isbn".to_owned(), S(self.isbn));
        map.insert("title".to_owned(), S(self.title));
        map.insert("author".to_owned(), S(self.author));
        map.insert("authors".to_owned(), L(self.authors.into_iter().map(S).collect()));
        map.insert("published".to_owned(), S(self.published.to_string()));
        map.insert("language".to_owned(), S(self.language));
        if let Some(pages) = self.pages {
            map.insert("pages".to_owned(), N(pages.to_string()));
        }
        map.insert("rating".to_owned(), N(self.rating.to_string()));
        map.insert("ratings".to_owned(), N(self.ratings.to_string()));
        map.insert("created".to_owned(), time(self.created));
        map.insert("updated".to_owned(), time(self.updated));
        map
    }
}

/// What was read or written: it must be all of it, in whatever order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Sum {
    pub items: u64,
    /// The ISBNs, added up.
    isbns: u64,
}

impl Sum {
    pub fn add(&mut self, isbn: &str) {
        self.items += 1;
        self.isbns += isbn.parse::<u64>().expect("an ISBN");
    }

    pub fn of(items: usize) -> Self {
        let mut sum = Sum::default();
        books(items).for_each(|book| sum.add(&book.isbn));
        sum
    }

    pub fn and(self, other: Sum) -> Self {
        Sum { items: self.items + other.items, isbns: self.isbns + other.isbns }
    }
}
