//! What a tracked item does when its key changes.

use aws_sdk_dynamodb::types::AttributeValue::{self, S};
use dynorm::{Db, DynamoModel, Key, Tracked};
use dynorm_tests::models::{Book, at, isbn};
use dynorm_tests::{Context, Result};

dynorm_tests::tests! {
    rekey_moves_the_item_with_all_its_attributes needs [Transactions],
    rekey_follows_what_was_saved_and_moved_before needs [Transactions],
    rekey_to_a_taken_key_changes_nothing needs [Transactions],
    rekey_of_an_item_that_somebody_changed_is_refused needs [Transactions, ItemOfFailedCondition],
    rekey_of_a_deleted_item_is_not_found needs [Transactions],
    rekey_checks_the_caller_s_condition needs [Transactions],
    rekey_of_an_unchanged_key_is_a_save,
    rekey_of_more_attributes_than_a_condition_compares_is_refused,
}

/// Stores a book with attributes that the model does not know, and reads it back.
async fn tracked(db: &Db, more: impl IntoIterator<Item = (String, AttributeValue)>) -> Result<Tracked<Book>> {
    let mut book = Book::new("Penguin Books", 1995, &isbn(1));
    book.create().send(db).await?;
    let mut item = raw(db, &book.to_key()).await?.ok_or("stored")?;
    item.extend(more);
    db.client().put_item().table_name(db.table_name::<Book>()).set_item(Some(item)).send().await?;
    Ok(Book::get(&book).consistent().tracked().send(db).await?.ok_or("stored")?)
}

async fn raw(db: &Db, key: &Key<Book>) -> Result<Option<std::collections::HashMap<String, AttributeValue>>> {
    let get = db.client().get_item().table_name(db.table_name::<Book>()).set_key(Some(key.to_sdk()?));
    Ok(get.consistent_read(true).send().await?.item)
}

fn unknown() -> [(String, AttributeValue); 2] {
    let list = AttributeValue::L(vec![AttributeValue::N("1.5".into()), AttributeValue::Null(true)]);
    [("blurb".into(), S("by a newer model".into())), ("ratings".into(), list)]
}

async fn rekey_moves_the_item_with_all_its_attributes(cx: Context) -> Result {
    let (db, clock) = cx.library().await?;
    let mut book = tracked(&db, unknown()).await?;
    let old = book.to_key();
    clock.set(2_000);

    book.year = 1996;
    book.pages = None;
    assert!(book.save().send(&db).await.is_err_and(|error| error.is_key_changed()));
    assert!(book.rekey().send(&db).await?);

    assert_eq!((book.created, book.updated), (at(1_000), at(2_000)));
    assert!(!book.is_changed()?);
    assert_eq!(raw(&db, &old).await?, None);
    let item = raw(&db, &book.to_key()).await?.ok_or("moved")?;
    for (name, value) in unknown() {
        assert_eq!(item.get(&name), Some(&value));
    }
    assert!(!item.contains_key("pages"));
    assert_eq!(Book::scan().consistent().all(&db).await?, [book.into_inner()]);
    Ok(())
}

async fn rekey_follows_what_was_saved_and_moved_before(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let mut book = tracked(&db, unknown()).await?;

    book.title = "Emma".into();
    book.pages = None;
    book.save().send(&db).await?;
    book.year = 1996;
    book.rekey().send(&db).await?;
    book.pages = Some(5);
    book.save().send(&db).await?;
    book.publisher = "Vintage".into();
    book.rekey().send(&db).await?;

    let item = raw(&db, &book.to_key()).await?.ok_or("moved")?;
    assert_eq!(item.get("blurb"), Some(&S("by a newer model".into())));
    assert_eq!(item.get("sk"), Some(&S(format!("1996-{}", isbn(1)))));
    assert_eq!(Book::scan().consistent().all(&db).await?, [book.into_inner()]);
    Ok(())
}

async fn rekey_to_a_taken_key_changes_nothing(cx: Context) -> Result {
    let (db, clock) = cx.library().await?;
    let mut other = Book::new("Penguin Books", 1996, &isbn(1));
    other.create().send(&db).await?;
    let mut book = tracked(&db, []).await?;
    let before = Book::clone(&book);
    clock.set(2_000);

    book.year = 1996;
    let error = book.rekey().send(&db).await.expect_err("the key is taken");

    assert!(error.is_already_exists() && !error.is_not_found(), "{error}");
    assert!(error.reasons().first().is_some_and(|reason| reason.is_already_exists()), "{error}");
    assert_eq!((book.year, book.updated), (1996, at(1_000)));
    assert_eq!(Book::scan().consistent().all(&db).await?, [before, other]);
    Ok(())
}

async fn rekey_of_an_item_that_somebody_changed_is_refused(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let mut book = tracked(&db, []).await?;
    let stored = Book::update(&*book).set(Book::AUTHOR, "Somebody").return_new().send(&db).await?;

    book.year = 1996;
    let error = book.rekey().send(&db).await.expect_err("the author is another");

    assert!(error.is_condition_failed() && !error.is_already_exists() && !error.is_not_found(), "{error}");
    let current = error.reasons().get(1).and_then(|reason| reason.current::<Book>());
    assert_eq!(current.transpose()?, Some(stored.clone()));
    assert_eq!(Book::scan().consistent().all(&db).await?, [stored]);
    Ok(())
}

async fn rekey_of_a_deleted_item_is_not_found(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let mut book = tracked(&db, []).await?;
    Book::delete(&*book).send(&db).await?;

    book.year = 1996;
    let error = book.rekey().send(&db).await.expect_err("it was deleted");

    assert!(error.is_not_found() && !error.is_already_exists(), "{error}");
    assert_eq!(Book::scan().consistent().count(&db).await?, 0);
    Ok(())
}

async fn rekey_checks_the_caller_s_condition(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let mut book = tracked(&db, []).await?;

    book.year = 1996;
    let refused = book.rekey().condition(Book::PAGES.gt(1_000)).send(&db).await;
    assert!(refused.is_err_and(|error| error.is_condition_failed() && !error.is_already_exists()));
    assert!(book.rekey().condition(Book::PAGES.gt(300)).send(&db).await?);
    Ok(())
}

async fn rekey_of_an_unchanged_key_is_a_save(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let mut book = tracked(&db, unknown()).await?;

    assert!(!book.rekey().send(&db).await?);
    book.title = "Emma".into();
    assert!(book.rekey().send(&db).await?);

    assert!(!book.is_changed()?);
    assert_eq!(Book::scan().consistent().all(&db).await?, [book.into_inner()]);
    Ok(())
}

async fn rekey_of_more_attributes_than_a_condition_compares_is_refused(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let many = (0..200).map(|n| (format!("attribute {n}"), S("x".into())));
    let mut book = tracked(&db, many).await?;

    book.year = 1996;
    let error = book.rekey().send(&db).await.expect_err("more than 150 attributes");

    assert!(error.expression().is_some_and(|error| error.is_limit()), "{error}");
    assert_eq!(Book::scan().consistent().all(&db).await?.first().map(|book| book.year), Some(1995));
    Ok(())
}
