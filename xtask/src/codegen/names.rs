//! Public names: where a client has each operation, and what its types are called.
//!
//! The overlay names what it knows. What it does not know gets a default name that never takes one
//! of the overlay's, so that a newer document renames nothing.

use std::collections::{HashMap, HashSet};

use anyhow::{Result, bail};

use super::document::{Location, RawOperation};
use super::naming::{self, TypeNames, camel, pascal, singular};
use super::notes::Origin;
use super::overlay::Overlay;

/// The names of one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    pub resource: Vec<String>,
    pub name: String,
    pub type_name: String,
    /// Not from the overlay.
    pub default: bool,
}

impl Names {
    /// `organizations.users.list`
    pub fn call(&self) -> String {
        format!("{}.{}", self.resource.join("."), self.name)
    }
}

/// Which calls are taken. Two that differ in capitals only would be one in Rust, and a resource
/// cannot have a method and another resource of one name.
#[derive(Default)]
struct Calls {
    /// With the operation that has it.
    methods: HashMap<String, String>,
    resources: HashMap<String, String>,
    /// By the name of its type: `users.roles` and `usersRoles` cannot both be.
    resource_types: HashMap<String, String>,
}

impl Calls {
    /// Why this call cannot be, or nothing.
    fn conflict(&self, resource: &[String], name: &str) -> Option<String> {
        let call = format!("{}.{name}", resource.join("."));
        if let Some(id) = self.methods.get(&call.to_lowercase()) {
            return Some(format!("`{call}` is the name of {id} as well"));
        }
        if let Some(id) = self.resources.get(&call.to_lowercase()) {
            return Some(format!("`{call}` is a resource as well, of {id}"));
        }
        for (path, type_name) in nested(resource) {
            if let Some(id) = self.methods.get(&path.to_lowercase()) {
                return Some(format!("`{path}` is the name of {id} as well"));
            }
            match self.resource_types.get(&type_name) {
                Some(other) if *other != path => {
                    return Some(format!(
                        "the resources `{path}` and `{other}` are too much alike"
                    ));
                }
                _ => {}
            }
        }
        None
    }

    /// This name of a method, or the first free one made from it.
    fn free_like(&self, resource: &[String], name: &str) -> String {
        let numbered = (2..).map(|n| format!("{name}{n}"));
        std::iter::once(name.to_owned())
            .chain(numbered)
            .find(|name| self.conflict(resource, name).is_none())
            .unwrap_or_else(|| name.to_owned())
    }

    fn take(&mut self, resource: &[String], name: &str, id: &str) {
        for (path, type_name) in nested(resource) {
            self.resources
                .entry(path.to_lowercase())
                .or_insert_with(|| id.to_owned());
            self.resource_types.insert(type_name, path);
        }
        let call = format!("{}.{name}", resource.join("."));
        self.methods.insert(call.to_lowercase(), id.to_owned());
    }
}

/// A resource and those around it, each with the name of its type.
fn nested(resource: &[String]) -> impl Iterator<Item = (String, String)> + '_ {
    (1..=resource.len()).map(|n| {
        let path = &resource[..n];
        let type_name: String = path.iter().map(|name| pascal(name)).collect();
        (path.join("."), type_name.to_lowercase())
    })
}

