//! An item that is not what the model says.
/// A stored item could not be read as the model.
#[derive(Debug)]
pub struct DecodeError(());
