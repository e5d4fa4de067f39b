//! `src/generated/models.rs`: what operations send and receive.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::{docs, field as field_docs, markdown};
use super::types::{self, Secret, Types, type_ident};
use crate::codegen::ir::{Field, Type, TypeDef, TypeKind};
use crate::codegen::usages::usages;

/// Writes the file.
pub fn emit(types: &Types) -> TokenStream {
    let usages = usages(types.api);
    let items = types.api.types.values().map(|def| {
        let text = match (&def.description, usages.get(def.name.as_str())) {
            (Some(text), _) if !text.trim().is_empty() => markdown(text),
            (_, Some(usage)) => usage.sentence(|name| format!("[`{name}`]")),
            _ => format!("`{}` of the API.", def.name),
        };
        match &def.kind {
            TypeKind::Object(fields) => object(types, def, fields, text),
            TypeKind::Enum(values) => enumeration(def, values, text),
            TypeKind::Union(members) => union(types, def, members, text),
        }
    });
    let decoded = types.api.types.values();
    let decoded = decoded.filter(|def| def.received && !matches!(def.kind, TypeKind::Enum(_)));
    let decoded: Vec<_> = decoded.map(|def| type_ident(&def.name)).collect();
    let decode = (!decoded.is_empty()).then(|| quote!(crate::wire::decode! { #(#decoded),* }));
    quote! {
        //! What the service answers, and the objects that requests are made of.
        //!
        //! In answers a list has its list, and what was asked for has its id. Every other field is
        //! optional: the service leaves out, or sends null for, what it does not know. Fields that
        //! are newer than this crate are in the raw answer.

        #(#items)*
        #decode
    }
}

fn object(types: &Types, def: &TypeDef, fields: &[Field], text: String) -> TokenStream {
    let name = type_ident(&def.name);
    let siblings: Vec<&Field> = fields.iter().collect();
    let members = types::members(fields);
    let mut shown = Vec::new();
    let mut declared = Vec::new();
    for member in &members {
        let (ident, field) = (&member.ident, member.field);
        let ty = types.part(&def.name, &field.ty);
        // What is received may lack anything but what it cannot be without.
        let required = match def.received {
            true => field.certain,
            false => field.required,
        };
        let nullable = field.nullable && !def.received;
        let ty = match (required, nullable) {
            (true, false) => ty,
            (true, true) | (false, false) => quote!(Option<#ty>),
            (false, true) => quote!(Option<Option<#ty>>),
        };
        let mut text = field_docs(field, &format!("`{}`", field.name));
        if nullable {
            text.push(null_note(required));
        }
        let text = docs(text);
        let lenient = def.received && types::lenient(&field.ty);
        let reader = match (lenient, required) {
            (false, _) => None,
            (true, false) => Some("crate::wire::optional"),
            (true, true) => Some("crate::wire::certain"),
        };
        let attributes = types::serde_attributes(ident, &field.name, !required, reader);
        declared.push(quote!(#text #attributes pub #ident: #ty));
        let secret = match types.secret(&def.name, &siblings, field) {
            false => Secret::No,
            true if required && !nullable => Secret::Plain,
            true => Secret::Optional,
        };
        shown.push((ident, secret));
    }
    let (debug, by_hand) = types::debug(&name, &shown);
    let text = docs([text]);
    let reads = def.received.then(|| quote!(serde::Deserialize,));
    quote! {
        #text
        #[derive(#debug Clone, Default, PartialEq, #reads serde::Serialize)]
        pub struct #name { #(#declared,)* }
        #by_hand
    }
}

/// What the two layers of an optional field that may be null are for.
pub fn null_note(required: bool) -> String {
    let none = if required { "`None`" } else { "`Some(None)`" };
    format!("{none} is sent as null.")
}

fn enumeration(def: &TypeDef, values: &[String], text: String) -> TokenStream {
    let name = type_ident(&def.name);
    let values = types::values(values);
    let variants = values.iter().map(|(ident, value)| {
        let text = docs([code(value)]);
        quote!(#text #ident)
    });
    let pairs = values.iter().map(|(ident, value)| quote!(#ident = #value));
    let text = docs([text]);
    quote! {
        #text
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants,)*
            /// A value that is newer than this crate.
            Other(String),
        }
        crate::wire::string_enum! { #name { #(#pairs,)* } }
    }
}

/// A value of an enum for its documentation.
fn code(value: &str) -> String {
    if value.trim().is_empty() || value.contains(['`', '\n']) {
        format!("The value {}.", markdown(&format!("{value:?}")))
    } else {
        format!("`{value}`")
    }
}

fn union(types: &Types, def: &TypeDef, members: &[Type], text: String) -> TokenStream {
    let name = type_ident(&def.name);
    let variants = types::variants(&def.name, members);
    let text = docs([text]);
    let declared = variants.iter().map(|variant| {
        let (ident, ty) = (&variant.ident, types.part(&def.name, variant.ty));
        let text = docs([variant_docs(types, variant.ty)]);
        quote!(#text #ident(#ty))
    });
    let from = variants.iter().map(|variant| {
        let (ident, ty) = (&variant.ident, types.part(&def.name, variant.ty));
        let from_str = (*variant.ty == Type::String).then(|| {
            quote! {
                impl ::core::convert::From<&str> for #name {
                    fn from(value: &str) -> Self {
                        Self::#ident(value.to_owned())
                    }
                }
            }
        });
        quote! {
            impl ::core::convert::From<#ty> for #name {
                fn from(value: #ty) -> Self {
                    Self::#ident(value)
                }
            }
            #from_str
        }
    });
    let (other, default, read) = if def.received {
        let cases = variants.iter().map(|variant| {
            let ident = &variant.ident;
            let keys = match object_keys(types, variant.ty) {
                Some(keys) => quote!(Some(&[#(#keys),*])),
                None => quote!(None),
            };
            quote!((#keys, |value| crate::wire::member(value).map(Self::#ident)))
        });
        (
            Some(quote! {
                /// A value of a kind that is newer than this crate.
                Other(serde_json::Value),
            }),
            quote!(Self::Other(serde_json::Value::Null)),
            Some(quote! {
                impl<'de> serde::Deserialize<'de> for #name {
                    fn deserialize<D: serde::Deserializer<'de>>(
                        deserializer: D,
                    ) -> ::core::result::Result<Self, D::Error> {
                        let value = <serde_json::Value as serde::Deserialize>::deserialize(deserializer)?;
                        Ok(crate::wire::pick(&value, &[#(#cases),*]).unwrap_or(Self::Other(value)))
                    }
                }
            }),
        )
    } else {
        let first = variants.first().map(|variant| &variant.ident);
        (
            None,
            quote!(Self::#first(::core::default::Default::default())),
            None,
        )
    };
    quote! {
        #text
        #[derive(Debug, Clone, PartialEq, serde::Serialize)]
        #[serde(untagged)]
        #[non_exhaustive]
        pub enum #name { #(#declared,)* #other }
        impl ::core::default::Default for #name {
            fn default() -> Self {
                #default
            }
        }
        #(#from)*
        #read
    }
}

fn variant_docs(types: &Types, ty: &Type) -> String {
    let named = match ty {
        Type::Named(name) => types.def(name).description.as_deref().map(markdown),
        _ => None,
    };
    named
        .filter(|text| !text.is_empty())
        .unwrap_or_else(|| match ty {
            Type::String => "A string.".to_owned(),
            Type::Integer => "An integer.".to_owned(),
            Type::Number => "A number.".to_owned(),
            Type::Boolean => "A boolean.".to_owned(),
            Type::Binary => "A file.".to_owned(),
            Type::Any => "Any value.".to_owned(),
            Type::FreeObject | Type::Map(_) => "An object.".to_owned(),
            Type::CommaList | Type::Array(_) => "A list.".to_owned(),
            Type::Named(name) => format!("[`{name}`]"),
        })
}

/// The keys that an object knows; None for what is no object with known keys.
fn object_keys<'a>(types: &Types<'a>, ty: &Type) -> Option<Vec<&'a str>> {
    match ty {
        Type::Named(name) => match &types.def(name).kind {
            TypeKind::Object(fields) => {
                Some(fields.iter().map(|field| field.name.as_str()).collect())
            }
            _ => None,
        },
        Type::FreeObject | Type::Map(_) => Some(Vec::new()),
        _ => None,
    }
}
