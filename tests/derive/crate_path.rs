//! The crate under another name.

use dynorm::key::FullKey;

mod vendored {
    pub(crate) mod storage {
        pub(crate) use ::dynorm::*;
    }
}

use vendored::storage::DynamoModel as _;

#[derive(Debug, vendored::storage::DynamoModel)]
#[dynorm(crate = "crate::crate_path::vendored::storage", table = "renamed")]
struct Renamed {
    #[dynorm(partition_key)]
    id: String,
    kind: Kind,
    place: Place,
}

#[derive(Debug, vendored::storage::DynamoAttribute)]
#[dynorm(crate = "crate::crate_path::vendored::storage")]
enum Kind {
    One,
}

#[derive(Debug, vendored::storage::DynamoAttribute)]
#[dynorm(crate = "crate::crate_path::vendored::storage")]
struct Place(u8);

#[derive(Debug, vendored::storage::DynamoProjection)]
#[dynorm(crate = "crate::crate_path::vendored::storage", of = Renamed)]
#[allow(dead_code)]
struct OnlyKind {
    kind: Kind,
}

#[derive(Debug, vendored::storage::DynamoPatch)]
#[dynorm(crate = "crate::crate_path::vendored::storage", of = Renamed)]
#[allow(dead_code)]
struct AnotherKind {
    kind: vendored::storage::Patch<Kind>,
}

#[test]
fn the_crate_can_be_renamed() {
    let renamed = Renamed { id: "a".into(), kind: Kind::One, place: Place(1) };
    assert_eq!(renamed.to_key(), Renamed::key().id("a").into_key());
}
