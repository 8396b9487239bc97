// What the examples of the documentation share: the model of a library, and an embedded engine with one book in it.

#[allow(unused_imports)]
use dynorm::{Db, DynamoModel, Error, Result, auto, begins_with};

/// A book of a library.
#[allow(dead_code)]
#[derive(Debug, Clone, PartialEq, DynamoModel, validator::Validate)]
#[dynorm(table = "library", sort_key = "{year:04}-{isbn}")]
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
    published: chrono::NaiveDate,
    pages: Option<u32>,
    #[dynorm(created)]
    created: chrono::DateTime<chrono::Utc>,
    #[dynorm(updated)]
    updated: chrono::DateTime<chrono::Utc>,
}

#[allow(dead_code)]
fn persuasion() -> Book {
    Book {
        publisher: "Penguin Books".into(),
        year: 1995,
        isbn: "9780140620320".into(),
        title: "Persuasion".into(),
        author: "Jane Austen".into(),
        published: chrono::NaiveDate::from_ymd_opt(1995, 6, 1).unwrap_or_default(),
        pages: Some(260),
        created: auto(),
        updated: auto(),
    }
}

/// Runs an example on a library that holds one book. It is part of documentation tests only, where a panic is a failed test.
fn run(example: impl AsyncFnOnce(Db) -> Result<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let local = dynorm_local::Local::memory().await.expect("an engine");
        let db = local.db();
        Book::create_table().send(&db).await.expect("a table");
        persuasion().create().send(&db).await.expect("a book");
        example(db).await.expect("the example");
    });
}
