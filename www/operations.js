// The operations of the API, from operations.json, which `cargo xtask codegen` writes.

/** Load them, in the order of their resources; a group is what a client's first accessor is called. */
export async function loadOperations() {
  const response = await fetch("operations.json");
  if (!response.ok) throw new Error(`operations.json: ${response.status}`);
  const list = (await response.json()).map((operation) => ({ ...operation, ...namesOf(operation) }));
  return list.sort((one, other) => compare(one.resource, other.resource));
}

const compare = (one, other) => (one < other ? -1 : Number(one > other));

function namesOf({ resource, name, operationId }) {
  const call = `${resource}.${name}`;
  const [group] = resource.split(".");
  return {
    call,
    group,
    /** The call without its group, for where that is said already. */
    short: call.slice(group.length + 1),
    hash: `#/${resource}/${operationId}`,
  };
}

/** The operation that the address names: its last part is the operation id. */
export function operationAt(operations, hash) {
  const id = hash.split("/").at(-1);
  return hash.startsWith("#/") ? operations.find(({ operationId }) => operationId === id) : undefined;
}

/** Whether a page should show what is typed into a field, or copy it along. A cursor opens nothing. */
export const isSecret = (name) => /(^|_)(secret|password|salt|token|private_key)$/.test(name) && name !== "next_token";
