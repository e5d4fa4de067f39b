//! `www/operations.json` and `www/rust.json`: what the API explorer makes its forms and its Rust
//! from. The answers' schemas are left out: a page that shows answers needs none.

use std::path::PathBuf;

use anyhow::Result;
use serde_json::{Map, Value};

use super::catalog;
use super::document::Document;
use super::ir::Api;
use super::{Files, rust};

/// Writes both, an operation or a type a line.
pub fn emit(api: &Api, document: &Document) -> Result<Files> {
    let mut entries = Vec::new();
    for (operation, mut entry) in api.operations.iter().zip(catalog::entries(api, document)?) {
        entry.remove("responses");
        if operation.response.ty.is_some() {
            entry.insert("answers".to_owned(), Value::Bool(true));
        }
        entries.push(serde_json::to_string(&entry)?);
    }
    let operations = format!("[\n{}\n]\n", entries.join(",\n"));
    let (calls, types) = rust::explorer(api)?;
    let names = format!(
        "{{\n\"operations\": {},\n\"types\": {}\n}}\n",
        lines(&calls)?,
        lines(&types)?
    );
    Ok(vec![
        (PathBuf::from("www/operations.json"), operations),
        (PathBuf::from("www/rust.json"), names),
    ])
}

/// An object with an entry a line.
fn lines(object: &Map<String, Value>) -> Result<String> {
    let mut entries = Vec::new();
    for (key, value) in object {
        entries.push(format!("{}: {value}", serde_json::to_string(key)?));
    }
    Ok(format!("{{\n{}\n}}", entries.join(",\n")))
}
