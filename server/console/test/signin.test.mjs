import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { serve } from "./serve.mjs";
import { adminToken, World } from "./world.mjs";

let world;
before(async () => {
  world = await World.open();
});
after(() => world.close());

const link = /open\s+(http:\/\/127\.0\.0\.1:\d+)(\/console\/#\/sign-in\/([\w-]{22}))\s/;

test("on a terminal the server prints a link that signs in once, by a button that names the token", async () => {
  const server = await serve(["--data-dir", world.dir + "/terminal", "--log-level", "debug"], { terminal: true, until: link });
  const [, url, path, code] = server.found;
  try {
    assert.match(server.said(), /curl -s [^]*The console is at http:\/\/127\.0\.0\.1:\d+\/console\//);
    const asked = [];
    const page = await (await world.browser.newContext()).newPage();
    page.setDefaultTimeout(5000);
    page.on("request", (request) => asked.push(request.method() + " " + request.url()));
    await page.goto(url + path);
    const button = page.getByRole("button", { name: "Sign in as admin for all scopes" });
    await button.waitFor();
    assert.ok(!page.url().includes(code), "the code stays in the address");
    assert.ok(!asked.some((request) => request.includes("POST") && request.includes("/console/session")), "a look uses the code up");
    // Another browser, which has the page open as well, comes second.
    const late = await (await world.browser.newContext()).newPage();
    await late.goto(url + path);
    await late.getByRole("button", { name: "Sign in as admin for all scopes" }).waitFor();
    await button.click();
    await page.getByRole("heading", { name: "Secrets" }).waitFor();
    await page.goBack();
    assert.ok(!page.url().includes(code), "the code stays in the history");
    await late.getByRole("button", { name: "Sign in as admin for all scopes" }).click();
    await late.getByRole("alert").getByText("This link is wrong, has been used").waitFor();
    await late.getByRole("button", { name: "Use a token instead" }).click();
    await late.getByLabel("Token").waitFor();
    for (const request of asked) assert.ok(!request.includes(code), "the code is in an address");
    assert.equal(server.said().split(code).length, 2, "the code is printed once, and logged nowhere");
    await page.context().close();
    await late.context().close();
  } finally {
    await server.stop();
  }
});

for (const [name, args, terminal] of [
  ["where its output is kept", [], false],
  ["on an address that others reach", ["--listen", "0.0.0.0:0"], true],
  ["behind another address", ["--public-url", "https://sotto.example.com"], true],
]) {
  test("there is no link " + name, async () => {
    const server = await serve(["--data-dir", world.dir + "/none", "--admin-token", adminToken, ...args], { terminal, until: /(The console is at \S+)/ });
    // What is printed behind the address would be there once the server answers.
    const port = /:(\d+)\/console/.exec(server.said())[1];
    await fetch(`http://127.0.0.1:${port}/healthz`);
    const log = await server.stop();
    assert.doesNotMatch(server.said() + log, /sign-in/);
  });
}
