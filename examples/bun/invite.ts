// Creates a user with an e-mail address and adds it to an organization.
import { Kinde } from "kinde-edge";

const [email, organization] = Bun.argv.slice(2);
if (!email || !organization) {
  console.error("bun invite.ts <e-mail address> <organization code>");
  process.exit(2);
}

const kinde = Kinde.fromEnv();
const { id } = await kinde.users.create({ identities: [{ type: "email", details: { email } }] });
if (!id) throw new Error(`Kinde gave no id for ${email}`);
await kinde.organizations.users.add(organization, { users: [{ id }] });
console.log(`${email} is ${id}, a member of ${organization}`);
