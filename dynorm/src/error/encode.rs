//! A value that DynamoDB cannot hold.
/// A value cannot be stored.
#[derive(Debug)]
pub struct EncodeError(());
