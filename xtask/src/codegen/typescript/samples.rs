//! Values for the examples in the documentation and for the file that calls everything.

use serde_json::Value;

use super::names::{Names, is_keyword, property};
use super::{Place, WIDTH, accessor, param_fields};
use crate::codegen::ir::{Api, Field, Operation, Type, TypeKind};

/// A JavaScript expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Js {
    /// Written as it is: a literal, a variable.
    Raw(String),
    /// `[…]`
    Array(Vec<Js>),
    /// `{ … }`
    Object(Vec<(String, Js)>),
}

impl Js {
    /// The expression in one line.
    pub fn line(&self) -> String {
        match self {
            Self::Raw(text) => text.clone(),
            Self::Array(items) => {
                let items: Vec<String> = items.iter().map(Self::line).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Object(entries) if entries.is_empty() => "{}".to_owned(),
            Self::Object(entries) => {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|(key, value)| entry(key, &value.line()))
                    .collect();
                format!("{{ {} }}", entries.join(", "))
            }
        }
    }

    /// The expression, folded if it does not fit behind `used` characters; the lines after the
    /// first stand `indent` spaces in.
    pub fn fold(&self, indent: usize, used: usize) -> String {
        let line = self.line();
        if used + line.len() <= WIDTH {
            return line;
        }
        let margin = " ".repeat(indent);
        let inner = indent + 2;
        match self {
            Self::Raw(_) => line,
            Self::Array(items) => {
                let items = items
                    .iter()
                    .map(|item| format!("{margin}  {},\n", item.fold(inner, inner + 1)));
                format!("[\n{}{margin}]", items.collect::<String>())
            }
            Self::Object(entries) => {
                let entries = entries.iter().map(|(key, value)| {
                    let value = value.fold(inner, inner + property(key).len() + 3);
                    format!("{margin}  {},\n", entry(key, &value))
                });
                format!("{{\n{}{margin}}}", entries.collect::<String>())
            }
        }
    }
}

fn entry(key: &str, value: &str) -> String {
    if key == "__proto__" {
        // The plain key would set the prototype.
        return format!("[\"__proto__\"]: {value}");
    }
    let key = property(key);
    if key == value {
        key
    } else {
        format!("{key}: {value}")
    }
}

/// A string literal.
pub fn string(text: &str) -> String {
    Value::from(text).to_string()
}

/// A longer example says less than the name of a variable.
const SHORT: usize = 40;

/// The call in the documentation of a method: path values and values that have no short example
/// are variables.
pub fn example(operation: &Operation, arguments: &[String], names: &Names) -> String {
    let mut given: Vec<Js> = Vec::new();
    for (field, argument) in operation.arguments().zip(arguments) {
        given.push(match &field.ty {
            Type::Named(name) if names.is_enum(name) => shown(&field.ty, argument, names, 0),
            _ => Js::Raw(argument.clone()),
        });
    }
    let fields = param_fields(operation);
    let sends_field = fields
        .values()
        .any(|(f, place)| *place == Place::Sent && f.required);
    let first_sent = fields.values().position(|(_, place)| *place == Place::Sent);
    let chosen = fields.values().enumerate().filter(|(index, (field, _))| {
        field.required || (!sends_field && Some(*index) == first_sent)
    });
    let entries: Vec<(String, Js)> = chosen
        .map(|(_, (field, _))| (field.name.clone(), shown_field(field, names, 0)))
        .collect();
    if !entries.is_empty() {
        given.push(Js::Object(entries));
    }
    let answer = match &operation.paging {
        Some(_) if operation.response.may_be_empty => "const page = ".to_owned(),
        Some(paging) => match paging.items.split('.').next() {
            Some(name) if is_variable(name) => format!("const {{ {name} }} = "),
            _ => String::new(),
        },
        None => String::new(),
    };
    let call = format!("{answer}await {}(", accessor(operation));
    let rest: Vec<String> = given
        .iter()
        .map(|value| value.fold(0, call.len() + 20))
        .collect();
    format!("{call}{});", rest.join(", "))
}

fn shown_field(field: &Field, names: &Names, depth: usize) -> Js {
    match &field.example {
        Some(example) if !example.is_null() => match js(example) {
            literal if literal.line().len() <= SHORT => literal,
            _ => shown(&field.ty, &field.name, names, depth),
        },
        _ => shown(&field.ty, &field.name, names, depth),
    }
}

