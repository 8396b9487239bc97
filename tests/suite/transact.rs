//! What transactions do: all of it or nothing, and what an error tells of each operation.

use dynorm::DynamoModel;
use dynorm_tests::models::{Book, Note, at, isbn};
use dynorm_tests::{Context, Result};
use uuid::Uuid;

dynorm_tests::tests! {
    all_writes_are_done_with_one_time needs [Transactions],
    a_failed_condition_leaves_everything_as_it_was needs [Transactions],
    the_reasons_come_in_call_order needs [Transactions],
    the_reason_has_the_item needs [Transactions, ItemOfFailedCondition],
    a_condition_check_guards_without_a_change needs [Transactions],
    a_tracked_save_joins_a_transaction needs [Transactions],
    a_repeated_token_is_done_once needs [Transactions, TransactionTokens],
    what_dynamodb_would_refuse_is_not_sent,
    an_invalid_model_stops_all,
    nothing_is_a_transaction_too,
}

async fn all_writes_are_done_with_one_time(cx: Context) -> Result {
    let (db, clock) = cx.library().await?;
    Note::create_table().send(&db).await?;
    let mut changed = Book::new("Penguin Books", 1995, &isbn(1));
    let mut deleted = Book::new("Penguin Books", 1995, &isbn(2));
    db.transact().add(changed.create()).add(deleted.put()).send().await?;
    clock.set(2_000);

    let mut created = Book::new("Penguin Books", 1995, &isbn(3));
    let mut note = Note { id: dynorm::auto(), text: "moved".into() };
    let update = Book::update(&changed).set(Book::TITLE, "Emma").add(Book::PAGES, 5);
    let transaction = db.transact().add(created.create()).add(update).add(Book::delete(&deleted)).add(note.put());
    transaction.send().await?;

    assert_eq!((created.created, created.updated, note.id), (at(2_000), at(2_000), Uuid::from_u64_pair(0, 1)));
    let expected = Book { title: "Emma".into(), pages: Some(325), updated: at(2_000), ..changed };
    assert_eq!(Book::scan().consistent().all(&db).await?.len(), 2);
    assert_eq!(Book::get(&expected).consistent().send(&db).await?, Some(expected));
    assert_eq!(Book::get(&created).consistent().send(&db).await?, Some(created));
    assert_eq!(Note::get(&note).consistent().send(&db).await?, Some(note));
    Ok(())
}

async fn a_failed_condition_leaves_everything_as_it_was(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let mut first = Book::new("Penguin Books", 1995, &isbn(1));
    first.create().send(&db).await?;
    let mut second = Book::new("Penguin Books", 1995, &isbn(2));
    let mut again = first.clone();
    let before = (second.clone(), again.clone());

    let error = db.transact().add(second.put()).add(again.create()).send().await.expect_err("the first is there");

    assert!(error.is_transaction_canceled() && error.is_condition_failed() && error.is_already_exists(), "{error}");
    assert!(!error.is_not_found() && !error.is_transaction_conflict() && !error.is_throttled(), "{error}");
    assert_eq!((second, again), before);
    assert_eq!(Book::scan().consistent().all(&db).await?, [first]);
    Ok(())
}

async fn the_reasons_come_in_call_order(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    Note::create_table().send(&db).await?;
    let mut first = Book::new("Penguin Books", 1995, &isbn(1));
    first.create().send(&db).await?;
    let missing = Book::new("Penguin Books", 1995, &isbn(2));
    let (mut again, mut note) = (first.clone(), Note { id: dynorm::auto(), text: "fine".into() });

    let transaction = db.transact().add(Book::update(&missing).set(Book::TITLE, "Emma")).add(note.create());
    let error = transaction.add(again.create()).send().await.expect_err("two of three cannot be done");

    let models: Vec<_> = error.reasons().iter().map(|reason| reason.model()).collect();
    assert_eq!(models, ["Book", "Note", "Book"]);
    let [update, note, create] = error.reasons() else { return Err("three reasons".into()) };
    assert!(update.is_not_found() && note.is_none() && create.is_already_exists(), "{error}");
    assert_eq!(create.code(), Some("ConditionalCheckFailed"));
    assert_eq!(create.table(), cx.table("library"));
    let text = error.to_string();
    assert!(text.contains("operation 1 (of Book") && text.contains("operation 3 (of Book"), "{text}");
    assert!(!text.contains("operation 2") && !text.contains("Penguin"), "{text}");
    Ok(())
}

async fn the_reason_has_the_item(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let mut first = Book::new("Penguin Books", 1995, &isbn(1));
    first.create().send(&db).await?;
    let mut second = Book::new("Penguin Books", 1995, &isbn(2));

    let update = Book::update(&first).set(Book::TITLE, "Emma").condition(Book::PAGES.lt(100));
    let error = db.transact().add(second.create()).add(update).send().await.expect_err("it has 320 pages");

    let [create, update] = error.reasons() else { return Err("two reasons".into()) };
    assert!(create.is_none() && create.current_item().is_none(), "{error}");
    assert!(update.is_condition_failed() && !update.is_not_found(), "{error}");
    assert_eq!(update.current::<Book>().transpose()?, Some(first));
    Ok(())
}

