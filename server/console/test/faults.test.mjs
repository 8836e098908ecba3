import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { adminToken, World } from "./world.mjs";

let world, page;
before(async () => {
  world = await World.open();
  for (const alias of ["edited", "archived", "deleted", "used"]) await world.secret(alias, "canary-of-" + alias + "-40d1");
  await world.api("POST", "/v1/tokens", { role: "preview", scope: "default", description: "to be revoked" });
  await world.api("PUT", "/v1/templates/mail", { template: "Hello <<Secrets.used>>" });
  await world.api("PUT", "/v1/templates/mail", { template: "Good day <<Secrets.used>>" });
  await world.api("PUT", "/v1/flows/call", { expressions: { header: "secrets.used" } });
  page = await world.page(adminToken);
  await page.clock.install();
  page.setDefaultTimeout(3000);
});
after(() => world.close());

const words = "the words of the server";
const typed = "<img src=x onerror=owned=1> \u202edesrever\u0007";

// What the server, or what is before it, may do in the middle of a call.
const faults = {
  forbidden: { status: 403, code: "forbidden", told: "The words of the server. What you typed is still here: ask an admin" },
  conflict: { status: 409, code: "in_use", told: "The words of the server" },
  changed: { status: 412, code: "version_conflict", told: "look at what is stored now before you do it again" },
  limited: { status: 429, code: "rate_limited", told: "try again in 7 s" },
  broken: { status: 500, code: "internal", told: "tell an admin the request's id of-this-request" },
  "no problem at all": { status: 502, body: "<h1>canary of a proxy</h1>", told: "The server answered with the status 502" },
  refused: { told: "The server did not answer. What you typed is still here: try again." },
  silent: { silent: true, told: "The server did not answer. What you typed is still here: try again." },
  unknown: { status: 401, code: "unauthorized", told: "sign in, and do it again" },
};

const row = (text) => page.getByRole("row").filter({ hasText: text });
const visit = (place) => page.goto(world.url + "/console/#/" + place);
const secrets = async (alias, action) => {
  await visit("secrets");
  await row(alias).getByRole("button", { name: action, exact: true }).click();
};

