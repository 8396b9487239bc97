//! Pages: where each one ends, and that a read goes on from there, forwards and backwards, without a gap and without a repeat.

use dynorm::{Cursor, Db, DynamoModel, Page, Query, Table};
use dynorm_tests::models::{Book, ByAuthor, isbn};
use dynorm_tests::{Context, Result};

dynorm_tests::tests! {
    a_page_goes_on_at_every_cut,
    a_page_goes_back_at_every_cut,
    going_there_and_back_sees_the_same_pages,
    behind_the_last_item_there_is_a_way_back,
    a_page_that_matches_nothing_has_a_way_back,
    before_all_items_there_is_a_way_on,
    a_complete_key_goes_on_to_nothing,
    an_index_is_paged_in_both_directions,
    a_stream_goes_backwards_from_the_nearest,
    big_pages_are_cut_at_any_item needs [PageSize],
    filters_that_match_nothing_for_pages needs [PageSize],
    segments_see_every_item_once,
    segments_go_on_from_any_item,
    segments_are_limited_together,
    segments_are_counted,
}

/// Books of one publisher; their years make their order.
async fn shelf(db: &Db, count: u16) -> Result<Vec<Book>> {
    let books: Vec<_> = (0..count).map(|n| Book::new("Penguin", 1900 + n, &isbn(n.into()))).collect();
    db.batch_write().put_all(books.clone()).send().await?;
    Ok(books)
}

fn penguin() -> Query<Book, Table> {
    Book::query(Book::key().publisher("Penguin"))
}

fn years(books: &[Book]) -> Vec<u16> {
    books.iter().map(|book| book.year).collect()
}

/// What a read of all gives.
fn all(descending: bool) -> Vec<u16> {
    if descending { (1900..1910).rev().collect() } else { (1900..1910).collect() }
}

/// The queries that are paged: up and down, with a page cut by the limit, and with one trimmed behind a filter.
fn ways() -> impl Iterator<Item = (bool, bool, Query<Book, Table>)> {
    [(false, false), (false, true), (true, false), (true, true)].into_iter().map(|(descending, filtered)| {
        let query = if descending { penguin().descending() } else { penguin() };
        // The filter matches every book.
        (descending, filtered, if filtered { query.filter(Book::PAGES.gt(0)) } else { query })
    })
}

/// The same query again.
fn again(descending: bool, filtered: bool) -> Query<Book, Table> {
    let mut ways = ways().filter(|way| (way.0, way.1) == (descending, filtered));
    ways.next().map_or_else(penguin, |way| way.2)
}

async fn a_page_goes_on_at_every_cut(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    shelf(&db, 10).await?;
    for (descending, filtered, _) in ways() {
        for cut in 1..=10 {
            let page = again(descending, filtered).take(cut).page(&db).await?;
            assert!(page.previous.is_none(), "it began at the start");
            let mut found = years(&page.items);
            if let Some(next) = page.next {
                let rest = again(descending, filtered).after(next).all(&db).await?;
                found.extend(years(&rest));
            }
            assert_eq!(found, all(descending), "descending {descending}, filtered {filtered}, cut at {cut}");
        }
    }
    Ok(())
}

async fn a_page_goes_back_at_every_cut(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    shelf(&db, 10).await?;
    for (descending, filtered, _) in ways() {
        for cut in 1..10 {
            let Some(at) = again(descending, filtered).take(cut).page(&db).await?.next else { continue };
            let page = again(descending, filtered).after(at).take(3).page(&db).await?;
            let previous = page.previous.ok_or("there are items before")?;

            // All that stands before, in the order of the query.
            let before = again(descending, filtered).before(previous.clone()).all(&db).await?;
            assert_eq!(
                years(&before),
                all(descending)[..cut],
                "descending {descending}, filtered {filtered}, cut at {cut}"
            );

            // The nearest ones, and from there on in both directions.
            let near = again(descending, filtered).before(previous).take(4).page(&db).await?;
            let begin = cut.saturating_sub(4);
            assert_eq!(years(&near.items), all(descending)[begin..cut]);
            let next = near.next.ok_or("there are items behind")?;
            let behind = again(descending, filtered).after(next).all(&db).await?;
            assert_eq!(years(&behind), all(descending)[cut..]);
            let rest = match near.previous {
                Some(previous) => again(descending, filtered).before(previous).all(&db).await?,
                None => Vec::new(),
            };
            assert_eq!(years(&rest), all(descending)[..begin]);
        }
    }
    Ok(())
}

