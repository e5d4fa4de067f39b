//! What a token says, read as Kinde writes it.

use crate::interop::{absent, get, is_array, list, parts, text};
use crate::scopes;
use js_sys::Object;
use wasm_bindgen::prelude::*;

/// The claims of a token that has been verified.
///
/// A claim that is missing, or not of its usual type, reads as if it said nothing: `None`, an empty
/// list, the default. Kinde's own claims are also found under the names that they have for Hasura:
/// `x-hasura-permissions` and so on, in `https://hasura.io/jwt/claims` or beside the others.
///
/// ```no_run
/// # fn example(claims: kinde_edge::Claims) {
/// let user = claims.subject();
/// if claims.has_permission("read:invoices") && claims.bool_flag("new_invoices", false) {
///     let theme = claims.string_flag("theme", "light");
/// }
/// let anything = claims.get("my_claim").as_string();
/// # }
/// ```
#[derive(Clone)]
pub struct Claims(Object);

/// Nothing of it: claims are about people.
impl core::fmt::Debug for Claims {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Claims").finish_non_exhaustive()
    }
}

/// A role in a token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Role {
    /// What programs know it by.
    pub key: String,
    /// Its id, if the token has it.
    pub id: Option<String>,
    /// Its name for people, if the token has it.
    pub name: Option<String>,
}

/// Where Hasura looks.
const HASURA: &str = "https://hasura.io/jwt/claims";

impl Claims {
    pub(crate) fn new(claims: Object) -> Self {
        Claims(claims)
    }

    /// The claims as they were parsed, for `serde_wasm_bindgen::from_value`.
    pub fn raw(&self) -> &Object {
        &self.0
    }

    /// A claim by its name; `undefined` if it is not there.
    pub fn get(&self, name: &str) -> JsValue {
        get(&self.0, name).unwrap_or_default()
    }

    /// `sub`: the user, or the application of a machine token.
    pub fn subject(&self) -> Option<String> {
        text(&self.get("sub"))
    }

    /// `iss`
    pub fn issuer(&self) -> Option<String> {
        text(&self.get("iss"))
    }

    /// `aud`, whether it is one or a list.
    pub fn audience(&self) -> Vec<String> {
        let audience = self.get("aud");
        match text(&audience) {
            Some(one) => [one].into(),
            None => strings(&audience),
        }
    }

    /// `exp`, in seconds since 1970.
    pub fn expires_at(&self) -> Option<f64> {
        self.get("exp").as_f64()
    }

    /// `iat`, in seconds since 1970.
    pub fn issued_at(&self) -> Option<f64> {
        self.get("iat").as_f64()
    }

    /// `org_code`: the organization that the user signed in to.
    pub fn organization(&self) -> Option<String> {
        text(&self.kinde("org_code"))
    }

    /// `org_codes`: all organizations of the user. In id tokens.
    pub fn organizations(&self) -> Vec<String> {
        strings(&self.kinde("org_codes"))
    }

    /// What people call an organization, if the token has it: from `org_name`, for the one that the user
    /// signed in to, else from `organizations` (`[{ id, name }]`) of an id token.
    pub fn organization_name(&self, code: &str) -> Option<String> {
        let current = match self.organization().as_deref() == Some(code) {
            true => text(&self.kinde("org_name")),
            false => None,
        };
        let is_it = |one: &JsValue| get(one, "id").is_ok_and(|id| id == code);
        let named = || items(&self.kinde("organizations")).find(is_it);
        current.or_else(|| text(&get(&named()?, "name").unwrap_or_default()))
    }

    /// `permissions`: the keys of what the user may do in the organization.
    pub fn permissions(&self) -> Vec<String> {
        strings(&self.kinde("permissions"))
    }

    /// Whether a permission is among [`Claims::permissions`].
    pub fn has_permission(&self, key: &str) -> bool {
        items(&self.kinde("permissions")).any(|one| one == key)
    }

