//! A library that reads a page of books.

use std::hint::black_box;
use std::rc::Rc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use cpu_time::ThreadTime;
use tokio::runtime::{Builder, Runtime};

use crate::book::Book;

/// A library over a client that answers with a page.
#[allow(async_fn_in_trait)]
pub trait Library: 'static {
    /// Its struct of a book, or what it has instead.
    type Item;
    const NAME: &'static str;
    /// The attributes that its struct cannot hold.
    const LACKS: &'static [&'static str] = &[];

    fn new(client: Client) -> Self;

    /// One page of a Query, by the whole call that the library has for it.
    async fn read(&self) -> Vec<Self::Item>;

    /// What it has read of the book in this place. What the struct cannot hold is taken from [`Book::nth`].
    fn book(item: Self::Item, n: usize) -> Book;
}

/// Any [`Library`].
pub struct Reader {
    pub name: &'static str,
    pub lacks: &'static [&'static str],
    /// Reads the page once, drops what was read, and tells how long the thread computed for that: nothing waits here, and what else the
    /// machine does is not counted.
    pub read: Box<dyn Fn() -> Duration>,
    /// Reads the page, and makes sure that there are so many books, and that every value is the right one.
    pub check: Box<dyn Fn(usize)>,
}

impl Reader {
    pub fn of<L: Library>(client: &Client, runtime: &Rc<Runtime>) -> Self {
        let library = Rc::new(L::new(client.clone()));
        let check = {
            let (library, runtime) = (Rc::clone(&library), Rc::clone(runtime));
            move |items| {
                let found = runtime.block_on(library.read());
                assert_eq!(found.len(), items, "{} reads every item", L::NAME);
                for (n, item) in found.into_iter().enumerate() {
                    assert_eq!(L::book(item, n), Book::nth(n), "{} reads every value", L::NAME);
                }
            }
        };
        let runtime = Rc::clone(runtime);
        let read = move || {
            runtime.block_on(async {
                let start = ThreadTime::now();
                drop(black_box(library.read().await));
                start.elapsed()
            })
        };
        Self { name: L::NAME, lacks: L::LACKS, read: Box::new(read), check: Box::new(check) }
    }
}

pub fn runtime() -> Rc<Runtime> {
    Rc::new(Builder::new_current_thread().enable_all().build().expect("a runtime"))
}
