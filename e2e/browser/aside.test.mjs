// A side-talk: a group is asked from a chat that it may not see, its answer comes back
// as a note and goes into the reply by one key. The visitor hears of a colleague what
// the agent tells her, and nothing else of it.
import assert from "node:assert/strict";
import { begin, flow, invite, take } from "./flow.mjs";
import { answer, ask, axe, look, once, openChat, say } from "./world.mjs";

const question = "canary-question: may she return the grinder after 40 days?";
const answered = "canary-answer: yes, for 60 days, if it is unused.";
const further = "canary-further: and without the receipt?";
const then = "canary-then: with the card's bill.";
const line = "I have asked a colleague; this may take a moment.";
const reply = "Yes, you can return it, for 60 days.";

/** looksEverywhere looks at a screen on a desk, a tablet and a phone, light and dark. */
async function looksEverywhere(page, name) {
  const before = page.viewportSize();
  for (const [width, height] of [
    [1440, 900],
    [1024, 768],
    [390, 844],
  ]) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await look(page, `${name}-${width}-${colorScheme}`);
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(before);
}

/** slips lets a page's clock run ahead, from its next visit on. */
const slips = (page) =>
  page.addInitScript(() => {
    const real = Date.now;
    Date.now = () => real() + (globalThis.ahead ?? 0);
  });

/** The page's clock runs ahead until the server's time corrects it. */
const ahead = (page) => page.evaluate(() => (globalThis.ahead = (globalThis.ahead ?? 0) + 100_000));

