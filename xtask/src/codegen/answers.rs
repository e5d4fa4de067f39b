//! What can be relied on in an answer, whatever a document says of it: a list has its list, what was
//! asked for is there and has what it was asked for by, and so has what was created.

use super::ir::{Api, Field, Operation, Type, TypeKind};

/// Where something that is certain stands: the field of a type.
type Place = (String, String);

/// Marks what is certain as required. What may be null stays as it is.
pub fn require(api: &mut Api) {
    let mut lists: Vec<Place> = Vec::new();
    let mut things: Vec<Place> = Vec::new();
    let mut created: Vec<Place> = Vec::new();
    for operation in &api.operations {
        lists.extend(list(api, operation));
        lists.extend(map(api, operation));
        things.extend(items(api, operation));
        match operation.name.as_str() {
            "get" => things.extend(thing(api, operation)),
            "create" => created.extend(thing(api, operation)),
            _ => {}
        }
    }
    for place in lists {
        promise(api, &place, |field| {
            (field.certain, field.nullable) = (true, false);
        });
    }
    for place in things {
        promise(api, &place, |field| field.certain = !field.nullable);
    }
    // What has been created was created, even if the answer cannot be read: a strict reader would
    // make it look like a failure.
    for place in created {
        promise(api, &place, |_| {});
    }
}

fn promise(api: &mut Api, (owner, name): &Place, mark: impl FnOnce(&mut Field)) {
    // nobody has to send what is certain in an answer
    if api.types.get(owner).is_some_and(|def| def.sent) {
        return;
    }
    if let Some(field) = field_mut(api, owner, name) {
        mark(field);
        field.required |= !field.nullable;
    }
}

/// The list of a list, and what it is in.
fn list(api: &Api, operation: &Operation) -> Vec<Place> {
    let mut places = Vec::new();
    if api.listed(operation).is_none() {
        return places;
    }
    let mut around = operation.response.ty.as_ref();
    for name in operation
        .paging
        .iter()
        .flat_map(|paging| paging.items.split('.'))
    {
        let Some(owner) = around.and_then(named) else {
            break;
        };
        places.push((owner.to_owned(), name.to_owned()));
        around = field(api, owner, name).map(|field| &field.ty);
    }
    places
}

/// The map of a list whose items are in one.
fn map(api: &Api, operation: &Operation) -> Option<Place> {
    if operation.name != "list" || operation.paging.is_some() {
        return None;
    }
    let answer = named(operation.response.ty.as_ref()?)?;
    let mut maps = fields(api, answer)?
        .iter()
        .filter(|field| matches!(field.ty, Type::Map(_)));
    match (maps.next(), maps.next()) {
        (Some(only), None) => Some((answer.to_owned(), only.name.clone())),
        _ => None,
    }
}

/// What each item is known by.
fn items(api: &Api, operation: &Operation) -> Vec<Place> {
    let Some(item) = api.listed(operation).and_then(|(_, item)| named(item)) else {
        return Vec::new();
    };
    let mut places = ids(api, item);
    places.extend(code(api, operation, item));
    places
}

/// What the same resource's `get` takes, if that is not an id: an organization's `code`.
fn code(api: &Api, operation: &Operation, owner: &str) -> Option<Place> {
    let get = api
        .operations
        .iter()
        .find(|other| other.name == "get" && other.resource == operation.resource)?;
    let name = &get.arguments().last()?.name;
    field(api, owner, name).map(|_| (owner.to_owned(), name.clone()))
}

/// What was asked for, or created, and what it is known by.
fn thing(api: &Api, operation: &Operation) -> Vec<Place> {
    let by_id = operation.name == "get" && operation.arguments().next().is_some();
    let Some(answer) = operation.response.ty.as_ref().and_then(named) else {
        return Vec::new();
    };
    let known_by = |owner: &str| {
        let mut places = ids(api, owner);
        places.extend(code(api, operation, owner));
        places
    };
    match envelopes(api, answer).as_slice() {
        [(name, inner)] if field(api, answer, ID).is_none() => {
            let mut places = known_by(inner);
            if by_id || !places.is_empty() {
                places.push((answer.to_owned(), (*name).to_owned()));
            }
            // `code` beside an envelope is that of the answer
            places
        }
        // one thing as a list of one
        [] if by_id && field(api, answer, ID).is_none() => {
            let own = fields(api, answer).unwrap_or_default();
            let items = own.iter().filter_map(|field| match &field.ty {
                Type::Array(item) => named(item),
                _ => None,
            });
            items.flat_map(known_by).collect()
        }
        // what stands beside the id is a part of the thing
        _ => known_by(answer),
    }
}

const ID: &str = "id";

/// The id of a thing. Where there are two forms of it, the id beside and the id inside an envelope,
/// neither is certain but the one inside, if there is an envelope.
fn ids(api: &Api, name: &str) -> Vec<Place> {
    let with_id = |(_, inner): &&(&str, &str)| field(api, inner, ID).is_some();
    let envelopes = envelopes(api, name);
    let inner = match envelopes.as_slice() {
        [only] => Some(only).filter(with_id),
        _ => None,
    };
    let owner = inner.map_or(name, |(_, inner)| *inner);
    match field(api, owner, ID) {
        Some(_) => vec![(owner.to_owned(), ID.to_owned())],
        None => Vec::new(),
    }
}

/// The fields that hold an object, with its type.
fn envelopes<'a>(api: &'a Api, name: &str) -> Vec<(&'a str, &'a str)> {
    let object = |field: &'a Field| {
        let inner = named(&field.ty)?;
        fields(api, inner).map(|_| (field.name.as_str(), inner))
    };
    let own = fields(api, name).unwrap_or_default();
    own.iter().filter_map(object).collect()
}

fn fields<'a>(api: &'a Api, name: &str) -> Option<&'a [Field]> {
    match &api.types.get(name)?.kind {
        TypeKind::Object(fields) => Some(fields),
        _ => None,
    }
}

fn field<'a>(api: &'a Api, owner: &str, name: &str) -> Option<&'a Field> {
    fields(api, owner)?.iter().find(|field| field.name == name)
}

fn field_mut<'a>(api: &'a mut Api, owner: &str, name: &str) -> Option<&'a mut Field> {
    match &mut api.types.get_mut(owner)?.kind {
        TypeKind::Object(fields) => fields.iter_mut().find(|field| field.name == name),
        _ => None,
    }
}

fn named(ty: &Type) -> Option<&str> {
    match ty {
        Type::Named(name) => Some(name),
        _ => None,
    }
}
