//! `spec/overlay.yaml`: what the document does not say (public names, paging, comma lists) and
//! where it is wrong (corrections). Everything in it has to match the document.

use std::collections::HashMap;

use anyhow::{Context, Result, bail, ensure};
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::document::{Document, RawOperation, parse_yaml};
use super::naming;
use super::notes::{Notes, Origin};

/// The overlay.
#[derive(Debug, Default)]
pub struct Overlay {
    /// What values of the path and identifiers are called, where that is not their name: one name
    /// for one thing.
    pub arguments: IndexMap<String, String>,
    /// By operation id.
    pub operations: IndexMap<String, Entry>,
    /// By a name that says what is wrong.
    pub corrections: IndexMap<String, Correction>,
    /// By parameter: the most that the service takes.
    pub limits: IndexMap<String, u64>,
    /// What types are called, by the names that they get otherwise.
    pub types: IndexMap<String, String>,
}

/// What is said of one operation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Where a client has it: `organizations.users.list`.
    pub call: String,
    /// What its types are called, if not what `call` gives: `SearchUsers`.
    #[serde(default, rename = "type")]
    pub type_name: Option<String>,
    /// The query parameter that identifies what the call is about, where no rule finds it.
    #[serde(default)]
    pub identifier: Option<String>,
    /// A second method, which leaves the identifier out: `organizations.getDefault`.
    #[serde(default)]
    pub shorthand: Option<String>,
    /// How to get the next page.
    #[serde(default)]
    pub paging: Option<Paging>,
    /// Query parameters that hold several values with commas.
    #[serde(default)]
    pub comma_lists: Vec<String>,
    /// Whether a POST or PATCH is as good twice as once, so that it is repeated like a GET.
    #[serde(default)]
    pub idempotent: bool,
    /// What of these takes words that the document lists in its text.
    #[serde(default)]
    pub words: IndexMap<String, Vec<String>>,
}

impl Entry {
    /// `call` as the path of resources and the method.
    pub fn names(&self) -> (Vec<String>, String) {
        split(&self.call)
    }

    /// `shorthand` the same way.
    pub fn shorthand_names(&self) -> Option<(Vec<String>, String)> {
        self.shorthand.as_deref().map(split)
    }
}

fn split(call: &str) -> (Vec<String>, String) {
    let mut names: Vec<String> = call.split('.').map(str::to_owned).collect();
    let name = names.pop().unwrap_or_default();
    (names, name)
}

/// See [`super::ir::Paging`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// The query parameter that takes the cursor.
    #[serde(default)]
    pub cursor: Option<String>,
    /// The property of the answer that holds the items.
    pub items: String,
    /// The property of the answer that holds the next cursor.
    #[serde(default)]
    pub next: Option<String>,
}

/// A change to the document before anything is read from it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// Why the document is wrong.
    pub reason: String,
    /// What to change.
    pub changes: Vec<Change>,
}

/// One change, to the object or array that a JSON pointer leads to. It has to change something: a
/// key that is added must be missing, one that is replaced must have the old value, one that is
/// removed must be there, an item that is appended must not.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// `/components/schemas/connection/properties`
    at: String,
    /// Keys of that object: the change is to each of what they lead to.
    #[serde(default)]
    each: Vec<String>,
    #[serde(default)]
    add: Map<String, Value>,
    #[serde(default)]
    replace: IndexMap<String, Replacement>,
    #[serde(default)]
    remove: Vec<String>,
    /// Items for the end of an array.
    #[serde(default)]
    append: Vec<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Replacement {
    from: Value,
    to: Value,
}

impl Overlay {
    /// Parses an overlay and checks what can be checked without a document.
    pub fn parse(text: &str) -> Result<Overlay> {
        let overlay: Overlay = read(parse_yaml(text)?)?;
        for (id, entry) in &overlay.operations {
            for call in [Some(&entry.call), entry.shorthand.as_ref()]
                .into_iter()
                .flatten()
            {
                check_call(call).with_context(|| format!("operations.{id}"))?;
            }
            if let Some(name) = &entry.type_name {
                ensure!(
                    is_type_name(name),
                    "operations.{id}: `{name}` is no name of a type"
                );
            }
        }
        for (name, correction) in &overlay.corrections {
            ensure!(
                !correction.reason.trim().is_empty(),
                "corrections.{name}: no reason"
            );
            ensure!(
                !correction.changes.is_empty(),
                "corrections.{name}: no changes"
            );
        }
        Ok(overlay)
    }

