// Reading along while somebody types: the visitor's text on sites that say so, and
// the lead's with his consent. What nobody may read never leaves the browser.
import assert from "node:assert/strict";
import { begin, flow, invite, take } from "./flow.mjs";
import { answer, look, once, openChat, say } from "./world.mjs";

const kept = "canary-typed-on-a-quiet-site";
const typed = "Where is my ord";
const draft = "canary-draft: I think we owe her mon";
const later = "canary-draft-after-consent-ended";
const remark = "canary-note-while-typing";

/** The same person with another language and size of screen. */
async function inGerman(world, page, colorScheme, [width, height]) {
  const context = await world.browser.newContext({
    baseURL: world.server.url,
    locale: "de",
    colorScheme,
    viewport: { width, height },
    storageState: await page.context().storageState(),
  });
  const other = await context.newPage();
  await other.goto(page.url());
  return other;
}

const sizes = [
  [1440, 900],
  [1024, 768],
  [390, 844],
];

async function everySize(page, name) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    for (const [width, height] of sizes) {
      await page.setViewportSize({ width, height });
      await look(page, `${name}-${width}-${colorScheme}`);
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1440, height: 900 });
}

/** All that a visitor's browser sends, by socket and by request. */
function recorder(visitor) {
  const sent = [];
  visitor.context.on("page", (page) => {
    page.on("websocket", (socket) => socket.on("framesent", (frame) => sent.push(String(frame.payload))));
    page.on("request", (request) => sent.push(request.postData() ?? ""));
  });
  return sent;
}

flow("what a visitor types is shown where the site says so, and he is told", async (world) => {
  const ada = await begin(world);
  world.secrets.push('"kind":"preview"', '"kind":"reading"', kept);
  await ada.goto("/");
  const visitor = await world.visitor();
  const sent = recorder(visitor);
  let page = await visitor.visit();
  let chat = await openChat(page);
  await say(chat, "Good morning");
  await take(world, ada, "Good morning");
  await answer(ada, "What can I do?");
  await once(chat.getByRole("log"), "What can I do?");

  // The site is silent about it: typing is told, the text is not.
  await chat.getByLabel("Your message").pressSequentially(kept);
  await ada.getByText("is typing …").first().waitFor();
  const telling = () => sent.filter((frame) => frame.includes('"preview"'));
  assert.equal(await chat.getByText("The team can read what you type").count(), 0, "the widget warns of what is not done");
  assert.equal(sent.filter((frame) => frame.includes(kept)).length, 0, "what was typed has left the browser");
  assert.deepEqual(telling(), [], "the widget sends previews though the site is off");
  await chat.getByLabel("Your message").fill("");

  const conversation = ada.url();
  await ada.goto("/settings/sites");
  await ada.getByRole("button", { name: "Edit" }).first().click();
  await ada.getByLabel("Show the team what visitors type before they send it").check();
  await everySize(ada, "settings-preview");
  await ada.getByRole("button", { name: "Save" }).click();
  await ada.getByText("Show the team what visitors type").waitFor({ state: "detached" });
  await ada.goto(conversation);
  await ada.getByRole("textbox", { name: /^Write to/ }).waitFor();

  await page.close();
  page = await visitor.visit();
  chat = await openChat(page);
  await chat.getByText("The team can read what you type here before you send it.").waitFor();
  await look(page, "widget-preview-notice");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 390, height: 844 });
  await look(page, "widget-preview-notice-390-dark");
  await chat.getByLabel("Your message").pressSequentially(typed);
  await once(ada, typed);
  await ada.getByText("is typing, and has not sent this:").waitFor();
  await everySize(ada, "preview");
  for (const [i, size] of sizes.entries()) {
    const colorScheme = i === 0 ? "light" : "dark";
    const german = await inGerman(world, ada, colorScheme, size);
    await german.getByText("hat das noch nicht gesendet").waitFor({ timeout: 15_000 });
    await look(german, `preview-de-${size[0]}-${colorScheme}`);
    await german.context().close();
  }
  assert.ok(telling().length > 0, "the recorder hears no preview: the check above proves nothing");

  await chat.getByLabel("Your message").pressSequentially("er?");
  await chat.getByLabel("Your message").press("Enter");
  await ada.getByRole("article").getByText(`${typed}er?`).waitFor();
  await ada.getByText("is typing, and has not sent this:").waitFor({ state: "detached" });
  return [[visitor, ["What can I do?"]]];
});

flow("a lead who agrees to it is read along by who has the right, until he ends it", async (world) => {
  const sue = await begin(world);
  const bilal = await invite(world, sue, {
    name: "Bilal Haddad",
    email: "bilal.canary@acme.example",
    password: "nine umbrellas on a roof",
  });
  world.secrets.push('"kind":"preview"', '"kind":"reading"', draft, later, remark);
  await bilal.goto("/settings/account");
  await bilal.getByLabel("Colleagues who watch may read what I type to visitors").check();
  await bilal.getByText("Saved").first().waitFor();
  await everySize(bilal, "settings-open-drafts");
  await bilal.goto("/");
  await sue.goto("/");
  const visitor = await world.visitor();
  const page = await visitor.visit();
  const chat = await openChat(page);
  await say(chat, "You have charged me twice");
  await take(world, bilal, "You have charged me twice");
  await answer(bilal, "Let me look");
  await once(chat.getByRole("log"), "Let me look");

  await sue.getByRole("tab", { name: /^All/ }).click();
  await sue.getByRole("link").filter({ hasText: "Let me look" }).first().click();
  await sue.getByRole("button", { name: "Watch", exact: true }).waitFor();
  await bilal.getByText("Who watches and has the right may read what you type.").waitFor();
  await sue.keyboard.press("w");
  await sue.getByText("You watch Bilal Haddad’s chat.").waitFor();
  const box = bilal.getByRole("textbox", { name: /^Write to/ });
  await box.pressSequentially(draft);
  await once(sue, draft);
  await sue.getByText("Bilal Haddad is typing, and has not sent this:").waitFor();
  await bilal.getByText("Somebody who watches reads what you type.").waitFor();
  await everySize(sue, "drafts-watcher");
  await everySize(bilal, "drafts-lead");
  const german = await inGerman(world, bilal, "dark", [390, 844]);
  await german.getByText("Jemand schaut zu und liest, was du tippst.").waitFor();
  await look(german, "drafts-lead-de-390-dark");
  await german.context().close();

  await bilal.getByRole("button", { name: "Stop showing it" }).click();
  await sue.getByText(draft).waitFor({ state: "detached" });
  await box.fill("");
  await box.pressSequentially(later);
  await bilal.getByRole("button", { name: "Note", exact: true }).click();
  await bilal.getByRole("button", { name: "Keep it as a draft" }).click();
  await answer(bilal, remark);
  await once(sue.getByRole("article"), remark);
  assert.equal(await sue.getByText(later).count(), 0, "what he types after he ended it is shown");
  await bilal.goto("/settings/account");
  assert.equal(await bilal.getByLabel("Colleagues who watch may read what I type to visitors").isChecked(), false);
  return [[visitor, ["Let me look"]]];
});
