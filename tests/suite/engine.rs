//! The engine itself, through the plain SDK: that it is there, and that it lacks what it is said to lack.

use aws_sdk_dynamodb::types::AttributeValue::{N, S};
use dynorm_tests::{Context, Feature, Result};

mod probe;

dynorm_tests::tests! {
    stores_an_item,
    keeps_the_tables_of_tests_apart,
    lacks_what_it_declares,
    runs_where_its_needs_are_met needs [Transactions, PointInTimeRecovery],
}

async fn stores_an_item(cx: Context) -> Result {
    let (client, table) = (cx.client(), cx.table("books"));
    probe::create_table(&client, &table).await?;

    client.put_item().table_name(&table).item("pk", S("a".into())).item("pages", N("320".into())).send().await?;
    let found = client.get_item().table_name(&table).key("pk", S("a".into())).send().await?;
    let missing = client.get_item().table_name(&table).key("pk", S("b".into())).send().await?;

    assert_eq!(found.item().and_then(|item| item.get("pages")), Some(&N("320".into())));
    assert_eq!(missing.item(), None);
    Ok(())
}

async fn keeps_the_tables_of_tests_apart(cx: Context) -> Result {
    let (client, table) = (cx.client(), cx.table("books"));
    probe::create_table(&client, &table).await?;

    let scan = client.scan().table_name(&table).send().await?;

    assert_eq!(scan.count(), 0, "the test `stores_an_item` uses a table of the same short name");
    Ok(())
}

async fn lacks_what_it_declares(cx: Context) -> Result {
    let mut wrong = Vec::new();
    for &feature in Feature::ALL {
        let has = probe::has(&cx, feature).await?;
        let declared = cx.engine().lacks(feature);
        // That a race was not lost in a few tries does not say that it cannot be.
        let lucky = has && matches!(feature, Feature::ConcurrentTransactions | Feature::ConcurrentConditions);
        if has == declared.is_some() && !lucky {
            wrong.push(format!("{feature:?}: has it: {has}, declared: {declared:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", cx.engine().name(), wrong.join("\n"));
    Ok(())
}

async fn runs_where_its_needs_are_met(cx: Context) -> Result {
    assert_eq!(cx.engine().lacks(Feature::Transactions), None);
    assert_eq!(cx.engine().lacks(Feature::PointInTimeRecovery), None);
    Ok(())
}
