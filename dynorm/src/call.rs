//! The one way to DynamoDB: every request for items is a [`Call`].
//!
//! A verb describes its request as a `Call`, and [`send`](Call::send)s what it builds from the client that it is handed:
//!
//! ```text
//! let call = Call::new(db, &operation::GET_ITEM, M::SCHEMA, &table);
//! let item = call.receive::<One<AsJson>>();
//! call.send(|client| client.get_item().table_name(&table).set_key(Some(key)).send()).await.map_err(Error::service)?;
//! let item = item.finish()?;
//! ```
//!
//! The client is the one that [`Db`] was given, built again with dynorm's [interceptor](interceptor::Interceptor): that is done once, where an
//! interceptor for a single request would have the SDK put all its configuration together anew. What the interceptor has to know about
//! the request at hand, it finds in the [`State`] of the call whose future is being polled ([`current`]). It claims that
//! state in the first poll, before anything is sent, and puts the operation's [layer](operation::Operation::layer), which says so, over the
//! request's own configuration.
//!
//! # Where to put what belongs to every request
//! - What the SDK has to be told, or tells, while it works on a request (its serializer and deserializer, each attempt and how it ended, whether
//!   to try again): a field of [`State`], filled by a hook of the [interceptor](interceptor::Interceptor) or read, like a retry
//!   classifier must, by [`current::get`].
//! - What is done around a request as a whole (a span, a deadline, sums of what requests cost): [`Call::send`], which knows operation,
//!   table, index and model, and sees what came of it.
//! - Settings of the client: [`connect`].

mod attempts;
mod current;
mod interceptor;
pub(crate) mod observe;
pub(crate) mod operation;
mod retries;
mod span;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::SharedInterceptor;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::RequestId;

use crate::db::Db;
use crate::direct::{Forms, Receive, Received, Reception};
use crate::expiry::Expiry;
use crate::schema::Schema;
pub(crate) use attempts::Attempts;
pub(crate) use interceptor::of_request;
use observe::Seen;
use operation::Operation;
use span::CallSpan;

/// A client that sends calls: the given one, and what calls need of it. All its settings stay, the user's interceptors among them.
pub(crate) fn connect(client: &Client) -> Client {
    let mut config = client.config().to_builder().retry_classifier(retries::Retries);
    // Nobody can name it to switch it off, so nothing has to be asked about that in each of its hooks.
    config.push_interceptor(SharedInterceptor::permanent(interceptor::Interceptor));
    Client::from_conf(config.build())
}

/// One request for items. It is sent once; a resend by dynorm is another call.
pub(crate) struct Call<'a> {
    db: &'a Db,
    /// What it is about; `None` if that is several models, as in a batch.
    subject: Option<Subject<'a>>,
    state: Arc<State>,
}

/// The model and table of a call.
#[derive(Clone, Copy)]
struct Subject<'a> {
    schema: &'static Schema,
    table: &'a str,
    index: Option<&'a str>,
}

impl<'a> Call<'a> {
    /// A request for items of one model.
    pub(crate) fn new(db: &'a Db, operation: &'static Operation, schema: &'static Schema, table: &'a str) -> Self {
        let subject = Subject { schema, table, index: None };
        Call { db, subject: Some(subject), state: Arc::new(State::new(db, operation)) }
    }

    /// A request for items of any models.
    pub(crate) fn of_many(db: &'a Db, operation: &'static Operation) -> Self {
        Call { db, subject: None, state: Arc::new(State::new(db, operation)) }
    }

    /// Says which index is read.
    pub(crate) fn index(mut self, index: Option<&'a str>) -> Self {
        if let Some(subject) = &mut self.subject {
            subject.index = index;
        }
        self
    }

    /// Says whether sending the request twice leaves the same items as sending it once. It does, unless this is said.
    pub(crate) fn replayable(self, replayable: bool) -> Self {
        self.state.replayable.store(replayable, Ordering::Relaxed);
        self
    }

    /// Makes this a repetition of another call of the same operation: their attempts count together.
    pub(crate) fn again(mut self, before: Arc<Attempts>) -> Self {
        let replayable = AtomicBool::new(self.state.is_replayable());
        self.state = Arc::new(State { attempts: before, replayable, ..State::new(self.db, self.state.operation) });
        self
    }

    /// What its attempts came to so far.
    pub(crate) fn attempts(&self) -> &Arc<Attempts> {
        &self.state.attempts
    }

    /// Reads the items of the answer as `R`, instead of the SDK's maps.
    pub(crate) fn receive<R: Receive>(&self) -> Received<R> {
        self.receive_live(None)
    }