    /// Takes over the corrections of another file, to be applied before its own.
    pub fn with_changes(mut self, changes: Overlay) -> Result<Overlay> {
        ensure!(
            changes.operations.is_empty(),
            "operations: names and pages stand in overlay.yaml"
        );
        let mut all = changes.corrections;
        for (name, correction) in self.corrections {
            ensure!(
                all.insert(name.clone(), correction).is_none(),
                "corrections.{name}: the name is taken"
            );
        }
        self.corrections = all;
        Ok(self)
    }

    /// Applies the corrections, before anything else is made of the document.
    pub fn correct(&self, document: &mut Document, notes: &mut Notes) -> Result<()> {
        for (name, correction) in &self.corrections {
            let place = format!("corrections.{name}");
            let mut corrected = document.root().value.clone();
            let applied = correction
                .changes
                .iter()
                .try_for_each(|change| change.apply(&mut corrected));
            match applied {
                Ok(()) => *document.root_mut() = corrected,
                Err(error) if document.origin().is_lenient() => {
                    notes.add(NOT_APPLIED, format!("{place} ({error:#})"));
                }
                Err(error) => return Err(error.context(place)),
            }
        }
        Ok(())
    }

    /// The overlay for these operations. Those of a document from elsewhere may have other ids: what
    /// counts is the method and the path, as `own` has them by the project's documents.
    pub fn fit(
        mut self,
        operations: &[RawOperation<'_>],
        own: &OwnCalls,
        origin: Origin,
        notes: &mut Notes,
    ) -> Result<Overlay> {
        if origin == Origin::Elsewhere {
            let mut entries = std::mem::take(&mut self.operations);
            for raw in operations {
                let Some(id) = own.id(raw.method, raw.path) else {
                    continue;
                };
                if let Some(entry) = entries.shift_remove(id) {
                    if id != raw.id {
                        let what = "goes by what the overlay says of another id of the same call";
                        notes.add(what, format!("{} ({id})", raw.id));
                    }
                    self.operations.insert(raw.id.to_owned(), entry);
                }
            }
            // another path, as in an older version
            for raw in operations {
                if self.operations.contains_key(raw.id) {
                    continue;
                }
                if let Some(entry) = entries.shift_remove(raw.id) {
                    self.operations.insert(raw.id.to_owned(), entry);
                }
            }
            for id in entries.keys() {
                notes.add(NOT_APPLIED, format!("operations.{id}"));
            }
            return Ok(self);
        }
        let known = |id: &String| operations.iter().any(|operation| operation.id == id);
        let unmatched: Vec<String> = self
            .operations
            .keys()
            .filter(|id| !known(id))
            .map(|id| format!("operations.{id}"))
            .collect();
        ensure!(
            unmatched.is_empty(),
            "the document has no operation for {}",
            unmatched.join(", ")
        );
        Ok(self)
    }
}

const NOT_APPLIED: &str = "the document has nothing for these entries of the overlay";

/// Which operation of the project's documents has a method and a path.
#[derive(Debug, Default)]
pub struct OwnCalls(HashMap<(&'static str, String), String>);

impl OwnCalls {
    /// Those of a document.
    pub fn of(operations: &[RawOperation<'_>]) -> OwnCalls {
        let call =
            |raw: &RawOperation<'_>| ((raw.method, without_names(raw.path)), raw.id.to_owned());
        OwnCalls(operations.iter().map(call).collect())
    }

    /// Whether there is such a call.
    #[cfg(test)]
    pub fn has(&self, method: &'static str, path: &str) -> bool {
        self.id(method, path).is_some()
    }

    /// The operation that has them.
    pub fn id(&self, method: &'static str, path: &str) -> Option<&String> {
        self.0.get(&(method, without_names(path)))
    }
}

/// `/users/{}` of `/users/{user_id}`: what a placeholder is called makes no other call.
fn without_names(path: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in path.chars() {
        inside &= c != '}';
        if !inside {
            text.push(c);
        }
        inside |= c == '{';
    }
    text
}

impl Change {
    fn apply(&self, root: &mut Value) -> Result<()> {
        if self.each.is_empty() {
            return self.apply_at(&self.at, root);
        }
        let mut inner = self.each.iter().map(|key| format!("{}/{key}", self.at));
        inner.try_for_each(|at| self.apply_at(&at, root))
    }

    fn apply_at(&self, at: &str, root: &mut Value) -> Result<()> {
        if let Some(list) = root.pointer_mut(at).and_then(Value::as_array_mut) {
            ensure!(!self.append.is_empty(), "`{at}`: changes nothing");
            for item in &self.append {
                ensure!(
                    !list.contains(item),
                    "`{at}` has {item} in the document now: the correction no longer applies"
                );
                list.push(item.clone());
            }
            return Ok(());
        }
        let target = root
            .pointer_mut(at)
            .and_then(Value::as_object_mut)
            .with_context(|| format!("the document has nothing to change at `{at}`"))?;
        ensure!(self.append.is_empty(), "`{at}` is no array");
        let some = !(self.add.is_empty() && self.replace.is_empty() && self.remove.is_empty());
        ensure!(some, "`{at}`: changes nothing");
        for (key, value) in &self.add {
            ensure!(
                !target.contains_key(key),
                "`{at}/{key}` is in the document now: the correction no longer applies"
            );
            target.insert(key.clone(), value.clone());
        }
        for (key, Replacement { from, to }) in &self.replace {
            ensure!(
                target.get(key) == Some(from),
                "`{at}/{key}` is not {from} in the document: the correction no longer applies"
            );
            target.insert(key.clone(), to.clone());
        }
        for key in &self.remove {
            ensure!(
                target.shift_remove(key).is_some(),
                "`{at}/{key}` is not in the document: the correction no longer applies"
            );
        }
        Ok(())
    }
}

/// `ListedUser`
fn is_type_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Whether a client can have a method there.
fn check_call(call: &str) -> Result<()> {
    let (resource, name) = split(call);
    let names = || resource.iter().chain([&name]);
    let well_formed = !resource.is_empty() && names().all(|name| naming::is_camel(name));
    ensure!(well_formed, "`{call}` is not like `resource.method`");
    let taken = names()
        .find(|name| !naming::member_is_free(name))
        .or_else(|| {
            resource
                .first()
                .filter(|name| !naming::resource_is_free(name))
        });
    if let Some(taken) = taken {
        bail!("`{call}`: the name `{taken}` is taken");
    }
    Ok(())
}

/// Deserializes one entry after the other, so that an error names its entry.
fn read(value: Value) -> Result<Overlay> {
    let Value::Object(sections) = value else {
        bail!("not a mapping");
    };
    let mut overlay = Overlay::default();
    for (section, entries) in sections {
        let entries: Option<IndexMap<String, Value>> =
            serde_json::from_value(entries).with_context(|| section.clone())?;
        for (name, entry) in entries.into_iter().flatten() {
            let place = || format!("{section}.{name}");
            match section.as_str() {
                "arguments" => {
                    let entry = serde_json::from_value(entry).with_context(place)?;
                    overlay.arguments.insert(name, entry);
                }
                "operations" => {
                    let entry = serde_json::from_value(entry).with_context(place)?;
                    overlay.operations.insert(name, entry);
                }
                "corrections" => {
                    let entry = serde_json::from_value(entry).with_context(place)?;
                    overlay.corrections.insert(name, entry);
                }
                "limits" => {
                    let limit = serde_json::from_value(entry).with_context(place)?;
                    overlay.limits.insert(name, limit);
                }
                "types" => {
                    let own: String = serde_json::from_value(entry).with_context(place)?;
                    ensure!(
                        is_type_name(&own),
                        "{}: `{own}` is no name of a type",
                        place()
                    );
                    overlay.types.insert(name, own);
                }
                _ => bail!("`{section}` is not known here"),
            }
        }
    }
    Ok(overlay)
}
