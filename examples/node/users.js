// Writes all users of the business as lines of JSON, page after page as they come.
import { Kinde, KindeError } from "kinde-edge";

const kinde = Kinde.fromEnv();
try {
  for await (const { id, email } of kinde.users.list({ page_size: 500 })) {
    console.log(JSON.stringify({ id, email }));
  }
} catch (error) {
  if (!KindeError.is(error)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
