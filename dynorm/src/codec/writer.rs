//! Writes DynamoDB's JSON.
/// Appends to the wire's bytes.
#[derive(Debug, Default)]
pub struct Writer {
    pub(crate) bytes: Vec<u8>,
}
