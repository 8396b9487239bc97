//! What is stored, sent or configured wrongly: a typed error that names the place and says what to do, and never a panic.

use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use dynorm::{Db, DynamoModel};
use dynorm_tests::Result;
use dynorm_tests::models::{Book, Note, isbn};
use dynorm_tests::wire::Reply;
use serde_json::{Value, json};

use super::scripted;

/// A model of numbers.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "readings")]
struct Reading {
    #[dynorm(partition_key)]
    sensor: String,
    level: u8,
    value: f64,
    raw: Vec<u8>,
}

fn stored(change: impl FnOnce(&mut Value)) -> Reply {
    let mut item =
        json!({ "sensor": { "S": "a" }, "level": { "N": "1" }, "value": { "N": "1.5" }, "raw": { "B": "AAE=" } });
    change(&mut item);
    Reply::ok(json!({ "Item": item }))
}

async fn decode_error(reply: Reply) -> Result<dynorm::Error> {
    let (_, db, _) = scripted([reply]);
    match Reading::get(Reading::key().sensor("a")).send(&db).await {
        Ok(item) => Err(format!("read as {item:?}").into()),
        Err(error) => Ok(error),
    }
}

#[tokio::test]
async fn stored_attributes_that_are_not_what_the_model_says() -> Result {
    let cases: [(Reply, &str); 5] = [
        (stored(|item| item["level"] = json!({ "S": "x" })), "Reading.level: expected N, found S"),
        (stored(|item| drop(item.as_object_mut().map(|item| item.remove("level")))), "Reading.level: "),
        (stored(|item| item["level"] = json!({ "N": "256" })), "Reading.level: "),
        (stored(|item| item["raw"] = json!({ "B": "***" })), "Reading.raw: "),
        (stored(|item| item["value"] = json!({ "N": "x" })), "Reading.value: "),
    ];
    for (reply, text) in cases {
        let error = decode_error(reply).await?;
        assert!(error.is_decode(), "{error}");
        assert!(error.to_string().contains(text), "{error} does not say {text}");
        assert_eq!(error.table(), Some("readings"));
    }
    Ok(())
}

#[tokio::test]
async fn bodies_that_are_no_json() -> Result {
    for body in [&b"{\"Item\":{\"sensor\":{\"S\":\"\xff\"}}}"[..], b"{\"Item\":", b"", b"[]", b"{\"Item\":3}"] {
        let error = decode_error(Reply::bytes(200, body.to_vec())).await;
        // An empty body is an empty answer: no item.
        if body.is_empty() {
            continue;
        }
        let error = error?;
        assert_eq!(error.operation(), Some("GetItem"), "{error}");
    }
    Ok(())
}

/// A model whose key template may disagree with its fields.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "shelf", sort_key = "{year:04}", lenient_keys)]
struct Lenient {
    #[dynorm(partition_key)]
    shelf: String,
    year: u16,
    title: String,
}

#[tokio::test]
async fn a_key_that_disagrees_with_its_fields() -> Result {
    let book = |sort: &str| {
        let mut item = json!({ "publisher": { "S": "P" }, "year": { "N": "1995" }, "isbn": { "S": isbn(1) } });
        for (name, value) in [("title", "t"), ("author", "a"), ("published", "1995-05-01"), ("sk", sort)] {
            item[name] = json!({ "S": value });
        }
        item["created"] = json!({ "S": "1970-01-01T00:16:40Z" });
        item["updated"] = json!({ "S": "1970-01-01T00:16:40Z" });
        Reply::ok(json!({ "Item": item }))
    };
    let (_, db, _) = scripted([book(&format!("1995-{}", isbn(1))), book("1996-x")]);
    let key = Book::key().publisher("P").year(1995).isbn(isbn(1));
    assert!(Book::get(key).send(&db).await?.is_some());
    let key = Book::key().publisher("P").year(1995).isbn(isbn(1));
    let error = Book::get(key).send(&db).await.expect_err("the key is of another year");
    assert!(error.is_decode() && error.to_string().contains("Book.sk"), "{error}");

    let item = json!({ "shelf": { "S": "a" }, "year": { "N": "1995" }, "title": { "S": "t" }, "sk": { "S": "95" } });
    let (wire, db, _) = scripted([Reply::ok(json!({ "Item": item })), Reply::ok(json!({}))]);
    let mut lenient = Lenient::get(Lenient::key().shelf("a").year(95)).tracked().send(&db).await?.ok_or("an item")?;
    lenient.title = "u".into();
    lenient.save().send(&db).await?;
    let saved = wire.sent().pop().ok_or("a request")?;
    assert_eq!(saved.body["Key"], json!({ "shelf": { "S": "a" }, "sk": { "S": "95" } }), "as it is stored");
    Ok(())
}

