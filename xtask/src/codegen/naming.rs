//! Names: how words of the document become identifiers, and which identifiers are free.

use std::collections::HashSet;

/// Splits `get_apis`, `getAPIs`, `filter[name]` or `Feature Flags` into words. A run of capitals is
/// one word, with a plural `s` behind it too: `getAPIs` is `get`, `APIs`.
pub fn words(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or(' ');
    let mut words = Vec::new();
    let mut word = String::new();
    for (i, &c) in chars.iter().enumerate() {
        if !c.is_ascii_alphanumeric() {
            words.push(std::mem::take(&mut word));
            continue;
        }
        let before = if i == 0 { ' ' } else { at(i - 1) };
        let plural_acronym =
            at(i + 1) == 's' && before.is_ascii_uppercase() && !at(i + 2).is_ascii_lowercase();
        let starts_word = c.is_ascii_uppercase()
            && (before.is_ascii_lowercase()
                || before.is_ascii_digit()
                || (at(i + 1).is_ascii_lowercase() && !plural_acronym));
        if starts_word {
            words.push(std::mem::take(&mut word));
        }
        word.push(c);
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

fn capitalized(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_ascii_uppercase() + &rest.to_ascii_lowercase()
}

/// `GetApisResponse`
pub fn pascal(text: &str) -> String {
    words(text).iter().map(|word| capitalized(word)).collect()
}

/// `getApisResponse`
pub fn camel(text: &str) -> String {
    let mut words = words(text).into_iter();
    let first = words.next().unwrap_or_default().to_ascii_lowercase();
    first
        + &words
            .map(|word| capitalized(&word))
            .collect::<Vec<_>>()
            .concat()
}

/// `GET_APIS_RESPONSE`: what the descriptor of an operation is called.
pub fn constant(text: &str) -> String {
    let name = words(text).join("_").to_ascii_uppercase();
    match name.starts_with(|c: char| c.is_ascii_digit()) || name.is_empty() {
        true => format!("OPERATION_{name}"),
        false => name,
    }
}

/// `delete_api_scope`
pub fn snake(text: &str) -> String {
    words(text).join("_").to_ascii_lowercase()
}

/// The last word in the singular: `user_identities` -> `user_identity`. What is no plural comes
/// back as it is.
pub fn singular(text: &str) -> String {
    let ends = |endings: &[&str]| endings.iter().any(|ending| text.ends_with(ending));
    let without = |n: usize| text[..text.len() - n].to_owned();
    if !text.ends_with('s') || text.len() < 3 || ends(&["ss", "us", "sis", "xis", "series", "news"])
    {
        text.to_owned()
    } else if ends(&["ies"]) && text.len() > 4 {
        without(3) + "y"
    } else if ends(&["sses", "xes", "ches", "shes", "tuses", "iases"]) {
        without(2)
    } else {
        without(1)
    }
}

/// Whether a word is a plural.
pub fn is_plural(text: &str) -> bool {
    singular(text) != text
}

/// Names that a generated type cannot have: keywords, what Rust and TypeScript have in scope
/// everywhere, and what the package itself declares.
const RESERVED_TYPES: &[&str] = &[
    // Rust: keywords, prelude, and what derives and documentation examples refer to
    "Self Option Some None Result Ok Err String ToString Vec Box Rc Arc Cell Cow Iterator \
     IntoIterator DoubleEndedIterator ExactSizeIterator Extend FromIterator Copy Clone Send \
     Sync Sized Unpin Drop Fn FnMut FnOnce AsRef AsMut Into From TryFrom TryInto Default Eq \
     PartialEq Ord PartialOrd ToOwned Debug Display Hash Serialize Deserialize Serializer \
     Deserializer Future IntoFuture Stream Value BTreeMap HashMap Duration JsValue Call \
     Client Builder Page Other",
    // JavaScript and TypeScript: globals and built-in types
    "Any Array ArrayBuffer ArrayBufferView Atomics BigInt Blob Boolean BufferSource Crypto \
     DataView Date Document Error Event Exclude Extract File FormData Function Headers \
     Infinity Intl Iterable Json Location Map Math Message NaN Navigator Never Node \
     NonNullable Null Number Object Omit Parameters Partial Pick Promise PromiseLike Proxy \
     Readonly Record Reflect RegExp Request RequestInit Required Response ReturnType Set \
     Storage Symbol Undefined Uint8Array Unknown Url Void WeakMap WeakRef WeakSet WebAssembly \
     Worker",
    // the package
    "Core Kinde KindeError KindeErrorCode KindeOptions KindePromise Operation OperationId \
     Operations RequestOptions Resources Uploadable Version",
];

/// Names that neither a resource nor a method of one can have: a promise's own (an object with
/// `then` cannot be awaited), those every JavaScript object has, those Rust cannot even escape, and
/// the client's.
const RESERVED_MEMBERS: &str = "then catch finally constructor prototype toString toLocaleString toJson valueOf \
    hasOwnProperty isPrototypeOf propertyIsEnumerable name length caller arguments apply \
    bind self super crate new clone drop into from";

/// What the client itself has beside its resources.
const RESERVED_RESOURCES: &str = "call request tokens auth fromEnv builder client withResponse";

fn has_word(words: &str, word: &str) -> bool {
    words.split(' ').any(|known| known == word)
}

/// Whether `name` may be a method, or a resource inside another one.
pub fn member_is_free(name: &str) -> bool {
    !has_word(RESERVED_MEMBERS, name)
}

/// Whether `name` may be a resource of the client.
pub fn resource_is_free(name: &str) -> bool {
    member_is_free(name) && !has_word(RESERVED_RESOURCES, name)
}

/// Whether a name can stand in code as camelCase identifier.
pub fn is_camel(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric())
}

/// The names of types that are taken. Capitals do not tell two of them apart.
#[derive(Debug)]
pub struct TypeNames(HashSet<String>);

impl TypeNames {
    /// Nothing taken but what is reserved.
    pub fn new() -> Self {
        let reserved = RESERVED_TYPES.iter().flat_map(|names| names.split(' '));
        TypeNames(reserved.map(str::to_lowercase).collect())
    }

    /// Takes a name if it is free.
    pub fn claim(&mut self, name: &str) -> bool {
        self.0.insert(name.to_lowercase())
    }

    /// Takes the name of an operation: its parameters need one as well.
    pub fn claim_operation(&mut self, name: &str) -> bool {
        let params = format!("{name}Params");
        !self.0.contains(&params.to_lowercase()) && self.claim(name) && self.claim(&params)
    }

    /// Takes this name, or the first free one made from it.
    pub fn claim_like(&mut self, name: &str) -> String {
        self.first_free(name, TypeNames::claim)
    }

    /// Takes this name for an operation, or the first free one made from it.
    pub fn claim_operation_like(&mut self, name: &str) -> String {
        self.first_free(name, TypeNames::claim_operation)
    }

    fn first_free(&mut self, name: &str, claim: fn(&mut Self, &str) -> bool) -> String {
        let name = match name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            true => name.to_owned(),
            false => format!("Type{name}"),
        };
        let numbered = (2..).map(|n| format!("{name}Model{n}"));
        [name.clone(), format!("{name}Model")]
            .into_iter()
            .chain(numbered)
            .find(|name| claim(self, name))
            .unwrap_or(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_every_spelling() {
        for (text, expected) in [
            ("get_apis_response", "GetApisResponse"),
            ("getAPIs", "GetApis"),
            ("APIs", "Apis"),
            ("addAPIScope", "AddApiScope"),
            ("getCallbackURLs", "GetCallbackUrls"),
            ("replaceURLsNow", "ReplaceUrlsNow"),
            ("deleteAPIAppliationScope", "DeleteApiAppliationScope"),
            ("getUserProfileV2", "GetUserProfileV2"),
            ("filter[name]", "FilterName"),
            ("Feature Flags", "FeatureFlags"),
            ("MFA", "Mfa"),
            ("X-Request-ID", "XRequestId"),
            ("été", "T"),
        ] {
            assert_eq!(pascal(text), expected, "{text}");
        }
        assert_eq!(camel("Environment variables"), "environmentVariables");
        assert_eq!(camel("GetUsersMFA"), "getUsersMfa");
        assert_eq!(constant("getAPIs"), "GET_APIS");
        assert_eq!(
            constant("GetConnectedAppAuthUrl"),
            "GET_CONNECTED_APP_AUTH_URL"
        );
        assert_eq!(constant("2fa"), "OPERATION_2FA");
    }

    #[test]
    fn singulars() {
        for (plural, expected) in [
            ("users", "user"),
            ("identities", "identity"),
            ("businesses", "business"),
            ("business", "business"),
            ("addresses", "address"),
            ("statuses", "status"),
            ("status", "status"),
            ("licenses", "license"),
            ("analysis", "analysis"),
            ("apis", "api"),
            ("featureFlags", "featureFlag"),
            ("mfa", "mfa"),
        ] {
            assert_eq!(singular(plural), expected);
        }
    }

    #[test]
    fn taken_and_reserved_type_names_get_a_suffix() {
        let mut names = TypeNames::new();
        assert_eq!(names.claim_like("User"), "User");
        assert_eq!(names.claim_like("User"), "UserModel");
        assert_eq!(names.claim_like("USER"), "USERModel2");
        assert_eq!(names.claim_like("Error"), "ErrorModel");
        assert_eq!(names.claim_like("2fa"), "Type2fa");
        assert_eq!(names.claim_like("ListUsersParams"), "ListUsersParams");
        assert_eq!(names.claim_operation_like("ListUsers"), "ListUsersModel");
        assert_eq!(
            names.claim_like("ListUsersModelParams"),
            "ListUsersModelParamsModel"
        );
    }
}
