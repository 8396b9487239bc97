//! What a Lambda function answers about the records that it could not handle.

use super::Record;
use crate::codec::push_string;

/// The records of a batch that a Lambda function did not handle, in the form of a
/// [partial batch response](https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html).
///
/// Lambda sends all records from the first of them on again, so a handler can stop at its first failure. Without any, the batch is done.
/// The event source mapping must have `ReportBatchItemFailures` among its function response types; without it Lambda
/// takes every answer for a success.
///
/// With the feature `serde` it can be a handler's answer as it is; otherwise [`to_json`](Self::to_json) is that answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BatchItemFailures(Vec<String>);

impl BatchItemFailures {
    /// No failure.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a record that was not handled. One without a sequence number lets Lambda send the whole batch again.
    pub fn add<M>(&mut self, record: &Record<M>) {
        // An empty identifier is AWS's own word for "all".
        self.0.push(record.sequence_number().unwrap_or_default().to_owned());
    }

    /// Whether every record was handled.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The answer: `{"batchItemFailures":[{"itemIdentifier":".."}]}`.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = br#"{"batchItemFailures":["#.to_vec();
        for (position, number) in self.0.iter().enumerate() {
            json.extend_from_slice(if position == 0 {
                br#"{"itemIdentifier":"#.as_slice()
            } else {
                br#",{"itemIdentifier":"#
            });
            push_string(&mut json, number);
            json.push(b'}');
        }
        json.extend_from_slice(b"]}");
        String::from_utf8(json)
            .unwrap_or_else(|_| unreachable!("only ASCII stands between the numbers, which are text"))
    }
}

#[cfg(feature = "serde")]
mod ser {
    use serde_core::ser::{Serialize, SerializeStruct, Serializer};

    use super::BatchItemFailures;

    impl Serialize for BatchItemFailures {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let failures: Vec<_> = self.0.iter().map(|number| ItemIdentifier(number)).collect();
            let mut answer = serializer.serialize_struct("BatchItemFailures", 1)?;
            answer.serialize_field("batchItemFailures", &failures)?;
            answer.end()
        }
    }

    struct ItemIdentifier<'a>(&'a str);

    impl Serialize for ItemIdentifier<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut failure = serializer.serialize_struct("ItemIdentifier", 1)?;
            failure.serialize_field("itemIdentifier", self.0)?;
            failure.end()
        }
    }
}
