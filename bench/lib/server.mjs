// The service of the throughput: the page of users in the shape of the peer's API, whose file the
// address begins with.
import { createServer } from "node:http";

import { token, users } from "./data.mjs";
import { clients, load } from "./peers.mjs";

const tokens = JSON.stringify({ access_token: token(), token_type: "bearer", expires_in: 86_400 });
const pages = new Map();
for (const peer of clients) {
  const { answers } = await load(peer);
  pages.set(peer.file, JSON.stringify(answers.page(users(100))));
}

const server = createServer((request, response) => {
  request.resume();
  response.setHeader("content-type", "application/json");
  response.end(request.url.endsWith("/oauth2/token") ? tokens : pages.get(request.url.split("/")[1]));
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