#[tokio::test]
async fn a_page_with_escaped_names_is_not_an_empty_one() -> Result {
    // DynamoDB escapes none of its own names, but the SDK would read them.
    let items = r#"[{"id":{"S":"00000000-0000-0000-0000-000000000001"},"text":{"S":"t"}}]"#;
    for [count, name] in [[r"\u0043ount", "Items"], ["Count", r"\u0049tems"]] {
        let page = format!(r#"{{"{count}":1,"ScannedCount":1,"{name}":{items}}}"#);
        let (_, db, _) = scripted([Reply::bytes(200, page)]);

        let notes = Note::scan().all(&db).await?;

        assert_eq!(notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>(), ["t"], "{count} {name}");
    }
    Ok(())
}

async fn refused(mut reading: Reading) -> Result<dynorm::Error> {
    let (wire, db, _) = scripted([]);
    let error = reading.put().send(&db).await.err().ok_or("it was sent")?;
    assert!(wire.sent().is_empty(), "nothing is sent");
    Ok(error)
}

fn reading() -> Reading {
    Reading { sensor: "a".into(), level: 1, value: 1.5, raw: Vec::new() }
}

#[tokio::test]
async fn values_that_dynamodb_cannot_hold() -> Result {
    let nan = refused(Reading { value: f64::NAN, ..reading() }).await?;
    let tiny = refused(Reading { value: 1e-200, ..reading() }).await?;
    let large = refused(Reading { raw: vec![0; 500_000], ..reading() }).await?;

    assert!(nan.is_encode() && nan.to_string().contains("Reading.value"), "{nan}");
    assert!(tiny.is_encode() && tiny.to_string().contains("Reading.value"), "{tiny}");
    assert!(large.is_encode() && large.to_string().contains("400 KB"), "{large}");
    Ok(())
}

#[tokio::test]
async fn keys_that_do_not_fit() -> Result {
    let empty = refused(Reading { sensor: String::new(), ..reading() }).await?;
    let long = refused(Reading { sensor: "s".repeat(2_049), ..reading() }).await?;
    assert!(empty.is_key() && empty.to_string().contains("sensor"), "{empty}");
    assert!(long.is_key() && long.to_string().contains("2048"), "{long}");

    let (wire, db, _) = scripted([]);
    let wide = Book::get(Book::key().publisher("Penguin").year(12_345).isbn(isbn(1))).send(&db).await;
    let wide = wide.expect_err("the year has five digits");
    let long_sort = Book::get(Book::key().publisher("Penguin").year(1995).isbn("i".repeat(1_024))).send(&db).await;
    let long_sort = long_sort.expect_err("the sort key is too long");
    let update = Book::update(Book::key().publisher("Penguin").year(1995).isbn(isbn(1))).set(Book::AUTHOR, "");
    let index = update.send(&db).await.expect_err("an index key cannot be empty");
    assert!(index.is_key() && index.to_string().contains("by-author"), "{index}");
    let empty = Book::query(Book::key().publisher("")).all(&db).await.expect_err("the publisher is empty");

    assert!(wide.is_key() && wide.to_string().contains("year"), "{wide}");
    assert!(long_sort.is_key() && long_sort.to_string().contains("1024"), "{long_sort}");
    assert!(empty.is_key() && empty.to_string().contains("publisher"), "{empty}");
    assert!(wire.sent().is_empty());
    Ok(())
}

/// A model with local indexes, and one of several sort attributes.
#[derive(Debug, Clone, DynamoModel)]
#[dynorm(table = "letters", sort_key = "{number:06}")]
#[dynorm(index(ByDay, local, sort_key = day))]
#[dynorm(index(ByTopic, local, sort_key = topic, project(keys_only)))]
#[dynorm(index(ByPlace, partition_key = topic, sort_key(city, street)))]
struct Letter {
    #[dynorm(partition_key)]
    to: String,
    number: u32,
    topic: String,
    day: Option<String>,
    city: String,
    street: String,
    text: String,
}

fn letter(text: usize) -> Letter {
    let (to, topic, city, street) = ("a".into(), "t".into(), "c".into(), "s".into());
    Letter { to, number: 1, topic, day: None, city, street, text: "x".repeat(text) }
}

#[tokio::test]
async fn an_item_counts_with_its_entries_in_local_indexes() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({})), Reply::ok(json!({}))]);
    let mut on_a_day = Letter { day: Some("1995-06-01".into()), ..letter(250_000) };

    let error = on_a_day.put().send(&db).await.expect_err("twice 250 KB");
    assert!(error.is_encode() && error.to_string().contains("400 KB"), "{error}");
    letter(250_000).put().send(&db).await?;
    Letter { text: "x".repeat(190_000), ..on_a_day }.put().send(&db).await?;

    assert_eq!(wire.sent().len(), 2, "what is not in the index has no entry there, and keys by themselves are small");
    Ok(())
}

