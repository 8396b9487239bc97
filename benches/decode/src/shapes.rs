//! The items that are read and written.

use dynorm::{DynamoAttribute, DynamoModel, FullKey, Key};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// An item to be read in every way.
pub trait Shape: Sized {
    const NAME: &'static str;
    /// About what DynamoDB counts for it.
    const SIZE: usize;
    fn json(n: usize) -> String;
    fn some_key() -> Key<Self>;

    /// The item that `json` is of.
    fn item(n: usize) -> Self
    where
        Self: DeserializeOwned,
    {
        let item = dynorm::codec::item_from_json(Self::json(n).as_bytes()).expect("an item");
        serde_dynamo::from_item(item).expect("an item of this shape")
    }
}

/// How many items make one page of 1 MB, as DynamoDB counts: names and values.
pub fn full_page<M: Shape>() -> usize {
    (1 << 20) / M::SIZE
}

/// The body of a `Query` answer with so many items.
pub fn page<M: Shape>(items: usize) -> String {
    let all: Vec<String> = (0..items).map(M::json).collect();
    format!("{{\"Count\":{items},\"Items\":[{}],\"ScannedCount\":{items}}}", all.join(","))
}

#[derive(Debug, Clone, Deserialize, Serialize, DynamoAttribute)]
pub struct Dimensions {
    width: u32,
    height: u32,
}

/// Eleven attributes with a nested map and a list.
#[derive(Debug, Clone, Deserialize, Serialize, DynamoModel)]
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

#[derive(Debug, Clone, Deserialize, Serialize, DynamoAttribute)]
pub struct Part {
    name: String,
    count: u32,
}

/// The entity of the benchmark that EfficientDynamoDb publishes: S, N, BOOL, sets, a map and lists of maps.
#[derive(Debug, Clone, Deserialize, Serialize, DynamoModel)]
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

/// A book whose sort key and index key are made of its fields, and compared with them on every read.
#[derive(Debug, Clone, Deserialize, Serialize, DynamoModel)]
#[dynorm(table = "table", sort_key = "{year:04}-{isbn}")]
#[dynorm(index(ByAuthor, name = "by-author", partition_key = author, sort_key(name = "author_sk", template = "{year:04}-{title}")))]
pub struct Keyed {
    #[dynorm(partition_key)]
    publisher: String,
    year: u16,
    isbn: String,
    title: String,
    author: String,
    pages: Option<u32>,
}

impl Shape for Keyed {
    const NAME: &'static str = "keyed";
    const SIZE: usize = 200;

    fn json(n: usize) -> String {
        format!(
            r#"{{"publisher":{{"S":"Penguin Books"}},"sk":{{"S":"1995-{n:013}"}},"year":{{"N":"1995"}},"isbn":{{"S":"{n:013}"}},"title":{{"S":"The Memoirs of a Survivor"}},"author":{{"S":"Doris Lessing"}},"author_sk":{{"S":"1995-The Memoirs of a Survivor"}},"pages":{{"N":"320"}}}}"#
        )
    }

    fn some_key() -> Key<Self> {
        Keyed::key().publisher("Penguin Books").year(1995).isbn("9780140620320").into_key()
    }
}

/// 4 KB, nearly all of it one text.
#[derive(Debug, Clone, Deserialize, Serialize, DynamoModel)]
#[dynorm(table = "table")]
pub struct Text {
    #[dynorm(partition_key)]
    pk: String,
    #[dynorm(sort_key)]
    sk: String,
    words: u32,
    text: String,
}

impl Shape for Text {
    const NAME: &'static str = "text";
    const SIZE: usize = 4096;

    fn json(n: usize) -> String {
        let text = "The Memoirs of a Survivor, and other stories of the city. ".repeat(69);
        format!(r#"{{"pk":{{"S":"partition"}},"sk":{{"S":"{n:08}"}},"words":{{"N":"690"}},"text":{{"S":"{text}"}}}}"#)
    }

    fn some_key() -> Key<Self> {
        Text::key().pk("pk").sk("sk").into_key()
    }
}

#[derive(Debug, Clone, Deserialize, Serialize, DynamoAttribute)]
pub struct Line {
    product: String,
    quantity: u32,
    cents: u64,
    gift: bool,
    note: Option<String>,
}

/// 4 KB in fifty maps of four attributes.
#[derive(Debug, Clone, Deserialize, Serialize, DynamoModel)]
#[dynorm(table = "table")]
pub struct Order {
    #[dynorm(partition_key)]
    pk: String,
    #[dynorm(sort_key)]
    sk: String,
    customer: String,
    total: u64,
    lines: Vec<Line>,
}

impl Shape for Order {
    const NAME: &'static str = "order";
    const SIZE: usize = 4096;

    fn json(n: usize) -> String {
        let line = |i| {
            format!(
                r#"{{"M":{{"product":{{"S":"a product, number {i:06}"}},"quantity":{{"N":"{}"}},"cents":{{"N":"{}"}},"gift":{{"BOOL":false}}}}}}"#,
                i % 7 + 1,
                i * 199 + 99
            )
        };
        let lines: Vec<_> = (0..50).map(line).collect();
        format!(
            r#"{{"pk":{{"S":"partition"}},"sk":{{"S":"{n:08}"}},"customer":{{"S":"a customer"}},"total":{{"N":"123456"}},"lines":{{"L":[{}]}}}}"#,
            lines.join(",")
        )
    }

    fn some_key() -> Key<Self> {
        Order::key().pk("pk").sk("sk").into_key()
    }
}

/// Four strings.
#[derive(Debug, Clone, Deserialize, Serialize, DynamoModel)]
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
        format!(
            r#"{{"pk":{{"S":"partition"}},"sk":{{"S":"{n:08}"}},"one":{{"S":"the first value"}},"two":{{"S":"the second value"}}}}"#
        )
    }

    fn some_key() -> Key<Self> {
        Narrow::key().pk("pk").sk("sk").into_key()
    }
}

macro_rules! wide {
    ($($number:ident)*) => {
        /// Sixty numbers.
        #[derive(Debug, Clone, Deserialize, Serialize, DynamoModel)]
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
        let numbers: Vec<_> =
            NUMBERS.iter().enumerate().map(|(i, name)| format!(r#""{name}":{{"N":"{}"}}"#, n * 61 + i)).collect();
        format!(r#"{{"pk":{{"S":"pk"}},"sk":{{"S":"{n:08}"}},{}}}"#, numbers.join(","))
    }

    fn some_key() -> Key<Self> {
        Wide::key().pk("pk").sk("sk").into_key()
    }
}
