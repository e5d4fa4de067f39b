//! The OpenAPI document: parsed, references resolved, every value with its place for messages.
//!
//! The document is kept as a tree, because the order of methods, corrections and the schemas of
//! `operations.json` need it as it is written. Parameters and schemas are read from the tree with
//! `openapiv3`.

use std::collections::HashSet;

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::dialect;
use super::merge;
use super::notes::{Notes, Origin};

/// Reads YAML (or JSON, which is YAML) and refuses keys that stand twice in one mapping.
pub fn parse_yaml(text: &str) -> Result<Value> {
    let mut value: serde_yaml_ng::Value = serde_yaml_ng::from_str(text)?;
    value.apply_merge()?;
    json(value)
}

fn json(value: serde_yaml_ng::Value) -> Result<Value> {
    use serde_yaml_ng::Value as Yaml;
    Ok(match value {
        Yaml::Sequence(items) => Value::Array(items.into_iter().map(json).collect::<Result<_>>()?),
        Yaml::Mapping(entries) => {
            let mut map = Map::new();
            for (key, value) in entries {
                let key = match key {
                    Yaml::String(key) => key,
                    // response codes
                    Yaml::Number(key) => key.to_string(),
                    Yaml::Bool(key) => key.to_string(),
                    other => bail!("a key is neither text nor number: {other:?}"),
                };
                ensure!(
                    map.insert(key.clone(), json(value)?).is_none(),
                    "the key `{key}` stands twice"
                );
            }
            Value::Object(map)
        }
        Yaml::Tagged(tagged) => bail!("YAML tag {}", tagged.tag),
        scalar => serde_json::to_value(scalar)?,
    })
}

/// A value of the document and where it stands.
#[derive(Debug, Clone)]
pub struct Node<'d> {
    pub value: &'d Value,
    pub place: String,
}

impl<'d> Node<'d> {
    /// What an object has under a key.
    pub fn get(&self, key: &str) -> Option<Node<'d>> {
        Some(self.child(key, self.value.get(key)?))
    }

    fn child(&self, key: &str, value: &'d Value) -> Node<'d> {
        let place = match self.place.is_empty() {
            true => key.to_owned(),
            false => format!("{}.{key}", self.place),
        };
        Node { value, place }
    }

    /// The entries of an object, none for anything else.
    pub fn entries(&self) -> impl Iterator<Item = (&'d str, Node<'d>)> + use<'_, 'd> {
        let entries = self.value.as_object().into_iter().flatten();
        entries.map(|(key, value)| (key.as_str(), self.child(key, value)))
    }

    /// The items of an array, none for anything else.
    pub fn items(&self) -> impl Iterator<Item = Node<'d>> + use<'_, 'd> {
        let items = self.value.as_array().into_iter().flatten();
        items.enumerate().map(|(i, value)| Node {
            value,
            place: format!("{}[{i}]", self.place),
        })
    }

    /// A text under a key.
    pub fn text(&self, key: &str) -> Option<&'d str> {
        self.value.get(key)?.as_str()
    }

    /// Reads the value as one of `openapiv3`'s types.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_value(self.value.clone()).map_err(|error| self.error(error))
    }

    /// An error that names the place.
    pub fn error(&self, what: impl std::fmt::Display) -> anyhow::Error {
        anyhow!("{}: {what}", self.place)
    }

    /// Fails unless this is an object with no other keys than these (and `x-…`).
    pub fn expect_keys(&self, known: &str) -> Result<()> {
        let Some(object) = self.value.as_object() else {
            return Err(self.error("expected an object"));
        };
        match object
            .keys()
            .find(|key| !known.split(' ').any(|known| known == *key) && !key.starts_with("x-"))
        {
            Some(key) => Err(self.error(format!("`{key}` is not known here"))),
            None => Ok(()),
        }
    }

    /// Fails if one of these keys is there.
    fn refuse(&self, keys: &[&str]) -> Result<()> {
        match keys.iter().find(|key| self.value.get(key).is_some()) {
            Some(key) => Err(self.error(format!("`{key}` is not supported"))),
            None => Ok(()),
        }
    }
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    Path,
    Query,
    Header,
}

