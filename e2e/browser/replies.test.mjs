// Saved replies: written once, found by a slash, filled in, sent, counted; suggested and published; brought in from a file.
import assert from "node:assert/strict";
import { begin, flow, invite, longFlow, take } from "./flow.mjs";
import { look, once, openChat, say } from "./world.mjs";

const ben = { name: "Ben Carter", email: "ben.canary@acme.example", password: "seven herons by the weir" };
const question = "Where is my money?";

/** Writes a reply on the page of saved replies and stays there. */
async function writes(page, { tab, name, text, place }) {
  await page.getByRole("button", { name: tab, exact: true }).click();
  await page.getByRole("button", { name: "New reply" }).click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  if (place !== undefined) await page.getByLabel("For whom").selectOption({ label: place });
  await page.getByLabel("Text", { exact: true }).fill(text);
}

async function asks(world) {
  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, question);
  return { visitor, chat };
}

const options = (page) => page.getByRole("listbox", { name: "Saved replies" }).getByRole("option");

flow("a slash finds a saved reply; what is blank is not sent; what was sent is counted", async (world) => {
  const inbox = await begin(world);
  await inbox.goto("/settings/replies");
  await inbox.getByText("You have saved no reply of your own yet.").waitFor();
  await look(inbox, "replies-empty");
  await writes(inbox, { tab: "Team", name: "canary-refund", text: "Hello {{visitor.first_name|there}}, we write to {{visitor.mail}}." });
  await inbox.getByText("There is no variable {{visitor.mail}}.").waitFor();
  await inbox.getByLabel("Text", { exact: true }).fill("Hello {{visitor.first_name|there}}, we write to {{visitor.email}}.");
  await inbox.getByText("Hello Mia, we write to mia@example.com.").waitFor();
  await inbox.getByLabel("for a visitor who has told nothing").check();
  await inbox.getByText("Hello there, we write to {{visitor.email}}.").waitFor();
  await look(inbox, "replies-editor");
  await inbox.getByRole("button", { name: "Save", exact: true }).click();
  await inbox.getByRole("heading", { name: "canary-refund" }).waitFor();
  await look(inbox, "replies-team");

  await inbox.goto("/");
  const { visitor, chat } = await asks(world);
  await take(world, inbox, question);
  const box = inbox.getByRole("textbox", { name: /^Write to/ });
  await box.pressSequentially("/ref");
  await options(inbox).filter({ hasText: "canary-refund" }).waitFor();
  await look(inbox, "replies-picker");
  await box.press("Escape");
  await options(inbox).first().waitFor({ state: "detached" });
  assert.equal(await box.inputValue(), "/ref", "leaving the list changes what was typed");
  await box.fill("");
  await box.pressSequentially("/nothing like it");
  await inbox.getByText("No saved reply has these words.").waitFor();
  await box.press("Enter");
  assert.equal(await box.inputValue(), "/nothing like it", "a search that found nothing was sent");
  await box.fill("");
  await box.pressSequentially("Hi. /ref");
  await options(inbox).first().waitFor();
  await box.press("Enter");
  await inbox.getByText("Still blank, so it is not sent yet.").waitFor();
  assert.equal(await box.inputValue(), "Hi. Hello there, we write to {{visitor.email}}.");
  await look(inbox, "replies-blank");
  await box.press("ControlOrMeta+Enter");
  assert.equal(await box.inputValue(), "Hi. Hello there, we write to {{visitor.email}}.", "a blank was sent");
  // It is marked: typing fills it in.
  await box.pressSequentially("you@home.example");
  await box.press("Enter");
  const told = "Hi. Hello there, we write to you@home.example.";
  await once(chat.getByRole("log"), told);

  await inbox.getByRole("button", { name: "Note", exact: true }).click();
  const note = inbox.getByRole("textbox", { name: /^Write a note/ });
  await note.pressSequentially("/refund");
  await options(inbox).first().waitFor();
  await note.press("Tab");
  await inbox.getByText("Still blank, so it is not sent yet.").waitFor();
  await note.pressSequentially("me@home.example");
  await note.press("Enter");
  await inbox.getByRole("article").getByText("Hello there, we write to me@home.example.", { exact: true }).waitFor();

  await inbox.goto("/settings/replies");
  await inbox.getByRole("button", { name: "Usage", exact: true }).click();
  const row = inbox.getByRole("row", { name: /canary-refund/ });
  await row.getByRole("button", { name: "2", exact: true }).click();
  assert.match(await row.innerText(), /100 ?%/u);
  await inbox.getByRole("cell").getByRole("link").waitFor();
  await look(inbox, "replies-usage");
  world.secrets.push("canary-refund", "saved_replies");
  return [[visitor, [told]]];
});

longFlow("a colleague suggests a reply, it is published, and he uses it without loading anew; a file brings others", async (world) => {
  const inbox = await begin(world);
  const page = await invite(world, inbox, ben);
  await page.goto("/settings/replies");
  await writes(page, { tab: "Team", name: "canary-way", place: "The whole team", text: "Turn left at the mill." });
  await page.getByText("You suggest it; an owner or admin publishes it.").waitFor();
  await look(page, "replies-suggest");
  await page.getByRole("button", { name: "Suggest", exact: true }).click();
  await page.getByRole("button", { name: /^Drafts/ }).click();
  await page.getByText("Suggested by you").waitFor();
  const { visitor, chat } = await asks(world);
  await page.goto("/");
  await take(world, page, question);
  const box = page.getByRole("textbox", { name: /^Write to/ });
  await box.pressSequentially("/mill");
  await page.getByText("There are no saved replies yet.").waitFor();

  await inbox.goto("/settings/replies");
  await inbox.getByRole("button", { name: /^Drafts/ }).click();
  await inbox.getByText("Suggested by Ben Carter").waitFor();
  await look(inbox, "replies-drafts");
  await inbox.getByRole("button", { name: "Look at it" }).click();
  await inbox.getByRole("button", { name: "Publish", exact: true }).click();
  await inbox.getByText("Nothing waits to be published.").waitFor();

  await box.fill("");
  await box.pressSequentially("/mill");
  await options(page).filter({ hasText: "canary-way" }).waitFor();
  await box.press("Enter");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await once(chat.getByRole("log"), "Turn left at the mill.");

  await inbox.getByRole("button", { name: "Mine", exact: true }).click();
  const file = (csv) =>
    inbox.locator("input[type=file][accept*=csv]").setInputFiles({ name: "r.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await file("scope,name,text\nown,hours,We open at 9\nteam,,x\n");
  await inbox.getByText("1 row cannot be imported, so nothing is.").waitFor();
  await inbox.getByText("Row 3").waitFor();
  await look(inbox, "replies-import");
  assert.equal(await inbox.getByRole("button", { name: "Import", exact: true }).getAttribute("aria-disabled"), "true");
  await inbox.getByRole("button", { name: "Cancel" }).click();
  await file("scope,name,text\nown,hours,We open at 9\n");
  await inbox.getByRole("button", { name: "Import", exact: true }).click();
  await inbox.getByRole("heading", { name: "hours" }).waitFor();
  const download = inbox.waitForEvent("download");
  await inbox.getByRole("button", { name: "Export as CSV" }).click();
  let got = "";
  for await (const chunk of await (await download).createReadStream()) got += chunk;
  assert.equal(got, "\ufeffscope,group,name,language,text\nown,,hours,,We open at 9\nteam,,canary-way,,Turn left at the mill.\n");
  world.secrets.push("canary-way");
  return [[visitor, ["Turn left at the mill."]]];
});
