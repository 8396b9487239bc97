//! `request` is what the verb sends, and `explain` says it in words without a value.

use dynorm::{Db, DynamoModel, begins_with};
use dynorm_tests::Result;
use dynorm_tests::models::{Book, isbn};
use dynorm_tests::wire::{Reply, Wire};
use serde_json::json;

use super::scripted;

/// A model whose values must not be seen.
#[derive(Debug, DynamoModel)]
#[dynorm(table = "tokens", sort_key = "{kind}#{secret}")]
#[dynorm(index(ByOwner, name = "by-owner", local, sort_key = owner))]
#[dynorm(index(BySecret, name = "by-secret", partition_key = secret, sort_key = kind))]
struct Token {
    #[dynorm(partition_key)]
    tenant: String,
    kind: String,
    #[dynorm(sensitive)]
    secret: String,
    owner: String,
}

fn empty_page() -> Reply {
    Reply::ok(json!({ "Items": [], "Count": 0, "ScannedCount": 0 }))
}

/// Asserts that the last two requests are the same one.
#[track_caller]
fn same(wire: &Wire) {
    let sent = wire.sent();
    let [.., first, second] = &*sent else { panic!("two requests") };
    assert_eq!((&first.operation, &first.body), (&second.operation, &second.body));
}

fn many() -> (Wire, Db) {
    let (wire, db, _) = scripted((0..64).map(|_| empty_page()));
    (wire, db)
}

#[tokio::test]
async fn the_request_of_a_read_is_what_it_sends() -> Result {
    let (wire, db) = many();
    let key = Book::new("Penguin", 1995, &isbn(1)).to_key();

    let get = Book::get(&key).consistent();
    get.request(&db)?.send().await?;
    get.send(&db).await?;
    same(&wire);

    let in_1995 = || Book::key().publisher("Penguin").year(1995).isbn(begins_with("978"));
    let query = Book::query(in_1995()).filter(Book::PAGES.gt(300)).descending().page_size(7).take(3);
    query.request(&db)?.send().await?;
    query.page(&db).await?;
    same(&wire);

    let by_author = Book::query(Book::by_author().author("Jane Austen")).take(3);
    by_author.request(&db)?.send().await?;
    by_author.all(&db).await?;
    same(&wire);

    let segments = Book::scan().segments(3).take(5).max_pages(1);
    segments.request(&db)?.send().await?;
    segments.all(&db).await?;
    same(&wire);

    let scan = Book::scan().consistent().take(5);
    scan.request(&db)?.send().await?;
    scan.all(&db).await?;
    same(&wire);
    Ok(())
}

#[tokio::test]
async fn the_request_of_a_read_that_goes_on_starts_at_its_cursor() -> Result {
    let item = json!({ "publisher": { "S": "P" }, "sk": { "S": "1995-x" } });
    let last = json!({ "Items": [], "Count": 0, "ScannedCount": 1, "LastEvaluatedKey": item });
    let script = std::iter::once(Reply::ok(last)).chain((0..4).map(|_| empty_page()));
    let (wire, db, _) = scripted(script);
    let query = || Book::query(Book::key().publisher("P"));
    let cursor = query().page(&db).await?.next.ok_or("no cursor")?;

    for goes_on in [query().after(cursor.clone()), query().before(cursor)] {
        goes_on.request(&db)?.send().await?;
        goes_on.page(&db).await?;

        same(&wire);
        assert_eq!(wire.sent().last().map(|sent| sent.body["ExclusiveStartKey"].clone()), Some(item.clone()));
    }
    assert_eq!(wire.sent().last().map(|sent| sent.body["ScanIndexForward"].clone()), Some(json!(false)));
    Ok(())
}

#[tokio::test]
async fn a_request_can_be_changed() -> Result {
    let (wire, db, _) = scripted([empty_page()]);

    Book::scan().request(&db)?.limit(3).send().await?;

    wire.assert_sent([("Scan", json!({ "TableName": "library", "Limit": 3, "ReturnConsumedCapacity": "TOTAL" }))]);
    Ok(())
}

#[test]
fn what_is_refused_has_no_request() {
    let (wire, db, _) = scripted([]);

    let query = Book::query(Book::key().publisher("Penguin").year(19_951));
    assert!(query.request(&db).expect_err("too wide").is_key());
    assert!(query.explain(&db).expect_err("too wide").is_key());
    assert!(Book::get(&Book::new("", 1995, "x")).request(&db).expect_err("an empty key").is_key());

    assert!(wire.sent().is_empty());
}

