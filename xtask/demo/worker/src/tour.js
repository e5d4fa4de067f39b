// What an application does with Kinde, a call of each kind. `found` carries values from
// one step to the next; each step resolves to one line about its answer.

// One transparent pixel.
const LOGO = Uint8Array.from(
  atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="),
  (character) => character.charCodeAt(0),
);

export const tour = [
  {
    title: "read the business",
    reads: true,
    async run(kinde) {
      const { business } = await kinde.business.get();
      return `the business is ${business?.name ?? "unnamed"}`;
    },
  },
  {
    title: "list users",
    reads: true,
    async run(kinde) {
      const { users } = await kinde.users.list({ page_size: 5 });
      return users.map((user) => user.first_name).join(", ");
    },
  },
  {
    title: "go through all users",
    async run(kinde) {
      let suspended = 0;
      let all = 0;
      for await (const user of kinde.users.list({ page_size: 500 })) {
        all += 1;
        if (user.is_suspended) suspended += 1;
      }
      return `${all} users, ${suspended} of them suspended`;
    },
  },
  {
    title: "list organizations",
    reads: true,
    async run(kinde, found) {
      const { organizations } = await kinde.organizations.list({ page_size: 5 });
      found.organization = organizations?.[0]?.code;
      return organizations.map(({ name }) => name).join(", ");
    },
  },
  {
    title: "list roles",
    reads: true,
    async run(kinde) {
      return count((await kinde.roles.list()).roles, "role");
    },
  },
  {
    title: "create a user",
    async run(kinde, found) {
      const { id, created } = await kinde.users.create({
        profile: { given_name: "Ada", family_name: "Lovelace" },
        identities: [{ type: "email", details: { email: "ada@example.com" } }],
      });
      found.user = id;
      return created ? `${id} was created` : `${id} was there already`;
    },
  },
  {
    title: "read that user",
    async run(kinde, found) {
      const user = await kinde.users.get(found.user);
      return `${user.id} is ${user.first_name} ${user.last_name}`;
    },
  },
  {
    title: "update that user",
    async run(kinde, found) {
      const user = await kinde.users.update(found.user, { given_name: "Augusta" });
      return `the given name is ${user.given_name}`;
    },
  },
  {
    title: "make that user an administrator of an organization",
    async run(kinde, { organization, user }) {
      await kinde.organizations.users.add(organization, { users: [{ id: user, roles: ["admin"] }] });
      const { roles } = await kinde.organizations.users.roles.list(organization, user);
      return `the roles are ${roles.map(({ name }) => name).join(", ")}`;
    },
  },
  {
    title: "upload a logo",
    async run(kinde, found) {
      const logo = new Blob([LOGO], { type: "image/png" });
      const { message } = await kinde.organizations.logos.set(found.organization, "dark", { logo });
      return message;
    },
  },
  {
    title: "delete that user",
    async run(kinde, found) {
      const { message } = await kinde.users.delete(found.user);
      return message;
    },
  },
  {
    title: "read a user who is gone",
    async run(kinde, found) {
      const error = await kinde.users.get(found.user).catch((error) => error);
      return `${error.code}: ${error.errors[0].message}`;
    },
  },
  {
    title: "create a user with a token that may only read",
    async run(_, { reader }) {
      const error = await reader.users.create({ profile: { given_name: "Grace" } }).catch((error) => error);
      return `${error.code}: the scope ${error.requiredScope} is needed`;
    },
  },
  {
    title: "introspect a token",
    async run(kinde) {
      const { active } = await kinde.oauth.introspect({ token: "a-token" });
      return `the token is ${active ? "active" : "not active"}`;
    },
  },
];

function count(items, name) {
  const number = items?.length ?? 0;
  return `${number} ${name}${number === 1 ? "" : "s"}`;
}
