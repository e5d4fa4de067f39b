// Finds what operations.json names on a client.

/** The method of an operation: `kinde.organizations.users.list`. */
export function methodOf(kinde, { resource, name }) {
  const found = resource.split(".").reduce((node, part) => node?.[part], kinde)?.[name];
  if (typeof found !== "function") throw new Error(`kinde.${resource}.${name} is no function`);
  return found;
}
