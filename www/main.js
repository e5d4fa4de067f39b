// One page, one call: choose an operation, give its arguments as JSON, see the answer.
import { Kinde } from "kinde-edge";

const element = (id) => document.getElementById(id);
const form = element("call");
const answer = element("answer");
const state = element("status");

const operations = await loadOperations();
for (const { operationId, resource, name, method, path } of operations.values()) {
  element("operation").append(new Option(`${resource}.${name}: ${method} ${path}`, operationId));
}
element("operation").addEventListener("change", describe);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  call();
});
// The demo links here with the address of its API and a token to try.
const given = new URLSearchParams(location.hash.slice(1));
form.domain.value ||= given.get("domain") ?? "";
form.token.value ||= given.get("token") ?? "";
describe();
element("run").disabled = false;

async function loadOperations() {
  const response = await fetch("../pkg/operations.json");
  const list = await response.json();
  return new Map(list.map((operation) => [operation.operationId, operation]));
}

/** Say what the chosen operation does, and set out the arguments that it requires. */
function describe() {
  const { summary, scope, parameters, body } = operations.get(form.operation.value);
  element("about").textContent = [summary, scope && `Scope: ${scope}`].filter(Boolean).join(". ");
  const required = parameters.filter((parameter) => parameter.required).map(({ name }) => name);
  const names = [...required, ...(body?.schema?.required ?? [])];
  form.args.value = JSON.stringify(Object.fromEntries(names.map((name) => [name, ""])), null, 2);
}

async function call() {
  state.textContent = "Calling …";
  answer.textContent = "";
  element("run").disabled = true;
  try {
    const kinde = new Kinde({ domain: form.domain.value.trim(), accessToken: form.token.value.trim() });
    const args = JSON.parse(form.args.value.trim() || "{}");
    const { data, response } = await kinde.call(form.operation.value, args).withResponse();
    state.textContent = `${response.status} ${response.statusText}`;
    answer.textContent = data === undefined ? "(no content)" : JSON.stringify(data, null, 2);
  } catch (error) {
    // A KindeError says what went wrong by its code; anything else is this page's input.
    state.textContent = error.status ? `${error.status} ${error.code}` : (error.code ?? "The arguments are not JSON");
    answer.textContent = [error.message, error.body && JSON.stringify(error.body, null, 2)].filter(Boolean).join("\n");
  } finally {
    element("run").disabled = false;
  }
}