#[tokio::test]
async fn an_update_that_is_too_large_for_an_item_is_not_sent() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({}))]);
    let update = |number: u32, bytes: usize| {
        Letter::update(Letter::key().to("a").number(number)).set(Letter::TEXT, "é".repeat(bytes / 2))
    };

    let error = update(1, 410_000).send(&db).await.expect_err("410 KB");
    assert!(error.is_encode() && error.to_string().contains("400 KB"), "{error}");
    let error = db.transact().add(update(1, 410_000)).send().await.expect_err("410 KB");
    assert!(error.is_encode() && error.model() == Some("Letter"), "{error}");
    let all = (0..11).fold(db.transact(), |transaction, number| transaction.add(update(number, 390_000)));
    let error = all.send().await.expect_err("more than 4 MB");
    assert!(error.is_transaction_limit() && error.to_string().contains("4 MB"), "{error}");
    assert_eq!(wire.sent().len(), 0);

    // What else the item has is not known.
    update(1, 400_000).send(&db).await?;
    assert_eq!(wire.sent().len(), 1);
    Ok(())
}

#[tokio::test]
async fn index_keys_are_checked_on_every_path() -> Result {
    let (wire, db, _) = scripted([Reply::ok(json!({ "Item": {
        "to": { "S": "a" }, "number": { "N": "1" }, "sk": { "S": "000001" }, "topic": { "S": "t" }, "city": { "S": "c" },
        "street": { "S": "s" }, "text": { "S": "x" },
    } }))]);
    let mut tracked = Letter::get(&letter(1)).tracked().send(&db).await?.ok_or("an item")?;
    let (long, half) = ("k".repeat(2_049), "k".repeat(600));

    let mut broken = Letter { topic: long.clone(), ..letter(1) };
    tracked.topic = String::new();
    let key = || Letter::key().to("a").number(1);
    let errors = [
        ("put", broken.put().send(&db).await.err()),
        ("create", broken.create().send(&db).await.err()),
        ("save", tracked.save().send(&db).await.err()),
        ("update", Letter::update(key()).set(Letter::TOPIC, &*long).send(&db).await.err()),
        ("upsert", Letter::update(key()).upsert().partial().set(Letter::TOPIC, "").send(&db).await.err()),
        ("transaction", db.transact().add(Letter::update(key()).set(Letter::TOPIC, "")).send().await.err()),
        ("batch", db.batch_write().put(broken.clone()).send().await.err()),
    ];
    for (path, error) in errors {
        let error = error.ok_or(path)?;
        let text = error.to_string();
        assert!(error.is_key() && text.contains("topic") && text.contains("by_topic"), "{path}: {text}");
    }
    let together = Letter::update(key()).set(Letter::CITY, &*half).set(Letter::STREET, &*half).send(&db).await;
    let together = together.expect_err("1,024 bytes is the limit of all sort attributes");
    assert!(together.is_key() && together.to_string().contains("by_place"), "{together}");
    assert_eq!(wire.sent().len(), 1);
    Ok(())
}

