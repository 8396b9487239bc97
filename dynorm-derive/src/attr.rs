//! Reads `#[dynorm(..)]`: the engine over keyword tables. Each table is in the file of what it describes.

mod container;
mod field;
mod index;
mod key;
mod patch;
mod projection;
mod unique;
mod value;
mod variant;

use proc_macro2::{Ident, Span, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Meta, Token, token};

use crate::diag::{Diagnostics, list, suggestion};

pub(crate) use container::{Hooks, ModelAttrs, TypeAttrs, TypeKind, Validation};
pub(crate) use field::{AutoId, Codec, DefaultValue, FieldAttrs};
pub(crate) use index::{IndexAttr, IndexKey, Project};
pub(crate) use key::KeyTemplate;
pub(crate) use patch::{PatchAttrs, field as patch_field};
pub(crate) use projection::{ProjectionAttrs, field as projection_field};
pub(crate) use unique::UniqueAttr;
pub(crate) use variant::VariantAttrs;

/// The one helper attribute.
const ATTRIBUTE: &str = "dynorm";

/// One key that may stand in `#[dynorm(..)]`.
pub(crate) struct Keyword<T> {
    name: &'static str,
    /// The correct formats, for the message about a wrong one.
    formats: &'static [&'static str],
    repeatable: bool,
    /// Reads what follows the key. An `Err` means that it is not of this format; other mistakes go to the diagnostics.
    read: Read<T>,
}

/// Puts what follows a key (whose span is given) where it belongs.
type Read<T> = fn(&mut T, Span, ParseStream<'_>, &mut Diagnostics) -> syn::Result<()>;

impl<T> Keyword<T> {
    const fn new(name: &'static str, formats: &'static [&'static str], read: Read<T>) -> Self {
        Self { name, formats, repeatable: false, read }
    }

    const fn repeatable(name: &'static str, formats: &'static [&'static str], read: Read<T>) -> Self {
        Self { name, formats, repeatable: true, read }
    }
}

/// The keys that may stand in one place.
pub(crate) struct Table<T: 'static> {
    /// Where, for messages: "a field of a model".
    place: &'static str,
    words: &'static [Keyword<T>],
}

impl<T> Table<T> {
    /// Reads the `dynorm` attributes of one item.
    fn read(&self, attrs: &[Attribute], into: &mut T, diag: &mut Diagnostics) {
        let mut seen = Vec::new();
        for attr in attrs.iter().filter(|attr| attr.path().is_ident(ATTRIBUTE)) {
            let Meta::List(meta) = &attr.meta else {
                let span = attr.path().get_ident().map_or_else(Span::call_site, Ident::span);
                diag.error(span, "wrong form of `dynorm`; the correct format is `#[dynorm(..)]`");
                continue;
            };
            let entries = |input: ParseStream<'_>| {
                self.entries(input, into, &mut seen, diag);
                Ok(())
            };
            if let Err(error) = entries.parse2(meta.tokens.clone()) {
                diag.syn(error);
            }
        }
    }

    /// Reads `key, key = value, key(..)` to the end; a wrong entry does not hide the ones after it.
    fn entries(&self, input: ParseStream<'_>, into: &mut T, seen: &mut Vec<&'static str>, diag: &mut Diagnostics) {
        while !input.is_empty() {
            match input.call(Ident::parse_any) {
                Ok(key) => self.entry(&key, input, into, seen, diag),
                Err(error) => {
                    diag.error(
                        error.span(),
                        format!("expected an attribute; the ones of {} are {}", self.place, self.names()),
                    );
                    skip(input);
                }
            }
            if input.parse::<Token![,]>().is_err() && !input.is_empty() {
                skip(input);
                let _comma = input.parse::<Token![,]>();
            }
        }
    }

    fn entry(
        &self,
        key: &Ident,
        input: ParseStream<'_>,
        into: &mut T,
        seen: &mut Vec<&'static str>,
        diag: &mut Diagnostics,
    ) {
        let name = key.unraw().to_string();
        let Some(word) = self.words.iter().find(|word| word.name == name) else {
            diag.error(key.span(), self.unknown(&name));
            skip_value(input);
            return;
        };
        if !word.repeatable && seen.contains(&word.name) {
            diag.error(key.span(), format!("duplicate attribute `{name}`; keep one of the two"));
            skip_value(input);
            return;
        }
        seen.push(word.name);
        let read = (word.read)(into, key.span(), input, diag);
        if read.is_err() || !(input.is_empty() || input.peek(Token![,])) {
            let formats: Vec<_> = word.formats.iter().map(|format| format!("`#[dynorm({format})]`")).collect();
            let formats = formats.join(" or ");
            diag.error(key.span(), format!("wrong form of `{name}`; the correct format is {formats}"));
            skip(input);
        }
    }

    fn unknown(&self, name: &str) -> String {
        let place = self.place;
        if let Some(elsewhere) = elsewhere(name) {
            return format!(
                "`{name}` is an attribute of {elsewhere}, not of {place}; the ones here are {}",
                self.names()
            );
        }
        if let Some(near) = suggestion(name, self.words.iter().map(|word| word.name)) {
            return format!(
                "unknown attribute `{name}`; did you mean `{near}`? The attributes of {place} are {}",
                self.names()
            );
        }
        format!("unknown attribute `{name}`; the attributes of {place} are {}", self.names())
    }

    fn names(&self) -> String {
        list(self.words.iter().map(|word| word.name))
    }

    fn place_of(&self, name: &str) -> Option<&'static str> {
        self.words.iter().any(|word| word.name == name).then_some(self.place)
    }
}

