//! What `hydrate` asks of the index and of the table, and what it makes of the answers.

use dynorm::{DynamoModel, DynamoProjection, Hydrated, Query};
use dynorm_tests::Result;
use dynorm_tests::models::{ByDirector, Film};
use dynorm_tests::wire::Reply;
use serde_json::{Value, json};

use super::scripted;

#[derive(Debug, Clone, PartialEq, DynamoProjection)]
#[dynorm(of = Film)]
struct About {
    summary: Option<String>,
}

fn film(n: usize) -> Film {
    Film::new(1962, &format!("{n:03}"), &format!("Film {n}"))
}

fn key(n: usize) -> Value {
    json!({ "studio": { "S": "Rialto" }, "sk": { "S": format!("FILM#1962#{n:03}") } })
}

/// What the index has of a film.
fn entry(n: usize) -> Value {
    let mut entry = key(n);
    entry["director"] = json!({ "S": "Agnes" });
    entry["year"] = json!({ "N": "1962" });
    entry
}

/// The film as it is stored.
fn item(n: usize) -> Value {
    let mut item = entry(n);
    for (name, value) in [
        ("id", json!({ "S": format!("{n:03}") })),
        ("title", json!({ "S": format!("Film {n}") })),
        ("rating", json!({ "N": "5" })),
        ("genres", json!({ "SS": ["drama"] })),
        ("summary", json!({ "S": format!("About Film {n}") })),
        ("entity", json!({ "S": "film" })),
    ] {
        item[name] = value;
    }
    item
}

fn page(films: impl IntoIterator<Item = usize>, next: Option<usize>) -> Reply {
    let items: Vec<_> = films.into_iter().map(entry).collect();
    let mut body = json!({ "Count": items.len(), "ScannedCount": items.len(), "Items": items });
    if let Some(next) = next {
        body["LastEvaluatedKey"] = entry(next);
    }
    Reply::ok(body)
}

fn items(items: impl IntoIterator<Item = Value>) -> Reply {
    Reply::ok(json!({ "Responses": { "films": items.into_iter().collect::<Vec<_>>() } }))
}

fn index_request() -> Value {
    json!({
        "TableName": "films", "IndexName": "by-director", "KeyConditionExpression": "#0 = :0",
        "ProjectionExpression": "#1, #2, #0, #3",
        "ExpressionAttributeNames": { "#0": "director", "#1": "studio", "#2": "sk", "#3": "year" },
        "ExpressionAttributeValues": { ":0": { "S": "Agnes" } },
        "ReturnConsumedCapacity": "TOTAL",
    })
}

fn table_request(films: impl IntoIterator<Item = usize>) -> Value {
    let keys: Vec<_> = films.into_iter().map(key).collect();
    json!({ "RequestItems": { "films": { "Keys": keys } }, "ReturnConsumedCapacity": "TOTAL" })
}

fn agnes() -> Query<Film, ByDirector> {
    Film::query(Film::by_director().director("Agnes"))
}

#[tokio::test]
async fn items_come_in_the_order_of_the_index() -> Result {
    let mut moved = item(2);
    moved["director"] = json!({ "S": "Jacques" });
    let (wire, db, _) = scripted([page([3, 1, 2], None), items([moved, item(3)])]);

    let mut films = agnes().hydrate().stream(&db);
    let mut found = Vec::new();
    while let Some(film) = films.try_next().await? {
        found.push(film);
    }

    let moved = Film { director: "Jacques".into(), ..film(2) };
    assert_eq!(found, [Hydrated::Found(film(3)), Hydrated::Missing(film(1).to_key()), Hydrated::Changed(moved)]);
    assert_eq!((films.usage().requests, films.usage().matched), (2, 5));
    wire.assert_sent([("Query", index_request()), ("BatchGetItem", table_request([3, 1, 2]))]);
    Ok(())
}

