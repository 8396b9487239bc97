//! The items that are read: a book, a mixed entity, four strings, sixty numbers.

use dynorm::{DynamoAttribute, DynamoModel, FullKey, Key};
use serde::Deserialize;

/// An item to be read in every way.
pub trait Shape: Sized {
    const NAME: &'static str;
    /// About what DynamoDB counts for it.
    const SIZE: usize;
    fn json(n: usize) -> String;
    fn some_key() -> Key<Self>;
}

#[derive(Debug, Deserialize, DynamoAttribute)]
pub struct Dimensions {
    width: u32,
    height: u32,
}

/// Eleven attributes with a nested map and a list.
#[derive(Debug, Deserialize, DynamoModel)]
#[dynorm(table = "table")]
pub struct Book {
    #[dynorm(partition_key)]
    publisher: String,
    #[dynorm(sort_key)]
    sk: String,
    year: u16,
    isbn: String,
    title: String,
    authors: Vec<String>,
    pages: Option<u32>,
    rating: f64,
    available: bool,
    dimensions: Dimensions,
    created: String,
}

impl Shape for Book {
    const NAME: &'static str = "book";
    const SIZE: usize = 460;

    fn json(n: usize) -> String {
        format!(
            r#"{{"publisher":{{"S":"Penguin Books"}},"sk":{{"S":"1995-{n:013}"}},"year":{{"N":"1995"}},"isbn":{{"S":"{n:013}"}},"title":{{"S":"The Memoirs of a Survivor, and other stories of the city"}},"authors":{{"L":[{{"S":"Doris Lessing"}},{{"S":"Jane Austen"}}]}},"pages":{{"N":"320"}},"rating":{{"N":"4.57"}},"available":{{"BOOL":true}},"dimensions":{{"M":{{"width":{{"N":"129"}},"height":{{"N":"198"}}}}}},"created":{{"S":"2024-05-01T12:00:00.000000000Z"}}}}"#
        )
    }

    fn some_key() -> Key<Self> {
        Book::key().publisher("Penguin Books").sk("1995").into_key()
    }
}

#[derive(Debug, Deserialize, DynamoAttribute)]
pub struct Part {
    name: String,
    count: u32,
}

/// The entity of the benchmark that EfficientDynamoDb publishes: S, N, BOOL, sets, a map and lists of maps.
#[derive(Debug, Deserialize, DynamoModel)]
#[dynorm(table = "table")]
pub struct Mixed {
    #[dynorm(partition_key)]
    pk: String,
    #[dynorm(sort_key)]
    sk: String,
    text: String,
    number: i64,
    flag: bool,
    tags: std::collections::BTreeSet<String>,
    numbers: std::collections::BTreeSet<i64>,
    part: Part,
    first: Vec<Part>,
    second: Vec<Part>,
    third: Vec<Part>,
}

impl Shape for Mixed {
    const NAME: &'static str = "mixed";
    const SIZE: usize = 240;

    fn json(n: usize) -> String {
        let part = r#"{"M":{"name":{"S":"part of it"},"count":{"N":"42"}}}"#;
        format!(
            r#"{{"pk":{{"S":"pk"}},"sk":{{"S":"sk_{n:04}"}},"text":{{"S":"some text"}},"number":{{"N":"{n}"}},"flag":{{"BOOL":true}},"tags":{{"SS":["tag"]}},"numbers":{{"NS":["1"]}},"part":{part},"first":{{"L":[{part}]}},"second":{{"L":[{part}]}},"third":{{"L":[{part}]}}}}"#
        )
    }

    fn some_key() -> Key<Self> {
        Mixed::key().pk("pk").sk("sk").into_key()
    }
}

/// Four strings.
#[derive(Debug, Deserialize, DynamoModel)]
#[dynorm(table = "table")]
pub struct Narrow {
    #[dynorm(partition_key)]
    pk: String,
    #[dynorm(sort_key)]
    sk: String,
    one: String,
    two: String,
}

impl Shape for Narrow {
    const NAME: &'static str = "narrow";
    const SIZE: usize = 60;

    fn json(n: usize) -> String {
        format!(r#"{{"pk":{{"S":"partition"}},"sk":{{"S":"{n:08}"}},"one":{{"S":"the first value"}},"two":{{"S":"the second value"}}}}"#)
    }

    fn some_key() -> Key<Self> {
        Narrow::key().pk("pk").sk("sk").into_key()
    }
}

macro_rules! wide {
    ($($number:ident)*) => {
        /// Sixty numbers.
        #[derive(Debug, Deserialize, DynamoModel)]
        #[dynorm(table = "table")]
        pub struct Wide {
            #[dynorm(partition_key)]
            pk: String,
            #[dynorm(sort_key)]
            sk: String,
            $($number: i64,)*
        }

        const NUMBERS: &[&str] = &[$(stringify!($number)),*];
    };
}
wide!(
    n00 n01 n02 n03 n04 n05 n06 n07 n08 n09 n10 n11 n12 n13 n14 n15 n16 n17 n18 n19
    n20 n21 n22 n23 n24 n25 n26 n27 n28 n29 n30 n31 n32 n33 n34 n35 n36 n37 n38 n39
    n40 n41 n42 n43 n44 n45 n46 n47 n48 n49 n50 n51 n52 n53 n54 n55 n56 n57 n58 n59
);

impl Shape for Wide {
    const NAME: &'static str = "wide";
    const SIZE: usize = 420;

    fn json(n: usize) -> String {
        let numbers: Vec<_> = NUMBERS.iter().enumerate().map(|(i, name)| format!(r#""{name}":{{"N":"{}"}}"#, n * 61 + i)).collect();
        format!(r#"{{"pk":{{"S":"pk"}},"sk":{{"S":"{n:08}"}},{}}}"#, numbers.join(","))
    }

    fn some_key() -> Key<Self> {
        Wide::key().pk("pk").sk("sk").into_key()
    }
}