/// The place whose table has this key.
fn elsewhere(name: &str) -> Option<&'static str> {
    container::MODEL
        .place_of(name)
        .or_else(|| field::MODEL_FIELD.place_of(name))
        .or_else(|| index::INDEX.place_of(name))
        .or_else(|| container::ENUM.place_of(name))
        .or_else(|| variant::VARIANT.place_of(name))
        .or_else(|| projection::PROJECTION.place_of(name))
        .or_else(|| projection::FIELD.place_of(name))
}

/// Reads the entries of `key(..)` with a table of their own.
fn nested<T>(table: &Table<T>, input: ParseStream<'_>, into: &mut T, diag: &mut Diagnostics) -> syn::Result<()> {
    parenthesized(input, |content| {
        table.entries(content, into, &mut Vec::new(), diag);
        Ok(())
    })
}

/// Reads `(..)`. What a mistake leaves unread is taken as well, so that it is not reported a second time.
fn parenthesized<R>(input: ParseStream<'_>, read: impl FnOnce(ParseStream<'_>) -> syn::Result<R>) -> syn::Result<R> {
    if !input.peek(token::Paren) {
        return Err(input.error("expected parentheses"));
    }
    let content;
    syn::parenthesized!(content in input);
    let answer = read(&content);
    let rest = !content.is_empty();
    while content.parse::<TokenTree>().is_ok() {}
    if rest && answer.is_ok() { Err(content.error("unexpected token")) } else { answer }
}

/// Takes the value of a key that is not read: an expression or a type may have commas of its own.
fn skip_value(input: ParseStream<'_>) {
    if input.peek(Token![=]) {
        let _equals = input.parse::<Token![=]>();
        let ends = |fork: ParseStream<'_>| fork.is_empty() || fork.peek(Token![,]);
        let fork = input.fork();
        if fork.parse::<syn::Type>().is_ok() && ends(&fork) {
            let _type = input.parse::<syn::Type>();
        } else {
            let fork = input.fork();
            if fork.parse::<syn::Expr>().is_ok() && ends(&fork) {
                let _expr = input.parse::<syn::Expr>();
            }
        }
    }
    skip(input);
}

/// Takes everything up to the next comma.
fn skip(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        let _token = input.parse::<TokenTree>();
    }
}
