// Which tokens are good, which are not and why, and how often the keys are asked for.

import * as jose from "jose";

import { deepEqual, equal, match, ok } from "../lib/assert.mjs";
import { rejection } from "../lib/double.mjs";
import { hostile, signals } from "../lib/hostile.mjs";
import { endlessAnswer } from "../lib/endless.mjs";
import { base64url, makeIssuer, makeKey, part, seconds, sharedKey } from "../lib/issuer.mjs";
import { examples } from "../lib/rfc.mjs";

/** Those that measure time, for the suite `waits`. */
export const clocks = () => huge;

export const cases = () => [
  ...good,
  ...claims,
  ...attacks,
  ...published,
  ...keySets,
  ...fetching,
  ...limits,
  ...options,
];

/** What a token is refused with. */
async function refusal(sdk, kinde, token, options) {
  const error = await rejection(sdk, kinde.tokens.verify(token, options));
  deepEqual([error.code, error.attempts, error.errors], ["invalid_token", 0, []], "error");
  ok(error.message.startsWith(`the token is not valid (${error.reason}): `), error.message);
  return error.reason;
}

/** A case in which tokens of an issuer are refused. */
const refused = (name, reason, makeToken, options) => ({
  name,
  async run({ sdk }) {
    const issuer = await makeIssuer(sdk);
    const token = await makeToken(issuer);
    equal(
      await refusal(sdk, issuer.kinde, token, typeof options === "function" ? options(issuer) : options),
      reason,
      "reason",
    );
  },
});

const accepted = (name, makeToken, options) => ({
  name,
  async run({ sdk }) {
    const issuer = await makeIssuer(sdk);
    const token = await makeToken(issuer);
    const claims = await issuer.kinde.tokens.verify(token, typeof options === "function" ? options(issuer) : options);
    deepEqual(claims, jose.decodeJwt(token), "claims");
  },
});

const good = [
  accepted("a good token", (issuer) => issuer.sign()),
  accepted("claims come as they are", (issuer) =>
    issuer.sign(
      issuer.claims({
        permissions: ["a"],
        nested: { b: [1, null, { c: "é\u2028😀" }] },
        n: 1.5e300,
        f: false,
        z: null,
      }),
    ),
  ),
  accepted("a claim called __proto__", (issuer) =>
    issuer.sign(`{"iss":"${issuer.domain}","exp":${seconds() + 60},"__proto__":{"polluted":true}}`),
  ),
  accepted("a name that occurs in several objects", (issuer) =>
    issuer.sign(issuer.claims({ list: [{ id: 1 }, { id: 2 }], id: { id: 'a:"{' } })),
  ),
  accepted("names and texts with what JSON is made of", (issuer) =>
    issuer.sign(issuer.claims({ "a:{": ":", "\\": '\\"}', '"': { "[": "]]" }, "é\ud83d\ude00": 1 })),
  ),
  accepted("an audience among several", (issuer) => issuer.sign(issuer.claims({ aud: ["other", "the-api"] })), {
    audience: "the-api",
  }),
  accepted("one of several audiences", (issuer) => issuer.sign(), { audience: ["other", "the-api"] }),
  accepted("no audience, and none asked for", (issuer) => issuer.sign(issuer.claims({ aud: undefined }))),
  accepted("another issuer, asked for", (issuer) => issuer.sign(issuer.claims({ iss: "https://other" })), {
    issuer: "https://other",
  }),
  accepted("one of several issuers", (issuer) => issuer.sign(issuer.claims({ iss: "https://b" })), {
    issuer: ["https://a", "https://b"],
  }),
  accepted("an expiry within the tolerance", (issuer) => issuer.sign(issuer.claims({ exp: seconds() - 5 })), {
    clockTolerance: 30,
  }),
  accepted("a beginning within the tolerance", (issuer) => issuer.sign(issuer.claims({ nbf: seconds() + 5 })), {
    clockTolerance: 30,
  }),
  accepted("a beginning that is past", (issuer) => issuer.sign(issuer.claims({ nbf: seconds() - 5 }))),
  ...["at+jwt", "application/at+jwt", "AT+JWT"].map((typ) =>
    accepted(`the type ${typ}`, (issuer) => issuer.sign(undefined, { typ }), { type: "at+jwt" }),
  ),
  {
    name: "credentials are neither needed nor sent",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const kinde = issuer.client({ clientId: "id", clientSecret: "the secret", headers: { "x-own": "1" } });
      await kinde.tokens.verify(await issuer.sign());
      deepEqual(
        issuer.calls.map(({ url, init }) => [url, init.method, init.headers, init.body]),
        [[`${issuer.domain}/.well-known/jwks.json`, "GET", { accept: "application/json", "x-own": "1" }, undefined]],
        "request",
      );
      const bare = new sdk.Kinde({ domain: issuer.domain });
      equal((await rejection(sdk, bare.users.list())).code, "configuration", "code without credentials");
    },
  },
  {
    name: "the same object for all tokens, and its method apart from it",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      equal(issuer.kinde.tokens, issuer.kinde.tokens, "tokens");
      const { verify } = issuer.kinde.tokens;
      equal((await verify(await issuer.sign())).sub, "kp_1", "subject");
    },
  },
  ...["RS384", "RS512", "PS256", "PS384", "PS512", "ES256"].map((alg) => ({
    name: `${alg}, if it is allowed`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk, { alg });
      const token = await issuer.sign();
      equal(await refusal(sdk, issuer.kinde, token), "algorithm", "reason by default");
      equal((await issuer.kinde.tokens.verify(token, { algorithms: ["RS256", alg] })).sub, "kp_1", "subject");
      const [header, claims, signature] = token.split(".");
      const other = `${header}.${part(issuer.claims({ sub: "kp_2" }))}.${signature}`;
      equal(await refusal(sdk, issuer.kinde, other, { algorithms: alg }), "bad_signature", "reason of a forgery");
      ok(claims.length > 0);
    },
  })),
];

