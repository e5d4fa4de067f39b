//! Types of the API as types of Rust, and what is to know of them.

use std::collections::{HashMap, HashSet};

use anyhow::{Context as _, bail};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::names::{self, Names};
use crate::codegen::ir::{Api, Field, Operation, Type, TypeDef, TypeKind};

/// The API with answers to what every emitter asks.
pub struct Types<'a> {
    pub api: &'a Api,
    /// What each type holds without a list or a map between, directly or in turn.
    within: HashMap<&'a str, HashSet<&'a str>>,
}

/// A field with its identifier.
pub struct Member<'a> {
    pub ident: Ident,
    pub field: &'a Field,
}

/// A member of a union.
pub struct Variant<'a> {
    pub ident: Ident,
    pub ty: &'a Type,
}

impl<'a> Types<'a> {
    /// Fails for a type that refers to none.
    pub fn new(api: &'a Api) -> anyhow::Result<Self> {
        for def in api.types.values() {
            for ty in parts(def) {
                check(api, ty).with_context(|| format!("type {}", def.name))?;
            }
        }
        for op in &api.operations {
            let fields = op.path_params.iter().chain(&op.query).chain(&op.headers);
            let fields = fields.chain(op.body.iter().flat_map(|body| body.fields()));
            let whole = op.body.iter().filter_map(|body| body.whole());
            let types = fields
                .map(|field| &field.ty)
                .chain(whole)
                .chain(&op.response.ty);
            for ty in types {
                check(api, ty).with_context(|| format!("operation {}", op.id))?;
            }
        }
        let direct: HashMap<&str, Vec<&str>> = api
            .types
            .values()
            .map(|def| (def.name.as_str(), parts(def).filter_map(named).collect()))
            .collect();
        let within = api.types.keys().map(|name| {
            let mut seen = HashSet::new();
            let mut open = vec![name.as_str()];
            while let Some(next) = open.pop() {
                open.extend(direct[next].iter().filter(|held| seen.insert(**held)));
            }
            (name.as_str(), seen)
        });
        Ok(Types {
            api,
            within: within.collect(),
        })
    }

