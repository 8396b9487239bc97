//! `#[derive(DynamoPatch)]`, from tokens to tokens.

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::{ast, check, expand, fallback};

pub(crate) fn derive(input: TokenStream) -> TokenStream {
    match syn::parse2::<DeriveInput>(input) {
        Ok(input) => try_derive(&input).unwrap_or_else(|error| fallback::patch(&input, &error)),
        Err(error) => error.into_compile_error(),
    }
}

fn try_derive(input: &DeriveInput) -> syn::Result<TokenStream> {
    let patch = ast::Patch::read(input)?;
    let of = check::patch(&patch)?;
    Ok(expand::patch(&patch, of))
}
