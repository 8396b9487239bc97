//! Collects every mistake of one derive, and words them.

use std::fmt::Display;

use proc_macro2::Span;

/// The mistakes found so far. Whoever makes one must ask [`Diagnostics::finish`] for the verdict.
#[derive(Debug, Default)]
#[must_use = "mistakes that are not reported are lost"]
pub(crate) struct Diagnostics {
    errors: Option<syn::Error>,
}

impl Diagnostics {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Notes a mistake at a token: "problem; remedy".
    pub(crate) fn error(&mut self, span: Span, message: impl Display) {
        self.syn(syn::Error::new(span, message));
    }

    /// Notes what a parser answered.
    pub(crate) fn syn(&mut self, error: syn::Error) {
        match &mut self.errors {
            Some(all) => all.combine(error),
            None => self.errors = Some(error),
        }
    }

    /// All mistakes, if there are any.
    pub(crate) fn finish(self) -> syn::Result<()> {
        match self.errors {
            Some(all) => Err(all),
            None => Ok(()),
        }
    }
}

/// "; did you mean `x`?" when a name is close to one of the candidates.
pub(crate) fn suggestion<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = if typed.chars().count() <= 3 { 1 } else { 2 };
    candidates
        .into_iter()
        .map(|candidate| (distance(typed, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// "`a`, `b`, `c`".
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// "; did you mean `x`?", or "; expected one of `a`, `b`".
pub(crate) fn expected<'a>(typed: &str, candidates: impl Iterator<Item = &'a str> + Clone) -> String {
    match suggestion(typed, candidates.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("expected one of {}", list(candidates)),
    }
}

/// How many insertions, deletions, substitutions and swaps of neighbours lead from one spelling to the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    let mut last = None;
    for (row, x) in a.chars().enumerate() {
        let mut current = Vec::with_capacity(b.len() + 1);
        let mut left = row + 1;
        current.push(left);
        let mut previous = None;
        for (column, &y) in b.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX - 1);
            let mut cost = (at(&above, column) + usize::from(x != y)).min(at(&above, column + 1) + 1).min(left + 1);
            if last == Some(y) && previous == Some(x) && column > 0 {
                cost = cost.min(at(&before, column - 1) + 1);
            }
            current.push(cost);
            left = cost;
            previous = Some(y);
        }
        before = std::mem::replace(&mut above, current);
        last = Some(x);
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_spellings_are_found() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("tabel", "table"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(suggestion("partiton_key", ["sort_key", "partition_key"]), Some("partition_key"));
        assert_eq!(suggestion("colour", ["sort_key", "partition_key"]), None);
    }
}