async fn a_condition_check_guards_without_a_change(cx: Context) -> Result {
    let (db, clock) = cx.library().await?;
    let mut first = Book::new("Penguin Books", 1995, &isbn(1));
    first.create().send(&db).await?;
    let mut second = Book::new("Penguin Books", 1995, &isbn(2));
    clock.set(2_000);

    let long = || Book::condition_check(&first, Book::PAGES.gt(1_000));
    let error = db.transact().add(long()).add(second.create()).send().await.expect_err("it has 320 pages");
    assert!(error.reasons().first().is_some_and(|reason| reason.is_condition_failed()), "{error}");
    let short = Book::condition_check(&first, Book::PAGES.le(320));
    db.transact().add(short).add(second.create()).send().await?;

    assert_eq!(Book::scan().consistent().all(&db).await?, [first, second]);
    Ok(())
}

async fn a_tracked_save_joins_a_transaction(cx: Context) -> Result {
    let (db, clock) = cx.library().await?;
    let mut book = Book::new("Penguin Books", 1995, &isbn(1));
    let mut other = Book::new("Penguin Books", 1995, &isbn(2));
    db.transact().add(book.create()).add(other.create()).send().await?;
    let mut tracked = Book::get(&book).consistent().tracked().send(&db).await?.ok_or("stored")?;
    let mut unchanged = Book::get(&other).consistent().tracked().send(&db).await?.ok_or("stored")?;
    clock.set(2_000);

    tracked.pages = None;
    let mut taken = other.clone();
    let error = db.transact().add(tracked.save()).add(taken.create()).send().await.expect_err("taken");
    assert!(error.is_already_exists() && tracked.is_changed()? && tracked.updated == at(1_000), "{error}");
    db.transact().add(tracked.save()).add(unchanged.save()).send().await?;

    assert!(!tracked.is_changed()? && tracked.updated == at(2_000) && unchanged.updated == at(1_000));
    let stored = Book::scan().consistent().all(&db).await?;
    assert_eq!(stored, [tracked.into_inner(), unchanged.into_inner()]);
    Ok(())
}

async fn a_repeated_token_is_done_once(cx: Context) -> Result {
    let (db, clock) = cx.library().await?;
    let mut book = Book::new("Penguin Books", 1995, &isbn(1));
    book.create().send(&db).await?;

    for _ in 0..2 {
        db.transact().add(Book::update(&book).add(Book::PAGES, 5)).token("five more").send().await?;
    }
    clock.set(2_000);
    let other = db.transact().add(Book::update(&book).add(Book::PAGES, 5)).token("five more").send().await;

    let error = other.expect_err("`updated` is another");
    assert_eq!(error.code(), Some("IdempotentParameterMismatchException"));
    let stored = Book::get(&book).consistent().send(&db).await?;
    assert_eq!(stored.and_then(|book| book.pages), Some(325));
    Ok(())
}

async fn what_dynamodb_would_refuse_is_not_sent(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let mut books: Vec<Book> = (0..101).map(|n| Book::new("Penguin Books", 1995, &isbn(n))).collect();
    let error = db.transact().add_all(books.iter_mut().map(Book::put)).send().await.expect_err("101 operations");
    assert!(error.is_transaction_limit() && error.to_string().contains("101"), "{error}");

    let large = |n| Book { title: "x".repeat(390_000), ..Book::new("Penguin Books", 1995, &isbn(n)) };
    let mut books: Vec<Book> = (0..11).map(large).collect();
    let error = db.transact().add_all(books.iter_mut().map(Book::put)).send().await.expect_err("more than 4 MB");
    assert!(error.is_transaction_limit() && error.to_string().contains("4 MB"), "{error}");

    let mut book = Book::new("Penguin Books", 1995, &isbn(1));
    let other = Book::new("Penguin Books", 1995, &isbn(2));
    let delete = Book::delete(&book);
    let twice = db.transact().add(Book::delete(&other)).add(book.put()).add(delete);
    let error = twice.send().await.expect_err("two operations on one item");
    assert!(error.is_transaction_limit() && error.to_string().contains("operations 2 and 3"), "{error}");

    assert_eq!(Book::scan().consistent().count(&db).await?, 0);
    assert_eq!(error.operation(), Some("TransactWriteItems"));
    Ok(())
}

async fn an_invalid_model_stops_all(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let mut good = Book::new("Penguin Books", 1995, &isbn(1));
    let mut bad = Book { title: String::new(), ..Book::new("Penguin Books", 1995, &isbn(2)) };
    let before = (good.clone(), bad.clone());

    let error = db.transact().add(good.put()).add(bad.put()).send().await.expect_err("the title is empty");

    assert!(error.is_validation() && error.model() == Some("Book"), "{error}");
    assert_eq!((good, bad), before);
    assert_eq!(Book::scan().consistent().count(&db).await?, 0);
    Ok(())
}

async fn nothing_is_a_transaction_too(cx: Context) -> Result {
    cx.db().transact().send().await?;
    Ok(())
}
