import { NOTHING, given, success } from "../answer.js";
import { shades } from "../colours.js";
import { pageByToken } from "../paging.js";
import { conflict, invalid } from "../refusal.js";
import { organizationData } from "../events.js";
import { LOOK, customerId, newOrganization } from "../seed.js";
import { agree, agreementsOf, checkPlan } from "./billing.js";
import { listed, set } from "./connections.js";

const COLOURS = Object.keys(LOOK).filter((name) => name.includes("_color"));
/** What create and update take as it comes. */
const FIELDS = [
  ...COLOURS,
  "name",
  "external_id",
  "theme_code",
  "handle",
  "is_allow_registrations",
  "sender_name",
  "sender_email",
  "is_auto_membership_enabled",
];

export default {
  getOrganizations({ store, query }) {
    const fields = { name: ({ name }) => name, email: ({ sender_email }) => sender_email, id: ({ code }) => code };
    const { page, next } = pageByToken(store.organizations.all(), query, fields);
    const organizations = page.map((organization) => ({
      ...given(organization, ["code", "name", "handle", "is_default", "external_id", "is_auto_membership_enabled"]),
      // The document does not know this one.
      billing: billingOf(store, organization, "customer_id"),
    }));
    // This list ends with an empty token, others with null or with none.
    return success({ organizations, next_token: next ?? "" });
  },

  // Without an envelope.
  getOrganization({ store, query, origin }) {
    const organization = query.code ? store.organizations.get(query.code) : store.organizations.by("is_default", true);
    const { code, logos } = organization;
    return {
      ...given(organization, [
        "code",
        "name",
        "handle",
        "is_default",
        "external_id",
        "is_auto_membership_enabled",
        "theme_code",
        "color_scheme",
        "button_border_radius",
        "card_border_radius",
        "input_border_radius",
        "created_on",
        "is_allow_registrations",
        "sender_name",
        "sender_email",
        "allowed_domains",
        "is_suspended",
        "suspended_on",
      ]),
      billing: billingOf(store, organization, "billing_customer_id"),
      logo: logos.light ? `${origin}/logo?p_org_code=${code}` : null,
      logo_dark: logos.dark ? `${origin}/logo_dark?p_org_code=${code}` : null,
      favicon_svg: null,
      favicon_fallback: null,
      ...shades(organization, COLOURS),
    };
  },

  createOrganization({ store, body, emit }) {
    refuseTaken(store, body);
    const { is_create_billing_customer, billing_plan_code } = body;
    checkPlan(billing_plan_code);
    const code = `org_${store.random.hex(11)}`;
    const customer_id = is_create_billing_customer || billing_plan_code ? customerId(store.random) : null;
    const special = { ...given(body, FIELDS), code, customer_id, created_on: store.now() };
    const organization = store.organizations.add(newOrganization(special));
    emit("organization.created", organizationData(organization));
    if (billing_plan_code) agree({ store, emit }, { customer_id, plan_code: billing_plan_code });
    return success({ organization: customer_id ? { code, billing_customer_id: customer_id } : { code } });
  },

  updateOrganization({ store, path, body, emit }) {
    const organization = store.organizations.get(path.org_code);
    refuseTaken(store, body, organization);
    Object.assign(organization, given(body, FIELDS));
    if (body.is_suspended !== undefined) {
      organization.is_suspended = body.is_suspended;
      organization.suspended_on = body.is_suspended ? store.now() : null;
    }
    emit("organization.updated", organizationData(organization));
    return success({}, "Organization updated");
  },

  deleteOrganization({ store, path, emit }) {
    const { code, is_default, customer_id } = store.organizations.get(path.org_code);
    if (is_default) throw invalid("The default organization cannot be deleted", "DEFAULT_ORGANIZATION");
    for (const agreement of agreementsOf(store, customer_id)) store.agreements.delete(agreement.id);
    for (const invite of store.invites.all()) if (invite.org_code === code) store.invites.delete(invite.code);
    for (const one of store.directories.all()) if (one.organization_code === code) store.directories.delete(one.id);
    store.organizations.delete(code);
    emit("organization.deleted", { organization: { code } });
    return success({}, "Organization deleted");
  },

  DeleteOrganizationHandle({ store, path }) {
    store.organizations.get(path.org_code).handle = null;
    return success({}, "Handle deleted");
  },

  ReplaceOrganizationMFA({ store, path, body }) {
    store.organizations.get(path.org_code).mfa = body;
    return success();
  },

  ReadOrganizationLogo({ store, path }) {
    const { logos } = store.organizations.get(path.org_code);
    return success({ logos: Object.values(logos) });
  },

  AddOrganizationLogo({ store, path, body }) {
    const { code, logos } = store.organizations.get(path.org_code);
    const { type } = path;
    logos[type] = {
      type,
      file_name: body.logo.name,
      path: `/${type === "dark" ? "logo_dark" : "logo"}?p_org_code=${code}`,
    };
    return success({}, "Organization logo successfully updated");
  },

  DeleteOrganizationLogo({ store, path }) {
    const { logos } = store.organizations.get(path.org_code);
    if (!logos[path.type]) return NOTHING;
    delete logos[path.type];
    return success({}, "Organization logo successfully deleted");
  },

  GetOrganizationConnections({ store, path, strict }) {
    const { connections } = store.organizations.get(path.organization_code);
    return success({
      connections: connections.map((id) => listed(store.connections.get(id), strict)),
      has_more: false,
    });
  },

  EnableOrgConnection({ store, path }) {
    set(store.organizations.get(path.organization_code), store.connections.get(path.connection_id).id, true);
  },

  RemoveOrgConnection({ store, path }) {
    set(store.organizations.get(path.organization_code), store.connections.get(path.connection_id).id, false);
    return success();
  },
};

/** Who pays, and for what: the two operations that say so have two names for the first. */
const billingOf = (store, { customer_id }, name) => ({
  [name]: customer_id,
  agreements: agreementsOf(store, customer_id).map(({ id, plan_code }) => ({ plan_code, agreement_id: id })),
});

/** A handle belongs to one organization. */
function refuseTaken(store, { handle }, own) {
  const holder = handle && store.organizations.by("handle", handle);
  if (holder && holder !== own) throw conflict("an organization", handle);
}
