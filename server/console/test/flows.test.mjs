import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { adminToken, World } from "./world.mjs";

let world;
before(async () => {
  world = await World.open();
  await world.secret("weather_key", "canary-of-weather-66ab");
});
after(() => world.close());

const result = (page) => page.getByRole("region", { name: "Result" });

test("an author writes a flow of two languages with lint, Insert, result and trace, and saves versions", async () => {
  const author = await world.api("POST", "/v1/tokens", { role: "author", scope: "default" });
  const page = await world.page(author.token);
  await page.getByRole("link", { name: "Flows" }).click();
  await page.getByText("There are no flows in this scope yet").waitFor();
  await page.getByRole("button", { name: "New flow" }).click();
  await page.getByLabel("Id", { exact: true }).fill("weather");
  await page.getByLabel("Sample variables").fill('{"city": "Bern"}');
  await page.getByRole("textbox", { name: "Expression result" }).click();
  await page.keyboard.insertText('"Bearer " + ');
  await page.getByRole("button", { name: "Insert" }).click();
  const insert = page.getByRole("dialog", { name: "Insert" });
  await insert.getByRole("combobox", { name: "Search" }).fill("weather");
  await insert.getByRole("option", { name: "weather_key" }).waitFor();
  await page.keyboard.press("Enter");
  await result(page).getByText('"Bearer [secrets.weather_key]"').first().waitFor();
  await page.getByRole("button", { name: "Add expression" }).click();
  await page.getByLabel("Expression", { exact: true }).fill("body");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("tabpanel", { name: "body" }).getByLabel("Language").selectOption("js");
  await page.getByRole("textbox", { name: "Expression body" }).click();
  await page.keyboard.insertText("[city, vars.city.length]");
  await result(page).getByRole("heading", { name: "body" }).waitFor();
  await result(page).getByRole("table", { name: "Trace" }).getByRole("row").filter({ hasText: "secrets.weather_key" }).first().waitFor();
  await page.getByRole("textbox", { name: "Expression body" }).click();
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.insertText(" + nobody");
  await page.locator(".cm-lintRange").first().waitFor();
  await page.keyboard.press("ControlOrMeta+z");
  await page.getByLabel("Note").fill("the first one");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Version 1 is saved").waitFor();
  await page.getByLabel("Description").fill("Asks for the weather");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Version 2 is saved").waitFor();
  await page.getByRole("button", { name: "History" }).click();
  const history = page.getByRole("dialog", { name: "History" });
  await history.locator("ins", { hasText: "Asks for the weather" }).waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await page.getByRole("button", { name: "Test send" }).count(), 0);
  await page.getByRole("link", { name: "All flows" }).click();
  await page.getByRole("table", { name: "Flows" }).getByRole("row").filter({ hasText: "weather" }).getByText(author.id).waitFor();
  assert.deepEqual((await world.api("GET", "/v1/flows/weather")).expressions, {
    result: '"Bearer " + secrets.weather_key', body: { expression: "[city, vars.city.length]", language: "js" },
  });
  await world.unseen(page);
  await page.context().close();
});

test("a flow's test send shows its results once", async () => {
  await world.api("PUT", "/v1/flows/sent", { expressions: { header: "`Bearer ${secrets.weather_key}`" } });
  const page = await world.page(adminToken);
  await page.goto(world.url + "/console/#/flows/sent");
  await page.getByRole("button", { name: "Test send" }).click();
  const send = page.getByRole("dialog", { name: "Test send" });
  await world.unseen(page);
  await send.getByRole("button", { name: "Reveal" }).click();
  await send.getByText('"Bearer canary-of-weather-66ab"').waitFor();
  await page.keyboard.press("Escape");
  assert.ok(!(await page.content()).includes("canary-of-weather-66ab"));
  const trail = (await world.api("GET", "/v1/audit?scope=default")).items;
  assert.equal(trail.filter((e) => e.what === "evaluate" && e.alias === "weather_key" && e.who === "admin").length, 1);
  assert.ok(!JSON.stringify(trail).includes("canary"));
  await page.context().close();
});

// What a parser would round, or put in another order.
const exact = '{"b": 9007199254740993, "10": 1.0, "2": 1e400, "a": [-0, 0.1000000000000000055]}';

test("sample variables and JSON secrets keep their numbers and their order", async () => {
  const page = await world.page(adminToken);
  await page.goto(world.url + "/console/#/flows/new");
  await page.getByLabel("Id", { exact: true }).fill("exact");
  await page.getByLabel("Sample variables").fill(exact.replace("1e400", "1e300"));
  await page.getByRole("textbox", { name: "Expression result" }).click();
  await page.keyboard.insertText("vars");
  await result(page).getByText("9007199254740993").first().waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Version 1 is saved").waitFor();
  await page.reload();
  const samples = await page.getByLabel("Sample variables").inputValue();
  assert.equal(samples.replace(/\s+/g, ""), exact.replace("1e400", "1e300").replace(/\s+/g, ""));
  await page.goto(world.url + "/console/#/secrets");
  await page.getByRole("button", { name: "Add secret" }).click();
  const create = page.getByRole("dialog", { name: "Create secret" });
  await create.getByLabel("Alias").fill("exact");
  await create.getByLabel("Secret type").selectOption("JSON");
  await create.getByLabel("Value").fill('{"b": 90071992547409931234, "10": 1.50}');
  await create.getByRole("button", { name: "Create secret" }).click();
  await create.waitFor({ state: "detached" });
  const sent = await world.api("POST", "/v1/render", { template: "<<Secrets.exact>>" });
  assert.equal(sent.output, '{"b":90071992547409931234,"10":1.50}');
  await page.context().close();
});
