//! The operations that calls are for.

use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItem;
use aws_sdk_dynamodb::operation::batch_write_item::{BatchWriteItem, BatchWriteItemInput};
use aws_sdk_dynamodb::operation::delete_item::{DeleteItem, DeleteItemInput};
use aws_sdk_dynamodb::operation::get_item::GetItem;
use aws_sdk_dynamodb::operation::put_item::{PutItem, PutItemInput};
use aws_sdk_dynamodb::operation::query::Query;
use aws_sdk_dynamodb::operation::scan::Scan;
use aws_sdk_dynamodb::operation::transact_get_items::TransactGetItems;
use aws_sdk_dynamodb::operation::transact_write_items::{TransactWriteItems, TransactWriteItemsInput};
use aws_sdk_dynamodb::operation::update_item::{UpdateItem, UpdateItemInput};
use aws_sdk_dynamodb::types::TransactWriteItem;
use aws_smithy_runtime_api::client::runtime_plugin::RuntimePlugin;
use aws_smithy_runtime_api::client::ser_de::{SharedRequestSerializer, SharedResponseDeserializer};
use aws_smithy_types::config_bag::FrozenLayer;

use crate::direct::{Maps, Serializer};

/// An operation of DynamoDB that reads or writes items.
pub(crate) struct Operation {
    /// Its name in the API.
    pub(crate) name: &'static str,
    /// The member of the response that holds items.
    pub(crate) items: &'static str,
    /// What in the input may be encoded already; `None` for an operation that sends no items.
    maps: Option<Maps>,
    /// What it does when it is sent.
    pub(crate) effect: Effect,
    /// The serializer that puts in what is encoded, once it was asked for.
    serializer: OnceLock<Option<SharedRequestSerializer>>,
    plugin: fn() -> Option<FrozenLayer>,
    /// What the operation's runtime plugin configures; the same for every call, so it is asked for once.
    layer: OnceLock<Option<FrozenLayer>>,
}

/// What an operation does to items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It reads.
    Nothing,
    /// It writes each time that it is applied.
    EachTime,
    /// It writes once, however often it is applied with one token.
    Once,
}

impl Operation {
    /// The serializer that puts what is encoded into what the SDK writes; `None` for an operation that sends no items.
    pub(crate) fn serializer(&'static self) -> Option<&'static SharedRequestSerializer> {
        let serializer = self.serializer.get_or_init(|| {
            let stock = self.layer()?.load::<SharedRequestSerializer>()?;
            Some(SharedRequestSerializer::new(Serializer::new(self.maps?, stock)))
        });
        serializer.as_ref()
    }

    /// The deserializer that the SDK itself uses.
    pub(crate) fn stock_deserializer(&self) -> Option<&SharedResponseDeserializer> {
        self.layer()?.load::<SharedResponseDeserializer>()
    }

    fn layer(&self) -> Option<&FrozenLayer> {
        self.layer.get_or_init(self.plugin).as_ref()
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

macro_rules! operations {
    ($($static:ident: $operation:ident, $items:literal, $effect:ident $(, |$input:ident: $type:ty| $maps:expr)?;)*) => {$(
        pub(crate) static $static: Operation = Operation {
            name: stringify!($operation),
            items: $items,
            effect: Effect::$effect,
            maps: maps!($($input: $type, $maps)?),
            serializer: OnceLock::new(),
            plugin: || $operation::new().config(),
            layer: OnceLock::new(),
        };
    )*};
}
/// The function that shows what can be encoded in an operation's input.
macro_rules! maps {
    () => {
        None
    };
    ($input:ident: $type:ty, $maps:expr) => {
        Some(|input, visit| {
            if let Some($input) = input.downcast_mut::<$type>() {
                $maps.for_each(visit);
            }
        })
    };
}
operations! {
    GET_ITEM: GetItem, "Item", Nothing;
    QUERY: Query, "Items", Nothing;
    SCAN: Scan, "Items", Nothing;
    TRANSACT_GET_ITEMS: TransactGetItems, "Responses", Nothing;
    BATCH_GET_ITEM: BatchGetItem, "Responses", Nothing;
    PUT_ITEM: PutItem, "Attributes", EachTime, |input: PutItemInput|
        input.item.iter_mut().chain(&mut input.expression_attribute_values);
    UPDATE_ITEM: UpdateItem, "Attributes", EachTime, |input: UpdateItemInput|
        input.expression_attribute_values.iter_mut();
    DELETE_ITEM: DeleteItem, "Attributes", EachTime, |input: DeleteItemInput|
        input.expression_attribute_values.iter_mut();
    BATCH_WRITE_ITEM: BatchWriteItem, "UnprocessedItems", EachTime, |input: BatchWriteItemInput| {
        let requests = input.request_items.iter_mut().flat_map(HashMap::values_mut).flatten();
        requests.filter_map(|request| request.put_request.as_mut()).map(|put| &mut put.item)
    };
    TRANSACT_WRITE_ITEMS: TransactWriteItems, "ItemCollectionMetrics", Once, |input: TransactWriteItemsInput| {
        input.transact_items.iter_mut().flatten().flat_map(|TransactWriteItem { condition_check, put, delete, update, .. }| {
            let put = put.iter_mut().flat_map(|put| {
                std::iter::once(&mut put.item).chain(&mut put.expression_attribute_values)
            });
            let check = condition_check.iter_mut().flat_map(|check| &mut check.expression_attribute_values);
            let delete = delete.iter_mut().flat_map(|delete| &mut delete.expression_attribute_values);
            let update = update.iter_mut().flat_map(|update| &mut update.expression_attribute_values);
            put.chain(check).chain(delete).chain(update)
        })
    };
}
