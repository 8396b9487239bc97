//! What `create_table` does to tables that exist and that do not.

use aws_sdk_dynamodb::types::StreamViewType;
use dynorm::DynamoModel;
use dynorm_tests::models::{Book, Note};
use dynorm_tests::{Context, Result};

dynorm_tests::tests! {
    a_table_is_created_once,
    another_table_of_that_name_is_an_error,
    a_missing_table_is_an_error,
    a_table_has_what_it_was_created_with needs [DeletionProtection, TagsAtCreation],
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

async fn a_table_has_what_it_was_created_with(cx: Context) -> Result {
    let (db, _) = cx.clocked_db();
    let table = cx.table("notes");
    let create = || Note::create_table().tag("team", "library").stream(StreamViewType::KeysOnly).deletion_protection();

    assert!(create().on_demand_limits(100, 50).send(&db).await?);

    let described = db.client().describe_table().table_name(&table).send().await?.table.ok_or("no table")?;
    assert_eq!(described.deletion_protection_enabled(), Some(true));
    let view = described.stream_specification().and_then(|stream| stream.stream_view_type());
    assert_eq!(view, Some(&StreamViewType::KeysOnly));
    let arn = described.table_arn().ok_or("no ARN")?;
    let tags = db.client().list_tags_of_resource().resource_arn(arn).send().await?;
    assert_eq!(tags.tags().iter().map(|tag| (tag.key(), tag.value())).collect::<Vec<_>>(), [("team", "library")]);
    db.client().update_table().table_name(&table).deletion_protection_enabled(false).send().await?;
    Ok(())
}
