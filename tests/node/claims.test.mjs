// kinde-edge/claims: what a token says, from Kinde's several ways to say it.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { hostile } from "../lib/hostile.mjs";
import { isSet, PACKAGE, project } from "../lib/hosts.mjs";

const HASURA = "https://hasura.io/jwt/claims";

if (isSet(PACKAGE)) {
  const folder = await project({ "claims.mjs": `export * from "kinde-edge/claims";` });
  const claims = await import(pathToFileURL(join(folder, "claims.mjs")).href);

  /** Each line: what is called with which arguments, and what it gives. */
  const says = (name, rows) =>
    test(name, () => {
      for (const [args, expected] of rows) assert.deepEqual(claims[name](...args), expected, JSON.stringify(args));
    });

  says("organization", [
    [[{ org_code: "org_1" }], "org_1"],
    [[{ org_code: null, "x-hasura-org-code": "org_2" }], "org_2"],
    [[{ [HASURA]: { "x-hasura-org-code": "org_3" } }], "org_3"],
    [[{ org_code: "org_1", "x-hasura-org-code": "org_2" }], "org_1"],
    [[{ org_code: 1 }], undefined],
    [[{}], undefined],
  ]);
  says("organizations", [
    [[{ org_codes: ["a", "b"] }], ["a", "b"]],
    [[{ "x-hasura-org-codes": ["a"] }], ["a"]],
    [[{ org_codes: ["a", 1, null] }], ["a"]],
    [[{ org_codes: "a" }], []],
  ]);
  says("organizationName", [
    [[{ org_code: "a", org_name: "Acme" }], "Acme"],
    [[{ org_code: "a", "x-hasura-org-name": "Acme" }], "Acme"],
    [[{ org_code: "a", org_name: "Acme" }, "a"], "Acme"],
    [[{ org_code: "a", org_name: "Acme" }, "b"], undefined],
    [[{ org_code: "b", organizations: [{ id: "a", name: "Acme" }, null, { id: "b", name: "Beta" }] }], "Beta"],
    [[{ org_code: "b", "x-hasura-organizations": [{ id: "a", name: "Acme" }] }, "a"], "Acme"],
    [[{ organizations: [{ id: "a", name: "Acme" }] }], undefined],
    [[{ organizations: [{ name: "Acme" }] }], undefined],
    [[{ org_code: "a", organizations: [{ id: "a", name: 5 }] }], undefined],
    [[{ org_name: "Acme" }], "Acme"],
    [[{ organizations: "a" }, "a"], undefined],
    [[undefined], undefined],
  ]);
  says("permissions", [
    [[{ permissions: ["a", "b"] }], ["a", "b"]],
    [[{ permissions: [], "x-hasura-permissions": ["a"] }], []],
    [[{ [HASURA]: { "x-hasura-permissions": ["a"] } }], ["a"]],
    [[{ permissions: "a" }], []],
    [[{ permissions: null }], []],
  ]);
  says("hasPermission", [
    [[{ permissions: ["a"] }, "a"], true],
    [[{ permissions: ["ab"] }, "a"], false],
    [[{ permissions: "a" }, "a"], false],
    [[{ permissions: [undefined] }, undefined], false],
  ]);
  says("roles", [
    [[{ roles: [{ id: "1", key: "admin", name: "Admin" }] }], [{ id: "1", key: "admin", name: "Admin" }]],
    [[{ roles: ["admin", { key: "owner", id: null }, { id: "2" }, null, 1] }], [{ key: "admin" }, { key: "owner" }]],
    [[{ "x-hasura-roles": ["admin"] }], [{ key: "admin" }]],
    [[{ roles: { key: "admin" } }], []],
  ]);
  says("hasRole", [
    [[{ roles: [{ key: "admin" }] }, "admin"], true],
    [[{ roles: ["admin"] }, "admin"], true],
    [[{ roles: [{ key: "user", id: "admin", name: "admin" }] }, "admin"], false],
  ]);
  says("scopes", [
    [[{ scp: ["a", "b"] }], ["a", "b"]],
    [[{ scp: "a b" }], ["a", "b"]],
    [[{ scope: " a  b " }], ["a", "b"]],
    [[{ scp: null, scope: "a" }], ["a"]],
    [[{ scp: ["a"], scope: "b" }], ["a"]],
    [[{ scope: 1 }], []],
  ]);
  says("hasScope", [
    [[{ scope: "ab c" }, "c"], true],
    [[{ scope: "ab c" }, "a"], false],
  ]);
  const feature_flags = {
    on: { t: "b", v: true },
    off: { t: "b", v: false },
    limit: { t: "i", v: 0 },
    theme: { t: "s", v: "" },
    odd: { t: "b", v: "true" },
    half: { t: "i", v: 0.5 },
    bare: true,
  };
  says("featureFlag", [
    [[{ feature_flags }, "on", false], true],
    [[{ feature_flags }, "off", true], false],
    [[{ feature_flags }, "limit", 5], 0],
    [[{ feature_flags }, "theme", "light"], ""],
    [[{ feature_flags }, "on", 1], 1],
    [[{ feature_flags }, "limit", "5"], "5"],
    [[{ feature_flags }, "odd", false], false],
    [[{ feature_flags }, "half", 1], 1],
    [[{ feature_flags }, "bare", false], false],
    [[{ feature_flags }, "missing", "x"], "x"],
    [[{ feature_flags }, "constructor", "x"], "x"],
    [[{ feature_flags }, "__proto__", "x"], "x"],
    [[{ "x-hasura-feature-flags": feature_flags }, "on", false], true],
    [[{ feature_flags: null }, "on", false], false],
  ]);
  for (const [name, claim] of [
    ["userProperty", "user_properties"],
    ["organizationProperty", "organization_properties"],
    ["applicationProperty", "application_properties"],
  ]) {
    says(name, [
      [[{ [claim]: { city: { v: "Perth" } } }, "city"], "Perth"],
      [[{ [claim]: { city: { v: null } } }, "city"], null],
      [[{ [claim]: { city: "Perth" } }, "city"], undefined],
      [[{ [claim]: {} }, "toString"], undefined],
      [[{ [`x-hasura-${claim.replace("_", "-")}`]: { city: { v: 1 } } }, "city"], 1],
      [[{}, "city"], undefined],
    ]);
  }
  says("entitlement", [
    [
      [{ entitlements: [{ feature_key: "seats", entitlement_limit_max: 5 }] }, "seats"],
      { feature_key: "seats", entitlement_limit_max: 5 },
    ],
    [[{ "x-hasura-entitlements": [{ feature_key: "seats" }] }, "seats"], { feature_key: "seats" }],
    [[{ entitlements: [null, "seats"] }, "seats"], undefined],
    [[{ entitlements: { seats: {} } }, "seats"], undefined],
  ]);

  test("claims of any kind say nothing, and throw nothing", () => {
    const throwing = /throw|revoked|getters/;
    for (const [kind, make] of Object.entries(hostile)) {
      if (throwing.test(kind)) continue;
      for (const name of ["organization", "userProperty", "entitlement"])
        assert.equal(claims[name](make(), "a"), undefined, `${name} of ${kind}`);
      for (const name of ["organizations", "permissions", "roles", "scopes"])
        assert.deepEqual(claims[name](make()), [], `${name} of ${kind}`);
      for (const name of ["hasPermission", "hasRole", "hasScope"])
        assert.equal(claims[name](make(), "a"), false, `${name} of ${kind}`);
      assert.equal(claims.featureFlag(make(), "a", "default"), "default", `featureFlag of ${kind}`);
    }
  });

  test("the same functions with require", () => {
    const required = createRequire(join(folder, "x.cjs"))("kinde-edge/claims");
    assert.deepEqual(Object.keys(required).sort(), Object.keys(claims).sort());
    assert.deepEqual(required.permissions({ permissions: ["a"] }), ["a"]);
  });
}
