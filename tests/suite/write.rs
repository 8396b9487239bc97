//! What put, create, update, delete and tracked saves do to an item.

use dynorm::{DynamoModel, Existed};
use dynorm_tests::models::{Book, Note, at, isbn};
use dynorm_tests::{Context, Result};
use uuid::Uuid;

dynorm_tests::tests! {
    create_stamps_and_stores,
    create_refuses_a_taken_key_and_returns_the_item needs [ItemOfFailedCondition],
    create_leaves_the_model_alone_when_it_fails,
    of_many_creates_of_a_key_one_wins needs [ConcurrentConditions],
    put_replaces_and_returns_the_old_item,
    put_keeps_created_and_moves_updated,
    put_with_a_false_condition_changes_nothing,
    an_invalid_model_is_not_sent,
    an_id_is_generated_once_and_kept,
    update_sets_removes_and_adds,
    update_of_no_item_is_not_found,
    update_validates_what_it_sets,
    update_with_a_false_condition_returns_the_item needs [ItemOfFailedCondition],
    delete_tells_whether_there_was_one,
    delete_of_an_item_needs_its_condition,
    save_sends_only_what_changed,
    save_keeps_attributes_that_the_model_does_not_know,
    save_of_a_changed_key_is_refused,
    save_of_a_deleted_item_is_not_found,
}

fn key(book: &Book) -> dynorm::Key<Book> {
    book.to_key()
}

async fn create_stamps_and_stores(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let mut book = Book::new("Penguin Books", 1995, &isbn(1));

    book.create().send(&db).await?;

    assert_eq!((book.created, book.updated), (at(1_000), at(1_000)));
    assert_eq!(Book::get(key(&book)).consistent().send(&db).await?, Some(book));
    Ok(())
}

async fn create_refuses_a_taken_key_and_returns_the_item(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let mut first = Book::new("Penguin Books", 1995, &isbn(1));
    first.create().send(&db).await?;
    let mut second = Book { title: "Another".into(), ..Book::new("Penguin Books", 1995, &isbn(1)) };

    let error = second.create().send(&db).await.expect_err("the key is taken");

    assert!(error.is_already_exists() && error.is_condition_failed(), "{error}");
    assert_eq!(error.current::<Book>().transpose()?, Some(first));
    Ok(())
}

async fn of_many_creates_of_a_key_one_wins(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let mut tasks = tokio::task::JoinSet::new();
    for pages in 1..=64 {
        let db = db.clone();
        tasks.spawn(async move {
            let mut book = Book { pages: Some(pages), ..Book::new("Penguin", 1995, &isbn(1)) };
            book.create().send(&db).await.map(|()| book)
        });
    }
    let created = tasks.join_all().await;
    let winners: Vec<_> = created.iter().filter_map(|created| created.as_ref().ok()).collect();
    let losers = created.iter().filter_map(|created| created.as_ref().err()).filter(|error| error.is_already_exists());

    let [winner] = winners[..] else { return Err(format!("{} winners", winners.len()).into()) };
    assert_eq!(losers.count(), 63);
    assert_eq!(Book::get(winner).consistent().send(&db).await?.as_ref(), Some(winner));
    Ok(())
}

async fn create_leaves_the_model_alone_when_it_fails(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let mut first = Book::new("Penguin Books", 1995, &isbn(1));
    first.create().send(&db).await?;
    let mut second = Book::new("Penguin Books", 1995, &isbn(1));
    let before = second.clone();

    let error = second.create().send(&db).await.expect_err("the key is taken");

    assert!(error.is_already_exists(), "{error}");
    assert_eq!(second, before);
    Ok(())
}

async fn put_replaces_and_returns_the_old_item(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let mut first = Book::new("Penguin Books", 1995, &isbn(1));
    assert_eq!(first.put().return_old().send(&db).await?, None);
    let mut second = Book { pages: None, ..first.clone() };

    let old = second.put().return_old().send(&db).await?;

    assert_eq!(old, Some(first));
    assert_eq!(Book::get(&second).consistent().send(&db).await?, Some(second));
    Ok(())
}

async fn put_keeps_created_and_moves_updated(cx: Context) -> Result {
    let (db, clock) = cx.library().await?;
    let mut book = Book::new("Penguin Books", 1995, &isbn(1));
    book.put().send(&db).await?;

    clock.set(2_000);
    book.put().send(&db).await?;

    assert_eq!((book.created, book.updated), (at(1_000), at(2_000)));
    assert_eq!(Book::get(&book).consistent().send(&db).await?, Some(book));
    Ok(())
}

