//! The attributes of a field.

use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::{Attribute, Expr, LitStr, Token, Type};

use super::value::{self, Name};
use super::{Keyword, Table};
use crate::diag::{Diagnostics, expected};

/// What the attributes of one field say; each with the span to blame.
#[derive(Debug, Default)]
pub(crate) struct FieldAttrs {
    pub(crate) partition_key: Option<Span>,
    pub(crate) sort_key: Option<Span>,
    pub(crate) rename: Option<Name>,
    pub(crate) aliases: Vec<Name>,
    pub(crate) default: Option<(Span, DefaultValue)>,
    pub(crate) skip: Option<Span>,
    pub(crate) flatten: Option<Span>,
    pub(crate) with: Option<(Span, Codec)>,
    pub(crate) created: Option<Span>,
    pub(crate) updated: Option<Span>,
    pub(crate) auto: Option<(Span, AutoId)>,
    pub(crate) version: Option<Span>,
    pub(crate) ttl: Option<(Span, Option<Expr>)>,
    pub(crate) readonly: Option<Span>,
    pub(crate) sensitive: Option<Span>,
    pub(crate) unique: Option<FieldUnique>,
    pub(crate) path: Option<Ident>,
    /// `#[validate(..)]`, copied as they are.
    pub(crate) validate: Vec<Attribute>,
}

/// `unique` on a field.
#[derive(Debug)]
pub(crate) struct FieldUnique {
    pub(crate) span: Span,
    /// The constraint's name, if it is given.
    pub(crate) name: Option<Name>,
}

/// The value of a field whose attribute is absent.
#[derive(Debug, Clone)]
pub(crate) enum DefaultValue {
    /// `Default::default()`.
    Trait,
    /// `auto()`: what stands for a value that was not set yet.
    Unset,
    /// A string literal, converted to the field's type.
    Text(LitStr),
    Expr(Expr),
}

/// How a field is stored.
#[derive(Debug, Clone)]
pub(crate) enum Codec {
    /// A codec of the runtime, by its type's name.
    Builtin(&'static str, Span),
    Type(Type),
}

/// Which kind of id is generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AutoId {
    V4,
    V7,
}

/// The short names of the runtime's codecs.
const CODECS: &[(&str, &str)] =
    &[("json", "Json"), ("set", "Set"), ("epoch", "Epoch"), ("epoch_millis", "EpochMillis")];

impl FieldAttrs {
    /// Reads a field of a model.
    pub(crate) fn of_model(attrs: &[Attribute], diag: &mut Diagnostics) -> Self {
        Self::read(&MODEL_FIELD, attrs, diag)
    }

    /// Reads a field of a nested struct or of a variant.
    pub(crate) fn of_nested(attrs: &[Attribute], diag: &mut Diagnostics) -> Self {
        Self::read(&NESTED_FIELD, attrs, diag)
    }

    fn read(table: &Table<Self>, attrs: &[Attribute], diag: &mut Diagnostics) -> Self {
        let mut read = Self::default();
        table.read(attrs, &mut read, diag);
        read.validate = attrs.iter().filter(|attr| attr.path().is_ident("validate")).cloned().collect();
        read
    }
}

