//! Receivers of items: what a response's items become while its bytes are read.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::ops::Range;

use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_types::body::SdkBody;

use super::from_item::FromItem;
use crate::codec::Json;
use crate::codec::Reader;
use crate::direct::{Receive, Received};
use crate::error::DecodeError;
use crate::expiry::Expiry;
use crate::model::DynamoModel;
use crate::schema::Schema;
use crate::target::Target;
use crate::write::is_guard;

/// How one item is read.
pub(crate) trait ItemDecoder: Send + 'static {
    type Output: Send + 'static;
    /// What one item leaves for the next.
    type Scratch;
    /// The model whose items they are, where a read may meet guards of unique values among them.
    const GUARDED: Option<&'static Schema> = None;
    fn scratch() -> Self::Scratch;
    fn decode(json: &mut Json<'_>, scratch: &mut Self::Scratch) -> Result<Self::Output, DecodeError>;
}

/// Reads an item of the model `M` in the table or index `I` as a `T`.
pub(crate) struct As<T, I, M>(PhantomData<fn() -> (T, I, M)>);

impl<T: FromItem<M>, I: Target + 'static, M: DynamoModel + 'static> ItemDecoder for As<T, I, M> {
    type Output = T;
    type Scratch = T::Scratch;
    const GUARDED: Option<&'static Schema> = Some(M::SCHEMA);
    fn scratch() -> T::Scratch {
        T::scratch(I::LACKING)
    }
    #[inline]
    fn decode(json: &mut Json<'_>, scratch: &mut T::Scratch) -> Result<T, DecodeError> {
        let mut reader = Reader::at(*json);
        let item = T::from_item(&mut reader, scratch)?;
        *json = *reader.json();
        Ok(item)
    }
}

/// Keeps the item's own JSON.
pub(crate) struct AsJson;

impl ItemDecoder for AsJson {
    type Output = String;
    type Scratch = ();
    fn scratch() {}
    fn decode(json: &mut Json<'_>, (): &mut ()) -> Result<String, DecodeError> {
        json.skip().map(str::to_owned)
    }
}

/// Reads an item; one that is not the model is skipped, and its error kept.
fn decode_or_skip<D: ItemDecoder>(
    json: &mut Json<'_>,
    scratch: &mut D::Scratch,
) -> Result<Result<D::Output, DecodeError>, DecodeError> {
    let start = *json;
    match D::decode(json, scratch) {
        Ok(item) => Ok(Ok(item)),
        Err(error) => {
            *json = start;
            json.skip()?;
            Ok(Err(error))
        }
    }
}

/// Receives at most one item.
pub(crate) struct One<D: ItemDecoder> {
    pub(crate) item: Option<Result<D::Output, DecodeError>>,
    expiry: Option<Expiry>,
}

impl<D: ItemDecoder> Default for One<D> {
    fn default() -> Self {
        One { item: None, expiry: None }
    }
}

/// Whether the item at the cursor counts as gone; it is skipped then.
fn skip_expired(items: &mut Json<'_>, expiry: Option<Expiry>) -> Result<bool, DecodeError> {
    let over = expiry.is_some_and(|expiry| expiry.has_passed_at(*items));
    if over {
        items.skip()?;
    }
    Ok(over)
}

impl<D: ItemDecoder> Receive for One<D> {
    fn receive(&mut self, items: &mut Json<'_>, _: Option<u64>, _: &SdkBody) -> Result<(), DecodeError> {
        if !skip_expired(items, self.expiry)? {
            self.item = Some(decode_or_skip::<D>(items, &mut D::scratch())?);
        }
        Ok(())
    }

    fn leave_out(&mut self, expiry: Option<Expiry>) {
        self.expiry = expiry;
    }
}

impl Received<One<AsJson>> {
    /// The JSON of the item, if there is one.
    ///
    /// # Errors
    /// Those of [`finish`](Received::finish).
    pub(crate) fn into_json(self) -> Result<Option<String>, DecodeError> {
        let item = self.finish()?.item.transpose()?;
        // Engines say "no item" by leaving it out, and some by an empty map.
        let is_empty = |item: &str| item.bytes().all(|byte| matches!(byte, b'{' | b'}') || byte.is_ascii_whitespace());
        Ok(item.filter(|item| !is_empty(item)))
    }
}

/// Receives the answers of a TransactGetItems, each with the JSON of its item.
#[derive(Default)]
pub(crate) struct Responses(pub(crate) Vec<Option<String>>);

impl Receive for Responses {
    fn receive(&mut self, items: &mut Json<'_>, _: Option<u64>, _: &SdkBody) -> Result<(), DecodeError> {
        let mut first = true;
        items.open_array()?;
        while items.next_element(&mut first)? {
            let mut item = None;
            let mut first = true;
            items.open_object()?;
            while let Some(name) = items.next_name(&mut first)? {
                if items.eat_null() {
                    continue;
                }
                let value = items.skip()?;
                if name == "Item" {
                    item = Some(value.to_owned());
                }
            }
            self.0.push(item);
        }
        Ok(())
    }
}

