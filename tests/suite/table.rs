//! What `create_table` does to tables that exist and that do not.

use dynorm::DynamoModel;
use dynorm_tests::models::{Book, Note};
use dynorm_tests::{Context, Result};

dynorm_tests::tests! {
    a_table_is_created_once,
    another_table_of_that_name_is_an_error,
    a_missing_table_is_an_error,
}

async fn a_table_is_created_once(cx: Context) -> Result {
    let (db, _) = cx.clocked_db();

    assert!(Book::create_table().send(&db).await?);
    assert!(!Book::create_table().send(&db).await?);
    Ok(())
}

async fn another_table_of_that_name_is_an_error(cx: Context) -> Result {
    let name = cx.table("library");
    let db = dynorm::Db::builder(cx.client()).table::<Note>(&*name).table::<Book>(&*name).build();
    Note::create_table().send(&db).await?;

    let error = Book::create_table().send(&db).await.expect_err("it is the table of notes");

    assert!(error.is_table_different(), "{error}");
    assert_eq!(
        error.table_differences(),
        ["the primary key is (id: S), the model has (publisher: S) and (sk: S)", "index by-author is missing",]
    );
    Ok(())
}

async fn a_missing_table_is_an_error(cx: Context) -> Result {
    let (db, _) = cx.clocked_db();

    let error = Note::scan().all(&db).await.expect_err("there is no table");

    assert!(error.is_table_missing() && error.to_string().contains("create_table"), "{error}");
    assert_eq!(
        (error.model(), error.operation(), error.table()),
        (Some("Note"), Some("Scan"), Some(&*cx.table("notes")))
    );
    Ok(())
}