const claims = [
  refused("expired", "expired", (issuer) => issuer.sign(issuer.claims({ exp: seconds() - 1 }))),
  refused("expires now", "expired", (issuer) => issuer.sign(issuer.claims({ exp: seconds() }))),
  refused("expired, beyond the tolerance", "expired", (issuer) => issuer.sign(issuer.claims({ exp: seconds() - 60 })), {
    clockTolerance: 30,
  }),
  refused("not valid yet", "not_yet_valid", (issuer) => issuer.sign(issuer.claims({ nbf: seconds() + 30 }))),
  refused(
    "not valid yet, beyond the tolerance",
    "not_yet_valid",
    (issuer) => issuer.sign(issuer.claims({ nbf: seconds() + 60 })),
    {
      clockTolerance: 30,
    },
  ),
  ...["https://evil.kinde.com", undefined, null, 1, [], {}].flatMap((iss) => [
    refused(`issuer ${JSON.stringify(iss)}`, "wrong_issuer", (issuer) => issuer.sign(issuer.claims({ iss }))),
    refused(
      `issuer ${JSON.stringify(iss)} in place of two`,
      "wrong_issuer",
      (issuer) => issuer.sign(issuer.claims({ iss })),
      {
        issuer: ["https://a", "https://b"],
      },
    ),
  ]),
  refused("issuer with a slash more", "wrong_issuer", (issuer) =>
    issuer.sign(issuer.claims({ iss: `${issuer.domain}/` })),
  ),
  refused("issuer in an array", "wrong_issuer", (issuer) => issuer.sign(issuer.claims({ iss: [issuer.domain] }))),
  refused("the client's domain, if another issuer is asked for", "wrong_issuer", (issuer) => issuer.sign(), {
    issuer: "https://other",
  }),
  ...["other", ["other", "another"], [], undefined, null, 1, {}, [["the-api"]], { 0: "the-api", length: 1 }].map(
    (aud) =>
      refused(`audience ${JSON.stringify(aud)}`, "wrong_audience", (issuer) => issuer.sign(issuer.claims({ aud })), {
        audience: ["the-api", "b"],
      }),
  ),
  ...["JWT", undefined, "at+jwtx"].map((typ) =>
    refused(`type ${typ}`, "wrong_type", (issuer) => issuer.sign(undefined, { typ }), { type: "at+jwt" }),
  ),
  ...[undefined, null, "9999999999", true, [9999999999], "1e999"].map((exp) =>
    refused(`expiry ${JSON.stringify(exp)}`, "malformed", (issuer) =>
      // A text, so that 1e999 is the number that it is.
      issuer.sign(
        `{"iss":"${issuer.domain}"${exp === undefined ? "" : `,"exp":${exp === "1e999" ? exp : JSON.stringify(exp)}`}}`,
      ),
    ),
  ),
  ...["nbf", "iat"].flatMap((name) =>
    ["1", null, {}].map((value) =>
      refused(`${name} ${JSON.stringify(value)}`, "malformed", (issuer) =>
        issuer.sign(issuer.claims({ [name]: value })),
      ),
    ),
  ),
  {
    name: "a claim is only spoken of if the token is genuine",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const [header, , signature] = (await issuer.sign()).split(".");
      const forged = `${header}.${part(issuer.claims({ exp: 1, iss: "https://evil", aud: "other" }))}.${signature}`;
      equal(await refusal(sdk, issuer.kinde, forged, { audience: "the-api" }), "bad_signature", "reason");
    },
  },
  {
    name: "no message holds anything of the token",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const secret = "Zm9vYmFy";
      for (const token of [
        await issuer.sign(issuer.claims({ iss: secret })),
        await issuer.sign(issuer.claims({ aud: secret })),
        await issuer.sign(undefined, { kid: secret }),
        `${secret}.${secret}.${secret}`,
        secret,
      ]) {
        const error = await rejection(sdk, issuer.kinde.tokens.verify(token, { audience: "the-api" }));
        const told = JSON.stringify([error.message, error, error.body, error.stack, String(error.cause)]);
        ok(!told.includes(secret), told);
      }
    },
  },
];

/** The length of the longest text that is read as JSON while something runs. */
async function longestRead(run) {
  const { parse } = JSON;
  let longest = 0;
  JSON.parse = (text, ...rest) => {
    longest = Math.max(longest, text.length);
    return parse(text, ...rest);
  };
  try {
    await run();
  } finally {
    JSON.parse = parse;
  }
  return longest;
}

/** A token with a signature that is right for its text. */
const sealed = (name, reason, header, claims) =>
  refused(name, reason, (issuer) => {
    const plain = { alg: "RS256", kid: issuer.kid };
    return issuer.seal(
      typeof header === "function" ? header(plain) : plain,
      typeof claims === "function" ? claims(issuer) : issuer.claims(),
    );
  });

const nested = (depth) => "[".repeat(depth) + "]".repeat(depth);

