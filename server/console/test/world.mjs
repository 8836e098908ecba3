// A real server and a real browser, and what is watched in it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import assert from "node:assert/strict";
import { serve } from "./serve.mjs";

export const adminToken = "admin-token-of-the-browser-tests";

/** World is a server with an empty store, and a browser. */
export class World {
  // canaries are values that nobody may see.
  canaries = new Set();
  seen = [];

  static async open(args = []) {
    const world = new World();
    world.dir = mkdtempSync(join(tmpdir(), "console-"));
    world.server = await serve(["--data-dir", world.dir, "--admin-token", adminToken, ...args]);
    return world.at(world.server.url);
  }

  /** at is a browser for servers that run elsewhere. */
  static at(url) {
    return new World().at(url);
  }

  async at(url) {
    this.url = url;
    this.browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
    return this;
  }

  async close() {
    await this.browser.close();
    if (!this.server) return;
    const log = await this.server.stop();
    for (const canary of this.canaries) assert.ok(!log.includes(canary), "a value is in the log");
    rmSync(this.dir, { recursive: true });
  }

  /** api calls the server as an admin. */
  async api(method, path, body, headers = {}, url = this.url) {
    const response = await fetch(url + path, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
      headers: { Authorization: "Bearer " + adminToken, "Content-Type": "application/json", ...headers },
    });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  async secret(alias, value, more = {}) {
    for (const text of typeof value === "string" ? [value] : Object.values(value)) this.canaries.add(text);
    return this.api("POST", "/v1/secrets", { alias, type: typeof value === "string" ? "token" : "json", value, ...more });
  }

  /** page is a new browser's, signed in with the token, if any. */
  async page(token = adminToken, options = {}) {
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(5000);
    this.watch(page);
    await page.goto(this.url + "/console/");
    if (token) await signIn(page, token);
    return page;
  }

  /** watch keeps what the page says and gets, to look for values in it. */
  watch(page) {
    page.on("console", (message) => this.seen.push(["console", message.text()]));
    page.on("pageerror", (error) => this.seen.push(["page error", String(error)]));
    page.on("request", (request) => {
      this.seen.push(["url", request.url()]);
      assert.ok(request.url().startsWith(this.url) || /^(data|blob|about):/.test(request.url()), "a request leaves the origin: " + request.url());
    });
    page.on("response", async (response) => {
      try {
        this.seen.push(["answer", await response.text()]);
      } catch {
        // one without a body, or of a page that is gone
      }
    });
  }

  /** unseen checks that no canary is anywhere that the page could show or keep it. */
  async unseen(page) {
    const kept = await page.evaluate(() => {
      const shadow = [...document.querySelectorAll("input, textarea")].map((e) => e.value);
      return [document.documentElement.outerHTML, location.href, JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie, ...shadow].join("\n");
    });
    for (const canary of [...this.canaries, adminToken]) {
      assert.ok(!kept.includes(canary), "a value is in the page");
      for (const [where, text] of this.seen) assert.ok(!text.includes(canary), "a value is in " + where);
    }
    const errors = this.seen.filter(([where]) => where === "page error");
    assert.deepEqual(errors, []);
  }
}

export async function signIn(page, token) {
  await page.getByLabel("Token", { exact: true }).fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
}
