// "Fill with examples" and Run, for every operation that deletes nothing, at local Kinde: what is filled in is what
// this tenant has, so the calls succeed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { inOrder } from "../local/tenant.mjs";
import { fillWithExamples, openOperation, openPage, runIt, signIn, startSite } from "./page.mjs";

/** Those for which no other call gives what they need, and why. */
const NEEDS = {
  GetConnectedAppAuthUrl: "the key of a connected app, which no operation lists",
  GetConnectedAppToken: "the session of a connected app",
  RevokeConnectedAppToken: "the session of a connected app",
  GetEvent: "the id of an event, which only a webhook brings",
  tokenRevocation: "a client id and its secret, which are in no browser",
  addAPIApplicationScope: "an application that is authorized for the API, which no list tells",
  UpdateLatestWebHook: "one webhook alone: version 1 of the API changes the only one",
  getOrganizationInvite: "an invitation, of which the organization has none at first",
  getBillingEntitlements: "a billing customer, which no operation lists",
  getBillingAgreements: "a billing customer, which no operation lists",
  createBillingAgreement: "a billing customer, which no operation lists",
  createMeterUsageRecord: "an agreement, which is listed for a known customer only",
  createOrganization: "a billing plan, which no operation lists",
  createApiKey: "scopes of the API that is chosen, which depend on it",
  verifyApiKey: "a key itself, which is shown once, when it is made",
  GetEntitlement: "the key of an entitlement, which the list calls feature_key",
};

let site;
before(async () => (site = await startSite()));
after(() => site?.close());

test("what is filled in is what the tenant has", { timeout: 480_000 }, async (t) => {
  const page = await openPage(t, site, { width: 1440 });
  await signIn(page);
  const failed = [];
  const others = inOrder().filter(({ method }) => method !== "DELETE");
  for (const operation of others) {
    await openOperation(page, operation);
    const fill = page.getByRole("button", { name: "Fill with examples" });
    if ((await fill.count()) > 0) await fillWithExamples(page);
    for (const file of await page.locator("form input[type=file]").all())
      await file.setInputFiles({ name: "logo.png", mimeType: "image/png", buffer: Buffer.from([137, 80, 78, 71]) });
    // Of a form that lacks something, nothing is sent.
    const isComplete = (await page.locator("article.operation form :invalid").count()) === 0;
    const status = isComplete ? await runIt(page) : "not sent";
    if (/^20\d/.test(status)) continue;
    const said = status === "not sent" ? "" : await page.locator(".error").first().innerText();
    failed.push([
      operation.operationId,
      `${operation.operationId}: ${status} ${said.split("\n")[0]} ${await page
        .locator(".line")
        .innerText()
        .catch(() => "")}`,
    ]);
  }
  const unexplained = failed.filter(([id]) => !Object.hasOwn(NEEDS, id)).map(([, text]) => text);
  t.diagnostic(`${others.length - failed.length} of ${others.length} succeed`);
  assert.deepEqual(unexplained, []);
  assert.ok(failed.length <= Object.keys(NEEDS).length);
  assert.deepEqual(page.complaints, []);
});
