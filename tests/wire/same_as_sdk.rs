//! What is sent is what the SDK alone sends for the same call: where to, with which headers, signed, and the same JSON.

use std::time::{Duration, UNIX_EPOCH};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::endpoint::Endpoint;
use aws_sdk_dynamodb::config::endpoint::{EndpointFuture, Params, ResolveEndpoint};
use aws_sdk_dynamodb::config::{Builder, Credentials, Region};
use aws_sdk_dynamodb::types::{
    AttributeValue, Get, KeysAndAttributes, Put, PutRequest, ReturnConsumedCapacity, ReturnValue,
    ReturnValuesOnConditionCheckFailure, TransactGetItem, TransactWriteItem, WriteRequest,
};
use aws_smithy_async::time::StaticTimeSource;
use aws_types::endpoint_config::AccountIdEndpointMode;
use dynorm::Db;
use dynorm_tests::Result;
use dynorm_tests::models::Note;
use dynorm_tests::wire::{Reply, Sent, Wire};
use sha2::{Digest, Sha256};

use super::calls::{ALL, Call, note};

const SECRET: &str = "a secret";

/// A client whose requests are always the same.
fn config(wire: &Wire) -> Builder {
    wire.config()
        .credentials_provider(Credentials::new("AKIDGIVEN", SECRET, Some("a token".into()), None, "test"))
        .time_source(StaticTimeSource::new(UNIX_EPOCH + Duration::from_secs(1_000_000_000)))
}

/// The same call as the SDK alone makes it.
pub(super) async fn bare(call: Call, client: &Client, table: &str, token: Option<&str>) -> Result {
    let id = || ("id", AttributeValue::S(note().id.to_string()));
    let item = || [id(), ("text", AttributeValue::S("hello".into()))].map(|(name, value)| (name.to_owned(), value));
    let key = || Some([id()].map(|(name, value)| (name.to_owned(), value)).into());
    match call {
        Call::GetItem => drop(client.get_item().table_name(table).set_key(key()).send().await?),
        Call::Query => {
            let query = client.query().table_name(table).key_condition_expression("#0 = :0");
            let query = query.expression_attribute_names("#0", "id").expression_attribute_values(":0", id().1);
            drop(query.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await?);
        }
        Call::Scan => {
            let scan = client.scan().table_name(table);
            drop(scan.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await?);
        }
        Call::BatchGetItem => {
            let keys = KeysAndAttributes::builder().set_keys(key().map(|key| vec![key])).build()?;
            let get = client.batch_get_item().request_items(table, keys);
            drop(get.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await?);
        }
        Call::TransactGetItems => {
            let get = Get::builder().table_name(table).set_key(key()).build()?;
            let items = TransactGetItem::builder().get(get).build();
            drop(client.transact_get_items().transact_items(items).send().await?);
        }
        Call::PutItem => {
            let put = client.put_item().table_name(table).set_item(Some(item().into()));
            drop(put.return_values(ReturnValue::AllOld).send().await?);
        }
        Call::UpdateItem => {
            let update = client.update_item().table_name(table).set_key(key()).update_expression("SET #0 = :0");
            let update = update.condition_expression("attribute_exists(#1)").expression_attribute_names("#0", "text");
            let update = update.expression_attribute_names("#1", "id");
            let update = update.expression_attribute_values(":0", AttributeValue::S("hello".into()));
            let failure = ReturnValuesOnConditionCheckFailure::AllOld;
            let update = update.return_values_on_condition_check_failure(failure);
            drop(update.return_values(ReturnValue::AllNew).send().await?);
        }
        Call::DeleteItem => {
            let delete = client.delete_item().table_name(table).set_key(key());
            drop(delete.return_values(ReturnValue::AllOld).send().await?);
        }
        Call::BatchWriteItem => {
            let put = PutRequest::builder().set_item(Some(item().into())).build()?;
            let write = client.batch_write_item();
            let write = write.request_items(table, vec![WriteRequest::builder().put_request(put).build()]);
            drop(write.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await?);
        }
        Call::TransactWriteItems => {
            let put = Put::builder().table_name(table).set_item(Some(item().into())).build()?;
            let items = TransactWriteItem::builder().put(put).build();
            let write = client.transact_write_items().transact_items(items);
            drop(write.set_client_request_token(token.map(str::to_owned)).send().await?);
        }
    }
    Ok(())
}

/// What dynorm and the bare SDK send for a call, over clients with this configuration.
async fn both(call: Call, table: &str, change: impl Fn(Builder) -> Builder) -> Result<(Sent, Sent)> {
    let answer = call.answer().to_string().replace("\"notes\"", &format!("\"{table}\""));
    let wire = Wire::new([Reply::bytes(200, answer.clone()), Reply::bytes(200, answer)]);
    let client = Client::from_conf(change(config(&wire)).build());
    let db = Db::builder(client.clone()).table::<Note>(table).build();
    call.send(&db).await.map_err(|error| format!("{call:?}: {error}"))?;
    let ours = wire.sent().remove(0);
    bare(call, &client, table, ours.body["ClientRequestToken"].as_str()).await?;
    Ok((ours, wire.sent().remove(1)))
}

/// All headers but those in which any two requests differ.
fn headers(sent: &Sent) -> Vec<(String, String)> {
    let own = ["authorization", "amz-sdk-invocation-id"];
    let headers = sent.headers.iter().filter(|(name, _)| !own.contains(&name.as_str()));
    let mut headers: Vec<_> = headers.cloned().collect();
    headers.sort();
    headers
}

