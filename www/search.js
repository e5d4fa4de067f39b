// The search: exact names first, then what people mean by their words.
//
// Each operation is a few fields of words: its call, its summary, its path, its parameters. A word of the query
// counts by the field that it is found in, by how it is found (itself, a synonym, its beginning, a typing
// error), and by how rare it is; an operation of many other words ranks below one of few.

/** Words that say nothing about what is looked for. */
const STOP = new Set(
  "a an the of in into to for from on at by with as is are be am do does did can could i me my we our you your how what which that this these it its and or one some any have has had want need please kinde".split(
    " ",
  ),
);

/** What a query without a verb means. */
const READING = new Set(["list", "get", "read"]);

/**
 * What people say in one word or several, and what the API calls it. The first of a group is what is looked for.
 * @type {[RegExp, string][]}
 */
const PHRASES = [
  [/\b(turn|switch)(ed|ing)? off\b|\bdeactivate\b/g, "disable"],
  [/\b(turn|switch)(ed|ing)? on\b|\bactivate\b/g, "enable"],
  [/\btake(s|n)? away\b|\btake (.*) away\b/g, "remove $2"],
  [/\b(two|2|multi)[ -]?factor( auth(entication)?)?\b|\b2fa\b/g, "mfa"],
  [/\blog(ging)?[ -]?out\b|\bsign(ing)?[ -]?out\b/g, "logout"],
  [/\bsign(s|ed|ing)?[ -]?in\b|\blog(s|ged|ging)?[ -]?in\b/g, "login"],
  [/\btime[ -]zone/g, "timezone"],
  [/\bwho am i\b/g, "user profile"],
  [/\bwho\b/g, "list users"],
  [/\bcustom (field|attribute)s?\b|\bmeta ?data\b/g, "property"],
  [/\bwebhook\b/gi, "webhook"],
  [/\bm2m\b|\bmachine[ -]to[ -]machine\b/g, "application"],
  [/\bsso\b/g, "connection"],
  [/\badd (an? )?(second |new |other |another )?(email|phone|username)\b/g, "create identity"],
];
/** Beside the word itself, these are as good, or nearly. */
const SYNONYMS = {
  add: ["create", "update", "enable", "set"],
  invite: ["invite", "add"],
  join: ["add"],
  give: ["add"],
  assign: ["add"],
  grant: ["add"],
  put: ["add", "replace", "set"],
  attach: ["add"],
  upload: ["add", "set", "replace"],
  register: ["create", "add"],
  new: ["create", "add"],
  make: ["create"],
  remove: ["delete", "disable", "reset"],
  kick: ["remove", "delete"],
  delete: ["remove", "reset"],
  erase: ["delete"],
  destroy: ["delete"],
  drop: ["delete", "remove"],
  unassign: ["remove", "delete"],
  revoke: ["delete", "remove"],
  disable: ["remove", "reset"],
  block: ["suspend"],
  ban: ["suspend"],
  change: ["update", "replace", "set"],
  edit: ["update", "replace", "set"],
  modify: ["update", "replace"],
  rename: ["update", "replace"],
  set: ["update", "replace", "create"],
  update: ["replace", "set"],
  override: ["set", "update"],
  force: ["replace", "update", "enforce"],
  require: ["replace", "update", "enforce"],
  show: ["list", "get"],
  view: ["list", "get"],
  see: ["list", "get"],
  read: ["list", "get"],
  fetch: ["list", "get"],
  all: ["list"],
  find: ["search", "list", "get"],
  look: ["search", "list", "get"],
  lookup: ["search", "get"],
  search: ["list"],
  list: ["get"],
  get: ["list"],
  allow: ["list"],
  org: ["organization"],
  organisation: ["organization"],
  company: ["organization"],
  tenant: ["organization"],
  team: ["organization"],
  workspace: ["organization"],
  member: ["user"],
  people: ["user"],
  person: ["user"],
  customer: ["user", "organization"],
  account: ["user"],
  app: ["application"],
  client: ["application"],
  picture: ["logo"],
  image: ["logo"],
  icon: ["logo"],
  photo: ["logo", "picture"],
  callback: ["redirect"],
  redirect: ["callback"],
  uri: ["url"],
  url: ["uri"],
  link: ["url"],
  env: ["environment"],
  var: ["variable"],
  variable: ["variable"],
  flag: ["feature"],
  toggle: ["feature", "flag"],
  expiry: ["lifetime"],
  duration: ["lifetime"],
  ttl: ["lifetime"],
  length: ["lifetime"],
  attribute: ["property"],
  right: ["permission"],
  secret: ["token"],
  me: ["profile"],
};

