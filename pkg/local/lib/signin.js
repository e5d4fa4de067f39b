// Signing people in: the authorization code flow (RFC 6749, section 4.1) with PKCE (RFC 7636), and the id
// token of OpenID Connect. There are no passwords: whoever comes chooses who to be.
import { sha256, textOf, toBase64url } from "./base64url.js";
import { accessRequestData, organizationData, userData } from "./events.js";
import { audienceOf } from "./oauth.js";
import { oauthError } from "./refusal.js";
import { addIdentity, findIdentity, nameOf } from "./resources/identities.js";
import { profileOf } from "./resources/oauth.js";
import { addUser, defaultRoles } from "./resources/users.js";
import { newMember, newOrganization, newSession } from "./seed.js";
import { chooser, message, registration } from "./signin-pages.js";

/** The page of www/: a public client that every tenant knows. */
export const EXPLORER = {
  id: "local_api_explorer",
  name: "API explorer",
  type: "spa",
  client_secret: null,
  redirect_urls: [],
  logout_urls: [],
  tokens: {},
};

/** How long a code is good, in milliseconds (RFC 6749 recommends 10 minutes at most). */
const CODE_LIFETIME = 60_000;

/** How long somebody stays signed in, in milliseconds. */
const SESSION_LIFETIME = 86_400_000;

const COOKIE = "local_kinde_session";

/** Who can be chosen at once: their place among the users, and what they may do. Others may what their roles say. */
export const PEOPLE = {
  full: { index: 0, about: "may do everything", may: () => true },
  reader: { index: 1, about: "may only read", may: (key) => key.startsWith("read:") },
};

/** What an identity provider may answer in place of a person (RFC 6749, section 4.1.2.1). */
export const ERRORS = {
  access_denied: "The person said no",
  server_error: "The identity provider failed",
  temporarily_unavailable: "The identity provider is overloaded",
  login_required: "Nobody is signed in",
  interaction_required: "The person has to do something first",
};

/** What was given and not used yet: codes and refresh tokens. In memory only. */
export class Grants {
  #codes = new Map();
  #refreshTokens = new Map();

  constructor(clock) {
    this.clock = clock;
  }