#[track_caller]
fn same((ours, theirs): &(Sent, Sent)) {
    assert_eq!(ours.body, theirs.body);
    assert_eq!(headers(ours), headers(theirs), "{}", ours.operation);
    assert_eq!((&ours.uri, &ours.method), (&theirs.uri, &theirs.method), "{}", ours.operation);
    for sent in [ours, theirs] {
        assert_eq!(sent.header("content-length"), Some(&*sent.bytes.len().to_string()), "{}", sent.operation);
        assert_eq!(sent.header("x-amz-target"), Some(&*format!("DynamoDB_20120810.{}", sent.operation)));
        assert_eq!(sent.header("content-type"), Some("application/x-amz-json-1.0"));
        assert_eq!(sent.header("amz-sdk-request"), Some("attempt=1; max=1"));
        assert_eq!(sent.header("amz-sdk-invocation-id").map(str::len), Some(36));
        assert_eq!(signature(sent).as_deref(), sent.header("authorization"), "{}", sent.operation);
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// RFC 2104.
fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let pad = |with: u8| block.map(|byte| byte ^ with);
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().to_vec()
}

/// The `authorization` of a request, as <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html> says.
fn signature(sent: &Sent) -> Option<String> {
    let (credential, rest) = sent.header("authorization")?.split_once(", SignedHeaders=")?;
    let (signed, _) = rest.split_once(", Signature=")?;
    let (_, scope) = credential.split_once("Credential=")?.1.split_once('/')?;
    let (_, host) = sent.uri.split_once("://")?;
    let host = host.strip_suffix('/').unwrap_or(host);
    let mut canonical = format!("{}\n/\n\n", sent.method);
    for name in signed.split(';') {
        let value = sent.header(name).or_else(|| (name == "host").then_some(host))?;
        canonical += &format!("{name}:{}\n", value.trim());
    }
    for name in ["content-type", "host", "x-amz-date", "x-amz-security-token", "x-amz-target"] {
        assert!(signed.split(';').any(|signed| signed == name), "{name} is not signed: {signed}");
    }
    canonical += &format!("\n{signed}\n{}", hex(&Sha256::digest(&sent.bytes)));
    let text = format!(
        "AWS4-HMAC-SHA256\n{}\n{scope}\n{}",
        sent.header("x-amz-date")?,
        hex(&Sha256::digest(canonical.as_bytes()))
    );
    let key = scope.split('/').fold(format!("AWS4{SECRET}").into_bytes(), |key, part| hmac(&key, part));
    Some(format!("{credential}, SignedHeaders={signed}, Signature={}", hex(&hmac(&key, &text))))
}

#[tokio::test]
async fn each_request_is_the_sdks_and_its_signature_is_valid() -> Result {
    for call in ALL {
        let sent = both(call, "notes", |config| config).await?;
        assert_eq!(sent.0.uri, "http://wire/");
        same(&sent);
    }
    Ok(())
}

/// Credentials of an account whose id is known, and the endpoint that the SDK finds for it.
fn account(mut config: Builder) -> Builder {
    let credentials = Credentials::builder().access_key_id("AKIDGIVEN").secret_access_key(SECRET);
    let credentials = credentials.session_token("a token").account_id("123456789012").provider_name("test");
    config.set_endpoint_url(None);
    config.credentials_provider(credentials.build())
}

/// A user's own endpoints.
#[derive(Debug)]
struct Given;

impl ResolveEndpoint for Given {
    fn resolve_endpoint<'a>(&'a self, _: &'a Params) -> EndpointFuture<'a> {
        EndpointFuture::ready(Ok(Endpoint::builder().url("http://given.example:8000").build()))
    }
}

/// The SDK resolves endpoints by the tables in the input, which for some operations are found deep in it.
#[tokio::test]
async fn each_request_goes_where_the_sdk_would_send_it() -> Result {
    let arn = "arn:aws:dynamodb:us-east-1:999999999999:table/notes";
    let by_account = "https://123456789012.ddb.us-east-1.amazonaws.com";
    let cases: [(&str, &str, fn(Builder) -> Builder); 9] = [
        ("notes", by_account, account),
        ("notes", by_account, |config| account(config).account_id_endpoint_mode(AccountIdEndpointMode::Required)),
        ("notes", "https://dynamodb.us-east-1.amazonaws.com", |config| {
            account(config).account_id_endpoint_mode(AccountIdEndpointMode::Disabled)
        }),
        (arn, "https://999999999999.ddb.us-east-1.amazonaws.com", account),
        ("notes", "https://123456789012.ddb.eu-north-1.amazonaws.com", |config| {
            account(config).region(Region::from_static("eu-north-1"))
        }),
        ("notes", "https://dynamodb-fips.us-east-1.amazonaws.com", |config| account(config).use_fips(true)),
        ("notes", "https://123456789012.ddb.us-east-1.api.aws", |config| account(config).use_dual_stack(true)),
        ("notes", "https://dynamodb-fips.us-east-1.api.aws", |config| {
            account(config).use_fips(true).use_dual_stack(true)
        }),
        ("notes", "http://given.example:8000", |config| account(config).endpoint_resolver(Given)),
    ];
    for (table, uri, change) in cases {
        for call in ALL {
            let sent = both(call, table, change).await.map_err(|error| format!("{uri}: {error}"))?;
            assert_eq!(sent.0.uri.trim_end_matches('/'), uri, "{call:?}");
            same(&sent);
        }
    }
    Ok(())
}