impl Location {
    /// As the document has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Location::Path => "path",
            Location::Query => "query",
            Location::Header => "header",
        }
    }
}

/// How a parameter is written, beyond `name=value`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// A scalar as it is, an array as one `name=value` for each item.
    Plain,
    /// An array as one value with commas.
    CommaSeparated,
    /// An object as `name[key]=value`.
    DeepObject,
}

/// A parameter of an operation.
#[derive(Debug, Clone)]
pub struct Parameter<'d> {
    pub name: String,
    pub location: Location,
    pub style: Style,
    pub data: openapiv3::ParameterData,
    pub schema: Node<'d>,
    pub node: Node<'d>,
}

/// An operation as the document has it.
#[derive(Debug, Clone)]
pub struct RawOperation<'d> {
    pub id: &'d str,
    pub method: &'static str,
    pub path: &'d str,
    pub node: Node<'d>,
    /// Those of the path item and its own.
    pub parameters: Vec<Parameter<'d>>,
}

pub const METHODS: [(&str, &str); 7] = [
    ("get", "GET"),
    ("put", "PUT"),
    ("post", "POST"),
    ("delete", "DELETE"),
    ("options", "OPTIONS"),
    ("head", "HEAD"),
    ("patch", "PATCH"),
];

/// An operation under its key in a path item.
type Keyed<'d> = (&'static str, Result<RawOperation<'d>>);

/// Headers that a document cannot declare as parameters: it is to be read as if they were not there.
const IGNORED_HEADERS: [&str; 3] = ["accept", "content-type", "authorization"];

/// The document.
#[derive(Debug, Clone)]
pub struct Document {
    root: Value,
    origin: Origin,
}

impl Document {
    /// Parses a document. Nothing in it is checked but that it is OpenAPI 3.
    pub fn parse(text: &str, origin: Origin) -> Result<Document> {
        let root = parse_yaml(text)?;
        match root.get("openapi").and_then(Value::as_str) {
            Some(version) if version.starts_with("3.") => Ok(Document { root, origin }),
            Some(version) => bail!("openapi: version {version} is not supported, only 3 is"),
            None => bail!("openapi: the version is missing (as text, like '3.0.0')"),
        }
    }

    /// Adds the operations of another document, which is called so.
    pub fn merge(&mut self, name: &str, other: Document) -> Result<()> {
        merge::add(&mut self.root, name, other.root)
    }

    /// Takes over an operation of another document, with all that it refers to in its place.
    pub fn adopt(&mut self, other: &Document, raw: &RawOperation<'_>) -> Result<()> {
        let mut operation = other.inlined(&raw.node)?;
        let parameters: Result<Vec<Value>> = raw
            .parameters
            .iter()
            .map(|parameter| other.inlined(&parameter.node))
            .collect();
        if let Some(operation) = operation.as_object_mut() {
            operation.insert("parameters".to_owned(), Value::Array(parameters?));
            // the schemes stayed behind
            operation.shift_remove("security");
        }
        let paths = self.root.get_mut("paths").and_then(Value::as_object_mut);
        let paths = paths.context("paths: missing")?;
        let item = paths
            .entry(raw.path)
            .or_insert_with(|| Value::Object(Map::new()));
        if let Some(item) = item.as_object_mut() {
            item.insert(raw.method.to_lowercase(), operation);
        }
        Ok(())
    }

    /// Whose document it is.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Brings the document to one way of saying things and checks what concerns it as a whole.
    /// What is not understood of one from elsewhere is taken out.
    pub fn prepare(&mut self, notes: &mut Notes) -> Result<()> {
        dialect::normalize(&mut self.root, self.origin, notes)?;
        match self.origin {
            Origin::Project => self.check(),
            Origin::Elsewhere => {
                self.leave_out(notes);
                Ok(())
            }
        }
    }