const attacks = [
  ...["none", "None", "NONE", "nOnE"].flatMap((alg) => [
    refused(`alg ${alg}, no signature`, "algorithm", (issuer) => `${part({ alg })}.${part(issuer.claims())}.`),
    refused(`alg ${alg}, the signature of another token`, "algorithm", async (issuer) => {
      const signature = (await issuer.sign()).split(".")[2];
      return `${part({ alg, kid: issuer.kid })}.${part(issuer.claims())}.${signature}`;
    }),
  ]),
  ...["spki", "jwk", "n"].map((form) =>
    refused(`HS256 with the public key as secret (${form})`, "algorithm", async (issuer) => {
      const secret = {
        spki: () => jose.exportSPKI(issuer.key.publicKey),
        jwk: () => JSON.stringify(issuer.jwk),
        n: () => issuer.jwk.n,
      };
      const bytes = new TextEncoder().encode(await secret[form]());
      return new jose.SignJWT(issuer.claims()).setProtectedHeader({ alg: "HS256", kid: issuer.kid }).sign(bytes);
    }),
  ),
  refused("a key of one's own with the issuer's kid", "bad_signature", async (issuer) => {
    const { privateKey } = await makeKey();
    return issuer.sign(issuer.claims(), {}, privateKey);
  }),
  ...["jwk", "x5c", "jku", "x5u", "x5t"].map((name) => ({
    name: `a key of one's own in ${name}`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const { privateKey, publicKey } = await makeKey();
      const jwk = { ...(await jose.exportJWK(publicKey)), alg: "RS256", use: "sig", kid: "evil" };
      const values = {
        jwk,
        x5c: [base64url(new Uint8Array(600))],
        jku: "https://evil.example/jwks",
        x5u: "https://evil.example/cert",
        x5t: "x",
      };
      for (const [kid, reason] of [
        [issuer.kid, "bad_signature"],
        ["evil", "unknown_key"],
      ]) {
        const token = await issuer.sign(issuer.claims(), { kid, [name]: values[name] }, privateKey);
        equal(await refusal(sdk, issuer.kinde, token), reason, `reason with kid ${kid}`);
      }
      deepEqual(
        issuer.calls.map(({ url }) => url),
        [`${issuer.domain}/.well-known/jwks.json`],
        "requests",
      );
    },
  })),
  refused("a kid that is another issuer's", "unknown_key", (issuer) => issuer.sign(undefined, { kid: "key-2" })),
  ...["../../../dev/null", "key-1' OR '1'='1", "__proto__", "constructor", "", "0"].map((kid) =>
    refused(`kid ${JSON.stringify(kid)}`, "unknown_key", (issuer) => issuer.sign(undefined, { kid })),
  ),
  ...[1, null, ["key-1"], {}].map((kid) =>
    sealed(`kid ${JSON.stringify(kid)}`, "malformed", (header) => ({ ...header, kid })),
  ),
  ...[undefined, null, 256, ["RS256"], {}].map((alg) =>
    sealed(`alg ${JSON.stringify(alg)}`, "malformed", (header) => ({ ...header, alg })),
  ),
  ...["", "rs256", "RS256 ", "HS256", "RS1", "ES256K", "toString"].map((alg) =>
    sealed(`alg ${JSON.stringify(alg)}`, "algorithm", (header) => ({ ...header, alg })),
  ),
  ...[["exp"], [], null, "b64"].map((crit) =>
    sealed(`crit ${JSON.stringify(crit)}`, "malformed", (header) => ({ ...header, crit })),
  ),
  ...[true, false].map((b64) => sealed(`b64 ${b64}`, "malformed", (header) => ({ ...header, b64 }))),
  sealed(
    "a claim twice",
    "malformed",
    undefined,
    ({ domain }) => `{"iss":"${domain}","exp":1,"exp":${seconds() + 60}}`,
  ),
  sealed(
    "a claim twice, spelled differently",
    "malformed",
    undefined,
    ({ domain }) => `{"iss":"${domain}","exp":1,"\\u0065xp":${seconds() + 60}}`,
  ),
  sealed("a name twice in an inner object", "malformed", undefined, (issuer) =>
    JSON.stringify(issuer.claims({ inner: 1 })).replace(`"inner":1`, `"inner":[{"a":1,"a":1}]`),
  ),
  sealed("a header parameter twice", "malformed", ({ kid }) => `{"alg":"none","alg":"RS256","kid":"${kid}"}`),
  ...["[]", "null", `"text"`, "1", "", "{", "{}{}", "{}x", "{'a':1}", "\ufeff{}", '{"a":"\n"}'].flatMap((text) => [
    sealed(`claims ${JSON.stringify(text)}`, "malformed", undefined, () => text),
    sealed(`header ${JSON.stringify(text)}`, "malformed", () => text),
  ]),
  sealed("claims nested too deeply", "malformed", undefined, (issuer) =>
    JSON.stringify(issuer.claims({ deep: 1 })).replace(`"deep":1`, `"deep":${nested(40)}`),
  ),
  sealed("claims nested as deeply as a token has room for", "malformed", undefined, () => `{"deep":${nested(20_000)}}`),
  refused(
    "brackets that never end",
    "malformed",
    (issuer) => `${part("[".repeat(40_000))}.${part(issuer.claims())}.AAAA`,
  ),
  {
    name: "claims nested as deeply as may be",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const claims = JSON.stringify(issuer.claims({ deep: 1 })).replace(`"deep":1`, `"deep":${nested(31)}`);
      deepEqual(
        await issuer.kinde.tokens.verify(await issuer.seal({ alg: "RS256", kid: issuer.kid }, claims)),
        JSON.parse(claims),
        "claims",
      );
    },
  },
  ...Object.entries({
    "claims that are not UTF-8": () =>
      base64url(new Uint8Array([...new TextEncoder().encode(`{"a":"`), 0xff, ...new TextEncoder().encode(`"}`)])),
    "claims that are not base64url": (claims) => `*${claims}`,
    "claims with padding": (claims) => `${claims}=`,
    "no claims": () => "",
  }).flatMap(([name, change]) => {
    const text = (issuer) => `${part({ alg: "RS256", kid: issuer.kid })}.${change(part(issuer.claims()))}`;
    return [
      refused(name, "malformed", (issuer) => issuer.sealText(text(issuer))),
      // What nobody has signed is not looked at.
      refused(`${name}, forged`, "bad_signature", (issuer) => `${text(issuer)}.AAAA`),
    ];
  }),
  {
    name: "a forged token costs its hash: its claims are not read",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const claims = part(issuer.claims({ filler: "x".repeat(45_000) }));
      const forged = `${part({ alg: "RS256", kid: issuer.kid })}.${claims}.${base64url(new Uint8Array(256))}`;
      let reason;
      const longest = await longestRead(async () => (reason = await refusal(sdk, issuer.kinde, forged)));
      equal(reason, "bad_signature", "reason");
      ok(longest < 1_000, `a text of ${longest} characters was read`);
      ok((await longestRead(async () => issuer.kinde.tokens.verify(await issuer.sign()))) > 100, "nothing is noticed");
    },
  },
  ...["header", "signature"].map((name) =>
    refused(`a ${name} of 20,000 characters`, "malformed", (issuer) => {
      const long = { header: "", signature: "AAAA", [name]: "A".repeat(20_000) };
      const header = part({ alg: "RS256", kid: issuer.kid, filler: long.header });
      return `${header}.${part(issuer.claims())}.${long.signature}`;
    }),
  ),
  ...Object.entries({
    "a space in front": (token) => ` ${token}`,
    "a newline behind": (token) => `${token}\n`,
    "a fourth part": (token) => `${token}.${token.split(".")[2]}`,
    "a fifth part": (token) => `${token}.AA.AA`,
    "a dot behind": (token) => `${token}.`,
    "two parts": (token) => token.split(".").slice(0, 2).join("."),
    "one part": (token) => token.replaceAll(".", ""),
    "three empty parts": () => "..",
    nothing: () => "",
    "padding behind the signature": (token) => `${token}==`,
    "a text behind the signature": (token) => `${token}é`,
    "half a character in the signature": (token) => `${token.slice(0, -1)}\ud83d`,
    "the other base64 alphabet": (token) => `${token.replaceAll("-", "+").replaceAll("_", "/")}+/`,
    "a character of no alphabet": (token) => `*${token}`,
    "a percent-encoded dot": (token) => token.replace(".", "%2e"),
    "JSON serialization": (token) => {
      const [protectedHeader, payload, signature] = token.split(".");
      return JSON.stringify({ protected: protectedHeader, payload, signature });
    },
    "five parts of JWE": (token) => `${token.split(".")[0]}..AAAA.AAAA.AAAA`,
  }).map(([name, change]) => refused(name, "malformed", async (issuer) => change(await issuer.sign()))),
  refused("unused bits in the signature", "malformed", async (issuer) => {
    const token = await issuer.sign();
    // 256 bytes leave four bits of the last character unused.
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    return token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1)) + 1];
  }),
  ...Object.entries({
    "an empty signature": () => "",
    "a truncated signature": (signature) => signature.slice(0, 200),
    "a signature that is too long": (signature) => base64url(new Uint8Array([...jose.base64url.decode(signature), 0])),
    "a signature with a zero in front": (signature) =>
      base64url(new Uint8Array([0, ...jose.base64url.decode(signature)])),
    "a signature of zeros": () => base64url(new Uint8Array(256)),
    "a signature of ones": () => base64url(new Uint8Array(256).fill(255)),
    "a signature with one bit changed": (signature) => {
      const bytes = jose.base64url.decode(signature);
      bytes[100] ^= 1;
      return base64url(bytes);
    },
  }).map(([name, change]) =>
    refused(name, "bad_signature", async (issuer) => {
      const [header, claims, signature] = (await issuer.sign()).split(".");
      return `${header}.${claims}.${change(signature)}`;
    }),
  ),
  refused("a PS256 signature said to be RS256", "bad_signature", async (issuer) => {
    const pss = await crypto.subtle.importKey(
      "jwk",
      { ...(await jose.exportJWK(issuer.key.privateKey)), alg: "PS256" },
      { name: "RSA-PSS", hash: "SHA-256" },
      false,
      ["sign"],
    );
    const signed = `${part({ alg: "RS256", kid: issuer.kid })}.${part(issuer.claims())}`;
    const signature = await crypto.subtle.sign(
      { name: "RSA-PSS", saltLength: 32 },
      pss,
      new TextEncoder().encode(signed),
    );
    return `${signed}.${base64url(new Uint8Array(signature))}`;
  }),
  {
    name: "a token as long as may be",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const token = await issuer.sign(issuer.claims({ filler: "x".repeat(48_000) }));
      ok(token.length > 64_000 && token.length <= 65_536, `${token.length} characters`);
      equal((await issuer.kinde.tokens.verify(token)).sub, "kp_1", "subject");
    },
  },
  ...Object.entries(hostile).map(([name, make]) => ({
    name: `${name} for a token`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      equal(await refusal(sdk, issuer.kinde, make()), "malformed", "reason");
      equal(issuer.calls.length, 0, "requests");
    },
  })),
];