const FIELDS = { call: 6, summary: 4, id: 3, path: 2.5, parameters: 1.6, description: 0.6 };
const EXACT = 1;
const SYNONYM = 0.8;
const START = 0.7;
const TYPO = 0.5;

/** `createOrganizationUser`, `/users/{user_id}` and "Users' roles" as words without endings. */
export function wordsOf(text) {
  return text
    .replaceAll(/([a-z\d])([A-Z])/g, "$1 $2")
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter(Boolean)
    .map(stem);
}

function stem(word) {
  if (word.length <= 3) return word === "ids" ? "id" : word;
  if (word === "apis") return "api";
  if (word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  if (/(ss|x|ch|sh)es$/.test(word)) return word.slice(0, -2);
  if (word.length > 6 && word.endsWith("ing")) return undouble(word.slice(0, -3));
  if (word.length > 5 && word.endsWith("ied")) return `${word.slice(0, -3)}y`;
  if (word.length > 5 && word.endsWith("ed")) return undouble(word.slice(0, -2));
  return word.endsWith("s") && !/(ss|us|is)$/.test(word) ? word.slice(0, -1) : word;
}
const undouble = (word) => word.replace(/([bdgmnprt])\1$/, "$1");

/** An index to search in, made once. */
export function indexOf(operations) {
  const entries = operations.map((operation) => {
    const { resource, name, path, method, summary, description, parameters, body, operationId } = operation;
    const own = [...parameters.map((one) => one.name), ...namesIn(body?.schema)].join(" ");
    const fields = {
      call: wordsOf(`${resource} ${name}`),
      summary: wordsOf(summary ?? ""),
      id: wordsOf(operationId),
      path: wordsOf(path.replaceAll(/\{[^}]*\}|\/api\/v1/g, "")),
      parameters: wordsOf(own),
      description: wordsOf(description ?? ""),
    };
    const exact = [operation.call, operationId, path, `${method} ${path}`].map(plain);
    const sets = Object.entries(fields).map(([field, words]) => [FIELDS[field], new Set(words)]);
    const main = new Set([...fields.call, ...fields.summary].filter((word) => !STOP.has(word) && !READING.has(word)));
    return { operation, exact, sets, main };
  });
  const known = new Map();
  for (const { sets } of entries) {
    for (const word of new Set(sets.flatMap(([, words]) => [...words]))) known.set(word, (known.get(word) ?? 0) + 1);
  }
  return { entries, known };
}

function namesIn(schema, depth = 0) {
  if (!schema || depth > 3) return [];
  const inner = [schema.items, ...(schema.oneOf ?? schema.anyOf ?? [])].flatMap((one) => namesIn(one, depth + 1));
  const own = Object.entries(schema.properties ?? {});
  return [...own.flatMap(([name, one]) => [name, ...namesIn(one, depth + 1)]), ...inner];
}