async fn put_with_a_false_condition_changes_nothing(cx: Context) -> Result {
    let (db, clock) = cx.library().await?;
    let mut book = Book::new("Penguin Books", 1995, &isbn(1));
    book.put().send(&db).await?;
    let stored = book.clone();

    clock.set(2_000);
    book.pages = Some(1);
    let error = book.put().condition(Book::PAGES.gt(1_000)).send(&db).await.expect_err("it has 320 pages");

    assert!(error.is_condition_failed() && !error.is_already_exists(), "{error}");
    assert_eq!((book.created, book.updated), (at(1_000), at(1_000)));
    assert_eq!(Book::get(&book).consistent().send(&db).await?, Some(stored));
    Ok(())
}

async fn an_invalid_model_is_not_sent(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let mut book = Book { title: String::new(), ..Book::new("Penguin Books", 1995, "short") };
    let before = book.clone();

    let error = book.put().send(&db).await.expect_err("title and isbn are wrong");

    assert!(error.is_validation(), "{error}");
    let paths: Vec<_> = error.invalid().into_iter().flat_map(|invalid| invalid.violations()).collect();
    assert_eq!(
        paths.iter().map(|violation| (&*violation.path, &*violation.rule)).collect::<Vec<_>>(),
        [("isbn", "length"), ("title", "length")]
    );
    assert_eq!(book, before);
    assert_eq!(Book::scan().count(&db).await?, 0);
    Ok(())
}

async fn an_id_is_generated_once_and_kept(cx: Context) -> Result {
    let (db, _) = cx.clocked_db();
    Note::create_table().send(&db).await?;
    let mut note = Note { id: dynorm::auto(), text: "hello".into() };

    note.create().send(&db).await?;
    let id = note.id;
    note.put().send(&db).await?;

    assert_eq!((note.id, id), (Uuid::from_u64_pair(0, 1), Uuid::from_u64_pair(0, 1)));
    assert_eq!(Note::get(Note::key().id(id)).consistent().send(&db).await?, Some(note));
    Ok(())
}

async fn update_sets_removes_and_adds(cx: Context) -> Result {
    let (db, clock) = cx.library().await?;
    let mut book = Book::new("Penguin Books", 1995, &isbn(1));
    book.create().send(&db).await?;
    clock.set(2_000);

    Book::update(&book).set(Book::TITLE, "Emma").add(Book::PAGES, 5).send(&db).await?;
    let changed = Book::update(&book).remove(Book::PAGES).return_old().send(&db).await?;
    let stored = Book::get(&book).consistent().send(&db).await?;

    let expected = Book { title: "Emma".into(), pages: Some(325), updated: at(2_000), ..book };
    assert_eq!(changed, expected);
    assert_eq!(stored, Some(Book { pages: None, ..expected }));
    Ok(())
}

async fn update_of_no_item_is_not_found(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let book = Book::new("Penguin Books", 1995, &isbn(1));

    let error = Book::update(&book).set(Book::TITLE, "Emma").send(&db).await.expect_err("there is no item");

    assert!(error.is_not_found(), "{error}");
    assert_eq!(Book::scan().count(&db).await?, 0, "no ghost item");
    Ok(())
}

async fn update_validates_what_it_sets(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let mut book = Book::new("Penguin Books", 1995, &isbn(1));
    book.create().send(&db).await?;

    let error = Book::update(&book).set(Book::TITLE, "").send(&db).await.expect_err("the title is empty");

    assert!(error.is_validation(), "{error}");
    assert_eq!(Book::get(&book).consistent().send(&db).await?, Some(book));
    Ok(())
}

async fn update_with_a_false_condition_returns_the_item(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let mut book = Book::new("Penguin Books", 1995, &isbn(1));
    book.create().send(&db).await?;

    let update = Book::update(&book).set(Book::TITLE, "Emma").condition(Book::PAGES.lt(100));
    let error = update.send(&db).await.expect_err("it has 320 pages");

    assert!(error.is_condition_failed() && !error.is_not_found(), "{error}");
    assert_eq!(error.current::<Book>().transpose()?, Some(book));
    Ok(())
}

