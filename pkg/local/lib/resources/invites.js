// Invitations into an organization.
import { given, success } from "../answer.js";
import { pageByToken } from "../paging.js";
import { conflict, invalid, missing } from "../refusal.js";
import { newInvite } from "../seed.js";

export default {
  getOrganizationInvites({ store, path, query, origin }) {
    const { code } = store.organizations.get(path.org_code);
    const found = store.invites.all().filter(({ org_code, is_revoked, accepted_on }) => {
      return org_code === code && (query.include_revoked || !is_revoked) && (query.include_accepted || !accepted_on);
    });
    const fields = { created_on: (one) => one.created_on, email: (one) => one.email, name: fullName };
    const { page, next } = pageByToken(found, query, fields);
    return success({ invites: page.map((one) => show(store, one, origin)), next_token: next ?? null });
  },

  createOrganizationInvite({ store, path, body, origin }) {
    const { code } = store.organizations.get(path.org_code);
    const { email, send_email = true } = body;
    if (!/^[^@\s]+@[^@\s]+$/.test(email))
      throw invalid(`${JSON.stringify(email)} is no e-mail address`, "INVALID_EMAIL");
    const open = store.invites.all().filter((one) => one.org_code === code && !one.is_revoked && !one.accepted_on);
    if (open.some((one) => one.email === email)) throw conflict("an invite", email);
    const roles = body.roles.map((key) => {
      const role = store.roles.by("key", key) ?? (store.roles.has(key) ? store.roles.get(key) : undefined);
      if (!role) throw invalid(`There is no role ${JSON.stringify(key)}`);
      return role.id;
    });
    const invite = newInvite(store.random, {
      org_code: code,
      email,
      first_name: body.first_name ?? null,
      last_name: body.last_name ?? null,
      roles,
      is_sent: send_email,
      created_on: store.now(),
    });
    store.invites.add(invite);
    return success({ invite: show(store, invite, origin) }, "Invite created", "INVITE_CREATED");
  },

  // Without an envelope.
  getOrganizationInvite: ({ store, path, origin }) => ({
    message: "Success",
    ...show(store, inviteOf(store, path), origin),
  }),

  deleteOrganizationInvite({ store, path }) {
    inviteOf(store, path).is_revoked = true;
    return success({}, "Invite revoked", "INVITE_REVOKED");
  },
};

function inviteOf(store, { org_code, invite_code }) {
  store.organizations.get(org_code);
  const invite = store.invites.get(invite_code);
  if (invite.org_code !== org_code) throw missing("invite", invite_code);
  return invite;
}

const fullName = ({ first_name, last_name }) => [first_name, last_name].filter(Boolean).join(" ");

function show(store, invite, origin) {
  return {
    ...given(invite, [
      "id",
      "code",
      "email",
      "first_name",
      "last_name",
      "created_on",
      "is_sent",
      "accepted_on",
      "is_revoked",
    ]),
    full_name: fullName(invite),
    roles: invite.roles.map((id) => given(store.roles.get(id), ["key", "name"])),
    invite_link: `${origin}/invite?code=${invite.code}`,
  };
}
