//! Texts of fixed width: their complement for descending order, and their neighbours.

/// The characters that carry the value in a text of fixed width; all others (`-`, `:`) stand at fixed places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alphabet {
    /// `0` to `9`.
    Digits,
    /// `0` to `9`, then `a` to `f`.
    Hex,
}

/// The shape of a text that has the same length for every value of its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fixed {
    /// Its length; such texts are ASCII.
    pub width: usize,
    /// The characters that carry the value.
    pub alphabet: Alphabet,
}

impl Alphabet {
    fn symbols(self) -> &'static [u8] {
        match self {
            Self::Digits => b"0123456789",
            Self::Hex => b"0123456789abcdef",
        }
    }

    /// The symbol that is `step` further, and whether it went around.
    fn turn(self, symbol: char, forward: bool) -> Option<(char, bool)> {
        let symbols = self.symbols();
        let place = symbols.iter().position(|s| char::from(*s) == symbol)?;
        let (next, around) = match (forward, place) {
            (true, p) if p + 1 == symbols.len() => (0, true),
            (true, p) => (p + 1, false),
            (false, 0) => (symbols.len() - 1, true),
            (false, p) => (p - 1, false),
        };
        symbols.get(next).map(|s| (char::from(*s), around))
    }

    /// Turns the order around, from `start` on: the first symbol for the last, and so on.
    pub(crate) fn complement(self, text: &mut String, start: usize) {
        let symbols = self.symbols();
        let mirror = |b: u8| {
            let place = symbols.iter().position(|s| *s == b);
            place.and_then(|p| symbols.iter().rev().nth(p)).map_or(b, |s| *s)
        };
        let mut bytes = std::mem::take(text).into_bytes();
        bytes.iter_mut().skip(start).for_each(|b| *b = mirror(*b));
        // One ASCII character stands for another, so it is text still.
        *text = String::from_utf8(bytes).unwrap_or_default();
    }

    /// The next larger or smaller text of the same shape; `None` after the last.
    pub(crate) fn neighbour(self, text: &str, forward: bool) -> Option<String> {
        let mut turning = true;
        let mut reversed = Vec::with_capacity(text.len());
        for c in text.chars().rev() {
            match self.turn(c, forward) {
                Some((next, around)) if turning => {
                    turning = around;
                    reversed.push(next);
                }
                _ => reversed.push(c),
            }
        }
        (!turning).then(|| reversed.into_iter().rev().collect())
    }
}
