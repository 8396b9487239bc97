//! Batches that are done in part.

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use serde_json::{Map, Value, json};

use super::answer;

/// A request of some of a batch's items or keys, none if there are none, and the others by table.
pub(super) fn split(
    request: &HttpRequest,
    operation: &str,
    mut random: fastrand::Rng,
) -> (Option<HttpRequest>, Map<String, Value>) {
    let mut body: Value = serde_json::from_slice(request.body().bytes().unwrap_or_default()).unwrap_or_default();
    let mut left = Map::new();
    let Some(tables) = body["RequestItems"].as_object_mut() else {
        panic!("{operation} is no batch");
    };
    for (table, wanted) in tables.iter_mut() {
        let mut rest = wanted.clone();
        let (kept, returned) = (members(wanted), members(&mut rest));
        let (some, others) = kept.drain(..).partition::<Vec<_>, _>(|_| random.bool());
        *kept = some;
        *returned = others;
        if !returned.is_empty() {
            left.insert(table.clone(), rest);
        }
    }
    tables.retain(|_, wanted| !members(wanted).is_empty());
    if tables.is_empty() {
        return (None, left);
    }
    let mut some = request.try_clone().unwrap_or_else(|| panic!("{operation} is streamed"));
    *some.body_mut() = SdkBody::from(body.to_string());
    (Some(some), left)
}

/// The list of a table's puts and deletes, or of its keys.
fn members(wanted: &mut Value) -> &mut Vec<Value> {
    let list = if wanted.is_array() { wanted } else { &mut wanted["Keys"] };
    list.as_array_mut().unwrap_or_else(|| panic!("a batch has lists"))
}

/// The engine's answer, with what it was not asked for as unprocessed.
pub(super) fn join(given: Option<HttpResponse>, operation: &str, left: Map<String, Value>) -> HttpResponse {
    let mut body = match &given {
        None => json!({}),
        Some(given) if !given.status().is_success() => {
            return answer(given.status().as_u16(), given.body().bytes().unwrap_or_default().to_vec());
        }
        Some(given) => serde_json::from_slice(given.body().bytes().unwrap_or_default()).unwrap_or_default(),
    };
    let unprocessed = match operation {
        "BatchGetItem" => {
            body.as_object_mut().map(|body| body.entry("Responses").or_insert_with(|| json!({})));
            "UnprocessedKeys"
        }
        _ => "UnprocessedItems",
    };
    body[unprocessed] = Value::Object(left);
    answer(200, body.to_string())
}