const plain = (text) =>
  text
    .toLowerCase()
    .replace(/^(await )?kinde\./, "")
    .replace(/\(.*$/s, "")
    .trim();

/** What is found for a text, the best first. */
export function search({ entries, known }, text) {
  const wanted = plain(text);
  if (!wanted) return [];
  const named = namedBy(entries, wanted);
  if (/[.:/{}]/.test(wanted) && named.length > 0) return named;
  const terms = termsOf(text, known);
  const ranked = terms.length > 0 ? rank(entries, terms, known.size) : [];
  return [...new Set([...named, ...ranked])];
}

/** Those of that name, or whose name or path has it in it: the whole before the beginning before the rest. */
function namedBy(entries, wanted) {
  const isOneWord = !/\s/.test(wanted) || wanted.includes("/");
  const grade = ({ exact, operation }) => {
    if (exact.includes(wanted)) return 3;
    if (!isOneWord || wanted.length < 3) return 0;
    if (/[./]/.test(wanted))
      return exact.some((one) => one.startsWith(wanted)) ? 2 : Number(exact.some((one) => one.includes(wanted)));
    return Number(wanted.includes(":") && (operation.scope ?? "").includes(wanted));
  };
  const graded = entries.map((entry) => [grade(entry), entry.operation]).filter(([points]) => points > 0);
  const best = graded.sort(([one], [other]) => other - one);
  // The name of one operation that is typed in full is an answer, not a question.
  const isId = best[0]?.[0] === 3 && isOneWord && /[a-z][A-Z]|[A-Z]{2}/.test(best[0][1].operationId);
  return best.filter(([points]) => !isId || points === 3 || wanted.includes(".")).map(([, operation]) => operation);
}

/** The words of the query; each is a map from known words to how well they fit it. */
function termsOf(text, known) {
  let said = ` ${text.toLowerCase().replaceAll(/['’]s?\b/g, "")} `;
  for (const [pattern, replacement] of PHRASES) said = said.replaceAll(pattern, replacement);
  const words = wordsOf(said === ` ${text.toLowerCase()} ` ? text : said);
  const telling = words.filter((word) => !STOP.has(word));
  return (telling.length > 0 ? telling : words).map((word) => fitting(word, known));
}

function fitting(word, known) {
  const fits = new Map();
  const fit = (one, points) => known.has(one) && fits.set(one, Math.max(points, fits.get(one) ?? 0));
  fit(word, EXACT);
  for (const [place, synonym] of (SYNONYMS[word] ?? []).entries())
    fit(stem(synonym), known.has(word) ? SYNONYM - place * 0.06 : 0.95 - place * 0.06);
  for (const one of known.keys()) if (one !== word && one.startsWith(word)) fit(one, START);
  if (fits.size > 0) return fits;
  for (const one of [...known.keys(), ...Object.keys(SYNONYMS)]) {
    if (word.length < 5 || !isTypo(word, one)) continue;
    fit(one, TYPO);
    for (const synonym of SYNONYMS[one] ?? []) fit(stem(synonym), TYPO - 0.1);
  }
  return fits;
}

/** One letter more, less or other, or two that changed places. */
function isTypo(one, other) {
  if (Math.abs(one.length - other.length) > 1) return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start += 1;
  const [a, b] = [one.slice(start), other.slice(start)];
  return (
    a.slice(1) === b.slice(1) ||
    a.slice(1) === b ||
    a === b.slice(1) ||
    (a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2))
  );
}

function rank(entries, terms, size) {
  const weightOf = new Map();
  const weight = (fits) => {
    const count = entries.filter(({ sets }) =>
      sets.slice(0, 4).some(([, words]) => [...fits.keys()].some((one) => words.has(one))),
    ).length;
    return Math.log(1 + entries.length / (1 + count)) + 0.4;
  };
  for (const fits of terms) weightOf.set(fits, weight(fits));
  const results = [];
  for (const { operation, sets, main } of entries) {
    let [points, found] = [0, 0];
    const used = new Set();
    for (const fits of terms) {
      let best = 0;
      for (const [one, quality] of fits) {
        for (const [value, words] of sets) {
          if (!words.has(one)) continue;
          if (value >= FIELDS.summary) used.add(one);
          best = Math.max(best, value * quality);
        }
      }
      if (best > 0) found += 1;
      points += best * weightOf.get(fits);
    }
    if (found === 0) continue;
    const rest = [...main].filter((word) => !used.has(word)).length;
    const score = (points / (1 + 0.2 * rest)) * (found / terms.length) ** 2;
    results.push({ operation, found, score: score - place(operation) });
  }
  // All words, where there is one that has all; else those that have most.
  const most = Math.max(0, ...results.map(({ found }) => found));
  if (most * 2 < terms.length || (terms.length === 2 && most < 2 && size > 0 && terms.some((fits) => fits.size === 0)))
    return [];
  return results
    .filter(({ found }) => found === most)
    .sort((one, other) => other.score - one.score)
    .map(({ operation }) => operation);
}

/** Between equals: reading before changing, the thing itself before what it has. */
const VERBS = ["list", "get", "create", "add", "update", "set", "replace", "enable"];
const place = ({ resource, name, deprecated }) =>
  resource.split(".").length * 0.08 +
  (VERBS.includes(name) ? VERBS.indexOf(name) : VERBS.length) * 0.01 +
  (deprecated ? 3 : 0);
