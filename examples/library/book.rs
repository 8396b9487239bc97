//! The model: a book as its publisher brought it out.

use chrono::{DateTime, NaiveDate, Utc};
use dynorm::{DynamoModel, DynamoProjection};
use validator::{Validate, ValidationError};

/// A book of the library. Its sort key is stored as `1995-9780140433876`, so that one query finds a publisher's year.
#[derive(Debug, Clone, DynamoModel, Validate)]
#[dynorm(table = "library", sort_key = "{year:04}-{isbn}")]
#[dynorm(index(ByAuthor, name = "by-author", partition_key = author, sort_key = published))]
pub(crate) struct Book {
    #[dynorm(partition_key)]
    #[validate(length(min = 1, message = "is missing"))]
    pub(crate) publisher: String,
    pub(crate) year: u16,
    #[validate(custom(function = isbn13))]
    pub(crate) isbn: String,
    #[validate(length(min = 1, message = "is missing"))]
    pub(crate) title: String,
    /// The first of `authors`, by which the index finds the book.
    #[validate(length(min = 1, message = "is missing"))]
    pub(crate) author: String,
    pub(crate) authors: Vec<String>,
    pub(crate) published: NaiveDate,
    pub(crate) language: String,
    pub(crate) pages: Option<u32>,
    #[validate(custom(function = stars))]
    pub(crate) rating: f64,
    pub(crate) ratings: u32,
    #[dynorm(created)]
    pub(crate) created: DateTime<Utc>,
    #[dynorm(updated)]
    pub(crate) updated: DateTime<Utc>,
}

/// What a list of books shows of each: read from the table or the index without the rest.
#[derive(Debug, DynamoProjection)]
#[dynorm(of = Book, index = ByAuthor)]
pub(crate) struct Title {
    pub(crate) title: String,
    pub(crate) pages: Option<u32>,
}

/// A rule of our own, by which NaN is no rating either.
fn stars(rating: f64) -> Result<(), ValidationError> {
    match (0.0..=5.0).contains(&rating) {
        true => Ok(()),
        false => Err(ValidationError::new("stars").with_message("is not between 0 and 5".into())),
    }
}

/// Another: 13 digits, of which the last makes the sum of the others, weighed 1 and 3 in turn, a multiple of 10.
fn isbn13(isbn: &str) -> Result<(), ValidationError> {
    let digits: Option<Vec<u32>> = isbn.chars().map(|digit| digit.to_digit(10)).collect();
    let reason = match digits {
        Some(digits) if digits.len() == 13 => {
            let sum: u32 = digits.iter().zip([1, 3].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum();
            if sum.is_multiple_of(10) {
                return Ok(());
            }
            "the check digit is wrong"
        }
        _ => "is not 13 digits",
    };
    Err(ValidationError::new("isbn13").with_message(reason.into()))
}
