//! `src/generated/params.rs`: what operations take besides the values of the path.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs::{docs, field as field_docs};
use super::models::null_note;
use super::resources::Tree;
use super::types::{self, Secret, Types, type_ident};
use crate::codegen::ir::{Field, Operation};

/// Writes the file.
pub fn emit(types: &Types, tree: &Tree) -> TokenStream {
    let with_params = types.api.operations.iter().filter(|op| op.has_params());
    let items: Vec<_> = with_params.map(|op| structure(types, tree, op)).collect();
    let uses = (!items.is_empty()).then(|| {
        quote!(
            #[allow(unused_imports)]
            use super::models;
        )
    });
    quote! {
        //! What operations take besides the values of the path: a structure each, with the query,
        //! the headers and the body together. What an operation cannot do without is plain,
        //! everything else an `Option` that [`Default`] leaves out.

        #uses
        #(#items)*
    }
}

fn structure(types: &Types, tree: &Tree, op: &Operation) -> TokenStream {
    let name = type_ident(&op.type_name);
    let params = types.params(op);
    let siblings: Vec<&Field> = params.iter().map(|param| &param.field).collect();
    let mut shown = Vec::new();
    let mut declared = Vec::new();
    for param in &params {
        let (ident, field) = (&param.ident, &param.field);
        let ty = types.foreign(&field.ty);
        let ty = match (field.required, field.nullable) {
            (true, false) => ty,
            (true, true) | (false, false) => quote!(Option<#ty>),
            (false, true) => quote!(Option<Option<#ty>>),
        };
        let mut text = field_docs(field, &format!("`{}`", field.name));
        if field.nullable {
            text.push(null_note(field.required));
        }
        if !field.required && required_in_body(op, field) {
            text.push("Required if the body has any field at all.".to_owned());
        }
        let text = docs(text);
        let attributes = types::serde_attributes(ident, &field.name, !field.required, None);
        declared.push(quote!(#text #attributes pub #ident: #ty));
        let secret = match types.secret(&op.type_name, &siblings, field) {
            false => Secret::No,
            true if field.required && !field.nullable => Secret::Plain,
            true => Secret::Optional,
        };
        shown.push((ident, secret));
    }
    let (debug, by_hand) = types::debug(&name, &shown);
    let (structure, method) = tree.place(op);
    let text = docs([format!(
        "What [`{structure}::{method}`](super::resources::{structure}::{method}) takes: `{} {}`.",
        op.method, op.path
    )]);
    quote! {
        #text
        #[derive(#debug Clone, Default, PartialEq, serde::Serialize)]
        pub struct #name { #(#declared,)* }
        #by_hand
    }
}

/// Whether an optional body cannot be without a field.
fn required_in_body(op: &Operation, field: &Field) -> bool {
    let fields = op.body.iter().flat_map(|body| body.fields());
    fields
        .filter(|own| own.name == field.name)
        .any(|own| own.required)
}