/// A value as an example has it; `name` is that of a variable with such a value.
fn shown(ty: &Type, name: &str, names: &Names, depth: usize) -> Js {
    let variable = || Js::Raw(if is_variable(name) { name } else { "value" }.to_owned());
    match ty {
        Type::Binary => Js::Raw("file".to_owned()),
        Type::Boolean => Js::Raw("true".to_owned()),
        Type::Array(item) => match shown(item, name, names, depth) {
            // One name cannot be that of the list and of what is in it.
            Js::Raw(text) if text == name => variable(),
            item => Js::Array(vec![item]),
        },
        Type::Named(ty) => match names.definition(ty).map(|def| &def.kind) {
            Some(TypeKind::Enum(values)) if !values.is_empty() => Js::Raw(string(&values[0])),
            Some(TypeKind::Object(fields)) if !fields.is_empty() && depth < 2 => {
                let required: Vec<&Field> = fields.iter().filter(|f| f.required).collect();
                let chosen = if required.is_empty() {
                    vec![&fields[0]]
                } else {
                    required
                };
                let entries = chosen
                    .into_iter()
                    .map(|field| (field.name.clone(), shown_field(field, names, depth + 1)));
                Js::Object(entries.collect())
            }
            _ => variable(),
        },
        _ => variable(),
    }
}

fn is_variable(name: &str) -> bool {
    property(name) == name && !is_keyword(name)
}

fn js(value: &Value) -> Js {
    match value {
        Value::Array(items) => Js::Array(items.iter().map(js).collect()),
        Value::Object(entries) => Js::Object(
            entries
                .iter()
                .map(|(key, value)| (key.clone(), js(value)))
                .collect(),
        ),
        scalar => Js::Raw(scalar.to_string()),
    }
}

/// How much a value holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What is required.
    Least,
    /// Everything that the document knows.
    Most,
}

/// Makes values of the types of an API.
pub struct Sampler<'a> {
    api: &'a Api,
    extent: Extent,
}

impl<'a> Sampler<'a> {
    /// Values that hold as much as `extent` says.
    pub fn new(api: &'a Api, extent: Extent) -> Self {
        Self { api, extent }
    }

    /// The params object of an operation.
    pub fn params(&self, operation: &Operation) -> Vec<(String, Js)> {
        let fields = param_fields(operation);
        self.entries(fields.values().map(|(field, _)| field), &mut Vec::new())
            .unwrap_or_default()
    }

    /// A path value.
    pub fn path_value(&self, field: &Field) -> Js {
        match self.field(field, &mut Vec::new()) {
            Some(Js::Raw(text)) if text.starts_with('"') => Js::Raw(text),
            _ => Js::Raw(string("x1")),
        }
    }

    /// None where a required field has no end: a type that holds itself.
    fn entries<'f>(
        &self,
        fields: impl Iterator<Item = &'f Field>,
        within: &mut Vec<String>,
    ) -> Option<Vec<(String, Js)>> {
        let mut entries = Vec::new();
        for field in fields.filter(|field| field.required || self.extent == Extent::Most) {
            match self.field(field, within) {
                Some(value) => entries.push((field.name.clone(), value)),
                None if field.required => return None,
                None => {}
            }
        }
        Some(entries)
    }

    /// The document's example if it is of the type and short, otherwise a value that is.
    fn field(&self, field: &Field, within: &mut Vec<String>) -> Option<Js> {
        match (&field.example, &field.ty) {
            (Some(Value::String(text)), Type::String) if text.len() <= SHORT => {
                Some(Js::Raw(string(text)))
            }
            (Some(number @ Value::Number(_)), Type::Integer | Type::Number) => {
                Some(Js::Raw(number.to_string()))
            }
            (_, Type::CommaList) if !field.words.is_empty() && self.extent == Extent::Most => {
                let words = field.words.iter().map(|word| Js::Raw(string(word)));
                Some(Js::Array(words.collect()))
            }
            _ => self.value(&field.ty, within),
        }
    }

    fn value(&self, ty: &Type, within: &mut Vec<String>) -> Option<Js> {
        let raw = |text: &str| Js::Raw(text.to_owned());
        let key = |value: Js| vec![("key".to_owned(), value)];
        Some(match ty {
            Type::String => raw("\"x1\""),
            Type::CommaList if self.extent == Extent::Least => raw("\"x1,x2\""),
            Type::CommaList => Js::Array(vec![raw("\"x1\""), raw("\"x2\"")]),
            Type::Integer => raw("1"),
            Type::Number => raw("1.5"),
            Type::Boolean => raw("true"),
            Type::Binary => raw("blob"),
            Type::Any => raw("\"anything\""),
            Type::FreeObject => Js::Object(key(raw("\"x1\""))),
            Type::Array(item) => Js::Array(self.value(item, within).into_iter().collect()),
            Type::Map(value) => Js::Object(self.value(value, within).map(key).unwrap_or_default()),
            Type::Named(name) if within.contains(name) => return None,
            Type::Named(name) => {
                within.push(name.clone());
                let value = self.named(name, within);
                within.pop();
                return value;
            }
        })
    }

    fn named(&self, name: &str, within: &mut Vec<String>) -> Option<Js> {
        match &self.api.types.get(name)?.kind {
            TypeKind::Enum(values) => {
                Some(Js::Raw(string(values.first().map_or("x1", String::as_str))))
            }
            TypeKind::Union(variants) => variants.iter().find_map(|v| self.value(v, within)),
            TypeKind::Object(fields) => self.entries(fields.iter(), within).map(Js::Object),
        }
    }
}
