//! One schema of the document, with `allOf` merged and its parts still as nodes.

use anyhow::{Result, ensure};
use indexmap::IndexMap;
use openapiv3::{ReferenceOr, Schema, SchemaKind, StringFormat, VariantOrUnknownOrEmpty};
use serde_json::Value;

use super::document::{Document, Node};

/// What a schema allows, at its own level.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// `values`: of an `enum`, otherwise empty.
    String {
        values: Vec<String>,
        binary: bool,
    },
    Integer,
    Number,
    Boolean,
    Array,
    Object,
}

/// A schema without its references and `allOf`.
#[derive(Debug, Clone)]
pub struct Shape<'d> {
    pub place: String,
    /// `None`: anything.
    pub kind: Option<Kind>,
    pub properties: IndexMap<String, Node<'d>>,
    pub required: Vec<String>,
    /// `additionalProperties`, if they have a schema that says something.
    pub additional: Option<Node<'d>>,
    pub items: Option<Node<'d>>,
    /// `oneOf` or `anyOf`, without members that only allow null or only repeat `required`.
    pub variants: Vec<Node<'d>>,
    pub nullable: bool,
    pub read_only: bool,
    pub write_only: bool,
    pub deprecated: bool,
    pub title: Option<String>,
    pub description: Option<String>,
    pub example: Option<Value>,
    pub default: Option<Value>,
}

pub const KEYWORDS: &str = "title multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength \
    pattern maxItems minItems uniqueItems maxProperties minProperties required enum type not \
    allOf oneOf anyOf items properties additionalProperties description format default \
    nullable discriminator readOnly writeOnly externalDocs example deprecated xml $defs";

/// Keywords that give a schema a structure, as opposed to describing or narrowing it.
const STRUCTURE: &str = "enum oneOf anyOf items properties additionalProperties required not";

