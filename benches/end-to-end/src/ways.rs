//! Loading and scanning, in each way.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use dynorm::{Db, DynamoModel};
use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt};

use crate::books::{Book, Map, Sum, books};
use crate::work::{Way, Work};

/// What BatchWriteItem takes.
const BATCH: usize = 25;
/// The requests of a load that are under way together: dynorm's default.
const TOGETHER: usize = 4;

/// Does the work, and tells what was written or read.
pub async fn run(way: Way, work: Work, client: &Client, items: usize) -> Sum {
    let db = Db::builder(client.clone()).table_prefix(way.prefix()).build();
    let table = db.table_name::<Book>();
    match (work, way) {
        (Work::Load, Way::Sdk) => load(client, &table, items, Book::into_map).await,
        (Work::Load, Way::Serde) => load(client, &table, items, serde_map).await,
        (Work::Load, Way::Dynorm) => {
            let mut sum = Sum::default();
            let books = books(items).inspect(|book| sum.add(&book.isbn));
            let written = db.batch_write().put_all(books).send().await.expect("all are written");
            assert_eq!(written.operations, items);
            sum
        }
        (Work::Scan(segments), Way::Sdk) => {
            scan(client, &table, segments, |page, sum| {
                for item in &page {
                    sum.add(item["isbn"].as_s().expect("a string"));
                }
            })
            .await
        }
        (Work::Scan(segments), Way::Serde) => {
            scan(client, &table, segments, |page, sum| {
                let books: Vec<Book> = serde_dynamo::from_items(page).expect("books");
                books.iter().for_each(|book| sum.add(&book.isbn));
            })
            .await
        }
        (Work::Scan(segments), Way::Dynorm) => {
            let mut books = Book::scan().segments(segments).stream(&db);
            let mut sum = Sum::default();
            while let Some(book) = books.try_next().await.expect("a page") {
                sum.add(&book.isbn);
            }
            sum
        }
    }
}

/// The key template is the caller's to write.
fn serde_map(book: Book) -> Map {
    let sk = book.sk();
    let mut map: Map = serde_dynamo::to_item(book).expect("a map");
    map.insert("sk".to_owned(), AttributeValue::S(sk));
    map
}

async fn load(client: &Client, table: &str, items: usize, map: impl Fn(Book) -> Map) -> Sum {
    let mut sum = Sum::default();
    let mut books = books(items).inspect(|book| sum.add(&book.isbn)).peekable();
    let batches = std::iter::from_fn(|| {
        books.peek()?;
        Some(books.by_ref().take(BATCH).map(|book| put(map(book))).collect::<Vec<_>>())
    });
    let writes = batches.map(|batch| write(client, table, batch));
    stream::iter(writes).buffer_unordered(TOGETHER).collect::<()>().await;
    sum
}

fn put(item: Map) -> WriteRequest {
    let put = PutRequest::builder().set_item(Some(item)).build().expect("an item");
    WriteRequest::builder().put_request(put).build()
}

/// Sends a batch, and what was left of it again.
async fn write(client: &Client, table: &str, batch: Vec<WriteRequest>) {
    let mut left = Some(batch);
    while let Some(batch) = left {
        let output = client.batch_write_item().request_items(table, batch).send().await.expect("an answer");
        left = output.unprocessed_items.and_then(|mut items| items.remove(table));
    }
}

/// Reads the pages of all segments, as they come.
async fn scan(client: &Client, table: &str, segments: u32, read: impl Fn(Vec<Map>, &mut Sum)) -> Sum {
    let read = &read;
    let segments = (0..segments).map(async |segment| {
        let scan = client.scan().table_name(table);
        let scan = match segments {
            1 => scan,
            _ => scan.segment(segment as i32).total_segments(segments as i32),
        };
        let mut pages = scan.into_paginator().send();
        let mut sum = Sum::default();
        while let Some(page) = pages.next().await {
            read(page.expect("a page").items.unwrap_or_default(), &mut sum);
        }
        sum
    });
    join_all(segments).await.into_iter().fold(Sum::default(), Sum::and)
}
