//! Limits in all combinations against a small model of what they mean: which items, how many requests, and where it goes on.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::LazyLock;

use dynorm::{Cursor, Db, DynamoModel, Query, Table};
use dynorm_local::{InProcess, Local};
use dynorm_tests::Result;
use dynorm_tests::models::{Book, isbn};
use dynorm_tests::wire::Wire;
use proptest::option::of as some;
use proptest::prelude::*;
use tokio::runtime::Runtime;

/// How many items the partition has.
const ITEMS: usize = 20;

struct Shelf {
    runtime: Runtime,
    engine: InProcess,
    /// Whether a page that its limit ends has a position behind it when nothing is left: DynamoDB's has, and some engines'.
    says_more_at_the_end: bool,
}

static SHELF: LazyLock<Shelf> = LazyLock::new(|| {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let (engine, says_more_at_the_end) = runtime
        .block_on(async {
            let engine = Local::in_process().await.expect("an engine");
            let db = engine.db();
            Book::create_table().send(&db).await?;
            let books = (0..ITEMS).map(|n| Book::new("Penguin", 1900 + n as u16, &isbn(n)));
            db.batch_write().put_all(books).send().await?;
            let page = penguin().page_size(ITEMS as u32).page(&db).await?;
            Ok::<_, dynorm::Error>((engine, page.next.is_some()))
        })
        .expect("a shelf of books");
    Shelf { runtime, engine, says_more_at_the_end }
});

fn penguin() -> Query<Book, Table> {
    Book::query(Book::key().publisher("Penguin"))
}

fn run<T>(future: impl Future<Output = Result<T>>) -> T {
    SHELF.runtime.block_on(future).expect("the engine answers")
}

#[derive(Debug, Clone)]
struct Read {
    take: Option<usize>,
    page_size: Option<u32>,
    max_pages: Option<usize>,
    /// Which items match, by their place; `None` without a filter.
    filter: Option<Vec<bool>>,
    descending: bool,
    look_ahead: bool,
    /// How many items, in the order of the read, stand before its start.
    start: usize,
}

fn reads() -> impl Strategy<Value = Read> {
    (
        some(0..=ITEMS + 2),
        some(1..=ITEMS as u32 + 2),
        some(0..6_usize),
        some(prop::collection::vec(prop::bool::weighted(0.4), ITEMS)),
        any::<bool>(),
        any::<bool>(),
        0..=ITEMS,
    )
        .prop_map(|(take, page_size, max_pages, filter, descending, look_ahead, start)| {
            let start = if start > ITEMS / 2 { 0 } else { start };
            Read { take, page_size, max_pages, filter, descending, look_ahead, start }
        })
}

impl Read {
    /// The query without limits and start.
    fn bare(&self) -> Query<Book, Table> {
        let mut query = if self.descending { penguin().descending() } else { penguin() };
        if let Some(filter) = &self.filter {
            let matching = (0..ITEMS).filter(|n| filter[*n]).map(isbn);
            // No item has the last one, and a list of operands is never empty.
            query = query.filter(Book::ISBN.is_in(matching.chain([isbn(ITEMS)])));
        }
        query
    }

    fn query(&self, start: Option<Cursor<Book, Table>>) -> Query<Book, Table> {
        let mut query = self.bare();
        query = self.take.map_or_else(|| query.clone(), |take| query.clone().take(take));
        query = self.page_size.map_or_else(|| query.clone(), |items| query.clone().page_size(items));
        query = self.max_pages.map_or_else(|| query.clone(), |pages| query.clone().max_pages(pages));
        query = start.map_or_else(|| query.clone(), |start| query.clone().after(start));
        if self.look_ahead { query } else { query.no_look_ahead() }
    }

    /// The items, by their numbers, in the order of the read.
    fn order(&self) -> Vec<usize> {
        if self.descending { (0..ITEMS).rev().collect() } else { (0..ITEMS).collect() }
    }

    fn matches(&self, item: usize) -> bool {
        self.filter.as_ref().is_none_or(|filter| filter[item])
    }

    /// What matches of these places.
    fn matching(&self, places: std::ops::Range<usize>) -> Vec<usize> {
        self.order()[places].iter().copied().filter(|item| self.matches(*item)).collect()
    }

    /// A position before which so many items stand.
    async fn cursor(&self, db: &Db) -> Result<Option<Cursor<Book, Table>>> {
        let query = if self.descending { penguin().descending() } else { penguin() };
        let mut items = query.stream(db);
        for _ in 0..self.start {
            items.try_next().await?;
        }
        Ok(items.cursor()?)
    }
}

/// What the limits mean, as simply as it can be said: one page in hand, at most one ahead.
struct Model<'a> {
    read: &'a Read,
    look_ahead: bool,
    wanted: usize,
    pages_left: usize,
    /// How many items were evaluated; `None` at the end.
    evaluated: Option<usize>,
    /// The places of the items of the page that is being consumed.
    page: VecDeque<usize>,
    taken: usize,
    ahead: Option<VecDeque<usize>>,
    requests: usize,
    /// Behind which place a read that is now resumed begins.
    behind: usize,
}

impl<'a> Model<'a> {
    fn new(read: &'a Read, look_ahead: bool, pages: Option<usize>) -> Self {
        Model {
            read,
            look_ahead,
            wanted: read.take.unwrap_or(usize::MAX),
            pages_left: pages.unwrap_or(usize::MAX),
            evaluated: Some(read.start),
            page: VecDeque::new(),
            taken: 0,
            ahead: None,
            requests: 0,
            behind: read.start,
        }
    }

