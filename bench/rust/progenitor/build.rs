//! Generates the client: from the document, less what progenitor does not take (see `prepare`).

use std::{env, fs, path::Path};

use serde_yaml_ng::Value;

fn main() {
    const DOCUMENT: &str = "../../../spec/kinde-v1.yaml";
    println!("cargo::rerun-if-changed={DOCUMENT}");
    let text = fs::read_to_string(DOCUMENT).expect("the document is in spec/");
    let mut document: Value = serde_yaml_ng::from_str(&text).expect("the document is YAML");
    let left_out = prepare(&mut document);
    println!("cargo::warning={}", left_out.join("; "));
    let document = serde_yaml_ng::from_value(document).expect("the document is OpenAPI");
    let tokens = progenitor::Generator::default()
        .generate_tokens(&document)
        .expect("progenitor takes the document");
    let syntax = syn::parse2(tokens).expect("progenitor writes Rust");
    let file = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join("client.rs");
    fs::write(file, prettyplease::unparse(&syntax)).expect("the folder is writable");
}

/// Take out what progenitor refuses; the names of what was taken out.
fn prepare(_document: &mut Value) -> Vec<String> {
    Vec::new()
}
