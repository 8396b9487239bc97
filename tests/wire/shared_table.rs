//! Reads of a table that other models share, and of local indexes that hold some of the attributes.

use dynorm::{DynamoModel, DynamoProjection};
use dynorm_tests::Result;
use dynorm_tests::models::{Book, ByDirector, ByTitle, Film};
use dynorm_tests::wire::Reply;
use serde_json::{Value, json};

use super::scripted;

#[derive(DynamoModel)]
#[dynorm(table = "settings", partition_key = "TENANT#{tenant}", sort_key = "SETTINGS")]
struct Settings {
    tenant: String,
}

#[derive(Debug, PartialEq, DynamoProjection)]
#[dynorm(of = Film, index = ByDirector)]
struct Title {
    title: String,
}

#[derive(Debug, PartialEq, DynamoProjection)]
#[dynorm(of = Film)]
struct Stars {
    stars: u8,
}

fn nothing() -> Reply {
    Reply::ok(json!({ "Count": 0, "ScannedCount": 0, "Items": [] }))
}

fn scan(table: &str, filter: &str, names: Value, values: Value) -> Value {
    json!({
        "TableName": table, "FilterExpression": filter,
        "ExpressionAttributeNames": names, "ExpressionAttributeValues": values, "ReturnConsumedCapacity": "TOTAL",
    })
}

#[tokio::test]
async fn the_entity_tells_a_model_from_others() -> Result {
    let (wire, db, _) = scripted([nothing(), nothing()]);

    Film::scan().filter(Film::STARS.gt(3)).skip_foreign().take(5).all(&db).await?;
    Film::scan().skip_foreign().count(&db).await?;

    let tag = json!({ ":0": { "S": "film" } });
    let mut count = scan("films", "#0 = :0", json!({ "#0": "entity" }), tag);
    count["Select"] = "COUNT".into();
    let values = json!({ ":0": { "N": "3" }, ":1": { "S": "film" } });
    wire.assert_sent([
        ("Scan", scan("films", "#0 > :0 AND #1 = :1", json!({ "#0": "rating", "#1": "entity" }), values)),
        ("Scan", count),
    ]);
    Ok(())
}

#[tokio::test]
async fn literals_of_keys_tell_a_model_from_others() -> Result {
    let (wire, db, _) = scripted([nothing(), nothing(), nothing()]);

    Settings::scan().skip_foreign().count(&db).await?;
    // The index does not hold the tag.
    Film::scan().index(ByDirector).skip_foreign().project::<Title>().all(&db).await?;
    Settings::query(Settings::key().tenant("a")).skip_foreign().count(&db).await?;

    let values = json!({ ":0": { "S": "TENANT#" }, ":1": { "S": "SETTINGS" } });
    let mut settings = scan("settings", "begins_with(#0, :0) AND #1 = :1", json!({ "#0": "pk", "#1": "sk" }), values);
    settings["Select"] = "COUNT".into();
    let names = json!({ "#0": "sk", "#1": "title", "#2": "studio", "#3": "director", "#4": "year" });
    let mut films = scan("films", "begins_with(#0, :0)", names, json!({ ":0": { "S": "FILM#" } }));
    films["IndexName"] = "by-director".into();
    films["ProjectionExpression"] = "#1, #2, #0, #3, #4".into();
    let sent = wire.sent();
    assert_eq!((&sent[0].body, &sent[1].body), (&settings, &films));
    assert_eq!(sent[2].body.get("FilterExpression"), None, "a query by such a key finds no others");
    Ok(())
}

#[tokio::test]
async fn a_model_that_nothing_tells_from_others_is_refused() -> Result {
    let (wire, db, _) = scripted([]);

    for error in [
        Book::scan().skip_foreign().count(&db).await.expect_err("its keys have no literals"),
        Book::query(Book::key().publisher("Penguin")).skip_foreign().count(&db).await.expect_err("the same"),
    ] {
        assert!(error.is_expression(), "{error}");
    }
    assert!(wire.sent().is_empty());
    Ok(())
}

#[tokio::test]
async fn what_a_local_index_lacks_is_fetched_where_that_is_said() -> Result {
    let (wire, db, _) = scripted([nothing(), nothing(), nothing(), nothing()]);
    let rialto = || Film::query(Film::by_title().studio("Rialto"));

    rialto().fetch_rest().filter(Film::STARS.gt(3)).consistent().all(&db).await?;
    rialto().fetch_rest().project::<Stars>().all(&db).await?;
    Film::scan().index(ByTitle).fetch_rest().all(&db).await?;
    // To count by what the index lacks, the items have to be asked for.
    rialto().fetch_rest().filter(Film::STARS.gt(3)).count(&db).await?;

    let query = |filter: bool| {
        let mut query = json!({
            "TableName": "films", "IndexName": "by-title", "KeyConditionExpression": "#0 = :0",
            "ExpressionAttributeNames": { "#0": "studio" }, "ExpressionAttributeValues": { ":0": { "S": "Rialto" } },
            "Select": "ALL_ATTRIBUTES", "ReturnConsumedCapacity": "TOTAL",
        });
        if filter {
            query["FilterExpression"] = "#1 > :1".into();
            query["ExpressionAttributeNames"]["#1"] = "rating".into();
            query["ExpressionAttributeValues"][":1"] = json!({ "N": "3" });
        }
        query
    };
    let mut consistent = query(true);
    consistent["ConsistentRead"] = true.into();
    let mut projected = query(false);
    if let Value::Object(members) = &mut projected {
        members.remove("Select");
    }
    projected["ProjectionExpression"] = "#1, #2, #0, #3, #4".into();
    projected["ExpressionAttributeNames"] =
        json!({ "#0": "studio", "#1": "rating", "#2": "entity", "#3": "sk", "#4": "title" });
    let scan = json!({
        "TableName": "films", "IndexName": "by-title", "Select": "ALL_ATTRIBUTES", "ReturnConsumedCapacity": "TOTAL",
    });
    wire.assert_sent([("Query", consistent), ("Query", projected), ("Scan", scan), ("Query", query(true))]);
    Ok(())
}
