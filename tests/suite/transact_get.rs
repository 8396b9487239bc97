//! What reads of several items at one moment return.

use dynorm::DynamoModel;
use dynorm_tests::models::{Book, Note, isbn};
use dynorm_tests::{Context, Result};
use uuid::Uuid;

dynorm_tests::tests! {
    a_tuple_of_keys_gives_a_tuple_of_items needs [Transactions],
    one_key_is_a_tuple_too needs [Transactions],
    an_item_that_is_not_its_model_is_an_error needs [Transactions],
    what_dynamodb_would_refuse_is_not_sent,
}

async fn a_tuple_of_keys_gives_a_tuple_of_items(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    Note::create_table().send(&db).await?;
    let mut book = Book::new("Penguin Books", 1995, &isbn(1));
    let mut note = Note { id: dynorm::auto(), text: "hello".into() };
    db.transact().add(book.create()).add(note.create()).send().await?;
    let missing = Book::key().publisher("Penguin Books").year(1995).isbn(isbn(2));

    let found = db.transact_get((Note::key().id(note.id), missing, &book)).send().await?;

    assert_eq!(found, (Some(note), None, Some(book)));
    Ok(())
}

async fn one_key_is_a_tuple_too(cx: Context) -> Result {
    let (db, _) = cx.clocked_db();
    Note::create_table().send(&db).await?;

    let (none,) = db.transact_get((Note::key().id(Uuid::from_u64_pair(0, 7)),)).send().await?;

    assert_eq!(none, None);
    Ok(())
}

async fn an_item_that_is_not_its_model_is_an_error(cx: Context) -> Result {
    use aws_sdk_dynamodb::types::AttributeValue::{N, S};
    let (db, _) = cx.clocked_db();
    Note::create_table().send(&db).await?;
    let mut good = Note { id: dynorm::auto(), text: "hello".into() };
    good.create().send(&db).await?;
    let id = Uuid::from_u64_pair(0, 7);
    let bad = [("id".to_owned(), S(id.to_string())), ("text".to_owned(), N("5".into()))].into();
    db.client().put_item().table_name(db.table_name::<Note>()).set_item(Some(bad)).send().await?;

    let error = db.transact_get((&good, Note::key().id(id))).send().await.expect_err("the text is a number");

    assert!(error.is_decode() && error.model() == Some("Note"), "{error}");
    assert_eq!(error.operation(), Some("TransactGetItems"));
    assert_eq!(error.table(), Some(&*cx.table("notes")));
    Ok(())
}

async fn what_dynamodb_would_refuse_is_not_sent(cx: Context) -> Result {
    // No table is created: whatever was sent would fail otherwise.
    let (db, _) = cx.clocked_db();
    let key = |year| Book::key().publisher("Penguin Books").year(year).isbn(isbn(1));

    let twice = db.transact_get((key(1995), key(1996), key(1995))).send().await.expect_err("the same key twice");
    let wide = db.transact_get((key(1995), key(10_000))).send().await.expect_err("five digits");

    assert!(twice.is_transaction_limit() && twice.to_string().contains("operations 1 and 3"), "{twice}");
    assert!(wide.is_key() && wide.model() == Some("Book"), "{wide}");
    Ok(())
}
