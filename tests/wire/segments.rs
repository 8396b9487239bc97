//! A scan in segments: the requests of each, their number, and what the failure of one leaves.

use dynorm::DynamoModel;
use dynorm_tests::Result;
use dynorm_tests::models::{Book, isbn};
use dynorm_tests::wire::{Reply, Wire};
use serde_json::{Value, json};

use super::reads::{page, position};
use super::scripted;

fn scan(segment: usize, limit: Option<u32>, start: Option<Value>) -> Value {
    let mut scan =
        json!({ "TableName": "library", "Segment": segment, "TotalSegments": 2, "ReturnConsumedCapacity": "TOTAL" });
    if let Some(limit) = limit {
        scan["Limit"] = limit.into();
    }
    if let Some(start) = start {
        scan["ExclusiveStartKey"] = start;
    }
    scan
}

/// The segments of the requests, in their order.
fn segments(wire: &Wire) -> Vec<u64> {
    wire.sent().iter().filter_map(|sent| sent.body["Segment"].as_u64()).collect()
}

#[tokio::test]
async fn each_segment_is_a_scan_of_its_own() -> Result {
    let (wire, db, _) = scripted([page(0..2, true), page(10..12, false), page(2..3, false)]);

    let mut items = Book::scan().segments(2).stream(&db);
    assert!(wire.sent().is_empty(), "it is lazy");
    let mut found = Vec::new();
    while let Some(book) = items.try_next().await? {
        found.push(book.isbn);
    }

    found.sort_unstable();
    assert_eq!(found, [0, 1, 2, 10, 11].map(isbn));
    wire.assert_sent([
        ("Scan", scan(0, None, None)),
        ("Scan", scan(1, None, None)),
        ("Scan", scan(0, None, Some(position(1)))),
    ]);
    Ok(())
}

#[tokio::test]
async fn one_segment_is_a_plain_scan() -> Result {
    let (wire, db, _) = scripted([page(0..1, false)]);

    Book::scan().segments(1).all(&db).await?;

    wire.assert_sent([("Scan", json!({ "TableName": "library", "ReturnConsumedCapacity": "TOTAL" }))]);
    Ok(())
}

#[tokio::test]
async fn what_is_taken_is_shared_out() -> Result {
    // The first segment has less than its share, which is then asked of the second.
    let (wire, db, _) = scripted([page(0..1, false), page(10..13, true), page(13..15, true)]);

    let found = Book::scan().segments(2).take(6).all(&db).await?;

    assert_eq!(found.len(), 6);
    wire.assert_sent([
        ("Scan", scan(0, Some(3), None)),
        ("Scan", scan(1, Some(3), None)),
        ("Scan", scan(1, Some(2), Some(position(12)))),
    ]);
    Ok(())
}

#[tokio::test]
async fn requests_are_limited_in_all() -> Result {
    let (wire, db, _) = scripted([page(0..2, true), page(10..12, true), page(12..14, true)]);

    let found = Book::scan().segments(2).max_pages(3).all(&db).await?;

    assert_eq!((found.len(), wire.sent().len()), (6, 3));
    Ok(())
}

#[tokio::test]
async fn each_segment_looks_one_page_ahead() -> Result {
    let (wire, db, _) = scripted([page(0..4, true), page(10..14, true), page(14..18, true), page(4..8, true)]);
    let mut items = Book::scan().segments(2).stream(&db);

    assert!(items.try_next().await?.is_some());
    assert_eq!(segments(&wire), [0, 1], "the first half of each page is still unread");
    for _ in 1..8 {
        assert!(items.try_next().await?.is_some());
    }

    let mut sent = segments(&wire);
    sent.sort_unstable();
    assert_eq!(sent, [0, 0, 1, 1], "one page ahead in each, and no more");
    Ok(())
}

#[tokio::test]
async fn the_others_go_on_when_one_fails() -> Result {
    let throttled = Reply::error("ProvisionedThroughputExceededException");
    let (wire, db, _) = scripted([page(0..2, true), throttled, page(2..4, false)]);
    let mut items = Book::scan().segments(2).stream(&db);

    let (mut found, mut errors) = (Vec::new(), Vec::new());
    loop {
        match items.try_next().await {
            Ok(Some(book)) => found.push(book.isbn),
            Ok(None) => break,
            Err(error) => errors.push(error),
        }
    }
    assert_eq!(found, (0..4).map(isbn).collect::<Vec<_>>());
    assert!(errors.len() == 1 && errors[0].is_throttled(), "{errors:?}");
    assert_eq!(segments(&wire), [0, 1, 0]);

    // The cursor knows that the first segment is at its end, and that the second one has to begin.
    let cursor = items.cursor()?.ok_or("half was read")?;
    wire.push(page(10..12, false));
    let rest = Book::scan().after(cursor).all(&db).await?;
    assert_eq!(rest.len(), 2);
    assert_eq!(wire.sent().last().map(|sent| sent.body.clone()), Some(scan(1, None, None)));
    Ok(())
}

#[tokio::test]
async fn a_scan_goes_on_in_the_segments_of_its_cursor() -> Result {
    let (wire, db, _) = scripted([page(0..2, true), page(10..12, true), page(2..3, false), page(12..13, false)]);
    let first = Book::scan().segments(2).page(&db).await?;

    let second = Book::scan().segments(8).after(first.next.ok_or("both have more")?).page(&db).await?;

    assert_eq!((second.items.len(), second.next.is_some()), (2, false));
    wire.assert_sent([
        ("Scan", scan(0, None, None)),
        ("Scan", scan(1, None, None)),
        ("Scan", scan(0, None, Some(position(1)))),
        ("Scan", scan(1, None, Some(position(11)))),
    ]);
    Ok(())
}

#[tokio::test]
async fn a_query_has_no_segments_to_go_on_in() -> Result {
    let (wire, db, _) = scripted([page(0..2, true), page(10..12, true)]);
    let cursor = Book::scan().segments(2).page(&db).await?.next.ok_or("both have more")?;

    let query = || Book::query(Book::key().publisher("Penguin"));
    let after = query().after(cursor.clone()).all(&db).await.expect_err("it is a scan's");
    let before = query().before(cursor).page(&db).await.expect_err("it is a scan's");

    assert!(after.is_cursor() && before.is_cursor(), "{after}, {before}");
    assert_eq!(wire.sent().len(), 2, "nothing more was sent");
    Ok(())
}
