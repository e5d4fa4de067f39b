//! `src/generated/resources.rs`: a structure for each resource, a method for each operation.

use std::collections::{BTreeMap, HashMap};

use anyhow::bail;
use indexmap::IndexMap;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;

use super::docs::{docs, markdown};
use super::names::{self, Names};
use super::types::{Types, type_ident};
use crate::codegen::descriptors;
use crate::codegen::ir::{Api, Field, Operation, Response, Type};

/// Methods that `Kinde` has by hand, now or soon.
const KINDE: &[&str] = &[
    "builder",
    "call",
    "clone",
    "config",
    "new",
    "oauth_flow",
    "request",
    "session",
    "sign_in",
    "tokens",
    "verify",
    "webhook",
];

/// Names that stand for something else in the file.
const PRELUDE: &[&str] = &[
    "Box", "Err", "None", "Ok", "Option", "Result", "Self", "Some", "String", "Vec",
];

/// Where every operation is.
pub struct Tree<'a> {
    root: Node<'a>,
    places: HashMap<&'a str, (String, String)>,
}

/// A resource.
#[derive(Default)]
struct Node<'a> {
    /// From the client: `["organizations", "users"]`.
    path: Vec<&'a str>,
    /// The structure; none for the client itself.
    name: Option<Ident>,
    children: IndexMap<&'a str, (Option<Ident>, Node<'a>)>,
    operations: Vec<(Ident, &'a Operation)>,
}

impl<'a> Tree<'a> {
    /// Fails where two things of a resource have one name.
    pub fn new(api: &'a Api) -> anyhow::Result<Self> {
        let mut root = Node::default();
        for op in api.methods() {
            root.insert(&op.resource, op);
        }
        let mut tree = Tree {
            root,
            places: HashMap::new(),
        };
        tree.root
            .name_all(&mut Names::with(PRELUDE), &mut tree.places)?;
        Ok(tree)
    }

    /// The structure and the method of an operation.
    pub fn place(&self, op: &Operation) -> (&str, &str) {
        let (structure, method) = &self.places[op.id.as_str()];
        (structure, method)
    }

