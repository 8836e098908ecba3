import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { adminToken, signIn, World } from "./world.mjs";

let world;
before(async () => {
  world = await World.open();
});
after(() => world.close());

test("a wrong token is told, and a right one opens the console", async () => {
  const page = await world.page(null);
  await page.getByLabel("Token").fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText("This token is wrong").waitFor();
  await signIn(page, adminToken);
  await page.getByRole("heading", { name: "Secrets" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Secrets" }).waitFor();
  const kept = await page.evaluate(() => document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage));
  assert.equal(kept, "{}{}");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  await world.unseen(page);
  await page.context().close();
});

test("the life of a secret, from Add to Delete", async () => {
  const page = await world.page();
  await page.getByText("There are no secrets in this scope yet").waitFor();
  await page.getByRole("button", { name: "Add secret" }).click();
  const create = page.getByRole("dialog", { name: "Create secret" });
  await create.getByRole("button", { name: "Create secret" }).click();
  await create.getByText("Secret key is required").waitFor();
  await create.getByText("Secret value is required").waitFor();
  await create.getByLabel("Alias").fill("-wrong");
  await create.getByLabel("Value").fill("password");
  await create.getByText("This is a common value").waitFor();
  await create.getByRole("button", { name: "Create secret" }).click();
  await create.getByText("and not start with -").waitFor();
  world.canaries.add("canary-of-the-dialog-71c2");
  await create.getByLabel("Alias").fill("Weather_Key");
  await create.getByLabel("Value").fill("canary-of-the-dialog-71c2");
  await create.getByLabel("Description").fill("for <b>weather</b><script>document.title='owned'</script>");
  await create.getByRole("button", { name: "Create secret" }).click();
  await create.waitFor({ state: "detached" });
  const row = page.getByRole("table", { name: "Secrets" }).getByRole("row").filter({ hasText: "Weather_Key" });
  await row.getByText("<script>").waitFor();
  assert.notEqual(await page.title(), "owned");
  assert.deepEqual(await page.getByRole("columnheader").allInnerTexts(), [
    "Alias", "Type", "Description", "Created", "Last updated", "Last used", "Status", "Actions",
  ]);

  await page.getByRole("button", { name: "Add secret" }).click();
  await create.getByLabel("Alias").fill("weather_key");
  await create.getByLabel("Value").fill("canary-of-the-dialog-71c2");
  await create.getByRole("button", { name: "Create secret" }).click();
  await create.getByText("The alias is taken").waitFor();
  await page.keyboard.press("Escape");
  await create.waitFor({ state: "detached" });

  await row.getByRole("button", { name: "Edit" }).click();
  const edit = page.getByRole("dialog", { name: "Edit secret" });
  assert.ok(await edit.getByLabel("Alias").isDisabled());
  assert.ok(await edit.getByLabel("Secret type").isDisabled());
  assert.equal(await edit.getByLabel("Value").inputValue(), "");
  await edit.getByRole("button", { name: "Update secret" }).click();
  await edit.getByText("No changes to save").waitFor();
  await edit.getByLabel("Description").fill("for the weather");
  await edit.getByRole("button", { name: "Update secret" }).click();
  await edit.waitFor({ state: "detached" });
  await row.getByText("for the weather").waitFor();

  await row.getByRole("button", { name: "Usage" }).click();
  await page.getByRole("dialog", { name: "Usage" }).getByText("Unused").waitFor();
  await page.keyboard.press("Escape");

  await row.getByRole("button", { name: "Archive" }).click();
  const archive = page.getByRole("dialog", { name: "Archive secret" });
  await archive.getByText("Are you sure you want to archive this secret? Any existing integrations using this secret will no longer function.").waitFor();
  await archive.getByRole("button", { name: "Archive secret" }).click();
  await row.waitFor({ state: "detached" });
  await page.getByLabel("Show archived").check();
  await row.getByText("Archived").waitFor();
  await row.getByRole("button", { name: "Restore" }).click();
  await row.getByText("Active").waitFor();

  await row.getByRole("button", { name: "Delete" }).click();
  const remove = page.getByRole("dialog", { name: "Delete secret" });
  assert.ok(await remove.getByRole("button", { name: "Delete secret" }).isDisabled());
  await remove.getByLabel("Type the alias to confirm").fill("Weather_Key");
  await remove.getByRole("button", { name: "Delete secret" }).click();
  await page.getByText("There are no secrets in this scope yet").waitFor();
  await world.unseen(page);
  await page.context().close();
});

test("what logs mask less is told in words, and an admin says what they show", async () => {
  const page = await world.page();
  await page.getByRole("button", { name: "Add secret" }).click();
  const create = page.getByRole("dialog", { name: "Create secret" });
  await create.getByLabel("Alias").fill("orders_db");
  await create.getByLabel("Secret type").selectOption("JSON");
  await create.getByLabel("Value").fill('{"host": "db.example.com", "user": "svc-orders", "password": "test"}');
  await create.getByRole("button", { name: "Create secret" }).click();
  const told = page.getByRole("list", { name: "Warnings" });
  await told.getByText("The value of password is a common word or very short: logs show it").waitFor();
  const row = page.getByRole("row").filter({ hasText: "orders_db" });
  await row.getByText("Common value: logs may show it").waitFor();
  await row.getByRole("button", { name: "Edit" }).click();
  const edit = page.getByRole("dialog", { name: "Edit secret" });
  await edit.getByRole("list", { name: "Warnings" }).getByText("The value of password").waitFor();
  assert.equal(await edit.getByLabel("Shown in logs").inputValue(), "host, user");
  await edit.getByLabel("Shown in logs").fill("host");
  world.canaries.add("canary-of-orders-29cc");
  await edit.getByLabel("Value").fill('{"host": "db.example.com", "user": "svc-orders", "password": "canary-of-orders-29cc"}');
  await edit.getByRole("button", { name: "Update secret" }).click();
  await edit.waitFor({ state: "detached" });
  assert.equal(await told.count(), 0);
  const { items } = await world.api("GET", "/v1/secrets");
  assert.deepEqual(items.find((s) => s.alias === "orders_db").unmasked, ["host"]);
  await world.unseen(page);
  await page.context().close();
});
