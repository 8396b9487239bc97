//! The text inside JSON strings: where it needs escapes, and how they are written.

const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
const HIGH_BITS: u64 = u64::from_ne_bytes([0x80; 8]);

/// How many leading bytes stand for themselves in a JSON string: no quote, no backslash, no control character.
#[inline]
pub(super) fn plain_len(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    let mut len = 0;
    // Eight bytes at a time; a borrow of one lane disturbs only the lanes above it, so the lowest hit is exact.
    while let Some((chunk, tail)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*chunk);
        let hits = (zero_lanes(word ^ (ONES * b'"' as u64))
            | zero_lanes(word ^ (ONES * b'\\' as u64))
            | (word.wrapping_sub(ONES * 0x20) & !word))
            & HIGH_BITS;
        if hits != 0 {
            return len + (hits.trailing_zeros() / 8) as usize;
        }
        len += 8;
        rest = tail;
    }
    len + rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..0x20)).unwrap_or(rest.len())
}

#[inline]
fn zero_lanes(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word
}

/// The same of a text whose end is known, and may be far: in blocks, of which the compiler makes vector instructions.
#[inline]
fn plain_len_of_text(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    while let Some((block, tail)) = rest.split_first_chunk::<32>() {
        let special = |byte: &u8| u8::from(*byte < 0x20) | u8::from(*byte == b'"') | u8::from(*byte == b'\\');
        if block.iter().map(special).fold(0, |any, one| any | one) != 0 {
            break;
        }
        rest = tail;
    }
    bytes.len() - rest.len() + plain_len(rest)
}

/// Appends `text` as a JSON string.
#[inline]
pub(crate) fn push_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let bytes = text.as_bytes();
    match bytes.split_at_checked(plain_len_of_text(bytes)) {
        Some((plain, rest)) => {
            out.extend_from_slice(plain);
            if !rest.is_empty() {
                push_escaped(out, rest);
            }
        }
        None => unreachable!("`plain_len` is at most the length"),
    }
    out.push(b'"');
}

#[cold]
fn push_escaped(out: &mut Vec<u8>, bytes: &[u8]) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    for &byte in bytes {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0c => out.extend_from_slice(b"\\f"),
            control @ ..0x20 => {
                out.extend_from_slice(b"\\u00");
                out.extend([control >> 4, control & 15].map(|nibble| HEX[nibble as usize]));
            }
            plain => out.push(plain),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_ends_at_the_first_special_byte_in_every_lane() {
        for special in [b'"', b'\\', 0, 0x1f] {
            for at in 0..80 {
                let mut bytes = vec![0xc3_u8; 80];
                bytes[at] = special;
                assert_eq!(plain_len(&bytes), at, "byte {special:#x} at {at}");
                assert_eq!(plain_len_of_text(&bytes), at, "byte {special:#x} at {at}");
            }
        }
        assert_eq!(plain_len(&[0x20, 0x21, 0x23, 0x5b, 0x5d, 0x7f, 0x80, 0xff, 0x7f]), 9);
    }
}
