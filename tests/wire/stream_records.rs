//! Stream records: those of AWS's documentation as typed changes, and the same records as the SDK of DynamoDB Streams parses them.

use std::time::{Duration, SystemTime};

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_dynamodbstreams::types as streams;
use dynorm::stream::{BatchItemFailures, Change, Event, Record};
use dynorm::{DynamoModel, Error, FullKey};
use dynorm_tests::Result;
use dynorm_tests::models::{Book, Film, isbn};
use dynorm_tests::wire::{Reply, Wire};
use serde_json::{Value, json};

/// The item of the events in AWS's documentation.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "ExampleTableWithStream")]
struct Message {
    #[dynorm(partition_key, rename = "Id")]
    id: u32,
    #[dynorm(rename = "Message")]
    message: String,
}

fn message(text: &str) -> Message {
    Message { id: 101, message: text.into() }
}

/// The event of "Process Amazon DynamoDB records with Lambda", its last record removed by DynamoDB as "DynamoDB Streams and Time to Live" shows it.
const EVENT: &str = r#"{
  "Records": [
    {
      "eventID": "1",
      "eventVersion": "1.0",
      "dynamodb": {
        "Keys": { "Id": { "N": "101" } },
        "NewImage": { "Message": { "S": "New item!" }, "Id": { "N": "101" } },
        "StreamViewType": "NEW_AND_OLD_IMAGES",
        "SequenceNumber": "111",
        "SizeBytes": 26
      },
      "awsRegion": "us-west-2",
      "eventName": "INSERT",
      "eventSourceARN": "arn:aws:dynamodb:us-west-2:111122223333:table/ExampleTableWithStream/stream/2015-06-27T00:48:05.899",
      "eventSource": "aws:dynamodb"
    },
    {
      "eventID": "2",
      "eventVersion": "1.0",
      "dynamodb": {
        "OldImage": { "Message": { "S": "New item!" }, "Id": { "N": "101" } },
        "SequenceNumber": "222",
        "Keys": { "Id": { "N": "101" } },
        "SizeBytes": 59,
        "NewImage": { "Message": { "S": "This item has changed" }, "Id": { "N": "101" } },
        "StreamViewType": "NEW_AND_OLD_IMAGES",
        "ApproximateCreationDateTime": 1664559083.0
      },
      "awsRegion": "us-west-2",
      "eventName": "MODIFY",
      "eventSource": "aws:dynamodb"
    },
    {
      "eventID": "3",
      "eventVersion": "1.1",
      "dynamodb": {
        "Keys": { "Id": { "N": "101" } },
        "SizeBytes": 38,
        "SequenceNumber": "333",
        "OldImage": { "Message": { "S": "This item has changed" }, "Id": { "N": "101" } },
        "StreamViewType": "NEW_AND_OLD_IMAGES",
        "ApproximateCreationDateTime": 1428537600
      },
      "awsRegion": "us-west-2",
      "eventName": "REMOVE",
      "eventSource": "aws:dynamodb",
      "userIdentity": { "type": "Service", "principalId": "dynamodb.amazonaws.com" }
    }
  ]
}"#;

fn at(seconds: u64) -> Option<SystemTime> {
    Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
}

/// The records as DynamoDB Streams sends them, parsed by its SDK.
async fn parsed(records: &Value) -> Result<Vec<streams::Record>> {
    let mut records = records.clone();
    for record in records.as_array_mut().ok_or("an array")? {
        if let Some(identity) = record.get_mut("userIdentity").filter(|identity| identity.is_object()) {
            *identity = json!({ "Type": identity["type"], "PrincipalId": identity["principalId"] });
        }
    }
    let wire = Wire::new([Reply::ok(json!({ "Records": records }))]);
    let config = aws_sdk_dynamodbstreams::Config::builder()
        .behavior_version(aws_sdk_dynamodbstreams::config::BehaviorVersion::latest())
        .region(aws_sdk_dynamodbstreams::config::Region::from_static("us-east-1"))
        .credentials_provider(aws_sdk_dynamodb::config::Credentials::for_tests())
        .endpoint_url("http://wire")
        .http_client(wire)
        .build();
    let client = aws_sdk_dynamodbstreams::Client::from_conf(config);
    Ok(client.get_records().shard_iterator("i").send().await?.records.unwrap_or_default())
}

