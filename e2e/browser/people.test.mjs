// Colleagues who are called, let in, and who know a visitor from before.
import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { begin, flow, invite, longFlow, take } from "./flow.mjs";
import { answer, ask, look, once, openChat, say } from "./world.mjs";

const ben = { name: "Ben Carter", email: "ben.canary@acme.example", password: "seven herons by the weir" };
const question = "Which VAT number is on my invoice?";

/** The chats of the first group are its members' alone, and Ben is in another one. */
async function apart(inbox) {
  const { groups } = await ask(inbox, "GET", "/v1/admin/groups");
  const { me } = await ask(inbox, "GET", "/v1/me");
  const { id: other } = await ask(inbox, "POST", "/v1/admin/groups", { name: "Finance", policy: "group" });
  const { team } = await ask(inbox, "GET", "/v1/inbox?list=my");
  const colleague = team.find((a) => a.name === ben.name);
  await ask(inbox, "PUT", `/v1/admin/groups/${other}/members`, { members: [{ agent: colleague.id }] });
  await ask(inbox, "PUT", `/v1/admin/groups/${groups[0].id}/members`, { members: [{ agent: me.id }] });
  await ask(inbox, "PATCH", `/v1/admin/groups/${groups[0].id}`, { policy: "group" });
}

flow("a mention asks to let a colleague in, and he reads, writes notes, and goes", async (world) => {
  const inbox = await begin(world);
  const page = await invite(world, inbox, ben);
  await inbox.goto("/");
  await apart(inbox);
  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, question);
  await take(world, inbox, question);
  await page.getByRole("tab", { name: /^All/ }).click();
  assert.equal(await page.getByRole("link").filter({ hasText: question }).count(), 0, "Ben sees what is not for him");

  await inbox.getByRole("button", { name: "Note", exact: true }).click();
  const box = inbox.getByRole("textbox", { name: /^Write a note/ });
  await box.pressSequentially("Please look, @be");
  await inbox
    .getByRole("listbox", { name: "Mention a colleague" })
    .getByRole("option", { name: /Ben Carter/ })
    .waitFor();
  await look(inbox, "mention-picker");
  await box.press("Enter");
  await box.pressSequentially("it is canary-note-vat");
  assert.equal(await box.inputValue(), "Please look, @Ben Carter it is canary-note-vat");
  await box.press("Enter");
  await inbox.getByText("Grant access to this conversation?").waitFor();
  await look(inbox, "mention-grant");
  await inbox.getByRole("button", { name: /^Grant access and send/ }).click();
  await inbox
    .getByRole("article")
    .getByText(/canary-note-vat/)
    .waitFor();
  await inbox.getByRole("button", { name: "End Ben Carter’s access" }).waitFor();
  await look(inbox, "mention-granted");

  await page.getByRole("button", { name: "Mentions: 1 unread" }).click();
  await look(page, "mentions");
  await page.getByRole("link").filter({ hasText: "canary-note-vat" }).click();
  await page.getByText("You are a guest here").waitFor();
  await page.getByRole("button", { name: "Mentions", exact: true }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Join", exact: true }).count(), 0, "a guest is asked to join");
  await page.getByRole("button", { name: "Note", exact: true }).click();
  await answer(page, "It is canary-note-4711");
  await once(inbox.getByRole("article"), "It is canary-note-4711");
  await look(page, "guest");
  await inbox.getByRole("button", { name: "End Ben Carter’s access" }).click();
  await page.getByText("canary-note-4711").waitFor({ state: "detached" });
  await look(page, "guest-gone");

  world.secrets.push("canary-note-vat", "canary-note-4711", "Ben Carter", '"mentions"', '"guests"', '"grant');
  await inbox.getByRole("button", { name: "Reply", exact: true }).click();
  await answer(inbox, "It is on the second page");
  await once(chat.getByRole("log"), "It is on the second page");
  return [[visitor, ["It is on the second page"]]];
});

