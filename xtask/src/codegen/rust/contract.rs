//! `tests/generated/contract.rs`: two calls of every operation, one with what it cannot do without
//! and one with everything the document knows.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::names;
use super::resources::{PathKind, Tree, path_kind};
use super::types::{self, Types, type_ident};
use crate::codegen::ir::{Field, Operation, Type, TypeKind};

/// Writes the file.
pub fn emit(types: &Types, tree: &Tree) -> TokenStream {
    let count = types.api.operations.len();
    let module = |everything: bool| {
        let samples = Samples { types, everything };
        let functions = types.api.operations.iter().map(|op| samples.call(tree, op));
        let calls = types.api.operations.iter().map(|op| {
            let name = function(op);
            quote!(#name(calls).await;)
        });
        quote! {
            use super::*;

            pub async fn all(calls: &mut Calls) { #(#calls)* }

            #(#functions)*
        }
    };
    let (required, everything) = (module(false), module(true));
    quote! {
        //! Two calls of every operation.

        #![allow(deprecated, unused_imports, clippy::needless_update)]

        use kinde_edge::{models, params};

        use crate::{Calls, file};

        /// How many operations there are.
        pub const OPERATIONS: usize = #count;

        /// Each with what it cannot do without.
        pub mod required { #required }

        /// Each with everything that the document knows.
        pub mod everything { #everything }
    }
}

fn function(op: &Operation) -> proc_macro2::Ident {
    names::ident(&names::snake(&op.id))
}

/// Values for calls.
struct Samples<'a> {
    types: &'a Types<'a>,
    /// Whether to fill in what may be left out.
    everything: bool,
}

impl Samples<'_> {
    fn call(&self, tree: &Tree, op: &Operation) -> TokenStream {
        let (name, id, path) = (function(op), &op.id, tree.path(op));
        let values = op.path_params.iter().map(|field| self.path_value(field));
        let params = op.has_params().then(|| self.params(op));
        let arguments = values.chain(params);
        quote! {
            async fn #name(calls: &mut Calls) {
                let kinde = calls.kinde();
                let call = kinde #path(#(#arguments),*);
                calls.check(#id, call).await;
            }
        }
    }

    fn path_value(&self, field: &Field) -> TokenStream {
        match path_kind(self.types, &field.ty) {
            PathKind::Text => {
                let example = field.example.as_ref().and_then(Value::as_str);
                let text = example.filter(|text| !text.is_empty()).unwrap_or("x1");
                quote!(#text)
            }
            _ => self.value(&field.ty, example(field), &mut Vec::new()),
        }
    }

    fn params(&self, op: &Operation) -> TokenStream {
        let name = type_ident(&op.type_name);
        let params = self.types.params(op);
        let all = params.len();
        let given: Vec<_> = params
            .iter()
            .filter(|param| self.everything || param.field.required)
            .map(|param| {
                let (ident, field) = (&param.ident, &param.field);
                let value = self.value(&field.ty, example(field), &mut Vec::new());
                let value = wrapped(value, !field.required, field.nullable);
                quote!(#ident: #value)
            })
            .collect();
        if given.is_empty() {
            return quote!(&params::#name::default());
        }
        let rest = (given.len() < all).then(|| quote!(..Default::default()));
        quote!(&params::#name { #(#given,)* #rest })
    }

    /// A value of a type: the example if it is one.
    fn value<'t>(
        &'t self,
        ty: &'t Type,
        example: Option<&Value>,
        within: &mut Vec<&'t str>,
    ) -> TokenStream {
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

    fn named<'t>(
        &'t self,
        name: &'t str,
        given: Option<&Value>,
        within: &mut Vec<&'t str>,
    ) -> TokenStream {
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
                let Some(chosen) = fitting.or(variants.first()) else {
                    return quote!(models::#ident::default());
                };
                within.push(name);
                let value = self.value(chosen.ty, fitting.and(given), within);
                within.pop();
                let value = match self.types.boxed(name, chosen.ty) {
                    true => quote!(Box::new(#value)),
                    false => value,
                };
                let variant = &chosen.ident;
                quote!(models::#ident::#variant(#value))
            }
            TypeKind::Object(fields) => {
                within.push(name);
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
