// What events say of the things that they are about.
import { nameOf } from "./resources/identities.js";
import { PLANS } from "./words.js";

export function userData(store, user) {
  const organizations = store.organizations
    .all()
    .filter(({ members }) => user.id in members)
    .map(({ code, members }) => ({
      code,
      roles: members[user.id].roles.map((id) => pick(store.roles.get(id), ["id", "key"])),
      permissions: members[user.id].permissions.map((id) => pick(store.permissions.get(id), ["id", "key"])),
    }));
  return {
    user: {
      id: user.id,
      email: nameOf(store, user, "email"),
      first_name: user.first_name,
      last_name: user.last_name,
      username: nameOf(store, user, "username"),
      phone: nameOf(store, user, "phone"),
      is_suspended: user.is_suspended,
      is_password_reset_requested: user.is_password_reset_requested,
      organizations,
    },
  };
}

export const organizationData = (organization) => ({
  organization: pick(organization, ["code", "name", "handle", "external_id", "is_default", "is_allow_registrations"]),
});

export const roleData = (role) => ({ role: pick(role, ["id", "key", "name", "description", "is_default_role"]) });

export const permissionData = (permission) => ({ permission: pick(permission, ["id", "key", "name", "description"]) });

export const subscriberData = (subscriber) => ({
  subscriber: pick(subscriber, ["id", "email", "first_name", "last_name"]),
});

export const accessRequestData = (store, user) => ({
  access_request: {
    email: nameOf(store, user, "email"),
    first_name: user.first_name,
    last_name: user.last_name,
    user_id: user.id,
  },
});

/** What the events of billing are about: who pays, and for what. */
export function customerData(store, agreement, more = {}) {
  const organization = store.organizations.by("customer_id", agreement.customer_id);
  const user = store.users.by("customer_id", agreement.customer_id);
  /** @type {any} */
  const plan = PLANS.find(({ code }) => code === agreement.plan_code);
  return {
    customer: {
      id: agreement.customer_id,
      organization_code: organization?.code ?? null,
      user_id: user?.id ?? null,
    },
    agreement: { id: agreement.id },
    plan: { code: plan.code, name: plan.name },
    ...more,
  };
}

/** Data for an event of a type that nobody has given data for: of the first things that the tenant has. */
export function sampleData(store, type) {
  const [subject] = type.split(".");
  const [user] = store.users.all();
  const [agreement] = store.agreements.all();
  const isGone = type.endsWith(".deleted");
  const samples = {
    user: () => (isGone ? { user: { id: user.id } } : userData(store, user)),
    organization: () => organizationData(store.organizations.by("is_default", true)),
    role: () => roleData(store.roles.all()[0]),
    permission: () => permissionData(store.permissions.all()[0]),
    subscriber: () => subscriberData(store.subscribers.all()[0]),
    access_request: () => accessRequestData(store, user),
    customer: () => customerData(store, agreement),
  };
  return samples[subject]?.() ?? {};
}

const pick = (object, names) => Object.fromEntries(names.map((name) => [name, object[name] ?? null]));
