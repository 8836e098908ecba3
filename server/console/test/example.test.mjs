// examples/editor, as a page of a product: bundled, behind a server of the product's own.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import { World } from "./world.mjs";

const folder = new URL("../../../examples/editor/", import.meta.url);

let world, product, url;
before(async () => {
  world = await World.open();
  await world.secret("weather_key", "canary-of-weather-1c1c");
  const { token } = await world.api("POST", "/v1/tokens", { role: "preview", scope: "default" });
  const { outputFiles } = await build({ entryPoints: [new URL("editor.ts", folder).pathname], bundle: true, format: "esm", write: false, logLevel: "silent" });
  product = createServer(async (request, response) => {
    const passed = { "/sotto/lint": "/v1/lint", "/sotto/macros": "/v1/macros" }[request.url];
    if (passed) {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const headers = { Authorization: "Bearer " + token, "Content-Type": "application/json" };
      const answer = await fetch(world.url + passed, { method: request.method, headers, body: chunks.length > 0 ? Buffer.concat(chunks) : undefined });
      response.writeHead(answer.status, { "Content-Type": "application/json" }).end(await answer.text());
    } else if (request.url === "/editor.ts") {
      response.writeHead(200, { "Content-Type": "text/javascript" }).end(outputFiles[0].text);
    } else {
      response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(readFileSync(new URL("index.html", folder)));
    }
  });
  await new Promise((resolve) => product.listen(0, "127.0.0.1", resolve));
  url = "http://127.0.0.1:" + product.address().port;
});
after(async () => {
  product.closeAllConnections();
  product.close();
  await world.close();
});

test("the editor works in a page of 30 lines, without the console", async () => {
  assert.ok(readFileSync(new URL("editor.ts", folder), "utf8").trim().split("\n").length <= 30);
  const page = await (await world.browser.newContext()).newPage();
  page.setDefaultTimeout(5000);
  await page.goto(url);
  const editor = page.getByRole("textbox", { name: "Template" });
  await editor.getByText("Secrets.weather_fx").waitFor();
  await page.locator(".cm-lintRange-error").first().hover();
  await page.getByText("weather_fx").last().waitFor();
  await editor.click();
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.type(" <<");
  await page.getByRole("listbox", { name: "Completions" }).getByText("Secrets.weather_key").click();
  await editor.getByText("<<Secrets.weather_key>>").waitFor();
  assert.ok(!(await page.content()).includes("canary"));
  await page.context().close();
});
