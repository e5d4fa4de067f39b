// The tenant as it is at first: the same people, companies and ids on every machine.
import { Random } from "./random.js";
import * as words from "./words.js";

const USERS = 1200;
const ORGANIZATIONS = 40;
const FIRST_DAY = Date.parse("2023-01-09T08:00:00Z");
const DAY = 86_400_000;

/** All tables and the two single things; `scopes` are those of the Management API, `secrets` makes what is one. */
export function seed({ random, secrets, scopes }) {
  // The clients come first: their ids and secrets do not change when something else does.
  const apis = seedApis(random, scopes);
  const connections = seedConnections(random);
  const applications = seedApplications(random, secrets, apis, connections);
  const permissions = seedPermissions(random);
  const roles = seedRoles(random, permissions);
  const { properties, property_categories } = seedProperties(random);
  const { users, identities } = seedUsers(random);
  const organizations = seedOrganizations(random, { users, roles, permissions, connections });
  return {
    // Copies: what a tenant changes is its own.
    business: structuredClone(BUSINESS),
    environment: structuredClone(ENVIRONMENT),
    apis,
    connections,
    applications,
    permissions,
    roles,
    properties,
    property_categories,
    users,
    identities,
    organizations,
    feature_flags: words.FLAGS.map(([key, name, description, type, allow_override_level, default_value]) => ({
      key,
      name,
      description,
      type,
      allow_override_level,
      default_value,
    })),
    webhooks: seedWebhooks(random),
    environment_variables: seedVariables(random, secrets),
    subscribers: seedSubscribers(random),
    system_permissions: words.SYSTEM_PERMISSIONS.map(([key, name, description]) => ({
      id: random.uuid(),
      key,
      name,
      description,
    })),
    events: [],
    connected_apps: [],
    invites: seedInvites(random, organizations, roles),
    directories: seedDirectories(random, secrets, organizations),
    sessions: seedSessions(random, users, organizations, applications, connections),
    api_keys: seedApiKeys(random, secrets, apis, organizations),
    agreements: seedAgreements(random, organizations),
  };
}

const BUSINESS = {
  code: "bus_0c7a53d1e94",
  name: "Amberleaf Trading",
  phone: null,
  email: "office@example.com",
  industry: "Retail & Consumer Products",
  timezone: "London (Greenwich Mean Time) [+00:00]",
  privacy_url: "https://example.com/privacy",
  terms_url: "https://example.com/terms",
  has_clickwrap: false,
  has_kinde_branding: true,
  created_on: timeAfter(0),
};

/** Colours and corners as a new environment or organization has them. */
export const LOOK = {
  link_color: "#0056F1",
  background_color: "#FFFFFF",
  button_color: "#0056F1",
  button_text_color: "#FFFFFF",
  link_color_dark: "#7FABF8",
  background_color_dark: "#16161A",
  button_color_dark: "#7FABF8",
  button_text_color_dark: "#16161A",
  button_border_radius: 8,
  card_border_radius: 16,
  input_border_radius: 4,
  theme_code: "user_preference",
  color_scheme: "light dark",
};

const ENVIRONMENT = {
  code: "development",
  name: "Development",
  hotjar_site_id: null,
  google_analytics_tag: null,
  is_default: true,
  is_live: false,
  custom_domain: null,
  ...LOOK,
  logos: {},
  created_on: timeAfter(0),
  feature_flags: { upload_limit_mb: "100" },
  passkey: { policy: "optional" },
  contentsquare_tag_id: null,
};

function seedApis(random, scopes) {
  // Scopes come and go with the document: nothing else changes when they do.
  const own = Random.startOf(random.bits(), random.bits());
  const api = (name, audience, keys, more = {}) => ({
    id: random.hex(32),
    name,
    audience,
    is_management_api: false,
    ...more,
    scopes: keys.map((key) => ({ id: `api_scope_${own.hex(32)}`, key, description: describe(key) })),
  });
  const crud = (resource) => ["create", "read", "update", "delete"].map((verb) => `${verb}:${resource}`);
  return [
    api("Kinde Management API", null, scopes, { is_management_api: true }),
    api("Orders API", "https://orders.example.com", [...crud("orders"), ...crud("invoices")]),
    api("Reports API", "https://reports.example.com", crud("reports")),
  ];
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);
const describe = (key) => capital(key.replace(/[:_]/g, " "));