    /// The calls from the client to an operation: `organizations().users().list`.
    pub fn path(&self, op: &Operation) -> TokenStream {
        let mut node = &self.root;
        let mut path = TokenStream::new();
        for name in &op.resource {
            let (accessor, child) = &node.children[name.as_str()];
            path.extend(quote!(.#accessor()));
            node = child;
        }
        let method = node
            .operations
            .iter()
            .find(|(_, known)| known.id == op.id && known.name == op.name);
        let method = method.map(|(method, _)| method);
        quote!(#path.#method)
    }
}

impl<'a> Node<'a> {
    fn insert(&mut self, resource: &'a [String], op: &'a Operation) {
        match resource.split_first() {
            None => self.operations.push((names::ident("unnamed"), op)),
            Some((first, rest)) => {
                let path = self.path.iter().copied().chain([first.as_str()]).collect();
                let new = || {
                    (
                        None,
                        Node {
                            path,
                            ..Node::default()
                        },
                    )
                };
                self.children
                    .entry(first)
                    .or_insert_with(new)
                    .1
                    .insert(rest, op);
            }
        }
    }

    /// Gives every structure, accessor and method its name.
    fn name_all(
        &mut self,
        structures: &mut Names,
        places: &mut HashMap<&'a str, (String, String)>,
    ) -> anyhow::Result<()> {
        let client = self.path.is_empty();
        if !client {
            let name: String = self.path.iter().map(|part| names::pascal(part)).collect();
            self.name = Some(structures.ty(&name));
        }
        let mut taken = Names::with(if client { KINDE } else { &[] });
        for (name, (accessor, child)) in &mut self.children {
            *accessor = Some(taken.snake(name));
            child.name_all(structures, places)?;
        }
        let mut seen: HashMap<&str, &str> = HashMap::new();
        for (method, op) in &mut self.operations {
            let place = self
                .path
                .iter()
                .copied()
                .chain([op.name.as_str()])
                .collect::<Vec<_>>();
            if let Some(other) = seen.insert(&op.name, &op.id) {
                bail!(
                    "operations {other} and {} are both called {}",
                    op.id,
                    place.join(".")
                );
            }
            if self.children.contains_key(op.name.as_str()) {
                bail!(
                    "operation {} is called {}, which is a resource too",
                    op.id,
                    place.join(".")
                );
            }
            *method = taken.snake(&op.name);
            let structure = match &self.name {
                Some(name) => name.to_string(),
                None => "crate::Kinde".to_owned(),
            };
            let method = method.to_string().trim_start_matches("r#").to_owned();
            // Params are documented at the first method.
            places.entry(&op.id).or_insert((structure, method));
        }
        Ok(())
    }

    fn emit(&self, types: &Types) -> TokenStream {
        let accessors = self.children.iter().map(|(name, (accessor, child))| {
            let (structure, text) = (&child.name, docs([format!("{}.", title(types.api, name))]));
            match self.name {
                None => quote! {
                    #text
                    pub fn #accessor(&self) -> #structure<'_> {
                        #structure { client: self }
                    }
                },
                Some(_) => quote! {
                    #text
                    pub fn #accessor(&self) -> #structure<'a> {
                        #structure { client: self.client }
                    }
                },
            }
        });
        let methods = self.operations.iter();
        let methods = methods.map(|(method, op)| call(types, method, op, self.name.is_none()));
        let children = self.children.values().map(|(_, child)| child.emit(types));
        let Some(name) = &self.name else {
            return quote! {
                impl crate::Kinde {
                    #(#accessors)*
                    #(#methods)*
                }
                #(#children)*
            };
        };
        let path: String = self
            .path
            .iter()
            .map(|part| format!(".{}()", names::snake(part)))
            .collect();
        let titles = self.path.iter().map(|part| title(types.api, part));
        let titles = titles.collect::<Vec<_>>().join(", ");
        let text = format!("{titles}: `kinde{path}`.");
        let text = docs([text]);
        quote! {
            #text
            #[derive(Debug, Clone, Copy)]
            pub struct #name<'a> {
                pub(crate) client: &'a crate::Kinde,
            }
            impl<'a> #name<'a> {
                #(#accessors)*
                #(#methods)*
            }
            #(#children)*
        }
    }
}

/// Writes the file.
pub fn emit(types: &Types, tree: &Tree) -> TokenStream {
    let items = tree.root.emit(types);
    let paged = paged(types, &types.api.operations);
    quote! {
        //! A structure for each resource of the API, with a method for each operation.

        #[allow(unused_imports)]
        use super::{models, operations, params};

        #items
        #paged
    }
}

