import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { World } from "./world.mjs";

let world;
before(async () => {
  world = await World.open();
  await world.secret("weather_key", "canary-of-weather-9f31");
  await world.secret("weather_backup", "canary-of-backup-2b77");
});
after(() => world.close());

const editorOf = (page, name = "Template") => page.getByRole("textbox", { name, exact: true });
const preview = (page) => page.getByRole("region", { name: "Preview" });

async function newTemplate(page, id) {
  await page.getByRole("link", { name: "Templates", exact: true }).click();
  await page.getByRole("button", { name: "New template" }).click();
  await page.getByLabel("Id", { exact: true }).fill(id);
}

test("an author writes a template with lint, completion, Insert and Preview, and saves versions", async () => {
  const author = await world.api("POST", "/v1/tokens", { role: "author", scope: "default" });
  const page = await world.page(author.token);
  await newTemplate(page, "greeting");
  const editor = editorOf(page);
  await editor.click();
  await page.keyboard.type("Hello {{ name }}, <<");
  await page.getByRole("listbox", { name: "Completions" }).getByText("Secrets.weather_key").click();
  await preview(page).getByText("Hello , [secrets.weather_key]").waitFor();
  await page.getByLabel("Sample variables").fill('{"name": "Ada"');
  await page.getByText("an object is not closed").waitFor();
  await page.getByLabel("Sample variables").fill('{"name": "Ada"}');
  await preview(page).getByText("Hello Ada, [secrets.weather_key]").waitFor();

  // A mistake is underlined, with a correction.
  await editor.click();
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.type(" {{ nmae }}");
  await page.locator(".cm-lintRange-warning").waitFor();
  await page.locator(".cm-lintRange-warning").hover();
  await page.getByRole("button", { name: "Change to name" }).click();
  await preview(page).getByText("[secrets.weather_key] Ada").waitFor();

  // Insert fits the place.
  await editor.click();
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.type(" ");
  await page.getByRole("button", { name: "Insert" }).click();
  const insert = page.getByRole("dialog", { name: "Insert" });
  await insert.getByRole("option", { name: "weather_backup" }).waitFor();
  await insert.getByRole("combobox", { name: "Search" }).fill("weather");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await insert.waitFor({ state: "detached" });
  await preview(page).getByText("Ada [secrets.weather_backup]").waitFor();

  await page.getByLabel("Note").fill("the first one");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Version 1 is saved").waitFor();
  await page.getByRole("heading", { name: "greeting" }).waitFor();
  await editorOf(page).click();
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.type("\nBye!");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Version 2 is saved").waitFor();
  await page.getByRole("button", { name: "History" }).click();
  const history = page.getByRole("dialog", { name: "History" });
  await history.getByText("the first one").waitFor();
  await history.locator("ins", { hasText: "Bye!" }).waitFor();
  await history.getByRole("button", { name: "Restore this version" }).click();
  await page.getByText("Version 3 is saved").waitFor();
  assert.ok(!(await editorOf(page).innerText()).includes("Bye!"));
  await page.getByRole("link", { name: "All templates" }).click();
  const row = page.getByRole("table", { name: "Templates" }).getByRole("row").filter({ hasText: "greeting" });
  await row.getByText(author.id).waitFor();
  assert.equal(await page.getByRole("button", { name: "Test send" }).count(), 0);
  await world.unseen(page);
  await page.context().close();
});

