//! Documents say one thing in several ways. This brings what public ones do to the one way that
//! [`super::document`] and [`super::schema`] read: OpenAPI 3.1 to 3.0, servers with a path to longer
//! paths, scopes in descriptions to `x-kinde-scope`. Of a document from elsewhere, what the generator
//! has no use for is taken out, with a note.

use std::collections::HashSet;

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use super::document::{METHODS, placeholders, pointer_decoded};
use super::naming;
use super::notes::{Notes, Origin};
use super::schema::KEYWORDS;

type Object = Map<String, Value>;

/// Rewrites a whole document.
pub fn normalize(root: &mut Value, origin: Origin, notes: &mut Notes) -> Result<()> {
    let version = root.get("openapi").and_then(Value::as_str);
    let newer = version.is_some_and(|version| !version.starts_with("3.0."));
    let whole = origin.is_lenient().then(|| root.clone());
    let mut dialect = Dialect {
        notes,
        lenient: origin.is_lenient(),
        siblings: newer,
        whole: whole.unwrap_or_default(),
    };
    let Some(object) = root.as_object_mut() else {
        bail!("not a mapping");
    };
    dialect.document(object)
}

struct Dialect<'n> {
    notes: &'n mut Notes,
    lenient: bool,
    /// OpenAPI 3.1: what stands beside `$ref` counts.
    siblings: bool,
    /// The document as it was, to see what references lead to.
    whole: Value,
}

/// Keywords of JSON Schema that say nothing of the shape of a value.
const ANNOTATIONS: [&str; 7] = [
    "$schema",
    "$id",
    "$anchor",
    "$dynamicAnchor",
    "$comment",
    "$vocabulary",
    "contentSchema",
];

/// Those that narrow it, in ways that no type can say: the service still checks them.
const CONDITIONS: [&str; 14] = [
    "if",
    "then",
    "else",
    "dependentSchemas",
    "dependentRequired",
    "contains",
    "minContains",
    "maxContains",
    "propertyNames",
    "patternProperties",
    "unevaluatedProperties",
    "unevaluatedItems",
    "$dynamicRef",
    "prefixItems",
];

/// Which keywords belong to values of which type.
const OF_TYPE: [(&str, &[&str]); 4] = [
    (
        "object",
        &[
            "properties",
            "required",
            "additionalProperties",
            "minProperties",
            "maxProperties",
        ],
    ),
    ("array", &["items", "minItems", "maxItems", "uniqueItems"]),
    ("string", &["format", "pattern", "minLength", "maxLength"]),
    (
        "number",
        &[
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
        ],
    ),
];

const TYPES: [&str; 6] = ["string", "number", "integer", "boolean", "array", "object"];

