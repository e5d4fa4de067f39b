/**
 * What a token says, read as Kinde writes it.
 *
 * A claim that is missing, or not of its usual type, reads as if it said nothing: undefined, an empty list,
 * the default. Kinde's own claims are also found under the names that they have for Hasura:
 * `x-hasura-permissions` and so on, in `https://hasura.io/jwt/claims` or beside the others.
 *
 * @module kinde-edge/claims
 */

/** The claims of a token: what `kinde.tokens.verify` resolves to. */
export type Claims = object | null | undefined;

/** A role in a token. */
export interface Role {
  /** What programs know it by. */
  key: string;
  /** Its id, if the token has it. */
  id?: string;
  /** Its name for people, if the token has it. */
  name?: string;
}

/** `org_code`: the organization that the user signed in to. */
export function organization(claims: Claims): string | undefined;

/** `org_codes`: all organizations of the user. In id tokens. */
export function organizations(claims: Claims): string[];

/**
 * What people call an organization, if the token has it: that of {@link organization}, or that of a code. From
 * `org_name`, which an access token can be made to have, else from `organizations` (`[{ id, name }]`) of an id token.
 */
export function organizationName(claims: Claims, code?: string): string | undefined;

/** `permissions`: the keys of what the user may do in the organization. */
export function permissions(claims: Claims): string[];

/** Whether a permission is among {@link permissions}. */
export function hasPermission(claims: Claims, key: string): boolean;

/** `roles`, whether the token has them as objects or as keys. */
export function roles(claims: Claims): Role[];

/** Whether a role with this key is among {@link roles}. */
export function hasRole(claims: Claims, key: string): boolean;

/** `scp`, else `scope` (RFC 9068, section 2.2.3): a list, or separated by spaces. */
export function scopes(claims: Claims): string[];

/** Whether a scope is among {@link scopes}. */
export function hasScope(claims: Claims, scope: string): boolean;

/**
 * A feature flag of the type of the default: a boolean (`b`), an integer (`i`) or a string (`s`). The default
 * if the token does not have it, or has it with another type.
 *
 * @example
 * ```ts
 * const theme = featureFlag(claims, "theme", "light");
 * ```
 */
export function featureFlag(claims: Claims, key: string, defaultValue: boolean): boolean;
export function featureFlag(claims: Claims, key: string, defaultValue: number): number;
export function featureFlag(claims: Claims, key: string, defaultValue: string): string;

/** A property of the user; `undefined` if the token does not have it. */
export function userProperty(claims: Claims, key: string): unknown;

/** A property of the organization; `undefined` if the token does not have it. */
export function organizationProperty(claims: Claims, key: string): unknown;

/** A property of the application; `undefined` if the token does not have it. */
export function applicationProperty(claims: Claims, key: string): unknown;

/** An entry of the claim `entitlements`. */
export interface Entitlement {
  feature_key: string;
  [field: string]: unknown;
}

/** The entry of `entitlements` whose `feature_key` this is; `undefined` if there is none. */
export function entitlement(claims: Claims, featureKey: string): Entitlement | undefined;