pub(super) const MODEL_FIELD: Table<FieldAttrs> = Table {
    place: "a field of a model",
    words: &[
        Keyword::new("partition_key", &["partition_key"], |field: &mut FieldAttrs, span, _, _| {
            field.partition_key = Some(span);
            Ok(())
        }),
        Keyword::new("sort_key", &["sort_key"], |field: &mut FieldAttrs, span, _, _| {
            field.sort_key = Some(span);
            Ok(())
        }),
        RENAME,
        ALIAS,
        DEFAULT,
        SKIP,
        FLATTEN,
        WITH,
        Keyword::new("created", &["created"], |field: &mut FieldAttrs, span, _, _| {
            field.created = Some(span);
            Ok(())
        }),
        Keyword::new("updated", &["updated"], |field: &mut FieldAttrs, span, _, _| {
            field.updated = Some(span);
            Ok(())
        }),
        Keyword::new("auto", &["auto", "auto = v4", "auto = v7"], auto),
        Keyword::new("version", &["version"], |field: &mut FieldAttrs, span, _, _| {
            field.version = Some(span);
            Ok(())
        }),
        Keyword::new("ttl", &["ttl", "ttl = lifetime"], |field: &mut FieldAttrs, span, input, _| {
            let mut lifetime = None;
            if input.peek(Token![=]) {
                input.parse::<Token![=]>()?;
                lifetime = Some(input.parse()?);
            }
            field.ttl = Some((span, lifetime));
            Ok(())
        }),
        Keyword::new("readonly", &["readonly"], |field: &mut FieldAttrs, span, _, _| {
            field.readonly = Some(span);
            Ok(())
        }),
        Keyword::new("sensitive", &["sensitive"], |field: &mut FieldAttrs, span, _, _| {
            field.sensitive = Some(span);
            Ok(())
        }),
        Keyword::new("unique", &["unique", "unique = \"..\""], |field: &mut FieldAttrs, span, input, diag| {
            let name = if input.peek(Token![=]) { Some(value::name(input, diag)?) } else { None };
            field.unique = Some(FieldUnique { span, name });
            Ok(())
        }),
        PATH,
    ],
};

pub(super) const NESTED_FIELD: Table<FieldAttrs> =
    Table { place: "a field of a nested struct", words: &[RENAME, ALIAS, DEFAULT, SKIP, FLATTEN, WITH, PATH] };

const RENAME: Keyword<FieldAttrs> = Keyword::new("rename", &["rename = \"..\""], |field, _, input, diag| {
    field.rename = Some(value::name(input, diag)?);
    Ok(())
});

const ALIAS: Keyword<FieldAttrs> = Keyword::repeatable("alias", &["alias = \"..\""], |field, _, input, diag| {
    field.aliases.push(value::name(input, diag)?);
    Ok(())
});

const DEFAULT: Keyword<FieldAttrs> =
    Keyword::new("default", &["default", "default = value"], |field, span, input, _| {
        let value = if !input.peek(Token![=]) {
            DefaultValue::Trait
        } else if input.peek2(LitStr) {
            DefaultValue::Text(value::string(input)?)
        } else {
            input.parse::<Token![=]>()?;
            DefaultValue::Expr(input.parse()?)
        };
        field.default = Some((span, value));
        Ok(())
    });

const SKIP: Keyword<FieldAttrs> = Keyword::new("skip", &["skip"], |field, span, _, _| {
    field.skip = Some(span);
    Ok(())
});

const FLATTEN: Keyword<FieldAttrs> = Keyword::new("flatten", &["flatten"], |field, span, _, _| {
    field.flatten = Some(span);
    Ok(())
});

const WITH: Keyword<FieldAttrs> = Keyword::new("with", &["with = Codec"], |field, span, input, _| {
    input.parse::<Token![=]>()?;
    let ty: Type = input.parse()?;
    let short = ty.to_token_stream().to_string();
    let codec = match CODECS.iter().find(|(name, _)| *name == short) {
        Some((_, builtin)) => Codec::Builtin(builtin, syn::spanned::Spanned::span(&ty)),
        None => Codec::Type(ty),
    };
    field.with = Some((span, codec));
    Ok(())
});

const PATH: Keyword<FieldAttrs> = Keyword::new("path", &["path = \"NAME\""], |field, _, input, diag| {
    let literal = value::string(input)?;
    match literal.parse::<Ident>() {
        Ok(ident) => field.path = Some(ident),
        Err(_) => diag.error(
            literal.span(),
            format!("`{}` cannot name a constant; write a Rust identifier such as `TITLE`", literal.value()),
        ),
    }
    Ok(())
});

fn auto(field: &mut FieldAttrs, span: Span, input: ParseStream<'_>, diag: &mut Diagnostics) -> syn::Result<()> {
    let mut id = AutoId::V4;
    if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        let version: Ident = input.parse()?;
        match version.to_string().as_str() {
            "v4" => {}
            "v7" => id = AutoId::V7,
            other => {
                let names = ["v4", "v7"];
                diag.error(
                    version.span(),
                    format!("unknown kind of id `{other}`; {}", expected(other, names.iter().copied())),
                );
            }
        }
    }
    field.auto = Some((span, id));
    Ok(())
}