test("each context is previewed as it is read, and a mail's scripts do not run", async () => {
  const page = await world.page();
  await newTemplate(page, "contexts");
  await editorOf(page).click();
  await page.keyboard.insertText("<h1>Hi <<Secrets.weather_key>></h1><img src=x onerror=\"top.owned=1;document.title='owned'\"><script>top.owned=1;document.body.textContent='owned'</script>");
  await page.getByLabel("Context").selectOption("html");
  const frame = page.frameLocator("iframe[title='HTML preview']");
  await frame.getByRole("heading", { name: "Hi [secrets.weather_key]" }).waitFor();
  assert.equal(await page.evaluate(() => window.owned), undefined);
  assert.equal(await frame.getByText("owned", { exact: true }).count(), 0);

  await page.getByLabel("Context").selectOption("json");
  await editorOf(page).click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText('{"key": <<Secrets.weather_key>>}');
  await preview(page).locator("pre", { hasText: /^\{\n {2}"key": "\[secrets.weather_key\]"\n\}$/ }).waitFor();

  // Parts are tabs.
  await page.getByRole("button", { name: "Add part" }).click();
  await page.getByLabel("Part", { exact: true }).fill("title");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("tab", { name: "title" }).waitFor();
  await editorOf(page, "Template title").click();
  await page.keyboard.insertText("The title");
  await preview(page).getByText("The title").waitFor();
  await page.getByRole("button", { name: "Rename part" }).click();
  await page.getByLabel("Part", { exact: true }).fill("subject");
  await page.getByRole("button", { name: "Rename", exact: true }).click();
  await preview(page).getByRole("heading", { name: "subject" }).waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Version 1 is saved").waitFor();

  // A test send is shown once, on demand, and the trail says who saw which secret.
  const saw = async () => (await world.api("GET", "/v1/audit?scope=default")).items.filter((e) => e.what === "render").map((e) => [e.who, e.alias, e.outcome]);
  await page.getByRole("button", { name: "Test send" }).click();
  const send = page.getByRole("dialog", { name: "Test send" });
  await send.getByRole("button", { name: "Reveal" }).waitFor();
  assert.deepEqual(await saw(), []);
  await world.unseen(page);
  await send.getByRole("button", { name: "Reveal" }).click();
  await send.getByText("canary-of-weather-9f31").waitFor();
  assert.deepEqual(await saw(), [["admin", "weather_key", "ok"]]);
  await page.keyboard.press("Escape");
  await send.waitFor({ state: "detached" });
  assert.ok(!(await page.content()).includes("canary-of-weather-9f31"));
  await page.getByRole("link", { name: "Audit" }).click();
  await page.getByLabel("Alias").fill("weather_key");
  await page.getByRole("button", { name: "Filter" }).click();
  await page.getByRole("table", { name: "Audit" }).getByRole("row").filter({ hasText: "render" }).getByText("admin").waitFor();
  world.seen = world.seen.filter(([where, text]) => where !== "answer" || !text.includes("canary-of-weather-9f31"));
  await world.unseen(page);
  await page.context().close();
});

test("two browsers edit one template, and nothing is lost", async () => {
  await world.api("PUT", "/v1/templates/shared", { template: "one" });
  const [a, b] = [await world.page(), await world.page()];
  for (const page of [a, b]) {
    await page.goto(world.url + "/console/#/templates/shared");
    await editorOf(page).click();
    await page.keyboard.press("ControlOrMeta+End");
  }
  await a.keyboard.type(" from a");
  await b.keyboard.type(" from b");
  await a.getByRole("button", { name: "Save" }).click();
  await a.getByText("Version 2 is saved").waitFor();
  await b.getByRole("button", { name: "Save" }).click();
  const conflict = b.getByRole("alert", { name: "Conflict" });
  await conflict.getByText("Somebody else saved this template meanwhile: version 2").waitFor();
  await conflict.locator("del", { hasText: "one from a" }).waitFor();
  await conflict.getByRole("button", { name: "Save mine over it" }).click();
  await b.getByText("Version 3 is saved").waitFor();
  assert.equal((await world.api("GET", "/v1/templates/shared")).template, "one from b");
  await a.context().close();
  await b.context().close();
});

test("an expression shows its result and a masked trace, in both languages", async () => {
  const page = await world.page();
  await page.getByRole("link", { name: "Expressions" }).click();
  await page.getByLabel("Sample variables").fill('{"city": "Paris"}');
  const editor = editorOf(page, "Expression");
  await editor.click();
  await page.keyboard.insertText('city + ":" + secrets.weather_key');
  const result = page.getByRole("region", { name: "Result" });
  await result.getByText('"Paris:[secrets.weather_key]"').first().waitFor();
  await page.getByRole("table", { name: "Trace" }).getByRole("row").nth(1).waitFor();
  await page.getByLabel("Language").selectOption("js");
  await editorOf(page, "Expression").click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText("[1, 2].map((n) => n * 2)");
  await result.getByText(/^\[\s+2,\s+4\s+\]$/).first().waitFor();
  await world.unseen(page);
  await page.context().close();
});

test("a keystroke in a template of 200 KB takes less than 50 ms", async () => {
  const line = "Line {{ name }} with <<Secrets.weather_key>> and {% if name %}more{% endif %} text.\n";
  await world.api("PUT", "/v1/templates/large", { template: line.repeat(Math.ceil(200_000 / line.length)) });
  const page = await world.page();
  await page.goto(world.url + "/console/#/templates/large");
  await editorOf(page).click();
  await page.keyboard.press("ControlOrMeta+Home");
  // What a key costs the page is its own time, not that of the machine around it: the
  // median leaves out what stopped all of it.
  const times = await page.evaluate(async () => {
    const target = document.querySelector(".cm-content");
    const times = [];
    for (let i = 0; i < 15; i++) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const start = performance.now();
      document.execCommand("insertText", false, "x");
      await Promise.resolve();
      target.getBoundingClientRect();
      times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b);
  });
  console.log("keystroke in 200 KB, ms: median " + times[7].toFixed(1) + ", worst " + times.at(-1).toFixed(1));
  assert.ok(times[7] < 50, "the median is " + times[7] + " ms");
  await page.context().close();
});
