//! Which values callers give by their place, and what these are called: the values of the path in
//! its order, then what identifies the thing where the API has that elsewhere.

use anyhow::{Context, Result};

use super::ir::{Content, Field, Operation, Type};
use super::naming::{singular, snake};
use super::overlay::{Entry, Overlay};

/// Gives the arguments of an operation their places and names.
pub fn assign(operation: &mut Operation, overlay: &Overlay, entry: Option<&Entry>) -> Result<()> {
    let mut names = Names {
        overlay,
        taken: Vec::new(),
    };
    for field in &mut operation.path_params {
        let thing = thing_before(&operation.path, &field.name);
        let name = names.name(field, thing);
        field.argument = (name != field.name).then_some(name);
    }
    let thing = operation.resource.last().map(|last| snake(&singular(last)));
    let given = entry.and_then(|entry| entry.identifier.as_deref());
    let identifier = match given {
        Some(name) => Some(name.to_owned()),
        None if operation.path_params.is_empty() => identifier(&operation.query),
        None => None,
    };
    if let Some(name) = identifier {
        let mut query = operation.query.iter_mut();
        let field = query.find(|field| field.name == name && field.ty == Type::String);
        let field = field.with_context(|| {
            let id = &operation.id;
            format!(
                "operations.{id}.identifier: no query parameter `{name}` that is a plain string"
            )
        })?;
        field.argument = Some(names.name(field, thing));
    }
    if let Some(field) = member(operation) {
        field.argument = Some(names.name(field, None));
    }
    Ok(())
}

/// The query parameter that identifies what a call is about: a required one that is named like an
/// identifier, if no other is.
fn identifier(query: &[Field]) -> Option<String> {
    let mut found = query
        .iter()
        .filter(|field| field.required && field.ty == Type::String && is_identifier(&field.name));
    match (found.next(), found.next()) {
        (Some(one), None) => Some(one.name.clone()),
        _ => None,
    }
}

/// The `role_id` of a call that adds a role and takes nothing else.
fn member(operation: &mut Operation) -> Option<&mut Field> {
    if operation.name != "add" {
        return None;
    }
    match &mut operation.body.as_mut()?.content {
        Content::Fields(fields) => match fields.as_mut_slice() {
            [field] if field.ty == Type::String && field.name.ends_with("_id") => Some(field),
            _ => None,
        },
        Content::Whole(_) => None,
    }
}

fn is_identifier(name: &str) -> bool {
    is_bare(name)
        || ["_id", "_code", "_key", "_ref"]
            .iter()
            .any(|end| name.ends_with(end))
}

/// What says how a thing is identified, but not which thing.
fn is_bare(name: &str) -> bool {
    matches!(name, "id" | "code" | "key")
}

/// `user` for the placeholder in `/users/{id}`.
fn thing_before(path: &str, name: &str) -> Option<String> {
    let (before, _) = path.split_once(&format!("/{{{name}}}"))?;
    let segment = before.rsplit('/').next()?;
    (!segment.is_empty() && !segment.contains('{')).then(|| singular(&snake(segment)))
}

struct Names<'a> {
    overlay: &'a Overlay,
    taken: Vec<String>,
}

impl Names<'_> {
    /// One name for one thing: `user_id` for the `id` of a user, and what the overlay says.
    fn name(&mut self, field: &Field, thing: Option<String>) -> String {
        let name = match thing {
            Some(thing) if is_bare(&field.name) => format!("{thing}_{}", field.name),
            _ => field.name.clone(),
        };
        let name = self.overlay.arguments.get(&name).unwrap_or(&name).clone();
        let name = match self.taken.contains(&name) {
            true => field.name.clone(),
            false => name,
        };
        self.taken.push(name.clone());
        name
    }
}
