//! Records from the JSON of an event: of Lambda, of an EventBridge pipe, or of Kinesis Data Streams.

use std::marker::PhantomData;
use std::time::{Duration, SystemTime};

use super::{Event, Image, Record};
use crate::codec::{Integer, Json, Number};
use crate::error::{DecodeError, Result};
use crate::model::DynamoModel;
use crate::stored::Members;

impl<M: DynamoModel> Record<M> {
    /// Reads the records of a [Lambda event](https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html), `{"Records":[..]}`, or the array of them
    /// that an EventBridge pipe hands over, in their order. Guards of unique values are left out.
    ///
    /// A handler takes the event's JSON as it came, with `serde_json`'s `RawValue` for a payload. A record that is not what it
    /// should be is among the others, and says what is wrong with it when it is asked.
    ///
    /// # Errors
    /// [`is_decode`](crate::Error::is_decode) if the bytes are no JSON, or hold no records.
    pub fn from_event(json: &[u8]) -> Result<Vec<Self>> {
        let mut json = Json::from_bytes(json)?;
        let mut records = None;
        if json.peek() == Some(b'[') {
            records = Some(elements(&mut json)?);
        } else {
            let mut first = true;
            json.open_object()?;
            while let Some(name) = json.next_name(&mut first)? {
                if name == "Records" && !json.eat_null() {
                    records = Some(elements(&mut json)?);
                } else {
                    json.skip()?;
                }
            }
        }
        json.end()?;
        let records = records.ok_or_else(|| DecodeError::missing().in_attribute("Records"))?;
        Ok(records.into_iter().map(Record::parse).filter(|record: &Self| !record.is_guard()).collect())
    }

    /// Reads one record: the data of a record of
    /// [Kinesis Data Streams for DynamoDB](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/kds.html), or an element of an event.
    ///
    /// ```
    /// # use dynorm::{DynamoModel, FullKey};
    /// # use dynorm::stream::Record;
    /// # #[derive(DynamoModel)] #[dynorm(table = "notes")] struct Note { #[dynorm(partition_key)] id: String, text: String }
    /// let data = br#"{ "eventName": "INSERT", "recordFormat": "application/json", "tableName": "notes", "dynamodb": {
    ///     "ApproximateCreationDateTime": 1700000000123, "ApproximateCreationDateTimePrecision": "MILLISECOND",
    ///     "Keys": { "id": { "S": "n-1" } }, "NewImage": { "id": { "S": "n-1" }, "text": { "S": "hello" } } } }"#;
    /// let record = Record::<Note>::from_json(data)?;
    /// assert_eq!(record.key()?, Note::key().id("n-1").into_key());
    /// assert_eq!(record.new()?.map(|note| note.text).as_deref(), Some("hello"));
    /// # Ok::<(), dynorm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`is_decode`](crate::Error::is_decode) if the bytes are no JSON.
    pub fn from_json(json: &[u8]) -> Result<Self> {
        let mut json = Json::from_bytes(json)?;
        let record = json.skip()?;
        json.end()?;
        Ok(Record::parse(record))
    }

    /// Takes apart one record, whose JSON is known to be JSON.
    fn parse(json: &str) -> Self {
        let members = Members::parse(json.as_bytes()).unwrap_or_default();
        let part = |name| members.get(name).and_then(|json| Members::parse(json.as_bytes()).ok()).unwrap_or_default();
        let (data, identity) = (part("dynamodb"), part("userIdentity"));
        // Lambda writes these names small, and DynamoDB Streams itself large.
        let identity = |small, large| identity.get(small).or_else(|| identity.get(large)).and_then(text);
        let precision = match data.get("ApproximateCreationDateTimePrecision").and_then(text).as_deref() {
            Some("MICROSECOND") => Precision::Microsecond,
            Some("MILLISECOND") => Precision::Millisecond,
            // Kinesis Data Streams had milliseconds before it let the precision be chosen.
            None if members.get("recordFormat").and_then(text).is_some() => Precision::Millisecond,
            _ => Precision::Second,
        };
        Record {
            id: members.get("eventID").and_then(text),
            event: members.get("eventName").and_then(text).and_then(|name| Event::from_name(&name)),
            sequence_number: data.get("SequenceNumber").and_then(text),
            created_at: data.get("ApproximateCreationDateTime").and_then(|time| precision.time(time)),
            by_dynamodb: identity("type", "Type").as_deref() == Some("Service")
                && identity("principalId", "PrincipalId").as_deref() == Some("dynamodb.amazonaws.com"),
            keys: image(&data, "Keys"),
            new: image(&data, "NewImage"),
            old: image(&data, "OldImage"),
            model: PhantomData,
        }
    }
}

/// The elements of an array, each as its JSON.
fn elements<'a>(json: &mut Json<'a>) -> Result<Vec<&'a str>, DecodeError> {
    let (mut elements, mut first) = (Vec::new(), true);
    json.open_array()?;
    while json.next_element(&mut first)? {
        elements.push(json.skip()?);
    }
    Ok(elements)
}

fn image(data: &Members<'_>, name: &str) -> Image {
    match data.get(name) {
        None | Some("null") => Image::Absent,
        Some(json) => Image::Json(json.to_owned()),
    }
}

/// A JSON string's text.
fn text(json: &str) -> Option<String> {
    Json::new(json).string().ok().map(|text| text.into_owned())
}

/// The unit of a time.
enum Precision {
    Second,
    Millisecond,
    Microsecond,
}

impl Precision {
    /// A time since 1970 in this unit: a number with or without a fraction, perhaps in quotes.
    fn time(&self, json: &str) -> Option<SystemTime> {
        let nanosecond = match self {
            Precision::Second => 9,
            Precision::Millisecond => 6,
            Precision::Microsecond => 3,
        };
        let Integer::Exact { negative: false, magnitude } = Number::parse(json.trim_matches('"'))?.scaled(nanosecond)
        else {
            return None;
        };
        let second = 1_000_000_000;
        let since = Duration::new(u64::try_from(magnitude / second).ok()?, u32::try_from(magnitude % second).ok()?);
        SystemTime::UNIX_EPOCH.checked_add(since)
    }
}
