//! Calls that are dropped, at every point where they wait: what is stored is what was before or what would be after, and nothing in hand has changed.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use dynorm::{Db, DynamoModel};
use dynorm_local::{InProcess, Local};
use dynorm_tests::Result;
use dynorm_tests::fault::{Fate, Faults};
use dynorm_tests::models::{self, Book};

mod verbs;

struct Library {
    engine: InProcess,
    faults: Faults,
    db: Db,
}

async fn library() -> Result<Library> {
    let engine = Local::in_process().await?;
    Book::create_table().send(&engine.db()).await?;
    let faults = Faults::new(&engine);
    let (db, _) = models::db(faults.client(), "");
    Ok(Library { engine, faults, db })
}

/// Polls a call so often and drops it then; whether it came to its end.
async fn polled<T>(call: impl Future<Output = dynorm::Result<T>>, mut polls: usize) -> dynorm::Result<bool> {
    let mut call = pin!(call);
    poll_fn(|context| match call.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(done.map(|_| true)),
        Poll::Pending if polls == 0 => Poll::Ready(Ok(false)),
        Poll::Pending => {
            polls -= 1;
            Poll::Pending
        }
    })
    .await
}

async fn pages(library: &Library) -> Result<Vec<(u16, Option<u32>)>> {
    let books = Book::query(Book::key().publisher("Penguin")).consistent().all(&library.engine.db()).await?;
    Ok(books.into_iter().map(|book| (book.year, book.pages)).collect())
}

fn book(year: u16, pages: u32) -> Book {
    Book { pages: Some(pages), ..Book::new("Penguin", year, "9780140000001") }
}

/// Runs a verb with one more poll each time, until it comes to its end, with the same faults on its way.
macro_rules! at_every_point {
    ($fates:expr, |$library:ident, $stored:ident, $polls:ident| $call:expr, before: $before:expr, after: $after:expr $(,)?) => {{
        let mut points = 0;
        for $polls in 0.. {
            let $library = library().await?;
            let mut $stored = book(1995, 320);
            $stored.create().send(&$library.engine.db()).await?;
            $library.faults.script($fates);
            let ended = $call?;
            // What is still on its way arrives.
            $library.faults.script([]);
            let _ = Book::get(Book::key().publisher("none").year(1).isbn("9780140000009")).send(&$library.db).await?;
            let found = pages(&$library).await?;
            let (before, after): (Vec<(u16, u32)>, Vec<(u16, u32)>) = ($before.to_vec(), $after.to_vec());
            let found: Vec<(u16, u32)> =
                found.into_iter().map(|(year, pages)| (year, pages.unwrap_or_default())).collect();
            if ended {
                assert_eq!(found, after, "after {} polls", $polls);
                break;
            }
            assert!(found == before || found == after, "dropped after {} polls: {found:?}", $polls);
            points += 1;
        }
        points
    }};
}

/// Without faults, with an attempt that is lost on either way, and with a late one.
const WAYS: [&[Fate]; 5] = [
    &[],
    &[Fate::Broken { applied: true }],
    &[Fate::Broken { applied: false }],
    &[Fate::Slow { seconds: 5.0, applied: true }],
    &[Fate::Late],
];

#[tokio::test(start_paused = true)]
async fn put_and_create() -> Result {
    for fates in WAYS {
        let points = at_every_point!(
            fates.iter().copied(),
            |library, stored, polls| async {
                let mut new = Book { pages: Some(400), ..stored.clone() };
                let before = new.clone();
                let ended = polled(new.put().send(&library.db), polls).await;
                assert!(ended.as_ref().is_ok_and(|ended| *ended) || new == before);
                ended
            }
            .await,
            before: [(1995, 320)],
            after: [(1995, 400)],
        );
        assert!(points >= 2, "{points} points");
        // A lost answer leaves `create` without a proof.
        if !matches!(fates, [Fate::Broken { applied: true } | Fate::Slow { .. }]) {
            at_every_point!(
                fates.iter().copied(),
                |library, stored, polls| async {
                    let mut new = Book { year: 1996, ..stored.clone() };
                    let before = new.clone();
                    let ended = polled(new.create().send(&library.db), polls).await;
                    assert!(ended.as_ref().is_ok_and(|ended| *ended) || new == before);
                    ended
                }
                .await,
                before: [(1995, 320)],
                after: [(1995, 320), (1996, 320)],
            );
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn update_and_delete() -> Result {
    for fates in WAYS {
        at_every_point!(
            fates.iter().copied(),
            |library, stored, polls| polled(Book::update(&stored).set(Book::PAGES, 400).send(&library.db), polls).await,
            before: [(1995, 320)],
            after: [(1995, 400)],
        );
        at_every_point!(
            fates.iter().copied(),
            |library, stored, polls| {
                let add = Book::update(&stored).add(Book::PAGES, 5).exactly_once();
                polled(add.send(&library.db), polls).await
            },
            before: [(1995, 320)],
            after: [(1995, 325)],
        );
        at_every_point!(
            fates.iter().copied(),
            |library, stored, polls| polled(Book::delete(&stored).send(&library.db), polls).await,
            before: [(1995, 320)],
            after: [],
        );
    }
    // Not sent again, so only without a fault does it come to its end.
    at_every_point!(
        [],
        |library, stored, polls| polled(Book::update(&stored).add(Book::PAGES, 5).send(&library.db), polls).await,
        before: [(1995, 320)],
        after: [(1995, 325)],
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn save_and_rekey() -> Result {
    for fates in WAYS {
        for year in [1995, 2001] {
            at_every_point!(
                std::iter::once(Fate::Answered).chain(fates.iter().copied()),
                |library, stored, polls| async {
                    let found = Book::get(&stored).tracked().consistent().send(&library.db).await?;
                    let mut tracked = found.unwrap_or_else(|| panic!("it is stored"));
                    (tracked.year, tracked.pages) = (year, Some(400));
                    let ended = polled(tracked.rekey().send(&library.db), polls).await;
                    let saved = ended.as_ref().is_ok_and(|ended| *ended);
                    assert_eq!(tracked.is_changed()?, !saved, "it knows whether it is saved");
                    ended
                }
                .await,
                before: [(1995, 320)],
                after: [(year, 400)],
            );
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn transactions() -> Result {
    for fates in WAYS {
        at_every_point!(
            fates.iter().copied(),
            |library, stored, polls| async {
                let mut new = book(1996, 100);
                let before = new.clone();
                let update = Book::update(&stored).add(Book::PAGES, 5);
                let ended = polled(library.db.transact().add(update).add(new.create()).send(), polls).await;
                assert!(ended.as_ref().is_ok_and(|ended| *ended) || new == before);
                ended
            }
            .await,
            before: [(1995, 320)],
            after: [(1995, 325), (1996, 100)],
        );
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn batches() -> Result {
    // Each request is done or not, in call order: here three of one put each.
    for polls in 0.. {
        let library = library().await?;
        library.faults.script([Fate::Broken { applied: true }, Fate::Answered, Fate::Throttled]);
        let puts = (1..=3).map(|pages| book(1995, pages));
        let ended = polled(library.db.batch_write().put_all(puts).send(), polls).await?;
        let found = pages(&library).await?;
        if ended {
            assert_eq!(found, [(1995, Some(3))]);
            assert!(polls >= 6, "{polls} points");
            break;
        }
        let possible = [&[][..], &[(1995, Some(1))], &[(1995, Some(2))], &[(1995, Some(3))]];
        assert!(possible.contains(&&found[..]), "dropped after {polls} polls: {found:?}");
    }
    Ok(())
}
