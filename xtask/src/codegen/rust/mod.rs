//! The Rust emitter: models, parameters, resources, and the calls of the contract test.

mod contract;
mod docs;
mod explorer;
mod models;
mod names;
mod params;
mod resources;
mod types;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::{Map, Value};

use super::HEADER;
use super::ir::Api;
use resources::Tree;
use types::Types;

/// Writes the Rust files of an API, with their paths from the repository's root.
pub fn emit(api: &Api) -> anyhow::Result<Vec<(PathBuf, String)>> {
    let types = Types::new(api)?;
    let tree = Tree::new(api)?;
    let files = [
        ("src/generated/mod.rs", index()),
        ("src/generated/models.rs", models::emit(&types)),
        ("src/generated/params.rs", params::emit(&types, &tree)),
        ("src/generated/resources.rs", resources::emit(&types, &tree)),
        ("tests/generated/contract.rs", contract::emit(&types, &tree)),
    ];
    let written = files.into_iter().map(|(path, code)| {
        let text = format(code).with_context(|| format!("{path}: emitted code does not parse"))?;
        Ok((Path::new(path).to_owned(), text))
    });
    written.collect()
}

/// What the API explorer writes Rust from: operations by their ids, types by their names.
pub fn explorer(api: &Api) -> anyhow::Result<(Map<String, Value>, Map<String, Value>)> {
    let types = Types::new(api)?;
    let tree = Tree::new(api)?;
    Ok(explorer::emit(&types, &tree))
}

/// `src/generated/mod.rs`
fn index() -> TokenStream {
    quote! {
        //! Written from the API document by `cargo xtask codegen`.

        #![allow(
            clippy::doc_lazy_continuation,
            clippy::doc_overindented_list_items,
            clippy::enum_variant_names,
            clippy::large_enum_variant,
            clippy::module_inception,
            clippy::new_ret_no_self,
            clippy::should_implement_trait,
            clippy::too_many_arguments,
            clippy::wrong_self_convention
        )]

        #[rustfmt::skip]
        pub mod models;
        #[rustfmt::skip]
        pub(crate) mod operations;
        #[rustfmt::skip]
        pub mod params;
        #[rustfmt::skip]
        pub mod resources;
    }
}

/// Formats a file and says where it comes from.
fn format(code: TokenStream) -> syn::Result<String> {
    let text = prettyplease::unparse(&syn::parse2(code)?);
    let mut out = format!("{HEADER}\n");
    let mut before = "";
    for line in text.lines() {
        if apart(before, line) {
            out.push('\n');
        }
        out.push_str(line);
        out.push('\n');
        before = line;
    }
    Ok(out)
}

/// Whether an empty line belongs between two lines: prettyplease leaves none between items.
fn apart(before: &str, line: &str) -> bool {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let comment = before.trim_start().starts_with("//");
    let ends =
        before.trim_start() == "}" || !comment && before.ends_with(';') && !line.ends_with(';');
    let item = ["///", "#[", "pub ", "impl", "async fn ", "crate::wire::"];
    let starts = item
        .iter()
        .any(|start| line.trim_start().starts_with(start));
    let head = before.starts_with("//!") && !line.starts_with("//!");
    head || ends && starts && indent(before) == indent(line)
}