const published = examples.map(({ name, jwk, token, claims }) => ({
  name,
  async run({ sdk }) {
    const issuer = await makeIssuer(sdk);
    issuer.keys = [jwk];
    const [header, payload, signature] = token.split(".");
    const changed = `${header}.${payload}.B${signature.slice(1)}`;
    if (claims) {
      // Its clock has stopped, and it is another issuer's: that much has to be found out.
      equal(await refusal(sdk, issuer.kinde, token), "expired", "reason");
      equal(
        await refusal(sdk, issuer.kinde, token, { clockTolerance: 1e10 }),
        "wrong_issuer",
        "reason with the clock of then",
      );
      deepEqual(await issuer.kinde.tokens.verify(token, { clockTolerance: 1e10, issuer: "joe" }), claims, "claims");
      equal(await refusal(sdk, issuer.kinde, changed), "bad_signature", "reason for another signature");
    } else {
      await jose.compactVerify(token, await jose.importJWK(jwk, "RS256"));
      equal(await refusal(sdk, issuer.kinde, token), "malformed", "reason for a good signature of what is no token");
    }
  },
}));

const huge = [
  ...[5_000_000, 65_537].map((length) => ({
    name: `a token of ${length} characters is not looked at`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const token = `${part({ alg: "RS256", kid: issuer.kid })}.${"A".repeat(length)}.AAAA`;
      // The machine may be busy with something else at one time, not at each.
      let quickest = Infinity;
      for (let time = 0; time < 3; time++) {
        const before = Date.now();
        equal(await refusal(sdk, issuer.kinde, token.slice(0, length)), "malformed", "reason");
        quickest = Math.min(quickest, Date.now() - before);
      }
      ok(quickest < 1000, "it took too long");
      equal(issuer.calls.length, 0, "requests");
    },
  })),
];