    fn ask(&mut self) {
        let open = self.wanted - self.page.len().min(self.wanted);
        let Some(start) = self.evaluated.filter(|_| open > 0 && self.pages_left > 0 && self.ahead.is_none()) else {
            return;
        };
        let mut limit = self.read.page_size.map_or(usize::MAX, |size| size as usize);
        if self.read.filter.is_none() {
            limit = limit.min(open);
        }
        let end = start.saturating_add(limit).min(ITEMS);
        let limited = end - start == limit;
        let order = self.read.order();
        self.ahead = Some((start..end).filter(|place| self.read.matches(order[*place])).collect());
        self.evaluated = Some(end).filter(|end| limited && (*end < ITEMS || SHELF.says_more_at_the_end));
        self.requests += 1;
        self.pages_left -= 1;
    }

    fn next(&mut self) -> Option<usize> {
        loop {
            if self.wanted == 0 {
                return None;
            }
            if let Some(place) = self.page.pop_front() {
                self.wanted -= 1;
                self.taken += 1;
                self.behind = place + 1;
                if self.look_ahead && self.page.len() <= self.taken {
                    self.ask();
                }
                return Some(self.read.order()[place]);
            }
            self.ask();
            self.page = self.ahead.take()?;
            self.taken = 0;
        }
    }
}

fn numbers(books: &[Book]) -> Vec<usize> {
    books.iter().map(|book| usize::from(book.year) - 1900).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_page_is_what_its_limits_say(read in reads()) {
        let wire = Wire::in_front_of(&SHELF.engine, []);
        let db = wire.db();
        let start = run(read.cursor(&SHELF.engine.db()));
        let page = run(async { Ok(read.query(start).page(&db).await?) });
        let sent = wire.sent().len();

        let mut model = Model::new(&read, false, read.max_pages.or(Some(1)));
        let expected: Vec<_> = std::iter::from_fn(|| model.next()).collect();
        prop_assert_eq!(numbers(&page.items), expected);
        prop_assert_eq!((sent, page.usage.requests as usize), (model.requests, model.requests));

        // Where it goes on: behind the last item that was returned if the page was trimmed, else where DynamoDB says.
        let behind = if model.page.is_empty() { model.evaluated } else { Some(model.behind) };
        let nothing = model.requests == 0 && read.start == 0;
        prop_assert_eq!(page.next.is_some(), behind.is_some() && !nothing);
        if let (Some(next), Some(behind)) = (page.next, behind) {
            let rest = run(async { Ok(read.bare().after(next).all(&db).await?) });
            prop_assert_eq!(numbers(&rest), read.matching(behind..ITEMS), "nothing is lost, and nothing comes twice");
        }
        // And back: everything that stands before.
        prop_assert_eq!(page.previous.is_some(), read.start > 0 && (model.requests > 0 || model.evaluated.is_none()));
        if let Some(previous) = page.previous {
            let before = run(async { Ok(read.bare().before(previous).all(&db).await?) });
            prop_assert_eq!(numbers(&before), read.matching(0..read.start));
        }
    }

    #[test]
    fn a_stream_sends_what_its_limits_say(read in reads(), stop in 0..=ITEMS + 1) {
        let wire = Wire::in_front_of(&SHELF.engine, []);
        let db = wire.db();
        let start = run(read.cursor(&SHELF.engine.db()));
        let mut items = read.query(start).stream(&db);
        let mut model = Model::new(&read, read.look_ahead, read.max_pages);
        let needed = |read: &Read, items: usize| {
            let mut without = Model::new(read, false, read.max_pages);
            let _ = (0..items).map_while(|_| without.next()).count();
            without.requests
        };
        for count in 1..=stop {
            let item = run(async { Ok(items.try_next().await?) });
            prop_assert_eq!(item.map(|book| usize::from(book.year) - 1900), model.next(), "item {}", count);
            prop_assert_eq!(wire.sent().len(), model.requests, "behind item {}", count);
            prop_assert!(model.requests <= needed(&read, count) + 1, "no page beyond the look-ahead");
        }
        let sent = wire.sent().len();

        let rest = match items.cursor().expect("keys") {
            Some(cursor) => run(async { Ok(read.bare().after(cursor).all(&SHELF.engine.db()).await?) }),
            None => run(async { Ok(read.bare().all(&SHELF.engine.db()).await?) }),
        };
        drop(items);
        let behind = read.matching(model.behind..ITEMS);
        prop_assert_eq!(numbers(&rest), behind, "resumed behind item {}", stop);
        prop_assert_eq!(wire.sent().len(), sent, "a stream that is dropped sends nothing more");
    }

    #[test]
    fn a_count_is_what_its_limits_say(read in reads()) {
        let wire = Wire::in_front_of(&SHELF.engine, []);
        let db = wire.db();
        let start = run(read.cursor(&SHELF.engine.db()));

        let count = run(async { Ok(read.query(start).count(&db).await?) });

        let mut model = Model::new(&read, false, read.max_pages);
        prop_assert_eq!(count, std::iter::from_fn(|| model.next()).count() as u64);
        prop_assert_eq!(wire.sent().len(), model.requests);
    }
}
