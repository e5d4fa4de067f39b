//! Values for the examples in the documentation and for the file that calls everything.

use serde_json::Value;

use super::{Place, WIDTH, accessor, names::property, param_fields};
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

/// The call in the documentation of a method: path values and values that have no example are
/// variables.
pub fn example(operation: &Operation, arguments: &[String]) -> String {
    let mut given: Vec<Js> = arguments.iter().cloned().map(Js::Raw).collect();
    let fields = param_fields(operation);
    let mut entries: Vec<&Field> = fields
        .values()
        .map(|(field, _)| field)
        .filter(|field| field.required)
        .collect();
    if entries.is_empty() && operation.body.is_some() {
        let first = fields.values().find(|(_, place)| *place == Place::Sent);
        entries.extend(first.map(|(field, _)| field));
    }
    if !entries.is_empty() {
        given.push(Js::Object(
            entries
                .iter()
                .map(|field| (field.name.clone(), shown(field)))
                .collect(),
        ));
    }
    let answer = match &operation.paging {
        Some(paging) if is_variable(&paging.items) => format!("const {{ {} }} = ", paging.items),
        _ => String::new(),
    };
    let call = format!("{answer}await {}(", accessor(operation));
    let rest: Vec<String> = given
        .iter()
        .map(|value| value.fold(0, call.len() + 20))
        .collect();
    format!("{call}{});", rest.join(", "))
}

fn shown(field: &Field) -> Js {
    match (&field.ty, &field.example) {
        (Type::Binary, _) => Js::Raw("file".to_owned()),
        (_, Some(example)) if !example.is_null() => js(example),
        (Type::Boolean, _) => Js::Raw("true".to_owned()),
        (Type::Array(_), _) => Js::Array(Vec::new()),
        _ if is_variable(&field.name) => Js::Raw(field.name.clone()),
        _ => Js::Raw("value".to_owned()),
    }
}

fn is_variable(name: &str) -> bool {
    property(name) == name && !super::names::is_keyword(name)
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
        param_fields(operation)
            .values()
            .filter(|(field, _)| field.required || self.extent == Extent::Most)
            .map(|(field, _)| (field.name.clone(), self.field(field, &mut Vec::new())))
            .collect()
    }

    /// A path value.
    pub fn path_value(&self, field: &Field) -> Js {
        let value = self.field(field, &mut Vec::new());
        match &value {
            Js::Raw(text) if text.starts_with('"') => value,
            _ => Js::Raw(string("x1")),
        }
    }

    /// The document's example if it is of the type, otherwise a value that is.
    fn field(&self, field: &Field, within: &mut Vec<String>) -> Js {
        match (&field.example, &field.ty) {
            (Some(Value::String(text)), Type::String) => Js::Raw(string(text)),
            (Some(number @ Value::Number(_)), Type::Integer | Type::Number) => {
                Js::Raw(number.to_string())
            }
            _ => self.value(&field.ty, within),
        }
    }

    fn value(&self, ty: &Type, within: &mut Vec<String>) -> Js {
        let raw = |text: &str| Js::Raw(text.to_owned());
        match ty {
            Type::String => raw("\"x1\""),
            Type::CommaList if self.extent == Extent::Least => raw("\"x1,x2\""),
            Type::CommaList => Js::Array(vec![raw("\"x1\""), raw("\"x2\"")]),
            Type::Integer => raw("1"),
            Type::Number => raw("1.5"),
            Type::Boolean => raw("true"),
            Type::Binary => raw("blob"),
            Type::Any => raw("\"anything\""),
            Type::FreeObject => Js::Object(vec![("key".to_owned(), raw("\"x1\""))]),
            Type::Array(item) => match &**item {
                // A type within itself ends here.
                Type::Named(name) if within.contains(name) => Js::Array(Vec::new()),
                item => Js::Array(vec![self.value(item, within)]),
            },
            Type::Map(value) => match &**value {
                Type::Named(name) if within.contains(name) => Js::Object(Vec::new()),
                value => Js::Object(vec![("key".to_owned(), self.value(value, within))]),
            },
            Type::Named(name) => self.named(name, within),
        }
    }

    fn named(&self, name: &str, within: &mut Vec<String>) -> Js {
        let Some(def) = self.api.types.get(name) else {
            return Js::Object(Vec::new());
        };
        within.push(name.to_owned());
        let value = match &def.kind {
            TypeKind::Enum(values) => Js::Raw(string(values.first().map_or("x1", String::as_str))),
            TypeKind::Union(variants) => {
                let variant = variants
                    .iter()
                    .find(|v| !matches!(v, Type::Named(name) if within.contains(name)));
                variant.map_or(Js::Object(Vec::new()), |variant| {
                    self.value(variant, within)
                })
            }
            TypeKind::Object(fields) => {
                let mut entries = Vec::new();
                for field in fields {
                    let endless = matches!(&field.ty, Type::Named(n) if within.contains(n));
                    if field.required || (self.extent == Extent::Most && !endless) {
                        entries.push((field.name.clone(), self.field(field, within)));
                    }
                }
                Js::Object(entries)
            }
        };
        within.pop();
        value
    }
}
