//! One call that is compared.

use std::fmt;
use std::pin::Pin;

/// What is compared.
pub const WAYS: [&str; 3] = ["sdk", "sdk + serde_dynamo", "dynorm"];

/// A call, which tells with how many items it was done.
pub type Started = Pin<Box<dyn Future<Output = usize>>>;

/// Makes what the call is given.
pub type Way = Box<dyn Fn() -> Started>;

/// A call in each of the [`WAYS`].
pub struct Case {
    pub call: &'static str,
    pub shape: &'static str,
    pub items: usize,
    pub ways: [Way; 3],
}

/// A way that starts from a clone of `state` each time.
pub fn way<S: Clone + 'static, F: Future<Output = usize> + 'static>(state: &S, call: impl Fn(S) -> F + 'static) -> Way {
    let state = state.clone();
    Box::new(move || Box::pin(call(state.clone())))
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.call, self.shape, self.items)
    }
}