    /// The definition behind a name; [`Types::new`] has seen that there is one.
    pub fn def(&self, name: &str) -> &'a TypeDef {
        &self.api.types[name]
    }

    /// Whether a value of the first type would hold a value of the first type by way of the second.
    fn recursive(&self, owner: &str, held: &str) -> bool {
        owner == held
            || self
                .within
                .get(held)
                .is_some_and(|within| within.contains(owner))
    }

    /// A type as seen from `params` and `resources`.
    pub fn foreign(&self, ty: &Type) -> TokenStream {
        tokens(ty, &quote!(models::))
    }

    /// A type as a part of a model, in a box where it would hold itself.
    pub fn part(&self, owner: &str, ty: &Type) -> TokenStream {
        let tokens = tokens(ty, &TokenStream::new());
        if self.boxed(owner, ty) {
            quote!(Box<#tokens>)
        } else {
            tokens
        }
    }

    /// Whether a part of a model is in a box.
    pub fn boxed(&self, owner: &str, ty: &Type) -> bool {
        named(ty).is_some_and(|held| self.recursive(owner, held))
    }

    /// Whether a value of a type may hold one of these, through lists and maps too.
    pub fn leads_to(&self, ty: &Type, within: &[String]) -> bool {
        match ty {
            Type::Array(item) | Type::Map(item) => self.leads_to(item, within),
            Type::Named(name) => within.contains(name),
            _ => false,
        }
    }

    /// The values of a type that is an enum.
    pub fn enumeration(&self, ty: &Type) -> Option<(&'a TypeDef, &'a [String])> {
        let def = self.def(named(ty)?);
        match &def.kind {
            TypeKind::Enum(values) => Some((def, values)),
            _ => None,
        }
    }

    /// What of these no log may show.
    pub fn secret(&self, owner: &str, siblings: &[&Field], field: &Field) -> bool {
        let plain = matches!(field.ty, Type::Boolean | Type::Integer | Type::Number);
        if plain || self.enumeration(&field.ty).is_some() || self.is_cursor(&field.name) {
            return false;
        }
        let words: Vec<String> = names::words(&field.name)
            .into_iter()
            .map(|word| word.to_lowercase())
            .collect();
        let has = |stem: &str| words.iter().any(|word| word.trim_end_matches('s') == stem);
        let variable = || {
            owner.contains("EnvironmentVariable")
                || siblings.iter().any(|sibling| sibling.name == "is_secret")
        };
        has("secret")
            || has("token")
            || has("password")
            || has("salt")
            || has("private") && has("key")
            || field.name == "value" && variable()
    }

    /// Whether a field says where a page of a list begins: `next_token` opens nothing.
    fn is_cursor(&self, name: &str) -> bool {
        let pagings = self
            .api
            .operations
            .iter()
            .filter_map(|op| op.paging.as_ref());
        pagings
            .flat_map(|paging| [&paging.cursor, &paging.next])
            .any(|cursor| cursor.as_deref() == Some(name))
    }

    /// The fields that an operation takes in its params, each name once.
    pub fn params(&self, op: &Operation) -> Vec<Param> {
        let mut params: Vec<Param> = Vec::new();
        let mut names = Names::default();
        let mut add = |field: Field| match params.iter_mut().find(|p| p.field.name == field.name) {
            Some(known) => {
                known.field.required |= field.required;
                known.field.nullable |= field.nullable;
                if rust(&known.field.ty) != rust(&field.ty) {
                    known.field.ty = Type::Any;
                }
            }
            None => params.push(Param {
                ident: names.snake(&field.name),
                field,
            }),
        };
        // Null in a query or a header is no value.
        for field in op.named_query().chain(&op.headers) {
            add(Field {
                nullable: false,
                ..field.clone()
            });
        }
        let Some(body) = &op.body else { return params };
        // What an optional body requires is required of those who send one.
        for field in op.named_fields() {
            let required = field.required && body.required;
            add(Field {
                required,
                ..field.clone()
            });
        }
        if let Some(ty) = body.whole() {
            add(Field {
                name: "body".to_owned(),
                required: body.required,
                nullable: false,
                ty: ty.clone(),
                description: body.description.clone(),
                example: None,
                default: None,
                deprecated: false,
                words: Vec::new(),
                certain: false,
                argument: None,
            });
        }
        params
    }
}

/// A field of a params structure.
pub struct Param {
    pub ident: Ident,
    pub field: Field,
}

/// The fields of an object with their identifiers.
pub fn members(fields: &[Field]) -> Vec<Member<'_>> {
    let mut names = Names::default();
    let fields = fields.iter();
    fields
        .map(|field| Member {
            ident: names.snake(&field.name),
            field,
        })
        .collect()
}

/// The values of an enum with their identifiers.
pub fn values(values: &[String]) -> Vec<(Ident, &str)> {
    let mut names = Names::with(&["Other"]);
    let value = |value| (names.variant(value), value);
    values.iter().map(String::as_str).map(value).collect()
}

/// The members of a union with their identifiers, each type of Rust once.
pub fn variants<'a>(union: &str, types: &'a [Type]) -> Vec<Variant<'a>> {
    let mut seen = HashSet::new();
    let mut names = Names::with(&["Other"]);
    let variant = |ty| {
        let name = variant_name(union, ty);
        Variant {
            ident: names.ty(&name),
            ty,
        }
    };
    types
        .iter()
        .filter(|ty| seen.insert(rust(ty)))
        .map(variant)
        .collect()
}

/// `Social` for the member `ConnectionOptionsSocial` of `ConnectionOptions`, `StringList` for a
/// list of strings.
fn variant_name(union: &str, ty: &Type) -> String {
    match ty {
        Type::String => "String".to_owned(),
        Type::CommaList => "StringList".to_owned(),
        Type::Integer => "Integer".to_owned(),
        Type::Number => "Number".to_owned(),
        Type::Boolean => "Boolean".to_owned(),
        Type::Binary => "File".to_owned(),
        Type::Any => "Json".to_owned(),
        Type::FreeObject => "Object".to_owned(),
        Type::Array(item) => variant_name(union, item) + "List",
        Type::Map(item) => variant_name(union, item) + "Map",
        Type::Named(name) => match name.strip_prefix(union) {
            Some(rest) if rest.starts_with(|c: char| c.is_ascii_uppercase()) => rest.to_owned(),
            _ => name.clone(),
        },
    }
}