async fn going_there_and_back_sees_the_same_pages(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    shelf(&db, 10).await?;
    for (descending, filtered, _) in ways() {
        let mut pages: Vec<Page<Book, Table>> = vec![again(descending, filtered).take(3).page(&db).await?];
        while let Some(next) = pages.last().and_then(|page| page.next.clone()) {
            pages.push(again(descending, filtered).after(next).take(3).page(&db).await?);
        }
        assert!(pages.len() >= 4);
        let last = pages.len() - 1;
        for at in (1..=last).rev() {
            let previous = pages[at].previous.clone().ok_or("every page but the first has one")?;
            let back = again(descending, filtered).before(previous).take(3).page(&db).await?;
            assert_eq!(years(&back.items), years(&pages[at - 1].items), "page {at} of {last}");
        }
    }
    Ok(())
}

async fn behind_the_last_item_there_is_a_way_back(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    shelf(&db, 4).await?;
    let mut items = penguin().stream(&db);
    while items.try_next().await?.is_some() {}
    let end = items.cursor()?.ok_or("four items were read")?;

    let page = penguin().after(end).take(2).page(&db).await?;

    assert_eq!((page.items.len(), page.next.is_some()), (0, false));
    let previous = page.previous.ok_or("there are items before")?;
    let back = penguin().before(previous).take(2).page(&db).await?;
    assert_eq!(years(&back.items), [1902, 1903], "the last item is among them");
    assert!(back.next.is_none(), "nothing is behind them");
    Ok(())
}

async fn a_page_that_matches_nothing_has_a_way_back(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    shelf(&db, 10).await?;
    let early = || penguin().filter(Book::YEAR.lt(1903)).page_size(3);
    let first = early().take(3).page(&db).await?;
    assert_eq!(years(&first.items), [1900, 1901, 1902]);

    let second = early().after(first.next.ok_or("seven are left")?).page(&db).await?;

    assert!(second.items.is_empty() && second.next.is_some());
    let back = early().before(second.previous.ok_or("three match before")?).take(3).max_pages(9).page(&db).await?;
    assert_eq!(years(&back.items), [1900, 1901, 1902]);
    Ok(())
}

async fn before_all_items_there_is_a_way_on(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    shelf(&db, 4).await?;
    let first = cursor_at(&db, 0).await?;

    let page = penguin().before(first).take(2).page(&db).await?;

    assert_eq!((page.items.len(), page.previous.is_some()), (0, false));
    let next = penguin().after(page.next.ok_or("there are items behind")?).take(2).page(&db).await?;
    assert_eq!(years(&next.items), [1900, 1901], "the first item is among them");
    Ok(())
}

/// A position at one of the books.
async fn cursor_at(db: &Db, nth: usize) -> Result<Cursor<Book, Table>> {
    let mut items = penguin().stream(db);
    for _ in 0..=nth {
        items.try_next().await?;
    }
    Ok(items.cursor()?.ok_or("an item was read")?)
}

async fn a_complete_key_goes_on_to_nothing(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let books = shelf(&db, 3).await?;
    let mut items = Book::query(&books[1].to_key()).stream(&db);
    assert!(items.try_next().await?.is_some());
    let cursor = items.cursor()?.ok_or("it was read")?;

    let page = Book::query(&books[1].to_key()).after(cursor.clone()).page(&db).await?;

    assert_eq!((page.items.len(), page.next.is_some(), page.usage.requests), (0, false, 0));
    let before = Book::query(&books[1].to_key()).before(cursor).all(&db).await?;
    assert_eq!(before, []);
    Ok(())
}

