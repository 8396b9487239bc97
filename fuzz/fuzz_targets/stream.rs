//! Stream records: any bytes as an event, and what the SDK of DynamoDB Streams makes of the same bytes, are the same changes, and nothing panics.
#![no_main]

use std::sync::LazyLock;

use aws_sdk_dynamodbstreams::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodbstreams::{Client, Config};
use dynorm::stream::{BatchItemFailures, Record};
use dynorm_fuzz::{Canned, Order, block_on};
use libfuzzer_sys::fuzz_target;

static CANNED: LazyLock<Canned> = LazyLock::new(Canned::default);
static CLIENT: LazyLock<Client> = LazyLock::new(|| {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("a", "s", None, None, "fuzz"))
        .endpoint_url("http://canned")
        .http_client(CANNED.clone());
    Client::from_conf(config.build())
});

fuzz_target!(|event: &[u8]| {
    let Ok(records) = Record::<Order>::from_event(event) else { return };
    let mut failures = BatchItemFailures::new();
    for record in &records {
        let _ = (record.event(), record.key(), record.created_at(), record.is_expiry(), record.id());
        if record.change().is_err() {
            failures.add(record);
        }
        // A model can be read although a nested struct has a value of an unknown type, which no raw item holds.
        let _ = (record.old_item(), record.new_item());
    }
    let _ = failures.to_json();

    CANNED.answer(event);
    let Ok(output) = block_on(CLIENT.get_records().shard_iterator("i").send()) else { return };
    let parsed = Record::<Order>::from_records(output.records());
    // The SDK passes over records that are null.
    assert!(parsed.len() <= records.len());
    if parsed.len() < records.len() {
        return;
    }
    for (record, parsed) in records.iter().zip(&parsed) {
        assert_eq!(record.sequence_number(), parsed.sequence_number());
        assert_eq!(record.event().ok(), parsed.event().ok());
        // The SDK leaves out attributes that are null, which are no DynamoDB JSON here.
        for (direct, mapped) in [(record.new(), parsed.new()), (record.old(), parsed.old())] {
            if let Ok(direct) = direct {
                assert_eq!(Some(direct), mapped.ok());
            }
        }
        if let Ok(key) = record.key() {
            assert_eq!(Some(key), parsed.key().ok());
        }
    }
});
