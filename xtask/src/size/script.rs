//! Whose the bytes of a bundle are, by its source map.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::Piece;

/// The bundle, cut where the map goes from one source to another.
pub fn pieces(script: &[u8], map: &str) -> Result<Vec<Piece>> {
    let map: Value = serde_json::from_str(map).context("the source map")?;
    let sources: Vec<_> = map["sources"]
        .as_array()
        .context("the source map has no sources")?
        .iter()
        .map(|source| owner(source.as_str().unwrap_or_default()))
        .collect();
    let mappings = map["mappings"].as_str().context("no mappings")?;
    let mut starts = vec![(0, BUNDLER.to_owned())];
    let mut source = 0;
    let lines = script.split_inclusive(|&byte| byte == b'\n');
    let mut line_start = 0;
    for (line, mappings) in lines.zip(mappings.split(';')) {
        // Columns are of UTF-16, bytes are counted here; the minifier writes ASCII.
        let mut column = 0;
        for segment in mappings.split(',').filter(|segment| !segment.is_empty()) {
            let fields = numbers(segment)?;
            column += fields.first().context("an empty segment")?;
            source += fields.get(1).unwrap_or(&0);
            let name = match fields.get(1) {
                Some(_) => sources
                    .get(usize::try_from(source)?)
                    .context("no such source")?,
                None => BUNDLER,
            };
            starts.push((line_start + usize::try_from(column)?, name.to_owned()));
        }
        line_start += line.len();
    }
    let ends = starts.iter().skip(1).map(|(start, _)| *start);
    let ends: Vec<_> = ends.chain([script.len()]).collect();
    Ok(starts
        .into_iter()
        .zip(ends)
        .map(|((start, owner), end)| Piece {
            start,
            end,
            owner,
            item: None,
        })
        .collect())
}

/// What comes from no source.
const BUNDLER: &str = "the bundler";

/// `kinde-edge/pkg/lib/tokens.js`, `kinde-edge/wasm-bindgen/glue.js`
fn owner(source: &str) -> &str {
    let name = source.trim_start_matches("kinde-edge/");
    if name.starts_with("wasm-bindgen/") {
        return "wasm-bindgen's glue";
    }
    name
}

/// Base64 VLQ.
fn numbers(segment: &str) -> Result<Vec<i64>> {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut all, mut number, mut shift) = (Vec::new(), 0_i64, 0);
    for character in segment.chars() {
        let Some(digit) = DIGITS.find(character) else {
            bail!("{character} in the mappings");
        };
        number |= (digit as i64 & 31) << shift;
        shift += 5;
        if digit & 32 == 0 {
            let magnitude = number >> 1;
            all.push(if number & 1 == 1 {
                -magnitude
            } else {
                magnitude
            });
            (number, shift) = (0, 0);
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_is_cut_by_its_map() {
        let script = b"a();b();\nc();\n";
        let map = r#"{"sources":["kinde-edge/pkg/lib/x.js","kinde-edge/wasm-bindgen/glue.js"],
            "mappings":"AAAA,ICAA;ADAA"}"#;
        let seen: Vec<_> = pieces(script, map)
            .unwrap()
            .into_iter()
            .filter(|piece| piece.start < piece.end)
            .map(|piece| (piece.start, piece.end, piece.owner))
            .collect();
        let expected = [
            (0, 4, "pkg/lib/x.js"),
            (4, 9, "wasm-bindgen's glue"),
            (9, 14, "pkg/lib/x.js"),
        ];
        assert_eq!(
            seen,
            expected.map(|(start, end, owner)| (start, end, owner.to_owned()))
        );
    }

    #[test]
    fn numbers_of_a_map() {
        assert_eq!(numbers("AAgBC").unwrap(), [0, 0, 16, 1]);
        assert_eq!(numbers("D").unwrap(), [-1]);
        assert!(numbers("!").is_err());
    }
}
