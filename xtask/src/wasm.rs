//! The format of WebAssembly modules, as far as building and weighing one has to know it.

pub mod order;
pub mod panics;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use anyhow::{Context, Result, bail, ensure};

/// Numbers of sections.
pub const CUSTOM: u8 = 0;
pub const IMPORT: u8 = 2;
pub const FUNCTION: u8 = 3;
pub const EXPORT: u8 = 7;
pub const START: u8 = 8;
pub const ELEMENT: u8 = 9;
pub const CODE: u8 = 10;
pub const DATA: u8 = 11;

const HEADER: &[u8] = b"\0asm\x01\0\0\0";

/// A section of a module.
#[derive(Clone)]
pub struct Section {
    pub id: u8,
    /// Where its number stands.
    pub start: usize,
    pub body: Range<usize>,
}

impl Section {
    /// Where the first of its entries begins: behind how many there are.
    pub fn first_entry(&self, module: &[u8]) -> Result<usize> {
        let mut reader = Reader::new(module, self.body.start);
        reader.number()?;
        Ok(reader.at)
    }
}

pub fn sections(module: &[u8]) -> Result<Vec<Section>> {
    ensure!(module.starts_with(HEADER), "this is no wasm");
    let mut reader = Reader::new(module, HEADER.len());
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

/// The same module with other sections: `change` gives what takes the place of one's body.
pub fn with_sections(
    module: &[u8],
    mut change: impl FnMut(u8, &[u8]) -> Result<Vec<u8>>,
) -> Result<Vec<u8>> {
    let mut changed = HEADER.to_vec();
    for section in sections(module)? {
        let body = change(section.id, &module[section.body])?;
        changed.push(section.id);
        push_bytes(&mut changed, &body);
    }
    Ok(changed)
}

/// The first section of a kind, or nothing.
pub fn section(module: &[u8], id: u8) -> Result<&[u8]> {
    let sections = sections(module)?;
    let found = sections.iter().find(|section| section.id == id);
    Ok(found.map_or(&[], |section| &module[section.body.clone()]))
}

/// The names of functions by their index, from the section `name`.
pub fn names(module: &[u8]) -> Result<HashMap<u32, String>> {
    let mut names = HashMap::new();
    for section in sections(module)? {
        let mut reader = Reader::new(&module[..section.body.end], section.body.start);
        if section.id != CUSTOM || reader.text()? != NAMES {
            continue;
        }
        while reader.at < section.body.end {
            let (kind, length) = (reader.byte()?, reader.number()?);
            let end = reader.at + length as usize;
            if kind == OF_FUNCTIONS {
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

/// The section that names functions, among others.
const NAMES: &str = "name";
/// Its part with functions.
const OF_FUNCTIONS: u8 = 1;

/// A section `name` with these names of functions, and no others.
fn name_section(names: &BTreeMap<u32, &str>) -> Vec<u8> {
    let mut functions = Vec::new();
    push_number(&mut functions, names.len() as u32);
    for (&index, name) in names {
        push_number(&mut functions, index);
        push_bytes(&mut functions, name.as_bytes());
    }
    let mut section = Vec::new();
    push_bytes(&mut section, NAMES.as_bytes());
    section.push(OF_FUNCTIONS);
    push_bytes(&mut section, &functions);
    section
}

/// The functions, each with its length before it.
pub fn functions(module: &[u8], section: &Section) -> Result<Vec<Range<usize>>> {
    let mut reader = Reader::new(module, section.body.start);
    let mut all = Vec::new();
    for _ in 0..reader.number()? {
        let start = reader.at;
        let length = reader.number()? as usize;
        reader.at += length;
        all.push(start..reader.at);
    }
    ensure!(reader.at <= section.body.end, "the wasm is cut");
    Ok(all)
}

/// What the functions are made of, without their lengths.
pub fn bodies(code: &[u8]) -> Result<Vec<&[u8]>> {
    let mut reader = Reader::new(code, 0);
    let count = reader.number()?;
    (0..count).map(|_| reader.bytes()).collect()
}

/// The section with these functions.
pub fn code<'a>(bodies: impl ExactSizeIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut code = Vec::new();
    push_number(&mut code, bodies.len() as u32);
    for body in bodies {
        push_bytes(&mut code, body);
    }
    code
}

/// How many functions a module imports: they have the first numbers.
pub fn imported_functions(module: &[u8]) -> Result<u32> {
    let imports = section(module, IMPORT)?;
    if imports.is_empty() {
        return Ok(0);
    }
    let mut reader = Reader::new(imports, 0);
    let mut functions = 0;
    for _ in 0..reader.number()? {
        reader.text()?;
        reader.text()?;
        match reader.byte()? {
            // A function.
            0 => {
                reader.number()?;
                functions += 1;
            }
            // A table.
            1 => {
                reader.byte()?;
                reader.limits()?;
            }
            // A memory.
            2 => reader.limits()?,
            // A global.
            3 => reader.at += 2,
            kind => bail!("an import of kind {kind}"),
        }
    }
    Ok(functions)
}

/// Where the numbers of functions stand in what a function is made of.
pub fn calls(body: &[u8]) -> Result<Vec<Range<usize>>> {
    let mut reader = Reader::new(body, 0);
    for _ in 0..reader.number()? {
        // So many locals of a type.
        reader.number()?;
        reader.byte()?;
    }
    let calls = reader.expression()?;
    ensure!(reader.at == body.len(), "a function goes on behind its end");
    Ok(calls)
}

/// The same bytes with other numbers of functions in these places.
pub fn renumbered(
    bytes: &[u8],
    places: &[Range<usize>],
    number: impl Fn(u32) -> u32,
) -> Result<Vec<u8>> {
    let mut changed = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for place in places {
        changed.extend(&bytes[at..place.start]);
        let old = Reader::new(bytes, place.start).number()?;
        push_number(&mut changed, number(old));
        at = place.end;
    }
    changed.extend(&bytes[at..]);
    Ok(changed)
}

/// Appends bytes with their length before them.
pub fn push_bytes(to: &mut Vec<u8>, bytes: &[u8]) {
    push_number(to, bytes.len() as u32);
    to.extend(bytes);
}

/// Appends a number as LEB128.
pub fn push_number(to: &mut Vec<u8>, mut number: u32) {
    while number > 0x7f {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

pub struct Reader<'a> {
    pub bytes: &'a [u8],
    pub at: usize,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    pub fn byte(&mut self) -> Result<u8> {
        let byte = *self.bytes.get(self.at).context("the wasm is cut")?;
        self.at += 1;
        Ok(byte)
    }

    /// LEB128.
    pub fn number(&mut self) -> Result<u32> {
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

    /// Bytes with their length before them.
    pub fn bytes(&mut self) -> Result<&'a [u8]> {
        let length = self.number()? as usize;
        let bytes = self.bytes.get(self.at..self.at + length);
        self.at += length;
        bytes.context("the wasm is cut")
    }

    pub fn text(&mut self) -> Result<&'a str> {
        Ok(std::str::from_utf8(self.bytes()?)?)
    }

    fn limits(&mut self) -> Result<()> {
        let has_maximum = self.byte()? & 1 == 1;
        self.number()?;
        if has_maximum {
            self.number()?;
        }
        Ok(())
    }

    /// Goes behind so many numbers, of whatever length.
    fn skip(&mut self, numbers: u32) -> Result<()> {
        for _ in 0..numbers {
            while self.byte()? & 0x80 != 0 {}
        }
        Ok(())
    }

    /// Goes behind the `end` of instructions, and gives where they name functions. The
    /// instructions are those of the features that the build allows.
    pub fn expression(&mut self) -> Result<Vec<Range<usize>>> {
        let mut calls = Vec::new();
        let mut blocks = 0;
        loop {
            match self.byte()? {
                // block, loop, if
                0x02..=0x04 => {
                    blocks += 1;
                    self.skip(1)?;
                }
                0x0b if blocks == 0 => return Ok(calls),
                0x0b => blocks -= 1,
                // call, ref.func
                0x10 | 0xd2 => {
                    let start = self.at;
                    self.skip(1)?;
                    calls.push(start..self.at);
                }
                // br_table
                0x0e => {
                    let labels = self.number()?;
                    self.skip(labels + 1)?;
                }
                // select of types
                0x1c => {
                    let types = self.number()?;
                    self.skip(types)?;
                }
                // br, br_if, variables, tables, memory.size, memory.grow, integers, ref.null
                0x0c | 0x0d | 0x20..=0x26 | 0x3f..=0x42 | 0xd0 => self.skip(1)?,
                // call_indirect, loads, stores
                0x11 | 0x28..=0x3e => self.skip(2)?,
                0x43 => self.at += 4,
                0x44 => self.at += 8,
                0xfc => match self.number()? {
                    0..=7 => (),
                    9 | 11 | 13 | 15..=17 => self.skip(1)?,
                    8 | 10 | 12 | 14 => self.skip(2)?,
                    other => bail!("an instruction that is not known: fc {other:02x}"),
                },
                // unreachable, nop, else, return, drop, select, arithmetic, ref.is_null
                0x00 | 0x01 | 0x05 | 0x0f | 0x1a | 0x1b | 0x45..=0xc4 | 0xd1 => (),
                other => bail!("an instruction that is not known: {other:02x}"),
            }
        }
    }
}

/// Without the hashes that compilers put into names.
pub fn readable(name: &str) -> String {
    let mut rest = name;
    let mut text = String::with_capacity(name.len());
    while let Some((before, after)) = rest.split_once('[') {
        let Some((inside, behind)) = after.split_once(']') else {
            break;
        };
        text.push_str(before);
        if !is_hash(inside) {
            text.push('[');
            text.push_str(inside);
            text.push(']');
        }
        rest = behind;
    }
    text.push_str(rest);
    match text.rsplit_once("::h") {
        Some((before, hash)) if is_hash(hash) => before.to_owned(),
        _ => text,
    }
}

fn is_hash(text: &str) -> bool {
    text.len() >= 14 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A module of these sections, with a header before them.
    pub fn module(sections: &[(u8, Vec<u8>)]) -> Vec<u8> {
        let mut module = HEADER.to_vec();
        for (id, body) in sections {
            module.push(*id);
            push_bytes(&mut module, body);
        }
        module
    }

    /// A section that names functions.
    pub fn named(names: &[(u32, &'static str)]) -> (u8, Vec<u8>) {
        (CUSTOM, name_section(&names.iter().copied().collect()))
    }

    #[test]
    fn calls_are_found_among_other_instructions() {
        let body = [
            // Three locals of one type.
            &[1, 3, 0x7f][..],
            // block; i32.const -16 (whose byte is that of a call); br_table 0 0; end
            &[0x02, 0x40, 0x41, 0x70, 0x0e, 1, 0x10, 0x10, 0x0b],
            // call 300; f64.const; i32.load offset=16; memory.copy; ref.func 1; end
            &[0x10, 0xac, 0x02, 0x44, 0x10, 0, 0, 0, 0, 0, 0, 0x10],
            &[0x28, 2, 0x10, 0xfc, 10, 0, 0, 0xd2, 1, 0x0b],
        ]
        .concat();
        let places = calls(&body).unwrap();
        assert_eq!(places, [13..15, 32..33]);
        let other = renumbered(&body, &places, |number| number - 1 + 127).unwrap();
        assert_eq!(calls(&other).unwrap(), [13..15, 32..33]);
        assert_eq!(&other[13..15], [0xaa, 0x03]);
        assert_eq!(other[32], 127);
        assert_eq!(other.len(), body.len());
    }

    #[test]
    fn what_is_no_module_is_an_error() {
        let module = module(&[(CODE, vec![1, 2, 0, 0x0b]), named(&[(0, "a")])]);
        assert_eq!(names(&module).unwrap()[&0], "a");
        assert!(names(b"PK").is_err());
        assert!(names(&module[..module.len() - 3]).is_err());
        assert!(section(&module[..13], CODE).is_err());
        // An instruction of a feature that is not allowed, and a function without an end.
        assert!(calls(&[0, 0xfd, 0x0c, 0x0b]).is_err());
        assert!(calls(&[0, 0x02, 0x40, 0x0b]).is_err());
    }

    #[test]
    fn names_are_read_without_their_hashes() {
        assert_eq!(
            readable("<[u8] as alloc[3ca501edff3f0c7c]::slice::Join>::join::h97b330e174cadda1"),
            "<[u8] as alloc::slice::Join>::join"
        );
        assert_eq!(readable("a::helper"), "a::helper");
    }
}
