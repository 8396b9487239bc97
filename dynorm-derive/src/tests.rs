//! The whole pipeline over token streams: how large the code is, and that nothing panics.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use crate::{attribute, model};

fn tokens(stream: TokenStream) -> usize {
    stream
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(group) => 2 + tokens(group.stream()),
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => 1,
        })
        .sum()
}

/// A model with a key template and this many more fields.
fn with_fields(count: usize) -> TokenStream {
    let fields = (0..count).map(|field| {
        let ident = quote::format_ident!("field{field}");
        quote!(#ident: String,)
    });
    model::derive(quote! {
        #[dynorm(table = "library", sort_key = "{year:04}-{isbn}")]
        struct Book {
            #[dynorm(partition_key)]
            publisher: String,
            year: u16,
            isbn: String,
            #(#fields)*
        }
    })
}

/// What a field adds, and what a model costs before its fields. Larger code is slower to compile in every crate that
/// derives: raise these numbers with a reason only.
#[test]
fn generated_code_stays_small() {
    let (none, many) = (tokens(with_fields(0)), tokens(with_fields(100)));
    let per_field = (many - none) / 100;
    assert!(per_field <= 210, "{per_field} tokens a field");
    assert!(none <= 2000, "{none} tokens a model with a key of three parts");
}

/// What the errors say, in order.
fn errors(code: &TokenStream) -> Vec<String> {
    let text = code.to_string();
    let mut found: Vec<String> = Vec::new();
    let mut rest = text.as_str();
    while let Some((_, after)) = rest.split_once("compile_error ! {") {
        let (message, tail) = after.split_once('}').unwrap_or((after, ""));
        found.push(message.trim().trim_matches('"').replace("\\\"", "\""));
        rest = tail;
    }
    found
}

#[test]
fn a_mistake_does_not_hide_the_next_one() {
    let code = model::derive(quote! {
        #[dynorm(tabel = "a", rename_all = "none", index(ByName, colour = "x"))]
        struct Book {
            #[dynorm(partition_key, auto = v9, = 3)]
            id: String,
            #[dynorm(skip(yes))]
            name: String,
        }
    });
    let starts = ["unknown attribute `tabel`", "unknown rename rule `none`", "unknown attribute `colour`"];
    let starts = starts.into_iter().chain(["unknown kind of id `v9`", "expected an attribute", "wrong form of `skip`"]);
    let errors = errors(&code);
    assert_eq!(errors.len(), 6, "{errors:#?}");
    for (error, start) in errors.iter().zip(starts) {
        assert!(error.starts_with(start), "{error}");
    }
}

#[test]
fn a_stub_stands_in_for_a_broken_model() {
    let code = model::derive(quote! {
        #[dynorm(table = "books", colour, index(ByName, partition_key = name))]
        struct Book {
            #[dynorm(partition_key)]
            id: String,
            name: String,
        }
    })
    .to_string();
    for item in ["struct ByName", "fn key", "fn by_name", "const NAME", "DynamoModel for Book", "Record for Book"] {
        assert!(code.contains(item), "{item} is missing: {code}");
    }
}

#[test]
fn what_is_no_type_is_an_error() {
    for code in [
        quote!(),
        quote!(
            fn book() {}
        ),
        quote!(struct),
        quote!(struct Book { id: }),
    ] {
        assert_eq!(errors(&model::derive(code.clone())).len(), 1);
        assert_eq!(errors(&attribute::derive(code)).len(), 1);
    }
}