/// The records of an event, read from its JSON and from what the SDK parses.
async fn both<M: DynamoModel>(records: &Value) -> Result<[Vec<Record<M>>; 2]> {
    let event = json!({ "Records": records }).to_string();
    Ok([Record::from_event(event.as_bytes())?, Record::from_records(&parsed(records).await?)])
}

#[tokio::test]
async fn the_documented_event_is_three_changes() -> Result {
    let records: Value = serde_json::from_str(EVENT)?;
    for records in both::<Message>(&records["Records"]).await? {
        let changes = records.iter().map(Record::change).collect::<Result<Vec<_>, Error>>()?;
        let (first, second) = (message("New item!"), message("This item has changed"));
        let modified = Change::Modify { old: first.clone(), new: second.clone() };
        assert_eq!(changes, [Change::Insert(first), modified, Change::Remove(second)]);

        let of = |get: fn(&Record<Message>) -> Option<&str>| records.iter().map(get).collect::<Vec<_>>();
        assert_eq!(of(Record::sequence_number), [Some("111"), Some("222"), Some("333")]);
        assert_eq!(of(Record::id), [Some("1"), Some("2"), Some("3")]);
        assert_eq!(
            records.iter().map(Record::created_at).collect::<Vec<_>>(),
            [None, at(1_664_559_083), at(1_428_537_600)]
        );
        assert_eq!(records.iter().map(Record::is_expiry).collect::<Vec<_>>(), [false, false, true]);
        for record in &records {
            assert_eq!(record.key()?, Message::key().id(101).into_key());
        }
        assert_eq!(records[0].old()?, None);
        assert_eq!(records[2].new_item()?, None);
        let item = records[2].old_item()?.ok_or("an image")?;
        assert_eq!(item.get("Message"), Some(&AttributeValue::S("This item has changed".into())));
    }
    // As an EventBridge pipe hands it over.
    let array = records["Records"].to_string();
    assert_eq!(Record::<Message>::from_event(array.as_bytes())?.len(), 3);
    Ok(())
}

#[tokio::test]
async fn a_record_has_what_its_view_type_has() -> Result {
    let image = |text: &str| json!({ "Id": { "N": "101" }, "Message": { "S": text } });
    let record = |name: &str, more: Value| {
        let mut record =
            json!({ "eventName": name, "dynamodb": { "Keys": { "Id": { "N": "101" } }, "SequenceNumber": "1" } });
        let data = record["dynamodb"].as_object_mut().expect("it is one");
        data.extend(more.as_object().expect("it is one").clone());
        record
    };
    let records = json!([
        record("MODIFY", json!({ "StreamViewType": "KEYS_ONLY" })),
        record("MODIFY", json!({ "StreamViewType": "NEW_IMAGE", "NewImage": image("new") })),
        record("MODIFY", json!({ "StreamViewType": "OLD_IMAGE", "OldImage": image("old") })),
        record("INSERT", json!({ "StreamViewType": "OLD_IMAGE" })),
        record("INSERT", json!({ "StreamViewType": "NEW_IMAGE", "NewImage": image("new"), "OldImage": null })),
    ]);
    for records in both::<Message>(&records).await? {
        let images = records.iter().map(|record| Ok((record.old()?, record.new()?)));
        let (old, new) = (Some(message("old")), Some(message("new")));
        let expected = [(None, None), (None, new.clone()), (old, None), (None, None), (None, new)];
        assert_eq!(images.collect::<Result<Vec<_>, Error>>()?, expected);
        for record in &records {
            assert_eq!(record.key()?, Message::key().id(101).into_key());
        }
        assert_eq!(records[0].event()?, Event::Modify);
        // A change that lacks an image is said to lack it, and is not another change.
        let lacking: Vec<_> =
            records.iter().map(|record| record.change().err().map(|error| error.to_string())).collect();
        let missing = |name: &str| Some(format!("Message.{name}: missing attribute"));
        assert_eq!(lacking, [missing("OldImage"), missing("OldImage"), missing("NewImage"), missing("NewImage"), None]);
    }
    Ok(())
}

