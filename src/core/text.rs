//! Texts cut, joined and escaped. What the standard library has for it costs every caller kilobytes.

/// The longest text that goes into a URL or a header, in UTF-16 code units. Servers stop long before.
pub(crate) const LONGEST: usize = 1 << 16;

/// Whether a text holds another. The searcher behind `str::contains` costs 3 KB.
pub(crate) fn holds(text: &str, part: &str) -> bool {
    text.as_bytes()
        .windows(part.len())
        .any(|window| window == part.as_bytes())
}

/// A text before and after the first of a mark, which is ASCII. What is behind `str::split` and
/// its kind costs 0.7 KB.
pub(crate) fn cut(text: &str, mark: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == mark)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// The parts of a text between the marks.
pub(crate) fn parts(text: &str, mark: u8) -> impl Iterator<Item = &str> {
    let mut left = Some(text);
    core::iter::from_fn(move || {
        let text = left?;
        let (part, rest) = cut(text, mark).unzip();
        left = rest;
        Some(part.unwrap_or(text))
    })
}

/// `https://acme.kinde.com` of an absolute address, and `/path`: without a query, a fragment, and
/// the name and password that some put before the host.
pub(crate) fn place(address: &str) -> (String, &str) {
    let end = |text: &str| text.bytes().position(|byte| b"?#".contains(&byte));
    let address = end(address)
        .and_then(|end| address.get(..end))
        .unwrap_or(address);
    let mut parts = parts(address, b'/');
    let scheme = parts.next().unwrap_or_default();
    let whole = parts.nth(1).unwrap_or_default();
    let host = cut(whole, b'@').map_or(whole, |(_, host)| host);
    let path = address.get(scheme.len() + 2 + whole.len()..);
    (concat(&[scheme, "//", host]), path.unwrap_or_default())
}

/// Puts texts together. `concat` of the standard library is five times as large.
pub(crate) fn concat(parts: &[&str]) -> String {
    let mut whole = String::new();
    for part in parts {
        whole.push_str(part);
    }
    whole
}

/// Appends a number. The formatting machinery of `core::fmt` would cost every caller 3 KB.
pub(crate) fn push_number(text: &mut String, number: u32) {
    if number > 9 {
        push_number(text, number / 10);
    }
    text.push(char::from(b'0' + (number % 10) as u8));
}

/// The most letters of a text that is not ours in a message.
const MOST: usize = 300;

/// Appends a text that is not ours to a message: not all of one that is long, and nothing in it
/// that ends a line, moves a cursor, or turns or hides what stands beside it in a log.
pub(crate) fn push_foreign(message: &mut String, text: &str) {
    for (count, letter) in text.chars().enumerate() {
        if count == MOST {
            message.push('…');
            return;
        }
        message.push(if is_unprintable(letter) { ' ' } else { letter });
    }
}

