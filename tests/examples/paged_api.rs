//! The paged API, asked over a real socket: pages there and back, and tokens that are refused.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

use super::build::{example, root};

static PAGED_API: LazyLock<PathBuf> = LazyLock::new(|| example("paged_api"));

/// A server of its own for one test, on a free port; it ends with the test.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(args: &[&str], key: Option<&str>) -> Self {
        let mut command = Command::new(&*PAGED_API);
        command.args(["--listen", "127.0.0.1:0"]).args(args).env_remove("TOKEN_KEY").current_dir(root());
        if let Some(key) = key {
            command.env("TOKEN_KEY", key);
        }
        let mut process = command.stdout(Stdio::piped()).spawn().expect("the example starts");
        let mut line = String::new();
        let output = process.stdout.take().expect("it is piped");
        BufReader::new(output).read_line(&mut line).expect("it prints UTF-8");
        let address = line.trim().strip_prefix("listening on http://").expect("it says where it listens").to_owned();
        Server { process, address }
    }

    /// Status and body of the answer to a GET.
    fn get(&self, path: &str, user: Option<&str>) -> (u16, Value) {
        let mut socket = TcpStream::connect(&self.address).expect("it listens");
        let user = user.map(|user| format!("x-user: {user}\r\n")).unwrap_or_default();
        write!(socket, "GET {path} HTTP/1.1\r\nhost: {}\r\n{user}connection: close\r\n\r\n", self.address)
            .expect("it reads");
        let mut answer = String::new();
        socket.read_to_string(&mut answer).expect("it answers in UTF-8");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }

    /// The page at a path, which must be one.
    fn page(&self, path: &str) -> Page {
        let (status, body) = self.get(path, Some("alice"));
        assert_eq!(status, 200, "{path}: {body}");
        let numbers =
            body["orders"].as_array().expect("orders").iter().map(|order| order["number"].as_u64().expect("a number"));
        let link = |name: &str| body[name].as_str().map(str::to_owned);
        Page { orders: numbers.collect(), next: link("next"), previous: link("previous") }
    }

    /// What is wrong with a path, which must be a bad request.
    fn refusal(&self, path: &str, user: &str) -> String {
        let (status, body) = self.get(path, Some(user));
        assert_eq!(status, 400, "{path}: {body}");
        body["error"].as_str().expect("it says why").to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[derive(Debug, PartialEq)]
struct Page {
    orders: Vec<u64>,
    next: Option<String>,
    previous: Option<String>,
}

/// Every page from the first on, by the links.
fn walk(server: &Server, first: &str) -> Vec<Page> {
    let mut pages = vec![server.page(first)];
    while let Some(next) = pages.last().and_then(|page| page.next.clone()) {
        pages.push(server.page(&next));
    }
    pages
}

#[test]
fn paged_api_goes_through_all_orders_and_back() {
    let server = Server::start(&[], None);
    let pages = walk(&server, "/shops/corner/orders?size=7");

    let all: Vec<_> = pages.iter().flat_map(|page| page.orders.clone()).collect();
    assert_eq!(all, (1..=60).rev().collect::<Vec<_>>(), "the newest first, each once");
    assert_eq!(pages[0].previous, None);
    for at in 1..pages.len() {
        let previous = pages[at].previous.as_deref().expect("a page before");
        assert_eq!(server.page(previous).orders, pages[at - 1].orders, "back from page {at}");
    }
}

#[test]
fn paged_api_filters() {
    let server = Server::start(&[], None);
    let pages = walk(&server, "/shops/station/orders?size=4&min_cents=7000");

    let all: Vec<_> = pages.iter().flat_map(|page| page.orders.clone()).collect();
    let expected: Vec<_> = (1..=60).rev().filter(|number| number * 7_919 % 10_000 >= 7_000).collect();
    assert_eq!(all, expected);
    assert!(pages.len() > 4 && pages.iter().all(|page| page.orders.len() <= 4), "{pages:?}");
    // The value of the filter may change on the way, whether there is one may not.
    let next = pages[0].next.clone().expect("there are more");
    assert!(server.page(&next.replace("min_cents=7000", "min_cents=9000")).orders.len() <= 4);
    assert!(server.refusal(&next.replace("&min_cents=7000", ""), "alice").contains("belongs to another read"));
}

#[test]
fn paged_api_refuses_tokens_that_are_not_as_they_were_given() {
    let server = Server::start(&[], None);
    let next = server.page("/shops/corner/orders?size=5").next.expect("there are more");
    let token = next.split_once("page=").expect("a token").1;
    assert!(!token.contains("corner") && token.len() < 160, "{token}");

    let middle = next.len() - token.len() / 2;
    let other = if next[middle..].starts_with('A') { 'B' } else { 'A' };
    let changed = format!("{}{other}{}", &next[..middle], &next[middle + 1..]);
    assert!(server.refusal(&changed, "alice").contains("was changed"));
    for cut in [
        &next[..next.len() - 1],
        &next[..middle],
        &next[..next.len() - token.len()],
        "/shops/corner/orders?page=x%00y%F0%9F%98%80",
    ] {
        assert!(!server.refusal(cut, "alice").is_empty(), "{cut}");
    }
}

#[test]
fn paged_api_refuses_tokens_of_others() {
    let server = Server::start(&[], None);
    let next = server.page("/shops/corner/orders?size=5").next.expect("there are more");

    for (path, user) in [(next.replace("corner", "station"), "alice"), (next.clone(), "bob")] {
        let refusal = server.refusal(&path, user);
        assert!(refusal.contains("belongs to another read"), "{user}: {refusal}");
    }
    assert_eq!(server.get(&next, None).0, 401);

    // A server with another key does not take it, one with the same key does.
    let other = Server::start(&[], Some(&"5a".repeat(32)));
    assert!(other.refusal(&next, "alice").contains("key"));
    let same = Server::start(&[], Some(&"5a".repeat(32)));
    let elsewhere = other.page("/shops/corner/orders?size=5").next.expect("there are more");
    assert_eq!(same.page(&elsewhere).orders, other.page(&elsewhere).orders);
}

#[test]
fn paged_api_lets_tokens_end() {
    let server = Server::start(&["--token-lifetime", "0"], None);
    let next = server.page("/shops/corner/orders").next.expect("there are more");

    assert!(server.refusal(&next, "alice").contains("time is over"));
}

#[test]
fn paged_api_answers_every_request() {
    let server = Server::start(&[], None);

    assert_eq!(server.page("/shops/nowhere/orders"), Page { orders: Vec::new(), next: None, previous: None });
    assert_eq!(server.page("/shops/corner/orders?size=0").orders.len(), 1);
    assert_eq!(server.page("/shops/corner/orders?size=100000").orders.len(), 60);
    assert_eq!(server.get("/shops/corner/orders?size=many", Some("alice")).0, 400);
    assert!(server.refusal(&format!("/shops/{}/orders", "s".repeat(3_000)), "alice").contains("no such shop"));
    assert_eq!(server.get("/", Some("alice")).0, 404);
}

#[test]
fn paged_api_says_what_is_wrong_with_its_options() {
    for (args, key, needle) in [
        (&["--listen", "nowhere"][..], "00", "token key"),
        (&["--colour", "red"], "", "--colour"),
        (&["--listen"], "", "--listen"),
    ] {
        let mut command = Command::new(&*PAGED_API);
        command.args(args).env_remove("TOKEN_KEY").current_dir(root());
        if !key.is_empty() {
            command.env("TOKEN_KEY", key);
        }
        let run = command.output().expect("the example starts");
        let error = String::from_utf8_lossy(&run.stderr);
        assert_eq!(run.status.code(), Some(1));
        assert!(error.starts_with("error: ") && error.contains(needle), "{args:?}: {error}");
    }
}
