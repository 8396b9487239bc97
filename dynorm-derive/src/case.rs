//! Rename rules, and the names that are derived from Rust's.

use proc_macro2::Ident;
use syn::ext::IdentExt;

/// The values of `rename_all`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum RenameRule {
    /// As in Rust.
    #[default]
    None,
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

impl RenameRule {
    /// The spellings, as serde has them.
    pub(crate) const ALL: &'static [(&'static str, Self)] = &[
        ("lowercase", Self::Lower),
        ("UPPERCASE", Self::Upper),
        ("PascalCase", Self::Pascal),
        ("camelCase", Self::Camel),
        ("snake_case", Self::Snake),
        ("SCREAMING_SNAKE_CASE", Self::ScreamingSnake),
        ("kebab-case", Self::Kebab),
        ("SCREAMING-KEBAB-CASE", Self::ScreamingKebab),
    ];

    /// The name of a field or variant under this rule.
    pub(crate) fn apply(self, ident: &Ident) -> String {
        let name = ident.unraw().to_string();
        if self == Self::None {
            return name;
        }
        let words = words(&name);
        let join = |separator: &str| words.join(separator);
        match self {
            Self::None => name,
            Self::Lower => join(""),
            Self::Upper => join("").to_uppercase(),
            Self::Pascal => words.iter().map(|word| capitalized(word)).collect(),
            Self::Camel => {
                let mut rest = words.iter();
                let first = rest.next().cloned().unwrap_or_default();
                rest.fold(first, |name, word| name + &capitalized(word))
            }
            Self::Snake => join("_"),
            Self::ScreamingSnake => join("_").to_uppercase(),
            Self::Kebab => join("-"),
            Self::ScreamingKebab => join("-").to_uppercase(),
        }
    }
}

/// `ByAuthor` as `by_author`.
pub(crate) fn snake(ident: &Ident) -> String {
    RenameRule::Snake.apply(ident)
}

/// `by_author` as `BY_AUTHOR`.
pub(crate) fn screaming(ident: &Ident) -> String {
    ident.unraw().to_string().to_uppercase()
}

/// The lower-case words of a snake-case or Pascal-case name. A run of capitals is one word: `HTTPCode` is `http code`.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut current = String::new();
    let mut chars = name.chars().peekable();
    let mut before: Option<char> = None;
    while let Some(char) = chars.next() {
        let starts = char.is_uppercase()
            && before
                .is_some_and(|before| !before.is_uppercase() || chars.peek().is_some_and(|next| next.is_lowercase()));
        if (char == '_' || starts) && !current.is_empty() {
            words.push(std::mem::take(&mut current));
        }
        if char != '_' {
            current.extend(char.to_lowercase());
        }
        before = Some(char);
    }
    if !current.is_empty() {
        words.push(current);
    }
    words
}

fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::Span;

    fn ident(name: &str) -> Ident {
        Ident::new(name, Span::call_site())
    }

    #[test]
    fn every_rule_renames_fields_and_variants() {
        let renamed = |name: &str| RenameRule::ALL.iter().map(|(_, rule)| rule.apply(&ident(name))).collect::<Vec<_>>();
        let expected = [
            "publishedin",
            "PUBLISHEDIN",
            "PublishedIn",
            "publishedIn",
            "published_in",
            "PUBLISHED_IN",
            "published-in",
            "PUBLISHED-IN",
        ];
        assert_eq!(renamed("published_in"), expected);
        assert_eq!(renamed("PublishedIn"), expected);
        assert_eq!(RenameRule::None.apply(&ident("Published_in")), "Published_in");
    }

    #[test]
    fn markers_become_function_names() {
        assert_eq!(snake(&ident("ByAuthor")), "by_author");
        assert_eq!(snake(&ident("GSI1")), "gsi1");
        assert_eq!(snake(&ident("HTTPCode")), "http_code");
        assert_eq!(screaming(&Ident::new_raw("type", Span::call_site())), "TYPE");
    }
}