const keySets = [
  {
    name: "a token without kid, and the one key that fits",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const { publicKey } = await sharedKey("ES256");
      issuer.keys.push({ ...(await jose.exportJWK(publicKey)), kid: "ec", alg: "ES256", use: "sig" });
      const token = await issuer.sign(undefined, { kid: undefined });
      equal((await issuer.kinde.tokens.verify(token)).sub, "kp_1", "subject");
    },
  },
  {
    name: "a token without kid, and two keys that fit",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      issuer.keys.push({ ...issuer.jwk, kid: "key-2" });
      equal(
        await refusal(sdk, issuer.kinde, await issuer.sign(undefined, { kid: undefined })),
        "unknown_key",
        "reason",
      );
    },
  },
  {
    name: "two keys with one kid",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const { publicKey } = await sharedKey("ES256");
      issuer.keys.push({ ...(await jose.exportJWK(publicKey)), kid: issuer.kid, alg: "ES256", use: "sig" });
      equal((await issuer.kinde.tokens.verify(await issuer.sign())).sub, "kp_1", "subject, one of them fitting");
      const other = await makeIssuer(sdk);
      other.keys.push({ ...other.jwk });
      equal(await refusal(sdk, other.kinde, await other.sign()), "unknown_key", "reason, both fitting");
    },
  },
  {
    name: "a key that says no more than its kty",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const { kty, n, e, kid } = issuer.jwk;
      issuer.keys = [{ kty, n, e, kid }];
      equal((await issuer.kinde.tokens.verify(await issuer.sign())).sub, "kp_1", "subject");
    },
  },
  {
    name: "a key with its private part",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      issuer.keys = [
        { ...(await jose.exportJWK(issuer.key.privateKey)), kid: issuer.kid, key_ops: ["sign", "verify"] },
      ];
      equal((await issuer.kinde.tokens.verify(await issuer.sign())).sub, "kp_1", "subject");
    },
  },
  ...Object.entries({
    "use enc": { use: "enc" },
    "use of another kind": { use: 1 },
    "key_ops without verify": { key_ops: ["sign"] },
    "no key_ops in the list": { key_ops: [] },
    "key_ops that are a text": { key_ops: "verify" },
    "key_ops that are an object": { key_ops: { 0: "verify", length: 1 } },
    "key_ops that are null": { key_ops: null },
    "use null": { use: null },
    "alg null": { alg: null },
    "alg RS512": { alg: "RS512" },
    "alg HS256": { alg: "HS256" },
    "kty oct": { kty: "oct", k: "AAAA" },
    "kty EC": { kty: "EC", crv: "P-256" },
    "no kty": { kty: undefined },
  }).map(([name, change]) => ({
    name: `a key with ${name}`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      issuer.keys = [{ ...issuer.jwk, ...change }];
      equal(await refusal(sdk, issuer.kinde, await issuer.sign()), "algorithm", "reason");
    },
  })),
  ...Object.entries({
    "no modulus": { n: undefined },
    "a modulus that is none": { n: "*" },
    "no exponent": { e: undefined },
  }).map(([name, change]) => ({
    name: `a key with ${name}`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      issuer.keys = [{ ...issuer.jwk, ...change }];
      equal(await refusal(sdk, issuer.kinde, await issuer.sign()), "unknown_key", "reason");
    },
  })),
  {
    name: "a key with the exponent 1, for which anybody's padded hash is a signature",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const signed = `${part({ alg: "RS256", kid: issuer.kid })}.${part(issuer.claims())}`;
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(signed)));
      // RFC 8017, section 9.2: EMSA-PKCS1-v1_5 of SHA-256.
      const info = [0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20];
      const padded = new Uint8Array([0, 1, ...Array(202).fill(255), 0, ...info, ...hash]);
      issuer.keys = [{ ...issuer.jwk, e: "AQ" }];
      equal(await refusal(sdk, issuer.kinde, `${signed}.${base64url(padded)}`), "unknown_key", "reason");
    },
  },
  ...Object.entries({ 0: "AA", 2: "Ag", 65536: "AQAA" }).map(([exponent, e]) => ({
    name: `a key with the exponent ${exponent}`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      issuer.keys = [{ ...issuer.jwk, e }];
      equal(await refusal(sdk, issuer.kinde, await issuer.sign()), "unknown_key", "reason");
    },
  })),
  {
    name: "a key with the exponent 3",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const { privateKey, publicKey } = await crypto.subtle.generateKey(
        { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: new Uint8Array([3]), hash: "SHA-256" },
        true,
        ["sign", "verify"],
      );
      const { n, e } = await crypto.subtle.exportKey("jwk", publicKey);
      issuer.keys = [{ kty: "RSA", n, e, kid: issuer.kid }];
      equal((await issuer.kinde.tokens.verify(await issuer.sign(undefined, {}, privateKey))).sub, "kp_1", "subject");
    },
  },
  {
    name: "a key of 1024 bits",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const weak = {
        name: "RSASSA-PKCS1-v1_5",
        modulusLength: 1024,
        publicExponent: new Uint8Array([1, 0, 1]),
        hash: "SHA-256",
      };
      const { privateKey, publicKey } = await crypto.subtle.generateKey(weak, true, ["sign", "verify"]);
      const { n, e } = await crypto.subtle.exportKey("jwk", publicKey);
      issuer.keys = [{ kty: "RSA", n, e, kid: issuer.kid, alg: "RS256" }];
      const signed = `${part({ alg: "RS256", kid: issuer.kid })}.${part(issuer.claims())}`;
      const signature = await crypto.subtle.sign("RSASSA-PKCS1-v1_5", privateKey, new TextEncoder().encode(signed));
      equal(
        await refusal(sdk, issuer.kinde, `${signed}.${base64url(new Uint8Array(signature))}`),
        "unknown_key",
        "reason",
      );
    },
  },
  ...Object.entries({
    "no object": "text",
    null: null,
    "no keys": {},
    "keys that are no list": { keys: {} },
    "an empty list": { keys: [] },
    "51 keys": { keys: Array.from({ length: 51 }, (_, index) => ({ kty: "RSA", kid: String(index) })) },
    "a set of more than 64 KB": { keys: [{ kty: "RSA", kid: "x".repeat(65_536) }] },
  }).map(([name, body]) => ({
    name: `in place of a key set: ${name}`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      issuer.serve = () => Response.json(body);
      const error = await rejection(sdk, issuer.kinde.tokens.verify(await issuer.sign()));
      deepEqual(
        [error.code, error.status, error.message],
        ["decode", 200, "token verification: the answer is no key set (200)"],
        "error",
      );
    },
  })),
  ...["the keys", "the description"].map((what) => ({
    name: `${what} in an answer without end`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const endless = endlessAnswer();
      issuer.serve = (url) =>
        what === "the keys" || url.includes("openid") ? endless.response() : new Response("", { status: 404 });
      const error = await rejection(sdk, issuer.kinde.tokens.verify(await issuer.sign()));
      deepEqual(
        [error.code, error.status, error.message, error.body],
        ["decode", 200, "token verification: the answer is longer than 256 KB (200)", undefined],
        "error",
      );
      ok(endless.sent() < 2 << 20, `${endless.sent()} bytes were read`);
      ok(endless.cancelled(), "it was not cancelled");
    },
  })),
  {
    name: "a refusal without end in place of keys: its beginning is kept",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      issuer.serve = () => endlessAnswer().response({ status: 503 });
      const error = await rejection(sdk, issuer.kinde.tokens.verify(await issuer.sign()));
      deepEqual([error.code, error.status, error.body.length], ["server", 503, 1 << 18], "error");
    },
  },
  {
    name: "keys from a stand-in for fetch whose answer has its text only",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      let body = JSON.stringify({ keys: issuer.keys });
      const headers = new Headers();
      issuer.serve = () => ({ status: 200, headers, text: async () => body });
      equal((await issuer.kinde.tokens.verify(await issuer.sign())).sub, "kp_1", "subject");
      const other = await makeIssuer(sdk);
      other.serve = issuer.serve;
      body += " ".repeat(1 << 18);
      equal((await rejection(sdk, other.kinde.tokens.verify(await other.sign()))).code, "decode", "code");
    },
  },
  {
    name: "keys that are no objects are passed over",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      issuer.keys = [null, 1, "key", [], {}, issuer.jwk];
      equal((await issuer.kinde.tokens.verify(await issuer.sign())).sub, "kp_1", "subject");
    },
  },
];

/** Sets the clock forward while something runs. */
async function later(time, run) {
  const { now } = Date;
  Date.now = () => now() + time * 1000;
  try {
    return await run();
  } finally {
    Date.now = now;
  }
}

/** An issuer whose keys have been fetched, and a token that lasts. */
async function warm(sdk, headers) {
  const issuer = await makeIssuer(sdk);
  issuer.serve = () => Response.json({ keys: issuer.keys }, { headers });
  const token = await issuer.sign(issuer.claims({ exp: seconds() + 1e6 }));
  await issuer.kinde.tokens.verify(token);
  return { issuer, token };
}

/** Whether an error says that the keys could not be had. */
const isOfTheKeys = ({ code }) => ["server", "not_found", "connection", "decode"].includes(code);

