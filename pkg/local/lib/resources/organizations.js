import { NOTHING, given, now, success } from "../answer.js";
import { shades } from "../colours.js";
import { pageByToken } from "../paging.js";
import { conflict, invalid } from "../refusal.js";
import { LOOK, newOrganization } from "../seed.js";
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
];

export default {
  getOrganizations({ store, query }) {
    const fields = { name: ({ name }) => name, email: ({ sender_email }) => sender_email, id: ({ code }) => code };
    const { page, next } = pageByToken(store.organizations.all(), query, fields);
    const organizations = page.map((organization) => ({
      ...given(organization, ["code", "name", "handle", "is_default", "external_id", "is_auto_membership_enabled"]),
      // The document does not know this one.
      billing: { customer_id: null, agreements: [] },
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
      ]),
      logo: logos.light ? `${origin}/logo?p_org_code=${code}` : null,
      logo_dark: logos.dark ? `${origin}/logo_dark?p_org_code=${code}` : null,
      favicon_svg: null,
      favicon_fallback: null,
      ...shades(organization, COLOURS),
    };
  },

  createOrganization({ store, body }) {
    refuseTaken(store, body);
    const code = `org_${store.random.hex(11)}`;
    store.organizations.add(newOrganization({ ...given(body, FIELDS), code, created_on: now() }));
    return success({ organization: { code } });
  },

  updateOrganization({ store, path, body }) {
    const organization = store.organizations.get(path.org_code);
    refuseTaken(store, body, organization);
    Object.assign(organization, given(body, FIELDS));
    return success({}, "Organization updated");
  },

  deleteOrganization({ store, path }) {
    const { code, is_default } = store.organizations.get(path.org_code);
    if (is_default) throw invalid("The default organization cannot be deleted", "DEFAULT_ORGANIZATION");
    store.organizations.delete(code);
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

  GetOrganizationConnections({ store, path, asDocumented }) {
    const { connections } = store.organizations.get(path.organization_code);
    return success({
      connections: connections.map((id) => listed(store.connections.get(id), asDocumented)),
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

/** A handle belongs to one organization. */
function refuseTaken(store, { handle }, own) {
  const holder = handle && store.organizations.by("handle", handle);
  if (holder && holder !== own) throw conflict("an organization", handle);
}