function seedConnections(random) {
  return words.CONNECTIONS.map(([name, display_name, strategy]) => ({
    id: `conn_${random.hex(32)}`,
    name,
    display_name,
    strategy,
    options: {},
    organization_code: null,
  }));
}

/** What every application may be told otherwise. */
export const APPLICATION = {
  is_access_control_enabled: false,
  is_allow_faceless_auth: false,
  is_ask_for_name: true,
  has_marketing_consent: false,
  has_sign_in_link_on_sign_up_page: true,
  has_register_link_on_sign_in_page: true,
  has_sign_in_with_sso_button: false,
  use_gravatar_fallback: false,
};

function seedApplications(random, secrets, apis, connections) {
  const [management, orders, reports] = apis;
  /** @type {(api: any, wanted?: (key: string) => boolean) => string[]} */
  const ids = ({ scopes }, wanted = () => true) => scopes.filter(({ key }) => wanted(key)).map(({ id }) => id);
  const application = (name, type, apis = {}, site) => ({
    id: random.hex(32),
    name,
    type,
    client_secret: type === "spa" ? null : secrets.hex(50),
    login_uri: site ? `${site}/login` : null,
    homepage_uri: site ?? null,
    has_cancel_button: false,
    language_key: "en",
    redirect_urls: site ? [`${site}/callback`] : [],
    logout_urls: site ? [site] : [],
    connections: site ? connections.slice(0, 2).map(({ id }) => id) : [],
    properties: {},
    tokens: {},
    access_roles: [],
    ...APPLICATION,
    apis,
  });
  return [
    application("Backoffice", "m2m", { [management.id]: ids(management) }),
    application("Reporting", "m2m", {
      [management.id]: ids(management, (key) => key.startsWith("read:")),
      [reports.id]: ids(reports),
    }),
    application("Order sync", "m2m", { [orders.id]: ids(orders) }),
    application("Shop", "reg", {}, "https://shop.example.com"),
    application("Customer portal", "spa", {}, "https://portal.example.com"),
    application("Phone app", "spa", {}, "https://app.example.com"),
  ];
}

function seedPermissions(random) {
  return words.RESOURCES.flatMap((resource) =>
    ["create", "read", "update", "delete"].map((verb) => {
      const key = `${verb}:${resource}`;
      return {
        id: random.uuid(),
        key,
        name: describe(key),
        description: verb === "read" ? null : `May ${verb} ${resource}`,
      };
    }),
  );
}

function seedRoles(random, permissions) {
  const share = { admin: 24, manager: 12, auditor: 6, guest: 0 };
  return words.ROLES.map(([key, name, description]) => ({
    id: random.uuid(),
    key,
    name,
    description,
    is_default_role: key === "member",
    permissions: random.some(permissions, share[key] ?? 8).map(({ id }) => id),
    scopes: [],
    system_permissions: [],
    assignment_permission_id: null,
  }));
}

function seedProperties(random) {
  const category = (name, context) => ({ id: `cat_${random.hex(32)}`, name, context });
  const [person, company, software] = [
    category("Person", "usr"),
    category("Company", "org"),
    category("Application", "app"),
  ];
  /** @type {(key: string, name: string, category: any, description?: string | null, more?: object) => any} */
  const property = (key, name, { id, context }, description = null, more = {}) => ({
    id: `prop_${random.hex(32)}`,
    key,
    name,
    description,
    context,
    category_id: id,
    type: "single_line_text",
    is_private: false,
    is_kinde_property: false,
    ...more,
  });
  return {
    property_categories: [person, company, software],
    properties: [
      property("kp_usr_city", "City", person, "Where the person lives", { is_kinde_property: true }),
      property("kp_usr_job_title", "Job title", person, null, { is_kinde_property: true }),
      property("customer_number", "Customer number", person),
      property("notes", "Notes", person, "For the support team", { type: "multi_line_text", is_private: true }),
      property("kp_org_city", "City", company, "Where the company is", { is_kinde_property: true }),
      property("plan", "Plan", company),
      property("owner_team", "Owner", software, "The team that looks after it"),
    ],
  };
}