impl Dialect<'_> {
    fn document(&mut self, root: &mut Object) -> Result<()> {
        root.shift_remove("jsonSchemaDialect");
        if self.siblings {
            // which is what it is from here on
            root.insert("openapi".to_owned(), json!("3.0.3"));
        }
        if self.siblings {
            root.entry("paths").or_insert_with(|| json!({}));
            if root.shift_remove("webhooks").is_some() {
                self.passed_over("webhooks", "the document");
            }
        }
        self.keep_keys(
            root,
            "openapi info servers paths components security tags externalDocs",
            "the document",
        );
        self.path_items_in_place(root);
        self.components(root);
        let Some(Value::Object(paths)) = root.get_mut("paths") else {
            return Ok(());
        };
        let mut taken = HashSet::new();
        for (path, item) in paths.iter_mut() {
            if let (Some(item), false) = (item.as_object_mut(), path.starts_with("x-")) {
                self.path_item(path, item, &mut taken);
            }
        }
        self.servers(root)
    }

    /// A path may be described elsewhere; its operations are its own all the same.
    fn path_items_in_place(&mut self, root: &mut Object) {
        let named = root
            .get_mut("components")
            .and_then(Value::as_object_mut)
            .and_then(|components| components.shift_remove("pathItems"));
        let Some(Value::Object(paths)) = root.get_mut("paths") else {
            return;
        };
        for (_, item) in paths.iter_mut() {
            let name = item
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|reference| reference.strip_prefix("#/components/pathItems/"));
            if let Some(found) = name.and_then(|name| named.as_ref()?.get(name)) {
                *item = found.clone();
            }
        }
    }

    fn components(&mut self, root: &mut Object) {
        let Some(Value::Object(components)) = root.get_mut("components") else {
            return;
        };
        for (section, entries) in components.iter_mut() {
            let Some(entries) = entries.as_object_mut() else {
                continue;
            };
            for (name, entry) in entries.iter_mut() {
                let place = format!("components.{section}.{name}");
                match section.as_str() {
                    "schemas" => self.schema(entry, &place),
                    "parameters" => self.parameter(entry, &place),
                    "requestBodies" => self.body(entry, &place),
                    "responses" => self.response(entry, &place),
                    _ => {}
                }
            }
        }
    }

    fn path_item(&mut self, path: &str, item: &mut Object, taken: &mut HashSet<String>) {
        let place = format!("paths.{path}");
        if item.shift_remove("trace").is_some() {
            self.passed_over("trace", &place);
        }
        let known = "summary description parameters servers get put post delete options head patch";
        self.keep_keys(item, known, &place);
        for parameter in list(item.get_mut("parameters")) {
            self.parameter(parameter, &place);
        }
        for (key, operation) in item.iter_mut() {
            let method = METHODS.iter().find(|(name, _)| name == key);
            if let (Some((_, method)), Some(operation)) = (method, operation.as_object_mut()) {
                let place = format!("{place}.{key}");
                self.operation(operation, &place);
                self.operation_id(operation, method, path, taken, &place);
            }
        }
        if self.lenient {
            self.path_parameters(path, item, &place);
        }
    }

    fn operation(&mut self, operation: &mut Object, place: &str) {
        if operation.shift_remove("callbacks").is_some() {
            self.passed_over("callbacks", place);
        }
        let known = "tags summary description externalDocs operationId parameters requestBody \
             responses deprecated security servers";
        self.keep_keys(operation, known, place);
        for parameter in list(operation.get_mut("parameters")) {
            self.parameter(parameter, place);
        }
        if let Some(body) = operation.get_mut("requestBody") {
            self.body(body, place);
        }
        if self.siblings {
            operation.entry("responses").or_insert_with(|| json!({}));
        }
        let responses = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut);
        if let Some(responses) = responses {
            let lower = |status: &str| status.len() == 3 && status.ends_with("xx");
            if responses.keys().any(|status| lower(status)) {
                *responses = std::mem::take(responses)
                    .into_iter()
                    .map(|(status, response)| match lower(&status) {
                        true => (status.to_uppercase(), response),
                        false => (status, response),
                    })
                    .collect();
            }
            for (status, response) in responses.iter_mut() {
                self.response(response, &format!("{place}.responses.{status}"));
            }
        }
        self.scope(operation, place);
    }

    /// Public documents have the scope at the end of the description, as
    /// `<div><code>read:users</code></div>`.
    fn scope(&mut self, operation: &mut Object, place: &str) {
        let text = operation.get("description").and_then(Value::as_str);
        let Some((scopes, rest)) = text.and_then(scopes_in) else {
            return;
        };
        operation.insert("description".to_owned(), json!(rest));
        if operation.contains_key("x-kinde-scope") {
            return;
        }
        if let [scope] = scopes.as_slice() {
            operation.insert("x-kinde-scope".to_owned(), json!(scope));
        } else {
            let what = "several scopes in a description, of which the first is taken";
            self.notes.add(what, place);
            operation.insert("x-kinde-scope".to_owned(), json!(scopes.first()));
        }
    }

    /// Every operation needs an id that is its own, also as the name of a constant.
    fn operation_id(
        &mut self,
        operation: &mut Object,
        method: &str,
        path: &str,
        taken: &mut HashSet<String>,
        place: &str,
    ) {
        let id = operation.get("operationId").and_then(Value::as_str);
        let given = id.map(|id| id.split_whitespace().collect::<Vec<_>>().join("_"));
        let given = given.filter(|id| !id.is_empty());
        if !self.lenient {
            taken.extend(given.map(|id| naming::constant(&id)));
            return;
        }
        let own = given.filter(|id| taken.insert(naming::constant(id)));
        let id = own.unwrap_or_else(|| {
            let made = naming::camel(&format!("{method} {path}"));
            let numbered = (2..).map(|n| format!("{made}{n}"));
            let free = std::iter::once(made.clone())
                .chain(numbered)
                .find(|id| taken.insert(naming::constant(id)))
                .unwrap_or(made);
            let what = "without an operationId of its own, called by method and path";
            self.notes.add(what, format!("{place} ({free})"));
            free
        });
        operation.insert("operationId".to_owned(), json!(id));
    }

    /// A placeholder is a parameter and a path parameter has a placeholder.
    fn path_parameters(&mut self, path: &str, item: &mut Object, place: &str) {
        let Ok(names) = placeholders(path) else {
            return;
        };
        let mut inherited: Vec<String> = Vec::new();
        let path_name = |parameter: &Value| {
            let name = parameter.get("name").and_then(Value::as_str);
            let in_path = parameter.get("in").and_then(Value::as_str) == Some("path");
            name.filter(|_| in_path).map(str::to_owned)
        };
        let unresolved = |parameter: &Value| parameter.get("$ref").is_some();
        let mut owners: Vec<&mut Value> = Vec::new();
        let mut whole = true;
        for (key, value) in item.iter_mut() {
            match key.as_str() {
                "parameters" => {
                    let all = value.as_array().map(Vec::as_slice).unwrap_or_default();
                    whole &= !all.iter().any(unresolved);
                    inherited.extend(all.iter().filter_map(path_name));
                    if let Some(all) = value.as_array_mut() {
                        all.retain(|p| path_name(p).is_none_or(|n| names.contains(&n.as_str())));
                    }
                }
                key if METHODS.iter().any(|(name, _)| *name == key) => owners.push(value),
                _ => {}
            }
        }
        for operation in owners {
            let Some(operation) = operation.as_object_mut() else {
                continue;
            };
            let own = operation.entry("parameters").or_insert_with(|| json!([]));
            let Some(own) = own.as_array_mut() else {
                continue;
            };
            if own.iter().any(unresolved) || !whole {
                // a reference may be what is missing here
                continue;
            }
            own.retain(|parameter| match path_name(parameter) {
                Some(name) if !names.contains(&name.as_str()) => {
                    let what = format!("`{name}` is in the path, which has no `{{{name}}}`");
                    self.notes.add(what, place);
                    false
                }
                _ => true,
            });
            for name in &names {
                let known = |known: &String| known == name;
                let declared: Vec<String> = own.iter().filter_map(path_name).collect();
                if !declared.iter().any(known) && !inherited.iter().any(known) {
                    self.notes
                        .add(format!("`{{{name}}}` is no parameter, read as text"), place);
                    own.push(json!({
                        "name": name, "in": "path", "required": true, "schema": { "type": "string" },
                    }));
                }
            }
        }
    }

    fn parameter(&mut self, parameter: &mut Value, place: &str) {
        let Some(object) = parameter.as_object_mut() else {
            return;
        };
        if object.contains_key("$ref") {
            return;
        }
        let name = object.get("name").and_then(Value::as_str);
        let place = format!("{place}.parameters.{}", name.unwrap_or_default());
        let known = "name in description required deprecated allowEmptyValue style explode \
             allowReserved schema example examples content";
        self.keep_keys(object, known, &place);
        if self.lenient && !object.contains_key("content") {
            object.entry("schema").or_insert_with(|| json!({}));
        }
        if let Some(schema) = object.get_mut("schema") {
            self.schema(schema, &place);
        }
    }

    fn body(&mut self, body: &mut Value, place: &str) {
        let Some(object) = body.as_object_mut() else {
            return;
        };
        if object.contains_key("$ref") {
            return;
        }
        let place = format!("{place}.requestBody");
        self.keep_keys(object, "description content required", &place);
        let Some(Value::Object(content)) = object.get_mut("content") else {
            return;
        };
        self.media(content, &place);
        if !self.lenient {
            return;
        }
        let essence = |name: &str| name.split(';').next().unwrap_or_default().trim().to_owned();
        let chosen = [
            "application/json",
            "multipart/form-data",
            "application/x-www-form-urlencoded",
        ]
        .into_iter()
        .find(|wanted| content.keys().any(|name| essence(name) == *wanted));
        let Some(chosen) = chosen else {
            return;
        };
        // of one media type in several spellings the first is read
        let first = content.keys().find(|name| essence(name) == chosen).cloned();
        content.retain(|name, media| {
            let kept = first.as_ref() == Some(name);
            if !kept && essence(name) != chosen {
                let what = format!("a body as `{}` is passed over", essence(name));
                self.notes.add(what, &place);
            }
            kept && media.is_object()
        });
    }

    fn response(&mut self, response: &mut Value, place: &str) {
        let Some(object) = response.as_object_mut() else {
            return;
        };
        if object.contains_key("$ref") {
            return;
        }
        self.keep_keys(object, "description headers content links", place);
        if self.lenient {
            object.shift_remove("links");
        }
        if let Some(Value::Object(content)) = object.get_mut("content") {
            self.media(content, place);
            if self.lenient {
                let mut first = true;
                content.retain(|name, _| {
                    let json =
                        name.split(';').next().unwrap_or_default().trim() == "application/json";
                    !json || std::mem::take(&mut first)
                });
            }
        }
    }

    fn media(&mut self, content: &mut Object, place: &str) {
        if self.lenient {
            // what is said of any JSON is said of this one
            *content = std::mem::take(content)
                .into_iter()
                .map(|(name, media)| match is_json(&name) {
                    true => ("application/json".to_owned(), media),
                    false => (name, media),
                })
                .collect();
        }
        for (name, media) in content.iter_mut() {
            let Some(object) = media.as_object_mut() else {
                continue;
            };
            let place = format!("{place}.content.{name}");
            self.keep_keys(object, "schema example examples encoding", &place);
            if self.lenient {
                object.shift_remove("encoding");
            }
            if let Some(schema) = object.get_mut("schema") {
                self.schema(schema, &place);
            }
        }
    }

    fn schema(&mut self, schema: &mut Value, place: &str) {
        match schema {
            Value::Bool(true) => *schema = json!({}),
            Value::Bool(false) => *schema = json!({ "not": {} }),
            _ => {}
        }
        let Some(object) = schema.as_object_mut() else {
            return;
        };
        if let Some(reference) = object.get("$ref") {
            self.reference(reference.clone(), object, place);
            if object.contains_key("$ref") {
                return;
            }
        }
        for key in ANNOTATIONS {
            object.shift_remove(key);
        }
        self.conditions(object, place);
        if let Some(value) = object.shift_remove("const") {
            object.entry("enum").or_insert_with(|| json!([value]));
        }
        first_example(object);
        limits(object);
        files(object);
        self.types(object, place);
        if self.lenient {
            self.mend(object, place);
        }
        self.keep_keys(object, KEYWORDS, place);
        self.parts(object, place);
    }

    /// The schemas inside a schema.
    fn parts(&mut self, object: &mut Object, place: &str) {
        for key in ["properties", "$defs"] {
            let inner = object.get_mut(key).and_then(Value::as_object_mut);
            for (name, schema) in inner.into_iter().flatten() {
                self.schema(schema, &format!("{place}.{key}.{name}"));
            }
        }
        for key in ["items", "not", "additionalProperties"] {
            if let Some(schema) = object.get_mut(key)
                && (key != "additionalProperties" || schema.is_object())
            {
                self.schema(schema, &format!("{place}.{key}"));
            }
        }
        for key in ["allOf", "oneOf", "anyOf"] {
            for (i, schema) in list(object.get_mut(key)).enumerate() {
                self.schema(schema, &format!("{place}.{key}[{i}]"));
            }
        }
    }

    fn reference(&mut self, reference: Value, object: &mut Object, place: &str) {
        let pointer = reference.as_str().and_then(|text| text.strip_prefix('#'));
        let found = pointer.and_then(|pointer| pointer_decoded(&self.whole, pointer));
        if found.is_none() && self.lenient {
            let what = format!("{reference} is not in the document, read as anything");
            self.notes.add(what, place);
            object.clear();
        } else if self.siblings && object.len() > 1 {
            object.shift_remove("$ref");
            let all = object.entry("allOf").or_insert_with(|| json!([]));
            if let Some(all) = all.as_array_mut() {
                all.insert(0, json!({ "$ref": reference }));
            }
        }
    }

    /// What a type cannot say is left to the service.
    fn conditions(&mut self, object: &mut Object, place: &str) {
        if let Some(Value::Object(patterns)) = object.get("patternProperties")
            && !object.contains_key("properties")
            && let Some((_, values)) = patterns.iter().next()
        {
            let values = values.clone();
            object
                .entry("additionalProperties")
                .or_insert_with(|| values);
        }
        if object.contains_key("prefixItems") {
            object.insert("items".to_owned(), json!({}));
        }
        for key in CONDITIONS {
            if object.shift_remove(key).is_some() {
                self.passed_over(key, place);
            }
        }
    }

    /// `type: [string, 'null']` and its kind.
    fn types(&mut self, object: &mut Object, place: &str) {
        let types: Vec<String> = match object.get("type") {
            Some(Value::String(one)) if one == "null" => vec![one.clone()],
            Some(Value::Array(types)) => {
                let types = types.iter().filter_map(Value::as_str);
                types.map(str::to_owned).collect()
            }
            _ => return,
        };
        let mut kinds: Vec<&str> = types.iter().map(String::as_str).collect();
        kinds.retain(|kind| *kind != "null");
        if kinds.contains(&"number") {
            kinds.retain(|kind| *kind != "integer");
        }
        if kinds.len() < types.len() && types.iter().any(|kind| kind == "null") {
            object.insert("nullable".to_owned(), json!(true));
        }
        match kinds.as_slice() {
            [] => {
                object.shift_remove("type");
                object.shift_remove("nullable");
                object.insert("enum".to_owned(), json!([null]));
            }
            [one] => {
                object.insert("type".to_owned(), json!(one));
            }
            several => {
                let choices = several.iter().filter_map(|kind| of_kind(kind, object));
                let choices = choices.collect();
                object.shift_remove("type");
                for key in OF_TYPE.iter().flat_map(|(_, keys)| *keys) {
                    object.shift_remove(*key);
                }
                object.shift_remove("enum");
                if object.contains_key("oneOf") || object.contains_key("anyOf") {
                    self.passed_over("several types beside a choice", place);
                } else {
                    object.insert("anyOf".to_owned(), Value::Array(choices));
                }
            }
        }
    }

    /// Slips that are common enough to be read for what they mean.
    fn mend(&mut self, object: &mut Object, place: &str) {
        let kind = object.get("type").cloned();
        if let Some(kind) = kind.filter(|kind| !kind.as_str().is_some_and(|k| TYPES.contains(&k))) {
            object.shift_remove("type");
            self.notes
                .add(format!("the type {kind} is read as anything"), place);
        }
        if object.get("required").is_some_and(|r| !r.is_array()) {
            object.shift_remove("required");
            self.passed_over("required, which is no list of names,", place);
        }
        if object.get("items").is_some_and(Value::is_array) {
            object.insert("items".to_owned(), json!({}));
            self.passed_over("items, which is a list,", place);
        }
        if object.contains_key("oneOf") && object.shift_remove("anyOf").is_some() {
            self.passed_over("anyOf beside oneOf", place);
        }
        if object.get("readOnly") == Some(&json!(true))
            && object.get("writeOnly") == Some(&json!(true))
        {
            object.shift_remove("readOnly");
            object.shift_remove("writeOnly");
            self.passed_over("readOnly with writeOnly", place);
        }
    }

    /// Every path becomes what is asked for: a server may have a path of its own.
    fn servers(&mut self, root: &mut Object) -> Result<()> {
        let all = root.get("servers").and_then(server);
        let host = all.as_ref().map(|(host, _)| host.clone());
        let Some(Value::Object(paths)) = root.get_mut("paths") else {
            return Ok(());
        };
        let mut moved: Map<String, Value> = Map::new();
        for (path, mut item) in std::mem::take(paths) {
            let Some(object) = item.as_object_mut() else {
                moved.insert(path, item);
                continue;
            };
            let of_path = object.shift_remove("servers");
            let of_path = of_path.as_ref().and_then(server).or_else(|| all.clone());
            let mut prefixes: Vec<(String, Vec<&str>)> = Vec::new();
            for (key, _) in METHODS {
                let Some(Value::Object(operation)) = object.get_mut(key) else {
                    continue;
                };
                let own = operation.shift_remove("servers");
                let own = own.as_ref().and_then(server).or_else(|| of_path.clone());
                let (other, prefix) = own.unwrap_or_default();
                if !other.is_empty() && host.as_ref().is_some_and(|host| *host != other) {
                    let what = format!(
                        "the server `{other}` is passed over: calls go to the client's domain"
                    );
                    self.notes.add(what, format!("paths.{path}.{key}"));
                }
                match prefixes.iter_mut().find(|(known, _)| *known == prefix) {
                    Some((_, methods)) => methods.push(key),
                    None => prefixes.push((prefix, vec![key])),
                }
            }
            if prefixes.is_empty() {
                prefixes.push((String::new(), Vec::new()));
            }
            for (prefix, methods) in prefixes {
                let mut part = object.clone();
                part.retain(|key, _| {
                    methods.contains(&key.as_str()) || METHODS.iter().all(|(name, _)| name != key)
                });
                let whole = prefix + &path;
                if moved.insert(whole.clone(), Value::Object(part)).is_some() {
                    bail!("paths: `{whole}` stands there twice, by its servers");
                }
            }
        }
        *paths = moved;
        Ok(())
    }

    fn keep_keys(&mut self, object: &mut Object, known: &str, place: &str) {
        if !self.lenient || object.contains_key("$ref") {
            return;
        }
        object.retain(|key, _| {
            let kept = key.starts_with("x-") || known.split(' ').any(|known| known == key);
            if !kept {
                self.notes.add(format!("`{key}` is passed over"), place);
            }
            kept
        });
    }

    fn passed_over(&mut self, what: &str, place: &str) {
        self.notes.add(format!("`{what}` is passed over"), place);
    }
}