/// Controls (C0, C1), line and paragraph separators, and the format characters that have no width
/// or change the direction (Unicode, chapters 23.1 to 23.3).
fn is_unprintable(letter: char) -> bool {
    matches!(letter,
        '\0'..='\u{1f}'
        | '\u{7f}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}

/// How long a text is in JavaScript: in UTF-16 code units.
pub(crate) fn utf16_len(text: &[u8]) -> usize {
    let continues = |byte: &&u8| **byte & 0xC0 == 0x80;
    let doubles = |byte: &&u8| **byte >= 0xF0;
    text.len() - text.iter().filter(continues).count() + text.iter().filter(doubles).count()
}

/// Percent-encodes a text whole, so that it stays one value wherever it stands in a URL or a form:
/// what `encodeURIComponent` leaves as it is (RFC 3986, section 2.3, and `!*'()`) stays.
pub(crate) fn push_encoded(target: &mut String, text: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |half: u8| char::from(DIGITS.get(usize::from(half)).copied().unwrap_or(b'0'));
    let stays = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(byte);
    let mut left = text;
    while let Some(first) = left.first() {
        // In one go: most values stay as they are.
        let length = left.iter().take_while(|byte| stays(byte)).count();
        if length > 0 {
            let (plain, behind) = left.split_at_checked(length).unwrap_or_default();
            target.extend(plain.iter().map(|byte| char::from(*byte)));
            left = behind;
        } else {
            target.push('%');
            target.push(digit(first >> 4));
            target.push(digit(first & 15));
            left = left.get(1..).unwrap_or_default();
        }
    }
}

/// The same as a text of its own.
pub(crate) fn encoded(text: &[u8]) -> String {
    let mut target = String::new();
    push_encoded(&mut target, text);
    target
}

/// Takes the percent-encoding off a word of the table. Most have none.
pub(crate) fn decode(word: &str) -> String {
    let mut bytes = Vec::with_capacity(word.len());
    let mut left = word.as_bytes();
    while let [first, rest @ ..] = left {
        left = rest;
        match (first, rest) {
            (b'%', [high, low, behind @ ..]) => {
                bytes.push(hex(*high) << 4 | hex(*low));
                left = behind;
            }
            _ => bytes.push(*first),
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// The value of a hexadecimal digit; 0 for anything else.
pub(crate) fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        b'A'..=b'F' => digit - b'A' + 10,
        _ => 0,
    }
}

/// Whether two texts are the same, in a time that does not tell where they differ.
pub(crate) fn same(one: &str, other: &str) -> bool {
    let pairs = one.bytes().zip(other.bytes());
    one.len() == other.len() && pairs.fold(0, |bits, (a, b)| bits | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_a_stranger_is_one_short_line() {
        let told = |text: &str| {
            let mut message = String::from("said: ");
            push_foreign(&mut message, text);
            message
        };
        assert_eq!(told("Zoë: \"no\" 🦀"), "said: Zoë: \"no\" 🦀");
        assert_eq!(told("a\r\nb\x1b[2Jc\u{9b}d"), "said: a  b [2Jc d");
        assert_eq!(
            told("a\u{2028}b\u{202e}c\u{2066}d\u{200b}e"),
            "said: a b c d e"
        );
        let long = "é".repeat(301);
        assert_eq!(told(&long).chars().count(), "said: ".len() + 301);
        assert!(told(&long).ends_with("é…"));
        assert!(!told(&long[..600]).ends_with('…'));
    }

    #[test]
    fn numbers_are_written_in_decimal() {
        let mut text = String::new();
        for number in [0, 9, 10, 404, u32::MAX] {
            push_number(&mut text, number);
            text.push(' ');
        }
        assert_eq!(text, "0 9 10 404 4294967295 ");
    }

    #[test]
    fn of_an_address_the_place_is_told() {
        for (address, origin, path) in [
            ("https://a.example/b/c?d=e#f", "https://a.example", "/b/c"),
            ("https://a.example:8443/", "https://a.example:8443", "/"),
            ("https://a.example", "https://a.example", ""),
            ("https://a.example?d=/e", "https://a.example", ""),
            ("https://me:secret@a.example/b", "https://a.example", "/b"),
            ("https://a.example/b#/c", "https://a.example", "/b"),
            ("https:", "https://", ""),
        ] {
            assert_eq!(place(address), (origin.to_owned(), path), "{address}");
        }
    }

    #[test]
    fn what_could_leave_its_place_in_a_url_is_encoded() {
        let mut text = String::new();
        push_encoded(&mut text, "a/b?c=d&e#f%2e é🎉~!*'()-_.".as_bytes());
        assert_eq!(
            text,
            "a%2Fb%3Fc%3Dd%26e%23f%252e%20%C3%A9%F0%9F%8E%89~!*'()-_."
        );
    }

    #[test]
    fn words_of_the_table_are_decoded() {
        assert_eq!(decode("filter%5Bname%5D"), "filter[name]");
        assert_eq!(decode("light%20dark%C3%A9"), "light darké");
        assert_eq!(decode("plain"), "plain");
        assert_eq!(decode("50%"), "50%");
    }

    #[test]
    fn lengths_are_those_of_javascript() {
        assert_eq!(utf16_len("aé日🎉".as_bytes()), 5);
        assert_eq!(utf16_len(b""), 0);
    }

    #[test]
    fn texts_are_compared_whole() {
        assert!(same("", "") && same("abc", "abc"));
        assert!(!same("abc", "abd") && !same("abc", "ab") && !same("", "a"));
    }
}