#[tokio::test]
async fn a_bad_record_hides_no_other() -> Result {
    let good = json!({
        "eventName": "INSERT",
        "dynamodb": { "Keys": { "Id": { "N": "7" } }, "NewImage": { "Id": { "N": "7" }, "Message": { "S": "good" } }, "SequenceNumber": "9" },
    });
    let with = |change: fn(&mut Value)| {
        let mut record = good.clone();
        change(&mut record);
        record["dynamodb"]["SequenceNumber"] = json!("5");
        record
    };
    let bad = [
        (
            with(|record| record["dynamodb"]["NewImage"]["Message"] = json!({ "N": "5" })),
            "Message.Message: expected S, found N",
        ),
        (
            with(|record| record["dynamodb"]["NewImage"]["Id"] = json!({ "N": "-1" })),
            "Message.Id: the number does not fit `u32`",
        ),
        (with(|record| record["dynamodb"]["NewImage"] = json!({})), "Message.Id: missing attribute"),
        (with(|record| record["eventName"] = json!("RENAME")), "Message.eventName: missing attribute"),
        (
            with(|record| drop(record.as_object_mut().map(|record| record.remove("eventName")))),
            "Message.eventName: missing attribute",
        ),
    ];
    for (bad, text) in bad {
        for records in both::<Message>(&json!([good, bad, good])).await? {
            let mut failures = BatchItemFailures::new();
            let mut handled = 0;
            for record in &records {
                match record.change() {
                    Ok(_) => handled += 1,
                    Err(error) => {
                        assert!(error.is_decode(), "{error}");
                        assert_eq!(error.to_string(), text);
                        assert_eq!(
                            error.item_key().and_then(|key| key.get("Id")),
                            Some(&AttributeValue::N("7".into()))
                        );
                        failures.add(record);
                    }
                }
            }
            assert_eq!((handled, records.len()), (2, 3));
            let answer = r#"{"batchItemFailures":[{"itemIdentifier":"5"}]}"#;
            assert_eq!((failures.to_json().as_str(), serde_json::to_string(&failures)?.as_str()), (answer, answer));
        }
    }
    Ok(())
}

#[test]
fn one_image_does_not_hide_the_other() -> Result {
    let record = json!({ "eventName": "MODIFY", "dynamodb": {
        "Keys": { "Id": { "N": "7" } }, "OldImage": { "Id": { "N": "7" }, "Text": { "S": "an older form" } },
        "NewImage": { "Id": { "N": "7" }, "Message": { "S": "hello" } },
    } });
    let record = Record::<Message>::from_json(record.to_string().as_bytes())?;
    assert_eq!(record.new()?, Some(Message { id: 7, message: "hello".into() }));
    assert_eq!(record.old().expect_err("it is older").to_string(), "Message.Message: missing attribute");
    assert!(record.old_item()?.is_some());
    Ok(())
}

