//! What the SDK reports, classified so that a caller can act on it without naming the operation's own error type.

use std::error::Error as StdError;
use std::fmt;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::RequestId;

use crate::deadline::Elapsed;

/// An error of the SDK.
pub(crate) struct ServiceError {
    kind: Kind,
    code: Option<String>,
    message: Option<String>,
    request_id: Option<String>,
    source: Box<dyn StdError + Send + Sync>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Answer,
    Credentials,
    Connection,
    Timeout,
    Deadline,
    Response,
    Construction,
}

impl ServiceError {
    pub(crate) fn new<E>(error: SdkError<E>) -> Self
    where
        E: StdError + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let kind = match &error {
            SdkError::ServiceError(_) => Kind::Answer,
            SdkError::TimeoutError(_) if error.source().is_some_and(|cause| cause.is::<Elapsed>()) => Kind::Deadline,
            SdkError::TimeoutError(_) => Kind::Timeout,
            SdkError::DispatchFailure(failure) if failure.is_timeout() => Kind::Timeout,
            _ if lacks_credentials(&error) => Kind::Credentials,
            // "Other" failures come before a connection is tried: no region, no endpoint, no HTTP client.
            SdkError::DispatchFailure(failure) if !failure.is_other() => Kind::Connection,
            SdkError::ResponseError(_) => Kind::Response,
            _ => Kind::Construction,
        };
        ServiceError {
            kind,
            code: error.code().map(str::to_owned),
            message: error.message().map(str::to_owned),
            request_id: error.raw_response().and_then(|response| response.request_id()).map(str::to_owned),
            source: Box::new(error),
        }
    }

    pub(crate) fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    pub(crate) fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    pub(crate) fn sdk_error(&self) -> &(dyn StdError + 'static) {
        &*self.source
    }

    pub(crate) fn is_credentials(&self) -> bool {
        self.kind == Kind::Credentials
    }

    pub(crate) fn is_connection(&self) -> bool {
        matches!(self.kind, Kind::Connection | Kind::Response)
    }

    pub(crate) fn is_timeout(&self) -> bool {
        self.kind == Kind::Timeout
    }

    pub(crate) fn is_deadline(&self) -> bool {
        self.kind == Kind::Deadline
    }

    pub(crate) fn is_throttled(&self) -> bool {
        matches!(
            self.code(),
            Some(
                "ProvisionedThroughputExceededException"
                    | "ThrottlingException"
                    | "Throttling"
                    | "RequestLimitExceeded"
                    | "RequestThrottledException"
            )
        )
    }

    pub(crate) fn is_access_denied(&self) -> bool {
        matches!(
            self.code(),
            Some(
                "AccessDeniedException"
                    | "UnrecognizedClientException"
                    | "ExpiredTokenException"
                    | "ExpiredToken"
                    | "InvalidSignatureException"
                    | "IncompleteSignatureException"
                    | "MissingAuthenticationTokenException"
                    | "MissingAuthenticationToken"
            )
        )
    }
}

/// Whether the chain of causes says that no identity could be had, which the SDK reports as a failure to build or dispatch the request.
fn lacks_credentials<E: StdError + 'static>(error: &SdkError<E>) -> bool {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = cause {
        // The second is what a client without any credentials provider says; its type is private to the SDK.
        if error.is::<aws_credential_types::provider::error::CredentialsError>()
            || error.to_string().starts_with("failed to select an auth scheme to sign the request with")
        {
            return true;
        }
        cause = error.source();
    }
    false
}

impl ServiceError {
    /// The error and its causes, by their `Display`: the SDK's own `DisplayErrorContext` adds their `Debug`, and with it the items of the response.
    fn chain(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.source)?;
        let mut cause = self.source.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Credentials => {
                return f.write_str("no AWS credentials could be loaded; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile or role");
            }
            Kind::Connection => {
                return f.write_str("the endpoint could not be reached, or the connection broke; check region, endpoint URL and network");
            }
            Kind::Timeout => return f.write_str("the request timed out"),
            Kind::Deadline => return f.write_str("the call did not end within its deadline"),
            Kind::Response => return f.write_str("the answer could not be read"),
            Kind::Construction | Kind::Answer => {}
        }
        if self.code() == Some("ResourceNotFoundException") {
            return f.write_str(
                "the table or index does not exist here; create it with `create_table`, or check region, endpoint and table prefix",
            );
        }
        match (&self.code, &self.message) {
            (Some(code), Some(message)) => write!(f, "{code}: {message}"),
            (Some(code), None) => f.write_str(code),
            (None, Some(message)) => f.write_str(message),
            (None, None) => self.chain(f),
        }
    }
}