#[test]
fn a_query_in_words() -> Result {
    let (wire, db, _) = scripted([]);
    let nineties = Book::query(Book::key().publisher("Penguin").year(1990..1999));
    let explained = nineties
        .filter(Book::PAGES.gt(300) & Book::TITLE.contains("war"))
        .consistent()
        .descending()
        .take(20)
        .page_size(100)
        .max_pages(3)
        .explain(&db)?;

    assert_eq!(
        explained.to_string(),
        "Query of Book in table library\n  \
         key: publisher = ? AND sk BETWEEN ? AND ?\n  \
         filtered after reading: pages > ? AND contains(title, ?)\n  \
         consistent: sees every write that succeeded before\n  \
         order: from the largest sort key to the smallest\n  \
         limits: take 20, page_size 100, max_pages 3\n  \
         requests: one for each page of up to 1 MB\n  \
         billing: one read unit for each 4 KB of all items that a request reads, added up and then rounded up; items that the filter leaves out are paid for"
    );
    assert_eq!(explained.show_keys().key.as_deref(), Some(r#"publisher = "Penguin" AND sk BETWEEN "1990" AND "1999""#));
    assert!(wire.sent().is_empty());
    Ok(())
}

#[test]
fn indexes_scans_and_gets_in_words() -> Result {
    let (_, db, _) = scripted([]);
    let of_index = Book::query(Book::by_author().author("Jane Austen")).explain(&db)?;
    assert_eq!((of_index.index.as_deref(), of_index.key.as_deref()), (Some("by-author"), Some("author = ?")));

    let scan = Book::scan().filter(Book::PUBLISHER.eq("x")).explain(&db)?;
    assert_eq!((scan.operation, scan.key, scan.filter.as_deref()), ("Scan", None, Some("publisher = ?")));

    let get = Book::get(&Book::new("Penguin", 1995, "9780140620320")).explain(&db)?;
    assert_eq!(
        get.clone().show_keys().to_string(),
        "GetItem of Book in table library\n  \
         key: publisher = \"Penguin\" AND sk = \"1995-9780140620320\"\n  \
         requests: one\n  \
         billing: half a read unit for each 4 KB of the whole item, rounded up; as much as for 4 KB if there is none"
    );
    assert_eq!(get.key.as_deref(), Some("publisher = ? AND sk = ?"));
    assert!(!format!("{get:?}").contains("Penguin"));

    let one = Book::query(Book::new("Penguin", 1995, "9780140620320").to_key()).explain(&db)?;
    assert_eq!(one.requests, "one");
    let nothing = Book::query(Book::key().publisher("Penguin").year(1995..1995)).explain(&db)?;
    assert_eq!(nothing.requests, "none, because nothing can be found");
    Ok(())
}

#[test]
fn the_filled_end_of_a_range_is_shown_short() -> Result {
    let (_, db, _) = scripted([]);
    let key = Book::key().publisher("Penguin").year(1995).isbn("a".."m");
    let explained = Book::query(key).explain(&db)?.show_keys();
    assert_eq!(explained.key.as_deref(), Some(r#"publisher = "Penguin" AND sk BETWEEN "1995-a" AND "1995-l""#));
    Ok(())
}

#[test]
fn sensitive_keys_stay_hidden() -> Result {
    let (_, db, _) = scripted([]);
    let token = Token { tenant: "t".into(), kind: "api".into(), secret: "hunter2".into(), owner: "o".into() };

    let get = Token::get(&token).explain(&db)?.show_keys();
    assert_eq!(get.key.as_deref(), Some(r#"tenant = "t" AND sk = ?"#));
    let prefix = Token::query(Token::key().tenant("t").kind("api")).explain(&db)?.show_keys();
    assert_eq!(prefix.key.as_deref(), Some(r#"tenant = "t" AND begins_with(sk, ?)"#));
    let own = Token::query(Token::by_secret().secret("hunter2").kind("api")).explain(&db)?.show_keys();
    assert_eq!(own.key.as_deref(), Some(r#"secret = ? AND kind = "api""#));
    let other = Token::query(Token::by_owner().tenant("t").owner("o")).explain(&db)?.show_keys();
    assert_eq!(other.key.as_deref(), Some(r#"tenant = "t" AND owner = "o""#));

    for explained in [get, prefix, own, other] {
        assert!(!format!("{explained} {explained:?}").contains("hunter2"));
    }
    Ok(())
}

fn book() -> Book {
    Book::new("Penguin", 1995, &isbn(1))
}

/// A book as it is stored, which was read to be changed.
async fn tracked(db: &Db) -> Result<dynorm::Tracked<Book>> {
    Ok(Book::get(&book()).tracked().send(db).await?.ok_or("no book")?)
}

#[tokio::test]
async fn the_request_of_a_write_is_what_it_sends() -> Result {
    let item = json!({
        "publisher": { "S": "Penguin" }, "year": { "N": "1995" }, "isbn": { "S": isbn(1) }, "title": { "S": "t" },
        "author": { "S": "a" }, "published": { "S": "1995-05-01" }, "sk": { "S": format!("1995-{}", isbn(1)) },
        "created": { "S": "1970-01-01T00:00:10Z" }, "updated": { "S": "1970-01-01T00:00:10Z" },
    });
    let script = (0..64).map(|_| Reply::ok(json!({ "Item": item })));
    let (wire, db, _) = scripted(script);

    book().put().condition(Book::PAGES.gt(300)).request(&db)?.send().await?;
    book().put().condition(Book::PAGES.gt(300)).send(&db).await?;
    same(&wire);

    book().create().request(&db)?.send().await?;
    book().create().send(&db).await?;
    same(&wire);

    let update = || Book::update(&book()).set(Book::TITLE, "Emma").add(Book::PAGES, 1).condition(Book::PAGES.gt(1));
    update().request(&db)?.send().await?;
    update().send(&db).await?;
    same(&wire);

    Book::update(&book()).upsert().partial().set(Book::TITLE, "Emma").request(&db)?.send().await?;
    Book::update(&book()).upsert().partial().set(Book::TITLE, "Emma").send(&db).await?;
    same(&wire);

    Book::delete(&book()).condition(Book::TITLE.eq("t")).request(&db)?.send().await?;
    Book::delete(&book()).condition(Book::TITLE.eq("t")).send(&db).await?;
    same(&wire);

    let mut changed = tracked(&db).await?;
    changed.title = "Persuasion".into();
    changed.save().request(&db)?.ok_or("nothing to save")?.send().await?;
    changed.save().send(&db).await?;
    same(&wire);
    assert!(changed.save().request(&db)?.is_none(), "it has been saved");
    Ok(())
}

#[tokio::test]
async fn a_model_is_as_it_was_after_its_request() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({}))]);
    let mut book = book();
    let before = book.clone();

    let request = book.put().request(&db)?;
    let stored = request.get_item().clone().ok_or("no item")?;

    assert_eq!(book, before);
    assert_eq!(stored["title"].as_s().ok(), Some(&before.title), "the values are there to be looked at");
    request.send().await?;
    assert_eq!(wire.sent().len(), 1);
    assert!(Book { title: String::new(), ..before }.put().request(&db).expect_err("no title").is_validation());
    Ok(())
}

#[tokio::test]
async fn writes_in_words() -> Result {
    let (wire, db, _) = scripted([]);
    let of_indexes =
        "; as well for each entry that is written or removed in by-author, twice for one whose key changes";
    let larger = "one write unit for each 1 KB of the item as it was or as it becomes, whichever is larger, rounded up";

    let create = book().create().explain(&db)?;
    assert_eq!(
        create.to_string(),
        format!(
            "PutItem of Book in table library\n  \
             key: publisher = ? AND sk = ?\n  \
             only if: attribute_not_exists(publisher)\n  \
             requests: one\n  \
             billing: {larger}{of_indexes}; a write whose condition is false is billed too"
        )
    );
    let update = Book::update(&book()).set(Book::TITLE, "Emma").add(Book::PAGES, 1).explain(&db)?;
    assert_eq!(update.update.as_deref(), Some("SET title = ?, updated = ? ADD pages ?"));
    assert_eq!(update.condition.as_deref(), Some("attribute_exists(publisher)"));
    assert_eq!(update.show_keys().key, Some(format!(r#"publisher = "Penguin" AND sk = "1995-{}""#, isbn(1))));

    let delete = Book::delete(&book()).explain(&db)?;
    assert_eq!(
        delete.to_string(),
        format!(
            "DeleteItem of Book in table library\n  \
             key: publisher = ? AND sk = ?\n  \
             requests: one\n  \
             billing: one write unit for each 1 KB of the item that is there, rounded up; one unit if there is none{of_indexes}"
        )
    );
    let token = Token { tenant: "t".into(), kind: "api".into(), secret: "hunter2".into(), owner: "o".into() };
    let secret = Token::delete(&token).condition(Token::SECRET.eq("hunter2")).explain(&db)?.show_keys();
    assert!(!format!("{secret} {secret:?}").contains("hunter2"), "{secret}");
    assert!(wire.sent().is_empty());
    Ok(())
}

#[derive(Debug, DynamoModel)]
#[dynorm(table = "users")]
struct User {
    #[dynorm(partition_key)]
    id: String,
    #[dynorm(unique)]
    email: String,
    name: String,
}

#[test]
fn writes_with_guards_in_words() -> Result {
    let (wire, db, _) = scripted([]);
    let mut user = User { id: "7".into(), email: "a@b.c".into(), name: "Ann".into() };

    let create = user.create().explain(&db)?;
    assert_eq!(create.operation, "TransactWriteItems");
    assert_eq!(create.requests, "one, with the guards of its unique values");
    assert!(create.billing.starts_with("two write units for each 1 KB of each guard, and of the item"), "{create}");
    for reads in [user.put().explain(&db)?, User::delete(&user).explain(&db)?] {
        assert!(reads.requests.starts_with("two: a consistent GetItem"), "{reads}");
        assert!(reads.billing.ends_with("; for the read, one read unit for each 4 KB of the item"), "{reads}");
    }
    // There is no one request that could be changed and sent.
    assert!(user.put().request(&db).expect_err("it is a transaction").is_expression());
    assert!(user.create().request(&db).expect_err("it is a transaction").is_expression());
    let rename = User::update(&user).set(User::NAME, "Bob").explain(&db)?;
    assert_eq!((rename.operation, &*rename.requests), ("UpdateItem", "one"));
    assert!(wire.sent().is_empty());
    Ok(())
}