longFlow("who helped before gets a quiet card, and his context reaches the lead", async (world) => {
  const inbox = await begin(world);
  const page = await invite(world, inbox, ben);
  await inbox.goto("/");
  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, question);
  await take(world, page, question);
  await page.getByRole("button", { name: "Note", exact: true }).click();
  await answer(page, "canary-context: exempt from VAT");
  await once(page.getByRole("article"), "canary-context: exempt from VAT");
  await page.getByRole("button", { name: "Reply", exact: true }).click();
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await page.getByRole("button", { name: "Close all the same" }).click();
  await page
    .getByText(/closed/i)
    .first()
    .waitFor();

  await say(chat, "One more question");
  await inbox.getByRole("tab", { name: /^Queue/ }).click();
  await inbox.getByRole("link").filter({ hasText: "One more question" }).click();
  await inbox.getByRole("button", { name: "Take", exact: true }).click();
  await inbox.getByRole("textbox", { name: /^Write to/ }).waitFor();
  const card = page.getByRole("article", { name: /^Your customer ·/ });
  await card.getByText(/is with Ada Lindqvist now/).waitFor();
  await look(page, "known-card");
  await card.getByRole("button", { name: "Offer context" }).click();
  const text = card.getByRole("textbox");
  await text.press("Escape");
  await card.getByRole("button", { name: "Offer context" }).click();
  await card.getByRole("button", { name: "Cancel" }).click();
  await card.getByRole("button", { name: "Offer context" }).click();
  assert.match(await text.inputValue(), /canary-context: exempt from VAT/);
  await text.fill("canary-context: still exempt");
  for (const [width, height] of [
    [1440, 900],
    [1024, 768],
    [390, 844],
  ]) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await look(page, `known-offer-${width}-${colorScheme}`);
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await card.getByRole("button", { name: "Whisper to Ada Lindqvist" }).click();
  await card.waitFor({ state: "detached" });
  await once(inbox.getByRole("article"), "canary-context: still exempt");
  await inbox.getByRole("article").filter({ hasText: "canary-context: still exempt" }).getByText("Whisper").waitFor();
  await look(inbox, "known-received");

  world.secrets.push("canary-context", '"knows', '"mentions"');
  await answer(inbox, "You are exempt, so there is none");
  await once(chat.getByRole("log"), "You are exempt, so there is none");
  return [[visitor, ["You are exempt, so there is none"]]];
});

/** Somebody who types a name and an address, and writes. */
async function writes(world, site, name, text) {
  const token = randomBytes(32).toString("base64url");
  const headers = { "content-type": "application/json", origin: world.server.url, authorization: `Bearer ${token}`, "earshot-site": site };
  const body = JSON.stringify({ key: randomUUID(), text, name, email: "mia@home.example", url: `${world.stranger.url}/` });
  const response = await fetch(`${world.server.url}/v1/visitor/messages`, { method: "POST", headers, body });
  assert.equal(response.status, 201, await response.text());
}

longFlow("two visitors of one address are linked by hand, and that is undone", async (world) => {
  const inbox = await begin(world);
  const { sites } = await ask(inbox, "GET", "/v1/admin/sites");
  await writes(world, sites[0].key, "Mia", "From my desk");
  await writes(world, sites[0].key, "Mia on the train", "From my phone");
  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, question);
  await take(world, inbox, question);
  await answer(inbox, "One moment");
  await once(chat.getByRole("log"), "One moment");

  await inbox.getByRole("link").filter({ hasText: "From my desk" }).click();
  await inbox.getByRole("heading", { name: "Maybe the same person" }).waitFor();
  await look(inbox, "person-maybe");
  await inbox.getByRole("button", { name: "Link with Mia on the train as the same person" }).click();
  const undo = inbox.getByRole("button", { name: "Undo the link with Mia on the train" });
  await undo.waitFor();
  await inbox.getByText("Ada Lindqvist linked this visitor with another one as the same person").waitFor();
  await look(inbox, "person-linked");
  await undo.click();
  await inbox.getByRole("heading", { name: "Maybe the same person" }).waitFor();
  world.secrets.push("person.", "Mia on the train", "mia@home.example");
  return [[visitor, ["One moment"]]];
});