const fetching = [
  {
    name: "keys are fetched once for all clients of a domain",
    async run({ sdk }) {
      const { issuer, token } = await warm(sdk);
      for (const kinde of [
        issuer.kinde,
        issuer.client(),
        issuer.client({ domain: issuer.domain.slice("https://".length) }),
      ]) {
        await kinde.tokens.verify(token);
      }
      equal(issuer.calls.length, 1, "requests");
    },
  },
  {
    name: "keys that came by a client's own fetch are not for clients with another one",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const evil = await makeKey();
      const jwk = { ...(await jose.exportJWK(evil.publicKey)), kid: issuer.kid, alg: "RS256" };
      let asked = 0;
      const double = issuer.client({ fetch: async () => (asked++, Response.json({ keys: [jwk] })) });
      const forged = await issuer.sign(undefined, {}, evil.privateKey);
      equal((await double.tokens.verify(forged)).sub, "kp_1", "subject of the double's");
      equal(await refusal(sdk, issuer.kinde, forged), "bad_signature", "reason for the others");
      equal((await issuer.client().tokens.verify(await issuer.sign())).sub, "kp_1", "subject");
      equal((await double.tokens.verify(forged)).sub, "kp_1", "subject of the double's again");
      deepEqual([asked, issuer.calls.length], [1, 1], "requests");
    },
  },
  {
    name: "50 checks at once need one fetch",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const { serve } = issuer;
      issuer.serve = () => new Promise((resolve) => setTimeout(resolve, 50)).then(serve);
      const token = await issuer.sign();
      const all = await Promise.all(Array.from({ length: 50 }, () => issuer.client().tokens.verify(token)));
      for (const { sub } of all) equal(sub, "kp_1", "subject");
      equal(issuer.calls.length, 1, "requests");
    },
  },
  {
    name: "50 checks at once fail with one fetch",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      issuer.serve = () =>
        new Promise((resolve) => setTimeout(() => resolve(new Response("down", { status: 503 })), 50));
      const token = await issuer.sign();
      const errors = await Promise.all(
        Array.from({ length: 50 }, () => rejection(sdk, issuer.kinde.tokens.verify(token))),
      );
      for (const { code, status } of errors) deepEqual([code, status], ["server", 503], "error");
      equal(issuer.calls.length, 1, "requests");
    },
  },
  ...[
    [undefined, 590, 610],
    ["max-age=3600", 3590, 3610],
    ["public, Max-Age=120, must-revalidate", 110, 130],
    ["s-maxage=7200", 590, 610],
    ["no-store", 590, 610],
    ["max-age=0", 55, 65],
    ["max-age=5", 55, 65],
    ["max-age=soon", 590, 610],
    ["max-age=99999999", 86_390, 86_410],
  ].map(([value, before, after]) => ({
    name: `Cache-Control: ${value}`,
    async run({ sdk }) {
      const { issuer, token } = await warm(sdk, value && { "cache-control": value });
      await later(before, () => issuer.kinde.tokens.verify(token));
      equal(issuer.calls.length, 1, "requests before");
      await later(after, () => issuer.kinde.tokens.verify(token));
      equal(issuer.calls.length, 2, "requests after");
    },
  })),
  {
    name: "a new key is found, one fetch in 30 seconds",
    async run({ sdk }) {
      const { issuer } = await warm(sdk);
      const next = await makeKey();
      const token = await issuer.sign(issuer.claims({ exp: seconds() + 600 }), { kid: "key-2" }, next.privateKey);
      equal(await refusal(sdk, issuer.kinde, token), "unknown_key", "reason at once");
      equal(issuer.calls.length, 1, "requests at once");
      await later(31, async () => {
        equal(await refusal(sdk, issuer.kinde, token), "unknown_key", "reason before it is published");
        equal(issuer.calls.length, 2, "requests before it is published");
        issuer.keys = [{ ...(await jose.exportJWK(next.publicKey)), kid: "key-2", alg: "RS256" }];
        equal(await refusal(sdk, issuer.kinde, token), "unknown_key", "reason in the cooldown");
        equal(issuer.calls.length, 2, "requests in the cooldown");
      });
      await later(62, async () => {
        const all = await Promise.all(Array.from({ length: 10 }, () => issuer.kinde.tokens.verify(token)));
        for (const { sub } of all) equal(sub, "kp_1", "subject");
        equal(issuer.calls.length, 3, "requests after it is published");
        const old = await issuer.sign(issuer.claims({ exp: seconds() + 600 }));
        equal(await refusal(sdk, issuer.kinde, old), "unknown_key", "reason for the key that is gone");
      });
    },
  },
  {
    name: "a key that takes the id of another one",
    async run({ sdk }) {
      const { issuer, token } = await warm(sdk);
      const next = await makeKey();
      issuer.keys = [{ ...(await jose.exportJWK(next.publicKey)), kid: issuer.kid, alg: "RS256" }];
      await later(601, async () => {
        equal(await refusal(sdk, issuer.kinde, token), "bad_signature", "reason for the old key");
        const renewed = await issuer.sign(issuer.claims({ exp: seconds() + 600 }), {}, next.privateKey);
        equal((await issuer.kinde.tokens.verify(renewed)).sub, "kp_1", "subject");
      });
    },
  },
  ...Object.entries({
    "is down": () => new Response("down", { status: 503 }),
    "cannot be reached": () => Promise.reject(new TypeError("offline")),
    "answers rubbish": () => new Response("<html>"),
    "has no keys": () => Response.json({ keys: [] }),
    "has lost its keys": () => new Response("", { status: 404 }),
  }).map(([how, serve]) => ({
    name: `the last good keys while the server ${how}`,
    async run({ sdk }) {
      const { issuer, token } = await warm(sdk);
      issuer.serve = serve;
      await later(601, async () => {
        equal((await issuer.kinde.tokens.verify(token)).sub, "kp_1", "subject");
        const asked = issuer.calls.length;
        ok(asked > 1, "it did not ask");
        equal((await issuer.kinde.tokens.verify(token)).sub, "kp_1", "subject again");
        equal(issuer.calls.length, asked, "requests so soon again");
        const unknown = await rejection(
          sdk,
          issuer.kinde.tokens.verify(await issuer.sign(undefined, { kid: "key-2" })),
        );
        ok(isOfTheKeys(unknown), `an unknown key fails with ${unknown.code}`);
      });
      const tooLate = await later(601 + 86_401, () => rejection(sdk, issuer.kinde.tokens.verify(token)));
      ok(isOfTheKeys(tooLate), `a day later it fails with ${tooLate.code}`);
    },
  })),
  {
    name: "keys that cannot be had are no fault of the token",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const token = await issuer.sign();
      for (const [serve, code, status] of [
        [() => new Response("no", { status: 500 }), "server", 500],
        [() => new Response("no", { status: 403 }), "permission_denied", 403],
        [() => Promise.reject(new TypeError("offline")), "connection", undefined],
        [() => new Response("<html>"), "decode", 200],
      ]) {
        issuer.serve = serve;
        const error = await rejection(sdk, issuer.kinde.tokens.verify(token));
        deepEqual([error.code, error.status, error.reason, error.attempts], [code, status, undefined, 1], "error");
        match(error.message, /^token verification: /, "message");
      }
    },
  },
  {
    name: "a fetch that fails is repeated",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const { serve } = issuer;
      issuer.serve = () =>
        issuer.calls.length < 3 ? new Response("busy", { status: 503, headers: { "retry-after": "0" } }) : serve();
      equal((await issuer.kinde.tokens.verify(await issuer.sign(), { maxRetries: 2 })).sub, "kp_1", "subject");
      equal(issuer.calls.length, 3, "requests");
    },
  },
  {
    name: "hooks and logger see the fetch of keys: where it goes, and no secret",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const { serve } = issuer;
      const secret = `a-secret-${crypto.randomUUID()}`;
      issuer.serve = (url) =>
        url.endsWith("/.well-known/jwks.json")
          ? new Response("", { status: 404 })
          : url.endsWith("/.well-known/openid-configuration")
            ? Response.json({ issuer: issuer.domain, jwks_uri: `https://keys.example.com/a?b=${secret}` })
            : issuer.calls.length < 4
              ? new Response("", { status: 503, headers: { "retry-after": "0" } })
              : serve();
      const told = [];
      const lines = [];
      const hook = (name) => (event) => {
        const { call: _call, duration: _duration, wait: _wait, headers, ...rest } = event;
        if (name === "request") headers["x-trace"] = "1";
        told.push([name, rest]);
      };
      const hooks = Object.fromEntries(["request", "response", "retry", "token"].map((name) => [name, hook(name)]));
      const log = (level) => (line) => lines.push([level, line]);
      const logger = Object.fromEntries(["debug", "info", "warn", "error"].map((level) => [level, log(level)]));
      const kinde = issuer.client({
        hooks,
        logger,
        logLevel: "debug",
        maxRetries: 1,
        clientId: "id",
        clientSecret: secret,
      });
      const token = await issuer.sign();
      await kinde.tokens.verify(token);
      const of = (domain, path, attempt) => ({ name: "token verification", method: "GET", domain, path, attempt });
      const here = of(issuer.domain, "/.well-known/jwks.json", 1);
      const described = of(issuer.domain, "/.well-known/openid-configuration", 1);
      const there = (attempt) => of("https://keys.example.com", "/a", attempt);
      deepEqual(
        told,
        [
          ["request", here],
          ["response", { ...here, status: 404 }],
          ["request", described],
          ["response", { ...described, status: 200 }],
          ["request", there(1)],
          ["response", { ...there(1), status: 503, error: "server" }],
          ["retry", { ...there(1), status: 503, error: "server" }],
          ["request", there(2)],
          ["response", { ...there(2), status: 200 }],
        ],
        "events",
      );
      deepEqual(
        issuer.calls.map(({ init }) => init.headers["x-trace"]),
        ["1", "1", undefined, undefined],
        "headers of hooks, which are for the domain alone",
      );
      equal(lines.length, told.length, "lines");
      const all = JSON.stringify([told, lines]);
      ok(!all.includes(secret) && !all.includes(token), "a secret");
      equal(told.length, 9, "events before the next check");
      await kinde.tokens.verify(token);
      equal(told.length, 9, "events of keys that are there");
    },
  },
  {
    name: "keys that cannot be had are a warning in the log, and the address in it has no password",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      issuer.serve = () => Promise.reject(new TypeError("offline"));
      const lines = [];
      const log = (level) => (line) => lines.push([level, line]);
      const logger = Object.fromEntries(["debug", "info", "warn", "error"].map((level) => [level, log(level)]));
      const host = `${crypto.randomUUID()}.example.com`;
      const error = await rejection(
        sdk,
        issuer.client({ logger }).tokens.verify(await issuer.sign(), { jwksUri: `https://me:a-secret@${host}/a` }),
      );
      match(error.message, new RegExp(`^token verification: no answer came from ${host}`), "message");
      deepEqual(lines, [["warn", "kinde-edge: token verification: GET /a: failed: connection (attempt 1)"]], "lines");
    },
  },
  {
    name: "a fetch of keys waits for its turn, and a refusal of it renews no token",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const order = [];
      const { serve } = issuer;
      issuer.serve = async (url) => {
        const what = url.endsWith("jwks.json") ? "keys" : "call";
        order.push(`${what} begins`);
        await new Promise((resolve) => setTimeout(resolve, 20));
        order.push(`${what} ends`);
        return what === "keys" ? serve() : Response.json({});
      };
      const kinde = issuer.client({ maxConcurrency: 1, accessToken: "a-token" });
      await Promise.all([kinde.business.get(), kinde.tokens.verify(await issuer.sign())]);
      deepEqual(order, ["call begins", "call ends", "keys begins", "keys ends"], "order");

      const other = await makeIssuer(sdk);
      other.serve = () => new Response("", { status: 401 });
      const client = other.client({ clientId: "id", clientSecret: "secret" });
      const error = await rejection(sdk, client.tokens.verify(await other.sign()));
      deepEqual([error.status, other.calls.length], [401, 1], "requests");
    },
  },
  {
    name: "where the issuer's description says, if they are not where Kinde's are",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const { serve } = issuer;
      issuer.serve = (url) =>
        url.endsWith("/.well-known/jwks.json")
          ? new Response("", { status: 404 })
          : url.endsWith("/.well-known/openid-configuration")
            ? Response.json({ issuer: issuer.domain, jwks_uri: "https://keys.example.com/a?b=c" })
            : serve();
      const kinde = issuer.client({ headers: { "x-own": "1" } });
      equal((await kinde.tokens.verify(await issuer.sign())).sub, "kp_1", "subject");
      deepEqual(
        issuer.calls.map(({ url, init }) => [url.replace(issuer.domain, ""), init.headers["x-own"]]),
        [
          ["/.well-known/jwks.json", "1"],
          ["/.well-known/openid-configuration", "1"],
          ["https://keys.example.com/a?b=c", undefined],
        ],
        "requests",
      );
    },
  },
  ...Object.entries({
    "of another issuer": (domain) => ({ issuer: `${domain}.evil.example`, jwks_uri: "https://keys.example.com" }),
    "with a slash more": (domain) => ({ issuer: `${domain}/`, jwks_uri: "https://keys.example.com" }),
    "without jwks_uri": (domain) => ({ issuer: domain }),
    "with a jwks_uri in the clear": (domain) => ({ issuer: domain, jwks_uri: "http://keys.example.com" }),
    "with a jwks_uri of data": (domain) => ({ issuer: domain, jwks_uri: "data:application/json,{}" }),
    "that is none": () => null,
  }).map(([how, body]) => ({
    name: `a description ${how}`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      issuer.serve = (url) =>
        url.endsWith("jwks.json") ? new Response("", { status: 404 }) : Response.json(body(issuer.domain));
      const error = await rejection(sdk, issuer.kinde.tokens.verify(await issuer.sign()));
      deepEqual(
        [error.code, error.message],
        ["decode", "token verification: the issuer's description is not its own (200)"],
        "error",
      );
      equal(issuer.calls.length, 2, "requests");
    },
  })),
  {
    name: "neither keys nor a description",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      issuer.serve = () => new Response("", { status: 404 });
      const error = await rejection(sdk, issuer.kinde.tokens.verify(await issuer.sign()));
      deepEqual([error.code, error.status, issuer.calls.length], ["not_found", 404, 2], "error");
    },
  },
  {
    name: "jwksUri",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const token = await issuer.sign();
      for (const jwksUri of [`https://keys.example.com/${crypto.randomUUID()}`, `${issuer.domain}/keys`]) {
        equal((await issuer.kinde.tokens.verify(token, { jwksUri })).sub, "kp_1", "subject");
        equal(issuer.calls.at(-1).url, jwksUri, "address");
      }
      const local = issuer.client({ domain: "http://localhost:1234" });
      const { sub } = await local.tokens.verify(token, {
        jwksUri: "http://localhost:1234/keys",
        issuer: issuer.domain,
      });
      equal(sub, "kp_1", "subject on one's own machine");
      issuer.serve = () => new Response("", { status: 404 });
      const error = await rejection(
        sdk,
        issuer.kinde.tokens.verify(token, { jwksUri: `https://keys.example.com/${crypto.randomUUID()}` }),
      );
      deepEqual([error.code, issuer.calls.length], ["not_found", 4], "no other place is tried");
    },
  },
];

