//! `tests/generated/contract.rs`: two calls of every operation, one with what it cannot do without
//! and one with everything the document knows.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use super::names;
use super::resources::{PathKind, Tree, path_kind};
use super::types::{self, Types, Variant, type_ident};
use crate::codegen::ir::{Field, Operation, Type, TypeDef, TypeKind};

/// Writes the file.
pub fn emit(types: &Types, tree: &Tree) -> TokenStream {
    let count = types.api.operations.len();
    let module = |everything: bool| {
        let samples = Samples { types, everything };
        let calls = types.api.operations.iter();
        functions(
            calls
                .map(|op| (function(op), samples.call(tree, op)))
                .collect(),
        )
    };
    let (required, everything) = (module(false), module(true));
    let alternatives = functions(alternatives(types, tree));
    quote! {
        //! Calls of every operation.

        #![allow(deprecated, unused_imports, unused_variables, clippy::needless_update)]

        use kinde_edge::{models, params};

        use crate::{Calls, file};

        /// How many operations there are.
        pub const OPERATIONS: usize = #count;

        /// Each with what it cannot do without.
        pub mod required { #required }

        /// Each with everything that the document knows.
        pub mod everything { #everything }

        /// Each kind of value where the document takes one of several that it cannot tell apart.
        pub mod alternatives { #alternatives }
    }
}

/// The functions of a module, and one that runs them all.
fn functions(functions: Vec<(Ident, TokenStream)>) -> TokenStream {
    let calls = functions
        .iter()
        .map(|(name, _)| quote!(#name(calls).await;));
    let bodies = functions.iter().map(|(name, body)| {
        quote! {
            async fn #name(calls: &mut Calls) { #body }
        }
    });
    quote! {
        use super::*;

        pub async fn all(calls: &mut Calls) { #(#calls)* }

        #(#bodies)*
    }
}

fn function(op: &Operation) -> Ident {
    names::ident(&names::snake(&op.id))
}

/// Where a parameter is, as the server says it: `request.body.options`.
fn place(op: &Operation, name: &str) -> String {
    let named = |fields: &[Field]| fields.iter().any(|field| field.name == name);
    if named(&op.query) {
        format!("request.query.{name}")
    } else if named(&op.headers) {
        format!("request.header.{}", name.to_lowercase())
    } else if op.body.as_ref().is_some_and(|body| body.whole().is_some()) {
        "request.body".to_owned()
    } else {
        format!("request.body.{name}")
    }
}

fn alternatives(types: &Types, tree: &Tree) -> Vec<(Ident, TokenStream)> {
    let samples = Samples {
        types,
        everything: true,
    };
    let mut calls = Vec::new();
    for op in &types.api.operations {
        for param in types.params(op) {
            let Some((union, members)) = samples.ambiguous(&param.field.ty) else {
                continue;
            };
            for variant in types::variants(&union.name, members) {
                let alternative = names::snake(&variant.ident.to_string());
                let name = format_ident!(
                    "{}_{}_{alternative}",
                    function(op),
                    names::snake(&param.field.name)
                );
                let chosen = Some((&param.field, variant));
                calls.push((name, samples.call_with(tree, op, chosen)));
            }
        }
    }
    calls
}

/// Values for calls.
struct Samples<'a> {
    types: &'a Types<'a>,
    /// Whether to fill in what may be left out.
    everything: bool,
}

/// A field, and the kind of value to give there.
type Chosen<'a> = (&'a Field, Variant<'a>);

impl<'a> Samples<'a> {
    fn call(&self, tree: &Tree, op: &Operation) -> TokenStream {
        self.call_with(tree, op, None)
    }

    fn call_with(&self, tree: &Tree, op: &Operation, chosen: Option<Chosen>) -> TokenStream {
        let (id, path) = (&op.id, tree.path(op));
        let values = op.arguments().map(|field| self.path_value(field));
        let params = op.has_params().then(|| self.params(op, chosen.as_ref()));
        let arguments = values.chain(params);
        // Prism would refuse its own answer.
        let made_up = op
            .response
            .ty
            .as_ref()
            .is_some_and(|ty| self.misfit(ty, &mut Vec::new()));
        let prefer = made_up.then(|| quote!(.header("Prefer", "dynamic=true")));
        let vague = match &chosen {
            Some((field, _)) => Some(place(op, &field.name)),
            None => self.vague(op),
        };
        let check = match vague {
            Some(place) => quote!(calls.check_one_of(#id, #place, call).await;),
            None => quote!(calls.check(#id, call).await;),
        };
        quote! {
            let kinde = calls.kinde();
            let call = kinde #path(#(#arguments),*)#prefer;
            #check
        }
    }

    /// Where the document cannot tell what kind of value an operation always takes or gives.
    fn vague(&self, op: &Operation) -> Option<String> {
        let mut params = self.types.params(op).into_iter();
        let taken =
            params.find(|param| param.field.required && self.ambiguous(&param.field.ty).is_some());
        let given = || {
            op.response
                .ty
                .as_ref()
                .filter(|ty| self.holds_ambiguous(ty, &mut Vec::new()))
        };
        match taken {
            Some(param) => Some(place(op, &param.field.name)),
            None => given().map(|_| "response.body".to_owned()),
        }
    }

    /// Whether a value that cannot be told apart may be somewhere in a type.
    fn holds_ambiguous(&self, ty: &Type, within: &mut Vec<String>) -> bool {
        match ty {
            Type::Array(item) | Type::Map(item) => self.holds_ambiguous(item, within),
            Type::Named(name) if !within.contains(name) => {
                within.push(name.clone());
                let parts: Vec<&Type> = match &self.types.def(name).kind {
                    TypeKind::Object(fields) => fields.iter().map(|field| &field.ty).collect(),
                    // The server takes whichever it likes.
                    TypeKind::Union(members)
                        if members.iter().any(|one| !self.clear(one, members)) =>
                    {
                        return true;
                    }
                    TypeKind::Union(members) => members.iter().collect(),
                    TypeKind::Enum(_) => Vec::new(),
                };
                parts
                    .into_iter()
                    .any(|part| self.holds_ambiguous(part, within))
            }
            _ => false,
        }
    }

    /// The union that a value is one of, if the document cannot tell which of its kinds the value
    /// is: objects of which nothing is required, for instance.
    fn ambiguous(&self, ty: &Type) -> Option<(&'a TypeDef, &'a [Type])> {
        let Type::Named(name) = ty else { return None };
        let def = self.types.def(name);
        let TypeKind::Union(members) = &def.kind else {
            return None;
        };
        let clear = members.iter().any(|one| self.clear(one, members));
        (!clear).then_some((def, members))
    }

    /// Whether a sample of one member of a union is a value of none of the others.
    fn clear(&self, one: &Type, members: &[Type]) -> bool {
        let others = members.iter().filter(|other| *other != one);
        !others.into_iter().any(|other| self.takes(other, one))
    }

    /// Whether a type takes the sample of another one.
    fn takes(&self, ty: &Type, sample: &Type) -> bool {
        let (ty, sample) = (self.shape(ty), self.shape(sample));
        match (ty, sample) {
            (Shape::Anything, _) => true,
            (Shape::Object(fields), Shape::Object(given)) => {
                let required = fields.iter().filter(|field| field.required);
                required
                    .into_iter()
                    .all(|field| given.iter().any(|own| own.name == field.name))
            }
            (Shape::Union(members), _) => members.iter().any(|ty| match sample {
                Shape::Union(_) => true,
                _ => std::mem::discriminant(&self.shape(ty)) == std::mem::discriminant(&sample),
            }),
            (Shape::Number, Shape::Integer) | (Shape::String, Shape::Enum) => true,
            (ty, sample) => std::mem::discriminant(&ty) == std::mem::discriminant(&sample),
        }
    }

    fn shape(&self, ty: &Type) -> Shape<'a> {
        match ty {
            Type::String | Type::CommaList | Type::Binary => Shape::String,
            Type::Integer => Shape::Integer,
            Type::Number => Shape::Number,
            Type::Boolean => Shape::Boolean,
            Type::Any => Shape::Anything,
            Type::FreeObject | Type::Map(_) => Shape::Object(&[]),
            Type::Array(_) => Shape::Array,
            Type::Named(name) => match &self.types.def(name).kind {
                TypeKind::Object(fields) => Shape::Object(fields),
                TypeKind::Enum(_) => Shape::Enum,
                TypeKind::Union(members) => Shape::Union(members),
            },
        }
    }

    /// Whether the document has an example in a type that is none.
    fn misfit(&self, ty: &Type, within: &mut Vec<String>) -> bool {
        match ty {
            Type::Array(item) | Type::Map(item) => self.misfit(item, within),
            Type::Named(name) if !within.contains(name) => match &self.types.def(name).kind {
                TypeKind::Object(fields) => {
                    within.push(name.clone());
                    fields.iter().any(|field| {
                        let example = field.example.as_ref().filter(|value| !value.is_null());
                        example.is_some_and(|value| !self.fits(&field.ty, value))
                            || self.misfit(&field.ty, within)
                    })
                }
                _ => false,
            },
            _ => false,
        }
    }

    fn path_value(&self, field: &Field) -> TokenStream {
        match path_kind(self.types, &field.ty) {
            PathKind::Text => {
                let example = field.example.as_ref().and_then(Value::as_str);
                // A value that every kind of path takes: a number is a string too.
                let text = example.filter(|text| !text.is_empty()).unwrap_or("1");
                quote!(#text)
            }
            _ => self.value(&field.ty, example(field), &mut Vec::new()),
        }
    }

    fn params(&self, op: &Operation, chosen: Option<&Chosen>) -> TokenStream {
        let name = type_ident(&op.type_name);
        let params = self.types.params(op);
        let mut given = Vec::new();
        for param in &params {
            let (ident, field) = (&param.ident, &param.field);
            let value = match chosen {
                Some((place, variant)) if place.name == field.name => {
                    self.member(&field.ty, variant, None, &mut Vec::new())
                }
                // Each kind has a call of its own.
                _ if !field.required && self.ambiguous(&field.ty).is_some() => continue,
                _ if self.everything || field.required => {
                    self.value(&field.ty, example(field), &mut Vec::new())
                }
                _ => continue,
            };
            let value = wrapped(value, !field.required, field.nullable);
            given.push(quote!(#ident: #value));
        }
        if given.is_empty() {
            return quote!(&params::#name::default());
        }
        let rest = (given.len() < params.len()).then(|| quote!(..Default::default()));
        quote!(&params::#name { #(#given,)* #rest })
    }

    /// A value of a type: the example if it is one.
    fn value(&self, ty: &Type, example: Option<&Value>, within: &mut Vec<String>) -> TokenStream {
        match ty {
            Type::String => {
                let text = example.and_then(Value::as_str).unwrap_or("text");
                quote!(#text.to_owned())
            }
            Type::CommaList => {
                let texts: Vec<&str> = match example {
                    Some(Value::String(text)) => text.split(',').map(str::trim).collect(),
                    Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
                    _ => Vec::new(),
                };
                let texts = if texts.is_empty() {
                    vec!["text"]
                } else {
                    texts
                };
                quote!(Vec::from([#(#texts.to_owned()),*]))
            }
            Type::Integer => {
                let number = example.and_then(Value::as_i64).unwrap_or(1);
                let number = proc_macro2::Literal::i64_unsuffixed(number);
                quote!(#number)
            }
            Type::Number => {
                let number = example.and_then(Value::as_f64).unwrap_or(1.5);
                let number = proc_macro2::Literal::f64_unsuffixed(number);
                quote!(#number)
            }
            Type::Boolean => {
                let value = example.and_then(Value::as_bool).unwrap_or(true);
                quote!(#value)
            }
            Type::Binary => quote!(file()),
            Type::Any => json(example.unwrap_or(&Value::String("text".to_owned()))),
            Type::FreeObject => {
                let given = example
                    .and_then(Value::as_object)
                    .filter(|given| !given.is_empty());
                let pairs: Vec<TokenStream> = match given {
                    Some(given) => given
                        .iter()
                        .map(|(key, value)| {
                            let value = json(value);
                            quote!((#key.to_owned(), #value))
                        })
                        .collect(),
                    None => {
                        let value = json(&Value::String("value".to_owned()));
                        vec![quote!(("key".to_owned(), #value))]
                    }
                };
                quote!(serde_json::Map::from_iter([#(#pairs),*]))
            }
            Type::Array(item) => {
                let given: Vec<&Value> = match example {
                    Some(Value::Array(given)) => given
                        .iter()
                        .filter(|value| self.fits(item, value))
                        .collect(),
                    _ => Vec::new(),
                };
                let items: Vec<_> = if given.is_empty() {
                    vec![self.value(item, None, within)]
                } else {
                    given
                        .into_iter()
                        .map(|value| self.value(item, Some(value), within))
                        .collect()
                };
                quote!(Vec::from([#(#items),*]))
            }
            Type::Map(item) => {
                let given: Vec<(&str, Option<&Value>)> = match example {
                    Some(Value::Object(given)) if !given.is_empty() => {
                        let given = given.iter().filter(|(_, value)| self.fits(item, value));
                        given
                            .map(|(key, value)| (key.as_str(), Some(value)))
                            .collect()
                    }
                    _ => vec![("key", None)],
                };
                let pairs = given.into_iter().map(|(key, value)| {
                    let value = self.value(item, value, within);
                    quote!((#key.to_owned(), #value))
                });
                let pairs: Vec<_> = pairs.collect();
                quote!(std::collections::BTreeMap::from_iter([#(#pairs),*]))
            }
            Type::Named(name) => self.named(name, example, within),
        }
    }

    /// A value of a union, of the given kind.
    fn member(
        &self,
        union: &Type,
        variant: &Variant,
        given: Option<&Value>,
        within: &mut Vec<String>,
    ) -> TokenStream {
        let Type::Named(name) = union else {
            return TokenStream::new();
        };
        within.push(name.clone());
        let value = self.value(variant.ty, given, within);
        within.pop();
        let value = match self.types.boxed(name, variant.ty) {
            true => quote!(Box::new(#value)),
            false => value,
        };
        let (union, variant) = (type_ident(name), &variant.ident);
        quote!(models::#union::#variant(#value))
    }

    fn named(&self, name: &str, given: Option<&Value>, within: &mut Vec<String>) -> TokenStream {
        let def = self.types.def(name);
        let ident = type_ident(&def.name);
        match &def.kind {
            TypeKind::Enum(values) => {
                let values = types::values(values);
                let example = given.and_then(Value::as_str);
                let found = values.iter().find(|(_, value)| Some(*value) == example);
                match found.or(values.first()) {
                    Some((variant, _)) => quote!(models::#ident::#variant),
                    None => quote!(models::#ident::default()),
                }
            }
            TypeKind::Union(members) => {
                let variants = types::variants(&def.name, members);
                let fitting = variants
                    .iter()
                    .find(|variant| given.is_some_and(|value| self.fits(variant.ty, value)));
                let clear = || {
                    variants
                        .iter()
                        .find(|variant| self.clear(variant.ty, members))
                };
                let Some(chosen) = fitting.or_else(clear).or(variants.first()) else {
                    return quote!(models::#ident::default());
                };
                self.member(
                    &Type::Named(def.name.clone()),
                    chosen,
                    fitting.and(given),
                    within,
                )
            }
            TypeKind::Object(fields) => {
                within.push(name.to_owned());
                let members = types::members(fields);
                let mut values = Vec::new();
                for member in &members {
                    let (ident, field) = (&member.ident, member.field);
                    if !(field.required || self.everything) {
                        continue;
                    }
                    if self.types.leads_to(&field.ty, within) {
                        values.push(quote!(#ident: Default::default()));
                        continue;
                    }
                    let own = given.and_then(|given| given.get(&field.name));
                    let own = own.filter(|value| self.fits(&field.ty, value));
                    let value = self.value(&field.ty, own.or(example(field)), within);
                    let value = match self.types.boxed(name, &field.ty) {
                        true => quote!(Box::new(#value)),
                        false => value,
                    };
                    // What is received as well has only optional fields.
                    let optional = def.received || !field.required;
                    let value = wrapped(value, optional, field.nullable && !def.received);
                    values.push(quote!(#ident: #value));
                }
                within.pop();
                if values.is_empty() {
                    return quote!(models::#ident::default());
                }
                let rest = (values.len() < members.len()).then(|| quote!(..Default::default()));
                quote!(models::#ident { #(#values,)* #rest })
            }
        }
    }

    /// Whether a value is one of a type, as far as the type goes.
    fn fits(&self, ty: &Type, value: &Value) -> bool {
        match ty {
            Type::String => value.is_string(),
            Type::CommaList => value.is_string() || value.is_array(),
            Type::Integer => value.is_i64(),
            Type::Number => value.is_number(),
            Type::Boolean => value.is_boolean(),
            Type::Binary => false,
            Type::Any => true,
            Type::FreeObject | Type::Map(_) => value.is_object(),
            Type::Array(_) => value.is_array(),
            Type::Named(name) => match &self.types.def(name).kind {
                TypeKind::Object(_) => value.is_object(),
                TypeKind::Enum(values) => {
                    values.iter().any(|known| Some(&**known) == value.as_str())
                }
                TypeKind::Union(members) => members.iter().any(|ty| self.fits(ty, value)),
            },
        }
    }
}

/// What a value looks like.
#[derive(Clone, Copy)]
enum Shape<'a> {
    String,
    Enum,
    Integer,
    Number,
    Boolean,
    Array,
    Object(&'a [Field]),
    Union(&'a [Type]),
    Anything,
}

/// The value the document shows for a field.
fn example(field: &Field) -> Option<&Value> {
    field.example.as_ref().or(field.default.as_ref())
}

fn wrapped(value: TokenStream, optional: bool, nullable: bool) -> TokenStream {
    match (optional, nullable) {
        (false, false) => value,
        (true, true) => quote!(Some(Some(#value))),
        _ => quote!(Some(#value)),
    }
}

/// JSON as an expression.
fn json(value: &Value) -> TokenStream {
    fn tokens(value: &Value) -> TokenStream {
        match value {
            Value::Null => quote!(null),
            Value::Bool(value) => quote!(#value),
            Value::String(text) => quote!(#text),
            Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(number), _) => {
                    let number = proc_macro2::Literal::i64_unsuffixed(number);
                    quote!(#number)
                }
                (None, number) => {
                    let number = proc_macro2::Literal::f64_unsuffixed(number.unwrap_or_default());
                    quote!(#number)
                }
            },
            Value::Array(items) => {
                let items = items.iter().map(tokens);
                quote!([#(#items),*])
            }
            Value::Object(object) => {
                let keys = object.keys();
                let values = object.values().map(tokens);
                quote!({ #(#keys: #values),* })
            }
        }
    }
    let tokens = tokens(value);
    quote!(serde_json::json!(#tokens))
}
