//! What a hook of the user's own returned.

use std::error::Error as StdError;
use std::fmt;

/// The error of a hook, and of which.
#[doc(hidden)]
#[derive(Debug)]
pub struct Rejected {
    pub(crate) hook: Hook,
    error: Box<dyn StdError + Send + Sync>,
}

/// Which hook a model has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hook {
    BeforeWrite,
    AfterWrite,
    AfterRead,
}

impl Rejected {
    pub(crate) fn new(hook: Hook, error: impl HookError) -> Self {
        Rejected { hook, error: error.into_source() }
    }

    pub(crate) fn error(&self) -> &(dyn StdError + Send + Sync + 'static) {
        &*self.error
    }
}

impl fmt::Display for Rejected {
    // Not the error's own text, which may have values in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.hook {
            Hook::BeforeWrite => {
                "the model's `before_write` hook refused the write, and nothing was sent; its error is the source"
            }
            Hook::AfterWrite => {
                "the write was done; after it the model's `after_write` hook returned an error, which is the source"
            }
            Hook::AfterRead => "the model's `after_read` hook refused the item; its error is the source",
        })
    }
}

/// What a hook may return as its error: any error that is `Send`, `Sync` and `'static`, or one in a box.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no error that a hook can return",
    label = "not an error",
    note = "return a type that implements `std::error::Error`, `Send` and `Sync`, or `Box<dyn Error + Send + Sync>`"
)]
pub trait HookError {
    /// The error as the source of dynorm's.
    #[doc(hidden)]
    fn into_source(self) -> Box<dyn StdError + Send + Sync>;
}

#[diagnostic::do_not_recommend]
impl<E: Into<Box<dyn StdError + Send + Sync>>> HookError for E {
    fn into_source(self) -> Box<dyn StdError + Send + Sync> {
        self.into()
    }
}
