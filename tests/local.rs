//! The embedded engine as its users see it: it starts, serves, keeps a file, and stops.

use std::io::Write as _;
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::AttributeValue::S;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType, StreamViewType,
};
use aws_sdk_dynamodbstreams::types::ShardIteratorType;
use dynorm::DynamoModel;
use dynorm::stream::{Change, Record};
use dynorm_local::{Error, Local};
use dynorm_tests::Result;

/// A file that goes away with its SQLite companions.
struct TempFile(PathBuf);

impl TempFile {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("dynorm-local-{}-{name}.db", std::process::id())))
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm"] {
            let mut file = self.0.clone().into_os_string();
            file.push(suffix);
            let _ = std::fs::remove_file(file);
        }
    }
}

async fn create_table(client: &Client, name: &str) -> Result {
    client
        .create_table()
        .table_name(name)
        .attribute_definitions(
            AttributeDefinition::builder().attribute_name("pk").attribute_type(ScalarAttributeType::S).build()?,
        )
        .key_schema(KeySchemaElement::builder().attribute_name("pk").key_type(KeyType::Hash).build()?)
        .billing_mode(BillingMode::PayPerRequest)
        .send()
        .await?;
    Ok(())
}

#[tokio::test]
async fn two_engines_share_nothing() -> Result {
    let (one, two) = (Local::memory().await?, Local::memory().await?);
    create_table(&one.client(), "books").await?;
    assert_ne!(one.endpoint(), two.endpoint());
    assert_eq!(one.client().list_tables().send().await?.table_names(), ["books"]);
    assert!(two.client().list_tables().send().await?.table_names().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_file_keeps_its_tables() -> Result {
    let file = TempFile::new("keeps");
    {
        let local = Local::open(&file.0).await?;
        create_table(&local.client(), "books").await?;
        local.client().put_item().table_name("books").item("pk", S("a".into())).send().await?;
    }
    let local = Local::open(&file.0).await?;
    assert_eq!(local.client().scan().table_name("books").send().await?.count(), 1);
    Ok(())
}

#[tokio::test]
async fn a_special_name_of_sqlite_is_a_file() -> Result {
    let folder = std::env::temp_dir().join(format!("dynorm-local-{}-missing", std::process::id()));
    let error = Local::open(folder.join(":memory:")).await.expect_err("the folder does not exist");
    assert!(matches!(error, Error::Open { path: Some(_), .. }), "{error:?}");
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_no_database_is_an_error() -> Result {
    let file = TempFile::new("text");
    std::fs::write(&file.0, "publisher,year,isbn\n".repeat(100))?;
    let error = Local::open(&file.0).await.expect_err("a CSV file");
    assert!(error.to_string().contains("dynorm-local-"), "names the file: {error}");
    assert!(std::error::Error::source(&error).is_some());
    assert_eq!(std::fs::read_to_string(&file.0)?.len(), 2000, "and leaves it alone");
    Ok(())
}

#[tokio::test]
async fn a_dropped_engine_refuses_connections() -> Result {
    let local = Local::memory().await?;
    let client = local.client();
    client.list_tables().send().await?;
    drop(local);
    let error = client.list_tables().send().await.expect_err("the engine is gone");
    assert!(matches!(error, SdkError::DispatchFailure(_)), "{error:?}");
    Ok(())
}

#[tokio::test]
async fn half_a_request_does_not_keep_an_engine_alive() -> Result {
    let local = Local::memory().await?;
    let address = local.endpoint().replace("http://", "");
    let mut stuck = TcpStream::connect(&address)?;
    stuck.write_all(b"POST / HTTP/1.1\r\ncontent-length: 100\r\n\r\n{")?;
    drop(local);
    assert!(TcpStream::connect(address).is_err());
    Ok(())
}

#[test]
fn an_engine_outlives_the_runtime_that_started_it() -> Result {
    let local = tokio::runtime::Runtime::new()?.block_on(Local::memory())?;
    let tables = tokio::runtime::Runtime::new()?.block_on(async { local.client().list_tables().send().await })?;
    assert!(tables.table_names().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_client_sends_once() -> Result {
    let retries = Local::memory().await?.client().config().retry_config().map(|config| config.max_attempts());
    assert_eq!(retries, Some(1));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn in_process_takes_no_time() -> Result {
    let engine = Local::in_process().await?;
    let before = tokio::time::Instant::now();
    create_table(&engine.client(), "books").await?;
    engine.client().put_item().table_name("books").item("pk", S("a".into())).send().await?;
    assert_eq!(engine.client().scan().table_name("books").send().await?.count(), 1);
    assert_eq!(before.elapsed(), Duration::ZERO);
    Ok(())
}

#[tokio::test]
async fn in_process_errors_are_the_services() -> Result {
    let client = Local::in_process().await?.client();
    let error = client.describe_table().table_name("missing").send().await.expect_err("no such table");
    let service = error.as_service_error().ok_or("a service error")?;
    assert!(service.is_resource_not_found_exception(), "{error:?}");
    assert!(aws_sdk_dynamodb::operation::RequestId::request_id(&error).is_some());
    Ok(())
}

#[tokio::test]
async fn in_process_clones_are_one_engine() -> Result {
    let engine = Local::in_process().await?;
    create_table(&engine.clone().client(), "books").await?;
    assert_eq!(engine.client().list_tables().send().await?.table_names(), ["books"]);
    Ok(())
}

#[tokio::test]
async fn expired_items_go_when_asked() -> Result {
    use aws_sdk_dynamodb::types::{AttributeValue::N, TimeToLiveSpecification};
    let local = Local::memory().await?;
    let client = local.client();
    create_table(&client, "books").await?;
    let ttl = TimeToLiveSpecification::builder().attribute_name("expires").enabled(true).build()?;
    client.update_time_to_live().table_name("books").time_to_live_specification(ttl).send().await?;
    for (pk, expires) in [("past", "1700000000"), ("future", "4000000000")] {
        let item = client.put_item().table_name("books").item("pk", S(pk.into())).item("expires", N(expires.into()));
        item.send().await?;
    }
    assert_eq!(client.scan().table_name("books").send().await?.count(), 2);
    assert_eq!(local.sweep_ttl()?, 1);
    assert_eq!(client.scan().table_name("books").send().await?.count(), 1);
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
    name: Option<String>,
}

#[tokio::test]
async fn the_stream_of_a_table_is_read_as_changes() -> Result {
    let local = Local::memory().await?;
    let db = local.db();
    User::create_table().stream(StreamViewType::NewAndOldImages).send(&db).await?;
    let mut user = User { id: "u-1".into(), email: "ann@example.com".into(), name: None };
    user.create().send(&db).await?;
    User::update(&user).set(User::NAME, "Ann").send(&db).await?;
    User::delete(&user).send(&db).await?;

    let config = aws_sdk_dynamodbstreams::Config::builder()
        .behavior_version(aws_sdk_dynamodbstreams::config::BehaviorVersion::latest())
        .region(aws_sdk_dynamodbstreams::config::Region::from_static("us-east-1"))
        .credentials_provider(aws_sdk_dynamodb::config::Credentials::for_tests())
        .endpoint_url(local.endpoint())
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    let client = aws_sdk_dynamodbstreams::Client::from_conf(config.build());
    let streams = client.list_streams().table_name("users").send().await?;
    let arn = streams.streams().first().and_then(|stream| stream.stream_arn()).ok_or("a stream")?;
    let stream = client.describe_stream().stream_arn(arn).send().await?.stream_description.ok_or("a description")?;
    let mut records = Vec::new();
    for shard in stream.shards() {
        let iterator = client.get_shard_iterator().stream_arn(arn).set_shard_id(shard.shard_id.clone());
        let iterator = iterator.shard_iterator_type(ShardIteratorType::TrimHorizon).send().await?.shard_iterator;
        records.extend(client.get_records().set_shard_iterator(iterator).send().await?.records.unwrap_or_default());
    }

    let changes = Record::<User>::from_records(&records).iter().map(Record::change).collect::<Result<Vec<_>, _>>()?;
    let named = User { name: Some("Ann".into()), ..user.clone() };
    let modified = Change::Modify { old: user.clone(), new: named.clone() };
    assert_eq!(changes, [Change::Insert(user), modified, Change::Remove(named)]);
    assert_eq!(records.len(), 5, "the guard came and went as well");
    Ok(())
}