  code(grant) {
    return keep(this.#codes, { ...grant, until: this.clock.now() + CODE_LIFETIME });
  }
  refreshToken(grant) {
    return keep(this.#refreshTokens, grant);
  }
  /** A code or a refresh token is good for one time. */
  useCode(code) {
    const grant = take(this.#codes, code);
    return grant && grant.until > this.clock.now() ? grant : undefined;
  }
  useRefreshToken(token) {
    return take(this.#refreshTokens, token);
  }
  /** Nothing of this person's is good any more. */
  revokeOf(user) {
    for (const map of [this.#codes, this.#refreshTokens])
      for (const [key, grant] of map) if (grant.user === user) map.delete(key);
  }
  forget() {
    this.#codes.clear();
    this.#refreshTokens.clear();
  }
}

function keep(map, grant) {
  const key = toBase64url(crypto.getRandomValues(new Uint8Array(32)));
  map.set(key, grant);
  return key;
}

function take(map, key) {
  const grant = map.get(key);
  map.delete(key);
  return grant;
}

/** `GET /oauth2/auth`: the page that asks who to be. */
export function askWho(call) {
  const request = readRequest(call);
  if (request.error) return sendBack(request, { error: request.error, error_description: request.why });
  const { local_person: person, local_error: error, prompt, login_hint } = request;
  // For tests that have no browser.
  if (error) return fail(request, error);
  if (person) return choose(call, request, person === "new" ? formOf(call.url.search.slice(1)) : { person });
  const session = sessionOf(call);
  if (prompt === "none") return session ? enter(call, request, session) : fail(request, "login_required");
  if (request.isRegistration) return registration(request);
  return chooser(request, { people: peopleOf(call, session), hint: login_hint, errors: ERRORS });
}

/** `POST /oauth2/auth`: the choice, and back to the application. */
export function signIn(call) {
  const request = readRequest(call);
  if (request.error) return sendBack(request, { error: request.error, error_description: request.why });
  return choose(call, request, formOf(textOf(call.bytes)));
}

const formOf = (text) => Object.fromEntries(new URLSearchParams(text));

/** What somebody chose: a person, to be nobody, to be new, or that something goes wrong. */
function choose(call, request, form) {
  const { store, emit } = call;
  const choice = form.person ?? form.local_person;
  if (choice?.startsWith("error:")) return fail(request, choice.slice(6));
  if (choice === "register") return registration(request);
  if (choice === "new") return register(call, request, form);
  const person = findPerson(store, choice === "other" || choice === "wrong" ? form.email : choice);
  if (choice === "wrong" && person) {
    person.user.failed_sign_ins += 1;
    store.changed();
    emit("user.authentication_failed", userData(store, person.user), "user");
    return message("That was the wrong password", "The application was told nothing: go back and try again.");
  }
  if (!person && choice === "other") return message("There is nobody with this address", "Go back, or register.");
  if (!person) return fail(request, "access_denied", "Nobody was chosen");
  return enter(call, request, person);
}

/** Somebody new, or somebody invited who may have been here before. */
function register(call, request, { given_name, family_name, email }) {
  const { store, emit } = call;
  const { invite } = request;
  const address = invite?.email ?? email?.trim();
  if (!/^[^@\s]+@[^@\s]+$/.test(address ?? "")) return message("An e-mail address is needed", "Go back and give one.");
  const known = findIdentity(store, "email", address);
  if (known && !invite) return message("There is somebody with this address already", "Go back and sign in as them.");
  let user = known && store.users.get(known.user);
  if (!user) {
    user = addUser(store, { first_name: given_name || null, last_name: family_name || null });
    addIdentity(store, user, "email", address, { is_confirmed: true });
    emit("user.created", userData(store, user), "user");
  }
  if (invite) accept(call, invite, user);
  else if (request.is_create_org === "true") request.org_code = found(call, request, user);
  else join(call, request.org_code ?? store.organizations.by("is_default", true)?.code, user);
  store.changed();
  return enter(call, request, { key: user.id, user });
}

function accept({ store, emit }, invite, user) {
  const { members } = store.organizations.get(invite.org_code);
  members[user.id] ??= newMember({ joined_on: store.now() });
  members[user.id].roles = [...new Set([...members[user.id].roles, ...invite.roles])];
  invite.accepted_on = store.now();
  emit("user.updated", userData(store, user), "user");
}

/** An organization of the person's own. */
function found({ store, emit }, { org_name }, user) {
  const admin = store.roles.by("key", "admin");
  const organization = store.organizations.add(
    newOrganization({
      code: `org_${store.random.hex(11)}`,
      name: org_name || `${user.first_name ?? "New"}'s organization`,
      created_on: store.now(),
      members: { [user.id]: newMember({ joined_on: store.now(), roles: admin ? [admin.id] : [] }) },
    }),
  );
  emit("organization.created", organizationData(organization), "user");
  return organization.code;
}

/** Whoever registers belongs to an organization, unless it takes nobody in by themselves. */
function join({ store }, code, user) {
  if (!code) return;
  const organization = store.organizations.get(code);
  if (isOpen(organization))
    organization.members[user.id] ??= newMember({ joined_on: store.now(), roles: defaultRoles(store) });
}

const isOpen = ({ is_default, is_allow_registrations, is_auto_membership_enabled }) =>
  is_default || is_auto_membership_enabled || is_allow_registrations === true;

/** Sign a person in, and lead back with a code. */
function enter(call, request, { key, user }) {
  const { store, grants, emit, headers, ip, clock } = call;
  const { application, redirect_uri, scope, audience, nonce, code_challenge } = request;
  const org_code = request.org_code ?? request.invite?.org_code;
  const may = mayEnter(call, request, key, user, org_code);
  if (may !== true) return fail(request, "access_denied", may);
  const code = org_code ?? organizationOf(store, key, user)?.code;
  const [agent, now] = [headers["user-agent"] ?? "", clock.text()];
  const own = sessionOf(call);
  const session =
    own?.user === user && own.key === key
      ? store.sessions.get(own.id)
      : store.sessions.add(
          newSession(store.random, {
            user_id: user.id,
            org_code: code ?? null,
            client_id: application.id,
            connection_id: store.connections.all()[0]?.id ?? null,
            started_on: now,
            initial_ip_address: ip,
            initial_user_agent: agent,
          }),
        );
  const until = clock.text(clock.now() + SESSION_LIFETIME);
  Object.assign(session, { updated_on: now, expires_on: until, last_ip_address: ip, last_user_agent: agent });
  user.total_sign_ins += 1;
  user.last_signed_in = now;
  store.changed();
  emit("user.authenticated", userData(store, user), "user");
  const grant = { application: application.id, user: user.id, person: key, org_code: code, scope, audience };
  const answer = sendBack(request, { code: grants.code({ ...grant, redirect_uri, nonce, code_challenge }) });
  const isSecure = call.url.protocol === "https:" ? "; Secure" : "";
  answer.headers["set-cookie"] = `${COOKIE}=${session.session_id}.${key}; Path=/; HttpOnly; SameSite=Lax${isSecure}`;
  return answer;
}

/** True, or why not. */
function mayEnter({ store, emit }, { application }, key, user, org_code) {
  if (user.is_suspended) return "The person is suspended";
  if (PEOPLE[key]) return true;
  const organization = org_code && store.organizations.get(org_code);
  if (organization?.is_suspended) return "The organization is suspended";
  if (organization && !(user.id in organization.members)) {
    if (!isOpen(organization)) {
      emit("access_request.created", accessRequestData(store, user), "user");
      return "The person does not belong to the organization";
    }
    organization.members[user.id] = newMember({ joined_on: store.now(), roles: defaultRoles(store) });
  }
  if (!application.is_access_control_enabled) return true;
  const roles = store.organizations.all().flatMap(({ members }) => members[user.id]?.roles ?? []);
  return (
    roles.some((id) => application.access_roles.includes(id)) || "None of the person's roles may enter this application"
  );
}

/** Where somebody is who has not said: the first one that they belong to. */
const organizationOf = (store, key, user) =>
  (!PEOPLE[key] && store.organizations.all().find(({ members }) => user.id in members)) ||
  store.organizations.by("is_default", true);

function findPerson(store, wanted = "") {
  if (Object.hasOwn(PEOPLE, wanted)) {
    const user = store.users.all()[PEOPLE[wanted].index];
    return user && { key: wanted, user };
  }
  const id = wanted.includes("@") ? findIdentity(store, "email", wanted)?.user : wanted;
  return store.users.has(id) ? { key: id, user: store.users.get(id) } : undefined;
}

/** Who the browser's cookie says is signed in. */
function sessionOf({ store, headers, clock }) {
  const [, id, key] = new RegExp(`(?:^|;\\s*)${COOKIE}=(session_\\w+)\\.(\\w+)`).exec(headers.cookie ?? "") ?? [];
  const session = store.sessions.has(id) ? store.sessions.get(id) : undefined;
  const person = session && findPerson(store, key);
  if (!person || person.user.id !== session.user_id || Date.parse(session.expires_on) <= clock.now()) return undefined;
  return { id, ...person };
}

/** What the application asks for. What is wrong with the client or its address stays here: RFC 6749, section 4.1.2.1. */
function readRequest({ store, url, origin }) {
  /** @type {any} */
  const values = Object.fromEntries(url.searchParams);
  const application = findApplication(store, values.client_id);
  if (!application || application.type === "m2m") {
    throw oauthError(
      "invalid_client",
      `There is no application ${JSON.stringify(values.client_id ?? "")} that people sign in to`,
    );
  }
  if (!mayLeadTo(application.redirect_urls, values.redirect_uri)) {
    throw oauthError(
      "invalid_request",
      "redirect_uri is neither a callback URL of the application nor on this machine",
    );
  }
  const request = { ...values, application };
  const wrong = (error, why) => ({ ...request, error, why });
  if (values.response_type !== "code") return wrong("unsupported_response_type", "response_type has to be code");
  if (values.code_challenge && values.code_challenge_method !== "S256")
    return wrong("invalid_request", "code_challenge_method has to be S256");
  if (!values.code_challenge && !application.client_secret)
    return wrong("invalid_request", "An application without a secret needs a code_challenge");
  if (values.audience && !findApi(store, values.audience, origin)) {
    return wrong("invalid_request", `There is no API with the audience ${values.audience}`);
  }
  if (values.org_code && !store.organizations.has(values.org_code))
    return wrong("invalid_request", `There is no organization ${values.org_code}`);
  if (values.invitation_code) {
    const invite = store.invites.has(values.invitation_code) && store.invites.get(values.invitation_code);
    if (!invite || invite.is_revoked || invite.accepted_on)
      return wrong("invalid_request", "The invitation is not good, or not any more");
    request.invite = invite;
  }
  const wantsToRegister = values.prompt === "create" || ["registration", "register"].includes(values.start_page);
  request.isRegistration = Boolean(request.invite) || wantsToRegister || values.is_create_org === "true";
  return request;
}

/** The application of a client id, that of the page included. */
export const findApplication = ({ applications }, id) =>
  id === EXPLORER.id ? EXPLORER : applications.has(id) ? applications.get(id) : undefined;

export const findApi = ({ apis }, audience, origin) => apis.all().find((one) => audienceOf(one, origin) === audience);

/** One of the application's own addresses, or any of this machine (RFC 8252, section 7.3). */
function mayLeadTo(own, uri) {
  if (!URL.canParse(uri ?? "")) return false;
  const { protocol, hostname, hash } = new URL(uri);
  if (hash) return false;
  return own.includes(uri) || (/^https?:$/.test(protocol) && ["localhost", "127.0.0.1", "[::1]"].includes(hostname));
}

const fail = (request, error, why = ERRORS[error] ?? "Asked for") =>
  sendBack(request, { error, error_description: why });

function sendBack({ redirect_uri, state }, values) {
  const location = new URL(redirect_uri);
  for (const [name, value] of Object.entries({ ...values, state })) {
    if (value !== undefined) location.searchParams.set(name, value);
  }
  return { status: 302, headers: { location: location.href, "cache-control": "no-store" } };
}

/** `GET /logout`: the browser's session ends, and it leads back. */
export function signOut(call) {
  const { store, url } = call;
  const session = sessionOf(call);
  if (session) {
    store.sessions.delete(session.id);
    store.changed();
  }
  const redirect = url.searchParams.get("redirect");
  const own = store.applications.all().flatMap(({ logout_urls }) => logout_urls);
  const cookie = { "set-cookie": `${COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax` };
  if (mayLeadTo(own, redirect)) return { status: 302, headers: { location: redirect, ...cookie } };
  const page = message("Signed out", "Nobody is signed in to local Kinde in this browser now.");
  return { ...page, headers: { ...page.headers, ...cookie } };
}

/** `GET /invite`: what the link in an invitation leads to. The service knows the application; here, somebody says. */
export function showInvite({ store, url, origin }) {
  const code = url.searchParams.get("code");
  const invite = store.invites.has(code) ? store.invites.get(code) : undefined;
  if (!invite || invite.is_revoked || invite.accepted_on)
    return message("This invitation is not good, or not any more", "It was revoked or accepted.");
  const { name } = store.organizations.get(invite.org_code);
  return message(
    `${name} invites ${invite.email}`,
    `To accept, let your application send the browser to ${origin}/oauth2/auth with invitation_code=${code}.`,
  );
}

/** The grant `authorization_code`: RFC 6749, section 4.1.3. */
export async function exchange(kinde, application, { code, redirect_uri, code_verifier }) {
  const grant = kinde.grants.useCode(code);
  if (!grant || grant.application !== application.id)
    throw oauthError("invalid_grant", "The code is not good, or not any more");
  if (grant.redirect_uri !== redirect_uri) throw oauthError("invalid_grant", "redirect_uri is not that of the sign-in");
  const challenge = toBase64url(await sha256(code_verifier ?? ""));
  if (grant.code_challenge && grant.code_challenge !== challenge) {
    throw oauthError("invalid_grant", "code_verifier does not belong to the code_challenge");
  }
  return giveTokens(kinde, application, grant);
}

/** The grant `refresh_token`: RFC 6749, section 6. */
export function refresh(kinde, application, { refresh_token }) {
  const grant = kinde.grants.useRefreshToken(refresh_token);
  if (!grant || grant.application !== application.id) {
    throw oauthError("invalid_grant", "The refresh token is not good, or not any more");
  }
  // The nonce was for the first id token.
  return giveTokens(kinde, application, { ...grant, nonce: undefined });
}

async function giveTokens({ store, tokens, grants, origin }, application, grant) {
  const user = store.users.has(grant.user) && store.users.get(grant.user);
  if (!user) throw oauthError("invalid_grant", "The person is gone");
  if (user.is_suspended) throw oauthError("invalid_grant", "The person is suspended");
  const scopes = scopesOf(store, grant, origin);
  const claims = claimsOf(store, grant, user);
  const audience = grant.audience ? [grant.audience] : [];
  const { token, lifetime } = await tokens.forUser(user, { issuer: origin, application, audience, scopes, claims });
  const answer = { access_token: token, token_type: "bearer", expires_in: lifetime, scope: scopes.join(" ") };
  if (scopes.includes("openid")) {
    const { id, ...profile } = profileOf(store, user);
    const half = (await sha256(token)).subarray(0, 16);
    const own = {
      ...profile,
      org_codes: organizationsOf(store, grant, user),
      nonce: grant.nonce,
      at_hash: toBase64url(half),
    };
    answer.id_token = await tokens.forApplicationOf(user, { issuer: origin, application, claims: own });
  }
  if (scopes.includes("offline")) answer.refresh_token = grants.refreshToken(grant);
  return answer;
}

function organizationsOf(store, { person, org_code }, user) {
  const own = store.organizations.all().filter(({ members }) => user.id in members);
  const codes = PEOPLE[person] ? [] : own.map(({ code }) => code);
  return [...new Set([...(org_code ? [org_code] : []), ...codes])];
}

/** What an access token says of a person in an organization. */
export function claimsOf(store, { person, org_code }, user) {
  const member = store.organizations.has(org_code) ? store.organizations.get(org_code).members[user.id] : undefined;
  if (PEOPLE[person]) {
    const keys = store.permissions.all().map(({ key }) => key);
    return { org_code, permissions: keys.filter(PEOPLE[person].may) };
  }
  const roles = (member?.roles ?? []).map((id) => store.roles.get(id));
  const ids = new Set([...(member?.permissions ?? []), ...roles.flatMap(({ permissions }) => permissions)]);
  return {
    org_code,
    permissions: [...ids].map((id) => store.permissions.get(id).key),
    roles: roles.map(({ id, key, name }) => ({ id, key, name })),
  };
}

/** Those of OpenID Connect that are asked for, and those of the API that the person may have: all unless some are named. */
export function scopesOf(store, { person, org_code, user, scope = "", audience }, origin) {
  const asked = scope.split(" ").filter(Boolean);
  const known = ["openid", "profile", "email", "offline"].filter((one) => asked.includes(one));
  const api = audience && findApi(store, audience, origin);
  const may = PEOPLE[person]?.may ?? mayOf(store, org_code, user);
  const own = (api?.scopes ?? []).filter(({ key, id }) => may(key, id)).map(({ key }) => key);
  const named = own.filter((key) => asked.includes(key));
  return [...known, ...(named.length > 0 ? named : own)];
}

/** The scopes that a person or one of their roles was given. */
function mayOf(store, org_code, user) {
  const member = store.organizations.has(org_code) ? store.organizations.get(org_code).members[user] : undefined;
  const ids = new Set([
    ...(member?.scopes ?? []),
    ...(member?.roles ?? []).flatMap((id) => store.roles.get(id).scopes),
  ]);
  return (_, id) => ids.has(id);
}

/** Who the page offers: whoever is signed in already, and two who are always there. */
function peopleOf({ store }, session) {
  const nameOfUser = (user) =>
    [user.first_name, user.last_name].filter(Boolean).join(" ") || nameOf(store, user, "email");
  const offered = Object.entries(PEOPLE).flatMap(([key, { index, about }]) => {
    const user = store.users.all()[index];
    return user ? [{ key, name: nameOfUser(user), about }] : [];
  });
  if (session && !PEOPLE[session.key])
    offered.unshift({ key: session.key, name: nameOfUser(session.user), about: "is signed in" });
  return offered;
}