function seedUsers(random) {
  // A walk through all pairs of names: none comes twice.
  const pairs = words.GIVEN_NAMES.flatMap((given) => words.FAMILY_NAMES.map((family) => [given, family]));
  const identities = [];
  const identify = (user, type, name, created_on) => {
    const id = `identity_${random.hex(32)}`;
    const logins = random.below(40);
    user.identities.push(id);
    identities.push({
      id,
      user: user.id,
      type,
      name,
      is_primary: true,
      is_confirmed: random.chance(0.9),
      created_on,
      last_login_on: logins ? timeAfter(800 + random.below(200)) : null,
      total_logins: logins,
    });
  };
  const users = random
    .shuffle(pairs)
    .slice(0, USERS)
    .map(([first_name, last_name], index) => {
      const handle = plain(`${first_name}.${last_name}`);
      const signIns = random.chance(0.85) ? 1 + random.below(400) : 0;
      const created_on = timeAfter(1 + Math.floor((index * 750) / USERS), index);
      const user = {
        id: `kp_${random.hex(32)}`,
        provided_id: random.chance(0.2) ? `customer-${10_000 + index}` : null,
        first_name,
        last_name,
        is_suspended: random.chance(0.02),
        is_password_reset_requested: false,
        picture: random.chance(0.3) ? `https://example.com/pictures/${handle}.png` : null,
        total_sign_ins: signIns,
        failed_sign_ins: random.chance(0.1) ? 1 + random.below(4) : 0,
        last_signed_in: signIns ? timeAfter(800 + random.below(200), index) : null,
        created_on,
        identities: [],
        properties: random.chance(0.4) ? { customer_number: `C-${100_000 + index}` } : {},
        feature_flags: random.chance(0.1) ? { theme: "dark" } : {},
        mfa: index < 5 || random.chance(0.15) ? [factor(random, created_on)] : [],
        customer_id: null,
      };
      identify(user, "email", `${handle}@example.com`, created_on);
      if (random.chance(0.25)) identify(user, "username", `${handle.replace(".", "_")}${index}`, created_on);
      // The thousand numbers that Ofcom gives to nobody.
      if (random.chance(0.15) && index < 1000)
        identify(user, "phone", `+447700900${String(index).padStart(3, "0")}`, created_on);
      if (random.chance(0.2)) identify(user, "oauth2:google", `${handle}@example.com`, created_on);
      return user;
    });
  return { users, identities };
}

function seedOrganizations(random, { users, roles, permissions, connections }) {
  const role = (key) => roles.find((one) => one.key === key).id;
  const organizations = random
    .shuffle(words.COMPANY_FIRST)
    .slice(0, ORGANIZATIONS)
    .map((first, index) => {
      const name = `${first} ${random.pick(words.COMPANY_SECOND)}`;
      const handle = random.chance(0.7) ? name.toLowerCase().replaceAll(/\W+/g, "_") : null;
      return newOrganization({
        code: `org_${random.hex(11)}`,
        name: index === 0 ? "Default Organization" : name,
        handle: index === 0 ? null : handle,
        is_default: index === 0,
        external_id: random.chance(0.4) ? `crm-${4_000 + index}` : null,
        is_auto_membership_enabled: random.chance(0.2),
        created_on: timeAfter(1 + index * 12),
        feature_flags: random.chance(0.3) ? { max_projects: String(10 * (1 + random.below(10))) } : {},
        properties: random.chance(0.5) ? { plan: random.pick(["free", "team", "business"]) } : {},
        connections: random.chance(0.2) ? [connections[3].id] : [],
      });
    });
  for (const user of users) {
    const count = random.pick([0, 1, 1, 1, 1, 1, 2, 2, 3]);
    // Squared, so that some organizations are large and many are small.
    const joined = new Set(
      Array.from({ length: count }, () => organizations[Math.floor(random.share() ** 2 * ORGANIZATIONS)]),
    );
    for (const { members } of joined) {
      const isFirst = Object.keys(members).length === 0;
      members[user.id] = newMember({
        joined_on: user.created_on,
        roles: [isFirst ? role("admin") : random.chance(0.15) ? random.pick(roles).id : role("member")],
        permissions: random.chance(0.05) ? [random.pick(permissions).id] : [],
      });
    }
  }
  return organizations;
}

