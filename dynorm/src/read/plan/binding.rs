//! What a page token is bound to: the read that made it, as a digest.

use sha2::{Digest, Sha256};

use aws_sdk_dynamodb::types::AttributeValue;

use super::Plan;

/// Long enough that nobody finds two reads with the same one.
pub(crate) type Binding = [u8; 16];

impl Plan {
    /// A digest of everything that tells this read from others: model, table, index, direction, key condition with its values, shape of the filter,
    /// segments and the caller's context. Not in it: the filter's values, so that "of the last hour" can go on; limits; and what is read of an item.
    pub(crate) fn binding(&self) -> Binding {
        let mut digest = Parts(Sha256::new());
        digest.text(self.schema.model);
        digest.text(&self.table);
        digest.optional(self.index);
        digest.bytes(&[u8::from(self.descending)]);
        digest.bytes(&self.segments.to_be_bytes());
        self.expression(self.key_condition.as_deref(), true, &mut digest);
        self.expression(self.filter.as_deref(), false, &mut digest);
        digest.optional(self.context.as_deref());
        let whole = digest.0.finalize();
        let mut binding = Binding::default();
        let length = binding.len();
        binding.copy_from_slice(&whole[..length]);
        binding
    }

    /// An expression with its names in their places, and its values if `values` is said: the placeholders differ from request to request.
    fn expression(&self, expression: Option<&str>, values: bool, digest: &mut Parts) {
        digest.bytes(&[u8::from(expression.is_some())]);
        let mut rest = expression.unwrap_or_default();
        // Names never stand in the text of an expression, so `#` and `:` always begin a placeholder.
        while let Some(begin) = rest.find(['#', ':']) {
            let (text, placeholder) = rest.split_at(begin);
            digest.text(text);
            let is_digit = |c: char| c.is_ascii_digit();
            let end = placeholder.char_indices().skip(1).find(|(_, c)| !is_digit(*c));
            let (placeholder, behind) = placeholder.split_at(end.map_or(placeholder.len(), |(at, _)| at));
            if placeholder.starts_with('#') {
                digest.optional(self.names.as_ref().and_then(|names| names.get(placeholder)).map(String::as_str));
            } else if values {
                digest.value(self.values.as_ref().and_then(|values| values.get(placeholder)));
            }
            rest = behind;
        }
        digest.text(rest);
    }
}

/// Parts of which none can pass for a piece of its neighbour.
struct Parts(Sha256);

impl Parts {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn optional(&mut self, text: Option<&str>) {
        self.bytes(&[u8::from(text.is_some())]);
        self.text(text.unwrap_or_default());
    }

    /// The value of a key.
    fn value(&mut self, value: Option<&AttributeValue>) {
        let (kind, bytes) = match value {
            Some(AttributeValue::S(text)) => (b"S", text.as_bytes()),
            Some(AttributeValue::N(digits)) => (b"N", digits.as_bytes()),
            Some(AttributeValue::B(bytes)) => (b"B", bytes.as_ref()),
            _ => (b"-", &[][..]),
        };
        self.bytes(kind);
        self.bytes(bytes);
    }
}
