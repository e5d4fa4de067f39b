//! From the name of a function to whose it is.

use crate::wasm::readable;

/// The module of ours that it is of, or is made for; else the part of the standard library or the
/// crate.
pub fn of_function(name: &str) -> String {
    let name = readable(name);
    // Generic code of others that was made for a type of ours would not be there without it.
    if let Some((_, rest)) = name.split_once("kinde_edge::") {
        let module = rest.split_once("::").map(|(module, _)| module);
        return match module.filter(|module| is_module(module)) {
            Some(module) => format!("src/{module}"),
            None => "src/lib".to_owned(),
        };
    }
    if name.ends_with("shim") {
        return "exports (their code)".to_owned();
    }
    if name.starts_with("__wbindgen") || name.starts_with("__externref") {
        return "wasm_bindgen".to_owned();
    }
    let mut path = name.trim_start_matches(['<', '&']).split("::");
    let (first, second) = (path.next().unwrap_or_default(), path.next());
    match (first, second) {
        ("core" | "alloc", Some("fmt")) => "core::fmt".to_owned(),
        ("core", _) if name.contains("fmt::") => "core::fmt".to_owned(),
        (_, None) if name.starts_with("__r") => "alloc".to_owned(),
        // Names that the crate exports.
        (_, None) if !name.starts_with('_') => "exports (their code)".to_owned(),
        (_, None) => "the module's own".to_owned(),
        // `<F as core::ops::FnOnce>`, `<u32 as core::fmt::Display>`: by the trait.
        (first, _) if first.contains(" as ") => {
            let of_trait = name.split_once(" as ").map_or("", |(_, path)| path);
            of_function(of_trait)
        }
        ("__rustc", _) => "alloc".to_owned(),
        // `<str>::method`, `<[u8] as …>`: types of the language.
        (first, _) if first.ends_with('>') || first.starts_with('[') => "core".to_owned(),
        (first, _) => first.to_owned(),
    }
}

fn is_module(name: &str) -> bool {
    name.bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_owners() {
        for (name, owner) in [
            (
                "kinde_edge::jwt::js::Expected::read::h9913c45892714793",
                "src/jwt",
            ),
            (
                "kinde_edge::fetch::send::{{closure}}::h57ee513876b89543",
                "src/fetch",
            ),
            (
                "core::ptr::drop_in_place<kinde_edge::auth::Lease>::h0123456789abcdef",
                "src/auth",
            ),
            (
                "<kinde_edge::error::Error as core::fmt::Debug>::fmt",
                "src/error",
            ),
            ("kinde_edge::Kinde::new", "src/lib"),
            ("<core[c5930c85a12de822]::fmt::Formatter>::pad", "core::fmt"),
            (
                "<u32 as core[c5930c85a12de822]::fmt::Display>::fmt",
                "core::fmt",
            ),
            (
                "<&T as core::fmt::Debug>::fmt::h0123456789abcdef",
                "core::fmt",
            ),
            (
                "<alloc[3ca501edff3f0c7c]::string::String>::from_utf8",
                "alloc",
            ),
            (
                "<dlmalloc[e24a27700634d609]::dlmalloc::Dlmalloc<S>>::malloc",
                "dlmalloc",
            ),
            (
                "std::thread::local::LocalKey<T>::with::h4974c84c997fc35e",
                "std",
            ),
            ("js_sys::futures::queue::Queue::run", "js_sys"),
            ("__externref_table_alloc", "wasm_bindgen"),
            ("run_request externref shim", "exports (their code)"),
            ("run_request", "exports (their code)"),
            ("__rustc[b7974e8690430dd9]::__rdl_realloc", "alloc"),
            ("<str>::trim", "core"),
        ] {
            assert_eq!(of_function(name), owner, "{name}");
        }
    }
}
