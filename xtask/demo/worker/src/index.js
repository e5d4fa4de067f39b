import { Kinde } from "kinde-edge";
import { tour } from "./tour.js";

export default {
  async fetch(request, env) {
    const sent = [];
    // KINDE_DOMAIN, KINDE_CLIENT_ID and KINDE_CLIENT_SECRET come from the Worker's environment.
    const fetch = recording(sent);
    const kinde = Kinde.fromEnv(env, { fetch });

    switch (new URL(request.url).pathname) {
      case "/":
        return text(HELP);
      case "/tour":
        return runTour(
          kinde,
          { reader: Kinde.fromEnv(env, { fetch, scope: "read:users" }) },
          sent,
          env.READ_ONLY === "true",
        );
      case "/users":
        return json(() => kinde.users.list({ page_size: 10 }));
      case "/organizations":
        return json(() => kinde.organizations.list({ page_size: 10 }));
      default:
        return text("Not found\n", 404);
    }
  },
};

const HELP = `A Worker that uses kinde-edge.
  /tour           a call of each kind, one line per request
  /users          kinde.users.list({ page_size: 10 })
  /organizations  kinde.organizations.list({ page_size: 10 })
`;

/** The tour step by step: each request that went out, then what came of it. */
async function runTour(kinde, found, sent, readOnly) {
  const lines = [];
  for (const step of tour) {
    if (readOnly && !step.reads) continue;
    lines.push(step.title);
    try {
      const gist = await step.run(kinde, found);
      lines.push(...sent.splice(0).map(line), `    ${gist}`);
    } catch (error) {
      lines.push(...sent.splice(0).map(line), `Failed to ${step.title}: ${error.message}`);
      return text(`${lines.join("\n")}\n`, 500);
    }
  }
  return text(`${lines.join("\n")}\n`);
}

async function json(call) {
  try {
    return Response.json(await call());
  } catch (error) {
    return Response.json({ error: error.code ?? error.name, message: error.message }, { status: 502 });
  }
}

function text(body, status = 200) {
  return new Response(body, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}

/** The runtime's fetch, with a note of every request. */
function recording(sent) {
  return async (url, init) => {
    const { pathname, search } = new URL(url);
    const note = { method: init?.method ?? "GET", path: decodeURIComponent(pathname + search), status: "no answer" };
    sent.push(note);
    const response = await fetch(url, init);
    note.status = response.status;
    return response;
  };
}

function line({ method, path, status }) {
  return `    ${method.padEnd(6)} ${path} -> ${status}`;
}