impl<'d> Shape<'d> {
    /// Reads a schema, following it if it is a reference.
    pub fn read(document: &'d Document, node: &Node<'d>) -> Result<Shape<'d>> {
        Shape::read_within(document, node, &mut Vec::new())
    }

    fn read_within(
        document: &'d Document,
        node: &Node<'d>,
        within: &mut Vec<String>,
    ) -> Result<Shape<'d>> {
        let (node, pointer) = document.resolve(node)?;
        if let Some(pointer) = pointer {
            ensure!(!within.contains(&pointer), node.error("is made of itself"));
            within.push(pointer);
            let shape = Shape::read_resolved(document, &node, within);
            within.pop();
            return shape;
        }
        Shape::read_resolved(document, &node, within)
    }

    fn read_resolved(
        document: &'d Document,
        node: &Node<'d>,
        within: &mut Vec<String>,
    ) -> Result<Shape<'d>> {
        let own = Shape::read_own(node)?;
        let mut members = Vec::new();
        for member in node.get("allOf").iter().flat_map(Node::items) {
            members.push(Shape::read_within(document, &member, within)?);
        }
        let mut shape = match members.is_empty() {
            true => own,
            false => {
                let nullable = own.nullable || members.iter().all(|member| member.nullable);
                let mut all = members.into_iter().chain([own]);
                let first = all.next().unwrap_or_else(|| Shape::anything(node));
                let mut merged = all.try_fold(first, Shape::and)?;
                merged.nullable = nullable;
                merged.place = node.place.clone();
                merged
            }
        };
        let mut variants = Vec::new();
        let mut structured = shape.variants.is_empty();
        for variant in std::mem::take(&mut shape.variants) {
            if only_null(&document.resolve(&variant)?.0) {
                shape.nullable = true;
                continue;
            }
            structured |= Shape::read_within(document, &variant, within)?.has_structure();
            variants.push(variant);
        }
        // `oneOf: [{required: [a]}, {required: [b]}]` narrows what is there and adds nothing
        shape.variants = if structured { variants } else { Vec::new() };
        Ok(shape)
    }

    fn anything(node: &Node<'d>) -> Shape<'d> {
        Shape {
            place: node.place.clone(),
            kind: None,
            properties: IndexMap::new(),
            required: Vec::new(),
            additional: None,
            items: None,
            variants: Vec::new(),
            nullable: false,
            read_only: false,
            write_only: false,
            deprecated: false,
            title: None,
            description: None,
            example: None,
            default: None,
        }
    }

    /// What the node itself says, without its `allOf`.
    fn read_own(node: &Node<'d>) -> Result<Shape<'d>> {
        node.expect_keys(KEYWORDS)?;
        let schema = parse(node)?;
        let data = schema.schema_data;
        let mut shape = Shape::anything(node);
        shape.nullable = data.nullable;
        shape.read_only = data.read_only;
        shape.write_only = data.write_only;
        shape.deprecated = data.deprecated;
        shape.title = data.title;
        shape.description = data.description;
        shape.example = data.example;
        shape.default = data.default;

        use openapiv3::Type as T;
        shape.kind = match schema.schema_kind {
            SchemaKind::Type(T::String(string)) => Some(Kind::String {
                values: string.enumeration.into_iter().flatten().collect(),
                binary: string.format == VariantOrUnknownOrEmpty::Item(StringFormat::Binary),
            }),
            SchemaKind::Type(T::Number(_)) => Some(Kind::Number),
            SchemaKind::Type(T::Integer(_)) => Some(Kind::Integer),
            SchemaKind::Type(T::Boolean(_)) => Some(Kind::Boolean),
            SchemaKind::Type(T::Array(_)) => Some(Kind::Array),
            SchemaKind::Type(T::Object(object)) => {
                shape.required = object.required;
                Some(Kind::Object)
            }
            SchemaKind::Any(any) => {
                shape.required = any.required;
                match any.typ.as_deref() {
                    Some("string") => Some(Kind::String {
                        values: any.enumeration.iter().filter_map(text).collect(),
                        binary: any.format.as_deref() == Some("binary"),
                    }),
                    Some("number") => Some(Kind::Number),
                    Some("integer") => Some(Kind::Integer),
                    Some("boolean") => Some(Kind::Boolean),
                    Some("array") => Some(Kind::Array),
                    Some("object") => Some(Kind::Object),
                    Some(other) => {
                        return Err(node.error(format!("the type `{other}` is not known")));
                    }
                    None => implied(node, &any.enumeration),
                }
            }
            SchemaKind::OneOf { .. }
            | SchemaKind::AllOf { .. }
            | SchemaKind::AnyOf { .. }
            | SchemaKind::Not { .. } => None,
        };
        let values = node.get("enum");
        shape.nullable |= values
            .iter()
            .flat_map(Node::items)
            .any(|value| value.value.is_null());

        shape.properties = node
            .get("properties")
            .iter()
            .flat_map(Node::entries)
            .map(|(name, property)| (name.to_owned(), property))
            .collect();
        shape.additional = node.get("additionalProperties").filter(|schema| {
            schema
                .value
                .as_object()
                .is_some_and(|object| !object.is_empty())
        });
        shape.items = node.get("items");
        shape.variants = match (node.get("oneOf"), node.get("anyOf")) {
            (Some(_), Some(_)) => {
                return Err(node.error("oneOf and anyOf in one schema are not supported"));
            }
            (variants, others) => variants.or(others).iter().flat_map(Node::items).collect(),
        };
        Ok(shape)
    }

    /// Both at once, as `allOf` has it: the other adds to this one and has the last word.
    pub fn and(mut self, other: Shape<'d>) -> Result<Shape<'d>> {
        self.kind = match (self.kind.take(), other.kind) {
            (None, kind) | (kind, None) => kind,
            (Some(Kind::Integer), Some(Kind::Number)) => Some(Kind::Integer),
            (
                Some(Kind::String { values, binary }),
                Some(Kind::String {
                    values: others,
                    binary: other_binary,
                }),
            ) => Some(Kind::String {
                values: match (values.is_empty(), others.is_empty()) {
                    (true, _) => others,
                    (_, true) => values,
                    _ => values
                        .into_iter()
                        .filter(|value| others.contains(value))
                        .collect(),
                },
                binary: binary || other_binary,
            }),
            (Some(kind), Some(other_kind)) => {
                let same = std::mem::discriminant(&kind) == std::mem::discriminant(&other_kind);
                let refined = same || (kind == Kind::Number && other_kind == Kind::Integer);
                ensure!(
                    refined,
                    "{}: allOf of two types: {kind:?}, {other_kind:?}",
                    other.place
                );
                Some(other_kind)
            }
        };
        self.properties.extend(other.properties);
        self.required.extend(other.required);
        self.additional = other.additional.or(self.additional);
        self.items = other.items.or(self.items);
        ensure!(
            self.variants.is_empty() || other.variants.is_empty(),
            "{}: allOf of two choices (oneOf, anyOf) is not supported",
            other.place
        );
        self.variants.extend(other.variants);
        self.nullable &= other.nullable;
        self.read_only |= other.read_only;
        self.write_only |= other.write_only;
        self.deprecated |= other.deprecated;
        self.title = other.title.or(self.title);
        self.description = other.description.or(self.description);
        self.example = other.example.or(self.example);
        self.default = other.default.or(self.default);
        Ok(self)
    }

    fn has_structure(&self) -> bool {
        self.kind.is_some() || !self.variants.is_empty()
    }
}

/// The one member of an `allOf` that is there to describe a reference: the node adds nothing to it
/// but words.
pub fn sole_member<'d>(node: &Node<'d>) -> Option<Node<'d>> {
    let members = node.get("allOf")?;
    let mut members = members.items();
    let (first, none) = (members.next()?, members.next());
    let alone = none.is_none()
        && STRUCTURE
            .split(' ')
            .all(|key| node.value.get(key).is_none());
    alone.then_some(first)
}

