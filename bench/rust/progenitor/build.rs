//! Generates the client from the document, less the operations that progenitor refuses. What was
//! left out is a warning of cargo's, which the results repeat.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::{env, fs, path::Path};

use openapiv3::OpenAPI;
use progenitor::Generator;

const DOCUMENT: &str = "../../../spec/kinde-v1.yaml";

fn main() {
    println!("cargo::rerun-if-changed={DOCUMENT}");
    let text = fs::read_to_string(DOCUMENT).expect("the document is in spec/");
    let document: OpenAPI = serde_yaml_ng::from_str(&text).expect("the document is OpenAPI");
    let (taken, refused) = split(&document);
    let all = document.operations().count();
    let left_out: usize = refused.values().sum();
    let reasons: Vec<_> = refused
        .iter()
        .map(|(why, times)| format!("{times} × {why}"))
        .collect();
    println!(
        "cargo::warning={left_out} of {all} operations are left out: {}",
        reasons.join("; ")
    );
    let code = generate(&taken).expect("each of its operations was taken alone");
    let file = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join("client.rs");
    fs::write(file, code).expect("the folder is writable");
}

/// The document with the operations that progenitor takes, and how often it refuses others for what.
fn split(document: &OpenAPI) -> (OpenAPI, BTreeMap<String, usize>) {
    let mut taken = document.clone();
    let mut refused = BTreeMap::new();
    // Some of what it refuses it panics at; what counts here is the message.
    let hook = take_hook();
    set_hook(Box::new(|_| {}));
    for (path, item) in &document.paths.paths {
        let item = item.as_item().expect("paths are not shared");
        for (method, _) in item.iter() {
            let mut only = document.clone();
            only.paths.paths.retain(|other, _| other == path);
            keep(&mut only, path, |other| other == method);
            if let Err(why) = generate(&only) {
                *refused.entry(why).or_default() += 1;
                keep(&mut taken, path, |other| other != method);
            }
        }
    }
    set_hook(hook);
    (taken, refused)
}

/// Keep the operations of a path whose method fits.
fn keep(document: &mut OpenAPI, path: &str, fits: impl Fn(&str) -> bool) {
    let item = document
        .paths
        .paths
        .get_mut(path)
        .expect("it is of the same document");
    let openapiv3::ReferenceOr::Item(item) = item else {
        return;
    };
    for (method, operation) in [
        ("get", &mut item.get),
        ("put", &mut item.put),
        ("post", &mut item.post),
        ("delete", &mut item.delete),
        ("patch", &mut item.patch),
    ] {
        if !fits(method) {
            *operation = None;
        }
    }
}

fn generate(document: &OpenAPI) -> Result<String, String> {
    let generate = || {
        let tokens = Generator::default()
            .generate_tokens(document)
            .map_err(|why| why.to_string())?;
        let file = syn::parse2(tokens).map_err(|why| why.to_string())?;
        Ok(prettyplease::unparse(&file))
    };
    catch_unwind(AssertUnwindSafe(generate)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned()));
        let text = text.unwrap_or_else(|| "it panics".to_owned());
        Err(text.lines().next().unwrap_or_default().to_owned())
    })
}