const limits = [
  {
    name: "aborted already",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const error = await rejection(
        sdk,
        issuer.kinde.tokens.verify(await issuer.sign(), { signal: AbortSignal.abort("enough") }),
      );
      deepEqual([error.code, error.cause, issuer.calls.length], ["aborted", "enough", 0], "error");
    },
  },
  {
    name: "aborted while the keys are fetched; others are not",
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const { serve } = issuer;
      issuer.serve = (_, { signal }) =>
        issuer.calls.length > 1
          ? serve()
          : new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      const token = await issuer.sign();
      const controller = new AbortController();
      const aborted = rejection(sdk, issuer.kinde.tokens.verify(token, { signal: controller.signal }));
      const patient = issuer.kinde.tokens.verify(token);
      setTimeout(() => controller.abort("enough"), 50);
      equal((await aborted).code, "aborted", "code");
      equal((await patient).sub, "kp_1", "subject");
      equal(issuer.calls.length, 2, "requests");
    },
  },
  ...["timeout", "deadline"].map((name) => ({
    name: `${name}: a server that does not answer`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      issuer.serve = () => new Promise(() => {});
      const error = await rejection(sdk, issuer.kinde.tokens.verify(await issuer.sign(), { [name]: 50 }));
      deepEqual(
        [error.code, error.message],
        ["timeout", `token verification: no answer came in 50 ms (${name})`],
        "error",
      );
    },
  })),
  ...Object.entries(signals).map(([name, make]) => ({
    name: `${name} for a signal`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const outcome = await issuer.kinde.tokens.verify(await issuer.sign(), { signal: make() }).then(
        () => "verified",
        (error) => (error instanceof sdk.KindeError ? error.code : String(error)),
      );
      ok(["verified", "aborted", "timeout", "invalid_request"].includes(outcome), outcome);
    },
  })),
];

