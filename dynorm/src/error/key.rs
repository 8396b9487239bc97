//! A key value that cannot be used.
/// A key part's value does not fit its key.
#[derive(Debug)]
pub struct KeyError(());
