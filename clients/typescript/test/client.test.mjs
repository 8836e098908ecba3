// The client against a real server; `make clients` names it in SOTTO_SERVER and SOTTO_TOKEN.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { test } from "node:test";
import { inspect } from "node:util";
import { Client, Cut, Problem, Unreachable } from "sotto-client";

const { SOTTO_SERVER: url, SOTTO_TOKEN: token } = process.env;
const value = "tok-4f9a8b2c7d";
const client = () => new Client(url, token, { scope: "node/" + randomUUID() });
const list = async (from) => {
  const all = [];
  for await (const one of from) all.push(one);
  return all;
};

test("a secret from birth to death", async () => {
  const c = client();
  const made = await c.createSecret({ alias: "Key", value, description: "feed" });
  assert.deepEqual([made.alias, made.type, made.version], ["Key", "token", 1]);
  const sent = await c.render({ template: "Bearer <<Secrets.key>>" });
  assert.deepEqual([sent.output, sent.secrets], ["Bearer " + value, ["key"]]);
  assert.equal((await c.evaluate({ expression: '"x-" + secrets.key' })).result, "x-" + value);
  assert.equal((await c.updateSecret("key", { value: "tok-5a0b9c3d8e" })).version, 2);
  assert.equal((await c.archiveSecret("key")).archived, true);
  assert.deepEqual(await list(c.secrets()), []);
  assert.deepEqual((await list(c.secrets({ archived: "only" }))).map((s) => s.alias), ["Key"]);
  assert.equal((await c.restoreSecret("key")).archived, false);
  assert.equal((await c.secret("KEY")).version, 2);
  assert.equal(await c.deleteSecret("key"), undefined);
});

test("templates and lint", async () => {
  const c = client();
  assert.equal((await c.putTemplate("a-b", { template: "Hi {{ name }}" }, { new: true })).version, 1);
  assert.equal((await c.putTemplate("a-b", { template: "Hello {{ name }}" }, { of: 1 })).version, 2);
  await assert.rejects(c.putTemplate("a-b", { template: "lost" }, { of: 1 }), { name: "Problem", status: 412, code: "version_conflict" });
  assert.equal((await c.render({ template_id: "a-b", vars: { name: "Ann" } })).output, "Hello Ann");
  assert.equal((await c.template("a-b")).template, "Hello {{ name }}");
  assert.deepEqual((await list(c.templates())).map((t) => t.id), ["a-b"]);
  await c.deleteTemplate("a-b");
  assert.equal((await c.lint({ template: "{{ secrets.nobody }}" })).valid, false);
});

test("a problem has its code and place", async () => {
  await assert.rejects(client().render({ template: "\n <<Secrets.nobody>>" }), (e) => {
    assert.ok(e instanceof Problem);
    assert.deepEqual([e.status, e.code], [422, "secret_missing"]);
    assert.deepEqual([e.errors[0].line, e.errors[0].column, e.errors[0].alias], [2, 4, "nobody"]);
    return e.message.includes(e.requestId);
  });
});

test("nothing printed holds a value", async () => {
  const c = client();
  await c.createSecret({ alias: "key", value });
  const texts = [inspect(await c.render({ template: "<<Secrets.key>>" })), inspect(c), JSON.stringify(c)];
  texts.push(inspect(await list(c.renderBatch({ template: "<<Secrets.key>>" }, [{ id: 1 }]))));
  for (const call of [
    () => c.createSecret({ alias: "key", value }),
    () => c.createSecret({ alias: "k2", value: { [value]: 1n } }),
    () => c.render({ template: value + "{{" }),
    async () => new Client(url, value + "\n"),
    async () => new Client(value, "t"),
    () => list(c.renderBatch({ template: "x" }, [{ id: 1n, vars: { value } }])),
  ]) {
    await assert.rejects(call, (e) => texts.push(inspect(e, { depth: 9, showHidden: true })) > 0);
  }
  for (const text of texts) assert.ok(!text.includes(value) && !text.includes(token), text);
});

test("a batch streams both ways", async () => {
  const many = 50_000;
  let sent = 0;
  const people = function* () {
    for (; sent < many; sent++) yield { id: sent, vars: { name: "x".repeat(200) } };
  };
  let read = 0;
  let early = false;
  for await (const line of client().renderBatch({ template: "Dear {{ name }}" }, people())) {
    early ||= sent < many;
    assert.equal(line.id, read++);
    assert.equal(line.output.length, 205);
  }
  assert.equal(read, many);
  assert.ok(early, "all was sent before the first answer was read");
});