const options = [
  ...["audience", "issuer"].flatMap((name) =>
    [null, "", 1, {}, [], [""], ["a", 1], [["a"]]].map((value) => ({
      name: `${name} cannot be ${JSON.stringify(value)}`,
      async run({ sdk }) {
        const issuer = await makeIssuer(sdk);
        const error = await rejection(sdk, issuer.kinde.tokens.verify(await issuer.sign(), { [name]: value }));
        equal(error.code, "invalid_request", "code");
        match(
          error.message,
          new RegExp(`^options "${name}": expected a string that is not empty, or an array of such strings, got `),
          "message",
        );
        equal(issuer.calls.length, 0, "requests");
      },
    })),
  ),
  ...["audience", "issuer", "clockTolerance", "algorithms", "type", "jwksUri"].map((name) => ({
    name: `${name} that is undefined, as a variable that is not set`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const error = await rejection(sdk, issuer.kinde.tokens.verify(await issuer.sign(), { [name]: undefined }));
      deepEqual(
        [error.code, error.message, issuer.calls.length],
        ["invalid_request", `options "${name}": is undefined: leave it out, or give it a value`, 0],
        "error",
      );
    },
  })),
  ...Object.entries({
    inherited: () => Object.create({ audience: "another-api" }),
    "not listed": () => Object.defineProperty({}, "audience", { value: "another-api" }),
    "a getter of a class": () =>
      new (class {
        get audience() {
          return "another-api";
        }
      })(),
  }).map(([how, make]) => ({
    name: `an audience that is ${how}`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const error = await rejection(sdk, issuer.kinde.tokens.verify(await issuer.sign(), make()));
      equal(error.reason, "wrong_audience", "reason");
    },
  })),
  ...[["none"], ["HS256"], ["RS256", "HS512"], ["rs256"], "none"].map((algorithms) => ({
    name: `algorithms cannot be ${JSON.stringify(algorithms)}`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const error = await rejection(sdk, issuer.kinde.tokens.verify(await issuer.sign(), { algorithms }));
      equal(error.code, "configuration", "code");
      match(error.message, /^algorithms may be RS256, /, "message");
    },
  })),
  ...[
    ["algorithms", []],
    ["algorithms", 256],
    ["clockTolerance", -1],
    ["clockTolerance", Infinity],
    ["clockTolerance", "60"],
    ["type", ""],
    ["type", 1],
    ["jwksUri", "http://keys.example.com"],
    ["jwksUri", "keys.json"],
    ["jwksUri", ""],
    ["timeout", 0],
    ["deadline", "1s"],
    ["signal", {}],
    ["headers", {}],
    ["permissions", ["a"]],
    ["clock_tolerance", 1],
  ].map(([name, value]) => ({
    name: `${name} cannot be ${JSON.stringify(value) ?? value}`,
    async run({ sdk }) {
      const issuer = await makeIssuer(sdk);
      const error = await rejection(sdk, issuer.kinde.tokens.verify(await issuer.sign(), { [name]: value }));
      deepEqual([error.code, issuer.calls.length], ["invalid_request", 0], "error");
      ok(error.message.startsWith(`options "${name}": `), error.message);
    },
  })),
  ...Object.entries(hostile)
    .filter(([name]) => name !== "undefined")
    .map(([name, make]) => ({
      name: `${name} for the options`,
      async run({ sdk }) {
        const issuer = await makeIssuer(sdk);
        const outcome = await issuer.kinde.tokens.verify(await issuer.sign(), make()).then(
          () => "verified",
          (error) => (error instanceof sdk.KindeError ? error.code : String(error)),
        );
        ok(["verified", "invalid_request"].includes(outcome), outcome);
      },
    })),
];
