//! The file of books: each row becomes a valid [`Book`], or a line that says why not.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use csv::{ErrorKind, ReaderBuilder, StringRecord};
use dynorm::{DynamoModel, auto};
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

use crate::book::Book;

/// What a file holds. Every row is in `books` or in `rejected`.
pub(crate) struct Catalogue {
    pub(crate) file: String,
    pub(crate) rows: usize,
    pub(crate) books: Vec<Book>,
    pub(crate) rejected: Vec<Rejected>,
}

/// A row that is no book, and why.
pub(crate) struct Rejected {
    line: u64,
    why: Why,
}

/// The column, if it is one that is wrong, and the reason.
struct Why {
    column: Option<&'static str>,
    reason: String,
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rejected { line, why: Why { column, reason } } = self;
        match column {
            Some(column) => write!(f, "line {line}: {column}: {reason}"),
            None => write!(f, "line {line}: {reason}"),
        }
    }
}

impl Catalogue {
    /// Reads a file with the columns of the Goodreads-books collection.
    pub(crate) fn read(path: &Path) -> crate::Result<Self> {
        let explain = |error: csv::Error| format!("{}: {error}", path.display());
        // Rows of another length are reported, not an end. Fields are not quoted: a quotation mark belongs to a title.
        let mut reader = ReaderBuilder::new().flexible(true).quoting(false).from_path(path).map_err(explain)?;
        let columns = Columns::find(reader.headers().map_err(explain)?);
        let columns = columns.map_err(|name| format!("{}: the column `{name}` is missing", path.display()))?;

        let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let mut catalogue = Catalogue { file, rows: 0, books: Vec::new(), rejected: Vec::new() };
        let mut lines = HashMap::new();
        for record in reader.records() {
            let (line, book) = match record {
                Ok(record) => (record.position().map_or(0, csv::Position::line), columns.book(&record)),
                Err(error) => match error.kind() {
                    ErrorKind::Utf8 { pos: Some(position), .. } => {
                        (position.line(), Err(Why { column: None, reason: "is not UTF-8".into() }))
                    }
                    _ => return Err(explain(error).into()),
                },
            };
            catalogue.rows += 1;
            // A batch replaces what is under a key, so a second row with it would take the place of the first.
            let unique = book.and_then(|book| match lines.insert(book.to_key(), line) {
                None => Ok(book),
                Some(first) => {
                    lines.insert(book.to_key(), first);
                    Err(Why { column: None, reason: format!("has the key of line {first}") })
                }
            });
            match unique {
                Ok(book) => catalogue.books.push(book),
                Err(why) => catalogue.rejected.push(Rejected { line, why }),
            }
        }
        Ok(catalogue)
    }
}

/// Where each column is.
struct Columns {
    count: usize,
    title: Column,
    authors: Column,
    rating: Column,
    isbn13: Column,
    language: Column,
    pages: Column,
    ratings: Column,
    published: Column,
    publisher: Column,
}

#[derive(Clone, Copy)]
struct Column {
    name: &'static str,
    at: usize,
}

impl Columns {
    /// Finds the columns by their names, or tells the one that is missing.
    fn find(headers: &StringRecord) -> Result<Self, &'static str> {
        // The header of the pages has spaces in front.
        let column = |name| match headers.iter().position(|header| header.trim() == name) {
            Some(at) => Ok(Column { name, at }),
            None => Err(name),
        };
        Ok(Columns {
            count: headers.len(),
            title: column("title")?,
            authors: column("authors")?,
            rating: column("average_rating")?,
            isbn13: column("isbn13")?,
            language: column("language_code")?,
            pages: column("num_pages")?,
            ratings: column("ratings_count")?,
            published: column("publication_date")?,
            publisher: column("publisher")?,
        })
    }

    fn book(&self, row: &StringRecord) -> Result<Book, Why> {
        if row.len() != self.count {
            return Err(Why { column: None, reason: format!("{} fields instead of {}", row.len(), self.count) });
        }
        let published = self.published.date(row)?;
        let authors: Vec<String> = self.authors.text(row).split('/').map(|name| name.trim().to_owned()).collect();
        let book = Book {
            publisher: self.publisher.text(row).to_owned(),
            year: u16::try_from(published.year()).map_err(|_| self.published.wrong("the year is out of range"))?,
            isbn: self.isbn13.text(row).to_owned(),
            title: self.title.text(row).to_owned(),
            author: authors.first().cloned().unwrap_or_default(),
            authors,
            published,
            language: self.language.text(row).to_owned(),
            // The collection writes 0 where it does not know.
            pages: Some(self.pages.number(row)?).filter(|pages| *pages > 0),
            rating: self.rating.number(row)?,
            ratings: self.ratings.number(row)?,
            created: auto(),
            updated: auto(),
        };
        self.check(book)
    }

    /// One book that cannot be stored would be the error of the whole batch, so the rules run here for each.
    fn check(&self, book: Book) -> Result<Book, Why> {
        if let Err(errors) = book.validate() {
            return Err(self.broken_rule(&errors));
        }
        match book.to_key().error() {
            Some(error) => Err(Why { column: None, reason: error.to_string() }),
            None => Ok(book),
        }
    }

    fn broken_rule(&self, errors: &ValidationErrors) -> Why {
        let fields = [
            ("title", self.title),
            ("isbn", self.isbn13),
            ("author", self.authors),
            ("rating", self.rating),
            ("publisher", self.publisher),
        ];
        for (field, column) in fields {
            if let Some(ValidationErrorsKind::Field(rules)) = errors.errors().get(field) {
                let reason = rules.iter().map(|rule| rule.message.as_deref().unwrap_or(&rule.code));
                return column.wrong(reason.collect::<Vec<_>>().join(", "));
            }
        }
        Why { column: None, reason: errors.to_string() }
    }
}

impl Column {
    fn text(self, row: &StringRecord) -> &str {
        row.get(self.at).unwrap_or_default().trim()
    }

    fn number<N: FromStr>(self, row: &StringRecord) -> Result<N, Why> {
        let text = self.text(row);
        text.parse().map_err(|_| self.wrong(format!("`{text}` is no number that fits")))
    }

    fn date(self, row: &StringRecord) -> Result<NaiveDate, Why> {
        let text = self.text(row);
        NaiveDate::parse_from_str(text, "%m/%d/%Y").map_err(|_| self.wrong(format!("there is no day `{text}`")))
    }

    fn wrong(self, reason: impl Into<String>) -> Why {
        Why { column: Some(self.name), reason: reason.into() }
    }
}
