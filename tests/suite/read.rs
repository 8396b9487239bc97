//! What get, query and scan return, page by page and as streams.

use dynorm::{DynamoModel, begins_with};
use dynorm_tests::models::{Book, isbn};
use dynorm_tests::{Context, Result};

dynorm_tests::tests! {
    get_of_no_item_is_none,
    a_prefix_finds_exactly_one_year,
    ranges_of_years_are_exact_at_both_ends,
    begins_with_goes_into_the_last_part,
    a_complete_key_finds_one,
    an_index_is_queried_by_its_own_key,
    an_index_is_scanned,
    order_is_that_of_the_sort_key,
    an_empty_range_finds_nothing,
    take_returns_so_many,
    take_with_a_filter_returns_so_many,
    a_page_ends_and_the_next_goes_on,
    a_trimmed_page_goes_on_behind_its_last_item,
    a_stream_goes_on_from_any_item,
    pages_are_about_a_megabyte needs [PageSize],
    count_counts_what_matches,
    first_finds_one_behind_pages_that_match_nothing,
}

async fn shelf(db: &dynorm::Db, years: impl IntoIterator<Item = u16>) -> Result<Vec<Book>> {
    let books: Vec<_> = years.into_iter().enumerate().map(|(n, year)| Book::new("Penguin", year, &isbn(n))).collect();
    db.batch_write().put_all(books.clone()).send().await?;
    Ok(books)
}

fn isbns(books: &[Book]) -> Vec<&str> {
    books.iter().map(|book| &*book.isbn).collect()
}

async fn get_of_no_item_is_none(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let key = Book::key().publisher("Penguin").year(1995).isbn(isbn(1));

    assert_eq!(Book::get(key).send(&db).await?, None);
    Ok(())
}

async fn a_prefix_finds_exactly_one_year(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    shelf(&db, [199, 1994, 1995, 1995, 1996, 9951]).await?;
    let mut other = Book::new("Penguin Books", 1995, &isbn(9));
    other.create().send(&db).await?;

    let found = Book::query(Book::key().publisher("Penguin").year(1995)).all(&db).await?;

    assert_eq!(isbns(&found), [isbn(2), isbn(3)]);
    Ok(())
}

async fn ranges_of_years_are_exact_at_both_ends(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    shelf(&db, 1990..=1996).await?;
    let penguin = || Book::key().publisher("Penguin");

    let closed = Book::query(penguin().year(1991..=1994)).all(&db).await?;
    let half_open = Book::query(penguin().year(1991..1994)).all(&db).await?;
    let from = Book::query(penguin().year(1994..)).all(&db).await?;
    let until = Book::query(penguin().year(..1992)).all(&db).await?;

    let years = |books: &[Book]| books.iter().map(|book| book.year).collect::<Vec<_>>();
    assert_eq!(years(&closed), [1991, 1992, 1993, 1994]);
    assert_eq!(years(&half_open), [1991, 1992, 1993]);
    assert_eq!(years(&from), [1994, 1995, 1996]);
    assert_eq!(years(&until), [1990, 1991]);
    Ok(())
}

async fn begins_with_goes_into_the_last_part(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    for isbn in ["9780140000001", "9780140000002", "9780150000003"] {
        Book::new("Penguin", 1995, isbn).create().send(&db).await?;
    }

    let found = Book::query(Book::key().publisher("Penguin").year(1995).isbn(begins_with("978014"))).all(&db).await?;

    assert_eq!(isbns(&found), ["9780140000001", "9780140000002"]);
    Ok(())
}

async fn a_complete_key_finds_one(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let books = shelf(&db, [1995, 1995]).await?;

    let found = Book::query(Book::key().publisher("Penguin").year(1995).isbn(&books[1].isbn)).all(&db).await?;

    assert_eq!(isbns(&found), [&*books[1].isbn]);
    Ok(())
}

async fn an_index_is_queried_by_its_own_key(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    for (n, author) in ["Jane Austen", "Mary Shelley", "Jane Austen"].into_iter().enumerate() {
        let mut book = Book { author: author.into(), ..Book::new("Penguin", 1990 + n as u16, &isbn(n)) };
        book.create().send(&db).await?;
    }
    let austen = Book::by_author().author("Jane Austen");
    let date = |year| chrono::NaiveDate::from_ymd_opt(year, 1, 1).ok_or("a date");

    let all = Book::query(austen).all(&db).await?;
    let later = Book::query(Book::by_author().author("Jane Austen").published(date(1991)?..)).all(&db).await?;

    assert_eq!(isbns(&all), [isbn(0), isbn(2)]);
    assert_eq!(isbns(&later), [isbn(2)]);
    Ok(())
}

async fn an_index_is_scanned(cx: Context) -> Result {
    use dynorm_tests::models::ByAuthor;
    let (db, _) = cx.library().await?;
    shelf(&db, 1990..1995).await?;

    assert_eq!(Book::scan().index(ByAuthor).all(&db).await?.len(), 5);
    Ok(())
}

async fn order_is_that_of_the_sort_key(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    shelf(&db, [1992, 1990, 1991]).await?;
    let penguin = || Book::query(Book::key().publisher("Penguin"));

    let up = penguin().all(&db).await?;
    let down = penguin().descending().all(&db).await?;

    assert_eq!(up.iter().map(|book| book.year).collect::<Vec<_>>(), [1990, 1991, 1992]);
    assert_eq!(down.iter().map(|book| book.year).collect::<Vec<_>>(), [1992, 1991, 1990]);
    Ok(())
}