/// Receives the items of a BatchGetItem.
#[derive(Default)]
pub(crate) struct Tables {
    /// By table, where the items stand in the body.
    pub(crate) items: Vec<(String, Vec<Range<usize>>)>,
    pub(crate) body: Option<SdkBody>,
}

impl Receive for Tables {
    fn receive(&mut self, items: &mut Json<'_>, _: Option<u64>, body: &SdkBody) -> Result<(), DecodeError> {
        self.body = body.try_clone();
        let mut first = true;
        items.open_object()?;
        while let Some(table) = items.next_name(&mut first)? {
            let mut places = Vec::new();
            let mut first = true;
            items.open_array()?;
            while items.next_element(&mut first)? {
                let start = items.at();
                items.skip()?;
                places.push(start..items.at());
            }
            self.items.push((table.into_owned(), places));
        }
        Ok(())
    }
}

/// Receives a page of items.
pub(crate) struct Many<D: ItemDecoder> {
    /// The items that are what they should be.
    pub(crate) items: Vec<D::Output>,
    /// The others: how many good items stand before it, and what is wrong with it.
    pub(crate) errors: Vec<(usize, DecodeError)>,
    pub(crate) source: Source,
    expiry: Option<Expiry>,
}

impl<D: ItemDecoder> Default for Many<D> {
    fn default() -> Self {
        Many { items: Vec::new(), errors: Vec::new(), source: Source::default(), expiry: None }
    }
}

/// No item's JSON is shorter, which bounds what an announced count may reserve.
const SHORTEST_ITEM: usize = "{\"a\":{\"S\":\"\"}},".len();

impl<D: ItemDecoder> Receive for Many<D> {
    fn receive(&mut self, items: &mut Json<'_>, count: Option<u64>, body: &SdkBody) -> Result<(), DecodeError> {
        let bytes = body.bytes().map_or(0, <[u8]>::len);
        // Nor are models much larger than their JSON, but where most of their attributes are absent.
        let most = bytes / SHORTEST_ITEM.max(size_of::<D::Output>() / 2);
        let expected = count.and_then(|count| usize::try_from(count).ok()).unwrap_or(0).min(most);
        self.items.reserve_exact(expected);
        self.source.starts.reserve_exact(expected);
        self.source.body = body.try_clone();
        let mut scratch = D::scratch();
        let mut first = true;
        items.open_array()?;
        while items.next_element(&mut first)? {
            if skip_expired(items, self.expiry)? {
                continue;
            }
            let start = *items;
            let item = decode_or_skip::<D>(items, &mut scratch)?;
            // Another model's guards are met in a shared table, and are no items of this one either.
            if let Some(schema) = D::GUARDED.filter(|schema| item.is_err() || schema.has_guards_among_items())
                && is_guard(schema, items.since(&start))
            {
                continue;
            }
            self.source.starts.push(u32::try_from(start.at()).unwrap_or(u32::MAX));
            match item {
                Ok(item) => self.items.push(item),
                Err(error) => self.errors.push((self.items.len(), error)),
            }
        }
        Ok(())
    }

    fn leave_out(&mut self, expiry: Option<Expiry>) {
        self.expiry = expiry;
    }
}

/// The bytes of a page and where its items start in them, to find the stored keys of an item that turns out to be the last one wanted.
#[derive(Debug, Default)]
pub(crate) struct Source {
    body: Option<SdkBody>,
    starts: Vec<u32>,
}

impl Source {
    /// The number of items, good ones and others.
    pub(crate) fn len(&self) -> usize {
        self.starts.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.body.as_ref().and_then(SdkBody::bytes).map_or(0, <[u8]>::len)
    }

    /// These attributes of an item, as they are stored.
    pub(crate) fn attributes(
        &self,
        index: usize,
        names: &[&str],
    ) -> Result<HashMap<String, AttributeValue>, DecodeError> {
        let start = self.starts.get(index).and_then(|&start| usize::try_from(start).ok());
        let bytes =
            self.body.as_ref().and_then(SdkBody::bytes).zip(start).and_then(|(bytes, start)| bytes.get(start..));
        let mut found = HashMap::new();
        let Some(bytes) = bytes else { return Ok(found) };
        let mut json = Json::from_bytes(bytes)?;
        let mut first = true;
        json.open_object()?;
        while let Some(name) = json.next_name(&mut first)? {
            if names.contains(&&*name) {
                let mut reader = Reader::at(json);
                found.insert(name.into_owned(), reader.value()?);
                json = *reader.json();
            } else {
                json.skip()?;
            }
        }
        Ok(found)
    }
}