async fn an_index_is_paged_in_both_directions(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    // Several books of one day: in the index only the table's key tells them apart.
    let day = |n: u16| Book {
        published: Book::new("", 1950, "").published,
        ..Book::new("Penguin", 1900 + n, &isbn(n.into()))
    };
    db.batch_write().put_all((0..9).map(day)).send().await?;
    let austen = || Book::query(Book::by_author().author("Jane Austen"));
    let whole = years(&austen().all(&db).await?);

    for cut in 1..9 {
        let page = austen().take(cut).page(&db).await?;
        let next = austen().after(page.next.ok_or("more")?).take(2).page(&db).await?;
        let previous = next.previous.ok_or("there are items before")?;
        let back = austen().before(previous.clone()).all(&db).await?;
        let hydrated = austen().before(previous).hydrate().all(&db).await?;
        let hydrated: Vec<_> = hydrated.into_iter().filter_map(|book| book.into_item()).collect();
        assert_eq!(hydrated, back, "cut at {cut}, fetched from the table");
        assert_eq!(years(&next.items), whole[cut..(cut + 2).min(9)], "cut at {cut}");
        assert_eq!(years(&back), whole[..cut], "cut at {cut}");
    }
    Ok(())
}

async fn a_stream_goes_backwards_from_the_nearest(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    shelf(&db, 6).await?;
    let at = cursor_at(&db, 4).await?;

    let mut items = penguin().before(at).page_size(2).stream(&db);
    let mut found = Vec::new();
    for _ in 0..3 {
        found.push(items.try_next().await?.ok_or("four are before")?.year);
    }
    let rest = penguin().before(items.cursor()?.ok_or("three were read")?).all(&db).await?;

    assert_eq!(found, [1903, 1902, 1901]);
    assert_eq!(years(&rest), [1900]);
    Ok(())
}

/// 200 items of 10 KB are two pages. Do not shrink them: with less than 1 MB nothing is paged.
async fn big_shelf(db: &Db) -> Result {
    let books = (0..200).map(|n| Book { title: "t".repeat(10_000), ..Book::new("Penguin", 1995, &isbn(n)) });
    db.batch_write().put_all(books).send().await?;
    Ok(())
}

async fn big_pages_are_cut_at_any_item(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    big_shelf(&db).await?;
    let isbns = |books: &[Book]| books.iter().map(|book| book.isbn.clone()).collect::<Vec<_>>();
    let whole: Vec<_> = (0..200).map(isbn).collect();

    // Around the ends of the pages, and in their middle.
    for cut in [1, 50, 99, 100, 101, 102, 103, 104, 105, 106, 150, 199, 200] {
        let page = penguin().take(cut).max_pages(3).page(&db).await?;
        assert_eq!(isbns(&page.items), whole[..cut]);
        let Some(next) = page.next else { continue };
        let rest = penguin().after(next.clone()).all(&db).await?;
        assert_eq!(isbns(&rest), whole[cut..], "cut at {cut}");
        let previous = penguin().after(next).take(1).page(&db).await?.previous;
        let before = penguin().before(previous.ok_or("there are items before")?).all(&db).await?;
        assert_eq!(isbns(&before), whole[..cut], "cut at {cut}");
    }
    Ok(())
}

async fn filters_that_match_nothing_for_pages(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    big_shelf(&db).await?;
    let last = isbn(199);
    let rare = || penguin().filter(Book::TITLE.eq("nothing"));

    let page = rare().page(&db).await?;
    assert_eq!((page.items.len(), page.next.is_some(), page.usage.requests), (0, true, 1), "one page by default");
    let pages = rare().take(1).max_pages(9).page(&db).await?;
    assert_eq!((pages.items.len(), pages.next.is_some()), (0, false));
    // An engine may count the item that did not fit on a page twice.
    assert!(pages.usage.requests >= 2 && pages.usage.scanned >= 200, "{:?}", pages.usage);
    assert_eq!(rare().first(&db).await?, None);
    assert_eq!(rare().count(&db).await?, 0);
    let mut found = Book::scan().filter(Book::ISBN.eq(&last)).take(1).stream(&db);
    assert_eq!(found.try_next().await?.map(|book| book.isbn), Some(last));
    assert!(found.usage().requests >= 2, "it stands on the last page");
    Ok(())
}

