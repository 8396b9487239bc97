//! What a call's attempts came to: what is needed to know whether it may be sent again, and what its last answer is worth.

use std::error::Error as StdError;
use std::io;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use aws_smithy_runtime_api::client::dns::ResolveDnsError;
use aws_smithy_runtime_api::client::interceptors::context::{Error as ErasedError, FinalizerInterceptorContextRef};
use aws_smithy_runtime_api::client::orchestrator::OrchestratorError;
use aws_smithy_types::body::SdkBody;

/// How long a token is used: DynamoDB knows it for ten minutes, and this leaves time for the pause before an attempt and for its way.
const TOKEN_LIFE: Duration = Duration::from_secs(9 * 60);

/// The attempts of a call, and of the calls that repeat it.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    made: AtomicU32,
    /// When the first was sent, where that matters.
    first: OnceLock<SystemTime>,
    /// One was sent, and has not ended.
    in_flight: AtomicBool,
    /// One ended so that nobody knows whether it was applied.
    ambiguous: AtomicBool,
    /// The last answer had another checksum than its body.
    damaged: AtomicBool,
    /// The last one ended when the first was long ago.
    expired: AtomicBool,
    /// What each of them sends, where that must be the same.
    body: OnceLock<SdkBody>,
}

impl Attempts {
    /// One is about to be sent.
    pub(super) fn sent(&self, now: Option<SystemTime>) {
        // A client that went through two handles has the interceptor twice.
        if self.in_flight.swap(true, Ordering::Relaxed) {
            return;
        }
        self.made.fetch_add(1, Ordering::Relaxed);
        if let Some(now) = now {
            self.first.get_or_init(|| now);
        }
        self.damaged.store(false, Ordering::Relaxed);
    }

    /// It has ended, or was given up before it was sent.
    pub(super) fn ended(&self, context: &FinalizerInterceptorContextRef<'_>, now: Option<SystemTime>) {
        if !self.in_flight.swap(false, Ordering::Relaxed) {
            return;
        }
        let since_first = now.zip(self.first.get()).and_then(|(now, first)| now.duration_since(*first).ok());
        if since_first.is_some_and(|time| time >= TOKEN_LIFE) {
            self.expired.store(true, Ordering::Relaxed);
        }
        if is_ambiguous(context) {
            self.ambiguous.store(true, Ordering::Relaxed);
        }
    }

    /// Its answer has another checksum than its body.
    pub(crate) fn answer_is_damaged(&self) {
        self.damaged.store(true, Ordering::Relaxed);
    }

    /// Keeps what is sent, so that each call that repeats this one sends these very bytes.
    pub(crate) fn keep(&self, body: &SdkBody) {
        if let Some(body) = body.try_clone() {
            let _ = self.body.set(body);
        }
    }

    /// What was kept.
    pub(crate) fn body(&self) -> Option<SdkBody> {
        self.body.get().and_then(SdkBody::try_clone)
    }

    /// How many were sent.
    pub(crate) fn made(&self) -> u32 {
        self.made.load(Ordering::Relaxed)
    }

    /// Whether one of them may have been applied without anyone knowing it. One that DynamoDB refused was certainly not, whatever for.
    pub(crate) fn is_ambiguous(&self) -> bool {
        // One that is still on its way was dropped by a timeout of the whole call.
        self.ambiguous.load(Ordering::Relaxed) || self.in_flight.load(Ordering::Relaxed)
    }

    pub(super) fn is_damaged(&self) -> bool {
        self.damaged.load(Ordering::Relaxed)
    }

    /// Whether the first is so long ago that DynamoDB may have forgotten its token.
    pub(crate) fn is_expired(&self) -> bool {
        self.expired.load(Ordering::Relaxed)
    }
}

/// Whether an attempt that was sent ended so that it may have been applied or not.
fn is_ambiguous(context: &FinalizerInterceptorContextRef<'_>) -> bool {
    let error = match context.output_or_error() {
        Some(Ok(_)) => return false,
        Some(Err(error)) => Some(error),
        None => None,
    };
    match context.response().map(|response| response.status().as_u16()) {
        // DynamoDB has refused it, even if the reason was lost on the way.
        Some(400..=499) => false,
        Some(_) => true,
        None => error.is_none_or(|error| !was_never_sent(error)),
    }
}

/// Whether there was no connection to send it over.
fn was_never_sent(error: &OrchestratorError<ErasedError>) -> bool {
    if error.is_timeout_error() {
        return false;
    }
    let Some(error) = error.as_connector_error() else {
        // Neither the connection nor the answer: something refused it before.
        return true;
    };
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = cause {
        let refused = error.downcast_ref::<io::Error>().map(io::Error::kind) == Some(io::ErrorKind::ConnectionRefused);
        if refused || error.is::<ResolveDnsError>() {
            return true;
        }
        cause = error.source();
    }
    error.is_user()
}
