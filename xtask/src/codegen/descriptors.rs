//! `src/generated/operations.rs`: one line of text for each operation, in the notation that
//! `src/operation.rs` and `src/notation.rs` read.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::PathBuf;

use anyhow::Result;

use super::ir::{Api, Content, Encoding, Field, Operation, Type, TypeKind};
use super::{Files, naming};

/// Writes the table.
pub fn emit(api: &Api) -> Result<Files> {
    let mut text = String::from(super::HEADER);
    text.push_str(
        "\n//! What a call of each operation looks like: `crate::operation` reads the lines.\n\n",
    );
    text.push_str("crate::operation::operations! {\n");
    for operation in api.methods() {
        let name = constant(api, operation);
        writeln!(text, "    {name} = {:?};", line(api, operation))?;
    }
    text.push_str("}\n");
    Ok(vec![(PathBuf::from("src/generated/operations.rs"), text)])
}

/// What the line of a method is called: by the operation, and for its second method by that too.
pub fn constant(api: &Api, operation: &Operation) -> String {
    let id = naming::constant(&operation.id);
    let is_shorthand = |other: &Operation| std::ptr::eq(other, operation);
    match api.shorthands.iter().any(is_shorthand) {
        true => format!("{id}_{}", naming::constant(&operation.name)),
        false => id,
    }
}

/// The line of one operation.
pub fn line(api: &Api, operation: &Operation) -> String {
    let notation = Notation { api };
    let mut line = format!(
        "{}.{} {} {} {}",
        operation.resource.join("."),
        operation.name,
        operation.id,
        operation.method,
        notation.path(operation)
    );
    let mut sections = String::new();
    if operation
        .arguments()
        .any(|field| field.argument_name() != field.name)
    {
        let names = operation
            .arguments()
            .map(|field| encoded(field.argument_name()));
        sections += &format!(" ={}", names.collect::<Vec<_>>().join(","));
    }
    for (mark, fields) in [('?', &operation.query), ('^', &operation.headers)] {
        if !fields.is_empty() {
            sections.push(' ');
            sections.push(mark);
            sections += &notation.parameters(fields);
        }
    }
    if let Some(paging) = &operation.paging {
        let words = [
            paging.cursor.as_deref().unwrap_or_default(),
            &paging.items,
            paging.next.as_deref().unwrap_or_default(),
            paging.back.as_deref().unwrap_or_default(),
            &paging.size.map(|size| size.to_string()).unwrap_or_default(),
        ];
        let words = words.map(encoded).join(",");
        sections += &format!(" >{}", words.trim_end_matches(','));
    }
    if let Some(body) = &operation.body {
        let code = match body.encoding {
            Encoding::Json => 'j',
            Encoding::Form => 'f',
            Encoding::Multipart => 'm',
        };
        let code = if body.required {
            code.to_ascii_uppercase()
        } else {
            code
        };
        let content = match &body.content {
            Content::Fields(fields) => format!("{{{}}}", notation.fields(fields, &mut Vec::new())),
            // braces stand for fields that callers give beside the others
            Content::Whole(ty) if notation.has_fields(ty) => "*o;".to_owned(),
            Content::Whole(ty) => notation.ty(ty, &mut Vec::new()),
        };
        sections += &format!(" @{code}{content}");
    }
    if operation.idempotent {
        sections += " ~";
    }
    if operation.as_user {
        sections += " $";
    }
    match &operation.scope {
        Some(scope) => line = format!("{line} {scope}"),
        None if !sections.is_empty() => line.push(' '),
        None => {}
    }
    line + &sections
}

/// A field in front of its type.
fn declared(field: &Field, ty: &str) -> String {
    let place = if field.argument.is_some() { "=" } else { "" };
    let required = if field.required { "!" } else { "" };
    let nullable = if field.nullable { "~" } else { "" };
    format!("{}{place}{required}{nullable}{ty}", encoded(&field.name))
}

struct Notation<'a> {
    api: &'a Api,
}