#[tokio::test]
async fn a_stream_looks_up_a_hundred_at_a_time_of_one_page() -> Result {
    let script = [
        page(0..150, Some(149)),
        items((0..100).map(item)),
        items((100..150).map(item)),
        page([150], None),
        items([item(150)]),
    ];
    let (wire, db, _) = scripted(script);

    let mut films = agnes().no_look_ahead().hydrate().stream(&db);
    assert_eq!(films.try_next().await?.and_then(Hydrated::into_item), Some(film(0)));
    assert_eq!(wire.sent().len(), 2, "nothing behind the first hundred is asked for before it is wanted");
    let mut count = 1;
    while let Some(found) = films.try_next().await? {
        assert_eq!(found.item(), Some(&film(count)));
        count += 1;
    }

    assert_eq!(count, 151);
    let mut second = index_request();
    second["ExclusiveStartKey"] = entry(149);
    wire.assert_sent([
        ("Query", index_request()),
        ("BatchGetItem", table_request(0..100)),
        ("BatchGetItem", table_request(100..150)),
        ("Query", second),
        ("BatchGetItem", table_request([150])),
    ]);
    Ok(())
}

#[tokio::test]
async fn an_item_that_the_index_has_twice_is_asked_for_once() -> Result {
    let (wire, db, _) = scripted([page([1, 2, 1], None), items([item(1), item(2)])]);

    let found = agnes().hydrate().all(&db).await?;

    assert_eq!(found, [1, 2, 1].map(|n| Hydrated::Found(film(n))));
    wire.assert_sent([("Query", index_request()), ("BatchGetItem", table_request([1, 2]))]);
    Ok(())
}

#[tokio::test]
async fn consistency_and_projection_are_those_of_the_items() -> Result {
    let mut short = entry(1);
    short["plot"] = json!({ "S": "Old" });
    short["entity"] = json!({ "S": "film" });
    let (wire, db, _) = scripted([page([1], Some(1)), items([short])]);

    let page = agnes().take(1).hydrate().consistent().project::<About>().page(&db).await?;

    assert_eq!(page.items, [Hydrated::Found(About { summary: Some("Old".into()) })]);
    assert!(page.next.is_some());
    let mut first = index_request();
    first["Limit"] = 1.into();
    let mut second = table_request([1]);
    second["RequestItems"]["films"]["ConsistentRead"] = true.into();
    second["RequestItems"]["films"]["ProjectionExpression"] = "#0, #1, #2, #3, #4, #5, #6".into();
    second["RequestItems"]["films"]["ExpressionAttributeNames"] = json!({
        "#0": "summary", "#1": "plot", "#2": "entity", "#3": "studio", "#4": "sk", "#5": "director", "#6": "year",
    });
    wire.assert_sent([("Query", first), ("BatchGetItem", second)]);
    Ok(())
}

#[tokio::test]
async fn an_item_that_is_no_film_is_an_error_in_its_place() -> Result {
    let mut wrong = item(2);
    wrong["title"] = json!({ "N": "8" });
    let (_, db, _) = scripted([page([1, 2, 3], None), items([item(1), wrong, item(3)])]);
    let mut films = agnes().hydrate().stream(&db);

    assert_eq!(films.try_next().await?, Some(Hydrated::Found(film(1))));
    let error = films.try_next().await.expect_err("its title is a number");
    assert_eq!(films.try_next().await?, Some(Hydrated::Found(film(3))));
    assert_eq!(films.try_next().await?, None);

    assert_eq!(error.to_string(), "BatchGetItem of Film in table films: Film.title: expected S, found N");
    assert_eq!(error.item_key(), Some(&film(2).to_key().to_sdk()?.into()));
    Ok(())
}

#[tokio::test]
async fn a_failed_request_ends_the_stream_with_the_keys_that_were_not_read() -> Result {
    let (_, db, _) = scripted([page([1, 2], None), Reply::error("ThrottlingException")]);
    let mut films = agnes().hydrate().stream(&db);

    let error = films.try_next().await.expect_err("throttled");

    assert!(error.is_throttled(), "{error}");
    assert_eq!(error.keys_unread::<Film>(), [film(1).to_key(), film(2).to_key()]);
    assert_eq!(films.try_next().await?, None);
    Ok(())
}

#[tokio::test]
async fn nothing_found_asks_the_table_for_nothing() -> Result {
    let (wire, db, _) = scripted([page([], None), page([], None)]);

    assert_eq!(agnes().hydrate().all(&db).await?, []);
    assert_eq!(agnes().hydrate().first(&db).await?, None);

    let mut first = index_request();
    first["Limit"] = 1.into();
    wire.assert_sent([("Query", index_request()), ("Query", first)]);
    Ok(())
}
