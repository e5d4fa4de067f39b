//! The imports of the crate: which files of `src/` import each other in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::{fingerprint, shell};

/// Files by the path of their module (`core::plan`), and those that they import.
type Imports = BTreeMap<String, BTreeSet<String>>;

/// How many files stand in the largest circle. There is one, of what drives a call; it may only
/// become smaller. What is in `src/core` stands in none.
const LARGEST: usize = 13;

fn module(file: &Path) -> String {
    let path = file.with_extension("");
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    let parts = parts.iter().filter(|part| *part != "mod");
    parts.map(AsRef::as_ref).collect::<Vec<_>>().join("::")
}

/// What a text imports of these modules, tests aside.
fn imports(name: &str, text: &str, all: &BTreeSet<String>) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]\nmod tests {").next();
    let lines = code.unwrap_or_default().lines();
    let lines = lines.filter(|line| !line.trim_start().starts_with("//"));
    let around = name.rsplit_once("::").map_or("", |(around, _)| around);
    let mut found = BTreeSet::new();
    for line in lines {
        let of_root = line.split("crate::").skip(1).map(|path| path.to_owned());
        let beside = line.split("super::").skip(1);
        let beside = beside.map(|path| match around {
            "" => path.to_owned(),
            _ => format!("{around}::{path}"),
        });
        for path in of_root.chain(beside) {
            let end =
                path.find(|letter: char| !(letter.is_alphanumeric() || "_:".contains(letter)));
            let mut named = path.get(..end.unwrap_or(path.len())).unwrap_or_default();
            while !all.contains(named) {
                let Some((outer, _)) = named.rsplit_once("::") else {
                    break;
                };
                named = outer;
            }
            if all.contains(named) && named != name {
                found.insert(named.to_owned());
            }
        }
    }
    found
}

fn of_crate() -> Imports {
    let source = shell::root().join("src");
    let mut texts = BTreeMap::new();
    for file in fingerprint::files(&source).expect("src/") {
        let inside = file.strip_prefix(&source).expect("a file of src/");
        let is_code = inside
            .extension()
            .is_some_and(|extension| extension == "rs");
        let is_passed_over = inside.starts_with("generated") || inside.ends_with("tests.rs");
        if is_code && !is_passed_over {
            let text = std::fs::read_to_string(&file).expect("a text");
            texts.insert(module(inside), text);
        }
    }
    let all: BTreeSet<_> = texts.keys().cloned().collect();
    let of = |(name, text): (&String, &String)| (name.clone(), imports(name, text, &all));
    texts.iter().map(of).collect()
}

/// The shortest way along imports from one file to another; empty if there is none.
fn way(imports: &Imports, from: &str, to: &str) -> Vec<String> {
    let mut ways = vec![vec![from.to_owned()]];
    let mut seen = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            let last = way.last().cloned().unwrap_or_default();
            for next in imports.get(&last).into_iter().flatten() {
                let mut way = way.clone();
                way.push(next.clone());
                if next == to {
                    return way;
                }
                if seen.insert(next.clone()) {
                    longer.push(way);
                }
            }
        }
        ways = longer;
    }
    Vec::new()
}

/// Files that import each other, however far round: the largest such set.
fn largest(imports: &Imports) -> BTreeSet<&String> {
    let reaches = |from: &str, to: &str| !way(imports, from, to).is_empty();
    let around = |name: &String| {
        let all = imports.keys();
        let both = all.filter(|other| reaches(name, other) && reaches(other, name));
        both.collect::<BTreeSet<_>>()
    };
    let circles = imports.keys().map(around);
    circles.max_by_key(BTreeSet::len).unwrap_or_default()
}

fn made_up(files: &[(&str, &[&str])]) -> Imports {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let of = |(name, names): &(&str, &[&str])| ((*name).to_owned(), owned(names));
    files.iter().map(of).collect()
}

#[test]
fn a_circle_is_found_with_its_way() {
    let files = made_up(&[("a", &["b"]), ("b", &["c"]), ("c", &["a", "d"]), ("d", &[])]);
    assert_eq!(way(&files, "a", "a"), ["a", "b", "c", "a"]);
    assert!(way(&files, "d", "a").is_empty());
    assert_eq!(largest(&files).len(), 3);
}

#[test]
fn imports_are_read_where_they_stand() {
    let all = ["a", "b::c", "b::d", "e"].map(str::to_owned).into();
    let text = "// crate::e::f\nuse crate::a::Thing;\nuse super::d;\nfn f() { crate::unknown::g() }\n\
                #[cfg(test)]\nmod tests {\n    use crate::e;\n}\n";
    let found = imports("b::c", text, &all);
    assert_eq!(found, ["a", "b::d"].map(str::to_owned).into());
}

/// The compiler keeps `src/core` from what is outside of it: see tests/core.
#[test]
fn nothing_in_the_core_stands_in_a_circle() {
    let imports = of_crate();
    let core: Vec<_> = imports
        .keys()
        .filter(|name| name.starts_with("core::"))
        .collect();
    assert!(core.len() > 5, "{core:?}");
    for name in core {
        let way = way(&imports, name, name);
        assert!(way.is_empty(), "a circle: {}", way.join(" -> "));
    }
}

#[test]
fn the_circle_of_the_driver_does_not_grow() {
    let imports = of_crate();
    let circle = largest(&imports);
    let first = circle.first().map_or("", |name| name.as_str());
    let way = way(&imports, first, first).join(" -> ");
    let count = circle.len();
    assert!(
        count <= LARGEST,
        "{count} files import each other: {circle:?}; {way}"
    );
    assert!(count == LARGEST, "{count} are left: lower LARGEST");
}
