//! One type for one shape, and what it is called.
//!
//! A document describes the same thing in many places. Types that say the same become one, and a
//! type without a name of its own gets one from the thing that it is: `ListedUser` for what a list
//! of users holds, `Environment` for what `environment.get` answers with, `EnvironmentLogo` for what
//! that has as `logo`. The overlay renames what this makes ugly.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::{Result, ensure};
use indexmap::IndexMap;

use super::ir::{Api, Body, Content, Field, Operation, Type, TypeDef, TypeKind};
use super::naming::{self, TypeNames, pascal, singular};
use super::notes::Notes;
use super::overlay::Overlay;
use super::usages::{Usage, usages};

/// What the pass is to know of where types come from.
pub struct Origins {
    /// All types, in the order in which they were met: those of operations that the overlay knows
    /// first, so that an operation that comes later renames nothing.
    pub order: Vec<String>,
    /// Those that the document itself names.
    pub components: HashSet<String>,
}

/// Makes types that say the same one, and names all.
pub fn share(
    api: &mut Api,
    origins: &Origins,
    overlay: &Overlay,
    lenient: bool,
    notes: &mut Notes,
) -> Result<()> {
    let wanted = wanted(api, origins);
    let order: Vec<&String> = origins
        .order
        .iter()
        .filter(|name| api.types.contains_key(*name))
        .collect();
    let classes = classes(api, &order);

    // The document's own name comes before one that is made.
    let mut members: IndexMap<&str, Vec<&str>> = IndexMap::new();
    for name in &order {
        members
            .entry(classes[name.as_str()])
            .or_default()
            .push(name);
    }
    let free = || {
        let mut names = TypeNames::new();
        for operation in &api.operations {
            names.claim_operation(&operation.type_name);
        }
        names
    };
    let mut taken = free();
    let mut chosen: Vec<(&Vec<&str>, &str, String)> = Vec::new();
    for members in members.values() {
        let own = members
            .iter()
            .find(|name| origins.components.contains(**name));
        let first = own.or(members.first()).copied().unwrap_or_default();
        chosen.push((members, first, taken.claim_like(&wanted[first])));
    }
    // What the overlay says comes first: it can give a name that another type would have had.
    chosen.sort_by_key(|(_, _, name)| !overlay.types.contains_key(name));
    let mut taken = free();
    let mut unused: HashSet<&String> = overlay.types.keys().collect();
    let mut names: HashMap<String, String> = HashMap::new();
    let mut described: HashMap<String, TypeDef> = HashMap::new();
    for (members, first, name) in chosen {
        let name = match overlay.types.get(&name) {
            Some(given) => {
                unused.remove(&name);
                let claimed = taken.claim_like(given);
                let free = claimed == *given;
                ensure!(free || lenient, "types.{name}: `{given}` is taken");
                claimed
            }
            None => taken.claim_like(&name),
        };
        described.insert(name.clone(), merged(api, members, first, &wanted));
        names.extend(
            members
                .iter()
                .map(|member| ((*member).to_owned(), name.clone())),
        );
    }
    let mut unused: Vec<String> = unused
        .into_iter()
        .map(|name| format!("types.{name}"))
        .collect();
    unused.sort();
    if lenient {
        for name in unused {
            notes.add(
                "the document has nothing for these entries of the overlay",
                name,
            );
        }
    } else {
        ensure!(
            unused.is_empty(),
            "no type is called like {} by itself",
            unused.join(", ")
        );
    }
    rename(api, &names, described);
    Ok(())
}

/// What each type would be called if it stood alone.
fn wanted(api: &Api, origins: &Origins) -> HashMap<String, String> {
    let usages = usages(api);
    let mut answers: HashMap<&str, usize> = HashMap::new();
    for operation in &api.operations {
        if let Some(Type::Named(name)) = &operation.response.ty {
            *answers.entry(name).or_default() += 1;
        }
    }
    let mut wanted: HashMap<String, String> = HashMap::new();
    // a type comes behind the one it is in
    let mut open: Vec<&str> = api.types.keys().map(String::as_str).rev().collect();
    while let Some(name) = open.pop() {
        if wanted.contains_key(name) {
            continue;
        }
        let is_component = origins.components.contains(name);
        let usage = usages.get(name);
        let made = match usage {
            Some(Usage::Answer(operation))
                if name.ends_with(RESPONSE) && answers.get(name) == Some(&1) =>
            {
                operation.type_name.clone() + RESPONSE
            }
            Some(Usage::Field(_, of) | Usage::Kind(of)) if !is_component => {
                match (wanted.get(*of), name.strip_prefix(of)) {
                    (_, None) => name.to_owned(),
                    (None, _) => {
                        open.extend([name, of]);
                        continue;
                    }
                    (Some(around), Some(word)) => match usages.get(of) {
                        Some(Usage::Answer(operation)) if of.ends_with(RESPONSE) => {
                            of_answer(operation, word)
                        }
                        _ => joined(around, word),
                    },
                }
            }
            _ => name.to_owned(),
        };
        wanted.insert(name.to_owned(), made);
    }
    wanted
}

const RESPONSE: &str = "Response";

/// What is done, as the property of the thing that it was done to.
const DONE: &[(&str, &str)] = &[
    ("list", "Listed"),
    ("search", "Found"),
    ("get", ""),
    ("create", "Created"),
    ("add", "Added"),
    ("update", "Updated"),
    ("replace", "Replaced"),
    ("set", "Set"),
    ("rotate", "Rotated"),
    ("verify", "Verified"),
];

