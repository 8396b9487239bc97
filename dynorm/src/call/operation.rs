//! The operations that calls are for.

use std::fmt;
use std::sync::OnceLock;

use aws_sdk_dynamodb::operation::batch_get_item::{BatchGetItem, BatchGetItemInput};
use aws_sdk_dynamodb::operation::batch_write_item::BatchWriteItem;
use aws_sdk_dynamodb::operation::delete_item::{DeleteItem, DeleteItemInput};
use aws_sdk_dynamodb::operation::get_item::{GetItem, GetItemInput};
use aws_sdk_dynamodb::operation::put_item::{PutItem, PutItemInput};
use aws_sdk_dynamodb::operation::query::{Query, QueryInput};
use aws_sdk_dynamodb::operation::scan::{Scan, ScanInput};
use aws_sdk_dynamodb::operation::transact_get_items::{TransactGetItems, TransactGetItemsInput};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItems;
use aws_sdk_dynamodb::operation::update_item::{UpdateItem, UpdateItemInput};
use aws_smithy_runtime_api::client::runtime_plugin::RuntimePlugin;
use aws_smithy_runtime_api::client::ser_de::{SharedRequestSerializer, SharedResponseDeserializer};
use aws_smithy_types::config_bag::{FrozenLayer, Layer};

use super::interceptor::Claimed;
use crate::direct::{Deserializer, Inputs, OperationsSerializer, Serializer, by_table};

/// An operation of DynamoDB that reads or writes items.
pub(crate) struct Operation {
    /// Its name in the API.
    pub(crate) name: &'static str,
    /// The member of the response that holds items.
    pub(crate) items: &'static str,
    /// What writes its requests, around the SDK's own serializer.
    pub(crate) writer: fn(&'static SharedRequestSerializer) -> SharedRequestSerializer,
    /// What it does when it is sent.
    pub(crate) effect: Effect,
    plugin: fn() -> Option<FrozenLayer>,
    /// What the operation's runtime plugin configures; the same for every call, so it is asked for once.
    stock: OnceLock<Option<FrozenLayer>>,
    /// What stands over it in dynorm's own requests, once there was one.
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
    /// The serializer that writes attribute values, and the deserializer that takes items out.
    pub(crate) fn layer(&'static self) -> Option<&'static FrozenLayer> {
        let layer = self.layer.get_or_init(|| {
            let stock = self.stock()?;
            let mut layer = Layer::new("dynorm");
            layer.store_put((self.writer)(stock.load::<SharedRequestSerializer>()?));
            layer.store_put(Claimed);
            let deserializer = Deserializer::new(stock.load::<SharedResponseDeserializer>()?);
            layer.store_put(SharedResponseDeserializer::new(deserializer));
            Some(layer.freeze())
        });
        layer.as_ref()
    }

    fn stock(&self) -> Option<&FrozenLayer> {
        self.stock.get_or_init(self.plugin).as_ref()
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

macro_rules! operations {
    ($($static:ident: $operation:ident, $items:literal, $effect:ident $(, |$input:ident: $type:ty| $maps:expr)? $(, $many:ident)?;)*) => {$(
        pub(crate) static $static: Operation = Operation {
            name: stringify!($operation),
            items: $items,
            effect: Effect::$effect,
            writer: writer!($(|$input: $type| $maps)? $($many)?),
            plugin: || $operation::new().config(),
            stock: OnceLock::new(),
            layer: OnceLock::new(),
        };
    )*};
}
/// What writes an operation's requests: those of `many` operations, or those with these objects of attribute values.
macro_rules! writer {
    (many) => {
        |stock| SharedRequestSerializer::new(OperationsSerializer::new(stock))
    };
    (|$input:ident: $type:ty| $maps:expr) => {
        |stock| {
            let inputs = Inputs::of::<$type>(|input, visit| {
                if let Some($input) = input.downcast_mut::<$type>() {
                    $maps.for_each(visit);
                }
            });
            SharedRequestSerializer::new(Serializer::new(inputs, stock))
        }
    };
}
operations! {
    GET_ITEM: GetItem, "Item", Nothing, |input: GetItemInput| input.key.iter_mut();
    QUERY: Query, "Items", Nothing, |input: QueryInput|
        input.expression_attribute_values.iter_mut().chain(&mut input.exclusive_start_key);
    SCAN: Scan, "Items", Nothing, |input: ScanInput|
        input.expression_attribute_values.iter_mut().chain(&mut input.exclusive_start_key);
    TRANSACT_GET_ITEMS: TransactGetItems, "Responses", Nothing, |input: TransactGetItemsInput|
        input.transact_items.iter_mut().flatten().filter_map(|item| item.get.as_mut()).map(|get| &mut get.key);
    BATCH_GET_ITEM: BatchGetItem, "Responses", Nothing, |input: BatchGetItemInput|
        by_table(&mut input.request_items).flat_map(|asked| &mut asked.keys);
    PUT_ITEM: PutItem, "Attributes", EachTime, |input: PutItemInput|
        input.item.iter_mut().chain(&mut input.expression_attribute_values);
    UPDATE_ITEM: UpdateItem, "Attributes", EachTime, |input: UpdateItemInput|
        input.key.iter_mut().chain(&mut input.expression_attribute_values);
    DELETE_ITEM: DeleteItem, "Attributes", EachTime, |input: DeleteItemInput|
        input.key.iter_mut().chain(&mut input.expression_attribute_values);
    BATCH_WRITE_ITEM: BatchWriteItem, "UnprocessedItems", EachTime, many;
    TRANSACT_WRITE_ITEMS: TransactWriteItems, "ItemCollectionMetrics", Once, many;
}
