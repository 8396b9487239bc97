//! Text parts inside a template: what may not stand before a delimiter, and the escape that keeps the order.
//!
//! A part that is followed by a literal ends at the literal's first character, its delimiter. Were a character up to
//! the delimiter allowed in the part, `"a-"` could sort before `"a"` and its end.
//!
//! The escape writes each such character as two: the mark, which is the character right after the delimiter, and a
//! character that stands for the original, in the same order. The mark itself is escaped too. So an escaped part holds
//! only characters after its delimiter, and two escaped parts sort as the parts do.

use super::order::char_after;
use crate::error::{KeyError, KeyProblem};

/// The surrogates' place among the code points, which no `char` has.
const GAP: u32 = 0xE000 - 0xD800;

/// The place of a character in the order of all characters.
fn rank(c: char) -> u32 {
    let code = u32::from(c);
    if code < 0xD800 { code } else { code - GAP }
}

fn from_rank(rank: u32) -> Option<char> {
    char::from_u32(if rank < 0xD800 { rank } else { rank.checked_add(GAP)? })
}

/// Refuses a part that contains a character which does not sort after its delimiter.
pub(crate) fn check(text: &str, delimiter: char) -> Result<(), KeyError> {
    match text.chars().find(|c| *c <= delimiter) {
        Some(found) => Err(KeyProblem::Delimiter { found, delimiter }.into()),
        None => Ok(()),
    }
}

/// Appends a part in its escaped form.
pub(crate) fn escape(text: &str, delimiter: char, out: &mut String) -> Result<(), KeyError> {
    let mark = char_after(delimiter).ok_or(KeyProblem::Template)?;
    for c in text.chars() {
        if c > mark {
            out.push(c);
        } else {
            out.push(mark);
            out.push(from_rank(rank(mark) + 1 + rank(c)).ok_or(KeyProblem::Template)?);
        }
    }
    Ok(())
}

/// The part that was escaped, from characters that all sort after the delimiter.
pub(crate) fn unescape(text: &str, delimiter: char) -> Result<String, KeyError> {
    let mark = char_after(delimiter).ok_or(KeyProblem::Template)?;
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c > mark {
            out.push(c);
            continue;
        }
        let stands_for = chars.next().and_then(|c| rank(c).checked_sub(rank(mark) + 1)).and_then(from_rank);
        out.push(stands_for.filter(|c| *c <= mark).ok_or(KeyProblem::Malformed)?);
    }
    Ok(out)
}

/// The smallest text that sorts after every text which starts as this one; `None` if there is none.
pub(crate) fn after_prefix(text: &str) -> Option<String> {
    let mut after = text.to_owned();
    let last = char_after(after.pop()?)?;
    after.push(last);
    Some(after)
}