/// What an operation answers with under a word: `ListedUser` for the `users` of `users.list`.
fn of_answer(operation: &Operation, word: &str) -> String {
    let verb = naming::words(&operation.type_name).into_iter().next();
    let verb = verb.unwrap_or_default();
    let about = operation.type_name.strip_prefix(&verb).unwrap_or_default();
    let done = DONE
        .iter()
        .find(|(known, _)| verb.eq_ignore_ascii_case(known));
    let done = done.map_or(verb.as_str(), |(_, done)| done);
    done.to_owned() + &joined(&singular(about), word)
}

/// `EnvironmentLogo`; but what is called like the thing that it is in is that thing.
fn joined(around: &str, word: &str) -> String {
    let last = naming::words(word).len();
    let words = naming::words(around);
    let tail: String = words[words.len().saturating_sub(last)..]
        .iter()
        .map(|word| pascal(word))
        .collect();
    match tail == word {
        true => around.to_owned(),
        false => around.to_owned() + word,
    }
}

/// For each type the first one that says the same.
fn classes<'a>(api: &'a Api, order: &[&'a String]) -> HashMap<&'a str, &'a str> {
    let mut class: HashMap<&str, &str> = order
        .iter()
        .map(|name| (name.as_str(), name.as_str()))
        .collect();
    loop {
        let mut seen: HashMap<String, &str> = HashMap::new();
        let mut next = HashMap::new();
        for name in order {
            let first = *seen.entry(shape(&api.types[*name], &class)).or_insert(name);
            next.insert(name.as_str(), first);
        }
        if next == class {
            return class;
        }
        class = next;
    }
}

/// What a type says, without its words.
fn shape(def: &TypeDef, class: &HashMap<&str, &str>) -> String {
    let ty = |ty: &Type| {
        format!(
            "{:?}",
            renamed(ty, &|name| class.get(name).map(|name| (*name).to_owned()))
        )
    };
    let kind = match &def.kind {
        TypeKind::Object(fields) => {
            let fields: BTreeMap<&str, String> = fields
                .iter()
                .map(|field| {
                    let text = format!("{} {} {}", field.required, field.nullable, ty(&field.ty));
                    (field.name.as_str(), text)
                })
                .collect();
            format!("object {fields:?}")
        }
        TypeKind::Enum(values) => {
            let mut values = values.clone();
            values.sort();
            format!("enum {values:?}")
        }
        TypeKind::Union(variants) => {
            let mut variants: Vec<String> = variants.iter().map(ty).collect();
            variants.sort();
            format!("union {variants:?}")
        }
    };
    format!("{} {} {kind}", def.sent, def.received)
}

/// The definition of a class: of types that are one thing the words of the first; of different
/// things what all of them say.
fn merged(api: &Api, members: &[&str], first: &str, wanted: &HashMap<String, String>) -> TypeDef {
    let mut def = api.types[first].clone();
    let thing = |name: &str| naming::words(&wanted[name]).pop().unwrap_or_default();
    let others: Vec<&TypeDef> = members
        .iter()
        .filter(|name| thing(name) != thing(first))
        .map(|name| &api.types[*name])
        .collect();
    if others
        .iter()
        .any(|other| other.description != def.description)
    {
        def.description = None;
    }
    if let TypeKind::Object(fields) = &mut def.kind {
        for field in fields {
            for other in &others {
                let TypeKind::Object(theirs) = &other.kind else {
                    continue;
                };
                let Some(theirs) = theirs.iter().find(|other| other.name == field.name) else {
                    continue;
                };
                field.description = field
                    .description
                    .take()
                    .filter(|_| field.description == theirs.description);
                field.example = field
                    .example
                    .take()
                    .filter(|_| field.example == theirs.example);
            }
        }
    }
    def
}

/// Gives every type its name, everywhere.
fn rename(api: &mut Api, names: &HashMap<String, String>, mut described: HashMap<String, TypeDef>) {
    let name = |old: &str| names.get(old).cloned();
    for operation in api.operations.iter_mut().chain(&mut api.shorthands) {
        let parameters = operation
            .path_params
            .iter_mut()
            .chain(&mut operation.query)
            .chain(&mut operation.headers);
        parameters.for_each(|field| field.ty = renamed(&field.ty, &name));
        match operation.body.as_mut().map(|Body { content, .. }| content) {
            Some(Content::Fields(fields)) => rename_fields(fields, &name),
            Some(Content::Whole(ty)) => *ty = renamed(ty, &name),
            None => {}
        }
        if let Some(ty) = &mut operation.response.ty {
            *ty = renamed(ty, &name);
        }
    }
    let mut types = IndexMap::new();
    for old in std::mem::take(&mut api.types).into_keys() {
        let Some((new, mut def)) = name(&old).and_then(|new| described.remove_entry(&new)) else {
            continue;
        };
        match &mut def.kind {
            TypeKind::Object(fields) => rename_fields(fields, &name),
            TypeKind::Union(variants) => {
                let renamed: Vec<Type> = variants.iter().map(|ty| renamed(ty, &name)).collect();
                variants.clear();
                for variant in renamed {
                    if !variants.contains(&variant) {
                        variants.push(variant);
                    }
                }
            }
            TypeKind::Enum(_) => {}
        }
        def.name = new.clone();
        types.insert(new, def);
    }
    api.types = types;
}

fn rename_fields(fields: &mut [Field], name: &dyn Fn(&str) -> Option<String>) {
    for field in fields {
        field.ty = renamed(&field.ty, name);
    }
}

fn renamed(ty: &Type, name: &dyn Fn(&str) -> Option<String>) -> Type {
    match ty {
        Type::Array(item) => Type::Array(Box::new(renamed(item, name))),
        Type::Map(value) => Type::Map(Box::new(renamed(value, name))),
        Type::Named(old) => Type::Named(name(old).unwrap_or_else(|| old.clone())),
        ty => ty.clone(),
    }
}
