//! `www/operations.json`, `www/answers.json` and `www/rust.json`: what the API explorer makes its
//! forms, its view of an answer before there is one, and its Rust from. Answers are a file of their
//! own: the list and the forms do not wait for them.

use std::path::PathBuf;

use anyhow::Result;
use serde_json::{Map, Value};

use super::catalog;
use super::document::Document;
use super::ir::Api;
use super::{Files, rust};

/// Writes all three, an operation or a type a line.
pub fn emit(api: &Api, document: &Document) -> Result<Files> {
    let mut entries = Vec::new();
    let mut answers = Map::new();
    for (operation, mut entry) in api.operations.iter().zip(catalog::entries(api, document)?) {
        if let Some(answer) = entry.remove("responses").as_ref().and_then(success) {
            answers.insert(operation.id.clone(), answer);
        }
        // The page groups by resource.
        entry.remove("tag");
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
        (
            PathBuf::from("www/answers.json"),
            format!("{}\n", lines(&answers)?),
        ),
        (PathBuf::from("www/rust.json"), names),
    ])
}

/// The first answer that is a success, with its status.
fn success(responses: &Value) -> Option<Value> {
    let (status, response) = responses
        .as_object()?
        .iter()
        .find(|(status, _)| status.starts_with('2'))?;
    let mut answer = response.as_object()?.clone();
    answer.insert("status".to_owned(), Value::String(status.clone()));
    Some(Value::Object(answer))
}

/// An object with an entry a line.
fn lines(object: &Map<String, Value>) -> Result<String> {
    let mut entries = Vec::new();
    for (key, value) in object {
        entries.push(format!("{}: {value}", serde_json::to_string(key)?));
    }
    Ok(format!("{{\n{}\n}}", entries.join(",\n")))
}