fn list(value: Option<&mut Value>) -> impl Iterator<Item = &mut Value> {
    value.and_then(Value::as_array_mut).into_iter().flatten()
}

/// `application/vnd.api+json` and `*/*` are JSON to a caller who asks for JSON.
fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    matches!(essence, "*/*" | "application/*" | "text/json")
        || (essence.ends_with("+json") && essence != "application/problem+json")
}

/// The host and the path of the first server, none for an empty list.
fn server(servers: &Value) -> Option<(String, String)> {
    let server = servers.get(0)?;
    let mut url = server.get("url")?.as_str()?.to_owned();
    let variables = server.get("variables").and_then(Value::as_object);
    for (name, variable) in variables.into_iter().flatten() {
        // a domain is the client's; a path has to be known
        let value = variable.get("default").and_then(Value::as_str);
        url = url.replace(&format!("{{{name}}}"), value.unwrap_or_default());
    }
    let rest = url.split_once("://").map(|(_, rest)| rest);
    let (host, path) = match rest {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", url.as_str()),
    };
    Some((host.to_owned(), path.trim_end_matches('/').to_owned()))
}

/// The scopes that a description has in it, and the description without them.
fn scopes_in(text: &str) -> Option<(Vec<String>, String)> {
    let is_scope = |text: &str| {
        let word =
            |of: &str| !of.is_empty() && of.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        let verb = |verb: &str| ["create", "read", "update", "delete"].contains(&verb);
        text.split_once(':')
            .is_some_and(|(what, of)| verb(what) && word(of))
    };
    let mut scopes: Vec<String> = Vec::new();
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<code>") {
        let (code, tail) = after.split_once("</code>")?;
        kept += before;
        match is_scope(code.trim()) {
            true if scopes.iter().any(|known| known == code.trim()) => {}
            true => scopes.push(code.trim().to_owned()),
            false => kept += &format!("<code>{code}</code>"),
        }
        rest = tail;
    }
    kept += rest;
    if scopes.is_empty() {
        return None;
    }
    // the box around them
    for tag in ["<div>", "</div>"] {
        kept = kept.replace(tag, "");
    }
    Some((scopes, kept.trim().to_owned()))
}

