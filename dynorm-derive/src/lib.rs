//! The derive macros of dynorm. Use them through the `dynorm` crate, which re-exports and documents them.
//!
//! Every macro is one pipeline: `ast` borrows the input, `attr` reads the `#[dynorm(..)]` attributes, `check` applies
//! the rules that look at several of them, `lower` resolves every name into `ir`, and `expand` writes the code. The
//! first three collect all mistakes; the last two cannot fail. After a mistake, `fallback` writes a stub, so that the
//! uses of the type stay quiet.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod ast;
mod attr;
mod attribute;
mod case;
mod check;
mod diag;
mod expand;
mod fallback;
mod generics;
mod ir;
mod lower;
mod model;
mod patch;
mod projection;
mod template;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// Makes a struct with named fields the model of a table's items.
#[proc_macro_derive(DynamoModel, attributes(dynorm))]
pub fn dynamo_model(input: TokenStream) -> TokenStream {
    model::derive(input.into()).into()
}

/// Makes a struct, newtype or enum a type of attribute.
#[proc_macro_derive(DynamoAttribute, attributes(dynorm))]
pub fn dynamo_attribute(input: TokenStream) -> TokenStream {
    attribute::derive(input.into()).into()
}

/// Makes a struct with named fields a patch of a model: changes of some of its fields.
#[proc_macro_derive(DynamoPatch, attributes(dynorm))]
pub fn dynamo_patch(input: TokenStream) -> TokenStream {
    patch::derive(input.into()).into()
}

/// Makes a struct with named fields a projection of a model: some of its fields.
#[proc_macro_derive(DynamoProjection, attributes(dynorm))]
pub fn dynamo_projection(input: TokenStream) -> TokenStream {
    projection::derive(input.into()).into()
}
