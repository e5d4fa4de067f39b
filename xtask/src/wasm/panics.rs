//! The module without what a panic says. It ends the instance as before, with `unreachable`; its
//! message has nowhere to go, but took four hundredths of what a Worker downloads.

use std::collections::HashMap;
use std::ops::Range;

use anyhow::{Result, ensure};

use super::*;

/// Where panics end up: what these functions do before they stop, nobody sees. Those that formatted
/// the message go with them, see [`formats`]. All of them are in the module ([`unused`]); one more that
/// formats a message is an error of the build.
const PANICS: [&str; 12] = [
    "core::panicking::",
    "core::result::unwrap_failed",
    "core::cell::panic_",
    "<alloc::vec::Vec<_, _>>::insert_mut::assert_failed",
    "<alloc::vec::Vec<_, _>>::remove::assert_failed",
    "alloc::raw_vec::handle_error",
    "alloc::alloc::handle_alloc_error",
    "std::alloc::",
    "std::panicking::",
    "<std::panicking::",
    "std::thread::local::panic_access_error",
    "__rustc::rust_",
];

/// A function that does nothing but stop: no locals, `unreachable`, `end`.
const STOP: [u8; 3] = [0, 0x00, 0x0b];

fn panics(name: &str) -> bool {
    PANICS.iter().any(|path| name.starts_with(path))
}

/// Whether a function is part of `core::fmt`, or of what a type has for it.
fn formats(name: &str) -> bool {
    name.starts_with("core::fmt::")
        || name.starts_with("<core::fmt::")
        || name.contains(" as core::fmt::")
}

/// The names of functions, as people write them.
fn readable_names(module: &[u8]) -> Result<HashMap<u32, String>> {
    let names = names(module)?.into_iter();
    Ok(names
        .map(|(index, name)| (index, readable(&name)))
        .collect())
}

/// Those of [`PANICS`] that no function of the module is named like: what they were for is called
/// otherwise by now and may say its message again, or is gone.
pub fn unused(module: &[u8]) -> Result<Vec<&'static str>> {
    let names = readable_names(module)?;
    let is_used = |path: &str| names.values().any(|name| name.starts_with(path));
    Ok(PANICS.into_iter().filter(|path| !is_used(path)).collect())
}

/// The same module, in which panics stop at once.
pub fn removed(module: &[u8]) -> Result<Vec<u8>> {
    let imported = imported_functions(module)?;
    let names = readable_names(module)?;
    let is = |what: fn(&str) -> bool, index| names.get(&index).is_some_and(|name| what(name));
    let mut bodies = bodies(section(module, CODE)?)?;
    let mut stopped = 0;
    for (index, body) in (imported..).zip(&mut bodies) {
        if is(panics, index) || is(formats, index) {
            stopped += usize::from(is(panics, index));
            *body = &STOP;
            continue;
        }
        for place in calls(body)? {
            let called = Reader::new(body, place.start).number()?;
            ensure!(
                !is(formats, called),
                "{} formats text by {}: core::fmt is not in the package, for it takes 3 KB of gzip",
                names.get(&index).map_or("a function", String::as_str),
                names.get(&called).map_or("another", String::as_str),
            );
        }
    }
    ensure!(
        stopped > 0,
        "no function of the wasm panics: are they called otherwise now?"
    );
    with_sections(module, |id, body| match id {
        CODE => Ok(code(bodies.iter().copied())),
        DATA => without_locations(body),
        _ => Ok(body.to_vec()),
    })
}

/// A segment of memory: where it begins, and where in the section its bytes are.
struct Segment {
    address: usize,
    bytes: Range<usize>,
}

/// Clears the places in the source that panics would name: each is the address and the length of
/// a path, a line and a column. Zeros are left out of the module.
fn without_locations(data: &[u8]) -> Result<Vec<u8>> {
    let segments = segments(data)?;
    let within = |address: usize, length: usize| {
        segments.iter().find_map(|segment| {
            let start = address.checked_sub(segment.address)? + segment.bytes.start;
            (start + length <= segment.bytes.end).then_some(start..start + length)
        })
    };
    let mut cleared = data.to_vec();
    for segment in &segments {
        for start in segment.bytes.clone().step_by(4) {
            let Some(location) = data[..segment.bytes.end].get(start..start + 16) else {
                break;
            };
            let (words, _) = location.as_chunks::<4>();
            let [address, length, line, column] =
                [0, 1, 2, 3].map(|word| u32::from_le_bytes(words[word]) as usize);
            let path = within(address, length).filter(|path| data[path.clone()].ends_with(b".rs"));
            if let Some(path) = path.filter(|_| line > 0 && column > 0) {
                cleared[path].fill(0);
                cleared[start..start + 16].fill(0);
            }
        }
    }
    Ok(cleared)
}

fn segments(data: &[u8]) -> Result<Vec<Segment>> {
    let mut reader = Reader::new(data, 0);
    let mut segments = Vec::new();
    for _ in 0..reader.number()? {
        let kind = reader.number()?;
        // At a constant address: `i32.const`.
        ensure!(
            kind == 0 && reader.byte()? == 0x41,
            "data of kind {kind}, or at an address that is not constant"
        );
        let address = reader.number()? as usize;
        ensure!(reader.byte()? == 0x0b, "an address is calculated");
        let length = reader.bytes()?.len();
        let bytes = reader.at - length..reader.at;
        segments.push(Segment { address, bytes });
    }
    Ok(segments)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{module, named};
    use super::*;

    const PANIC: &[u8] = &[0, 0x10, 2, 0x0b];
    const FORMAT: &[u8] = &[0, 0x01, 0x0b];

    fn with(own: &[u8], data: &[u8]) -> Vec<u8> {
        let segment = [&[1, 0, 0x41, 0x80, 0x08, 0x0b, data.len() as u8], data].concat();
        module(&[
            (CODE, code([own, PANIC, FORMAT].into_iter())),
            (DATA, segment),
            named(&[
                (0, "kinde_edge::auth::token::h0123456789abcdef"),
                (1, "core[59807616e1fa2540]::panicking::panic_fmt"),
                (2, "<&str as core[59807616e1fa2540]::fmt::Display>::fmt"),
            ]),
        ])
    }

    #[test]
    fn panics_stop_at_once_and_say_nothing() {
        let own = [0, 0x10, 1, 0x0b];
        let text = b"src/a.rs is a file \0";
        // The path in the text, at line 7, column 9; and something that is none.
        let words = |words: [u32; 4]| words.map(u32::to_le_bytes).concat();
        let path = words([1024, 8, 7, 9]);
        let other = words([1024, 9, 7, 9]);
        let removed = removed(&with(&own, &[text, &path[..], &other].concat())).unwrap();
        let bodies = bodies(section(&removed, CODE).unwrap()).unwrap();
        assert_eq!(bodies, [&own[..], &STOP, &STOP]);
        let text = b"\0\0\0\0\0\0\0\0 is a file \0";
        assert_eq!(
            section(&removed, DATA).unwrap()[7..],
            [text, &[0; 16][..], &other].concat()
        );
    }

    #[test]
    fn a_name_that_no_function_has_is_told() {
        let unused = unused(&with(&[0, 0x0b], b"")).unwrap();
        assert_eq!(unused.len(), PANICS.len() - 1);
        assert!(!unused.contains(&"core::panicking::"));
    }

    #[test]
    fn text_that_is_formatted_otherwise_is_an_error() {
        let error = removed(&with(&[0, 0x10, 2, 0x0b], b""))
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("kinde_edge::auth::token formats text by <&str as core::fmt"),
            "{error}"
        );
    }
}
