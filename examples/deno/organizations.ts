// Prints each organization of the business with the number of its members.
import { Kinde } from "kinde-edge";

const kinde = Kinde.fromEnv();
for await (const { code, name } of kinde.organizations.list({ page_size: 100 })) {
  if (!code) continue;
  let members = 0;
  for await (const _ of kinde.organizations.users.list(code, { page_size: 100 })) members += 1;
  console.log(`${name ?? code}: ${members}`);
}
