//! Whose the bytes of a WebAssembly module are.

use std::collections::HashMap;
use std::ops::Range;

use anyhow::{Result, ensure};

use super::{Piece, owners};
use crate::wasm::{self, CODE, CUSTOM, DATA, IMPORT};

/// The module, cut into pieces. `names` are of functions; `operations` is the source of the table
/// of operations, whose lines are looked for in the data.
pub fn pieces(module: &[u8], names: &HashMap<u32, String>, operations: &str) -> Result<Vec<Piece>> {
    let mut pieces = vec![piece(0..8, "the module's own")];
    let imported = wasm::imported_functions(module)?;
    for section in wasm::sections(module)? {
        match section.id {
            CODE => {
                let first = section.first_entry(module)?;
                pieces.push(piece(section.start..first, "the module's own"));
                for (index, body) in (imported..).zip(wasm::functions(module, &section)?) {
                    let name = names.get(&index);
                    let owner = name.map_or("no name".to_owned(), |name| owners::of_function(name));
                    let item = name.map(|name| wasm::readable(name));
                    pieces.push(Piece {
                        item,
                        ..piece(body, &owner)
                    });
                }
            }
            DATA => {
                let body = section.body.start;
                pieces.push(piece(section.start..body, "the module's own"));
                pieces.extend(data(module, section.body.clone(), operations));
            }
            id => pieces.push(piece(section.start..section.body.end, section_name(id))),
        }
    }
    pieces.sort_by_key(|piece| piece.start);
    check(&pieces, module.len())?;
    Ok(pieces)
}

/// Every byte has one owner.
fn check(pieces: &[Piece], length: usize) -> Result<()> {
    let mut at = 0;
    for piece in pieces {
        ensure!(
            piece.start == at,
            "byte {at} of the wasm has no owner, or two"
        );
        at = piece.end;
    }
    ensure!(at == length, "byte {at} of the wasm has no owner");
    Ok(())
}

fn piece(range: Range<usize>, owner: &str) -> Piece {
    Piece {
        start: range.start,
        end: range.end,
        owner: owner.to_owned(),
        item: None,
    }
}

fn section_name(id: u8) -> &'static str {
    match id {
        CUSTOM => "custom sections",
        1 => "types of functions",
        IMPORT => "imports",
        wasm::FUNCTION => "types of functions",
        wasm::EXPORT => "exports",
        wasm::ELEMENT => "table of functions",
        _ => "the module's own",
    }
}

/// What stands in the data: the lines of operations, and the rest.
fn data(module: &[u8], section: Range<usize>, operations: &str) -> Vec<Piece> {
    let bytes = &module[section.clone()];
    let mut found = Vec::new();
    for line in operations.split('"').skip(1).step_by(2) {
        if let Some(start) = find(bytes, line.as_bytes()) {
            found.push(start..start + line.len());
        }
    }
    found.sort_by_key(|range| range.start);
    let mut pieces = Vec::new();
    let mut at = 0;
    let place = |range: Range<usize>| section.start + range.start..section.start + range.end;
    for range in found {
        // A line that is the beginning of another one.
        if range.start < at {
            continue;
        }
        if at < range.start {
            pieces.push(piece(
                place(at..range.start),
                "strings and constants (data)",
            ));
        }
        at = range.end;
        pieces.push(piece(place(range), "operations (data)"));
    }
    if at < bytes.len() {
        pieces.push(piece(
            place(at..bytes.len()),
            "strings and constants (data)",
        ));
    }
    pieces
}

fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    bytes.windows(text.len()).position(|window| window == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module with one import, two functions, and data: as small as they come.
    fn tiny() -> Vec<u8> {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        let mut section = |id: u8, body: &[u8]| {
            module.extend([id, body.len() as u8]);
            module.extend(body);
        };
        section(1, &[1, 0x60, 0, 0]);
        section(IMPORT, b"\x02\x01a\x01f\0\0\x01a\x01m\x02\0\x01");
        section(3, &[2, 0, 0]);
        section(CODE, &[2, 2, 0, 0x0b, 4, 0, 0x01, 0x01, 0x0b]);
        let texts = b"users.list GET /users\0more";
        let head = [1, 0, 0x41, 0, 0x0b, texts.len() as u8];
        section(DATA, &[&head[..], texts].concat());
        let function =
            |index: u8, name: &str| [&[index, name.len() as u8][..], name.as_bytes()].concat();
        let functions = [
            function(1, "kinde_edge::auth::token"),
            function(2, "core::fmt::write"),
        ];
        let names = [vec![2], functions.concat()].concat();
        let sub = [vec![1, names.len() as u8], names].concat();
        section(CUSTOM, &[b"\x04name", &sub[..]].concat());
        module
    }

    #[test]
    fn each_byte_of_a_module_has_an_owner() {
        let module = tiny();
        let names = wasm::names(&module).unwrap();
        assert_eq!(names.len(), 2);
        let operations = "operations! {\n    LIST = \"users.list GET /users\";\n}";
        let pieces = pieces(&module, &names, operations).unwrap();
        let of = |owner: &str| -> usize {
            let its = pieces.iter().filter(|piece| piece.owner == owner);
            its.map(|piece| piece.end - piece.start).sum()
        };
        assert_eq!(of("src/auth"), 3);
        assert_eq!(of("core::fmt"), 5);
        assert_eq!(of("operations (data)"), 21);
        // What begins the segment, and what is behind the line.
        assert_eq!(of("strings and constants (data)"), 6 + 5);
        assert_eq!(of("imports"), 16);
        let total: usize = pieces.iter().map(|piece| piece.end - piece.start).sum();
        assert_eq!(total, module.len());
    }
}