/** It runs ahead until what that brings is shown: a frame that comes meanwhile corrects it. */
async function aheadUntil(page, shown) {
  for (let left = 4; ; left--) {
    await ahead(page);
    try {
      return await shown.waitFor({ timeout: 3000 });
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

/** billing is a group with a channel of its own, whose only member may not look into the chats of the other one. */
async function billing(ada, bilal) {
  const { groups } = await ask(ada, "GET", "/v1/admin/groups");
  const idOf = async (page) => (await ask(page, "GET", "/v1/me")).me.id;
  await ask(ada, "PATCH", `/v1/admin/groups/${groups[0].id}`, { policy: "group" });
  const { id } = await ask(ada, "POST", "/v1/admin/groups", { name: "Billing", policy: "group" });
  const only = (agent) => ({ members: [{ agent, class: "normal" }] });
  await ask(ada, "PUT", `/v1/admin/groups/${groups[0].id}/members`, only(await idOf(ada)));
  await ask(ada, "PUT", `/v1/admin/groups/${id}/members`, only(await idOf(bilal)));
  return id;
}

/** asked is the newest question in billing's channel, as who is in it reads it. */
async function asked(bilal, group) {
  const { talks } = await ask(bilal, "GET", "/v1/talks");
  const talk = talks.find((t) => t.talk.group === group).conversation.id;
  const { events } = await ask(bilal, "GET", `/v1/talks/${talk}`);
  const said = events.findLast((e) => e.body.side);
  return { talk, seq: said.seq, side: said.body.side };
}

flow("a group is asked from a chat that it may not see, and its answer goes into the reply", async (world) => {
  world.secrets.push(question, answered, further, then, '"side_talks":', '"kind":"side.');
  const ada = await begin(world);
  const bilal = await invite(world, ada, {
    name: "Bilal Haddad",
    email: "bilal.canary@acme.example",
    password: "nine umbrellas on a roof",
  });
  const group = await billing(ada, bilal);
  await slips(ada);
  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, "Can I return my grinder?");
  await ada.goto("/");
  await take(world, ada, "Can I return my grinder?");
  await answer(ada, "Let me see");
  await once(chat.getByRole("log"), "Let me see");

  const region = ada.getByRole("region", { name: "Conversation", exact: true });
  await region.getByRole("heading", { level: 1 }).click();
  await ada.keyboard.press("c");
  const dialog = ada.getByRole("dialog", { name: "Ask colleagues about this conversation" });
  await dialog.getByRole("radio", { name: /^Billing/ }).check();
  await dialog.getByRole("textbox", { name: "Question" }).fill(question);
  await dialog.getByRole("button", { name: "Ask", exact: true }).click();
  await dialog.getByText("Some in Billing may not see this conversation.").waitFor();
  await axe(ada, "the question to who may not see the chat");
  await looksEverywhere(ada, "aside-ask");
  await dialog.getByRole("button", { name: "Ask anyway" }).click();
  await dialog.waitFor({ state: "detached" });
  const strip = ada.getByRole("region", { name: "Questions to colleagues" });
  await strip.getByText(/^You asked Billing/).waitFor();
  await axe(ada, "a question that waits");

  await aheadUntil(ada, strip.getByText(/^Billing has not answered yet/));
  assert.equal(await strip.getByRole("textbox").inputValue(), line);
  await looksEverywhere(ada, "aside-slow");
  await aheadUntil(ada, strip.getByRole("button", { name: /^Tell the visitor/ }));
  await region.getByRole("heading", { level: 1 }).click();
  await ada.keyboard.press("g");
  await once(chat.getByRole("log"), line);
  await strip.getByText("The visitor knows that it takes a moment.").waitFor();

  const to = await asked(bilal, group);
  const key = () => bilal.evaluate(() => crypto.randomUUID());
  await ask(bilal, "POST", `/v1/talks/${to.talk}/messages`, { key: await key(), text: answered, reply_to: to.seq });
  await strip.getByText("Bilal Haddad answered").waitFor();
  await once(ada.getByRole("article"), answered);
  await axe(ada, "an answer");
  await looksEverywhere(ada, "aside-answered");
  await strip.getByRole("button", { name: "Ask further" }).click();
  await strip.getByRole("textbox", { name: "Further question to Billing" }).fill(further);
  await looksEverywhere(ada, "aside-further");
  await ada.keyboard.press("Enter");
  await strip.getByText(/^You asked Billing/).waitFor();
  await once(ada.getByRole("article"), further);
  await ask(bilal, "POST", `/v1/talks/${to.talk}/messages`, { key: await key(), text: then, reply_to: to.seq });
  await strip.getByText("Bilal Haddad answered").waitFor();
  await once(ada.getByRole("article"), then);
  const given = ada.getByRole("article").filter({ hasText: answered });
  await given.getByRole("button", { name: "Save as reply draft" }).click();
  await ada.getByText("It is a draft of a saved reply now; whoever oversees the group can publish it.").waitFor();
  const { replies } = await ask(ada, "GET", "/v1/saved-replies");
  assert.deepEqual(
    replies.map((r) => [r.name, r.text, r.draft, r.origin.kind]),
    [["canary-question: may she return the", answered, true, "side_talk"]],
  );
  await region.getByRole("heading", { level: 1 }).click();
  await ada.keyboard.press("f");
  const box = ada.getByRole("textbox", { name: /^Write to/ });
  await ada.waitForFunction((text) => [...document.querySelectorAll("textarea")].some((t) => t.value === text), then);
  assert.equal(await box.inputValue(), then);
  await strip.waitFor({ state: "detached" });
  await answer(ada, reply);
  await once(chat.getByRole("log"), reply);
  assert.equal((await asked(bilal, group)).side.state, "used");

  const id = to.side.conversation;
  const { open } = await ask(bilal, "GET", `/v1/reference?conversation=${id}`);
  assert.equal(open, false, "who was asked sees of the chat what his own rights allow");
  await assert.rejects(ask(bilal, "GET", `/v1/conversations/${id}`), /404/);
  assert.equal(await chat.getByText("canary").count(), 0);
  return [[visitor, ["Let me see", line, reply]]];
});

const which = "canary-which: which invoice?";
const wrong = "canary-wrong: no, never.";
const cleo = { name: "Cleo Marsh", email: "cleo.canary@acme.example", password: "seven kettles in a row" };
const slow = "Colleagues have not answered yet; the visitor does not know";

/** replyTo writes under the question in the talk, by the button on its card. */
async function replyTo(bilal, words) {
  await bilal.getByRole("log").getByRole("button", { name: "Answer", exact: true }).first().click();
  const box = bilal.getByRole("textbox", { name: /^Write in/ });
  await box.fill(words);
  await box.press("Enter");
  await once(bilal.getByRole("log"), words);
}

flow("an answer is asked back, taken back, and the question goes along with a chat that is passed on", async (world) => {
  world.secrets.push(question, which, further, wrong, '"side_talks":', '"kind":"side.');
  const ada = await begin(world);
  const bilal = await invite(world, ada, {
    name: "Bilal Haddad",
    email: "bilal.canary@acme.example",
    password: "nine umbrellas on a roof",
  });
  const colleague = await invite(world, ada, cleo);
  const group = await billing(ada, bilal);
  const { me, team } = await ask(ada, "GET", "/v1/inbox");
  const support = (await ask(ada, "GET", "/v1/admin/groups")).groups.find((g) => g.id !== group).id;
  const her = team.find((a) => a.name === cleo.name).id;
  const members = [me.id, her].map((agent) => ({ agent, class: "normal" }));
  await ask(ada, "PUT", `/v1/admin/groups/${support}/members`, { members });
  await slips(colleague);
  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, "Can I return my grinder?");
  await ada.goto("/");
  await take(world, ada, "Can I return my grinder?");
  const id = new URL(ada.url()).pathname.split("/").at(-1);
  const act = (page, path, body) => ask(page, "POST", path, { key: crypto.randomUUID(), ...body });
  await act(ada, `/v1/conversations/${id}/ask`, { text: question, group, confirmed: true });
  const strip = ada.getByRole("region", { name: "Questions to colleagues" });
  await strip.getByText(/^You asked Billing/).waitFor();

  const to = await asked(bilal, group);
  await bilal.goto(`/talks/${to.talk}`);
  const card = bilal.getByRole("log").getByRole("status").first();
  await bilal.getByText("About a conversation that you may not see").waitFor();
  await card.getByText("Waits for an answer").waitFor();
  await looksEverywhere(bilal, "aside-card");
  await replyTo(bilal, which);
  await card.getByText("You answered").waitFor();
  await strip.getByText("Bilal Haddad answered").waitFor();

  await strip.getByRole("button", { name: "Ask further" }).click();
  await strip.getByRole("textbox", { name: "Further question to Billing" }).fill(further);
  await ada.keyboard.press("Enter");
  await once(bilal.getByRole("log"), further);
  await card.getByText("Waits for an answer").waitFor();
  await replyTo(bilal, wrong);
  await strip.getByText("Bilal Haddad answered").waitFor();
  await once(ada.getByRole("article"), wrong);
  await look(ada, "aside-answer-wrong");
  const said = bilal.getByRole("log").getByText(wrong);
  await said.hover();
  await bilal.locator(".line").filter({ hasText: wrong }).last().getByRole("button", { name: "More", exact: true }).click();
  await bilal.getByRole("menuitem", { name: "Take back" }).click();
  await strip.getByText(/^You asked Billing/).waitFor();
  await card.getByText("Waits for an answer").waitFor();
  await ada.getByRole("article").getByText(wrong).waitFor({ state: "detached" });
  await ada.getByRole("link").filter({ hasText: wrong }).waitFor({ state: "detached" });

  await colleague.goto("/");
  await act(ada, `/v1/conversations/${id}/transfer`, { to: { kind: "agent", agent: her }, reason: "hers" });
  await act(colleague, `/v1/conversations/${id}/accept`, {});
  const row = colleague.getByRole("link").filter({ hasText: slow });
  await aheadUntil(colleague, row.first());
  await looksEverywhere(colleague, "aside-row");
  await aheadUntil(colleague, row.first());
  await row.first().click();
  const hers = colleague.getByRole("region", { name: "Questions to colleagues" });
  await hers.getByText(/^Ada Lindqvist asked Billing/).waitFor();
  await aheadUntil(colleague, hers.getByRole("button", { name: /^Tell the visitor/ }));
  await hers.getByRole("button", { name: /^Tell the visitor/ }).click();
  await once(chat.getByRole("log"), line);
  await row.first().waitFor({ state: "detached" });
  assert.equal(await chat.getByText("canary").count(), 0);
  return [[visitor, [line]]];
});
