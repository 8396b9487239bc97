//! The operations that calls are for.

use std::fmt;
use std::sync::OnceLock;

use aws_sdk_dynamodb::operation::{
    batch_write_item::BatchWriteItem, delete_item::DeleteItem, get_item::GetItem, put_item::PutItem, query::Query,
    scan::Scan, transact_get_items::TransactGetItems, transact_write_items::TransactWriteItems,
    update_item::UpdateItem,
};
use aws_smithy_runtime_api::client::runtime_plugin::RuntimePlugin;
use aws_smithy_runtime_api::client::ser_de::SharedResponseDeserializer;
use aws_smithy_types::config_bag::FrozenLayer;

/// An operation of DynamoDB that reads or writes items.
pub(crate) struct Operation {
    /// Its name in the API.
    pub(crate) name: &'static str,
    /// The member of the response that holds items.
    pub(crate) items: &'static str,
    plugin: fn() -> Option<FrozenLayer>,
    /// What the operation's runtime plugin configures; the same for every call, so it is asked for once.
    layer: OnceLock<Option<FrozenLayer>>,
}

impl Operation {
    const fn new(name: &'static str, items: &'static str, plugin: fn() -> Option<FrozenLayer>) -> Self {
        Operation { name, items, plugin, layer: OnceLock::new() }
    }

    /// The deserializer that the SDK itself uses.
    pub(crate) fn stock_deserializer(&self) -> Option<&SharedResponseDeserializer> {
        self.layer.get_or_init(self.plugin).as_ref()?.load::<SharedResponseDeserializer>()
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

macro_rules! operations {
    ($($static:ident: $operation:ident, $items:literal;)*) => {
        $(pub(crate) static $static: Operation =
            Operation::new(stringify!($operation), $items, || $operation::new().config());)*
    };
}
operations! {
    GET_ITEM: GetItem, "Item";
    QUERY: Query, "Items";
    SCAN: Scan, "Items";
    TRANSACT_GET_ITEMS: TransactGetItems, "Responses";
    PUT_ITEM: PutItem, "Attributes";
    UPDATE_ITEM: UpdateItem, "Attributes";
    DELETE_ITEM: DeleteItem, "Attributes";
    BATCH_WRITE_ITEM: BatchWriteItem, "UnprocessedItems";
    TRANSACT_WRITE_ITEMS: TransactWriteItems, "ItemCollectionMetrics";
}
