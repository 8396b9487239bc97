//! What fuzzing came upon, kept in `fuzz/corpus`: each of it is read on both paths as the same.

use std::path::Path;

use dynorm::DynamoModel;
use dynorm::codec::{item_from_json, item_to_json};
use serde_json::Value;

use super::bodies::not_more;
use super::operations::records;
use super::orders::{Order, reason};

/// The files of a target's corpus.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let files = std::fs::read_dir(folder).expect("it is in the repository");
    let files: Vec<_> = files.map(|file| std::fs::read(file.expect("a file").path()).expect("a file")).collect();
    assert!(files.len() > 1, "{target}");
    files
}

#[test]
fn items() {
    for bytes in corpus("item") {
        let text = String::from_utf8_lossy(&bytes);
        let direct = Order::from_json(&bytes);
        let Ok(item) = item_from_json(&bytes) else {
            // What is no value may be in a nested struct that does not have it, and is JSON then.
            assert!(direct.is_err() || serde_json::from_slice::<Value>(&bytes).is_ok(), "{text}");
            continue;
        };
        let mapped = Order::from_attributes(&item).map_err(|error| reason(&error));
        // Without names that stand twice, and in the order of the map, both have the same to say.
        let json = item_to_json(&item).expect("what was read can be written");
        assert_eq!(Order::from_json(&json).map_err(|error| reason(&error)), mapped, "{text}");
        if let Ok(direct) = direct {
            assert_eq!(Ok(direct), mapped, "{text}");
        }
    }
}

#[test]
fn answers() {
    corpus("response").iter().for_each(|body| not_more(body));
}

#[test]
fn events() {
    for event in corpus("stream") {
        let text = String::from_utf8_lossy(&event).into_owned();
        let Some((direct, parsed)) = records(event) else { continue };
        // The SDK passes over records that are null.
        assert!(parsed.len() <= direct.len(), "{text}");
        for (direct, parsed) in direct.iter().zip(&parsed).filter(|_| direct.len() == parsed.len()) {
            assert_eq!(direct.event().ok(), parsed.event().ok(), "{text}");
            assert_eq!(direct.sequence_number(), parsed.sequence_number(), "{text}");
            for (direct, parsed) in [(direct.new(), parsed.new()), (direct.old(), parsed.old())] {
                assert!(direct.is_err() || direct.ok() == parsed.ok(), "{text}");
            }
            assert!(direct.key().is_err() || direct.key().ok() == parsed.key().ok(), "{text}");
        }
    }
}
