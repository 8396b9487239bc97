//! `index(ByAuthor, name = "by-author", partition_key = author, sort_key = published)`.

use proc_macro2::{Ident, Span};
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{LitStr, Token, token};

use super::value::{self, Name};
use super::{KeyTemplate, Keyword, Table, key, parenthesized};
use crate::case;
use crate::diag::Diagnostics;

/// One index as it was declared.
#[derive(Debug)]
pub(crate) struct IndexAttr {
    /// The type that stands for the index.
    pub(crate) marker: Ident,
    pub(crate) name: Option<Name>,
    pub(crate) partition_key: Option<IndexKey>,
    pub(crate) sort_key: Option<IndexKey>,
    pub(crate) local: Option<Span>,
    pub(crate) project: Option<Project>,
}

impl IndexAttr {
    /// Its name in DynamoDB: the marker in snake case, unless it is given.
    pub(crate) fn dynamo_name(&self) -> String {
        match &self.name {
            Some(name) => name.value.clone(),
            None => case::snake(&self.marker),
        }
    }

    /// The attribute of a template without a name: `by_author_pk`, `by_author_sk`.
    pub(crate) fn attribute_name(&self, sort: bool) -> String {
        format!("{}_{}", case::snake(&self.marker), if sort { "sk" } else { "pk" })
    }
}

/// A key of an index.
#[derive(Debug)]
pub(crate) enum IndexKey {
    /// The attributes of these fields: one, or up to four in a global index.
    Fields(Vec<Ident>),
    Template(KeyTemplate),
}

/// What the index holds besides keys.
#[derive(Debug)]
pub(crate) enum Project {
    All,
    KeysOnly,
    Include(Vec<Ident>),
}

pub(super) const INDEX: Table<IndexAttr> = Table {
    place: "an index",
    words: &[
        Keyword::new("name", &["index(.., name = \"..\")"], |index: &mut IndexAttr, _, input, diag| {
            index.name = Some(value::resource(input, "an index", diag)?);
            Ok(())
        }),
        Keyword::new(
            "partition_key",
            &[
                "index(.., partition_key = field)",
                "index(.., partition_key(a, b))",
                "index(.., partition_key = \"..\")",
            ],
            |index: &mut IndexAttr, span, input, diag| {
                index.partition_key = index_key(input, span, diag)?;
                Ok(())
            },
        ),
        Keyword::new(
            "sort_key",
            &["index(.., sort_key = field)", "index(.., sort_key(a, b))", "index(.., sort_key = \"..\")"],
            |index: &mut IndexAttr, span, input, diag| {
                index.sort_key = index_key(input, span, diag)?;
                Ok(())
            },
        ),
        Keyword::new("local", &["index(.., local)"], |index: &mut IndexAttr, span, _, _| {
            index.local = Some(span);
            Ok(())
        }),
        Keyword::new(
            "project",
            &["index(.., project(all | keys_only | include(a, b)))"],
            |index: &mut IndexAttr, _, input, _| {
                index.project = Some(project(input)?);
                Ok(())
            },
        ),
    ],
};

/// Reads `(Marker, ..)`.
pub(super) fn read(input: ParseStream<'_>, diag: &mut Diagnostics) -> syn::Result<IndexAttr> {
    parenthesized(input, |content| {
        let marker = content.parse()?;
        let mut index =
            IndexAttr { marker, name: None, partition_key: None, sort_key: None, local: None, project: None };
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
            INDEX.entries(content, &mut index, &mut Vec::new(), diag);
        }
        Ok(index)
    })
}

/// `= field`, `(a, b)`, `= "template"` or `(name = "..", template = "..")`.
fn index_key(input: ParseStream<'_>, span: Span, diag: &mut Diagnostics) -> syn::Result<Option<IndexKey>> {
    if input.peek(token::Paren) && !named_list(input) {
        return Ok(Some(IndexKey::Fields(parenthesized(input, idents)?)));
    }
    if input.peek(Token![=]) && !input.peek2(LitStr) {
        input.parse::<Token![=]>()?;
        return Ok(Some(IndexKey::Fields(vec![input.parse()?])));
    }
    Ok(key::read(input, span, diag)?.map(IndexKey::Template))
}

/// Whether the parentheses hold `name = ..` and not fields.
fn named_list(input: ParseStream<'_>) -> bool {
    let fork = input.fork();
    let mut named = false;
    let _rest = parenthesized(&fork, |content| {
        named = content.peek2(Token![=]);
        Ok(())
    });
    named
}

/// `(all)`, `(keys_only)` or `(include(a, b))`.
fn project(input: ParseStream<'_>) -> syn::Result<Project> {
    parenthesized(input, |content| {
        let word: Ident = content.parse()?;
        match word.to_string().as_str() {
            "all" => Ok(Project::All),
            "keys_only" => Ok(Project::KeysOnly),
            "include" => Ok(Project::Include(parenthesized(content, idents)?)),
            _ => Err(content.error("expected `all`, `keys_only` or `include(..)`")),
        }
    })
}

/// `a, b`, at least one.
fn idents(input: ParseStream<'_>) -> syn::Result<Vec<Ident>> {
    let idents = Punctuated::<Ident, Token![,]>::parse_separated_nonempty(input)?;
    Ok(idents.into_iter().collect())
}
