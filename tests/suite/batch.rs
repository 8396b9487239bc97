//! What a batch of puts and deletes stores.

use dynorm::DynamoModel;
use dynorm_tests::models::{Book, Note, at, isbn};
use dynorm_tests::{Context, Result};
use uuid::Uuid;

dynorm_tests::tests! {
    a_batch_stores_everything_and_stamps_it,
    later_writes_of_a_key_win,
    a_batch_takes_several_models_and_deletes,
    a_wrong_item_stops_the_batch_before_it_is_sent,
    a_refused_batch_gives_everything_back,
}

async fn a_batch_stores_everything_and_stamps_it(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let books: Vec<_> = (0..103).map(|n| Book::new("Penguin", 1995, &isbn(n))).collect();
    let mut progress = Vec::new();

    let batch = db.batch_write().put_all(books).on_progress(|done, all| progress.push((done, all)));
    let written = batch.send().await?;

    assert_eq!((written.operations, written.requests), (103, 5));
    assert_eq!(progress.last(), Some(&(103, 103)));
    let stored = Book::scan().all(&db).await?;
    assert_eq!(stored.len(), 103);
    assert!(stored.iter().all(|book| (book.created, book.updated) == (at(1_000), at(1_000))));
    Ok(())
}

async fn later_writes_of_a_key_win(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let book = |title: &str| Book { title: title.into(), ..Book::new("Penguin", 1995, &isbn(1)) };

    let batch = db.batch_write().put(book("first")).put(book("second")).delete(&book("")).put(book("last"));
    let written = batch.send().await?;

    assert_eq!(written.operations, 4);
    let stored = Book::scan().all(&db).await?;
    assert_eq!(stored.iter().map(|book| &*book.title).collect::<Vec<_>>(), ["last"]);
    Ok(())
}

async fn a_batch_takes_several_models_and_deletes(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    Note::create_table().send(&db).await?;
    let mut old = Book::new("Penguin", 1995, &isbn(1));
    old.create().send(&db).await?;
    let note = Note { id: Uuid::from_u64_pair(0, 7), text: "hello".into() };

    db.batch_write().put(note.clone()).delete(&old).put(Book::new("Penguin", 1995, &isbn(2))).send().await?;

    assert_eq!(Note::scan().all(&db).await?, [note]);
    assert_eq!(Book::scan().all(&db).await?.iter().map(|book| &*book.isbn).collect::<Vec<_>>(), [isbn(2)]);
    Ok(())
}

async fn a_wrong_item_stops_the_batch_before_it_is_sent(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let wrong = Book { title: String::new(), ..Book::new("Penguin", 1995, &isbn(2)) };

    let batch = db.batch_write().put(Book::new("Penguin", 1995, &isbn(1))).put(wrong);
    let error = batch.send().await.expect_err("it has no title");

    assert!(error.is_validation(), "{error}");
    assert_eq!(Book::scan().count(&db).await?, 0);
    Ok(())
}

async fn a_refused_batch_gives_everything_back(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let (first, last) = (Book::new("Penguin", 1995, &isbn(1)), Book::new("Penguin", 1995, &isbn(3)));
    let untitled = Book { title: String::new(), ..Book::new("Penguin", 1995, &isbn(2)) };
    // A year of five digits does not fit its key.
    let late = Book { year: 10_000, ..Book::new("Penguin", 1995, &isbn(4)) };

    for (wrong, has_key) in [(untitled, true), (late, false)] {
        let batch = db.batch_write().put_all([first.clone(), wrong.clone()]).delete(&last).put(last.clone());
        let error = batch.send().await.expect_err("one item is wrong");

        let returned = error.unprocessed::<Book>()?;
        assert_eq!(returned.iter().map(|book| &book.isbn).collect::<Vec<_>>(), [&first.isbn, &wrong.isbn, &last.isbn]);
        // They can be put right, and sent again.
        assert_eq!((&returned[1], &returned[2]), (&wrong, &last));
        assert_eq!(error.unprocessed_deletes::<Book>(), [last.to_key()]);
        let key = error.item_key().map(|key| key["sk"].as_s().cloned());
        assert_eq!(key, has_key.then(|| Ok(format!("1995-{}", wrong.isbn))));
    }
    Ok(())
}
