//! What a caller reads from an error.

use dynorm::Error;
use dynorm::error::CancellationReason;
use dynorm_tests::Result;

use super::super::service::Failure;
use super::super::world::Seen;

/// What a caller sees of a write: a single one to him, whatever it is to the service, or several.
pub(super) fn of_write(done: Option<dynorm::Result<Seen>>, single: bool) -> Result<Seen> {
    let error = match done {
        None => return Ok(Seen::Dropped),
        Some(Ok(seen)) => return Ok(seen),
        Some(Err(error)) => error,
    };
    if error.operation() == Some("GetItem") {
        // It was read before it was to be written.
        return of_failed_read(&error);
    }
    if error.is_outcome_unknown() {
        return Ok(Seen::Unknown);
    }
    if error.is_after_write() {
        return Ok(Seen::Displeased);
    }
    if error.is_rejected() {
        // The hooks of these models have one error; what they looked at is what tells them apart.
        return Ok(if error.to_string().contains("`before_write`") { Seen::Vetoed } else { Seen::Hidden });
    }
    if !single && error.is_transaction_canceled() && !error.reasons().is_empty() && !error.is_transaction_conflict() {
        return Ok(Seen::Canceled(error.reasons().iter().map(of_reason).collect()));
    }
    if error.is_unique_violation() {
        return Ok(Seen::Failed(Failure::Unique));
    }
    if error.is_condition_failed() {
        let failed = [error.is_already_exists(), error.is_not_found(), error.is_version_conflict()];
        return Ok(Seen::Failed(failure(failed)));
    }
    let refused = error.is_throttled()
        || error.is_transaction_conflict()
        || error.is_connection()
        || error.code() == Some("ReplicatedWriteConflictException");
    if refused { Ok(Seen::NotDone) } else { Err(format!("an error that nobody made: {error}").into()) }
}

fn of_reason(reason: &CancellationReason) -> Option<Failure> {
    if reason.is_unique_violation() {
        return Some(Failure::Unique);
    }
    let failed = [reason.is_already_exists(), reason.is_not_found(), reason.is_version_conflict()];
    reason.is_condition_failed().then(|| failure(failed))
}

fn failure([already_exists, not_found, version_conflict]: [bool; 3]) -> Failure {
    match (already_exists, not_found, version_conflict) {
        (true, ..) => Failure::AlreadyExists,
        (_, true, _) => Failure::NotFound,
        (.., true) => Failure::Version,
        _ => Failure::Condition,
    }
}

/// What a caller sees of a read that found no way to the service, or an item that a hook hides.
pub(super) fn of_failed_read(error: &Error) -> Result<Seen> {
    if error.is_rejected() {
        return Ok(Seen::Hidden);
    }
    let expected = error.is_throttled()
        || error.is_connection()
        || error.is_timeout()
        || error.is_unprocessed()
        || matches!(error.code(), Some("InternalServerError" | "ServiceUnavailable"));
    if expected { Ok(Seen::NotDone) } else { Err(format!("an error that nobody made: {error}").into()) }
}
