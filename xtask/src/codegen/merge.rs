//! Several documents as one: the project's own are Kinde's version 1 and what came after it.

use anyhow::{Result, bail, ensure};
use serde_json::{Map, Value};

use super::document::METHODS;

type Object = Map<String, Value>;

/// Adds what another document has. `name` is that document's, for messages.
pub fn add(whole: &mut Value, name: &str, mut other: Value) -> Result<()> {
    for section in ["paths", "components", "tags"] {
        let Some(theirs) = other.get_mut(section).map(Value::take) else {
            continue;
        };
        let ours = object(whole)?.entry(section).or_insert(match section {
            "tags" => Value::Array(Vec::new()),
            _ => Value::Object(Map::new()),
        });
        match (section, ours, theirs) {
            ("paths", Value::Object(ours), Value::Object(theirs)) => {
                paths(ours, name, theirs)?;
            }
            ("components", Value::Object(ours), Value::Object(theirs)) => {
                components(ours, name, theirs)?;
            }
            ("tags", Value::Array(ours), Value::Array(theirs)) => {
                for tag in theirs {
                    if ours
                        .iter()
                        .all(|known| known.get("name") != tag.get("name"))
                    {
                        ours.push(tag);
                    }
                }
            }
            _ => bail!("{name}: {section} is of another kind than before"),
        }
    }
    Ok(())
}

fn object(value: &mut Value) -> Result<&mut Object> {
    match value.as_object_mut() {
        Some(object) => Ok(object),
        None => bail!("not a mapping"),
    }
}

/// A path may have some of its methods in one document and some in another.
fn paths(ours: &mut Object, name: &str, theirs: Object) -> Result<()> {
    for (path, mut item) in theirs {
        let Some(known) = ours.get_mut(&path) else {
            ours.insert(path, item);
            continue;
        };
        let (known, item) = (object(known)?, object(&mut item)?);
        own_parameters(known);
        own_parameters(item);
        for (key, value) in std::mem::take(item) {
            ensure!(
                known.insert(key.clone(), value).is_none(),
                "paths.{path}.{key} stands in {name} and in a document before it: take it out there"
            );
        }
    }
    Ok(())
}

/// Gives the parameters of a path to each of its operations, which keep their own.
fn own_parameters(item: &mut Object) {
    let Some(Value::Array(shared)) = item.shift_remove("parameters") else {
        return;
    };
    for (key, _) in METHODS {
        let Some(Value::Object(operation)) = item.get_mut(key) else {
            continue;
        };
        let own = operation
            .entry("parameters")
            .or_insert_with(|| Value::Array(Vec::new()));
        let Some(own) = own.as_array_mut() else {
            continue;
        };
        let same =
            |a: &Value, b: &Value| a.get("name") == b.get("name") && a.get("in") == b.get("in");
        let missing = shared.iter().filter(|parameter| {
            parameter.get("$ref").is_some() || !own.iter().any(|known| same(known, parameter))
        });
        let mut all: Vec<Value> = missing.cloned().collect();
        all.append(own);
        *own = all;
    }
}

/// One name is one thing.
fn components(ours: &mut Object, name: &str, theirs: Object) -> Result<()> {
    for (section, entries) in theirs {
        let known = ours
            .entry(section.clone())
            .or_insert_with(|| Value::Object(Map::new()));
        let (known, Value::Object(entries)) = (object(known)?, entries) else {
            bail!("{name}: components.{section} is no mapping");
        };
        for (key, entry) in entries {
            match known.get(&key) {
                Some(other) => ensure!(
                    *other == entry,
                    "components.{section}.{key} of {name} is not what it is in a document before it"
                ),
                None => {
                    known.insert(key, entry);
                }
            }
        }
    }
    Ok(())
}
