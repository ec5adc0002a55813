// What stands at a colleague's name, and who does not want to be disturbed.
import assert from "node:assert/strict";
import { begin, flow, invite, take } from "./flow.mjs";
import { answer, ask, look, once, openChat, say } from "./world.mjs";

const ben = { name: "Ben Okafor", email: "ben.canary@acme.example", password: "nine umbrellas on a roof" };

/** Chooses an entry of the menu at one's own name. */
async function choose(page, person, entry) {
  await page.getByRole("button", { name: new RegExp(`^${person}: `) }).click();
  await page.getByRole("menuitem", { name: entry }).click();
}

flow("colleagues see a badge, and who does not want to be disturbed; mentioning him says so", async (world) => {
  const ada = await begin(world);
  const page = await invite(world, ada, ben);
  await page.goto("/");

  await choose(page, ben.name, /^Status text/);
  const dialog = page.getByRole("dialog", { name: "Status text" });
  await dialog.getByRole("button", { name: "Lunch" }).click();
  await look(page, "badge-dialog");
  await dialog.getByRole("button", { name: "Show it" }).click();
  await page.getByRole("button", { name: /🥪 Lunch, until/ }).waitFor();

  await choose(page, ben.name, /^Do not disturb/);
  const quiet = page.getByRole("dialog", { name: "Do not disturb" });
  await look(page, "badge-quiet");
  await quiet.getByRole("button", { name: "Do not disturb" }).click();
  await page.getByRole("button", { name: /do not disturb until/ }).waitFor();
  const { me } = await ask(page, "GET", "/v1/me");
  assert.equal(me.status, "accepting", "it changed how he takes chats");

  // The same on every list of the colleague's.
  await ada.goto("/board");
  await ada
    .getByText(/🥪 Lunch, until/)
    .first()
    .waitFor();
  await look(ada, "badge-board");
  await ask(ada, "POST", "/v1/talks/direct", { key: crypto.randomUUID(), with: [me.id] });
  await ada.goto("/talks");
  await ada.getByRole("link", { name: new RegExp(ben.name) }).click();
  await ada
    .getByText(/🥪 Lunch, until .* do not disturb until/)
    .first()
    .waitFor();
  await look(ada, "badge-talk");

  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, "Hello there");
  await once(chat.getByRole("log"), "Hello there");
  await ada.goto("/");
  await take(world, ada, "Hello there");
  await answer(ada, "Good day");
  await once(chat.getByRole("log"), "Good day");
  await ada.getByRole("button", { name: "Note", exact: true }).click();
  const note = ada.getByRole("textbox", { name: /^Write a note/ });
  await note.pressSequentially("@Be");
  await ada.getByRole("option", { name: /Ben Okafor.*Lunch/ }).waitFor();
  await look(ada, "badge-mention");
  await note.press("Enter");
  await ada.getByText(/^Ben Okafor does not want to be disturbed until .*, and finds it later\.$/).waitFor();
  await look(ada, "badge-called");
  await note.fill("");

  // He ends both, and nothing stands there any more.
  await choose(page, ben.name, /^End .do not disturb/);
  await choose(page, ben.name, /^Status text/);
  await page.getByRole("dialog", { name: "Status text" }).getByRole("button", { name: "Take it off" }).click();
  await page.getByRole("button", { name: new RegExp(`^${ben.name}: Accepting\\.`) }).waitFor();
  await ada.goto("/board");
  await ada.getByText(ben.name).first().waitFor();
  assert.equal(await ada.getByText(/🥪/).count(), 0, "the badge still stands on the board");
  return [[visitor, ["Good day"]]];
});
