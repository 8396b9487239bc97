//! Projection expressions: which attributes a read returns.

use std::borrow::Cow;

use crate::error::ExpressionError;

use super::aliases::Aliases;
use super::text::Text;

/// The projection expression of these attributes, with placeholders from `aliases`. A name that is given twice is sent
/// once.
///
/// # Errors
///
/// A name is empty, or the expression is longer than DynamoDB takes.
pub fn projection<N: Into<Cow<'static, str>>>(
    attributes: impl IntoIterator<Item = N>,
    aliases: &mut Aliases,
) -> Result<String, ExpressionError> {
    let mut seen: Vec<Cow<'static, str>> = Vec::new();
    let mut text = Text::new(aliases);
    for attribute in attributes {
        let attribute = attribute.into();
        if seen.contains(&attribute) {
            continue;
        }
        if !seen.is_empty() {
            text.push(", ");
        }
        text.attribute(attribute.clone());
        seen.push(attribute);
    }
    text.finish("projection")
}