#[test]
fn what_is_no_record_says_so_when_it_is_asked() -> Result {
    let odd = [
        json!(null),
        json!(5),
        json!("record"),
        json!([]),
        json!({}),
        json!({ "dynamodb": null }),
        json!({ "dynamodb": [] }),
        json!({ "messageId": "m", "body": "of a queue" }),
        json!({ "eventName": 1, "eventID": {}, "userIdentity": 3, "dynamodb": { "Keys": 1, "NewImage": "x", "OldImage": [], "SequenceNumber": 5,
            "ApproximateCreationDateTime": { "a": 1 } } }),
        json!({ "eventName": "MODIFY", "dynamodb": { "Keys": { "Id": { "S": "7" } }, "NewImage": { "Id": 7 }, "OldImage": { "Id": { "X": "7" } } } }),
    ];
    let records = Record::<Message>::from_event(json!({ "window": {}, "Records": odd }).to_string().as_bytes())?;
    assert_eq!(records.len(), odd.len());
    for record in &records {
        assert!(record.change().expect_err("it is none").is_decode());
        assert!(record.key().expect_err("it has none").is_decode());
        assert_eq!((record.sequence_number(), record.id(), record.created_at()), (None, None, None));
        assert!(!record.is_expiry() && !record.is_guard());
        let mut failures = BatchItemFailures::new();
        failures.add(record);
        // Without a number to name, AWS's word for the whole batch.
        assert_eq!(failures.to_json(), r#"{"batchItemFailures":[{"itemIdentifier":""}]}"#);
    }
    Ok(())
}

#[test]
fn what_is_no_event_is_an_error() {
    let deep = format!(r#"{{"Records":[{}]}}"#, "[".repeat(1_000_000));
    let bytes = [
        &b""[..],
        b"{",
        b"{}",
        b"5",
        b"\xff",
        br#"{"Records":5}"#,
        br#"{"Records":null}"#,
        br#"{"Records":[{]}"#,
        br#"{"Records":[]} x"#,
        deep.as_bytes(),
    ];
    for bytes in bytes {
        let error = Record::<Message>::from_event(bytes).expect_err("it is none");
        assert!(error.is_decode(), "{error}");
    }
    assert!(Record::<Message>::from_event(br#"{"Records":[]}"#).is_ok_and(|records| records.is_empty()));
    assert!(Record::<Message>::from_json(&EVENT.as_bytes()[..EVENT.len() - 1]).expect_err("cut").is_decode());
}

#[test]
fn times_of_every_precision() -> Result {
    let created = |format: Value, precision: Value, time: &str| {
        let record = format!(
            r#"{{"recordFormat":{format},"dynamodb":{{"ApproximateCreationDateTime":{time},"ApproximateCreationDateTimePrecision":{precision}}}}}"#
        );
        let record = Record::<Message>::from_json(record.as_bytes()).expect("a record");
        record.created_at().map(|time| time.duration_since(SystemTime::UNIX_EPOCH).expect("after").as_nanos())
    };
    let kinesis = || json!("application/json");
    let cases = [
        (Value::Null, Value::Null, "1428537600", Some(1_428_537_600_000_000_000)),
        (Value::Null, Value::Null, "1.4807328E9", Some(1_480_732_800_000_000_000)),
        (Value::Null, Value::Null, "\"1678831218.0\"", Some(1_678_831_218_000_000_000)),
        (Value::Null, Value::Null, "1678831218.25", Some(1_678_831_218_250_000_000)),
        (kinesis(), json!("MILLISECOND"), "1700000000123", Some(1_700_000_000_123_000_000)),
        (kinesis(), json!("MICROSECOND"), "1700000000123456", Some(1_700_000_000_123_456_000)),
        (kinesis(), Value::Null, "1594241222512", Some(1_594_241_222_512_000_000)),
        (Value::Null, Value::Null, "-5", None),
        (Value::Null, Value::Null, "1e300", None),
        (Value::Null, Value::Null, "18446744073709551615", None),
        (Value::Null, Value::Null, "true", None),
    ];
    for (format, precision, time, expected) in cases {
        assert_eq!(created(format, precision, time), expected, "{time}");
    }
    Ok(())
}

/// A user with an address that no other user has.
#[derive(Debug, Clone, PartialEq, DynamoModel)]
#[dynorm(table = "users")]
struct User {
    #[dynorm(partition_key)]
    id: String,
    #[dynorm(unique)]
    email: String,
}

#[tokio::test]
async fn guards_of_unique_values_are_told_apart() -> Result {
    let guard = "dynorm:unique:4cd63d6be00c9350b4847a7e2ab72365b06cd696803e630bec97cad64a5c823c";
    let insert = |id: &str, image: Value| json!({ "eventName": "INSERT", "dynamodb": { "Keys": { "id": { "S": id } }, "NewImage": image } });
    let keys_only = json!({ "eventName": "REMOVE", "dynamodb": { "Keys": { "id": { "S": guard } } } });
    let of_guard = insert(
        guard,
        json!({
            "id": { "S": guard }, "dynorm:owner": { "M": { "id": { "S": "u-1" } } }, "dynorm:constraint": { "S": "User.email" },
        }),
    );
    let of_user = insert("u-1", json!({ "id": { "S": "u-1" }, "email": { "S": "a" } }));
    // The beginning of a guard's key is not the key of a guard.
    let alike = insert("dynorm:unique:", json!({ "id": { "S": "dynorm:unique:" }, "email": { "S": "b" } }));
    let all = json!([of_guard, of_user, keys_only, alike]);

    for records in both::<User>(&all).await? {
        let users = records.iter().map(|record| Ok(record.new()?.map(|user| user.email)));
        assert_eq!(users.collect::<Result<Vec<_>, Error>>()?, [Some("a".into()), Some("b".into())]);
    }
    for record in [of_guard, keys_only] {
        assert!(Record::<User>::from(&parsed(&json!([record])).await?[0]).is_guard());
        let record = Record::<User>::from_json(record.to_string().as_bytes())?;
        assert!(record.is_guard() && record.new_item()?.is_some() == record.new().is_err());
        assert!(record.new().err().is_none_or(|error| error.decode().is_some_and(|error| error.is_foreign())));
    }
    Ok(())
}

#[tokio::test]
async fn a_foreign_item_can_be_read_as_what_it_is() -> Result {
    let records = json!([{ "eventName": "INSERT", "dynamodb": {
        "Keys": { "studio": { "S": "Rialto" }, "sk": { "S": "FILM#1995#f-1" } },
        "NewImage": { "studio": { "S": "Rialto" }, "sk": { "S": "STUDIO" }, "entity": { "S": "studio" } },
    } }]);
    for records in both::<Film>(&records).await? {
        for record in records {
            let error = record.new().expect_err("it is a studio");
            assert!(error.decode().is_some_and(|error| error.is_foreign()), "{error}");
            assert_eq!(error.item_key().map(|key| key.len()), Some(2));
            assert!(!format!("{error} {error:?} {record:?}").contains("Rialto"));
            assert_eq!(record.key()?.values()?.len(), 2);
            assert!(record.of::<Book>().new().is_err_and(|error| error.is_decode()));
        }
    }
    Ok(())
}

#[tokio::test]
async fn values_of_every_type_come_both_ways() -> Result {
    let mut item = json!({
        "publisher": { "S": "Penguin \"Books\" \u{1f980}" }, "sk": { "S": format!("1995-{}", isbn(1)) }, "year": { "N": "1995" },
        "isbn": { "S": isbn(1) }, "title": { "S": "" }, "author": { "S": "Jane" }, "published": { "S": "1995-05-01" }, "pages": { "NULL": true },
        "created": { "S": "1970-01-01T00:16:40.000000000Z" }, "updated": { "S": "1970-01-01T00:16:40.000000000Z" },
        "b": { "B": "AAEC/w==" }, "bs": { "BS": ["AA==", ""] }, "ss": { "SS": ["a", "\n"] }, "ns": { "NS": ["1E+2", "-0.50"] }, "t": { "BOOL": true },
        "n": { "N": "1234567890123456789012345678901234567.8" }, "l": { "L": [{ "M": {} }, { "L": [] }, { "NULL": true }] },
    });
    let mut deep = json!({ "S": "x" });
    for level in 0..31 {
        deep = if level % 2 == 0 { json!({ "L": [deep] }) } else { json!({ "M": { "m": deep } }) };
    }
    item["deep"] = json!({ "L": [deep] });
    let records = json!([{ "eventName": "REMOVE", "dynamodb": { "OldImage": item } }]);
    let [json, sdk] = both::<Book>(&records).await?;
    assert_eq!(json[0].old_item()?, sdk[0].old_item()?);
    assert_eq!(json[0].old_item()?.map(|item| item.len()), item.as_object().map(|item| item.len()));
    assert_eq!(json[0].change()?, sdk[0].change()?);
    Ok(())
}

#[test]
fn a_value_that_the_sdk_does_not_know_is_an_error_of_its_image_alone() -> Result {
    let mut deep = streams::AttributeValue::Null(true);
    for _ in 0..33 {
        deep = streams::AttributeValue::L(vec![deep]);
    }
    let id = || ("Id".to_owned(), streams::AttributeValue::N("7".into()));
    let text = ("Message".to_owned(), streams::AttributeValue::S("hello".into()));
    let data = streams::StreamRecord::builder()
        .set_keys(Some([id()].into()))
        .set_new_image(Some([id(), text].into()))
        .set_old_image(Some([id(), ("deep".to_owned(), deep)].into()));
    let record = streams::Record::builder().event_name(streams::OperationType::Modify).dynamodb(data.build()).build();
    let record = Record::<Message>::from(&record);
    assert_eq!(record.new()?, Some(Message { id: 7, message: "hello".into() }));
    assert!(record.old().expect_err("too deep").is_decode() && record.old_item().is_err() && record.change().is_err());
    Ok(())
}
