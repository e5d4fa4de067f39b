//! In what order a module has its functions: those that are alike beside each other, for then
//! gzip finds more of one in those before it. It is a hundredth of what a Worker downloads.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use anyhow::{Result, ensure};

use super::*;

/// How many bytes have to be the same. Deflate refers back to three, which seldom pays.
const ALIKE: usize = 4;

/// What it costs, in bytes, to have another type than the function before.
const OTHER_TYPE: u32 = 4;

/// The same module with its functions in a better order. Of its names, those of functions stay.
pub fn by_likeness(module: &[u8]) -> Result<Vec<u8>> {
    let imported = imported_functions(module)?;
    let bodies = bodies(section(module, CODE)?)?;
    let mut types = Reader::new(section(module, FUNCTION)?, 0);
    let count = types.number()?;
    let types: Vec<u32> = (0..count).map(|_| types.number()).collect::<Result<_>>()?;
    ensure!(types.len() == bodies.len(), "functions without types");
    let order = order(&bodies, &types);
    let mut numbers = vec![0; order.len()];
    for (new, &old) in (imported..).zip(&order) {
        numbers[old] = new;
    }
    let number = |old: u32| match old.checked_sub(imported) {
        Some(own) => numbers[own as usize],
        None => old,
    };
    with_sections(module, |id, body| {
        let mut reader = Reader::new(body, 0);
        let places = match id {
            FUNCTION => {
                let mut section = Vec::new();
                push_number(&mut section, count);
                for &old in &order {
                    push_number(&mut section, types[old]);
                }
                return Ok(section);
            }
            CODE => {
                let moved = order.iter().map(|&old| bodies[old]);
                let moved = moved.map(|body| renumbered(body, &calls(body)?, number));
                let moved: Vec<Vec<u8>> = moved.collect::<Result<_>>()?;
                return Ok(code(moved.iter().map(Vec::as_slice)));
            }
            CUSTOM if reader.text()? == NAMES => {
                let names = names(module)?;
                let names: BTreeMap<u32, &str> = names
                    .iter()
                    .map(|(&old, name)| (number(old), name.as_str()))
                    .collect();
                return Ok(name_section(&names));
            }
            EXPORT => exported(&mut reader)?,
            ELEMENT => in_tables(&mut reader)?,
            START => std::iter::once(0..body.len()).collect(),
            _ => Vec::new(),
        };
        renumbered(body, &places, number)
    })
}

/// The order: next comes the function with the fewest bytes that are new.
fn order(bodies: &[&[u8]], types: &[u32]) -> Vec<usize> {
    // Where each run of bytes occurs, and how many of a function's runs are new.
    let mut occurs: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (function, body) in bodies.iter().enumerate() {
        for run in body.windows(ALIKE) {
            occurs.entry(run).or_default().push(function);
        }
    }
    let runs = |body: &&[u8]| body.windows(ALIKE).len() as u32;
    let mut new: Vec<u32> = bodies.iter().map(runs).collect();
    let mut left: Vec<usize> = (0..bodies.len()).collect();
    let mut order = Vec::with_capacity(bodies.len());
    let mut last = None;
    let cost = |new: &[u32], last: Option<u32>, function: usize| {
        let same = last == Some(types[function]);
        new[function] + if same { 0 } else { OTHER_TYPE }
    };
    while let Some((place, _)) = left
        .iter()
        .enumerate()
        .min_by_key(|(_, function)| (cost(&new, last, **function), **function))
    {
        let next = left.swap_remove(place);
        order.push(next);
        last = Some(types[next]);
        for run in bodies[next].windows(ALIKE) {
            for function in occurs.remove(run).unwrap_or_default() {
                new[function] -= 1;
            }
        }
    }
    order
}

/// Where the exports name functions.
fn exported(reader: &mut Reader) -> Result<Vec<Range<usize>>> {
    let mut places = Vec::new();
    for _ in 0..reader.number()? {
        reader.text()?;
        let is_function = reader.byte()? == 0;
        let start = reader.at;
        reader.number()?;
        if is_function {
            places.push(start..reader.at);
        }
    }
    Ok(places)
}

/// Where what is put into tables names functions.
fn in_tables(reader: &mut Reader) -> Result<Vec<Range<usize>>> {
    let mut places = Vec::new();
    for _ in 0..reader.number()? {
        let kind = reader.number()?;
        ensure!(kind == 0, "elements of kind {kind}");
        ensure!(reader.expression()?.is_empty(), "an offset of functions");
        for _ in 0..reader.number()? {
            let start = reader.at;
            reader.number()?;
            places.push(start..reader.at);
        }
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{module, named};
    use super::*;

    /// Adds a constant to what `call` gives, some times over: alike if the constants are.
    fn body(constant: u8, times: usize, call: u8) -> Vec<u8> {
        let add = [0x41, constant, 0x6a].repeat(times);
        [&[0, 0x10, call][..], &add, &[0x0b]].concat()
    }

    #[test]
    fn functions_that_are_alike_are_side_by_side() {
        let bodies = [
            body(1, 9, 0),
            body(2, 3, 0),
            body(1, 8, 0),
            body(2, 2, 0),
            body(1, 2, 0),
        ];
        let bodies: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
        assert_eq!(order(&bodies, &[0; 5]), [3, 1, 4, 0, 2]);
        // Of two that are as good, the one with the type of the last.
        assert_eq!(order(&bodies, &[0, 0, 1, 1, 1]), [3, 1, 4, 2, 0]);
    }

    #[test]
    fn whatever_names_a_function_means_the_same_one_as_before() {
        // The import is 0; `long` 1, `short` 2.
        let (long, short) = (body(5, 9, 2), body(5, 1, 0));
        let functions = [long.as_slice(), short.as_slice()];
        let before = module(&[
            (1, vec![2, 0x60, 0, 1, 0x7f, 0x60, 0, 0]),
            (IMPORT, b"\x01\x01a\x01f\0\0".to_vec()),
            (FUNCTION, vec![2, 1, 0]),
            (4, vec![1, 0x70, 0, 3]),
            (
                EXPORT,
                b"\x03\x04long\0\x01\x05table\x01\0\x02in\0\0".to_vec(),
            ),
            (START, vec![1]),
            (ELEMENT, vec![1, 0, 0x41, 0, 0x0b, 3, 2, 0, 1]),
            (CODE, code(functions.into_iter())),
            named(&[(0, "f"), (1, "long"), (2, "short")]),
        ]);
        let after = by_likeness(&before).unwrap();
        let long = body(5, 9, 1);
        let functions = [short.as_slice(), long.as_slice()];
        assert_eq!(section(&after, FUNCTION).unwrap(), [2, 0, 1]);
        assert_eq!(
            section(&after, EXPORT).unwrap(),
            b"\x03\x04long\0\x02\x05table\x01\0\x02in\0\0"
        );
        assert_eq!(section(&after, START).unwrap(), [2]);
        assert_eq!(section(&after, ELEMENT).unwrap()[5..], [3, 1, 0, 2]);
        assert_eq!(section(&after, CODE).unwrap(), code(functions.into_iter()));
        let names = names(&after).unwrap();
        assert_eq!((&*names[&1], &*names[&2]), ("short", "long"));
        assert_eq!(after.len(), before.len());
    }
}
