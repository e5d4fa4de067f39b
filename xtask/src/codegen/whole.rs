//! `spec/kinde.json`: all documents as one, corrected, for whatever reads OpenAPI: a server that
//! checks requests against it, clients made by others.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use super::Files;
use super::document::Document;

/// Writes the document, an operation or a schema a line.
pub fn emit(document: &Document) -> Result<Files> {
    let root = document.root();
    let root = root.value.as_object().context("not a mapping")?;
    let mut parts = Vec::new();
    for (key, value) in root.iter().filter(|(key, _)| *key != "x-generated") {
        let text = match key.as_str() {
            "paths" | "components" => lines(value, 2)?,
            "openapi" => format!(
                "{value},\n\"x-generated\": {}",
                json!("by `cargo xtask codegen` from the other documents here; do not edit")
            ),
            _ => serde_json::to_string(value)?,
        };
        parts.push(format!("{}: {text}", json!(key)));
    }
    let text = format!("{{\n{}\n}}\n", parts.join(",\n"));
    Ok(vec![(PathBuf::from("spec/kinde.json"), text)])
}

/// An object with an entry a line, so many levels deep.
fn lines(value: &Value, levels: usize) -> Result<String> {
    let Some(object) = value
        .as_object()
        .filter(|object| levels > 0 && !object.is_empty())
    else {
        return Ok(serde_json::to_string(value)?);
    };
    let entries = |object: &Map<String, Value>| -> Result<String> {
        let mut text = String::new();
        for (i, (key, value)) in object.iter().enumerate() {
            let end = if i + 1 < object.len() { "," } else { "" };
            writeln!(text, "{}: {}{end}", json!(key), lines(value, levels - 1)?)?;
        }
        Ok(text)
    };
    Ok(format!("{{\n{}}}", entries(object)?))
}
