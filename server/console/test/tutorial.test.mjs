// docs/tutorial.md, done as it says: its commands by a shell, its steps by a browser.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync, symlinkSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { serve } from "./serve.mjs";
import { World } from "./world.mjs";

const root = new URL("../../../", import.meta.url);
const text = (path) => readFileSync(new URL(path, root), "utf8");

// Values that the tutorial types: they show where it says so and nowhere else.
const values = ["first-key-of-the-weather", "second-key-of-the-weather", "first-key-of-the-maps", "second-key-of-the-maps"];

/** things are what the tutorial does, in its order. */
function things() {
  const found = [];
  for (const [, session, step] of text("docs/tutorial.md").matchAll(/^```console\n([^]*?)^```$|^- (.*)$/gm)) {
    if (step) found.push({ step });
    else for (const [, command, output] of session.matchAll(/^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm)) found.push({ command, output });
  }
  return found;
}

/** Shell is one shell, so that what one command exports the next one has. */
class Shell {
  constructor(dir) {
    this.child = spawn("bash", ["--noprofile", "--norc"], { cwd: dir, stdio: ["pipe", "pipe", "pipe"] });
    this.said = "";
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on("data", (text) => { this.said += text; this.heard?.(); });
  }

  async run(command) {
    const mark = "the-command-has-ended";
    this.said = "";
    this.child.stdin.write(`{ ${command}\n} 2>&1; echo; echo ${mark}\n`);
    while (!this.said.includes(mark)) await new Promise((resolve) => (this.heard = resolve));
    return this.said.slice(0, this.said.indexOf(mark)).trim();
  }

  end() {
    this.child.stdin.end();
    return new Promise((resolve) => this.child.once("exit", resolve));
  }
}

// `...` stands for any text.
const pattern = (output) => new RegExp("^" + output.trim().split("...").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("[^]*") + "$");

test("the tutorial does what it says", async () => {
  const dir = mkdtempSync(join(tmpdir(), "tutorial-"));
  mkdirSync(join(dir, "bin"));
  symlinkSync(process.env.SOTTO, join(dir, "bin", "sotto"));
  const shell = new Shell(dir);
  let server, world, page, steps = 0, commands = 0;

  const actions = [
    [/^Open `(.*)`\.$/, (address) => page.goto(address.replace("http://127.0.0.1:8080", world.url))],
    [/^Type the admin token into \*\*(.*)\*\*\.$/, (label) => page.getByLabel(label, { exact: true }).fill(readFileSync(join(dir, "sotto-data/admin.token"), "utf8").trim())],
    [/^Type `(.*)` into \*\*(.*)\*\*\.$/, (text, label) => page.getByLabel(label, { exact: true }).fill(text)],
    [/^Write `(.*)` into \*\*(.*)\*\*\.$/, async (text, label) => {
      await page.getByRole("textbox", { name: label, exact: true }).click();
      await page.keyboard.insertText(text);
    }],
    [/^Choose \*\*(.*)\*\*\.$/, (name) => page.getByRole("link", { name, exact: true }).click()],
    [/^Press \*\*(.*)\*\*\.$/, async (name) => {
      const dialog = page.getByRole("dialog");
      await ((await dialog.count()) > 0 ? dialog : page).getByRole("button", { name, exact: true }).click();
    }],
    [/^Press \*\*(.*)\*\* of `(.*)`\.$/, (name, row) => page.getByRole("row").filter({ hasText: row }).getByRole("button", { name, exact: true }).click()],
    [/^See `(.*)` in \*\*(.*)\*\*\.$/, async (text, label) => {
      const field = page.getByLabel(label, { exact: true });
      for (const until = Date.now() + 5000; (await field.inputValue()) !== text; ) {
        assert.ok(Date.now() < until, `${label} does not show ${text}`);
        await page.waitForTimeout(20);
      }
    }],
    [/^See `(.*?)`\.?$/, (text) => page.locator(":visible").getByText(text).first().waitFor()],
  ];

  try {
    for (const { step, command, output } of things()) {
      if (command === "make run") {
        assert.match(text("Makefile"), /^run: build .*\n\tbin\/sotto serve$/m, "make run does not start the server that is tested");
        server = await serve(["--data-dir", join(dir, "sotto-data")]);
        world = await World.at(server.url);
        page = await world.page(null);
      } else if (command) {
        const got = await shell.run(command.replaceAll("http://127.0.0.1:8080", world.url));
        assert.match(got, pattern(output), `$ ${command}`);
        commands++;
      } else {
        const action = actions.find(([words]) => words.test(step));
        assert.ok(action, `nobody knows how to do: ${step}`);
        await action[1](...action[0].exec(step).slice(1)).catch((e) => assert.fail(`${step}\n${e}`));
        steps++;
      }
    }
    assert.ok(steps > 30 && commands > 10, `${steps} steps, ${commands} commands`);
    await page.goto(world.url + "/console/#/health");
    const kept = await page.evaluate(() => document.documentElement.outerHTML + JSON.stringify(localStorage) + JSON.stringify(sessionStorage));
    for (const value of values) assert.ok(!kept.includes(value), "a value stays in the page");
  } finally {
    await shell.end();
    await world?.close();
    const log = (await server?.stop()) ?? "";
    rmSync(dir, { recursive: true });
    for (const value of values) assert.ok(!log.includes(value), "a value is in the log");
  }
});