fn call(types: &Types, method: &Ident, op: &Operation, on_client: bool) -> TokenStream {
    let mut names = Names::with(&["params", "self"]);
    let path: Vec<_> = op
        .arguments()
        .map(|field| (names.snake(field.argument_name()), field))
        .collect();
    let inputs = path.iter().map(|(ident, field)| {
        let ty = match path_kind(types, &field.ty) {
            PathKind::Text => quote!(&str),
            PathKind::Enum | PathKind::Display => types.foreign(&field.ty),
        };
        quote!(#ident: #ty)
    });
    let values = path
        .iter()
        .map(|(ident, field)| match path_kind(types, &field.ty) {
            PathKind::Text => quote!(#ident),
            PathKind::Enum => quote!(#ident.as_str()),
            PathKind::Display => quote!(&#ident.to_string()),
        });
    let (input, params) = if op.has_params() {
        let name = type_ident(&op.type_name);
        (
            Some(quote!(params: &params::#name)),
            quote!(crate::call::to_params(params)),
        )
    } else {
        (None, quote!(Ok(wasm_bindgen::JsValue::UNDEFINED)))
    };
    let inputs = inputs.chain(input);
    let output = answer(types, &op.response);
    let constant = names::ident(&descriptors::constant(types.api, op));
    let text = docs(documentation(op, &path));
    let deprecated = op
        .deprecated
        .then(|| quote!(#[deprecated = "the API document says so"]));
    let (lifetime, client) = match on_client {
        true => (quote!('_), quote!(self)),
        false => (quote!('a), quote!(self.client)),
    };
    let all = types.api.listed(op).map(|(_, item)| {
        let item = types.foreign(item);
        let all = format_ident!("{}_all", method.unraw());
        let text = docs(vec![format!(
            "Every item of every page of [`Self::{method}`], as a stream."
        )]);
        let arguments = path.iter().map(|(ident, _)| quote!(#ident));
        let arguments = arguments.chain(op.has_params().then(|| quote!(params)));
        let inputs = inputs.clone();
        quote! {
            #text
            #deprecated
            pub fn #all(&self, #(#inputs),*) -> crate::Items<#lifetime, #item> {
                self.#method(#(#arguments),*).items()
            }
        }
    });
    quote! {
        #text
        #deprecated
        pub fn #method(&self, #(#inputs),*) -> crate::Call<#lifetime, #output> {
            crate::Call::new(#client, operations::#constant, &[#(#values),*], #params)
        }

        #all
    }
}

/// `Paged` for the answers of list operations. Operations that share an answer list the same.
fn paged(types: &Types, operations: &[Operation]) -> TokenStream {
    let mut known = BTreeMap::new();
    for (answer, item) in operations.iter().filter_map(|op| types.api.listed(op)) {
        let answer = types.foreign(answer);
        let item = types.foreign(item);
        known.entry(answer.to_string()).or_insert((answer, item));
    }
    known
        .into_values()
        .map(|(answer, item)| {
            quote! {
                impl crate::Paged for #answer {
                    type Item = #item;
                }
            }
        })
        .collect()
}

/// The type of the answer.
fn answer(types: &Types, response: &Response) -> TokenStream {
    let Some(ty) = &response.ty else {
        return quote!(());
    };
    let ty = match ty {
        // Binary answers are no JSON: whatever they are, they come as they are.
        Type::Binary => quote!(serde_json::Value),
        ty => types.foreign(ty),
    };
    if response.may_be_empty {
        quote!(Option<#ty>)
    } else {
        ty
    }
}

/// How a value of the path is given.
#[derive(PartialEq)]
pub enum PathKind {
    /// `&str`
    Text,
    /// An enum of `models`.
    Enum,
    /// A number or a boolean.
    Display,
}

/// How a value of the path is given.
pub fn path_kind(types: &Types, ty: &Type) -> PathKind {
    match ty {
        Type::Integer | Type::Number | Type::Boolean => PathKind::Display,
        ty if types.enumeration(ty).is_some() => PathKind::Enum,
        _ => PathKind::Text,
    }
}

/// Summary, description, values of the path, the HTTP call.
fn documentation(op: &Operation, path: &[(Ident, &Field)]) -> Vec<String> {
    let own = |text: &Option<String>| text.as_deref().map(markdown).unwrap_or_default();
    let (summary, description) = (own(&op.summary), own(&op.description));
    let same = |text: &str| text.trim_end_matches('.').to_lowercase();
    let mut parts = Vec::new();
    if same(&summary) != same(&description) {
        parts.push(summary);
    }
    parts.push(description);
    let scope = op.scope.as_ref().map(|scope| format!(", scope `{scope}`"));
    parts.push(format!(
        "`{} {}`{}{}.",
        op.method,
        op.path,
        scope.unwrap_or_default(),
        op.retried()
    ));
    let values = path.iter().filter_map(|(ident, field)| {
        let text = markdown(field.description.as_deref()?);
        let text = text
            .lines()
            .next()
            .filter(|line| !line.is_empty())?
            .to_owned();
        let ident = ident.to_string();
        Some(format!("- `{}`: {text}", ident.trim_start_matches("r#")))
    });
    parts.push(values.collect::<Vec<_>>().join("\n"));
    parts
}

/// What people call a resource: its tag if it has one, else `featureFlags` -> `Feature flags`.
fn title(api: &Api, name: &str) -> String {
    let letters = |text: &str| names::words(text).concat().to_lowercase();
    let tags = api.operations.iter().map(|op| &op.tag);
    if let Some(tag) = tags.into_iter().find(|tag| letters(tag) == letters(name)) {
        return markdown(tag);
    }
    let words = names::words(name).join(" ").to_lowercase();
    let mut chars = words.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}