/// Whether reading a value takes more than the `Deserialize` of its type.
pub fn lenient(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Array(_) | Type::Map(_) | Type::Integer | Type::CommaList
    )
}

/// The attributes that put a field on the wire.
pub fn serde_attributes(
    ident: &Ident,
    name: &str,
    skip_none: bool,
    reader: Option<&str>,
) -> TokenStream {
    let mut options = Vec::new();
    if ident != name && ident != &format!("r#{name}") {
        options.push(quote!(rename = #name));
    }
    if skip_none {
        options.push(quote!(skip_serializing_if = "Option::is_none"));
    }
    if let Some(reader) = reader {
        if skip_none {
            // what has a reader of its own is not absent by itself
            options.push(quote!(default));
        }
        options.push(quote!(deserialize_with = #reader));
    }
    if options.is_empty() {
        return TokenStream::new();
    }
    quote!(#[serde(#(#options),*)])
}

/// `Debug` of a structure: derived, or by hand where a field holds a secret.
pub fn debug(name: &Ident, fields: &[(&Ident, Secret)]) -> (TokenStream, TokenStream) {
    if fields.iter().all(|(_, secret)| *secret == Secret::No) {
        return (quote!(Debug,), TokenStream::new());
    }
    let calls = fields.iter().map(|(ident, secret)| {
        let label = ident.to_string();
        let label = label.trim_start_matches("r#");
        let value = match secret {
            Secret::No => quote!(self.#ident),
            Secret::Plain => quote!(crate::wire::Redacted),
            Secret::Optional => quote!(self.#ident.as_ref().map(|_| crate::wire::Redacted)),
        };
        quote!(.field(#label, &#value))
    });
    let label = name.to_string();
    let by_hand = quote! {
        impl ::core::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(#label)#(#calls)*.finish()
            }
        }
    };
    (TokenStream::new(), by_hand)
}

/// Whether `Debug` shows a field.
#[derive(Clone, Copy, PartialEq)]
pub enum Secret {
    No,
    Plain,
    Optional,
}

/// An identifier for a name that already is one.
pub fn type_ident(name: &str) -> Ident {
    format_ident!("{name}")
}

fn tokens(ty: &Type, prefix: &TokenStream) -> TokenStream {
    match ty {
        Type::String => quote!(String),
        Type::CommaList => quote!(Vec<String>),
        Type::Integer => quote!(i64),
        Type::Number => quote!(f64),
        Type::Boolean => quote!(bool),
        Type::Binary => quote!(crate::File),
        Type::Any => quote!(serde_json::Value),
        Type::FreeObject => quote!(serde_json::Map<String, serde_json::Value>),
        Type::Array(item) => {
            let item = tokens(item, prefix);
            quote!(Vec<#item>)
        }
        Type::Map(item) => {
            let item = tokens(item, prefix);
            quote!(std::collections::BTreeMap<String, #item>)
        }
        Type::Named(name) => {
            let name = type_ident(name);
            quote!(#prefix #name)
        }
    }
}

/// The text of a type of Rust, to compare.
fn rust(ty: &Type) -> String {
    tokens(ty, &TokenStream::new()).to_string()
}

fn named(ty: &Type) -> Option<&str> {
    match ty {
        Type::Named(name) => Some(name),
        _ => None,
    }
}

/// The types a definition is made of.
fn parts(def: &TypeDef) -> Box<dyn Iterator<Item = &Type> + '_> {
    match &def.kind {
        TypeKind::Object(fields) => Box::new(fields.iter().map(|field| &field.ty)),
        TypeKind::Union(types) => Box::new(types.iter()),
        TypeKind::Enum(_) => Box::new(std::iter::empty()),
    }
}

fn check(api: &Api, ty: &Type) -> anyhow::Result<()> {
    match ty {
        Type::Array(item) | Type::Map(item) => check(api, item),
        Type::Named(name) if !api.types.contains_key(name) => bail!("there is no type {name}"),
        _ => Ok(()),
    }
}
