//! One entry of a [`Wire`](super::Wire)'s script.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use dynorm_local::InProcess;
use http_body::Frame;
use serde_json::{Value, json};

/// What a request is answered with.
#[derive(Clone, Debug)]
pub struct Reply {
    delay: Duration,
    headers: Vec<(String, String)>,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Answer {
        status: u16,
        body: Bytes,
        cut: bool,
    },
    /// The connection fails before anything is sent.
    Refused,
    /// The connection fails after the request, which may or may not have arrived.
    Broken,
    Timeout,
    Forward {
        lose: bool,
    },
}

impl Reply {
    fn of(kind: Kind) -> Self {
        Self { delay: Duration::ZERO, headers: Vec::new(), kind }
    }

    /// Status 200 with a JSON body.
    #[must_use]
    pub fn ok(body: Value) -> Self {
        Self::bytes(200, body.to_string())
    }

    /// Any status with any body.
    #[must_use]
    pub fn bytes(status: u16, body: impl Into<Bytes>) -> Self {
        Self::of(Kind::Answer { status, body: body.into(), cut: false })
    }

    /// An error of DynamoDB by its name, such as `ProvisionedThroughputExceededException`, with status 400.
    #[must_use]
    pub fn error(name: &str) -> Self {
        Self::error_with(name, json!({}))
    }

    /// An error of DynamoDB with more members in its body, such as the `Item` of a failed condition.
    #[must_use]
    pub fn error_with(name: &str, members: Value) -> Self {
        let mut body =
            json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{name}"), "message": "from the script" });
        if let (Value::Object(body), Value::Object(members)) = (&mut body, members) {
            body.extend(members);
        }
        Self::bytes(400, body.to_string())
    }

    /// Status 500 with DynamoDB's `InternalServerError`.
    #[must_use]
    pub fn internal_server_error() -> Self {
        let body =
            json!({ "__type": "com.amazonaws.dynamodb.v20120810#InternalServerError", "message": "from the script" });
        Self::bytes(500, body.to_string())
    }

    /// The connection cannot be made: the request was certainly not sent.
    #[must_use]
    pub fn refused() -> Self {
        Self::of(Kind::Refused)
    }

    /// The connection breaks before an answer: the request may have arrived.
    #[must_use]
    pub fn broken() -> Self {
        Self::of(Kind::Broken)
    }

    /// The connector's own timeout.
    #[must_use]
    pub fn timeout() -> Self {
        Self::of(Kind::Timeout)
    }

    /// The engine's answer.
    #[must_use]
    pub fn forward() -> Self {
        Self::of(Kind::Forward { lose: false })
    }

    /// The engine runs the request, and its answer is lost.
    #[must_use]
    pub fn forward_and_lose() -> Self {
        Self::of(Kind::Forward { lose: true })
    }

    /// Adds a header to an answer.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }

    /// Adds the `x-amz-crc32` of the body, as DynamoDB does. Give a wrong one with [`header`](Self::header).
    #[must_use]
    pub fn crc32(self) -> Self {
        match &self.kind {
            Kind::Answer { body, .. } => {
                let crc = crc32fast::hash(body);
                self.header("x-amz-crc32", crc)
            }
            other => panic!("no body to compute a checksum of: {other:?}"),
        }
    }

    /// Ends the body half-way with an I/O error.
    #[must_use]
    pub fn cut(mut self) -> Self {
        match &mut self.kind {
            Kind::Answer { cut, .. } => *cut = true,
            other => panic!("no body to cut: {other:?}"),
        }
        self
    }

    /// Waits before the reply, on tokio's clock.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    pub(crate) async fn answer(
        self,
        request: HttpRequest,
        engine: Option<&InProcess>,
    ) -> Result<HttpResponse, ConnectorError> {
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        let mut response = match self.kind {
            Kind::Answer { status, body, cut } => {
                let status = StatusCode::try_from(status).map_err(|error| ConnectorError::user(Box::new(error)))?;
                let body = if cut { cut_half(&body) } else { SdkBody::from(body) };
                HttpResponse::new(status, body)
            }
            Kind::Refused => return Err(io_error(io::ErrorKind::ConnectionRefused)),
            Kind::Broken => return Err(io_error(io::ErrorKind::ConnectionReset)),
            Kind::Timeout => return Err(ConnectorError::timeout(io::Error::from(io::ErrorKind::TimedOut).into())),
            Kind::Forward { lose } => {
                let engine = engine.ok_or_else(|| ConnectorError::user("there is no engine to forward to".into()))?;
                let response = engine.call(request).await?;
                if lose {
                    return Err(io_error(io::ErrorKind::ConnectionReset));
                }
                response
            }
        };
        for (name, value) in self.headers {
            response.headers_mut().insert(name, value);
        }
        Ok(response)
    }
}

fn io_error(kind: io::ErrorKind) -> ConnectorError {
    ConnectorError::io(io::Error::from(kind).into())
}

/// The first half of a body, then an I/O error.
pub(crate) fn cut_half(body: &[u8]) -> SdkBody {
    SdkBody::from_body_1_x(Cut { rest: Some(Bytes::copy_from_slice(&body[..body.len() / 2])) })
}

/// A body that breaks off.
struct Cut {
    rest: Option<Bytes>,
}

impl http_body::Body for Cut {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        Poll::Ready(Some(self.rest.take().map(Frame::data).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())))
    }
}