/** An organization with what every one has, and what is special about this one. */
export const newOrganization = (special) => ({
  handle: null,
  is_default: false,
  external_id: null,
  is_auto_membership_enabled: false,
  ...LOOK,
  logos: {},
  is_allow_registrations: null,
  sender_name: null,
  sender_email: null,
  feature_flags: {},
  properties: {},
  connections: [],
  members: {},
  customer_id: null,
  allowed_domains: [],
  is_suspended: false,
  suspended_on: null,
  passkey: { policy: null, is_override_environment_passkey_settings: false },
  sessions: {},
  ...special,
});

/** What an organization knows of a member. */
export const newMember = (special) => ({ roles: [], permissions: [], scopes: [], ...special });

function seedWebhooks(random) {
  /** @type {(name: string, path: string, event_types: string[], description?: string | null) => any} */
  const webhook = (name, path, event_types, description = null) => ({
    id: `webhook_${random.hex(32)}`,
    name,
    endpoint: `https://hooks.example.com/${path}`,
    description,
    event_types,
    created_on: timeAfter(300 + random.below(100)),
  });
  // One: version 1 of the API changes a webhook without saying which.
  return [webhook("Audit log", "audit", words.EVENT_TYPES, "Keeps what has happened")];
}

function seedVariables(random, secrets) {
  const variable = (key, value, is_secret) => ({
    id: `env_var_${random.hex(32)}`,
    key,
    value,
    is_secret,
    created_on: timeAfter(200 + random.below(100)),
  });
  return [
    variable("MAIL_FROM", "hello@example.com", false),
    variable("MAIL_API_KEY", secrets.hex(24), true),
    variable("REGION", "eu-west", false),
  ];
}

function seedSubscribers(random) {
  return Array.from({ length: 60 }, (_, index) => {
    const [first_name, last_name] = [random.pick(words.GIVEN_NAMES), random.pick(words.FAMILY_NAMES)];
    return {
      id: `subscriber_${random.hex(32)}`,
      first_name,
      last_name,
      email: `${plain(`${first_name}.${last_name}`)}.${index}@example.com`,
    };
  });
}

/** A second factor of a person. */
export const factor = (random, created_on) => ({
  id: `mfa_${random.hex(32)}`,
  type: random.pick(["email", "sms", "authenticator_app"]),
  name: null,
  is_verified: true,
  usage_count: random.below(30),
  last_used_on: created_on,
  created_on,
});

/** An invitation with what every one has. */
export const newInvite = (random, special) => ({
  id: `inv_${random.hex(32)}`,
  code: random.hex(24),
  first_name: null,
  last_name: null,
  is_sent: false,
  accepted_on: null,
  is_revoked: false,
  roles: [],
  ...special,
});

function seedInvites(random, organizations, roles) {
  const member = roles.find(({ is_default_role }) => is_default_role);
  return organizations.slice(0, 6).map((organization, index) => {
    const [first_name, last_name] = [random.pick(words.GIVEN_NAMES), random.pick(words.FAMILY_NAMES)];
    return newInvite(random, {
      org_code: organization.code,
      email: `${plain(`${first_name}.${last_name}`)}.invited@example.com`,
      first_name,
      last_name,
      roles: [member.id],
      is_sent: true,
      created_on: timeAfter(900 + index),
      accepted_on: index === 5 ? timeAfter(906) : null,
    });
  });
}

