//! What a projection asks for, and how its answer is read.

use dynorm::{DynamoModel, DynamoProjection, Item};
use dynorm_tests::Result;
use dynorm_tests::models::{ByDirector, Film};
use dynorm_tests::wire::Reply;
use serde_json::{Value, json};

use super::scripted;

#[derive(Debug, PartialEq, DynamoProjection)]
#[dynorm(of = Film, index = ByDirector)]
struct Rating {
    title: String,
    #[dynorm(field = stars)]
    of_five: u8,
}

#[derive(Debug, PartialEq, DynamoProjection)]
#[dynorm(of = Film)]
struct About {
    summary: Option<String>,
    genres: Vec<String>,
    r#year: u16,
}

fn key() -> Value {
    json!({ "studio": { "S": "Rialto" }, "sk": { "S": "FILM#1962#cleo" } })
}

/// The answer to a scan or query.
fn page(items: &[Value]) -> Reply {
    Reply::ok(json!({ "Count": items.len(), "ScannedCount": items.len(), "Items": items }))
}

#[tokio::test]
async fn get_asks_for_the_attributes_by_every_name() -> Result {
    let item = json!({ "plot": { "S": "Two hours" }, "genres": { "SS": ["drama"] }, "year": { "N": "1962" }, "entity": { "S": "film" } });
    let (wire, db, _) = scripted([Reply::ok(json!({ "Item": item })), Reply::ok(json!({}))]);
    let film = Film::new(1962, "cleo", "Cleo");

    let about = Film::get(&film).project::<About>().send(&db).await?;
    let none = Film::get(&film).consistent().project::<About>().send(&db).await?;

    let expected = About { summary: Some("Two hours".into()), genres: vec!["drama".into()], year: 1962 };
    assert_eq!((about, none), (Some(expected), None));
    let request = json!({
        "TableName": "films", "Key": key(),
        "ProjectionExpression": "#0, #1, #2, #3, #4",
        "ExpressionAttributeNames": { "#0": "summary", "#1": "plot", "#2": "genres", "#3": "year", "#4": "entity" },
    });
    let mut consistent = request.clone();
    consistent["ConsistentRead"] = true.into();
    wire.assert_sent([("GetItem", request), ("GetItem", consistent)]);
    Ok(())
}

#[tokio::test]
async fn a_query_of_an_index_asks_for_what_the_index_holds_and_the_keys() -> Result {
    let item = json!({
        "title": { "S": "Cleo" }, "studio": { "S": "Rialto" }, "sk": { "S": "FILM#1962#cleo" },
        "director": { "S": "Agnes" }, "year": { "N": "1962" },
    });
    let (wire, db, _) = scripted([page(&[item])]);

    let query = Film::query(Film::by_director().director("Agnes").year(1960..)).filter(Film::STARS.gt(2));
    let ratings = query.project::<Rating>().all(&db).await?;

    assert_eq!(ratings, [Rating { title: "Cleo".into(), of_five: 3 }], "the model's default holds");
    wire.assert_sent([(
        "Query",
        json!({
            "TableName": "films", "IndexName": "by-director",
            "KeyConditionExpression": "#0 = :0 AND #1 >= :1", "FilterExpression": "#2 > :2",
            "ProjectionExpression": "#3, #2, #4, #5, #0, #1",
            "ExpressionAttributeNames":
                { "#0": "director", "#1": "year", "#2": "rating", "#3": "title", "#4": "studio", "#5": "sk" },
            "ExpressionAttributeValues": { ":0": { "S": "Agnes" }, ":1": { "N": "1960" }, ":2": { "N": "2" } },
            "ReturnConsumedCapacity": "TOTAL",
        }),
    )]);
    Ok(())
}

#[tokio::test]
async fn a_count_of_a_projection_asks_for_no_attributes() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({ "Count": 2, "ScannedCount": 2 }))]);

    assert_eq!(Film::scan().project::<About>().count(&db).await?, 2);

    wire.assert_sent([("Scan", json!({ "TableName": "films", "Select": "COUNT", "ReturnConsumedCapacity": "TOTAL" }))]);
    Ok(())
}

#[tokio::test]
async fn a_missing_attribute_and_a_foreign_item_are_errors() -> Result {
    let own = json!({ "genres": { "SS": ["drama"] }, "entity": { "S": "film" } });
    let foreign = json!({ "year": { "N": "1" }, "genres": { "SS": ["a"] }, "entity": { "S": "review" } });
    let untagged = json!({ "year": { "N": "1" }, "genres": { "SS": ["a"] } });
    let (_, db, _) = scripted([page(&[own, foreign, untagged])]);
    let mut films = Film::scan().project::<About>().stream(&db);

    for (path, text) in [
        ("year", "Scan of Film in table films: Film.year: missing attribute"),
        ("entity", "Scan of Film in table films: Film.entity: the item is no `film`"),
        ("entity", "Scan of Film in table films: Film.entity: the item is no `film`"),
    ] {
        let error = films.try_next().await.expect_err("it is no film");
        assert_eq!(error.decode().map(|error| error.path()).as_deref(), Some(path));
        assert_eq!(error.to_string(), text);
    }
    assert_eq!(films.try_next().await?, None);
    Ok(())
}

#[tokio::test]
async fn raw_items_are_what_is_stored() -> Result {
    let item = json!({ "studio": { "S": "Rialto" }, "sk": { "S": "REVIEW#7" }, "stars": { "N": "1E1" } });
    let (wire, db, _) = scripted([page(std::slice::from_ref(&item)), Reply::ok(json!({ "Item": item }))]);

    let films: Vec<Item> = Film::scan().raw().all(&db).await?;
    let film = Film::get(&Film::new(1962, "cleo", "Cleo")).raw().send(&db).await?;

    assert_eq!(films[0].get("stars").and_then(|stars| stars.as_n().ok()).map(String::as_str), Some("1E1"));
    assert_eq!(film.as_ref(), films.first());
    wire.assert_sent([
        ("Scan", json!({ "TableName": "films", "ReturnConsumedCapacity": "TOTAL" })),
        ("GetItem", json!({ "TableName": "films", "Key": key() })),
    ]);
    Ok(())
}

#[tokio::test]
async fn a_filter_before_the_index_is_not_sent() -> Result {
    let (wire, db, _) = scripted([]);

    let scan = Film::scan().filter(Film::SUMMARY.is_none()).index(ByDirector);
    let error = scan.project::<Rating>().all(&db).await.expect_err("the index has no summary");

    assert!(error.is_expression(), "{error}");
    assert!(wire.sent().is_empty());
    Ok(())
}