    /// `roles`, whether the token has them as objects or as keys.
    pub fn roles(&self) -> Vec<Role> {
        let read = |role: JsValue| {
            let field = |name| text(&get(&role, name).unwrap_or_default());
            Some(Role {
                key: text(&role).or_else(|| field("key"))?,
                id: field("id"),
                name: field("name"),
            })
        };
        items(&self.kinde("roles")).filter_map(read).collect()
    }

    /// Whether a role with this key is among [`Claims::roles`].
    pub fn has_role(&self, key: &str) -> bool {
        let is_it = |role: JsValue| role == key || get(&role, "key").is_ok_and(|own| own == key);
        items(&self.kinde("roles")).any(is_it)
    }

    /// `scp`, else `scope` (RFC 9068, section 2.2.3): a list, or separated by spaces.
    pub fn scopes(&self) -> Vec<String> {
        let mut places = ["scp", "scope"].iter();
        let found = places.find_map(|name| scopes::read(&self.get(name)));
        found.unwrap_or_default()
    }

    /// Whether a scope is among [`Claims::scopes`].
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes().iter().any(|one| one == scope)
    }

    /// A feature flag of type `b`, or the default.
    pub fn bool_flag(&self, key: &str, default: bool) -> bool {
        self.flag(key, "b").as_bool().unwrap_or(default)
    }

    /// A feature flag of type `i`, or the default.
    pub fn integer_flag(&self, key: &str, default: i64) -> i64 {
        let value = self.flag(key, "i").as_f64();
        let whole = value.filter(|value| value.trunc() == *value);
        whole.map_or(default, |value| value as i64)
    }

    /// A feature flag of type `s`, or the default.
    pub fn string_flag(&self, key: &str, default: &str) -> String {
        text(&self.flag(key, "s")).unwrap_or_else(|| default.into())
    }

    /// `feature_flags: { key: { t: "b", v: true } }`
    fn flag(&self, key: &str, kind: &str) -> JsValue {
        let flag = get(&self.kinde("feature_flags"), key).unwrap_or_default();
        match get(&flag, "t").is_ok_and(|found| found == kind) {
            true => get(&flag, "v").unwrap_or_default(),
            false => JsValue::UNDEFINED,
        }
    }

    /// A property of the user; `undefined` if the token does not have it.
    pub fn user_property(&self, key: &str) -> JsValue {
        self.property("user_properties", key)
    }

    /// A property of the organization; `undefined` if the token does not have it.
    pub fn organization_property(&self, key: &str) -> JsValue {
        self.property("organization_properties", key)
    }

    /// A property of the application; `undefined` if the token does not have it.
    pub fn application_property(&self, key: &str) -> JsValue {
        self.property("application_properties", key)
    }

    /// `user_properties: { key: { v: "value" } }`
    fn property(&self, claim: &str, key: &str) -> JsValue {
        let property = get(&self.kinde(claim), key).unwrap_or_default();
        get(&property, "v").unwrap_or_default()
    }

    /// The entry of `entitlements` whose `feature_key` this is, as it is in the token; `undefined`
    /// if there is none.
    pub fn entitlement(&self, feature_key: &str) -> JsValue {
        let is_it = |one: &JsValue| get(one, "feature_key").is_ok_and(|key| key == feature_key);
        let mut all = items(&self.kinde("entitlements"));
        all.find(is_it).unwrap_or_default()
    }

    /// A claim of Kinde's by its own name, else by the one for Hasura.
    fn kinde(&self, name: &str) -> JsValue {
        let own = self.get(name);
        if !absent(&own) {
            return own;
        }
        let mut alias = String::from("x-hasura");
        for word in parts(name, b'_') {
            alias.push('-');
            alias.push_str(word);
        }
        let beside = self.get(&alias);
        match absent(&beside) {
            true => get(&self.get(HASURA), &alias).unwrap_or_default(),
            false => beside,
        }
    }
}

fn items(value: &JsValue) -> impl Iterator<Item = JsValue> + use<> {
    let all = is_array(value).then(|| list(value).ok()).flatten();
    all.unwrap_or_default().into_iter()
}

/// The strings of a list.
fn strings(value: &JsValue) -> Vec<String> {
    items(value).filter_map(|one| text(&one)).collect()
}
