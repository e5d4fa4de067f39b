// What may be said to `startLocalKinde`.

const ANYWHERE = [
  "seed",
  "strict",
  "rateLimit",
  "faults",
  "slowness",
  "latency",
  "log",
  "onRequest",
  "webhooks",
  "url",
];
const IN_NODE = ["port", "data", "folders"];

/** That nothing is said that is not understood, and what is said is of its kind. */
export function checkOptions(options, { isNode }) {
  const known = isNode ? [...ANYWHERE, ...IN_NODE] : ANYWHERE;
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const hint = IN_NODE.includes(name)
      ? `${name} is for Node: here, give \`fetch\` to whoever is to call`
      : `it has ${known.join(", ")}`;
    throw new TypeError(`startLocalKinde: there is no option ${JSON.stringify(name)}: ${hint}`);
  }
  const { seed, port, url } = options;
  if (seed !== undefined && !Number.isSafeInteger(seed))
    throw new TypeError(`startLocalKinde: seed has to be a whole number, not ${String(seed)}`);
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port < 65_536))
    throw new TypeError(`startLocalKinde: port has to be a number from 0 (any free one) to 65535, not ${String(port)}`);
  if (url !== undefined && (!URL.canParse(url) || new URL(url).origin !== url))
    throw new TypeError(`startLocalKinde: url has to be an origin such as https://kinde.test, not ${String(url)}`);
  for (const name of ["log", "onRequest"])
    if (options[name] !== undefined && typeof options[name] !== "function")
      throw new TypeError(`startLocalKinde: ${name} has to be a function`);
}