test("each answer may be waited for", async () => {
  let answered = () => {};
  const people = async function* () {
    for (let n = 0; n < 20; n++) {
      const next = new Promise((resolve) => (answered = resolve));
      yield { id: n, vars: { n } };
      await next;
    }
  };
  const results = [];
  for await (const line of client().evaluateBatch({ expression: "n * 2" }, people())) {
    results.push(line.result);
    answered();
  }
  assert.deepEqual(results, Array.from({ length: 20 }, (_, n) => n * 2));
});

test("what fails stops nobody, and the end counts", async () => {
  const lines = client().renderBatch({ template: "{{ 6 | divided_by: n }}" }, [3, 0, 2].map((n) => ({ id: n, vars: { n } })));
  const got = [await lines.next(), await lines.next(), await lines.next()].map((one) => one.value);
  assert.deepEqual(got.map((line) => line.output), ["2", undefined, "3"]);
  assert.ok(got[1].error.code);
  assert.deepEqual(await lines.next(), { done: true, value: { ok: 2, failed: 1, secrets: [] } });
});

test("a batch that does not begin is a problem", async () => {
  const people = function* () {
    for (let id = 0; id < 100_000; id++) yield { id };
  };
  await assert.rejects(list(client().renderBatch({ template: "{{" }, people())), { name: "Problem", code: "template_syntax" });
});

test("the caller's own error comes through", async () => {
  const people = function* () {
    yield { id: 1 };
    throw new RangeError("the list is gone");
  };
  await assert.rejects(list(client().renderBatch({ template: "x" }, people())), { name: "RangeError", message: "the list is gone" });
});

test("a reader that leaves ends the recipients", async () => {
  let ended = () => {};
  const end = new Promise((resolve) => (ended = resolve));
  const people = function* () {
    try {
      for (let id = 0; ; id++) yield { id };
    } finally {
      ended();
    }
  };
  for await (const line of client().renderBatch({ template: "x" }, people())) {
    assert.equal(line.id, 0);
    break;
  }
  await end;
});

/** serve gives these answers, which a real server has in bad times only. */
async function serve(t, ...answers) {
  const seen = [];
  const server = createServer((request, response) => {
    request.resume();
    seen.push(request.url);
    const [status, headers, body] = answers.shift();
    response.writeHead(status, headers).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => (server.closeAllConnections(), server.close()));
  return { c: new Client(`http://127.0.0.1:${server.address().port}`, "t", { maxWait: 1 }), seen };
}

const busy = [429, { "Retry-After": "0" }, '{"code":"rate_limited","status":429}'];
const down = [503, { "Retry-After": "0" }, '{"code":"resolver_unavailable","status":503}'];
const fine = [200, {}, '{"output":"x"}'];

test("what was not carried out is tried again", async (t) => {
  const { c, seen } = await serve(t, busy, down, fine);
  assert.equal((await c.render({ template: "x" })).output, "x");
  assert.equal(seen.length, 3);
});

test("a change is not tried again where it may have happened", async (t) => {
  const { c, seen } = await serve(t, down, fine);
  await assert.rejects(c.createSecret({ alias: "a", value }), { name: "Problem", code: "resolver_unavailable", retryAfter: 0 });
  assert.equal(seen.length, 1);
});

test("nor after a longer wait than is had", async (t) => {
  const { c, seen } = await serve(t, [429, { "Retry-After": "60" }, busy[2]], fine);
  await assert.rejects(c.render({ template: "x" }), { code: "rate_limited", retryAfter: 60 });
  assert.equal(seen.length, 1);
});

test("a batch without its end is cut", async (t) => {
  const { c } = await serve(t, [200, {}, '{"id":1,"output":"x"}\n']);
  await assert.rejects(list(c.renderBatch({ template: "x" }, [{ id: 1 }])), (e) => e instanceof Cut);
});

test("what is no sotto server is not quoted", async (t) => {
  const { c } = await serve(t, [500, {}, value]);
  await assert.rejects(c.render({ template: "x" }), (e) => e instanceof Unreachable && !inspect(e).includes(value));
});

test("the snippet of the README prints what it says", () => {
  const page = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const [, program, output] = /```js\n(.*?)```\n.*?```text\n(.*?)```/s.exec(page);
  const file = new URL(`./snippet-${process.pid}.mjs`, import.meta.url);
  writeFileSync(file, program.replace('"acme/shop"', JSON.stringify("node/" + randomUUID())));
  try {
    assert.equal(execFileSync(process.execPath, [file.pathname], { encoding: "utf8" }), output);
  } finally {
    rmSync(file);
  }
});