/// Names all operations. The names of types that are taken for them stay taken; `components` is
/// called in between, because a type of the document comes before a default name.
pub fn assign(
    operations: &[RawOperation<'_>],
    overlay: &Overlay,
    origin: Origin,
    types: &mut TypeNames,
    components: impl FnOnce(&mut TypeNames),
) -> Result<Vec<Names>> {
    let mut calls = Calls::default();
    let mut names: Vec<Option<Names>> = Vec::new();
    for operation in operations {
        let Some(entry) = overlay.operations.get(operation.id) else {
            names.push(None);
            continue;
        };
        let (resource, name) = entry.names();
        if let Some(conflict) = calls.conflict(&resource, &name) {
            bail!("operations.{}: {conflict}", operation.id);
        }
        calls.take(&resource, &name, operation.id);
        if let Some((resource, name)) = entry.shorthand_names() {
            if let Some(conflict) = calls.conflict(&resource, &name) {
                bail!("operations.{}: {conflict}", operation.id);
            }
            calls.take(&resource, &name, operation.id);
        }
        let type_name = entry
            .type_name
            .clone()
            .unwrap_or_else(|| default_type_name(&resource, &name));
        names.push(Some(Names {
            resource,
            name,
            type_name,
            default: false,
        }));
    }

    let roots = tag_roots(operations, &names);
    let siblings = Siblings(operations);
    let defaults = operations
        .iter()
        .zip(&mut names)
        .filter(|(_, names)| names.is_none());
    for (operation, slot) in defaults {
        let (resource, name) = default_call(operation, &roots, &siblings);
        let taken = calls.conflict(&resource, &name).is_some();
        let (resource, name, type_name) = match taken {
            false => {
                let type_name = default_type_name(&resource, &name);
                (resource, name, type_name)
            }
            true => {
                let resource: Vec<String> = resource.into_iter().take(1).collect();
                let name = match origin {
                    Origin::Project => identifier(operation.id),
                    Origin::Elsewhere => calls.free_like(&resource, &identifier(operation.id)),
                };
                (resource, name, pascal(operation.id))
            }
        };
        if let Some(conflict) = calls.conflict(&resource, &name) {
            return Err(operation
                .node
                .error(format!("{conflict}; name it in the overlay")));
        }
        calls.take(&resource, &name, operation.id);
        *slot = Some(Names {
            resource,
            name,
            type_name,
            default: true,
        });
    }

    let mut names: Vec<Names> = names.into_iter().flatten().collect();
    let mut resources = HashSet::new();
    for type_name in names
        .iter()
        .flat_map(|names| nested(&names.resource))
        .map(|(_, name)| name)
    {
        if resources.insert(type_name.clone()) {
            types.claim(&format!("{type_name}Resource"));
        }
    }
    for (operation, names) in operations
        .iter()
        .zip(&names)
        .filter(|(_, names)| !names.default)
    {
        if !types.claim_operation(&names.type_name) {
            bail!(
                "operations.{}: the type name `{}` is taken; give it a `type`",
                operation.id,
                names.type_name
            );
        }
    }
    components(types);
    for names in names.iter_mut().filter(|names| names.default) {
        names.type_name = types.claim_operation_like(&names.type_name);
    }
    Ok(names)
}

/// `ListOrganizationUsers`: the verb, then the resource in the singular, then what else the method
/// says (`setPassword`: `SetUserPassword`). The resource's last word stays as it is where a call is
/// about all of them.
fn default_type_name(resource: &[String], name: &str) -> String {
    let split = name.find(|c: char| c.is_ascii_uppercase());
    let (verb, object) = name.split_at(split.unwrap_or(name.len()));
    let (verb, object) = match object {
        "All" => (name, ""),
        object => (verb, object),
    };
    let all = matches!(verb, "list" | "search" | "deleteAll" | "resetAll");
    let words = resource
        .iter()
        .enumerate()
        .map(|(i, word)| match all && i + 1 == resource.len() {
            true => pascal(word),
            false => pascal(&singular(word)),
        });
    pascal(verb) + &words.collect::<String>() + &pascal(object)
}

/// Where the operations of a tag are, as the overlay has it: `Environments` are in `environment`.
fn tag_roots(operations: &[RawOperation<'_>], names: &[Option<Names>]) -> HashMap<String, String> {
    let mut counts: HashMap<String, Vec<(String, usize)>> = HashMap::new();
    for (operation, names) in operations.iter().zip(names) {
        let root = names.as_ref().and_then(|names| names.resource.first());
        let (Some(tag), Some(root)) = (tag(operation), root) else {
            continue;
        };
        let roots = counts.entry(tag.to_owned()).or_default();
        match roots.iter_mut().find(|(name, _)| name == root) {
            Some((_, count)) => *count += 1,
            None => roots.push((root.clone(), 1)),
        }
    }
    let most = |roots: Vec<(String, usize)>| {
        let first_of_most = roots
            .into_iter()
            .reduce(|a, b| if b.1 > a.1 { b } else { a });
        first_of_most.map(|(root, _)| root)
    };
    counts
        .into_iter()
        .filter_map(|(tag, roots)| Some((tag, most(roots)?)))
        .collect()
}

fn tag<'d>(operation: &RawOperation<'d>) -> Option<&'d str> {
    operation.node.value.get("tags")?.get(0)?.as_str()
}

/// A camelCase identifier, whatever the text.
fn identifier(text: &str) -> String {
    let name = camel(text);
    let name = match naming::is_camel(&name) {
        true => name,
        false => camel(&format!("x_{name}")),
    };
    match naming::member_is_free(&name) {
        true => name,
        false => format!("{name}Api"),
    }
}

/// What a path says that is no thing but is done to one, whatever the method.
const VERBS: &str = "accept activate archive authorize cancel count deactivate disable enable \
    introspect refresh resend reset restore revoke rotate search send validate verify";

