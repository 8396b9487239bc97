//! Neighbours of strings, bytes and integers in DynamoDB's order of keys.

use std::cmp::Ordering;

use super::value::KeyValue;

/// The scalar after `c`.
pub(crate) fn char_after(c: char) -> Option<char> {
    match c {
        '\u{D7FF}' => Some('\u{E000}'),
        _ => char::from_u32(u32::from(c) + 1),
    }
}

/// The scalar before `c`.
pub(crate) fn char_before(c: char) -> Option<char> {
    match c {
        '\u{E000}' => Some('\u{D7FF}'),
        _ => u32::from(c).checked_sub(1).and_then(char::from_u32),
    }
}

/// Fills the text with the last characters there are, so that no string of at most `limit` bytes that starts as it
/// does sorts after it.
pub(crate) fn fill(text: &mut String, limit: usize) {
    while let room @ 1.. = limit.saturating_sub(text.len()) {
        text.push(match room {
            1 => '\u{7F}',
            2 => '\u{7FF}',
            3 => '\u{FFFF}',
            _ => char::MAX,
        });
    }
}

/// The largest string of at most `limit` bytes that sorts before this one; `None` before the empty one.
pub(crate) fn text_before(text: &str, limit: usize) -> Option<String> {
    let mut before = text.to_owned();
    if let Some(c) = char_before(before.pop()?) {
        before.push(c);
        fill(&mut before, limit);
    }
    Some(before)
}

/// The largest byte string of at most `limit` bytes that sorts before this one; `None` before the empty one.
pub(crate) fn bytes_before(bytes: &[u8], limit: usize) -> Option<Vec<u8>> {
    let (last, rest) = bytes.split_last()?;
    let mut before = rest.to_vec();
    if let Some(last) = last.checked_sub(1) {
        before.push(last);
        before.resize(limit.max(before.len()), 0xFF);
    }
    Some(before)
}

/// The integer before this one, both in digits.
pub(crate) fn integer_before(digits: &str) -> String {
    match digits.strip_prefix('-') {
        Some(magnitude) => format!("-{}", increment(magnitude)),
        None if digits == "0" => "-1".to_owned(),
        None => decrement(digits),
    }
}

fn increment(magnitude: &str) -> String {
    let tail = magnitude.len() - magnitude.bytes().rev().take_while(|d| *d == b'9').count();
    let (head, nines) = magnitude.split_at(tail);
    let mut out = String::with_capacity(magnitude.len() + 1);
    match head.char_indices().next_back() {
        Some((at, d)) => {
            out.push_str(&head[..at]);
            out.extend(char_after(d));
        }
        None => out.push('1'),
    }
    out.extend(nines.chars().map(|_| '0'));
    out
}

/// Of a magnitude above zero.
fn decrement(magnitude: &str) -> String {
    let tail = magnitude.trim_end_matches('0').len();
    let (head, zeros) = magnitude.split_at(tail);
    let mut out = String::with_capacity(magnitude.len());
    if let Some((at, d)) = head.char_indices().next_back() {
        out.push_str(&head[..at]);
        out.extend(char_before(d));
    }
    out.extend(zeros.chars().map(|_| '9'));
    let significant = out.trim_start_matches('0');
    if significant.is_empty() { "0".to_owned() } else { significant.to_owned() }
}

/// Compares two values as DynamoDB does; values of different kinds, which no key has, are equal.
pub(crate) fn compare(a: &KeyValue, b: &KeyValue) -> Ordering {
    match (a, b) {
        (KeyValue::S(a), KeyValue::S(b)) => a.as_bytes().cmp(b.as_bytes()),
        (KeyValue::B(a), KeyValue::B(b)) => a.cmp(b),
        (KeyValue::N(a), KeyValue::N(b)) => compare_integers(a, b),
        _ => Ordering::Equal,
    }
}

fn compare_integers(a: &str, b: &str) -> Ordering {
    let magnitude = |a: &str, b: &str| a.len().cmp(&b.len()).then_with(|| a.cmp(b));
    match (a.strip_prefix('-'), b.strip_prefix('-')) {
        (None, None) => magnitude(a, b),
        (Some(a), Some(b)) => magnitude(b, a),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_step_down_across_zero_and_powers_of_ten() {
        for n in [-1000_i64, -999, -100, -99, -10, -1, 0, 1, 2, 9, 10, 100, 101, 1000, i64::MAX, i64::MIN + 1] {
            assert_eq!(integer_before(&n.to_string()), (n - 1).to_string());
        }
        assert_eq!(integer_before(&i128::MIN.to_string()), "-170141183460469231731687303715884105729");
    }

    #[test]
    fn a_filled_text_uses_every_byte() {
        for start in 0..9 {
            let mut text = "a".repeat(start);
            fill(&mut text, 9);
            assert_eq!(text.len(), 9);
        }
    }

    #[test]
    fn the_text_before_skips_the_surrogates_and_drops_a_nul() {
        assert_eq!(text_before("a\u{E000}", 4).as_deref(), Some("a\u{D7FF}"));
        assert_eq!(text_before("a\0", 9).as_deref(), Some("a"));
        assert_eq!(text_before("", 9), None);
        assert_eq!(bytes_before(&[1, 0], 9), Some(vec![1]));
        assert_eq!(bytes_before(&[1], 3), Some(vec![0, 0xFF, 0xFF]));
    }
}
