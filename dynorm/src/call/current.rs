//! The call that is being polled on this thread, for those whom the SDK gives no other way to learn of it.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use super::State;

thread_local! {
    static CURRENT: RefCell<Option<Arc<State>>> = const { RefCell::new(None) };
}

/// Makes this the current call in each poll of its future. A future that is polled inside can have its own.
pub(super) async fn scope<F: Future + Unpin>(state: &Arc<State>, mut future: F) -> F::Output {
    poll_fn(|context| {
        let _entered = Entered::new(state);
        Pin::new(&mut future).poll(context)
    })
    .await
}

/// The current call, if there is one.
pub(super) fn get() -> Option<Arc<State>> {
    CURRENT.with_borrow(Option::clone)
}

/// While it lives, a call is the current one; then the one before is again, also after a panic.
struct Entered {
    before: Option<Arc<State>>,
}

impl Entered {
    fn new(state: &Arc<State>) -> Self {
        Entered { before: CURRENT.replace(Some(Arc::clone(state))) }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        CURRENT.set(self.before.take());
    }
}