impl<'a> Notation<'a> {
    fn kind(&self, name: &str) -> Option<&'a TypeKind> {
        self.api.types.get(name).map(|definition| &definition.kind)
    }

    /// The template, with the values of a placeholder that has an enum.
    fn path(&self, operation: &Operation) -> String {
        operation
            .path_params
            .iter()
            .fold(operation.path.clone(), |path, field| {
                let values = match &field.ty {
                    Type::Named(name) => match self.kind(name) {
                        Some(TypeKind::Enum(values)) => alternatives(values),
                        _ => String::new(),
                    },
                    _ => String::new(),
                };
                let with_values = format!("{{{}{values}}}", encoded(&field.name));
                path.replace(&format!("{{{}}}", field.name), &with_values)
            })
    }

    /// Parameters: where a map holds arrays, a single value is as good as an array of one.
    fn parameters(&self, fields: &[Field]) -> String {
        let parameter = |field: &Field| match &field.ty {
            Type::Map(values) if **values == Type::Array(Box::new(Type::String)) => {
                declared(field, "<*ls;>")
            }
            Type::String if field.required && is_identifier(&field.name) => declared(field, ":k"),
            Type::String if field.argument.is_some() => declared(field, ":k"),
            Type::CommaList if field.required => declared(field, ":C"),
            ty => declared(field, &self.ty(ty, &mut Vec::new())),
        };
        fields.iter().map(parameter).collect::<Vec<_>>().join(",")
    }

    fn fields(&self, fields: &[Field], within: &mut Vec<String>) -> String {
        let field = |field: &Field| match &field.ty {
            Type::String if field.argument.is_some() => declared(field, ":k"),
            ty => declared(field, &self.ty(ty, within)),
        };
        fields.iter().map(field).collect::<Vec<_>>().join(",")
    }

    /// `within`: the named types around this one.
    fn ty(&self, ty: &Type, within: &mut Vec<String>) -> String {
        match ty {
            Type::String => String::new(),
            Type::CommaList => ":c".to_owned(),
            Type::Integer => ":i".to_owned(),
            Type::Number => ":n".to_owned(),
            Type::Boolean => ":b".to_owned(),
            Type::Binary => ":x".to_owned(),
            Type::Any => ":a".to_owned(),
            Type::FreeObject => ":o".to_owned(),
            Type::Array(items) => format!("[{}]", self.ty(items, within)),
            Type::Map(values) => format!("<{}>", self.ty(values, within)),
            Type::Named(name) if within.contains(name) => ":a".to_owned(),
            Type::Named(name) => {
                within.push(name.clone());
                let text = match self.kind(name) {
                    Some(TypeKind::Object(fields)) => {
                        format!("{{{}}}", self.fields(fields, within))
                    }
                    Some(TypeKind::Enum(values)) => alternatives(values),
                    Some(TypeKind::Union(variants)) => self.union(variants, within),
                    None => ":a".to_owned(),
                };
                within.pop();
                text
            }
        }
    }

    /// Objects become one with the fields of all; anything else is only told apart by its kind.
    fn union(&self, variants: &[Type], within: &mut Vec<String>) -> String {
        if let Some(fields) = self.merged(variants, within) {
            return format!("{{{}}}", self.fields(&fields, within));
        }
        let mut kinds = BTreeSet::new();
        match variants
            .iter()
            .all(|variant| self.kinds(variant, &mut kinds, within))
        {
            true => format!(
                "*{};",
                kinds.into_iter().map(|(_, kind)| kind).collect::<String>()
            ),
            false => ":a".to_owned(),
        }
    }

    /// The fields of all variants, if each is an object with fields.
    fn merged(&self, variants: &[Type], within: &[String]) -> Option<Vec<Field>> {
        let mut merged: Vec<Field> = Vec::new();
        let mut objects = Vec::new();
        for variant in variants {
            let Type::Named(name) = variant else {
                return None;
            };
            if within.contains(name) {
                return None;
            }
            let TypeKind::Object(fields) = self.kind(name)? else {
                return None;
            };
            objects.push(fields);
        }
        for field in objects.iter().copied().flatten() {
            match merged.iter_mut().find(|known| known.name == field.name) {
                None => merged.push(field.clone()),
                Some(known) => {
                    known.nullable |= field.nullable;
                    let text = |ty: &Type| self.ty(ty, &mut within.to_vec());
                    if text(&known.ty) != text(&field.ty) {
                        known.ty = Type::Any;
                    }
                }
            }
        }
        for field in &mut merged {
            field.required = objects.iter().all(|fields| {
                fields
                    .iter()
                    .any(|other| other.name == field.name && other.required)
            });
        }
        Some(merged)
    }

    /// Adds the kinds of a type, in the order of the grammar. `false`: it can be anything.
    fn kinds(
        &self,
        ty: &Type,
        kinds: &mut BTreeSet<(usize, char)>,
        within: &mut Vec<String>,
    ) -> bool {
        let kind = match ty {
            Type::String | Type::CommaList => 's',
            Type::Integer => 'i',
            Type::Number => 'n',
            Type::Boolean => 'b',
            Type::Any | Type::Binary => return false,
            Type::FreeObject | Type::Map(_) => 'o',
            Type::Array(_) => 'l',
            Type::Named(name) => match self.kind(name) {
                Some(TypeKind::Object(_)) => 'o',
                Some(TypeKind::Enum(_)) => 's',
                Some(TypeKind::Union(_)) if within.contains(name) => return true,
                Some(TypeKind::Union(variants)) => {
                    within.push(name.clone());
                    let known = variants
                        .iter()
                        .all(|variant| self.kinds(variant, kinds, within));
                    within.pop();
                    return known;
                }
                None => return false,
            },
        };
        kinds.insert(("sinbol".find(kind).unwrap_or_default(), kind));
        true
    }

    fn has_fields(&self, ty: &Type) -> bool {
        self.ty(ty, &mut Vec::new()).starts_with('{')
    }
}

fn alternatives(values: &[String]) -> String {
    let values: Vec<_> = values.iter().map(|value| encoded(value)).collect();
    format!("({})", values.join("|"))
}

/// Whether a parameter says which thing is meant. A call without it would mean another one, or all.
fn is_identifier(name: &str) -> bool {
    let last = name.rsplit('_').next().unwrap_or(name);
    matches!(last, "id" | "code" | "ref")
}

/// Percent-encodes what could be a mark of the notation.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        let c = char::from(byte);
        match byte.is_ascii_alphanumeric() || "_-.$/+".contains(c) {
            true => encoded.push(c),
            false => encoded += &format!("%{byte:02X}"),
        }
    }
    encoded
}
