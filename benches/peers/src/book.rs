//! The book that every library reads, and the values that it has to find.

/// Eleven attributes with a nested map and a list, as `Book` of `benches/decode` has them.
#[derive(Debug, Clone, PartialEq)]
pub struct Book {
    pub publisher: String,
    pub sk: String,
    pub year: u16,
    pub isbn: String,
    pub title: String,
    pub authors: Vec<String>,
    pub pages: Option<u32>,
    pub rating: f64,
    pub available: bool,
    /// Width and height.
    pub dimensions: (u32, u32),
    pub created: String,
}

/// What the request asks for, and what the books of the page have in their partition key.
pub const PUBLISHER: &str = "Penguin Books";

impl Book {
    pub const ATTRIBUTES: usize = 11;

    /// The book in this place of a page.
    pub fn nth(n: usize) -> Self {
        Self {
            publisher: PUBLISHER.into(),
            sk: format!("1995-{n:013}"),
            year: 1995,
            isbn: format!("{n:013}"),
            title: "The Memoirs of a Survivor, and other stories of the city".into(),
            authors: vec!["Doris Lessing".into(), "Jane Austen".into()],
            pages: Some(320),
            rating: 4.57,
            available: true,
            dimensions: (129, 198),
            created: "2024-05-01T12:00:00.000000000Z".into(),
        }
    }
}

/// A [`Book`] of what a library's struct holds: the fields of that name, or other values for some; the rest from another book.
#[macro_export]
macro_rules! book {
    ($item:ident) => {
        $crate::book!($item {
            publisher, sk, year, isbn, title, authors, pages, rating, available,
            dimensions: ($item.dimensions.width, $item.dimensions.height), created
        })
    };
    ($item:ident { $($field:ident $(: $value:expr)?),* $(, ..$other:expr)? }) => {
        $crate::book::Book { $($field: $crate::book!(@ $item $field $($value)?),)* $(..$other)? }
    };
    (@ $item:ident $field:ident) => { $item.$field };
    (@ $item:ident $field:ident $value:expr) => { $value };
}
