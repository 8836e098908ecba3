import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { adminToken, World } from "./world.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let world;
before(async () => {
  world = await World.open();
  await world.secret("weather_key", "canary-of-weather-5d20", { description: "the weather's" });
  await world.secret("Billing", { user: "canary-of-billing-77aa" });
  await world.api("PUT", "/v1/templates/greeting", { template: "Hello {{ name }}, <<Secrets.weather_key>>!", sample_vars: { name: "Ada" }, description: "A greeting" });
  await world.api("PUT", "/v1/flows/call", {
    expressions: { header: "`Bearer ${secrets.weather_key}`", body: { expression: "({ city, at: 1.0 })", language: "js" } }, sample_vars: { city: "Bern" }, description: "Calls the weather",
  });
});
after(() => world.close());

const pages = {
  secrets: (page) => page.getByRole("table", { name: "Secrets" }).waitFor(),
  templates: (page) => page.getByRole("table", { name: "Templates" }).waitFor(),
  "templates/greeting": (page) => page.getByText("Hello Ada, [secrets.weather_key]!").waitFor(),
  flows: (page) => page.getByRole("table", { name: "Flows" }).waitFor(),
  "flows/call": (page) => page.getByRole("table", { name: "Trace" }).waitFor(),
  expressions: async (page) => {
    await page.getByRole("textbox", { name: "Expression" }).click();
    await page.keyboard.insertText('"Bearer " + secrets.weather_key');
    await page.getByRole("table", { name: "Trace" }).waitFor();
  },
  redact: (page) => page.getByRole("button", { name: "Redact" }).waitFor(),
  tokens: (page) => page.getByRole("button", { name: "Create token" }).waitFor(),
  audit: (page) => page.getByRole("table", { name: "Audit" }).waitFor(),
  health: (page) => page.getByText("Ready.").waitFor(),
};

async function check(page, what) {
  // By the browser's own door: the page's policy takes no script from elsewhere.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  assert.deepEqual(violations.map((v) => `${what}: ${v.id}: ${v.nodes.map((n) => n.target + " " + n.failureSummary).join("; ")}`), []);
}

for (const scheme of ["light", "dark"]) {
  test("axe finds nothing, in " + scheme, async () => {
    const page = await world.page(null, { colorScheme: scheme, viewport: { width: 1200, height: 760 } });
    await check(page, "sign in");
    await shot(page, "sign-in", scheme);
    await page.getByLabel("Token").fill(adminToken);
    await page.getByRole("button", { name: "Sign in" }).click();
    for (const [place, ready] of Object.entries(pages)) {
      await page.goto(world.url + "/console/#/" + place);
      await ready(page);
      await check(page, place);
      await shot(page, place.replace(/\/.*/, "-editor"), scheme);
    }
    await page.goto(world.url + "/console/#/secrets");
    await page.getByRole("button", { name: "Add secret" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Create secret" }).click();
    await check(page, "create secret");
    await shot(page, "create-secret", scheme);
    await world.unseen(page);
    await page.context().close();
  });
}

async function shot(page, name, scheme) {
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}-${scheme}.png` });
}

test("nothing is cut off at 360 px", async () => {
  const page = await world.page(adminToken, { viewport: { width: 360, height: 640 } });
  for (const [place, ready] of Object.entries(pages)) {
    await page.goto(world.url + "/console/#/" + place);
    await ready(page);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 360, `${place} is ${wide} px wide`);
  }
  await page.context().close();
});

test("the keyboard alone makes and archives a secret", async () => {
  const page = await world.page(null);
  const reach = async (name) => {
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press("Tab");
      const here = await page.evaluate(() => document.activeElement?.textContent?.trim() || document.activeElement?.id);
      if (here === name) return;
    }
    assert.fail("Tab does not come to " + name);
  };
  await page.getByLabel("Token").focus();
  await page.keyboard.type(adminToken);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Add secret" }).waitFor();
  await reach("Add secret");
  await page.keyboard.press("Enter");
  world.canaries.add("canary-of-keys-1100");
  await page.keyboard.type("by_keyboard");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.type("canary-of-keys-1100");
  await reach("Create secret");
  await page.keyboard.press("Enter");
  await page.getByRole("row").filter({ hasText: "by_keyboard" }).waitFor();
  await world.unseen(page);
  await page.context().close();
});

test("a session that ends under one's hands loses nothing that was typed", async () => {
  const token = await world.api("POST", "/v1/tokens", { role: "admin", scope: "default" });
  const page = await world.page(token.token);
  await page.getByRole("button", { name: "Add secret" }).click();
  const create = page.getByRole("dialog", { name: "Create secret" });
  await create.getByLabel("Alias").fill("kept");
  world.canaries.add("canary-of-kept-3c3c");
  await create.getByLabel("Value").fill("canary-of-kept-3c3c");
  await world.api("DELETE", "/v1/tokens/" + token.id);
  await create.getByRole("button", { name: "Create secret" }).click();
  const again = page.getByRole("dialog", { name: "Your session has ended" });
  const other = await world.api("POST", "/v1/tokens", { role: "admin", scope: "default" });
  await again.getByLabel("Token").fill(other.token);
  await again.getByRole("button", { name: "Sign in" }).click();
  await again.waitFor({ state: "detached" });
  await create.getByRole("button", { name: "Create secret" }).click();
  await page.getByRole("row").filter({ hasText: "kept" }).waitFor();
  await world.unseen(page);
  await page.context().close();
});

test("tokens are made, shown once and revoked; the trail tells; a log is masked", async () => {
  const page = await world.page();
  await page.getByRole("link", { name: "Tokens" }).click();
  await page.getByRole("button", { name: "Create token" }).click();
  const create = page.getByRole("dialog", { name: "Create token" });
  await create.getByLabel("Role").selectOption("render");
  await create.getByLabel("Description").fill("for the batch");
  await create.getByRole("button", { name: "Create token" }).click();
  assert.match(await create.getByLabel("New token").inputValue(), /^sotto_/);
  await create.getByRole("button", { name: "Done" }).click();
  const row = page.getByRole("table", { name: "Tokens" }).getByRole("row").filter({ hasText: "for the batch" });
  await row.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("dialog", { name: "Revoke token" }).getByRole("button", { name: "Revoke token" }).click();
  await row.waitFor({ state: "detached" });
  await page.getByRole("link", { name: "Audit" }).click();
  await page.getByLabel("What").fill("token.revoke");
  await page.getByRole("button", { name: "Filter" }).click();
  await page.getByRole("table", { name: "Audit" }).getByText("token.revoke").first().waitFor();
  await page.getByRole("link", { name: "Redact" }).click();
  await page.getByLabel("Log").fill("key=canary-of-weather-5d20 sent");
  await page.getByRole("button", { name: "Redact" }).click();
  await page.waitForFunction(() => [...document.querySelectorAll("textarea")].some((t) => t.value === "key=[REDACTED] sent"));
  await page.context().close();
});
