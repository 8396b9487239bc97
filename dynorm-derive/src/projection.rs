//! `#[derive(DynamoProjection)]`, from tokens to tokens.

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::{ast, check, expand, fallback};

pub(crate) fn derive(input: TokenStream) -> TokenStream {
    match syn::parse2::<DeriveInput>(input) {
        Ok(input) => try_derive(&input).unwrap_or_else(|error| fallback::projection(&input, &error)),
        Err(error) => error.into_compile_error(),
    }
}

fn try_derive(input: &DeriveInput) -> syn::Result<TokenStream> {
    let projection = ast::Projection::read(input)?;
    let of = check::projection(&projection)?;
    Ok(expand::projection(&projection, of))
}