/// `examples: [a, b]` of JSON Schema.
fn first_example(object: &mut Object) {
    let first = match object.shift_remove("examples") {
        Some(Value::Array(examples)) => examples.into_iter().next(),
        Some(Value::Object(examples)) => examples
            .into_iter()
            .next()
            .map(|(_, example)| example.get("value").cloned().unwrap_or(example)),
        _ => None,
    };
    if let Some(example) = first {
        object.entry("example").or_insert(example);
    }
}

/// `exclusiveMinimum: 0` is `minimum: 1` for integers. For other numbers, 3.0 and JSON Schema spell
/// it in ways that exclude each other; no type says it, and the service checks it.
fn limits(object: &mut Object) {
    for (exclusive, limit, step) in [
        ("exclusiveMinimum", "minimum", 1),
        ("exclusiveMaximum", "maximum", -1),
    ] {
        if !object.get(exclusive).is_some_and(Value::is_number) {
            continue;
        }
        let number = object.shift_remove(exclusive).and_then(|v| v.as_i64());
        if let (Some(number), Some("integer")) =
            (number, object.get("type").and_then(Value::as_str))
        {
            object.insert(limit.to_owned(), json!(number.saturating_add(step)));
        }
    }
}

/// `contentMediaType` without an encoding: bytes.
fn files(object: &mut Object) {
    let media = object.shift_remove("contentMediaType");
    let encoding = object.shift_remove("contentEncoding");
    let bytes = |media: &Value| {
        media
            .as_str()
            .is_some_and(|media| !media.starts_with("text/"))
    };
    if media.as_ref().is_some_and(bytes) && encoding.is_none() {
        object.entry("type").or_insert_with(|| json!("string"));
        object.entry("format").or_insert_with(|| json!("binary"));
    }
}

/// What a schema says of values of one type; nothing if none of its values is of it.
fn of_kind(kind: &str, object: &Object) -> Option<Value> {
    let family = if kind == "integer" { "number" } else { kind };
    let mut one = Map::from_iter([("type".to_owned(), json!(kind))]);
    for (_, keys) in OF_TYPE.iter().filter(|(of, _)| *of == family) {
        for key in *keys {
            if let Some(value) = object.get(*key) {
                one.insert((*key).to_owned(), value.clone());
            }
        }
    }
    if let Some(Value::Array(values)) = object.get("enum") {
        let of_this = |value: &&Value| match kind {
            "string" => value.is_string(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            _ => false,
        };
        let values: Vec<Value> = values.iter().filter(of_this).cloned().collect();
        if values.is_empty() {
            return None;
        }
        one.insert("enum".to_owned(), Value::Array(values));
    }
    Some(Value::Object(one))
}
