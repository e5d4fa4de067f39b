// How people prove who they are, and where they are signed in: passwords, second factors, passkeys, sessions.
import { given, success } from "../answer.js";
import { userData } from "../events.js";
import { missing } from "../refusal.js";
import { sessionsOf } from "./users.js";

export default {
  // The password itself is not kept: nobody needs one here.
  SetUserPassword({ store, path, body, emit }) {
    const user = store.users.get(path.user_id);
    user.is_password_reset_requested = body.is_temporary_password ?? false;
    emit("user.updated", userData(store, user));
    return success({}, "User password successfully updated", "USER_PASSWORD_UPDATED");
  },

  refreshUserClaims({ store, path }) {
    store.users.get(path.user_id);
    return success({}, "Claims successfully refreshed");
  },

  GetUsersMFA: ({ store, path }) => success({ mfa: factorOf(store.users.get(path.user_id)) }),
  ResetUsersMFA: ({ store, path }) => reset(store.users.get(path.user_id), path.factor_id),
  ResetUsersMFAAll: ({ store, path }) => reset(store.users.get(path.user_id)),

  GetOrgUserMFA: ({ store, path }) => success({ mfa: factorOf(memberOf(store, path)) }),
  ResetOrgUserMFA: ({ store, path }) => reset(memberOf(store, path), path.factor_id),
  ResetOrgUserMFAAll: ({ store, path }) => reset(memberOf(store, path)),

  GetPasskey: ({ store }) => success({ passkey: store.environment.passkey }),

  UpdatePasskey({ store, body }) {
    Object.assign(store.environment.passkey, given(body, ["policy"]));
    return success({ passkey: store.environment.passkey }, "Passkey settings updated");
  },

  GetOrganizationPasskey: ({ store, path }) => success({ passkey: store.organizations.get(path.org_code).passkey }),

  UpdateOrganizationPasskey({ store, path, body }) {
    const { passkey } = store.organizations.get(path.org_code);
    Object.assign(passkey, given(body, ["policy", "is_override_environment_passkey_settings"]));
    return success({ passkey }, "Passkey settings updated");
  },

  GetUserSessions({ store, path }) {
    const sessions = sessionsOf(store, store.users.get(path.user_id));
    return success({ sessions, has_more: false });
  },

  DeleteUserSessions({ store, path, grants }) {
    const user = store.users.get(path.user_id);
    for (const { session_id } of sessionsOf(store, user)) store.sessions.delete(session_id);
    grants.revokeOf(user.id);
    return success({}, "User sessions successfully invalidated");
  },

  UpdateOrganizationSessions({ store, path, body }) {
    Object.assign(store.organizations.get(path.org_code).sessions, body);
    return success({}, "Organization sessions updated");
  },
};

/** The service tells of one factor, and of none as null. */
const factorOf = ({ mfa: [factor] }) => factor ?? null;

function reset(user, id) {
  if (id !== undefined && !user.mfa.some((factor) => factor.id === id)) throw missing("factor", id);
  user.mfa = id === undefined ? [] : user.mfa.filter((factor) => factor.id !== id);
  return success({}, "User's MFA successfully reset");
}

function memberOf(store, { org_code, user_id }) {
  const user = store.users.get(user_id);
  if (!(user_id in store.organizations.get(org_code).members)) throw missing("organization user", user_id);
  return user;
}
