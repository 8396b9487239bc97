//! From end to end: loading and scanning a table of books over real HTTP, and whose time it takes.
//!
//! `cargo run --release -- [--items N] [--rounds N] [--only canned|http|in-process]`. Linux only: it reads `/proc`.
//! The rounds are those with canned answers; with an engine there is one.

mod books;
mod canned;
mod measure;
mod report;
mod server;
mod ways;
mod work;

use crate::books::Sum;
use crate::measure::{IN_PROCESS, in_new_process};
use crate::report::Report;
use crate::server::{Kind, Server};
use crate::work::{Way, Work};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", kind, items] => server::serve(kind, number(items)),
        ["measure", way, items, endpoint, works] => {
            let works: Vec<Work> = serde_json::from_str(works).expect("works");
            measure::here(way.parse().expect("a way"), number(items), endpoint, &works);
        }
        options => run(&Options::parse(options)),
    }
}

struct Options {
    items: usize,
    rounds: usize,
    only: Option<String>,
}

impl Options {
    fn parse(mut options: &[&str]) -> Self {
        let mut parsed = Options { items: 100_000, rounds: 3, only: None };
        while let [name, value, rest @ ..] = options {
            match *name {
                "--items" => parsed.items = number(value),
                "--rounds" => parsed.rounds = number(value),
                "--only" => parsed.only = Some((*value).to_owned()),
                other => panic!("there is no option `{other}`"),
            }
            options = rest;
        }
        assert!(options.is_empty(), "`{}` wants a value", options[0]);
        parsed
    }

    fn wants(&self, place: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only == place)
    }
}

fn number(text: &str) -> usize {
    text.parse().expect("a number")
}

fn run(options: &Options) {
    let Options { items, rounds, .. } = *options;
    let (expected, bytes) = (Sum::of(items), canned::bytes(items));
    if options.wants("canned") {
        let mut report = Report::new("canned answers over HTTP", items, bytes);
        let mut server = [Server::start(Kind::Canned, items)];
        for round in 0..rounds {
            over_http(&mut server, round, expected, &mut report);
        }
        report.print();
    }
    if options.wants("http") {
        let mut report = Report::new("the embedded engine over HTTP", items, bytes);
        // What an engine holds already makes it slower, so each way has its own.
        let mut servers = Way::ALL.map(|_| Server::start(Kind::Engine, items));
        over_http(&mut servers, 0, expected, &mut report);
        report.print();
    }
    if options.wants("in-process") {
        let mut report = Report::new("the embedded engine in the client's process", items, bytes);
        for way in Way::ALL {
            for measured in in_new_process(way, items, IN_PROCESS, &Work::all()) {
                assert_eq!(measured.sum, expected, "{} {}", way.name(), measured.work);
                report.add(way, measured);
            }
        }
        report.print();
    }
}

/// Each round begins with another way.
fn in_turn(round: usize) -> impl Iterator<Item = Way> {
    Way::ALL.into_iter().cycle().skip(round % Way::ALL.len()).take(Way::ALL.len())
}

/// Every work in every way once, by turns: at one server for all, or at one for each way.
fn over_http(servers: &mut [Server], round: usize, expected: Sum, report: &mut Report) {
    for work in Work::all() {
        for way in in_turn(round) {
            let server = &mut servers[way as usize % servers.len()];
            let before = server.cpu();
            for mut measured in in_new_process(way, expected.items as usize, &server.endpoint, &[work]) {
                measured.server = server.cpu() - before;
                assert_eq!(measured.sum, expected, "{} {work}", way.name());
                // What is written to an engine is read from it by the scans.
                if server.kind == Kind::Canned && work == Work::Load {
                    assert_eq!(server.written(), expected, "{} {work}", way.name());
                }
                report.add(way, measured);
            }
        }
    }
}
