// The Account API: what a signed-in user's own token may ask.
import { given } from "../answer.js";
import { pageById } from "../paging.js";
import { Refusal, missing, unauthorized } from "../refusal.js";
import { bearerOf } from "../tokens.js";
import { agreementsOf, entitlementsOf, placeIn } from "./billing.js";
import { valuesOf } from "./properties.js";

export default {
  async GetEntitlements(call) {
    const { organization, agreements } = await asker(call);
    const all = agreements.flatMap(entitlementsOf).map(show);
    const { page, metadata } = paged(all, call.query);
    const plans = agreements.map(({ plan_code, subscribed_on }) => ({
      key: plan_code,
      name: plan_code,
      subscribed_on,
    }));
    return { data: { org_code: organization?.code ?? null, plans, entitlements: page }, metadata };
  },

  async GetEntitlement(call) {
    const { organization, agreements } = await asker(call);
    const key = call.path.key ?? call.query.key;
    const entitlement = agreements.flatMap(entitlementsOf).find(({ feature_code }) => feature_code === key);
    if (!entitlement) throw missing("entitlement", key);
    return { data: { org_code: organization?.code ?? null, entitlement: show(entitlement) }, metadata: {} };
  },

  async GetFeatureFlags(call) {
    const { user, organization } = await asker(call);
    const { feature_flags, environment } = call.store;
    const flags = feature_flags.all().map(({ key, name, type, default_value }) => {
      const holders = [user, organization, environment];
      const text = holders.map((holder) => holder?.feature_flags[key]).find((value) => value !== undefined);
      return { id: key, name, key, type, value: typed(type, text ?? default_value) };
    });
    const { page, metadata } = paged(flags, call.query);
    return { data: { feature_flags: page }, metadata };
  },

  async GetUserPermissions(call) {
    const { organization, member } = await asker(call);
    const { roles, permissions: table } = call.store;
    const ids = new Set([
      ...(member?.permissions ?? []),
      ...(member?.roles ?? []).flatMap((id) => roles.get(id).permissions),
    ]);
    const permissions = [...ids].map((id) => given(table.get(id), ["id", "name", "key"]));
    const { page, metadata } = paged(permissions, call.query);
    return { data: { org_code: organization?.code ?? null, permissions: page }, metadata };
  },

  async GetUserRoles(call) {
    const { organization, member } = await asker(call);
    const roles = (member?.roles ?? []).map((id) => given(call.store.roles.get(id), ["id", "name", "key"]));
    const { page, metadata } = paged(roles, call.query);
    return { data: { org_code: organization?.code ?? null, roles: page }, metadata };
  },

  async GetUserProperties(call) {
    const { user } = await asker(call);
    const properties = valuesOf(call.store, user, "usr").map((one) => given(one, ["id", "name", "key", "value"]));
    const { page, metadata } = paged(properties, call.query);
    return { data: { properties: page }, metadata };
  },

  // The portal is a page of the service's own: there is none here.
  async GetPortalLink(call) {
    const { user } = await asker(call);
    const url = new URL("/portal", call.origin);
    url.searchParams.set("user", user.id);
    for (const [name, value] of Object.entries(call.query)) url.searchParams.set(name, value);
    return { url: url.href };
  },
};

/** Who asks, and in which organization. */
async function asker({ store, tokens, headers, origin }) {
  const claims = await tokens.read(bearerOf(headers), origin);
  const message = "The access token is a program's: the Account API is for signed-in users";
  if (!claims.sub) throw new Refusal(403, { errors: [{ code: "ACCESS_DENIED", message }] });
  if (!store.users.has(claims.sub)) throw unauthorized("The user is gone");
  const user = store.users.get(claims.sub);
  const organization = store.organizations.has(claims.org_code) ? store.organizations.get(claims.org_code) : undefined;
  const agreements = agreementsOf(store, organization?.customer_id ?? user.customer_id);
  return { user, organization, member: organization?.members[user.id], agreements };
}

function paged(all, query) {
  const { page, more } = pageById(all, query, placeIn(all));
  return { page, metadata: { has_more: more, next_page_starting_after: more ? page.at(-1).id : "" } };
}

const show = ({ feature_code: feature_key, ...rest }) => ({
  ...given(rest, ["id", "fixed_charge", "price_name", "unit_amount"]),
  feature_key,
  ...given(rest, ["feature_name", "entitlement_limit_max", "entitlement_limit_min"]),
});

/** A flag's text as what its type says. */
function typed(type, text) {
  if (type === "bool") return text === "true";
  return type === "int" ? Number(text) : text;
}
