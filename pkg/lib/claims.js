// What a token says, read as Kinde writes it. What is missing, or of another type, says nothing.

const HASURA = "https://hasura.io/jwt/claims";

export const organization = (claims) => text(kinde(claims, "org_code"));

export const organizations = (claims) => strings(kinde(claims, "org_codes"));

export const permissions = (claims) => strings(kinde(claims, "permissions"));

export const hasPermission = (claims, key) => permissions(claims).includes(key);

export const roles = (claims) => list(kinde(claims, "roles")).flatMap(readRole);

export const hasRole = (claims, key) => roles(claims).some((role) => role.key === key);

export function scopes(claims) {
  const found = own(claims, "scp") ?? own(claims, "scope");
  return typeof found === "string" ? found.split(" ").filter(Boolean) : strings(found);
}

export const hasScope = (claims, scope) => scopes(claims).includes(scope);

const FLAG_TYPES = { boolean: "b", number: "i", string: "s" };

export function featureFlag(claims, key, defaultValue) {
  const type = typeof defaultValue;
  const flag = own(kinde(claims, "feature_flags"), key);
  const value = own(flag, "v");
  const fits = own(flag, "t") === FLAG_TYPES[type] && typeof value === type;
  return fits && (type !== "number" || Number.isInteger(value)) ? value : defaultValue;
}

export const userProperty = (claims, key) => property(claims, "user_properties", key);

export const organizationProperty = (claims, key) => property(claims, "organization_properties", key);

export const applicationProperty = (claims, key) => property(claims, "application_properties", key);

export const entitlement = (claims, featureKey) =>
  list(kinde(claims, "entitlements")).find((one) => own(one, "feature_key") === featureKey);

/** `user_properties: { key: { v: "value" } }` */
const property = (claims, claim, key) => own(own(kinde(claims, claim), key), "v");

/** A claim of Kinde's by its own name, else by the one for Hasura. */
function kinde(claims, name) {
  const alias = `x-hasura-${name.replaceAll("_", "-")}`;
  return own(claims, name) ?? own(claims, alias) ?? own(own(claims, HASURA), alias);
}

/** A property that an object has itself: every object inherits a `constructor`. */
function own(object, key) {
  return typeof object === "object" && object !== null && Object.hasOwn(object, key) ? object[key] : undefined;
}

function readRole(role) {
  const [key, id, name] = [text(role) ?? text(own(role, "key")), text(own(role, "id")), text(own(role, "name"))];
  return key === undefined ? [] : [{ key, ...(id !== undefined && { id }), ...(name !== undefined && { name }) }];
}

const text = (value) => (typeof value === "string" ? value : undefined);

const list = (value) => (Array.isArray(value) ? value : []);

const strings = (value) => list(value).filter((one) => typeof one === "string");