    /// Takes out the optional parameters that cannot be read.
    fn leave_out_parameters(&mut self, notes: &mut Notes) {
        let mut unread: Vec<String> = Vec::new();
        for (path, item) in self.root().get("paths").iter().flat_map(Node::entries) {
            let own = item.entries().map(|(key, node)| (format!("/{key}"), node));
            let owners: Vec<_> = own.chain([(String::new(), item.clone())]).collect();
            for (key, owner) in owners {
                let Some(list) = owner.get("parameters") else {
                    continue;
                };
                for (i, parameter) in list.items().enumerate() {
                    let required = self
                        .resolve(&parameter)
                        .is_ok_and(|(node, _)| node.value.get("required") == Some(&true.into()));
                    if let (Err(error), false) = (self.parameter(&parameter), required) {
                        notes.add("passed over", format!("{error:#}"));
                        let path = path.replace('~', "~0").replace('/', "~1");
                        unread.push(format!("/paths/{path}{key}/parameters/{i}"));
                    }
                }
            }
        }
        // from behind, so that the others keep their places
        for pointer in unread.iter().rev() {
            let place = pointer.rsplit_once('/');
            let found = place.and_then(|(list, i)| {
                let list = self.root.pointer_mut(list)?.as_array_mut()?;
                Some((list, i.parse::<usize>().ok()?))
            });
            if let Some((list, i)) = found {
                list.remove(i);
            }
        }
    }

    /// Takes out the operations that cannot be read.
    fn leave_out(&mut self, notes: &mut Notes) {
        self.leave_out_parameters(notes);
        let mut unread: Vec<(String, Option<&str>)> = Vec::new();
        let paths = self.root().get("paths");
        for (path, item) in paths.iter().flat_map(Node::entries) {
            if path.starts_with("x-") {
                continue;
            }
            match self.path_item(path, item) {
                Err(error) => {
                    notes.add("left out", format!("{error:#}"));
                    unread.push((path.to_owned(), None));
                }
                Ok(operations) => {
                    for (key, operation) in operations {
                        match operation {
                            Err(error) => {
                                notes.add("left out", format!("{error:#}"));
                                unread.push((path.to_owned(), Some(key)));
                            }
                            Ok(operation) => {
                                if let Err(error) = self.check_security(&operation.node) {
                                    notes.add("passed over", format!("{error:#}"));
                                }
                            }
                        }
                    }
                }
            }
        }
        let Some(paths) = self.root.get_mut("paths").and_then(Value::as_object_mut) else {
            return;
        };
        for (path, key) in unread {
            match (key, paths.get_mut(&path).and_then(Value::as_object_mut)) {
                (Some(key), Some(item)) => item.shift_remove(key),
                _ => paths.shift_remove(&path),
            };
        }
    }

