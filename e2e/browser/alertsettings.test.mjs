// How a workspace, a group and an agent decide about alerts: each in the settings, kept
// over a reload, in every size and both themes.
import assert from "node:assert/strict";
import { begin, flow, take } from "./flow.mjs";
import { answer, ask, look, once, openChat, say } from "./world.mjs";

const sizes = { wide: [1440, 900], middle: [1024, 768], narrow: [390, 844] };

/** The screen in every size and both themes. */
async function everywhere(page, name) {
  for (const [size, [width, height]] of Object.entries(sizes)) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await look(page, `${name}-${size}-${colorScheme}`);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(wider, 0, `${name} is wider than a ${size} page by ${wider}`);
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
}

flow("an admin decides when alerts climb, a group where its notices go, an agent how they sound", async (world) => {
  const inbox = await begin(world);
  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, "Does it reach you?");
  await inbox.goto("/");
  await take(world, inbox, "Does it reach you?");
  await answer(inbox, "It does.");
  await once(chat.getByRole("log"), "It does.");

  await inbox.goto("/settings/alerts");
  await inbox.getByText("Mail is not configured").waitFor();
  const colleague = inbox.getByLabel("A colleague after: A visitor waits");
  assert.equal(await colleague.inputValue(), "45");
  await everywhere(inbox, "alert-steps");
  await colleague.fill("5");
  await inbox.getByText("Each step comes later than the one before it.").waitFor();
  await colleague.fill("30");
  await inbox.getByRole("button", { name: "Save", exact: true }).click();
  await inbox.getByRole("button", { name: "Discard changes" }).waitFor({ state: "detached" });
  await inbox.getByLabel("Show the beginning of what was written").check();
  await inbox.getByText("Saved").first().waitFor();
  await inbox.reload();
  await colleague.waitFor();
  assert.equal(await colleague.inputValue(), "30");
  assert.equal(await inbox.getByLabel("Show the beginning of what was written").isChecked(), true);

  const { groups } = await ask(inbox, "GET", "/v1/admin/groups");
  await inbox.goto(`/settings/groups/${groups[0].id}/notices`);
  await inbox.getByLabel("Address of the webhook").fill("https://hooks.acme.example/services/canary-secret");
  await inbox.getByLabel("Something was not noticed and went to the supervisors").uncheck();
  await inbox.getByRole("button", { name: "Save", exact: true }).click();
  await inbox.getByText("It leads to hooks.acme.example").waitFor();
  await inbox.getByRole("button", { name: "Send a test" }).click();
  await inbox.getByRole("heading", { name: "Last notices" }).waitFor();
  await everywhere(inbox, "alert-hook");
  const kept = await ask(inbox, "GET", `/v1/admin/groups/${groups[0].id}/hook`);
  assert.deepEqual(kept.kinds, ["queue", "help", "promise"]);
  assert.ok(!JSON.stringify(kept).includes("canary-secret"), "the address of a webhook is answered");

  await inbox.goto("/settings/account");
  await inbox.getByLabel("Tone: A visitor waits").selectOption({ label: "Bell" });
  await inbox.getByLabel("Repeat: A visitor waits").check();
  await inbox.getByRole("button", { name: "Play: A visitor waits" }).click();
  await inbox.getByText("Sounds of an open page").scrollIntoViewIfNeeded();
  await everywhere(inbox, "alert-sounds");
  await inbox.reload();
  const tone = inbox.getByLabel("Tone: A visitor waits");
  await tone.waitFor();
  assert.equal(await tone.inputValue(), "bell");
  assert.equal(await inbox.getByLabel("Repeat: A visitor waits").isChecked(), true);

  const context = await world.browser.newContext({
    baseURL: world.server.url,
    locale: "de",
    colorScheme: "dark",
    viewport: { width: 1440, height: 900 },
    storageState: await inbox.context().storageState(),
  });
  const german = await context.newPage();
  await german.goto("/settings/alerts");
  await german.getByText("Wenn es niemand bemerkt").waitFor();
  await look(german, "alert-steps-german");
  await german.goto("/settings/account");
  await german.getByText("Töne der offenen Seite").scrollIntoViewIfNeeded();
  await look(german, "alert-sounds-german");
  await german.goto(`/settings/groups/${groups[0].id}/notices`);
  await german.getByText("Adresse des Webhooks").waitFor();
  await look(german, "alert-hook-german");
  await context.close();
  return [[visitor, ["It does."]]];
});