/** A directory with what every one has. */
export const newDirectory = (random, secrets, special) => ({
  id: `dir_${random.hex(32)}`,
  directory_endpoint_id: random.uuid(),
  secret_token: secrets.hex(48),
  status: "Pending",
  enterprise_connection_id: null,
  last_sync_started_at: null,
  last_sync_completed_at: null,
  last_sync_error: null,
  ...special,
});

function seedDirectories(random, secrets, organizations) {
  return organizations.slice(1, 3).map(({ code, name }, index) =>
    newDirectory(random, secrets, {
      directory_name: `${name} staff`,
      provider_code: index ? "okta" : "entra_id_azure_ad",
      organization_code: code,
      status: "Active",
      last_sync_started_at: timeAfter(950, index),
      last_sync_completed_at: timeAfter(950, index + 10),
      created_on: timeAfter(700, index),
    }),
  );
}

/** A session of somebody who has signed in. */
export const newSession = (random, special) => ({
  session_id: `session_${random.hex(32)}`,
  org_code: null,
  last_ip_address: "127.0.0.1",
  last_user_agent: "Mozilla/5.0",
  initial_ip_address: "127.0.0.1",
  initial_user_agent: "Mozilla/5.0",
  ...special,
});

function seedSessions(random, users, organizations, applications, connections) {
  const shop = applications.find(({ type }) => type === "reg");
  return users.slice(0, 40).map((user, index) => {
    const home = organizations.find(({ members }) => user.id in members);
    const started_on = timeAfter(980, index);
    return newSession(random, {
      user_id: user.id,
      org_code: home?.code ?? null,
      client_id: shop.id,
      connection_id: connections[0].id,
      started_on,
      updated_on: started_on,
      expires_on: timeAfter(3650, index),
    });
  });
}

/** An API key with what every one has. */
export const newApiKey = (random, secrets, special) => ({
  id: `api_key_${random.hex(32)}`,
  key: `k_live_${secrets.hex(40)}`,
  status: "active",
  last_verified_on: null,
  last_verified_ip: null,
  created_by: null,
  verification_count: 0,
  user_id: null,
  org_code: null,
  ...special,
});

function seedApiKeys(random, secrets, apis, organizations) {
  const [, orders] = apis;
  const scopes = (verb) => orders.scopes.filter(({ key }) => key.startsWith(verb)).map(({ id }) => id);
  const key = (name, org_code, scope_ids) =>
    newApiKey(random, secrets, {
      name,
      type: org_code ? "organization" : "environment",
      org_code,
      api_id: orders.id,
      scope_ids,
      created_on: timeAfter(800),
    });
  return [key("Warehouse", organizations[1].code, scopes("read")), key("Reconciliation", null, scopes(""))];
}

/** A contract of a customer with a plan. */
export function newAgreement(random, special) {
  return { id: `agreement_${random.hex(32)}`, expires_on: null, billing_group_id: null, usage: {}, ...special };
}

/** The id of a customer: an organization or a person that pays. */
export const customerId = (random) => `customer_${random.hex(32)}`;

function seedAgreements(random, organizations) {
  // The first one too, which is where people sign in to unless they say otherwise.
  return [...organizations.slice(1, 9), organizations[0]].map((organization, index) => {
    organization.customer_id = customerId(random);
    return newAgreement(random, {
      customer_id: organization.customer_id,
      plan_code: words.PLANS[index % words.PLANS.length].code,
      subscribed_on: timeAfter(600 + index),
      current_period_start: timeAfter(970 + index),
      current_period_end: timeAfter(1000 + index),
    });
  });
}

/** A name as it stands in an address. */
function plain(name) {
  const base = name
    .toLowerCase()
    .normalize("NFD")
    .replaceAll(/\p{Mark}/gu, "");
  return base.replaceAll("ø", "o").replaceAll("ı", "i").replaceAll("ł", "l");
}

function timeAfter(days, seed = 0) {
  return new Date(FIRST_DAY + days * DAY + ((seed * 7_919) % 36_000) * 1000).toISOString();
}
