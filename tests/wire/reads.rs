//! The requests of get, query and scan, and their number.

use aws_sdk_dynamodb::types::AttributeValue;
use dynorm::{DynamoModel, FullKey, begins_with};
use dynorm_tests::Result;
use dynorm_tests::models::{Book, ByAuthor, isbn};
use dynorm_tests::wire::Reply;
use serde_json::{Value, json};

use super::scripted;

pub(super) fn item(n: usize) -> Value {
    let isbn = isbn(n);
    json!({
        "publisher": { "S": "Penguin" }, "year": { "N": "1995" }, "isbn": { "S": isbn },
        "title": { "S": "t" }, "author": { "S": "a" }, "published": { "S": "1995-05-01" },
        "created": { "S": "1970-01-01T00:16:40Z" }, "updated": { "S": "1970-01-01T00:16:40Z" },
        "sk": { "S": format!("1995-{isbn}") },
    })
}

pub(super) fn position(n: usize) -> Value {
    json!({ "publisher": { "S": "Penguin" }, "sk": { "S": format!("1995-{}", isbn(n)) } })
}

/// A page of these items; `more` says whether it is not the last.
pub(super) fn page(items: std::ops::Range<usize>, more: bool) -> Reply {
    let last = items.end - 1;
    let items: Vec<_> = items.map(item).collect();
    let mut body = json!({ "Count": items.len(), "ScannedCount": items.len(), "Items": items });
    if more {
        body["LastEvaluatedKey"] = position(last);
    }
    Reply::ok(body)
}

fn condition(text: &str, values: Value) -> Value {
    json!({
        "TableName": "library",
        "KeyConditionExpression": text,
        "ExpressionAttributeNames": { "#0": "publisher", "#1": "sk" },
        "ExpressionAttributeValues": values,
        "ReturnConsumedCapacity": "TOTAL",
    })
}

#[tokio::test]
async fn get_sends_the_key() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({ "Item": item(1) })), Reply::ok(json!({}))]);
    let key = Book::key().publisher("Penguin").year(1995).isbn(isbn(1)).into_key();

    assert_eq!(Book::get(&key).consistent().send(&db).await?.map(|book| book.isbn), Some(isbn(1)));
    assert_eq!(Book::get(&key).send(&db).await?, None);

    wire.assert_sent([
        ("GetItem", json!({ "TableName": "library", "Key": position(1), "ConsistentRead": true })),
        ("GetItem", json!({ "TableName": "library", "Key": position(1) })),
    ]);
    Ok(())
}

#[tokio::test]
async fn keys_become_the_conditions_that_dynamodb_has() -> Result {
    let (wire, db, _) = scripted((0..4).map(|_| page(0..1, false)));
    let penguin = || Book::key().publisher("Penguin");

    Book::query(penguin().year(1995)).all(&db).await?;
    Book::query(penguin().year(1990..=1999)).all(&db).await?;
    Book::query(penguin().year(1995).isbn(begins_with("978014"))).all(&db).await?;
    Book::query(penguin().year(1995).isbn(isbn(1))).take(5).all(&db).await?;

    let publisher = json!({ "S": "Penguin" });
    wire.assert_sent([
        ("Query", condition("#0 = :0 AND begins_with(#1, :1)", json!({ ":0": publisher, ":1": { "S": "1995-" } }))),
        (
            "Query",
            condition(
                "#0 = :0 AND #1 BETWEEN :1 AND :2",
                json!({ ":0": publisher, ":1": { "S": "1990" }, ":2": { "S": "1999." } }),
            ),
        ),
        (
            "Query",
            condition("#0 = :0 AND begins_with(#1, :1)", json!({ ":0": publisher, ":1": { "S": "1995-978014" } })),
        ),
        (
            "Query",
            condition("#0 = :0 AND #1 = :1", json!({ ":0": publisher, ":1": { "S": format!("1995-{}", isbn(1)) } })),
        ),
    ]);
    Ok(())
}

#[tokio::test]
async fn take_asks_for_what_it_still_wants() -> Result {
    let (wire, db, _) = scripted([page(0..3, true), page(3..5, true)]);

    let page = Book::scan().take(5).page_size(3).max_pages(9).page(&db).await?;

    assert_eq!((page.items.len(), page.usage.requests), (5, 2));
    assert!(page.next.is_some());
    let scan = |limit| json!({ "TableName": "library", "Limit": limit, "ReturnConsumedCapacity": "TOTAL" });
    let mut second = scan(2);
    second["ExclusiveStartKey"] = position(2);
    wire.assert_sent([("Scan", scan(3)), ("Scan", second)]);
    Ok(())
}

#[tokio::test]
async fn a_filter_does_not_shrink_the_page() -> Result {
    let (wire, db, _) = scripted([page(0..3, true)]);

    let found = Book::scan().filter(Book::TITLE.eq("t")).take(2).all(&db).await?;

    assert_eq!(found.len(), 2);
    wire.assert_sent([(
        "Scan",
        json!({
            "TableName": "library", "FilterExpression": "#0 = :0", "ReturnConsumedCapacity": "TOTAL",
            "ExpressionAttributeNames": { "#0": "title" }, "ExpressionAttributeValues": { ":0": { "S": "t" } },
        }),
    )]);
    Ok(())
}