async fn segments_see_every_item_once(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let books = (0..60).map(|n| Book::new(&format!("P{n}"), 1900, &isbn(n)));
    db.batch_write().put_all(books).send().await?;

    for segments in [0, 1, 2, 3, 7, 50] {
        let mut items = Book::scan().segments(segments).page_size(2).stream(&db);
        let mut found = Vec::new();
        while let Some(book) = items.try_next().await? {
            found.push(book.isbn);
        }
        found.sort_unstable();
        assert_eq!(found, (0..60).map(isbn).collect::<Vec<_>>(), "{segments} segments");
        assert!(items.usage().requests >= u64::from(segments));
    }
    let of_index = Book::scan().index(ByAuthor).segments(4).all(&db).await?;
    assert_eq!(of_index.len(), 60);
    Ok(())
}

async fn segments_go_on_from_any_item(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let books = (0..20).map(|n| Book::new(&format!("P{n}"), 1900, &isbn(n)));
    db.batch_write().put_all(books).send().await?;
    let scan = || Book::scan().segments(3).page_size(4);

    for stop in 0..=20 {
        let mut items = scan().stream(&db);
        let mut found = Vec::new();
        while found.len() < stop {
            found.push(items.try_next().await?.ok_or("twenty items")?.isbn);
        }
        let rest = match items.cursor()? {
            Some(cursor) => scan().after(cursor),
            None => scan(),
        };
        found.extend(rest.all(&db).await?.into_iter().map(|book| book.isbn));
        found.sort_unstable();
        assert_eq!(found, (0..20).map(isbn).collect::<Vec<_>>(), "stopped at {stop}");
    }

    // By pages, until there is no next one.
    let mut page = scan().take(3).page(&db).await?;
    let mut found: Vec<_> = page.items.iter().map(|book| book.isbn.clone()).collect();
    while let Some(next) = page.next {
        page = scan().after(next).take(3).page(&db).await?;
        assert!(page.previous.is_none(), "a scan has no order to go back in");
        found.extend(page.items.iter().map(|book| book.isbn.clone()));
    }
    found.sort_unstable();
    assert_eq!(found, (0..20).map(isbn).collect::<Vec<_>>());
    Ok(())
}

async fn segments_are_limited_together(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let books = (0..40).map(|n| Book::new(&format!("P{n}"), 1900, &isbn(n)));
    db.batch_write().put_all(books).send().await?;

    for take in [0, 1, 5, 39, 40, 41] {
        let mut items = Book::scan().segments(4).take(take).stream(&db);
        let mut found = 0;
        while items.try_next().await?.is_some() {
            found += 1;
        }
        assert_eq!(found, take.min(40), "take {take}");
        // What is taken is shared out: nothing is read that is not returned.
        assert_eq!(items.usage().scanned, take.min(40) as u64, "take {take}");
    }
    let page = Book::scan().segments(4).page_size(3).page(&db).await?;
    assert_eq!(page.usage.requests, 4, "a page is one of each segment");
    let page = Book::scan().segments(4).page_size(3).max_pages(2).page(&db).await?;
    assert_eq!((page.usage.requests, page.next.is_some()), (2, true), "and no more than were allowed in all");
    Ok(())
}

async fn segments_are_counted(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let books = (0..30).map(|n| Book::new(&format!("P{n}"), 1900 + n as u16, &isbn(n)));
    db.batch_write().put_all(books).send().await?;
    let scan = || Book::scan().segments(3).page_size(4);

    assert_eq!(scan().count(&db).await?, 30);
    assert_eq!(scan().take(11).count(&db).await?, 11);
    assert_eq!(scan().filter(Book::YEAR.lt(1905)).count(&db).await?, 5);
    Ok(())
}