#[tokio::test]
async fn values_never_show_in_errors() -> Result {
    let secret = "correct-horse-battery-staple";
    let mut book = Book { isbn: secret.into(), ..Book::new(secret, 1995, "") };
    let (_, db, _) = scripted([]);

    let invalid = book.put().send(&db).await.expect_err("the isbn is too long");
    let key = refused(Reading { sensor: secret.repeat(100), ..reading() }).await?;
    let decode = decode_error(stored(|item| item["level"] = json!({ "S": secret }))).await?;

    let deep = format!("{}{}", r#"{"L":["#.repeat(200), "]}".repeat(200));
    let deep = format!(r#"{{"Item":{{"sensor":{{"S":"{secret}"}},"deep":{deep}}}}}"#);
    let unreadable = decode_error(Reply::bytes(200, deep)).await?;

    for error in [invalid, key, decode, unreadable] {
        assert!(!format!("{error} {error:?}").contains(secret), "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn no_endpoint_and_no_credentials() -> Result {
    let config = || {
        aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .retry_config(aws_sdk_dynamodb::config::retry::RetryConfig::disabled())
    };
    let credentials = aws_sdk_dynamodb::config::Credentials::for_tests();
    // Port 9 of this machine: nothing listens.
    let nowhere = config().endpoint_url("http://127.0.0.1:9").credentials_provider(credentials).build();
    let nobody = config().endpoint_url("http://127.0.0.1:9").build();

    let unreachable = Note::scan().all(&Db::new(aws_sdk_dynamodb::Client::from_conf(nowhere))).await;
    let unreachable = unreachable.expect_err("nothing listens");
    let anonymous = Note::scan().all(&Db::new(aws_sdk_dynamodb::Client::from_conf(nobody))).await;
    let anonymous = anonymous.expect_err("there are no credentials");

    assert!(unreachable.is_connection() && !unreachable.is_credentials(), "{unreachable}");
    assert!(
        anonymous.is_credentials() && !anonymous.is_connection(),
        "{anonymous}: {:?}",
        std::error::Error::source(&anonymous)
    );
    assert!(anonymous.to_string().contains("AWS_ACCESS_KEY_ID"), "{anonymous}");
    Ok(())
}

#[tokio::test]
async fn expressions_over_a_limit_are_not_sent() -> Result {
    let (wire, db, _) = scripted([]);
    let many = (0..151_u32).map(|n| Book::PAGES.ne(n)).reduce(|all, one| all & one).ok_or("some")?;
    let long = (0..9_u32).map(|n| Book::PAGES.is_in([n; 100])).reduce(|all, one| all & one).ok_or("some")?;

    let errors = [
        Book::scan().filter(Book::PAGES.is_in(0..101)).all(&db).await.expect_err("101 values"),
        Book::scan().filter(many).count(&db).await.expect_err("301 operators"),
        Book::query(Book::key().publisher("P")).filter(long).page(&db).await.expect_err("more than 4 KB of text"),
        Book::scan().filter(Book::TITLE.eq("x".repeat(2 << 20))).first(&db).await.expect_err("more than 2 MB"),
        Book::delete(&Book::new("P", 1995, &isbn(1)))
            .condition(Book::PAGES.is_in(0..101))
            .send(&db)
            .await
            .expect_err("101 values"),
    ];

    for error in errors {
        assert!(error.expression().is_some_and(dynorm::error::ExpressionError::is_limit), "{error}");
    }
    assert!(wire.sent().is_empty());
    Ok(())
}
