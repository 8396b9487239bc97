//! `Reading`: a read into memory that is under way.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::error::Result;

/// A read into memory: a future of `Result<O>`, made by `page`, `all` and `first`. Nothing is sent until it is awaited.
///
/// It has a name of its own so that what cannot be read is one error, where the read is made.
#[must_use = "nothing is sent until it is awaited"]
pub struct Reading<O>(Pin<Box<dyn Future<Output = Result<O>> + Send>>);

impl<O> Reading<O> {
    pub(super) fn new(read: impl Future<Output = Result<O>> + Send + 'static) -> Self {
        Reading(Box::pin(read))
    }
}

impl<O> Future for Reading<O> {
    type Output = Result<O>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<O>> {
        self.0.as_mut().poll(context)
    }
}

impl<O> fmt::Debug for Reading<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading").finish_non_exhaustive()
    }
}
