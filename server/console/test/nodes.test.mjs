import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { serve } from "./serve.mjs";
import { adminToken, signIn, World } from "./world.mjs";

/** listening starts a TCP server on a free port. */
async function listening(server) {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server.address().port;
}

/** redis starts an empty redis-server. */
async function redis(dir) {
  const probe = createServer();
  const port = await listening(probe);
  await new Promise((resolve) => probe.close(resolve));
  const child = spawn("redis-server", ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", dir], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve, reject) => {
    child.stdout.on("data", (text) => String(text).includes("Ready to accept connections") && resolve());
    child.once("exit", () => reject(new Error("redis-server ended")));
  });
  return { port, stop: () => new Promise((resolve) => child.once("exit", resolve) && child.kill("SIGTERM")) };
}

/** Balancer is a plain TCP balancer: each connection goes to the next node. */
class Balancer {
  nodes = [];
  taken = new Map();
  sockets = new Set();

  async open(urls) {
    this.nodes = urls.map((url) => Number(new URL(url).port));
    let next = 0;
    this.server = createServer((client) => {
      const port = this.nodes[next++ % this.nodes.length];
      this.taken.set(port, (this.taken.get(port) ?? 0) + 1);
      const node = connect(port, "127.0.0.1");
      for (const [from, to] of [[client, node], [node, client]]) {
        this.sockets.add(from);
        from.on("error", () => to.destroy());
        from.on("close", () => this.sockets.delete(from));
        from.pipe(to);
      }
    });
    this.url = "http://127.0.0.1:" + (await listening(this.server));
  }

  /** cut ends all connections, so that the next calls go to other nodes. */
  cut() {
    for (const socket of this.sockets) socket.destroy();
  }

  async close() {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.cut();
    await closed;
  }
}

/** within asks until it is so, for a number of milliseconds. */
async function within(time, isSo) {
  for (const until = performance.now() + time; !(await isSo()); await new Promise((resolve) => setTimeout(resolve, 20))) {
    assert.ok(performance.now() < until, `it is not so after ${time} ms`);
  }
}

let dir, store, nodes, balancer, world;
before(async () => {
  dir = mkdtempSync(join(tmpdir(), "console-nodes-"));
  store = await redis(dir);
  const args = ["--store", `redis://127.0.0.1:${store.port}`, "--admin-token", adminToken, "--key-file", join(dir, "key")];
  // The first one makes the key.
  nodes = [await serve([...args, "--data-dir", join(dir, "0")])];
  nodes.push(...(await Promise.all([1, 2].map((i) => serve([...args, "--data-dir", join(dir, String(i))])))));
  balancer = new Balancer();
  await balancer.open(nodes.map((n) => n.url));
  world = await World.at(balancer.url);
});
after(async () => {
  await world.close();
  await balancer.close();
  const logs = await Promise.all(nodes.map((node) => node.stop()));
  await store.stop();
  rmSync(dir, { recursive: true });
  for (const canary of world.canaries) assert.ok(!logs.join("").includes(canary), "a value is in a log");
});

test("three nodes behind a TCP balancer are one console", async () => {
  const page = await world.page(null);
  await signIn(page, adminToken);
  for (let i = 0; i < 6; i++) {
    balancer.cut();
    await page.reload();
    await page.getByRole("heading", { name: "Secrets" }).waitFor();
  }
  assert.equal(balancer.taken.size, 3, "a node was never asked");

  // What one node stores, the others show.
  await page.getByRole("button", { name: "Add secret" }).click();
  const create = page.getByRole("dialog", { name: "Create secret" });
  world.canaries.add("canary-of-nodes-8e8e");
  await create.getByLabel("Alias").fill("shared");
  await create.getByLabel("Value").fill("canary-of-nodes-8e8e");
  await create.getByRole("button", { name: "Create secret" }).click();
  await create.waitFor({ state: "detached" });
  for (const node of nodes) {
    const start = performance.now();
    await world.api("PUT", "/v1/templates/seen", { template: `stored by ${node.url}` }, {}, node.url);
    for (const other of nodes) await within(1000, async () => (await world.api("GET", "/v1/templates/seen", undefined, {}, other.url)).template === `stored by ${node.url}`);
    await world.api("PATCH", "/v1/secrets/shared", { description: `edited at ${node.url}` }, {}, node.url);
    balancer.cut();
    await page.reload();
    await page.getByRole("row").filter({ hasText: "shared" }).getByText(`edited at ${node.url}`).waitFor();
    console.log(`another node's edit is on the page after ${Math.round(performance.now() - start)} ms, reload included`);
  }

  // A rotated value is what every node sends, within a second.
  world.canaries.add("canary-of-rotation-8e8e");
  for (const node of nodes) assert.equal((await world.api("POST", "/v1/render", { template: "<<Secrets.shared>>" }, {}, node.url)).output, "canary-of-nodes-8e8e");
  await world.api("PATCH", "/v1/secrets/shared", { value: "canary-of-rotation-8e8e" }, {}, nodes[0].url);
  const sent = async (node) => (await world.api("POST", "/v1/render", { template: "<<Secrets.shared>>" }, {}, node.url)).output;
  for (const node of nodes) await within(1000, async () => (await sent(node)) === "canary-of-rotation-8e8e");

  // A session that ends on one node has ended on all, and one whose token is revoked too.
  const [{ name, value }] = (await page.context().cookies()).filter((c) => c.name.includes("session"));
  const asSession = (node) => fetch(node.url + "/v1/secrets", { headers: { Cookie: `${name}=${value}` } });
  for (const node of nodes) assert.equal((await asSession(node)).status, 200);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  for (const node of nodes) await within(5000, async () => (await asSession(node)).status === 401);
  await world.unseen(page);
  await page.context().close();
});

test("the console goes on when a node ends", async () => {
  const page = await world.page(null);
  await signIn(page, adminToken);
  const [gone] = balancer.nodes.splice(0, 1);
  balancer.cut();
  await nodes.find((n) => n.url.endsWith(":" + gone)).stop();
  for (const place of ["Templates", "Audit", "Secrets"]) {
    await page.getByRole("link", { name: place }).click();
    await page.getByRole("table", { name: place }).waitFor();
    assert.equal(await page.getByRole("alert").count(), 0);
  }
  await page.context().close();
});