// Each dialog, and each page that asks for something to be done: how it is opened, what
// is typed, the call that it makes, its button, and what shows that it was done.
const dialogs = {
  "Create secret": {
    open: async () => {
      await visit("secrets");
      await page.getByRole("button", { name: "Add secret" }).click();
    },
    fields: { Alias: "created", Value: "canary-of-created-40d1", Description: typed },
    call: ["POST", /\/v1\/secrets$/],
    conflict: { code: "alias_taken", errors: [{ code: "alias_taken", message: words, field: "alias" }] },
    done: () => row("created").waitFor(),
  },
  "Update secret": {
    open: () => secrets("edited", "Edit"),
    fields: { Value: "canary-of-update-40d1", Description: typed },
    call: ["PATCH", /\/v1\/secrets\/edited$/],
    done: () => row("edited").getByText("U+202E").waitFor(),
  },
  "Archive secret": {
    open: () => secrets("archived", "Archive"),
    fields: {},
    call: ["POST", /\/v1\/secrets\/archived\/archive/],
    done: () => page.getByText("Secret archived is archived.").waitFor(),
  },
  "Delete secret": {
    open: () => secrets("deleted", "Delete"),
    fields: { "Type the alias to confirm": "deleted" },
    call: ["DELETE", /\/v1\/secrets\/deleted/],
    done: () => page.getByText("Secret deleted is deleted.").waitFor(),
  },
  "Create token": {
    open: async () => {
      await visit("tokens");
      await page.getByRole("button", { name: "Create token" }).click();
    },
    fields: { Scope: "default", Description: typed, Expires: "2099-01-01T00:00" },
    call: ["POST", /\/v1\/tokens$/],
    done: () => page.getByRole("dialog").getByLabel("New token").waitFor(),
  },
  "Revoke token": {
    open: async () => {
      await visit("tokens");
      await row("to be revoked").getByRole("button", { name: "Revoke" }).click();
    },
    fields: {},
    call: ["DELETE", /\/v1\/tokens\//],
    done: () => row("to be revoked").waitFor({ state: "detached" }),
  },
  Reveal: {
    open: async () => {
      await visit("templates/mail");
      await page.getByRole("button", { name: "Test send" }).click();
    },
    fields: {},
    call: ["POST", /\/v1\/render$/],
    done: () => page.getByRole("dialog").getByText("Good day canary-of-used-40d1").waitFor(),
  },
  "Restore this version": {
    open: async () => {
      await visit("templates/mail");
      await page.getByRole("button", { name: "History" }).click();
      await page.getByRole("dialog").locator("ins").waitFor();
    },
    fields: {},
    call: ["POST", /\/versions\/1\/restore/],
    done: () => page.getByText("Version 3 is saved").waitFor(),
  },
  "Save of a template": {
    press: "Save",
    open: () => visit("templates/mail"),
    fields: { Description: typed, Note: typed, "Sample variables": '{"n": 9007199254740993}' },
    call: ["PUT", /\/v1\/templates\/mail/],
    changed: "Somebody else saved this template meanwhile",
    done: () => page.getByText("Version 4 is saved").waitFor(),
  },
  "Save of a flow": {
    press: "Save",
    open: () => visit("flows/call"),
    fields: { Description: typed, Note: typed, "Sample variables": '{"n": 9007199254740993}' },
    call: ["PUT", /\/v1\/flows\/call/],
    changed: "Somebody else saved this flow meanwhile",
    done: () => page.getByText("Version 2 is saved").waitFor(),
  },
  Redact: {
    open: () => visit("redact"),
    fields: { Log: "key=canary-of-used-40d1" },
    call: ["POST", /\/v1\/redact$/],
    done: () => page.waitForFunction(() => [...document.querySelectorAll("textarea")].some((t) => t.value === "key=[REDACTED]")),
  },
};

for (const [name, dialog] of Object.entries(dialogs)) {
  test(`${name}: whatever the server does, it is told and nothing typed is lost`, async () => {
    await dialog.open();
    const place = dialog.press || name === "Redact" ? page.getByRole("main") : page.getByRole("dialog");
    const button = place.getByRole("button", { name: dialog.press ?? name, exact: true });
    for (const [label, text] of Object.entries(dialog.fields)) await place.getByLabel(label, { exact: true }).fill(text);
    let answer = null, asked = 0;
    const between = async (route) => {
      const [method, address] = dialog.call;
      if (route.request().method() !== method || !address.test(route.request().url()) || isPreview(route.request())) return route.fallback();
      asked++;
      return answer(route);
    };
    await page.route("**", between);
    const typedIsThere = async (fault) => {
      for (const [label, text] of Object.entries(dialog.fields)) {
        assert.equal(await place.getByLabel(label, { exact: true }).inputValue(), text, `${label} after ${fault}`);
      }
      const seen = await page.locator("body").innerText();
      assert.ok(!seen.includes("canary"), "a value shows after " + fault);
    };
    for (const [fault, f] of Object.entries(faults)) {
      const before = asked;
      const problem = { type: "x", title: "x", status: f.status, code: f.code, detail: words, request_id: "of-this-request", ...(fault === "conflict" ? dialog.conflict : {}) };
      answer = (route) => {
        if (f.silent) return; // never answered
        if (!f.status) return route.abort("connectionrefused");
        return route.fulfill({
          status: f.status, headers: { "Retry-After": "7" },
          ...(f.body ? { contentType: "text/html", body: f.body } : { contentType: "application/problem+json", body: JSON.stringify(problem) }),
        });
      };
      await button.click();
      if (f.silent) {
        await isSlow(place);
        await button.click({ force: true }); // it says that it is disabled
        await page.clock.fastForward(31_000);
      }
      await place.getByText((fault === "changed" && dialog.changed) || f.told).first().waitFor();
      assert.equal(asked, before + 1, "pressed once more while the first call is on its way it asks again");
      if (f.status === 401) {
        const again = page.getByRole("dialog", { name: "Your session has ended" });
        await again.getByLabel("Token").fill(adminToken);
        await again.getByRole("button", { name: "Sign in" }).click();
        await again.waitFor({ state: "detached" });
      }
      await typedIsThere(fault);
    }
    // An answer that comes late is as good as any.
    const arrived = new Promise((resolve) => (answer = resolve));
    await button.click();
    const route = await arrived;
    await isSlow(place);
    await route.continue();
    await dialog.done();
    await page.unroute("**", between);
    assert.equal(await page.evaluate(() => window.owned), undefined);
    await page.keyboard.press("Escape");
  });
}

async function isSlow(place) {
  await page.clock.fastForward(2000);
  await place.getByText("The server is slow to answer").waitFor();
}

// What a preview asks is no part of a test send.
const isPreview = (request) => request.url().endsWith("/v1/render") && request.postDataJSON()?.mode === "preview";

const reads = {
  secrets: [/\/v1\/secrets\?/, "secrets"],
  templates: [/\/v1\/templates\?/, "templates"],
  "a template": [/\/v1\/templates\/mail\?/, "templates/mail"],
  flows: [/\/v1\/flows\?/, "flows"],
  tokens: [/\/v1\/tokens\?/, "tokens"],
  audit: [/\/v1\/audit\?/, "audit"],
  health: [/\/readyz$/, "health"],
};

for (const [name, [address, place]] of Object.entries(reads)) {
  test(`the page of ${name} tells why it has nothing to show`, async () => {
    const fresh = await page.context().newPage();
    fresh.setDefaultTimeout(5000);
    await fresh.route(address, (route) => route.abort("connectionrefused"));
    await fresh.goto(world.url + "/console/#/" + place);
    await fresh.getByRole("alert").getByText("The server did not answer").waitFor();
    await fresh.unroute(address);
    await fresh.getByRole("button", { name: /Try again|Look again|Filter/ }).click();
    await fresh.getByRole("alert").waitFor({ state: "detached" });
    await fresh.close();
  });
}

test("a server that fails while one signs in leaves the token in its field", async () => {
  const page = await world.page(null);
  await page.getByLabel("Token").fill(adminToken);
  await page.route("**/console/session", (route) => route.abort("connectionrefused"));
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("The server did not answer").waitFor();
  assert.equal(await page.getByLabel("Token").inputValue(), adminToken);
  await page.unroute("**/console/session");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  await page.context().close();
});
