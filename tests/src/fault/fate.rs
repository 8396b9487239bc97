//! What can happen to one attempt.

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

use super::answer;
use crate::wire::cut_half;

/// What happens to one attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Fate {
    /// The engine's answer.
    Answered,
    /// Refused with `ProvisionedThroughputExceededException`: certainly not applied.
    Throttled,
    /// No connection: certainly not sent.
    Refused,
    /// Status 500 or 503, which do not tell whether the request was applied.
    ServerError {
        /// The status.
        status: u16,
        /// Whether it was.
        applied: bool,
    },
    /// The connection is reset before the answer.
    Broken {
        /// Whether the request arrived.
        applied: bool,
    },
    /// The request is applied, and the connection is reset in the middle of the answer's body.
    Cut,
    /// The request is applied, and the answer has another checksum than its body.
    Damaged,
    /// The answer takes its time; the SDK gives up after a second.
    Slow {
        /// How long.
        seconds: f32,
        /// Whether the request is applied before that time, or after it: not at all, if the SDK has given up.
        applied: bool,
    },
    /// The SDK gives up, and the request arrives right after the next attempt.
    Late,
    /// A transaction works on the item: `TransactionConflictException`, or a transaction that is canceled for it. Certainly not applied.
    Conflict,
    /// `ReplicatedWriteConflictException`: certainly not applied.
    ReplicatedConflict,
    /// A batch of which some items or keys are left unprocessed.
    Partial,
}

impl Fate {
    /// A fault that this operation can meet.
    pub(super) fn draw(operation: &str, random: &mut fastrand::Rng) -> Self {
        let writes_one = matches!(operation, "PutItem" | "UpdateItem" | "DeleteItem");
        loop {
            let applied = random.bool();
            let fate = match random.u8(..14) {
                0 => Self::Throttled,
                1 => Self::Refused,
                2 => Self::ServerError { status: 500, applied },
                3 => Self::ServerError { status: 503, applied },
                4 | 5 => Self::Broken { applied },
                6 => Self::Cut,
                7 => Self::Damaged,
                8 => Self::Slow { seconds: 0.5, applied },
                9 => Self::Slow { seconds: 5.0, applied },
                10 => Self::Late,
                11 if writes_one || operation == "TransactWriteItems" => Self::Conflict,
                12 if writes_one => Self::ReplicatedConflict,
                13 if operation.starts_with("Batch") => Self::Partial,
                _ => continue,
            };
            return fate;
        }
    }
}

fn error(status: u16, name: &str, members: Value) -> HttpResponse {
    let mut body = json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{name}"), "message": "a fault" });
    if let (Value::Object(body), Value::Object(members)) = (&mut body, members) {
        body.extend(members);
    }
    answer(status, body.to_string())
}

pub(super) fn server_error(status: u16) -> HttpResponse {
    error(status, if status == 503 { "ServiceUnavailable" } else { "InternalServerError" }, json!({}))
}

/// An error that says that nothing was applied.
pub(super) fn refusal(fate: Fate, operation: &str, request: &HttpRequest) -> HttpResponse {
    match fate {
        Fate::Conflict if operation == "TransactWriteItems" => {
            let body: Value = serde_json::from_slice(request.body().bytes().unwrap_or_default()).unwrap_or_default();
            let operations = body["TransactItems"].as_array().map_or(0, Vec::len);
            let reason = |place| json!({ "Code": if place == 0 { "TransactionConflict" } else { "None" } });
            let reasons: Vec<_> = (0..operations).map(reason).collect();
            error(400, "TransactionCanceledException", json!({ "CancellationReasons": reasons }))
        }
        Fate::Conflict => error(400, "TransactionConflictException", json!({})),
        Fate::ReplicatedConflict => error(400, "ReplicatedWriteConflictException", json!({})),
        _ => error(400, "ProvisionedThroughputExceededException", json!({})),
    }
}

/// The same answer with a body that breaks off in the middle.
pub(super) fn cut(whole: &HttpResponse) -> HttpResponse {
    let body: SdkBody = cut_half(whole.body().bytes().unwrap_or_default());
    answer(whole.status().as_u16(), body)
}
