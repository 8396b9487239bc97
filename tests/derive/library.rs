//! The book library: the model that the documentation shows.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use dynorm::key::{FullKey, KeyValue};
use dynorm::schema::AttributeRole;
use dynorm::{DynamoModel, Index, Key, auto};
use validator::Validate;

/// A book.
#[derive(Debug, Clone, PartialEq, DynamoModel, Validate)]
#[dynorm(table = "library", sort_key = "{year:04}-{isbn}")]
#[dynorm(index(ByAuthor, name = "by-author", partition_key = author, sort_key = published))]
pub struct Book {
    #[dynorm(partition_key)]
    publisher: String,
    year: u16,
    #[validate(length(equal = 13))]
    isbn: String,
    #[validate(length(min = 1))]
    title: String,
    author: String,
    published: NaiveDate,
    pages: Option<u32>,
    #[dynorm(created)]
    created: DateTime<Utc>,
    #[dynorm(updated)]
    updated: DateTime<Utc>,
}

fn book() -> Book {
    Book {
        publisher: "Penguin Books".into(),
        year: 1995,
        isbn: "9780140620320".into(),
        title: "Emma".into(),
        author: "Jane Austen".into(),
        published: NaiveDate::default().with_year(1995).unwrap_or_default(),
        pages: None,
        created: auto(),
        updated: auto(),
    }
}

#[test]
fn a_model_and_its_builder_make_the_same_key() {
    let built = Book::key().publisher("Penguin Books").year(1995).isbn("9780140620320");
    let built: Key<Book> = built.into_key();
    assert_eq!(built.error(), None);
    assert_eq!(built, book().to_key());
    let text = |text: &str| KeyValue::S(text.into());
    let expected = [("publisher", text("Penguin Books")), ("sk", text("1995-9780140620320"))];
    assert_eq!(built.values().ok(), Some(&expected[..]));
}

#[test]
fn the_schema_says_what_was_declared() {
    let schema = Book::SCHEMA;
    assert_eq!((schema.model, schema.table), ("Book", "library"));
    assert_eq!(schema.key.sort[0].name, "sk");
    assert_eq!(schema.indexes[0].name, "by-author");
    assert_eq!(schema.indexes[0].key.sort[0].name, "published");
    let created = schema.attributes.iter().find(|attribute| attribute.name == "created");
    assert!(created.is_some_and(|attribute| attribute.role == AttributeRole::Created));
    assert_eq!(ByAuthor::SCHEMA.name, "by-author");
}