    /// The whole document.
    pub fn root(&self) -> Node<'_> {
        Node {
            value: &self.root,
            place: String::new(),
        }
    }

    /// The whole document, for corrections.
    pub fn root_mut(&mut self) -> &mut Value {
        &mut self.root
    }

    /// Follows a reference, if the node is one, to what it stands for. The pointer is that of the
    /// last reference on the way.
    pub fn resolve<'d>(&'d self, node: &Node<'d>) -> Result<(Node<'d>, Option<String>)> {
        let mut node = node.clone();
        let mut seen = Vec::new();
        while let Some(reference) = node.text("$ref") {
            let pointer = reference
                .strip_prefix('#')
                .ok_or_else(|| node.error(format!("`{reference}` is outside this document")))?;
            ensure!(
                !seen.contains(&pointer),
                node.error(format!("`{reference}` refers to itself"))
            );
            let value = pointer_decoded(&self.root, pointer)
                .ok_or_else(|| node.error(format!("`{reference}` refers to nothing")))?;
            seen.push(pointer);
            node = Node {
                value,
                place: pointer
                    .split('/')
                    .skip(1)
                    .map(unescape)
                    .collect::<Vec<_>>()
                    .join("."),
            };
        }
        Ok((node, seen.pop().map(str::to_owned)))
    }

    /// Checks what concerns the document as a whole.
    fn check(&self) -> Result<()> {
        let root = self.root();
        root.expect_keys("openapi info servers paths components security tags externalDocs")?;
        self.check_references(&root, false)
    }

    /// `names`: the keys are names that the document gives, not its keywords.
    fn check_references(&self, node: &Node<'_>, names: bool) -> Result<()> {
        if !names && node.text("$ref").is_some() {
            self.resolve(node)?;
            return Ok(());
        }
        for (key, child) in node.entries() {
            if !names
                && (["example", "examples", "default", "enum"].contains(&key)
                    || key.starts_with("x-"))
            {
                continue;
            }
            self.check_references(&child, !names && key == "properties")?;
        }
        node.items()
            .try_for_each(|item| self.check_references(&item, false))
    }

    /// All operations, in the order of the document.
    pub fn operations(&self) -> Result<Vec<RawOperation<'_>>> {
        let paths = self.root().get("paths").context("paths: missing")?;
        let mut operations: Vec<RawOperation<'_>> = Vec::new();
        for (path, item) in paths.entries() {
            if path.starts_with("x-") {
                continue;
            }
            for (_, operation) in self.path_item(path, item)? {
                let operation = operation?;
                if let Some(other) = operations.iter().find(|other| other.id == operation.id) {
                    return Err(operation.node.error(format!(
                        "the operationId `{}` is that of {} as well",
                        other.id, other.node.place
                    )));
                }
                if self.origin == Origin::Project {
                    self.check_security(&operation.node)?;
                }
                operations.push(operation);
            }
        }
        Ok(operations)
    }

    /// The operations of one path, by their keys.
    fn path_item<'d>(&'d self, path: &'d str, item: Node<'d>) -> Result<Vec<Keyed<'d>>> {
        let well_formed = path.starts_with('/')
            && !path
                .contains(|c: char| c.is_whitespace() || c.is_control() || "?#\"\\()|".contains(c));
        ensure!(well_formed, item.error("not a path"));
        let (item, _) = self.resolve(&item)?;
        item.refuse(&["trace"])?;
        let mut operations = Vec::new();
        for (key, node) in item.entries() {
            let Some((name, method)) = METHODS.iter().find(|(name, _)| *name == key) else {
                if ["summary", "description", "parameters"].contains(&key) || key.starts_with("x-")
                {
                    continue;
                }
                return Err(item.error(format!("`{key}` is not known here")));
            };
            operations.push((*name, self.operation(path, method, &item, node)));
        }
        Ok(operations)
    }

    fn operation<'d>(
        &'d self,
        path: &'d str,
        method: &'static str,
        item: &Node<'d>,
        node: Node<'d>,
    ) -> Result<RawOperation<'d>> {
        node.refuse(&["callbacks"])?;
        node.expect_keys(
            "tags summary description externalDocs operationId parameters requestBody \
             responses deprecated security",
        )?;
        let id = match node.value.get("operationId") {
            Some(Value::String(id)) => id.as_str(),
            Some(_) => return Err(node.error("operationId is no text")),
            None => return Err(node.error("operationId is missing")),
        };
        let writable =
            !id.is_empty() && !id.contains(|c: char| c.is_whitespace() || c.is_control());
        ensure!(
            writable,
            node.error(format!("the operationId {id:?} has space in it"))
        );

        let mut parameters = Vec::new();
        for list in [item, &node]
            .map(|owner| owner.get("parameters"))
            .iter()
            .flatten()
        {
            let mut own: Vec<Parameter<'d>> = Vec::new();
            for parameter in list.items() {
                let Some(parameter) = self.parameter(&parameter)? else {
                    continue;
                };
                let same = |other: &Parameter<'_>| {
                    other.name == parameter.name && other.location == parameter.location
                };
                ensure!(
                    !own.iter().any(same),
                    parameter
                        .node
                        .error(format!("`{}` is there twice", parameter.name))
                );
                parameters.retain(|inherited| !same(inherited));
                own.push(parameter);
            }
            parameters.append(&mut own);
        }

        let placeholders = placeholders(path).map_err(|what| node.error(what))?;
        for name in &placeholders {
            let known = |p: &Parameter<'_>| p.location == Location::Path && p.name == *name;
            ensure!(
                parameters.iter().any(known),
                node.error(format!("no path parameter for `{{{name}}}`"))
            );
        }
        for parameter in parameters.iter().filter(|p| p.location == Location::Path) {
            ensure!(
                placeholders.contains(&parameter.name.as_str()),
                parameter
                    .node
                    .error(format!("the path `{path}` has no `{{{}}}`", parameter.name))
            );
        }
        Ok(RawOperation {
            id,
            method,
            path,
            node,
            parameters,
        })
    }

    /// Every call carries a bearer token and nothing else, so one of the alternatives has to be
    /// content with that.
    fn check_security(&self, operation: &Node<'_>) -> Result<()> {
        let Some(security) = operation
            .get("security")
            .or_else(|| self.root().get("security"))
        else {
            return Ok(());
        };
        let bearer = |scheme: &str| -> Result<bool> {
            let schemes = self
                .root()
                .get("components")
                .and_then(|c| c.get("securitySchemes"));
            let scheme = schemes
                .and_then(|schemes| schemes.get(scheme))
                .ok_or_else(|| security.error(format!("there is no security scheme `{scheme}`")))?;
            let (scheme, _) = self.resolve(&scheme)?;
            Ok(match scheme.text("type") {
                Some("http") => scheme
                    .text("scheme")
                    .is_some_and(|s| s.eq_ignore_ascii_case("bearer")),
                // how some documents spell a bearer token
                Some("apiKey") => {
                    scheme.text("in") == Some("header")
                        && scheme
                            .text("name")
                            .is_some_and(|name| name.eq_ignore_ascii_case("authorization"))
                }
                kind => matches!(kind, Some("oauth2" | "openIdConnect")),
            })
        };
        let mut possible = security.items().next().is_none();
        for alternative in security.items() {
            let mut all = true;
            for (scheme, _) in alternative.entries() {
                all &= bearer(scheme)?;
            }
            possible |= all;
        }
        ensure!(
            possible,
            security.error("needs more than a bearer token, which is not supported")
        );
        Ok(())
    }

    /// `None`: a header that OpenAPI tells to ignore.
    fn parameter<'d>(&'d self, node: &Node<'d>) -> Result<Option<Parameter<'d>>> {
        let (node, _) = self.resolve(node)?;
        node.refuse(&["content"])?;
        node.expect_keys(
            "name in description required deprecated allowEmptyValue style explode \
             allowReserved schema example examples",
        )?;
        let schema = node
            .get("schema")
            .ok_or_else(|| node.error("schema is missing"))?;
        let style = |name: &str| match name {
            "form" | "simple" => Ok(()),
            other => Err(node.error(format!("the style `{other}` is not supported"))),
        };
        use openapiv3::{Parameter as P, QueryStyle};
        let explode = node.value.get("explode").and_then(Value::as_bool);
        let (location, style, data) = match node.parse::<P>()? {
            P::Cookie { .. } => return Err(node.error("cookie parameters are not supported")),
            P::Path { parameter_data, .. } => {
                style(node.text("style").unwrap_or("simple"))?;
                (Location::Path, Style::Plain, parameter_data)
            }
            P::Header { parameter_data, .. } => {
                if IGNORED_HEADERS.contains(&parameter_data.name.to_ascii_lowercase().as_str()) {
                    return Ok(None);
                }
                (Location::Header, Style::CommaSeparated, parameter_data)
            }
            P::Query {
                parameter_data,
                style: QueryStyle::DeepObject,
                ..
            } => (Location::Query, Style::DeepObject, parameter_data),
            P::Query { parameter_data, .. } => {
                style(node.text("style").unwrap_or("form"))?;
                let style = match explode {
                    Some(false) => Style::CommaSeparated,
                    _ => Style::Plain,
                };
                (Location::Query, style, parameter_data)
            }
        };
        ensure!(!data.name.is_empty(), node.error("name is empty"));
        Ok(Some(Parameter {
            name: data.name.clone(),
            location,
            style,
            data,
            schema,
            node,
        }))
    }

    /// The responses of an operation by status, references resolved.
    pub fn responses<'d>(&'d self, operation: &Node<'d>) -> Result<Vec<(&'d str, Node<'d>)>> {
        let responses = operation
            .get("responses")
            .ok_or_else(|| operation.error("responses are missing"))?;
        let mut found = Vec::new();
        for (status, response) in responses
            .entries()
            .filter(|(status, _)| !status.starts_with("x-"))
        {
            let known = status == "default"
                || (status.len() == 3
                    && status.starts_with(|c: char| ('1'..='5').contains(&c))
                    && (status.ends_with("XX") || status.parse::<u16>().is_ok()));
            ensure!(known, response.error("not a status"));
            let (response, _) = self.resolve(&response)?;
            response.expect_keys("description headers content links")?;
            found.push((status, response));
        }
        Ok(found)
    }

    /// A schema with every reference replaced by what it stands for. Where a schema contains
    /// itself, its name is left as title of a schema that allows anything.
    pub fn inlined(&self, node: &Node<'_>) -> Result<Value> {
        self.inline(node, false, &mut Vec::new())
    }

    fn inline(&self, node: &Node<'_>, names: bool, within: &mut Vec<String>) -> Result<Value> {
        if !names && node.text("$ref").is_some() {
            let (target, pointer) = self.resolve(node)?;
            let pointer = pointer.unwrap_or_default();
            if within.contains(&pointer) {
                let name = unescape(pointer.rsplit('/').next().unwrap_or_default());
                return Ok(serde_json::json!({ "title": name }));
            }
            within.push(pointer);
            let value = self.inline(&target, false, within);
            within.pop();
            return value;
        }
        Ok(match node.value {
            Value::Object(_) => {
                let mut map = Map::new();
                for (key, child) in node.entries() {
                    let data = !names && ["example", "default", "enum"].contains(&key);
                    let value = match data {
                        true => child.value.clone(),
                        false => self.inline(&child, !names && key == "properties", within)?,
                    };
                    map.insert(key.to_owned(), value);
                }
                Value::Object(map)
            }
            Value::Array(_) => {
                let items: Result<Vec<_>> = node
                    .items()
                    .map(|item| self.inline(&item, false, within))
                    .collect();
                Value::Array(items?)
            }
            scalar => scalar.clone(),
        })
    }
}

