//! The JavaScript that wasm-bindgen writes, with the short names that wasm-opt gave to what the
//! module imports and exports: the long ones are a tenth of what a Worker loads.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// The names of a module before and after, as wasm-opt prints them.
struct Renamed {
    /// What wasm-opt calls every module that is imported from.
    module: String,
    imports: Vec<(String, String)>,
    /// What the module imports from other JavaScript by itself, without a function of the glue in
    /// between: where from, and its names.
    direct: Vec<(String, String, String)>,
    exports: Vec<(String, String)>,
}

/// How the glue begins the object of its own functions.
const IMPORTS: &str = "const import0 = {";
/// The module that they are imported from.
const OWN: &str = "./kinde_edge_bg.js";

/// Gives glue the names that `wasm-opt --minify-imports-and-exports-and-modules` printed.
pub fn shorten(glue: &str, printed: &str) -> Result<String> {
    let names = Renamed::read(printed)?;
    let mut short = String::with_capacity(glue.len());
    let mut imported = 0;
    let mut rest = glue;
    while let Some(start) = rest.find(is_part) {
        let (before, word) = rest.split_at(start);
        let end = word.find(|c| !is_part(c)).unwrap_or(word.len());
        let (word, after) = word.split_at(end);
        short.push_str(before);
        let exported = short.ends_with("wasm.");
        let table = if exported {
            &names.exports
        } else {
            &names.imports
        };
        // A key of the object of imports, or what is read from the instance.
        let renamed = table
            .iter()
            .find(|(long, _)| long == word && (exported || after.starts_with(':')));
        imported += usize::from(renamed.is_some() && !exported);
        short.push_str(renamed.map_or(word, |(_, short)| short));
        rest = after;
    }
    short.push_str(rest);
    ensure!(
        imported == names.imports.len(),
        "the glue has {imported} of the {} imports of the wasm: does wasm-bindgen write them otherwise now?",
        names.imports.len()
    );
    for (module, long, name) in &names.direct {
        short = join(&short, module, long, name)?;
    }
    replace_once(
        &short,
        &format!("\"{OWN}\""),
        &format!("\"{}\"", names.module),
    )
}

/// Puts what is imported from another module beside the glue's own functions: to the WebAssembly,
/// they are one module.
fn join(glue: &str, module: &str, long: &str, name: &str) -> Result<String> {
    let name_of = |line: &str| {
        let (alias, from) = line.strip_prefix("import * as ")?.split_once(" from ")?;
        (from.trim_end_matches(';') == format!("\"{module}\"")).then(|| alias.to_owned())
    };
    let alias = glue.lines().find_map(name_of);
    let alias = alias.with_context(|| format!("the glue does not import {module}"))?;
    // A line for each function, all with the same key.
    let key = format!("\"{module}\": ");
    let mut kept = String::with_capacity(glue.len());
    for line in glue.split_inclusive('\n') {
        if !line.trim_start().starts_with(&key) {
            kept.push_str(line);
        }
    }
    replace_once(
        &kept,
        IMPORTS,
        &format!("{IMPORTS}\n        {name}: {alias}.{long},"),
    )
}

fn replace_once(text: &str, from: &str, to: &str) -> Result<String> {
    ensure!(
        text.matches(from).count() == 1,
        "the glue does not have {from} once"
    );
    Ok(text.replace(from, to))
}

/// Whether a character can be part of a name in JavaScript.
fn is_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$'
}

impl Renamed {
    fn read(printed: &str) -> Result<Renamed> {
        let map: Value = serde_json::from_str(printed).context("what wasm-opt printed")?;
        let pairs = |key: &str| -> Result<Vec<(String, String)>> {
            let all = map[key].as_array();
            let all = all.with_context(|| format!("wasm-opt printed no {key}"))?;
            // Module (imports only), long name, short name.
            let pair = |row: &Value| {
                let [.., long, short] = row.as_array()?.as_slice() else {
                    return None;
                };
                Some((long.as_str()?.to_owned(), short.as_str()?.to_owned()))
            };
            let pairs: Option<Vec<_>> = all.iter().map(pair).collect();
            pairs.with_context(|| format!("wasm-opt printed {key} that are no names"))
        };
        let from = |row: &Value| Some(row.get(0)?.as_str()?.to_owned());
        let modules: Vec<_> = map["imports"].as_array().into_iter().flatten().collect();
        let mut imports = Vec::new();
        let mut direct = Vec::new();
        for (row, (long, short)) in modules.into_iter().zip(pairs("imports")?) {
            match from(row).filter(|module| module != OWN) {
                Some(module) => direct.push((module, long, short)),
                None => imports.push((long, short)),
            }
        }
        Ok(Renamed {
            // All modules become one.
            module: "a".into(),
            imports,
            direct,
            exports: pairs("exports")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::shorten;

    const PRINTED: &str = r#"{
        "imports": [["./kinde_edge_bg.js", "__wbg_get_1", "a"], ["./kinde_edge_bg.js", "__wbg_get_12", "b"]],
        "exports": [["memory", "c"], ["names", "d"]]
    }"#;

    #[test]
    fn whole_names_are_replaced_where_they_are_names() {
        let glue = "const import0 = { __wbg_get_1: function(names) { return wasm.names(names, 'memory'); }, \
                    __wbg_get_12: (memory) => wasm.memory };\n\
                    return { \"./kinde_edge_bg.js\": import0 };";
        assert_eq!(
            shorten(glue, PRINTED).unwrap(),
            "const import0 = { a: function(names) { return wasm.d(names, 'memory'); }, \
             b: (memory) => wasm.c };\n\
             return { \"a\": import0 };"
        );
    }

    #[test]
    fn what_comes_from_other_javascript_is_put_beside_the_rest() {
        let printed = r#"{
            "imports": [["./kinde_edge_bg.js", "__wbg_get_1", "a"], ["./snippets/x/host.js", "watch", "b"],
                        ["./snippets/x/host.js", "leave", "c"]],
            "exports": []
        }"#;
        let glue = "import * as import1 from \"./snippets/x/host.js\"\n\
                    import * as import2 from \"./snippets/x/host.js\"\n\
                    const import0 = {\n        __wbg_get_1: f,\n    };\n\
                    return {\n    \"./kinde_edge_bg.js\": import0,\n\
                    \x20   \"./snippets/x/host.js\": import1,\n    \"./snippets/x/host.js\": import2,\n};";
        assert_eq!(
            shorten(glue, printed).unwrap(),
            "import * as import1 from \"./snippets/x/host.js\"\n\
             import * as import2 from \"./snippets/x/host.js\"\n\
             const import0 = {\n        c: import1.leave,\n        b: import1.watch,\n        a: f,\n    };\n\
             return {\n    \"a\": import0,\n};"
        );
    }

    #[test]
    fn glue_of_another_shape_is_refused() {
        for glue in [
            "const import0 = { __wbg_get_1: f }; \"./kinde_edge_bg.js\"",
            "const import0 = { __wbg_get_1: f, __wbg_get_12: f };",
        ] {
            assert!(shorten(glue, PRINTED).is_err(), "{glue}");
        }
    }
}