#[tokio::test]
async fn take_zero_sends_nothing() -> Result {
    let (wire, db, _) = scripted([]);

    assert_eq!(Book::scan().take(0).all(&db).await?, []);
    assert_eq!(Book::scan().take(0).count(&db).await?, 0);

    assert!(wire.sent().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_stream_sends_nothing_before_it_is_asked() -> Result {
    let (wire, db, _) = scripted([page(0..4, true)]);

    let mut stream = Book::scan().no_look_ahead().stream(&db);
    assert!(wire.sent().is_empty());
    for _ in 0..4 {
        assert!(stream.try_next().await?.is_some());
    }

    assert_eq!(wire.sent().len(), 1, "without look-ahead the next page waits for its first item");
    Ok(())
}

#[tokio::test]
async fn a_stream_looks_one_page_ahead_from_the_middle() -> Result {
    let (wire, db, _) = scripted([page(0..4, true), page(4..8, true)]);
    let mut stream = Book::scan().stream(&db);

    assert!(stream.try_next().await?.is_some());
    assert_eq!(wire.sent().len(), 1, "the first half of the page is still unread");
    for _ in 0..3 {
        assert!(stream.try_next().await?.is_some());
    }

    assert_eq!(wire.sent().len(), 2, "one page ahead, and no more");
    Ok(())
}

#[tokio::test]
async fn a_stream_with_all_it_wants_looks_no_further() -> Result {
    let (wire, db, _) = scripted([page(0..4, true)]);

    let found = Book::scan().filter(Book::TITLE.eq("t")).take(4).all(&db).await?;

    assert_eq!((found.len(), wire.sent().len()), (4, 1));
    Ok(())
}

#[tokio::test]
async fn backwards_is_the_other_way_round() -> Result {
    let (wire, db, _) = scripted([page(5..6, true), page(3..5, true), page(6..8, true)]);
    let penguin = || Book::query(Book::key().publisher("Penguin")).descending();
    let at = penguin().take(1).page(&db).await?.next.ok_or("there are more")?;

    let up = penguin().before(at.clone()).take(2).page(&db).await?;
    let down = penguin().after(at).take(2).page(&db).await?;

    let isbns = |books: &[Book]| books.iter().map(|book| book.isbn.clone()).collect::<Vec<_>>();
    assert_eq!(isbns(&up.items), [isbn(4), isbn(3)], "turned back into the order of the query");
    assert_eq!(isbns(&down.items), [isbn(6), isbn(7)]);
    let sent = |limit: u32, descending: bool, start: Option<Value>| {
        let mut sent = condition("#0 = :0", json!({ ":0": { "S": "Penguin" } }));
        sent["ExpressionAttributeNames"] = json!({ "#0": "publisher" });
        sent["Limit"] = limit.into();
        if descending {
            sent["ScanIndexForward"] = false.into();
        }
        if let Some(start) = start {
            sent["ExclusiveStartKey"] = start;
        }
        ("Query", sent)
    };
    wire.assert_sent([sent(1, true, None), sent(2, false, Some(position(5))), sent(2, true, Some(position(5)))]);
    Ok(())
}

#[tokio::test]
async fn an_empty_page_is_not_the_end() -> Result {
    let empty = json!({ "Count": 0, "ScannedCount": 9, "Items": [], "LastEvaluatedKey": position(8) });
    let (wire, db, _) = scripted([Reply::ok(empty), page(9..10, false)]);

    let found = Book::scan().all(&db).await?;

    assert_eq!((found.len(), wire.sent().len()), (1, 2));
    Ok(())
}

#[tokio::test]
async fn a_foreign_item_is_an_error_in_its_place() -> Result {
    let body = json!({ "Count": 3, "ScannedCount": 3, "Items": [item(0), { "publisher": { "S": "x" }, "sk": { "S": "y" } }, item(2)] });
    let (_, db, _) = scripted([Reply::ok(body)]);
    let mut stream = Book::scan().stream(&db);

    let first = stream.try_next().await?;
    let second = stream.try_next().await.expect_err("it has no year");
    let third = stream.try_next().await?;

    assert_eq!(first.map(|book| book.isbn), Some(isbn(0)));
    assert!(second.is_decode(), "{second}");
    let key = second.item_key().ok_or("an item has a key")?;
    assert_eq!((key.len(), key.get("sk")), (2, Some(&AttributeValue::S("y".into()))));
    assert_eq!(third.map(|book| book.isbn), Some(isbn(2)));
    assert_eq!(stream.try_next().await?, None);
    Ok(())
}

#[test]
fn everything_can_be_sent_to_another_thread() {
    fn is_send<T: Send>(_: &T) {}
    fn is_stream<T: Send + Unpin + 'static>(_: &T) {}
    let (_, db, _) = scripted([]);
    let mut book = Book::new("Penguin", 1995, &isbn(1));
    let key = book.to_key();

    is_send(&Book::get(&key).send(&db));
    is_send(&Book::batch_get([&key]).send(&db));
    is_send(&Book::scan().index(ByAuthor).hydrate().page(&db));
    is_stream(&Book::scan().index(ByAuthor).hydrate().stream(&db));
    is_send(&db.batch_get((Book::batch_get([&key]),)).send());
    is_send(&Book::get(&key).tracked().send(&db));
    is_send(&Book::query(&key).filter(Book::PAGES.gt(1)).page(&db));
    is_send(&Book::scan().count(&db));
    is_send(&Book::update(&key).set(Book::TITLE, "Emma").return_new().send(&db));
    is_send(&Book::delete(&key).send(&db));
    is_send(&Book::create_table().send(&db));
    is_send(&book.put().condition(Book::PAGES.gt(1)).send(&db));
    is_send(&db.batch_write().put(book.clone()).send());
    is_send(&db.transact().add(book.create()).send());
    is_stream(&Book::scan().stream(&db));
    is_stream(&db);
    is_stream(&key);
}
