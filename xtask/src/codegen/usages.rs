//! Where a type is used: what is said of one that the document does not describe.

use std::collections::HashMap;

use super::ir::{Api, Operation, Type, TypeKind};

/// The first use of a type, what operations answer and take before what other types hold.
pub enum Usage<'a> {
    /// What an operation answers.
    Answer(&'a Operation),
    /// What an operation takes, by that name.
    Argument(&'a Operation, &'a str),
    /// The field of a type.
    Field(&'a str, &'a str),
    /// One of the types that a union is of.
    Kind(&'a str),
}

impl Usage<'_> {
    /// A sentence, in which `link` names other types.
    pub fn sentence(&self, link: impl Fn(&str) -> String) -> String {
        match self {
            Usage::Answer(operation) => format!("What `{}` answers.", place(operation)),
            Usage::Argument(operation, name) => {
                format!("What `{}` takes as `{name}`.", place(operation))
            }
            Usage::Field(name, of) => format!("`{name}` of {}.", link(of)),
            Usage::Kind(of) => format!("A kind of {}.", link(of)),
        }
    }
}

/// `organizations.users.list`
fn place(operation: &Operation) -> String {
    let path = operation.resource.iter().chain([&operation.name]);
    path.map(String::as_str).collect::<Vec<_>>().join(".")
}

/// The usages of all types, by name.
pub fn usages(api: &Api) -> HashMap<&str, Usage<'_>> {
    let mut usages = HashMap::new();
    for op in &api.operations {
        if let Some(name) = op.response.ty.as_ref().and_then(innermost) {
            usages.entry(name).or_insert(Usage::Answer(op));
        }
        let body = op.body.iter();
        let whole = body
            .clone()
            .filter_map(|body| body.whole())
            .map(|ty| ("body", ty));
        let fields = op.path_params.iter().chain(&op.query).chain(&op.headers);
        let fields = fields.chain(body.flat_map(|body| body.fields()));
        for (field, ty) in fields
            .map(|field| (field.name.as_str(), &field.ty))
            .chain(whole)
        {
            if let Some(name) = innermost(ty) {
                usages.entry(name).or_insert(Usage::Argument(op, field));
            }
        }
    }
    for def in api.types.values() {
        let of = def.name.as_str();
        let parts: Vec<(&Type, Usage)> = match &def.kind {
            TypeKind::Object(fields) => fields
                .iter()
                .map(|field| (&field.ty, Usage::Field(&field.name, of)))
                .collect(),
            TypeKind::Union(members) => members.iter().map(|ty| (ty, Usage::Kind(of))).collect(),
            TypeKind::Enum(_) => Vec::new(),
        };
        for (ty, usage) in parts {
            if let Some(name) = innermost(ty).filter(|name| *name != of) {
                usages.entry(name).or_insert(usage);
            }
        }
    }
    usages
}

/// The named type in a type.
fn innermost(ty: &Type) -> Option<&str> {
    match ty {
        Type::Array(item) | Type::Map(item) => innermost(item),
        Type::Named(name) => Some(name),
        _ => None,
    }
}