/// What a pointer leads to; those in references are percent-encoded as well.
pub fn pointer_decoded<'v>(root: &'v Value, pointer: &str) -> Option<&'v Value> {
    root.pointer(pointer).or_else(|| {
        let mut bytes = Vec::new();
        let mut rest = pointer.as_bytes();
        while let Some((&byte, tail)) = rest.split_first() {
            let escape = (byte == b'%')
                .then(|| std::str::from_utf8(tail.get(..2)?).ok())
                .flatten()
                .and_then(|hex| u8::from_str_radix(hex, 16).ok());
            bytes.push(escape.unwrap_or(byte));
            rest = if escape.is_some() { &tail[2..] } else { tail };
        }
        root.pointer(std::str::from_utf8(&bytes).ok()?)
    })
}

fn unescape(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}

/// The names in a path template, in order; or why it is none.
pub fn placeholders(path: &str) -> Result<Vec<&str>, String> {
    let mut names = Vec::new();
    let mut seen = HashSet::new();
    let mut rest = path;
    while let Some(start) = rest.find(['{', '}']) {
        let name = rest[start..]
            .strip_prefix('{')
            .and_then(|inner| inner.split_once('}'))
            .map(|(name, _)| name)
            .filter(|name| !name.is_empty() && !name.contains(['{', '/']));
        let name = name.ok_or_else(|| format!("the braces in `{path}` do not match"))?;
        if !seen.insert(name) {
            return Err(format!("`{{{name}}}` stands twice in `{path}`"));
        }
        names.push(name);
        rest = &rest[start + name.len() + 2..];
    }
    Ok(names)
}
