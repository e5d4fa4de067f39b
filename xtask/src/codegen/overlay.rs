//! `spec/overlay.yaml`: what the document does not say (public names, paging, comma lists) and
//! where it is wrong (corrections). Everything in it has to match the document.

use anyhow::{Context, Result, bail, ensure};
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::document::{Document, RawOperation, parse_yaml};
use super::naming;

/// The overlay.
#[derive(Debug, Default)]
pub struct Overlay {
    /// By operation id.
    pub operations: IndexMap<String, Entry>,
    /// By a name that says what is wrong.
    pub corrections: IndexMap<String, Correction>,
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
    /// How to get the next page.
    #[serde(default)]
    pub paging: Option<Paging>,
    /// Query parameters that hold several values with commas.
    #[serde(default)]
    pub comma_lists: Vec<String>,
}

impl Entry {
    /// `call` as the path of resources and the method.
    pub fn names(&self) -> (Vec<String>, String) {
        let mut names: Vec<String> = self.call.split('.').map(str::to_owned).collect();
        let name = names.pop().unwrap_or_default();
        (names, name)
    }
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

/// One change, to the object that a JSON pointer leads to. It has to change something: a key that
/// is added must be missing, one that is replaced must have the old value, one that is removed must
/// be there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// `/components/schemas/connection/properties`
    at: String,
    #[serde(default)]
    add: Map<String, Value>,
    #[serde(default)]
    replace: IndexMap<String, Replacement>,
    #[serde(default)]
    remove: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Replacement {
    from: Value,
    to: Value,
}

/// Whether entries for what the document does not have are errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmatched {
    /// The overlay belongs to the document.
    Refused,
    /// The document is another one than the overlay was written for.
    Reported,
}

impl Overlay {
    /// Parses an overlay and checks what can be checked without a document.
    pub fn parse(text: &str) -> Result<Overlay> {
        let overlay: Overlay = read(parse_yaml(text)?)?;
        for (id, entry) in &overlay.operations {
            let (resource, name) = entry.names();
            let names = || resource.iter().chain([&name]);
            let well_formed = !resource.is_empty() && names().all(|name| naming::is_camel(name));
            ensure!(
                well_formed,
                "operations.{id}: `{}` is not like `resource.method`",
                entry.call
            );
            let taken = names()
                .find(|name| !naming::member_is_free(name))
                .or_else(|| {
                    resource
                        .first()
                        .filter(|name| !naming::resource_is_free(name))
                });
            if let Some(taken) = taken {
                bail!(
                    "operations.{id}: `{}`: the name `{taken}` is taken",
                    entry.call
                );
            }
            if let Some(name) = &entry.type_name {
                let well_formed = name.starts_with(|c: char| c.is_ascii_uppercase())
                    && name.chars().all(|c| c.is_ascii_alphanumeric());
                ensure!(
                    well_formed,
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

    /// Applies the corrections. Answers those that were left out, because what they correct is not
    /// in the document.
    pub fn correct(&self, document: &mut Document, unmatched: Unmatched) -> Result<Vec<String>> {
        let mut left_out = Vec::new();
        for (name, correction) in &self.corrections {
            let place = format!("corrections.{name}");
            let absent = correction
                .changes
                .iter()
                .find(|change| document.root().value.pointer(&change.at).is_none());
            match absent {
                Some(change) if unmatched == Unmatched::Refused => {
                    bail!("{place}: the document has no `{}`", change.at)
                }
                Some(_) => left_out.push(place),
                None => {
                    for change in &correction.changes {
                        change.apply(document.root_mut()).context(place.clone())?;
                    }
                }
            }
        }
        Ok(left_out)
    }

    /// The entries whose operation the document does not have.
    pub fn unmatched(
        &self,
        operations: &[RawOperation<'_>],
        unmatched: Unmatched,
    ) -> Result<Vec<String>> {
        let left_out: Vec<String> = self
            .operations
            .keys()
            .filter(|id| {
                !operations
                    .iter()
                    .any(|operation| operation.id == id.as_str())
            })
            .map(|id| format!("operations.{id}"))
            .collect();
        ensure!(
            left_out.is_empty() || unmatched == Unmatched::Reported,
            "the document has no operation for {}",
            left_out.join(", ")
        );
        Ok(left_out)
    }
}

impl Change {
    fn apply(&self, root: &mut Value) -> Result<()> {
        let at = &self.at;
        let target = root
            .pointer_mut(at)
            .and_then(Value::as_object_mut)
            .with_context(|| format!("`{at}` is no object in the document"))?;
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
                "operations" => {
                    let entry = serde_json::from_value(entry).with_context(place)?;
                    overlay.operations.insert(name, entry);
                }
                "corrections" => {
                    let entry = serde_json::from_value(entry).with_context(place)?;
                    overlay.corrections.insert(name, entry);
                }
                _ => bail!("`{section}` is not known here"),
            }
        }
    }
    Ok(overlay)
}
