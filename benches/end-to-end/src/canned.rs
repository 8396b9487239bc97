//! A server that knows its answers beforehand, so that they cost next to nothing: what a scan then takes is the client's.
//!
//! It speaks just enough HTTP for the SDK: one thread a connection, and one prepared block of bytes, checksum included, for each page.

use std::collections::HashMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use aws_sdk_dynamodb::types::AttributeValue;
use memchr::memmem;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::books::{Book, Map, Sum, books};
use crate::work::SEGMENTS;

/// The most bytes of a page, as DynamoDB counts: names and values.
const PAGE: usize = 1 << 20;

/// A running server, for as long as its process lives.
pub struct Canned {
    pub address: SocketAddr,
    written: Arc<Mutex<Sum>>,
}

impl Canned {
    pub fn start(items: usize) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("its address");
        let (pages, written) = (Arc::new(pages(items)), Arc::<Mutex<Sum>>::default());
        let canned = Canned { address, written: Arc::clone(&written) };
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (pages, written) = (Arc::clone(&pages), Arc::clone(&written));
                thread::spawn(move || serve(stream.expect("a connection"), &pages, &written).expect("a request"));
            }
        });
        canned
    }

    /// What was written since this was last asked for.
    pub fn written(&self) -> Sum {
        std::mem::take(&mut *self.written.lock().expect("no panic"))
    }
}

/// Which page a Scan asks for.
#[derive(Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Asked {
    #[serde(default)]
    segment: u32,
    #[serde(default = "one")]
    total_segments: u32,
    exclusive_start_key: Option<Key>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize, Serialize)]
struct Key {
    publisher: Text,
    sk: Text,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize, Serialize)]
struct Text {
    #[serde(rename = "S")]
    text: String,
}

fn one() -> u32 {
    1
}

impl Key {
    fn of(book: &Book) -> Self {
        Key { publisher: Text { text: book.publisher.clone() }, sk: Text { text: book.sk() } }
    }
}

/// An item on the wire.
struct Item {
    key: Key,
    json: String,
    size: usize,
}

/// What so many books are on the wire, in bytes.
pub fn bytes(items: usize) -> usize {
    books(items).map(|book| item(book).json.len()).sum()
}

/// The whole answer to each Scan that may come.
fn pages(items: usize) -> HashMap<Asked, Vec<u8>> {
    let items: Vec<Item> = books(items).map(item).collect();
    let mut pages = HashMap::new();
    for total_segments in SEGMENTS {
        for segment in 0..total_segments {
            let at = |segment: u32| segment as usize * items.len() / total_segments as usize;
            let mut rest = &items[at(segment)..at(segment + 1)];
            let mut exclusive_start_key = None;
            loop {
                let (page, behind) = rest.split_at(full_page(rest));
                let next = page.last().filter(|_| !behind.is_empty()).map(|last| last.key.clone());
                let answer = scan_answer(page, next.as_ref());
                pages.insert(Asked { segment, total_segments, exclusive_start_key }, answer);
                if next.is_none() {
                    break;
                }
                (rest, exclusive_start_key) = (behind, next);
            }
        }
    }
    pages
}

fn item(book: Book) -> Item {
    let key = Key::of(&book);
    let map = book.into_map();
    let size = map.iter().map(|(name, value)| name.len() + size(value)).sum();
    Item { key, json: wire(&map).to_string(), size }
}

/// The attributes on the wire, written by serde_json, which so checks dynorm's own decoder.
fn wire(map: &Map) -> Value {
    map.iter().map(|(name, value)| (name.clone(), attribute(value))).collect()
}

fn attribute(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::N(number) => json!({ "N": number }),
        AttributeValue::L(list) => json!({ "L": list.iter().map(attribute).collect::<Vec<_>>() }),
        other => unreachable!("a book has no {other:?}"),
    }
}

/// About what DynamoDB counts for a value.
fn size(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(number) => number.len() / 2 + 1,
        AttributeValue::L(list) => 3 + list.iter().map(|value| size(value) + 1).sum::<usize>(),
        other => unreachable!("a book has no {other:?}"),
    }
}

/// How many of these items make a page.
fn full_page(items: &[Item]) -> usize {
    let mut size = 0;
    let fits = items.iter().take_while(|item| {
        size += item.size;
        size <= PAGE
    });
    fits.count()
}

fn scan_answer(page: &[Item], next: Option<&Key>) -> Vec<u8> {
    let items: Vec<&str> = page.iter().map(|item| item.json.as_str()).collect();
    let count = items.len();
    let items = items.join(",");
    let next = next.map(|next| format!(",\"LastEvaluatedKey\":{}", json!(next))).unwrap_or_default();
    answer(&format!("{{\"Count\":{count},\"Items\":[{items}]{next},\"ScannedCount\":{count}}}"))
}

fn answer(body: &str) -> Vec<u8> {
    let (crc32, length) = (crc32fast::hash(body.as_bytes()), body.len());
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\nx-amzn-requestid: R\r\n";
    format!("{head}x-amz-crc32: {crc32}\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes()
}

/// Answers the requests of one connection until it is closed.
fn serve(mut stream: TcpStream, pages: &HashMap<Asked, Vec<u8>>, written: &Mutex<Sum>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (all_written, nothing) = (answer(r#"{"UnprocessedItems":{}}"#), answer("{}"));
    let mut bytes = Vec::new();
    while let Some(Request { operation, body, end }) = next_request(&mut stream, &mut bytes)? {
        let body = &bytes[body..end];
        let answer = match operation.as_str() {
            "Scan" => {
                let asked: Asked = serde_json::from_slice(body)?;
                pages.get(&asked).ok_or_else(|| io::Error::other(format!("there is no page for {asked:?}")))?
            }
            "BatchWriteItem" => {
                let sum = sum(body);
                let mut written = written.lock().expect("no panic");
                *written = written.and(sum);
                &all_written
            }
            _ => &nothing,
        };
        stream.write_all(answer)?;
        bytes.drain(..end);
    }
    Ok(())
}

/// The first request in `bytes`: its operation, where its body begins and where it ends.
struct Request {
    operation: String,
    body: usize,
    end: usize,
}

/// Reads until there is a whole request, or the connection is closed.
fn next_request(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> io::Result<Option<Request>> {
    let mut block = [0; 1 << 16];
    loop {
        if let Some(request) = request(bytes)?.filter(|request| request.end <= bytes.len()) {
            return Ok(Some(request));
        }
        match stream.read(&mut block) {
            Ok(0) => return Ok(None),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ok(None),
            read => bytes.extend_from_slice(&block[..read?]),
        }
    }
}

/// `None` while the head is not all there.
fn request(bytes: &[u8]) -> io::Result<Option<Request>> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut head = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(body) = head.parse(bytes).map_err(io::Error::other)? else { return Ok(None) };
    let header = |name: &str| {
        let header = head.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        header.map_or("", |header| str::from_utf8(header.value).unwrap_or_default())
    };
    let length: usize = header("content-length").parse().map_err(io::Error::other)?;
    let operation = header("x-amz-target").rsplit('.').next().unwrap_or_default().to_owned();
    Ok(Some(Request { operation, body, end: body + length }))
}

/// The books in a BatchWriteItem, found by what stands before their ISBNs.
fn sum(body: &[u8]) -> Sum {
    const BEFORE: &[u8] = br#""isbn":{"S":""#;
    let mut sum = Sum::default();
    for at in memmem::find_iter(body, BEFORE) {
        let isbn = &body[at + BEFORE.len()..][..13];
        sum.add(str::from_utf8(isbn).expect("digits"));
    }
    sum
}
