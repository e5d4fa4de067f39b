//! `pkg/operations.json`: every operation with its names, its parameters and its schemas, for
//! tools that work on all of them.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use super::Files;
use super::document::{Document, Location, Node, Parameter, RawOperation, Style};
use super::ir::{Api, Encoding, Operation, Type};

/// Writes the catalogue, an operation a line.
pub fn emit(api: &Api, document: &Document) -> Result<Files> {
    let mut lines = Vec::new();
    for entry in entries(api, document)? {
        lines.push(serde_json::to_string(&entry)?);
    }
    let text = format!("[\n{}\n]\n", lines.join(",\n"));
    Ok(vec![(PathBuf::from("pkg/operations.json"), text)])
}

/// What it says of each operation.
pub fn entries(api: &Api, document: &Document) -> Result<Vec<Map<String, Value>>> {
    let raw = document.operations()?;
    // not every operation of a document from elsewhere is one of the API
    let found = |id: &str| raw.iter().find(|raw| raw.id == id);
    api.operations
        .iter()
        .filter_map(|operation| {
            let mut entry = entry(operation, found(&operation.id)?, document);
            if let (Ok(entry), Some(shorthand)) = (&mut entry, api.shorthand(operation)) {
                let call = [shorthand.resource.join("."), shorthand.name.clone()].join(".");
                entry.insert("shorthand".to_owned(), json!(call));
            }
            Some(entry)
        })
        .collect()
}

fn entry(
    operation: &Operation,
    raw: &RawOperation<'_>,
    document: &Document,
) -> Result<Map<String, Value>> {
    let mut entry = Map::new();
    let mut put = |key: &str, value: Value| entry.insert(key.to_owned(), value);
    put("operationId", json!(operation.id));
    put("method", json!(operation.method));
    put("path", json!(operation.path));
    put("tag", json!(operation.tag));
    put("resource", json!(operation.resource.join(".")));
    put("name", json!(operation.name));
    put("scope", json!(operation.scope));
    put("summary", json!(operation.summary));
    if let Some(description) = &operation.description {
        put("description", json!(description));
    }
    if operation.deprecated {
        put("deprecated", json!(true));
    }
    let positional: Vec<_> = operation.arguments().map(|field| &field.name).collect();
    put("positional", json!(positional));
    let parameters: Result<Vec<_>> = raw
        .parameters
        .iter()
        .map(|parameter| self::parameter(operation, parameter, document))
        .collect();
    put("parameters", Value::Array(parameters?));
    put("body", body(operation, raw, document)?);
    let mut responses = Map::new();
    for (status, description, schema) in &operation.responses {
        let mut response = Map::from_iter([("description".to_owned(), json!(description))]);
        response.extend(schema.clone().map(|schema| ("schema".to_owned(), schema)));
        responses.insert(status.clone(), Value::Object(response));
    }
    put("responses", Value::Object(responses));
    if let Some(paging) = &operation.paging {
        let parts = [
            ("cursor", paging.cursor.as_ref()),
            ("items", Some(&paging.items)),
            ("next", paging.next.as_ref()),
            ("back", paging.back.as_ref()),
        ];
        let parts = parts
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), json!(value?))));
        put("paging", Value::Object(parts.collect()));
    }
    Ok(entry)
}

fn parameter(
    operation: &Operation,
    parameter: &Parameter<'_>,
    document: &Document,
) -> Result<Value> {
    let mut entry = Map::new();
    let mut put = |key: &str, value: Value| entry.insert(key.to_owned(), value);
    let fields = match parameter.location {
        Location::Path => &operation.path_params,
        Location::Query => &operation.query,
        Location::Header => &operation.headers,
    };
    let field = fields.iter().find(|field| field.name == parameter.name);
    put("name", json!(parameter.name));
    put("in", json!(parameter.location.as_str()));
    put("required", json!(field.is_some_and(|field| field.required)));
    put("description", json!(parameter.data.description));
    if let Some(example) = &parameter.data.example {
        put("example", example.clone());
    }
    put("schema", document.inlined(&parameter.schema)?);
    if parameter.style == Style::DeepObject {
        put("style", json!("deepObject"));
    }
    if field.is_some_and(|field| field.ty == Type::CommaList) {
        put("commaList", json!(true));
    }
    Ok(Value::Object(entry))
}

fn body(operation: &Operation, raw: &RawOperation<'_>, document: &Document) -> Result<Value> {
    let (Some(body), Some(node)) = (&operation.body, raw.node.get("requestBody")) else {
        return Ok(Value::Null);
    };
    let (node, _) = document.resolve(&node)?;
    let content_type = match body.encoding {
        Encoding::Json => "application/json",
        Encoding::Form => "application/x-www-form-urlencoded",
        Encoding::Multipart => "multipart/form-data",
    };
    let content = node.get("content").context("a body without content")?;
    let first = content.entries().next();
    let schema: Option<Node<'_>> = first.and_then(|(_, media)| media.get("schema"));
    let schema = schema.map_or(Ok(json!({})), |schema| document.inlined(&schema))?;
    Ok(json!({ "required": body.required, "contentType": content_type, "schema": schema }))
}