/// The operations around one: what they do decides what its counterpart is called.
struct Siblings<'a>(&'a [RawOperation<'a>]);

impl Siblings<'_> {
    fn find(&self, path: &str, methods: &[&str]) -> Option<&RawOperation<'_>> {
        let mut all = self.0.iter();
        all.find(|other| other.path == path && methods.contains(&other.method))
    }

    /// Whether a thing is a member of the collection around it, and lives elsewhere: it is added by
    /// its id.
    fn is_member(&self, path: &str) -> bool {
        let collection = path.rsplit_once('/').map_or(path, |(before, _)| before);
        self.find(path, &["POST"]).is_some()
            || self
                .find(collection, &["POST"])
                .is_some_and(|other| takes_only(other, |name| name.ends_with("_id")))
    }

    /// Whether a thing always has a value, which a call sets.
    fn is_set(&self, path: &str) -> bool {
        self.find(path, &["PUT", "PATCH"]).is_some_and(sets_value)
    }

    /// Whether that is so of what a collection holds.
    fn holds_set(&self, path: &str) -> bool {
        let inside = |other: &&RawOperation<'_>| {
            other
                .path
                .rsplit_once('/')
                .is_some_and(|(before, last)| before == path && last.starts_with('{'))
        };
        self.0
            .iter()
            .filter(inside)
            .any(|other| self.is_set(other.path))
    }
}

fn sets_value(operation: &RawOperation<'_>) -> bool {
    takes_only(operation, |name| name == "value")
}

/// Whether what a call takes besides the values of its path is one thing with such a name.
fn takes_only(operation: &RawOperation<'_>, is_it: impl Fn(&str) -> bool) -> bool {
    let query = operation
        .parameters
        .iter()
        .filter(|parameter| parameter.location == Location::Query)
        .map(|parameter| parameter.name.as_str());
    let content = operation.node.value.pointer("/requestBody/content");
    let media = content.and_then(|content| content.as_object()?.values().next());
    let fields = media.and_then(|media| media.pointer("/schema/properties")?.as_object());
    let fields = fields
        .into_iter()
        .flat_map(|fields| fields.keys().map(String::as_str));
    let mut names = query.chain(fields);
    matches!((names.next(), names.next()), (Some(name), None) if is_it(name))
}

/// The name an operation has when nobody gave it one: the tag, then the fixed parts of the path
/// without what the tag says already, then a verb: the path's own, or one for the method.
fn default_call(
    operation: &RawOperation<'_>,
    roots: &HashMap<String, String>,
    siblings: &Siblings<'_>,
) -> (Vec<String>, String) {
    let segments: Vec<&str> = operation
        .path
        .split('/')
        .filter(|s| !s.is_empty())
        .collect();
    let version = |s: &&str| {
        s.strip_prefix('v')
            .is_some_and(|n| n.parse::<u32>().is_ok())
    };
    let mut fixed = segments
        .iter()
        .filter(|s| **s != "api" && !version(s) && !s.contains('{'))
        .map(|s| identifier(s))
        .collect::<Vec<_>>();
    if let [search, thing] = fixed.as_slice()
        && search == "search"
        && naming::resource_is_free(thing)
    {
        return (vec![thing.clone()], search.clone());
    }
    let tag = tag(operation);
    let root = match tag {
        Some(tag) => roots.get(tag).cloned().unwrap_or_else(|| identifier(tag)),
        None if fixed.is_empty() => "general".to_owned(),
        None => fixed[0].clone(),
    };
    let root = match naming::resource_is_free(&root) {
        true => root,
        false => format!("{root}Api"),
    };
    let word = |name: &str| singular(name).to_lowercase();
    let same = |name: &str| {
        word(name) == word(&root) || tag.is_some_and(|tag| word(name) == word(&identifier(tag)))
    };
    let one = segments.last().is_some_and(|last| last.ends_with('}'));
    let collection = fixed.last().is_some_and(|last| naming::is_plural(last));
    let known = (1..=fixed.len())
        .rev()
        .find(|&n| same(&fixed[..n].concat()));
    fixed.drain(..known.unwrap_or(0));

    let own = fixed.last().filter(|last| {
        let verb = naming::words(last).into_iter().next().unwrap_or_default();
        !one && VERBS.split_whitespace().any(|known| known == verb)
    });
    let name = match own.cloned() {
        Some(verb) => {
            fixed.pop();
            verb
        }
        None => verb(operation, siblings, one, collection).to_owned(),
    };
    fixed.insert(0, root);
    (fixed, name)
}

/// What a method does. `one`: to the last thing of the path; `collection`: to all that it holds.
fn verb(
    operation: &RawOperation<'_>,
    siblings: &Siblings<'_>,
    one: bool,
    collection: bool,
) -> &'static str {
    let path = operation.path;
    match operation.method {
        "GET" if collection && !one => "list",
        "GET" => "get",
        "POST" if one => "add",
        "POST" if collection && takes_only(operation, |name| name.ends_with("_id")) => "add",
        "POST" => "create",
        "PUT" | "PATCH" if one && sets_value(operation) => "set",
        "PUT" => "replace",
        "PATCH" => "update",
        "DELETE" if one && siblings.is_member(path) => "remove",
        "DELETE" if one && siblings.is_set(path) => "reset",
        "DELETE" if collection && !one && siblings.holds_set(path) => "resetAll",
        "DELETE" if collection && !one => "deleteAll",
        "DELETE" => "delete",
        "HEAD" => "head",
        _ => "options",
    }
}
