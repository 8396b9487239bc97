//! What a metered handle adds up on an engine.

use dynorm::{DynamoModel, Metered};
use dynorm_tests::models::{Book, isbn};
use dynorm_tests::{Context, Result};

dynorm_tests::tests! {
    reads_and_writes_are_summed_by_table_and_index needs [Capacity, IndexCapacity],
}

async fn reads_and_writes_are_summed_by_table_and_index(cx: Context) -> Result {
    let (db, _) = cx.library().await?;
    let table = cx.table("library");
    let (db, meter) = db.metered();
    let took = |operation: &str, index: Option<&str>| {
        let wanted = |entry: &dynorm::MeterEntry| {
            (entry.operation, entry.index.as_deref(), &*entry.table) == (operation, index, &*table)
        };
        meter.entries().into_iter().find(wanted).map_or(Metered::default(), |entry| entry.took)
    };

    for n in 0..3 {
        Book::new("Penguin", 1990, &isbn(n)).create().send(&db).await?;
    }
    Book::new("Penguin", 1990, &isbn(0)).create().send(&db).await.expect_err("it is there");
    let found = Book::query(Book::by_author().author("Jane Austen")).filter(Book::TITLE.eq("Emma")).all(&db).await?;
    Book::get(Book::key().publisher("Penguin").year(1990).isbn(isbn(0))).consistent().send(&db).await?;

    assert!(found.is_empty());
    let put = took("PutItem", None);
    assert_eq!((put.requests, put.write_units, put.unreported), (4, 3.0, 1));
    assert_eq!(took("PutItem", Some("by-author")).write_units, 3.0);
    let query = took("Query", Some("by-author"));
    assert_eq!((query.requests, query.scanned, query.read_units), (1, 3, 0.5));
    assert_eq!((took("GetItem", None).read_units, meter.total().read_units), (1.0, 1.5));
    Ok(())
}
