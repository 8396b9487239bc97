//! The wire decoder: any bytes as an item give what the same item gives over the SDK's maps, and never a panic.
#![no_main]

use dynorm::DynamoModel;
use dynorm::codec::{item_from_json, item_to_json};
use dynorm_fuzz::Order;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let direct = Order::from_json(bytes);
    let Ok(item) = item_from_json(bytes) else {
        // What is wrong may be in a nested struct, where what it does not have is passed over unread: there it is JSON at least.
        assert!(direct.is_err() || serde_json::from_slice::<serde_json::Value>(bytes).is_ok());
        return;
    };
    let json = item_to_json(&item).expect("what was read can be written");
    assert_eq!(item_from_json(&json).expect("and read again"), item);

    // Without names that stand twice, and in the order of the map, both have the same to say.
    let mapped = Order::from_attributes(&item).map_err(|error| error.to_string());
    assert_eq!(Order::from_json(&json).map_err(|error| error.to_string()), mapped);
    if let Ok(direct) = direct {
        assert_eq!(Ok(direct), mapped);
    }
});
