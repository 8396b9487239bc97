//! Reads DynamoDB's JSON.
/// A cursor over the wire's bytes.
#[derive(Debug)]
pub struct Reader<'a> {
    pub(crate) bytes: &'a [u8],
}
