//! Reads the notation of fields and types that the generated table is written in.
//!
//! ```text
//! fields = field *("," field)
//! field  = name ["="] ["!"] ["~"] type   "=" given by its place, "!" required, "~" nullable
//! type   = ""                      string
//!        | ":" kind                i integer, n number, b boolean, c comma list, x binary,
//!                                  a anything, o free-form object; k string and C comma list
//!                                  that are not empty
//!        | "(" v *("|" v) ")"      one of these strings
//!        | "[" type "]"            array
//!        | "{" fields "}"          object
//!        | "<" type ">"            map
//!        | "*" 1*kind ";"          one of several kinds, with s string and l array
//! ```
//!
//! Names and values are percent-encoded, so that no mark can stand in them.

/// What is left to read.
#[derive(Clone, Copy)]
pub(crate) struct Notation(pub &'static str);

impl Notation {
    /// The next byte, 0 at the end.
    pub fn peek(&self) -> u8 {
        self.0.as_bytes().first().copied().unwrap_or(0)
    }

    /// Takes the next byte.
    pub fn next(&mut self) -> u8 {
        let byte = self.peek();
        self.0 = self.0.get(1..).unwrap_or_default();
        byte
    }

    /// Takes the next byte if it is this one.
    pub fn eat(&mut self, byte: u8) -> bool {
        let there = self.peek() == byte;
        if there {
            self.next();
        }
        there
    }

    /// Takes a name or a value, as it is written: up to the next mark.
    pub fn word(&mut self) -> &'static str {
        let end = self.0.bytes().position(is_mark).unwrap_or(self.0.len());
        let (word, rest) = self.0.split_at_checked(end).unwrap_or_default();
        self.0 = rest;
        word
    }
}

fn is_mark(byte: u8) -> bool {
    matches!(
        byte,
        b'=' | b'!'
            | b'~'
            | b':'
            | b'('
            | b')'
            | b'['
            | b']'
            | b'{'
            | b'}'
            | b'<'
            | b'>'
            | b'*'
            | b','
            | b';'
            | b'|'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_at_marks() {
        let mut n = Notation("filter%5Bname%5D!~(a|light%20dark)");
        assert_eq!(n.word(), "filter%5Bname%5D");
        assert!(n.eat(b'!') && n.eat(b'~') && n.eat(b'('));
        assert_eq!(n.word(), "a");
        assert!(n.eat(b'|') && !n.eat(b'|'));
        assert_eq!(n.word(), "light%20dark");
        assert_eq!((n.next(), n.next(), n.peek()), (b')', 0, 0));
    }
}