async fn delete_tells_whether_there_was_one(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let mut book = Book::new("Penguin Books", 1995, &isbn(1));
    book.create().send(&db).await?;

    assert_eq!(Book::delete(&book).return_old().send(&db).await?, Some(book.clone()));
    assert_eq!(Book::delete(&book).send(&db).await?, Existed::No);
    book.create().send(&db).await?;
    assert_eq!(Book::delete(key(&book)).send(&db).await?, Existed::Yes);
    assert_eq!(Book::get(&book).consistent().send(&db).await?, None);
    Ok(())
}

async fn delete_of_an_item_needs_its_condition(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let mut book = Book::new("Penguin Books", 1995, &isbn(1));
    book.create().send(&db).await?;

    let error = Book::delete(&book).condition(Book::TITLE.eq("Emma")).send(&db).await.expect_err("another title");

    assert!(error.is_condition_failed(), "{error}");
    assert_eq!(Book::get(&book).consistent().send(&db).await?, Some(book));
    Ok(())
}

async fn save_sends_only_what_changed(cx: Context) -> Result {
    let (db, clock) = cx.library().await?;
    let mut book = Book::new("Penguin Books", 1995, &isbn(1));
    book.create().send(&db).await?;
    let mut tracked = Book::get(&book).consistent().tracked().send(&db).await?.ok_or("stored")?;
    // Somebody else changes another attribute meanwhile.
    Book::update(&book).set(Book::AUTHOR, "Somebody").send(&db).await?;
    clock.set(2_000);

    assert!(!tracked.save().send(&db).await?, "nothing changed");
    tracked.title = "Emma".into();
    tracked.pages = None;
    assert!(tracked.save().send(&db).await?);
    assert!(!tracked.save().send(&db).await?, "nothing changed since");

    assert_eq!(tracked.updated, at(2_000));
    let stored = Book::get(&book).consistent().send(&db).await?;
    let expected =
        Book { title: "Emma".into(), pages: None, author: "Somebody".into(), updated: at(2_000), ..book.clone() };
    assert_eq!(stored, Some(expected));
    Ok(())
}

async fn save_keeps_attributes_that_the_model_does_not_know(cx: Context) -> Result {
    use aws_sdk_dynamodb::types::AttributeValue::S;
    let (db, _) = cx.library().await?;
    let mut book = Book::new("Penguin Books", 1995, &isbn(1));
    book.create().send(&db).await?;
    let raw = db.client().get_item().table_name(db.table_name::<Book>()).set_key(Some(key(&book).to_sdk()?));
    let mut item = raw.clone().send().await?.item.ok_or("stored")?;
    item.insert("blurb".into(), S("by a newer model".into()));
    db.client().put_item().table_name(db.table_name::<Book>()).set_item(Some(item)).send().await?;

    let mut tracked = Book::get(&book).tracked().send(&db).await?.ok_or("stored")?;
    tracked.title = "Emma".into();
    tracked.save().send(&db).await?;

    let item = raw.send().await?.item.ok_or("stored")?;
    assert_eq!(item.get("blurb"), Some(&S("by a newer model".into())));
    assert_eq!(item.get("title"), Some(&S("Emma".into())));
    Ok(())
}

async fn save_of_a_changed_key_is_refused(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let mut book = Book::new("Penguin Books", 1995, &isbn(1));
    book.create().send(&db).await?;
    let mut tracked = Book::get(&book).tracked().send(&db).await?.ok_or("stored")?;

    tracked.year = 1996;
    let error = tracked.save().send(&db).await.expect_err("the key changed");

    assert!(error.is_key_changed() && error.to_string().contains("rekey"), "{error}");
    assert_eq!(Book::scan().all(&db).await?, [book]);
    Ok(())
}

async fn save_of_a_deleted_item_is_not_found(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let mut book = Book::new("Penguin Books", 1995, &isbn(1));
    book.create().send(&db).await?;
    let mut tracked = Book::get(&book).tracked().send(&db).await?.ok_or("stored")?;
    Book::delete(&book).send(&db).await?;

    tracked.title = "Emma".into();
    let error = tracked.save().send(&db).await.expect_err("it was deleted");

    assert!(error.is_not_found(), "{error}");
    assert_eq!(Book::scan().count(&db).await?, 0, "no ghost item");
    Ok(())
}