async fn an_empty_range_finds_nothing(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    shelf(&db, 1990..1993).await?;

    #[expect(clippy::reversed_empty_ranges, reason = "an inverted range is what is tested")]
    let page = Book::query(Book::key().publisher("Penguin").year(1995..1990)).page(&db).await?;

    assert_eq!((page.items.len(), page.next.is_some(), page.usage.requests), (0, false, 0));
    Ok(())
}

async fn take_returns_so_many(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    shelf(&db, 1990..2000).await?;
    let penguin = || Book::query(Book::key().publisher("Penguin"));

    for (take, page_size) in [(0, 3), (1, 3), (3, 3), (4, 3), (10, 3), (99, 3), (5, 100)] {
        let items = penguin().take(take).page_size(page_size).all(&db).await?;
        assert_eq!(items.len(), take.min(10), "take {take}, page_size {page_size}");
    }
    assert_eq!(penguin().page_size(3).max_pages(2).all(&db).await?.len(), 6);
    Ok(())
}

async fn take_with_a_filter_returns_so_many(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    shelf(&db, 1990..2010).await?;
    let odd = |take| Book::scan().filter(Book::TITLE.contains("1")).take(take);

    let all: usize = Book::scan().all(&db).await?.iter().filter(|book| book.title.contains('1')).count();
    let page = odd(3).page(&db).await?;

    assert_eq!((page.items.len(), page.usage.requests), (3, 1), "a filter does not make take loop");
    assert_eq!(odd(1_000).all(&db).await?.len(), all);
    Ok(())
}

async fn a_page_ends_and_the_next_goes_on(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let books = shelf(&db, 1990..2000).await?;
    let penguin = || Book::query(Book::key().publisher("Penguin")).take(4);

    let mut found = Vec::new();
    let mut page = penguin().page(&db).await?;
    while let Some(next) = page.next.clone() {
        found.extend(page.items);
        page = penguin().after(next).page(&db).await?;
    }
    found.extend(page.items);

    assert_eq!(isbns(&found), isbns(&books));
    Ok(())
}

async fn a_trimmed_page_goes_on_behind_its_last_item(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let books = shelf(&db, 1990..2000).await?;
    // The filter matches everything, but with one a request has no limit: the page holds more than are taken.
    let penguin = || Book::query(Book::key().publisher("Penguin")).filter(Book::PAGES.gt(0));

    for take in 1..=10 {
        let page = penguin().take(take).page(&db).await?;
        let rest = match page.next {
            Some(next) => penguin().after(next).all(&db).await?,
            None => Vec::new(),
        };
        let all: Vec<_> = page.items.iter().chain(&rest).map(|book| &*book.isbn).collect();
        assert_eq!(all, isbns(&books), "trimmed to {take}");
    }
    Ok(())
}

async fn a_stream_goes_on_from_any_item(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let books = shelf(&db, 1990..2000).await?;
    let penguin = || Book::query(Book::key().publisher("Penguin")).page_size(4);

    for stop in 0..=10 {
        let mut stream = penguin().stream(&db);
        let mut all = Vec::new();
        while all.len() < stop {
            all.push(stream.try_next().await?.ok_or("ten items")?);
        }
        let rest = match stream.cursor()? {
            Some(cursor) => penguin().after(cursor),
            None => penguin(),
        };
        all.extend(rest.all(&db).await?);
        assert_eq!(isbns(&all), isbns(&books), "stopped at {stop}");
    }
    Ok(())
}

async fn pages_are_about_a_megabyte(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    // 200 items of 10 KB are two pages. Do not shrink them: with less than 1 MB nothing is paged.
    let books = (0..200).map(|n| Book { title: "t".repeat(10_000), ..Book::new("Penguin", 1995, &isbn(n)) });
    db.batch_write().put_all(books).send().await?;

    let mut stream = Book::query(Book::key().publisher("Penguin")).stream(&db);
    let mut found = 0;
    while stream.try_next().await?.is_some() {
        found += 1;
    }

    let usage = stream.usage();
    assert_eq!((found, usage.matched), (200, 200));
    assert!((2..=3).contains(&usage.requests), "{usage:?}");
    assert!(usage.capacity > 0.0 && usage.bytes > 2_000_000, "{usage:?}");
    Ok(())
}

async fn count_counts_what_matches(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    shelf(&db, 1990..2000).await?;
    let penguin = || Book::query(Book::key().publisher("Penguin"));

    assert_eq!(penguin().count(&db).await?, 10);
    assert_eq!(penguin().take(4).count(&db).await?, 4);
    assert_eq!(penguin().page_size(3).count(&db).await?, 10);
    assert_eq!(penguin().filter(Book::YEAR.lt(1993)).count(&db).await?, 3);
    assert_eq!(Book::scan().filter(Book::YEAR.lt(1993)).take(2).count(&db).await?, 2);
    Ok(())
}

async fn first_finds_one_behind_pages_that_match_nothing(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    shelf(&db, 1990..2000).await?;
    let penguin = || Book::query(Book::key().publisher("Penguin"));

    let first = penguin().first(&db).await?.ok_or("ten items")?;
    let late = penguin().page_size(2).filter(Book::YEAR.eq(1999)).first(&db).await?.ok_or("there is one")?;
    let none = penguin().page_size(2).filter(Book::YEAR.eq(2024)).first(&db).await?;

    assert_eq!((first.year, late.year, none), (1990, 1999, None));
    Ok(())
}
