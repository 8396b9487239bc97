//! Records as the SDK of DynamoDB Streams has them.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::time::SystemTime;

use aws_sdk_dynamodbstreams::types::{self, AttributeValue};

use super::{Event, Image, Record};
use crate::codec::streams_item_to_json;
use crate::model::DynamoModel;

impl<M: DynamoModel> Record<M> {
    /// Takes the records of a
    /// [GetRecords](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html), in their order. Guards of unique values
    /// are left out.
    ///
    /// ```
    /// # use dynorm::DynamoModel;
    /// # use dynorm::stream::Record;
    /// # #[derive(DynamoModel)] #[dynorm(table = "notes")] struct Note { #[dynorm(partition_key)] id: String, text: String }
    /// # async fn poll(client: &aws_sdk_dynamodbstreams::Client, iterator: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// let output = client.get_records().shard_iterator(iterator).send().await?;
    /// for record in Record::<Note>::from_records(output.records()) {
    ///     println!("{:?} of {:?}", record.event()?, record.key()?);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn from_records(records: &[types::Record]) -> Vec<Self> {
        records.iter().map(Record::from).filter(|record: &Self| !record.is_guard()).collect()
    }
}

impl<M> From<&types::Record> for Record<M> {
    fn from(record: &types::Record) -> Self {
        let data = record.dynamodb.as_ref();
        let image = |image: Option<&HashMap<String, AttributeValue>>| match image.map(streams_item_to_json) {
            None => Image::Absent,
            Some(Ok(json)) => Image::Json(json),
            Some(Err(_)) => Image::Unreadable,
        };
        let by_dynamodb = record.user_identity.as_ref().is_some_and(|identity| {
            identity.r#type() == Some("Service") && identity.principal_id() == Some("dynamodb.amazonaws.com")
        });
        Record {
            id: record.event_id.clone(),
            event: record.event_name.as_ref().and_then(|name| Event::from_name(name.as_str())),
            sequence_number: data.and_then(|data| data.sequence_number.clone()),
            created_at: data
                .and_then(|data| data.approximate_creation_date_time)
                .and_then(|time| SystemTime::try_from(time).ok()),
            by_dynamodb,
            keys: image(data.and_then(|data| data.keys.as_ref())),
            new: image(data.and_then(|data| data.new_image.as_ref())),
            old: image(data.and_then(|data| data.old_image.as_ref())),
            model: PhantomData,
        }
    }
}
