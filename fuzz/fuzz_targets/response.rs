//! A whole answer to a Query: dynorm and the bare SDK read the same items from any body, and nothing panics.
#![no_main]

use std::sync::LazyLock;

use aws_sdk_dynamodb::Client;
use dynorm::{Db, DynamoModel, Item};
use dynorm_fuzz::{Canned, Order, block_on};
use libfuzzer_sys::fuzz_target;

static CANNED: LazyLock<Canned> = LazyLock::new(Canned::default);
static CLIENT: LazyLock<Client> = LazyLock::new(|| Client::from_conf(CANNED.config().build()));
static DB: LazyLock<Db> = LazyLock::new(|| Db::new(CLIENT.clone()));

fuzz_target!(|body: &[u8]| {
    CANNED.answer(body);
    let direct = block_on(direct(&DB));
    let sdk = block_on(sdk(&CLIENT));
    match (direct, sdk) {
        // dynorm may be stricter about JSON than the SDK.
        (None, _) => {}
        (Some(items), None) => {
            // The SDK knows no escapes in base64, where a solidus may stand.
            let escaped = body.windows(2).any(|pair| pair == br"\/" || pair == br"\u");
            assert!(escaped || items.iter().any(Result::is_err), "{items:?}");
        }
        (Some(items), Some(maps)) => {
            assert_eq!(items.len(), maps.len());
            for (item, map) in items.into_iter().zip(maps) {
                if let Ok(order) = item {
                    assert_eq!(Some(order), Order::from_attributes(&map).ok());
                }
            }
        }
    }
});

/// The items of one page, each a model or not; `None` if the call failed.
async fn direct(db: &Db) -> Option<Vec<Result<Order, ()>>> {
    let mut orders = Order::query(Order::key().shop("x")).max_pages(1).stream(db);
    let mut items = Vec::new();
    loop {
        match orders.try_next().await {
            Ok(Some(order)) => items.push(Ok(order)),
            Ok(None) => return Some(items),
            Err(error) if error.decode().is_some_and(|error| !error.is_malformed()) => items.push(Err(())),
            Err(_) => return None,
        }
    }
}

async fn sdk(client: &Client) -> Option<Vec<Item>> {
    let query = client.query().table_name("orders").key_condition_expression("#0 = :0");
    let output = query.send().await.ok()?;
    Some(output.items.unwrap_or_default().into_iter().map(Item::from).collect())
}