    /// The same, without the items that have expired.
    pub(crate) fn receive_live<R: Receive>(&self, expiry: Option<Expiry>) -> Received<R> {
        let received = Received::new(expiry);
        // A second receiver would wait for nothing, which its `finish` reports.
        let _ = self.state.items.set(received.reception());
        received
    }

    /// Sends the request that is built from the client.
    pub(crate) async fn send<F, O, E>(&self, request: impl FnOnce(&'a Client) -> F) -> Result<O, SdkError<E>>
    where
        F: Future<Output = Result<O, SdkError<E>>>,
        O: RequestId,
        E: ProvideErrorMetadata,
    {
        let State { operation, seen, .. } = &*self.state;
        let _noted = Noted::of(self);
        let span = seen.span(|| CallSpan::new(operation.name, self.subject.map(|subject| subject.schema.model)));
        // The SDK's futures are some kilobytes. Without optimisation all of a function's futures lie on its stack at once, which a test of many
        // calls overflows, so there it is boxed; a box costs a small call one percent.
        #[cfg(debug_assertions)]
        let request = Box::pin(request(self.db.client()));
        #[cfg(not(debug_assertions))]
        let request = std::pin::pin!(request(self.db.client()));
        let request = current::scope(&self.state, request);
        let answer = match self.db.running_deadline() {
            None => span.around(request).await,
            Some(deadline) => match span.around(deadline.race(request)).await {
                Ok(answer) => answer,
                Err(elapsed) => Err(SdkError::timeout_error(elapsed)),
            },
        };
        span.end(operation.name, seen, &answer);
        answer
    }
}

/// Adds a call to the handle's meter when it ends, also when its future is dropped.
struct Noted<'a>(Option<&'a Call<'a>>);

impl<'a> Noted<'a> {
    fn of(call: &'a Call<'a>) -> Self {
        if call.state.metered {
            call.state.seen.want();
        }
        Noted(call.state.metered.then_some(call))
    }
}

impl Drop for Noted<'_> {
    fn drop(&mut self) {
        if let Some(call) = self.0
            && let Some(meter) = call.db.meter()
            && let Some(asked) = call.state.seen.asked()
        {
            let seen = &call.state.seen;
            // What was not sent, because of credentials or the like, has cost nothing.
            if seen.attempts() > 0 {
                meter.add(call.state.operation.name, asked, seen.attempts(), seen.report());
            }
        }
    }
}

impl fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut call = f.debug_struct("Call");
        if let Some(Subject { schema, table, index }) = &self.subject {
            call.field("model", &schema.model).field("table", table).field("index", index);
        }
        call.field("state", &self.state).finish_non_exhaustive()
    }
}

/// What the SDK's side of a call is told, and tells.
pub(crate) struct State {
    pub(crate) operation: &'static Operation,
    /// Whether sending the request twice leaves the same items as sending it once.
    replayable: AtomicBool,
    attempts: Arc<Attempts>,
    /// What the client wrote for requests.
    forms: Arc<Forms>,
    /// What reads the items of the answer.
    items: OnceLock<Arc<dyn Reception>>,
    /// Whether the interceptor has it: requests that are sent meanwhile, by the user's interceptors or credentials, are other ones.
    claimed: AtomicBool,
    /// Whether a meter sums what it takes.
    metered: bool,
    seen: Seen,
}

impl State {
    fn new(db: &Db, operation: &'static Operation) -> Self {
        State {
            operation,
            replayable: AtomicBool::new(true),
            attempts: Arc::default(),
            forms: Arc::clone(db.forms()),
            items: OnceLock::new(),
            claimed: AtomicBool::new(false),
            metered: db.meter().is_some(),
            seen: Seen::default(),
        }
    }

    fn is_replayable(&self) -> bool {
        self.replayable.load(Ordering::Relaxed)
    }

    pub(crate) fn attempts(&self) -> &Attempts {
        &self.attempts
    }

    /// The forms of the client's requests.
    pub(crate) fn forms(&self) -> &Arc<Forms> {
        &self.forms
    }

    /// What reads the items of the answer; `None` if the SDK does.
    pub(crate) fn items(&self) -> Option<&dyn Reception> {
        self.items.get().map(|items| &**items)
    }

    fn is_claimed(&self) -> bool {
        self.claimed.load(Ordering::Relaxed)
    }

    /// Whether this is the first to ask.
    fn claim(&self) -> bool {
        !self.claimed.swap(true, Ordering::Relaxed)
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("operation", &self.operation)
            .field("replayable", &self.replayable)
            .field("claimed", &self.claimed)
            .finish_non_exhaustive()
    }
}