/// Parses a schema. An error names the innermost schema that has it.
fn parse(node: &Node<'_>) -> Result<Schema> {
    node.parse::<ReferenceOr<Schema>>()
        .and_then(|schema| schema.into_item().ok_or_else(|| node.error("not a schema")))
        .map_err(|error| inner_error(node).unwrap_or(error))
}

fn inner_error(node: &Node<'_>) -> Option<anyhow::Error> {
    let lists = ["allOf", "oneOf", "anyOf"]
        .into_iter()
        .filter_map(|key| node.get(key));
    let properties = node.get("properties");
    let additional = node
        .get("additionalProperties")
        .filter(|child| !child.value.is_boolean());
    let children = ["items", "not"]
        .into_iter()
        .filter_map(|key| node.get(key))
        .chain(additional)
        .chain(lists.flat_map(|list| list.items().collect::<Vec<_>>()))
        .chain(
            properties
                .iter()
                .flat_map(Node::entries)
                .map(|(_, property)| property),
        )
        .collect::<Vec<_>>();
    children.iter().find_map(|child| {
        let error = child.parse::<ReferenceOr<Schema>>().err()?;
        Some(inner_error(child).unwrap_or(error))
    })
}

/// The type of a schema that does not name one.
fn implied(node: &Node<'_>, enumeration: &[Value]) -> Option<Kind> {
    let has = |key: &str| node.value.get(key).is_some();
    let mut values = enumeration
        .iter()
        .filter(|value| !value.is_null())
        .peekable();
    if has("properties")
        || node
            .value
            .get("additionalProperties")
            .is_some_and(Value::is_object)
    {
        Some(Kind::Object)
    } else if has("items") {
        Some(Kind::Array)
    } else if values.peek().is_none() {
        None
    } else if values.clone().all(Value::is_string) {
        Some(Kind::String {
            values: values.filter_map(text).collect(),
            binary: false,
        })
    } else if values.clone().all(|value| value.is_i64() || value.is_u64()) {
        Some(Kind::Integer)
    } else if values.clone().all(Value::is_number) {
        Some(Kind::Number)
    } else if values.all(Value::is_boolean) {
        Some(Kind::Boolean)
    } else {
        None
    }
}

/// A value of a string's `enum`; YAML makes numbers of `1` and truth of `true`.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// `enum: [null]`: how OpenAPI 3.0 spells a variant that is null.
fn only_null(node: &Node<'_>) -> bool {
    let values = node.value.get("enum").and_then(Value::as_array);
    values.is_some_and(|values| !values.is_empty() && values.iter().all(Value::is_null))
}
