//! What `batch_get` finds.

use dynorm::{DynamoModel, DynamoProjection};
use dynorm_tests::models::{Book, Note, isbn};
use dynorm_tests::{Context, Result};
use uuid::Uuid;

dynorm_tests::tests! {
    many_items_come_in_the_order_of_their_keys,
    items_of_several_models_come_together,
}

async fn many_items_come_in_the_order_of_their_keys(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let books: Vec<_> = (0..230).map(|n| Book::new("Penguin", 1995, &isbn(n))).collect();
    db.batch_write().put_all(books.iter().filter(|book| book.isbn != isbn(7)).cloned()).send().await?;

    let again = books.iter().rev().chain(&books[..3]);
    let found = Book::batch_get(again.clone()).consistent().send(&db).await?;

    let isbns: Vec<_> = found.iter().map(|book| book.as_ref().map(|book| book.isbn.clone())).collect();
    let expected: Vec<_> = again.map(|book| Some(book.isbn.clone()).filter(|found| *found != isbn(7))).collect();
    assert_eq!(isbns, expected);
    Ok(())
}

async fn items_of_several_models_come_together(cx: Context) -> Result {
    #[derive(Debug, PartialEq, DynamoProjection)]
    #[dynorm(of = Book)]
    struct Pages {
        pages: Option<u32>,
    }
    let (db, _) = cx.library().await?;
    Note::create_table().send(&db).await?;
    let note = Note { id: Uuid::from_u64_pair(0, 7), text: "hello".into() };
    let book = Book::new("Penguin", 1995, &isbn(1));
    db.batch_write().put(note.clone()).put(book.clone()).send().await?;

    let missing = Book::new("Penguin", 1995, &isbn(2));
    let books = Book::batch_get([&missing, &book]).project::<Pages>();
    let (notes, books) = db.batch_get((Note::batch_get([&note]), books)).send().await?;

    assert_eq!(notes, [Some(note)]);
    assert_eq!(books, [None, Some(Pages { pages: Some(320) })]);
    Ok(())
}
