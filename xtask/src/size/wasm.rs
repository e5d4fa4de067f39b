//! Whose the bytes of a WebAssembly module are.

use std::collections::HashMap;
use std::ops::Range;

use anyhow::{Context, Result, bail, ensure};

use super::{Piece, owners};

/// Numbers of sections in the format.
const CUSTOM: u8 = 0;
const IMPORT: u8 = 2;
const CODE: u8 = 10;
const DATA: u8 = 11;

/// What an import can be.
const FUNCTION: u8 = 0;
const TABLE: u8 = 1;
const MEMORY: u8 = 2;
const GLOBAL: u8 = 3;

/// The module, cut into pieces. `names` are of functions; `operations` is the source of the table
/// of operations, whose lines are looked for in the data.
pub fn pieces(module: &[u8], names: &HashMap<u32, String>, operations: &str) -> Result<Vec<Piece>> {
    let mut pieces = vec![piece(0..8, "the module's own")];
    let mut imported = 0;
    for section in sections(module)? {
        match section.id {
            CODE => {
                let first = section.first_entry(module)?;
                pieces.push(piece(section.start..first, "the module's own"));
                for (index, body) in (imported..).zip(bodies(module, &section)?) {
                    let name = names.get(&index);
                    let owner = name.map_or("no name".to_owned(), |name| owners::of_function(name));
                    let item = name.map(|name| owners::readable(name));
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
            id => {
                if id == IMPORT {
                    imported = imported_functions(module, &section)?;
                }
                pieces.push(piece(section.start..section.body.end, section_name(id)));
            }
        }
    }
    pieces.sort_by_key(|piece| piece.start);
    check(&pieces, module.len())?;
    Ok(pieces)
}

/// The names of functions by their index, from the section `name`.
pub fn names(module: &[u8]) -> Result<HashMap<u32, String>> {
    let mut names = HashMap::new();
    for section in sections(module)? {
        let mut reader = Reader {
            bytes: &module[..section.body.end],
            at: section.body.start,
        };
        if section.id != CUSTOM || reader.text()? != "name" {
            continue;
        }
        while reader.at < section.body.end {
            let (kind, length) = (reader.byte()?, reader.number()?);
            let end = reader.at + length as usize;
            if kind == 1 {
                for _ in 0..reader.number()? {
                    let index = reader.number()?;
                    names.insert(index, reader.text()?.to_owned());
                }
            }
            reader.at = end;
        }
    }
    ensure!(!names.is_empty(), "the wasm names no functions");
    Ok(names)
}

/// The bytes of the section with the code.
pub fn code(module: &[u8]) -> Result<&[u8]> {
    let sections = sections(module)?;
    let code = sections.iter().find(|section| section.id == CODE);
    Ok(&module[code.context("the wasm has no code")?.body.clone()])
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

struct Section {
    id: u8,
    /// Where its number stands.
    start: usize,
    body: Range<usize>,
}

impl Section {
    /// Where the first of its entries begins: behind how many there are.
    fn first_entry(&self, module: &[u8]) -> Result<usize> {
        let mut reader = Reader {
            bytes: module,
            at: self.body.start,
        };
        reader.number()?;
        Ok(reader.at)
    }
}

fn sections(module: &[u8]) -> Result<Vec<Section>> {
    ensure!(module.starts_with(b"\0asm\x01\0\0\0"), "this is no wasm");
    let mut reader = Reader {
        bytes: module,
        at: 8,
    };
    let mut all = Vec::new();
    while reader.at < module.len() {
        let start = reader.at;
        let id = reader.byte()?;
        let length = reader.number()? as usize;
        let body = reader.at..reader.at + length;
        ensure!(body.end <= module.len(), "the wasm is cut");
        reader.at = body.end;
        all.push(Section { id, start, body });
    }
    Ok(all)
}

fn section_name(id: u8) -> &'static str {
    match id {
        CUSTOM => "custom sections",
        1 => "types of functions",
        IMPORT => "imports",
        3 => "types of functions",
        7 => "exports",
        9 => "table of functions",
        _ => "the module's own",
    }
}

/// The functions, each with its length before it.
fn bodies(module: &[u8], section: &Section) -> Result<Vec<Range<usize>>> {
    let mut reader = Reader {
        bytes: module,
        at: section.body.start,
    };
    let mut all = Vec::new();
    for _ in 0..reader.number()? {
        let start = reader.at;
        let length = reader.number()? as usize;
        reader.at += length;
        all.push(start..reader.at);
    }
    Ok(all)
}

fn imported_functions(module: &[u8], section: &Section) -> Result<u32> {
    let mut reader = Reader {
        bytes: module,
        at: section.body.start,
    };
    let mut functions = 0;
    for _ in 0..reader.number()? {
        reader.text()?;
        reader.text()?;
        match reader.byte()? {
            FUNCTION => {
                reader.number()?;
                functions += 1;
            }
            TABLE => {
                reader.byte()?;
                reader.limits()?;
            }
            MEMORY => reader.limits()?,
            GLOBAL => reader.at += 2,
            kind => bail!("an import of kind {kind}"),
        }
    }
    Ok(functions)
}

/// What stands in the data: the lines of operations, the paths in messages of panics, the rest.
fn data(module: &[u8], section: Range<usize>, operations: &str) -> Vec<Piece> {
    let bytes = &module[section.clone()];
    let mut found: Vec<(Range<usize>, &str)> = Vec::new();
    for line in operations.split('"').skip(1).step_by(2) {
        if let Some(start) = find(bytes, line.as_bytes()) {
            found.push((start..start + line.len(), "operations (data)"));
        }
    }
    found.extend(paths(bytes).map(|path| (path, "paths in panics (data)")));
    found.sort_by_key(|(range, _)| range.start);
    let mut pieces = Vec::new();
    let mut at = 0;
    let place = |range: Range<usize>| section.start + range.start..section.start + range.end;
    for (range, owner) in found {
        // A line that is the beginning of another one, or a path inside of a text.
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
        pieces.push(piece(place(range), owner));
    }
    if at < bytes.len() {
        pieces.push(piece(
            place(at..bytes.len()),
            "strings and constants (data)",
        ));
    }
    pieces
}

/// Where paths of Rust's source files stand.
fn paths(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"/_-.".contains(&byte);
    (3..=bytes.len()).filter_map(move |end| {
        let path = bytes.get(..end)?.ends_with(b".rs");
        let start = bytes[..end].iter().rposition(|&byte| !is_part(byte))? + 1;
        (path && bytes[start..end].contains(&b'/')).then_some(start..end)
    })
}

fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    bytes.windows(text.len()).position(|window| window == text)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Result<u8> {
        let byte = *self.bytes.get(self.at).context("the wasm is cut")?;
        self.at += 1;
        Ok(byte)
    }

    /// LEB128.
    fn number(&mut self) -> Result<u32> {
        let mut number = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(u32::try_from(number)?);
            }
        }
        bail!("a number is too long")
    }

    fn text(&mut self) -> Result<&'a str> {
        let length = self.number()? as usize;
        let text = self.bytes.get(self.at..self.at + length);
        self.at += length;
        Ok(std::str::from_utf8(text.context("the wasm is cut")?)?)
    }

    fn limits(&mut self) -> Result<()> {
        let has_maximum = self.byte()? & 1 == 1;
        self.number()?;
        if has_maximum {
            self.number()?;
        }
        Ok(())
    }
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
        let texts = b"users.list GET /users\0src/a.rs\0more";
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
        let names = names(&module).unwrap();
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
        assert_eq!(of("paths in panics (data)"), 8);
        // What begins the segment, the zeros between the texts, and the last one.
        assert_eq!(of("strings and constants (data)"), 6 + 2 + 4);
        assert_eq!(of("imports"), 16);
        let total: usize = pieces.iter().map(|piece| piece.end - piece.start).sum();
        assert_eq!(total, module.len());
    }

    #[test]
    fn what_is_no_module_is_an_error() {
        let module = tiny();
        assert!(names(b"PK").is_err());
        assert!(names(&module[..module.len() - 3]).is_err());
        assert!(code(&module[..14]).is_err());
    }
}
