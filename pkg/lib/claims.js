// What a token says, read as Kinde writes it. What is missing, or of another type, says nothing.

/** @import * as declared from "../types/claims.js" */
/** @import { Claims } from "../types/claims.js" */

const HASURA = "https://hasura.io/jwt/claims";

/** @type {typeof declared.organization} */
export const organization = (claims) => text(kinde(claims, "org_code"));

/** @type {typeof declared.organizations} */
export const organizations = (claims) => strings(kinde(claims, "org_codes"));

/** @type {typeof declared.organizationName} */
export function organizationName(claims, code = organization(claims)) {
  const isCurrent = code === organization(claims);
  const listed = list(kinde(claims, "organizations")).find((one) => own(one, "id") === code);
  return (isCurrent ? text(kinde(claims, "org_name")) : undefined) ?? (code ? text(own(listed, "name")) : undefined);
}

/** @type {typeof declared.permissions} */
export const permissions = (claims) => strings(kinde(claims, "permissions"));

/** @type {typeof declared.hasPermission} */
export const hasPermission = (claims, key) => permissions(claims).includes(key);

/** @type {typeof declared.roles} */
export const roles = (claims) => list(kinde(claims, "roles")).flatMap(readRole);

/** @type {typeof declared.hasRole} */
export const hasRole = (claims, key) => roles(claims).some((role) => role.key === key);

/** @type {typeof declared.scopes} */
export function scopes(claims) {
  const found = own(claims, "scp") ?? own(claims, "scope");
  return typeof found === "string" ? found.split(" ").filter(Boolean) : strings(found);
}

/** @type {typeof declared.hasScope} */
export const hasScope = (claims, scope) => scopes(claims).includes(scope);

/** @type {Record<string, string>} */
const FLAG_TYPES = { boolean: "b", number: "i", string: "s" };

/**
 * @template {boolean | number | string} T
 * @param {Claims} claims
 * @param {string} key
 * @param {T} defaultValue
 * @returns {T}
 */
export function featureFlag(claims, key, defaultValue) {
  const type = typeof defaultValue;
  const flag = own(kinde(claims, "feature_flags"), key);
  const value = own(flag, "v");
  const fits = own(flag, "t") === FLAG_TYPES[type] && typeof value === type;
  return fits && (type !== "number" || Number.isInteger(value)) ? /** @type {T} */ (value) : defaultValue;
}

/** @type {typeof declared.userProperty} */
export const userProperty = (claims, key) => property(claims, "user_properties", key);

/** @type {typeof declared.organizationProperty} */
export const organizationProperty = (claims, key) => property(claims, "organization_properties", key);

/** @type {typeof declared.applicationProperty} */
export const applicationProperty = (claims, key) => property(claims, "application_properties", key);

/** @type {typeof declared.entitlement} */
export const entitlement = (claims, featureKey) =>
  list(kinde(claims, "entitlements")).find(
    /** @type {(one: unknown) => one is declared.Entitlement} */
    ((one) => own(one, "feature_key") === featureKey),
  );

/**
 * `user_properties: { key: { v: "value" } }`
 * @param {Claims} claims
 * @param {string} claim
 * @param {string} key
 */
const property = (claims, claim, key) => own(own(kinde(claims, claim), key), "v");

/**
 * A claim of Kinde's by its own name, else by the one for Hasura.
 * @param {Claims} claims
 * @param {string} name
 */
function kinde(claims, name) {
  const alias = `x-hasura-${name.replaceAll("_", "-")}`;
  return own(claims, name) ?? own(claims, alias) ?? own(own(claims, HASURA), alias);
}

/**
 * A property that an object has itself: every object inherits a `constructor`.
 * @param {unknown} object
 * @param {string} key
 * @returns {unknown}
 */
function own(object, key) {
  return typeof object === "object" && object !== null && Object.hasOwn(object, key)
    ? /** @type {Record<string, unknown>} */ (object)[key]
    : undefined;
}

/** @param {unknown} role */
function readRole(role) {
  const [key, id, name] = [text(role) ?? text(own(role, "key")), text(own(role, "id")), text(own(role, "name"))];
  return key === undefined ? [] : [{ key, ...(id !== undefined && { id }), ...(name !== undefined && { name }) }];
}

/** @type {(value: unknown) => string | undefined} */
const text = (value) => (typeof value === "string" ? value : undefined);

/** @type {(value: unknown) => unknown[]} */
const list = (value) => (Array.isArray(value) ? value : []);

/** @type {(value: unknown) => string[]} */
const strings = (value) => list(value).filter((one) => typeof one === "string");
