//! The names of declarations, and how names are written.

use std::collections::HashMap;

use crate::codegen::ir::{Api, Operation, TypeDef, TypeKind};

/// The hand-written declarations: the generated ones stand beside them under one roof.
const HAND_WRITTEN: [&str; 3] = [
    include_str!("../../../../pkg/types/index.d.ts"),
    include_str!("../../../../pkg/types/oauth.d.ts"),
    include_str!("../../../../pkg/types/tokens.d.ts"),
];

/// What the declarations use of TypeScript's library, and the generated names that are fixed.
const FIXED: [&str; 5] = ["Record", "Omit", "Resources", "Operations", "OperationId"];

/// Words that cannot name an argument of a method.
const KEYWORDS: [&str; 49] = [
    "arguments",
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

/// The name of every generated declaration: unique among themselves and beside the hand-written.
pub struct Names<'a> {
    api: &'a Api,
    types: HashMap<String, String>,
    resources: HashMap<Vec<String>, String>,
    params: HashMap<String, String>,
}

impl<'a> Names<'a> {
    /// Give names to the types, resources and params of `api`.
    pub fn new(api: &'a Api) -> Self {
        let mut taken: Vec<String> = hand_written().chain(FIXED).map(str::to_owned).collect();
        let mut unique = |wanted: String| {
            let mut name = wanted.clone();
            let mut number = 2;
            while taken.contains(&name) {
                name = format!("{wanted}{number}");
                number += 1;
            }
            taken.push(name.clone());
            name
        };
        let types = api
            .types
            .keys()
            .map(|name| (name.clone(), unique(name.clone())))
            .collect();
        let mut resources = HashMap::new();
        for operation in &api.operations {
            for depth in 1..=operation.resource.len() {
                let path = &operation.resource[..depth];
                if !resources.contains_key(path) {
                    let name: String = path.iter().map(|part| pascal(part)).collect();
                    resources.insert(path.to_vec(), unique(name + "Resource"));
                }
            }
        }
        let params = api
            .operations
            .iter()
            .filter(|operation| operation.has_params())
            .map(|o| (o.id.clone(), unique(format!("{}Params", o.type_name))))
            .collect();
        Self {
            api,
            types,
            resources,
            params,
        }
    }

    /// The declaration of a named type.
    pub fn named(&self, name: &str) -> &str {
        self.types.get(name).map_or("never", String::as_str)
    }

    /// What a named type is.
    pub fn definition(&self, name: &str) -> Option<&'a TypeDef> {
        self.api.types.get(name)
    }

    /// Whether a named type is one of some strings.
    pub fn is_enum(&self, name: &str) -> bool {
        self.definition(name)
            .is_some_and(|def| matches!(def.kind, TypeKind::Enum(_)))
    }

    /// What the names are for.
    pub fn api(&self) -> &'a Api {
        self.api
    }

    /// The interface of a resource.
    pub fn resource(&self, path: &[String]) -> &str {
        self.resources.get(path).map_or("never", String::as_str)
    }

    /// The interface of an operation's params object.
    pub fn params(&self, operation: &Operation) -> &str {
        self.params
            .get(&operation.id)
            .map_or("never", String::as_str)
    }
}

/// The names that these files declare at their top level.
fn hand_written() -> impl Iterator<Item = &'static str> {
    let lines = HAND_WRITTEN.into_iter().flat_map(str::lines);
    lines.filter_map(|line| {
        let mut words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        (words.next() == Some("export")).then_some(())?;
        let declaration = ["class", "interface", "type", "const", "function"];
        words.find(|word| declaration.contains(word))?;
        words.next().filter(|name| !name.is_empty())
    })
}

/// The arguments in front of the params, camelCase.
pub fn arguments(operation: &Operation) -> Vec<String> {
    let mut taken: Vec<String> = vec!["params".to_owned(), "options".to_owned()];
    for field in operation.arguments() {
        let mut name = camel(field.argument_name());
        while taken.contains(&name) || is_keyword(&name) {
            name.push('_');
        }
        taken.push(name);
    }
    taken.split_off(2)
}

/// Whether a name is a word of the language.
pub fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name)
}

/// A property as it is declared or written in an object: quoted unless it is an identifier.
pub fn property(name: &str) -> String {
    if is_identifier(name) {
        name.to_owned()
    } else {
        super::samples::string(name)
    }
}

/// Access to a member: `.name`, or `["na me"]`.
pub fn member(name: &str) -> String {
    if is_identifier(name) {
        format!(".{name}")
    } else {
        format!("[{}]", super::samples::string(name))
    }
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '$')
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$')
}

fn camel(name: &str) -> String {
    let mut camel = String::new();
    for (index, word) in words(name).enumerate() {
        camel += &if index == 0 {
            decapitalized(word)
        } else {
            pascal(word)
        };
    }
    if !is_identifier(&camel) {
        camel.insert(0, '_');
    }
    camel
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
}

fn decapitalized(word: &str) -> String {
    if word.chars().all(|c| !c.is_ascii_lowercase()) {
        return word.to_ascii_lowercase();
    }
    word[..1].to_ascii_lowercase() + &word[1..]
}

fn pascal(name: &str) -> String {
    words(name)
        .map(|word| word[..1].to_ascii_uppercase() + &word[1..])
        .collect()
}
