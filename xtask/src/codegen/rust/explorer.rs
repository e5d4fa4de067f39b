//! What the API explorer needs to write a call in Rust: accessors, structures, and the types of
//! their fields.

use serde_json::{Map, Value, json};

use super::resources::{PathKind, Tree, path_kind};
use super::types::{self, Types};
use crate::codegen::ir::{Operation, Type, TypeKind};

/// Operations and types, by operation id and by name.
pub fn emit(types: &Types, tree: &Tree) -> (Map<String, Value>, Map<String, Value>) {
    let mut emitter = Emitter {
        types,
        found: Map::new(),
    };
    let operations = types.api.operations.iter();
    let operations = operations
        .map(|op| (op.id.clone(), emitter.operation(tree, op)))
        .collect();
    (operations, emitter.found)
}

struct Emitter<'a> {
    types: &'a Types<'a>,
    /// The types that calls are made with.
    found: Map<String, Value>,
}

impl Emitter<'_> {
    fn operation(&mut self, tree: &Tree, op: &Operation) -> Value {
        let path = op
            .arguments()
            .map(|field| match path_kind(self.types, &field.ty) {
                PathKind::Text => "text",
                PathKind::Enum => "enum",
                PathKind::Display => "value",
            });
        let mut entry = json!({
            "call": tree.path(op).to_string().replace(' ', "").trim_start_matches('.'),
            "path": path.collect::<Vec<_>>(),
        });
        if let Some(shorthand) = self.types.api.shorthand(op) {
            let call = tree.path(shorthand).to_string().replace(' ', "");
            entry["shorthand"] = json!(call.trim_start_matches('.'));
        }
        if op.has_params() {
            let params = self.types.params(op);
            let fields = params.iter().map(|param| {
                let (field, depth) = (
                    &param.field,
                    depth(!param.field.required, param.field.nullable),
                );
                let value = json!([param.ident.to_string(), self.ty(&field.ty), depth]);
                (field.name.clone(), value)
            });
            entry["fields"] = Value::Object(fields.collect());
            entry["params"] = json!(op.type_name);
        }
        entry
    }

    fn ty(&mut self, ty: &Type) -> Value {
        match ty {
            Type::String => json!("string"),
            Type::CommaList => json!("list"),
            Type::Integer => json!("integer"),
            Type::Number => json!("number"),
            Type::Boolean => json!("boolean"),
            Type::Binary => json!("file"),
            Type::Any => json!("json"),
            Type::FreeObject => json!("object"),
            Type::Array(item) => json!({ "array": self.ty(item) }),
            Type::Map(item) => json!({ "map": self.ty(item) }),
            Type::Named(name) => {
                self.find(name);
                json!(name)
            }
        }
    }

    /// A part of a model, which may be in a box.
    fn part(&mut self, owner: &str, ty: &Type) -> Value {
        let value = self.ty(ty);
        match self.types.boxed(owner, ty) {
            true => json!({ "box": value }),
            false => value,
        }
    }

    fn find(&mut self, name: &str) {
        if self.found.contains_key(name) {
            return;
        }
        // Before what it holds: that may hold it again.
        self.found.insert(name.to_owned(), Value::Null);
        let def = self.types.def(name);
        let definition = match &def.kind {
            TypeKind::Enum(_) => json!({ "choices": true }),
            TypeKind::Union(members) => {
                let variants = types::variants(&def.name, members);
                let kinds = variants
                    .iter()
                    .map(|variant| json!([variant.ident.to_string(), self.part(name, variant.ty)]));
                json!({ "kinds": kinds.collect::<Vec<_>>() })
            }
            TypeKind::Object(fields) => {
                let members = types::members(fields);
                let members = members.iter().map(|member| {
                    let field = member.field;
                    // What is received as well has only optional fields.
                    let optional = def.received || !field.required;
                    let depth = depth(optional, field.nullable && !def.received);
                    let value =
                        json!([member.ident.to_string(), self.part(name, &field.ty), depth]);
                    (field.name.clone(), value)
                });
                let members: Map<_, _> = members.collect();
                json!({ "fields": members })
            }
        };
        self.found.insert(name.to_owned(), definition);
    }
}

/// How often a value stands in `Some`.
fn depth(optional: bool, nullable: bool) -> u8 {
    u8::from(optional) + u8::from(nullable)
}
