// Who answers whom: offers that ring, a queue that keeps to an agreement, and the
// board that shows the floor.
import assert from "node:assert/strict";
import { begin, flow, invite, longFlow, openQueued, take, writesNote } from "./flow.mjs";
import { answer, ask, look, once, openChat, owner, say } from "./world.mjs";

const bilal = { name: "Bilal Haddad", email: "bilal.canary@acme.example", password: "nine umbrellas on a roof" };

/** The rules of the one group that a new workspace has. */
async function rules(inbox, more) {
  const { groups } = await ask(inbox, "GET", "/v1/admin/groups");
  await ask(inbox, "PATCH", `/v1/admin/groups/${groups[0].id}`, { rules: { line: "first_line", ...more } });
  return groups[0].id;
}

function status(inbox, to) {
  return ask(inbox, "POST", "/v1/me/status", { status: to });
}

async function timing(inbox, spans) {
  await ask(inbox, "PUT", "/v1/admin/routing", { limit: 4, timing: spans });
}

/** A visitor who has just written. */
async function writes(world, text) {
  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, text);
  await once(chat.getByRole("log"), text);
  return { visitor, chat };
}

const offers = (inbox) => inbox.getByRole("region", { name: "Offers" });
const offer = (inbox, text) => offers(inbox).getByRole("article").filter({ hasText: text });

flow("an offer rings until it is accepted, declined or over, and says why and how", async (world) => {
  const ada = await begin(world);
  const ben = await invite(world, ada, bilal);
  await status(ben, "offline");
  await rules(ada, { distribution: { method: "least_busy" } });
  // The one who waited is offered at once, wherever Ada is just now.
  await offers(ada)
    .getByText(/only one free in/)
    .waitFor();
  await look(ada, "offer-elsewhere");
  await ada.keyboard.press("y");
  await ada.getByRole("textbox", { name: /^Write to/ }).waitFor();
  await ada.getByText(`${owner.name} accepted the conversation`).waitFor();
  await writesNote(world, ada);

  const { visitor, chat } = await writes(world, "Where is my parcel?");
  await offer(ada, "Where is my parcel?").waitFor();
  await look(ada, "offer");
  await ada.keyboard.press("Escape");
  await ada.keyboard.press("x");
  await offer(ada, "Where is my parcel?").waitFor({ state: "detached" });
  await ada.getByRole("tab", { name: /^Queue/ }).click();
  await ada.getByRole("link").filter({ hasText: "Where is my parcel?" }).click();
  await ada.getByText(`${owner.name} declined the offer`).waitFor();
  await status(ben, "accepting");
  await offer(ben, "Where is my parcel?")
    .getByRole("button", { name: /^Accept/ })
    .click();
  await ben.getByRole("textbox", { name: /^Write to/ }).waitFor();
  await answer(ben, "It arrives tomorrow");
  await once(chat.getByRole("log"), "It arrives tomorrow");

  await status(ben, "offline");
  await timing(ada, { offer: 3 });
  await writes(world, "Is anybody there?");
  await offer(ada, "Is anybody there?").waitFor();
  await ada.getByText(/^The offer of .* has expired/).waitFor();
  await offer(ada, "Is anybody there?").waitFor({ state: "detached" });
  return [[visitor, ["It arrives tomorrow"]]];
});

longFlow("it rings for everybody, the first who accepts has it, and the others read who", async (world) => {
  const ada = await begin(world);
  const ben = await invite(world, ada, bilal);
  await rules(ada, { distribution: { method: "ring_all" } });
  for (const inbox of [ada, ben])
    await offers(inbox)
      .getByRole("button", { name: /^Accept/ })
      .waitFor();
  await look(ben, "offer-ring-all");
  await offers(ben)
    .getByRole("button", { name: /^Accept/ })
    .click();
  await ada.getByText(new RegExp(`^${bilal.name} took `)).waitFor();
  await offers(ada)
    .getByRole("button", { name: /^Accept/ })
    .waitFor({ state: "detached" });
  await ben.getByRole("textbox", { name: /^Write to/ }).waitFor();
  await writesNote(world, ben);

  const { visitor, chat } = await writes(world, "And I?");
  await offer(ada, "And I?")
    .getByRole("button", { name: /^Accept/ })
    .click();
  await ada.getByRole("textbox", { name: /^Write to/ }).waitFor();
  await answer(ada, "You were next");
  await once(chat.getByRole("log"), "You were next");
  return [[visitor, ["You were next"]]];
});

longFlow("three offers at once are one card, and the others are a key away", async (world) => {
  const ada = await begin(world);
  await rules(ada, { distribution: { method: "least_busy" } });
  await writes(world, "And I?");
  const { visitor, chat } = await writes(world, "Me too!");
  const cards = offers(ada).getByRole("article");
  const more = offers(ada).getByRole("button", { name: "2 more offers", expanded: false });
  await more.waitFor();
  assert.equal(await cards.count(), 1);
  await look(ada, "offers-one");
  await more.focus();
  await ada.keyboard.press("Enter");
  await cards.nth(2).waitFor();
  await look(ada, "offers-all");
  await offer(ada, "Me too!")
    .getByRole("button", { name: /^Accept/ })
    .click();
  await ada.getByRole("textbox", { name: /^Write to/ }).waitFor();
  await writesNote(world, ada);
  await offers(ada).getByRole("button", { name: "Show only the first" }).click();
  await offers(ada).getByRole("button", { name: "1 more offer", exact: true }).waitFor();
  await answer(ada, "You too");
  await once(chat.getByRole("log"), "You too");
  return [[visitor, ["You too"]]];
});

longFlow("places of several queues are said with their groups, and to the visitor as well", async (world) => {
  const ada = await begin(world);
  await rules(ada, { distribution: { method: "pull" } });
  await ada.getByRole("tab", { name: /^Queue/ }).click();
  const row = (text) => ada.getByRole("link").filter({ hasText: text });
  await row("canary-foreign").getByTitle("Place 1 in the queue").waitFor();
  const sales = await ask(ada, "POST", "/v1/admin/groups", { name: "Sales", rules: { distribution: { method: "pull" } } });
  const { me } = await ask(ada, "GET", "/v1/inbox");
  await ask(ada, "PUT", `/v1/admin/groups/${sales.id}/members`, { members: [{ agent: me.id }] });
  await writes(world, "I came second");
  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit({ group: sales.id }));
  await say(chat, "I am first in Sales");
  await row("I am first in Sales").getByText("place 1").waitFor();
  await row("I came second").getByText("place 2").waitFor();
  assert.equal(await ada.getByTitle(/^Place \d in the queue/).count(), 0, "a number stands there that says nothing");
  await chat.getByText("Sales: You are next.").waitFor();
  await look(ada, "queue-mixed");
  await row("I am first in Sales").click();
  await ada.getByRole("button", { name: "Take", exact: true }).click();
  await writesNote(world, ada);
  await answer(ada, "Here is Sales");
  await once(chat.getByRole("log"), "Here is Sales");
  return [[visitor, ["Here is Sales"]]];
});

longFlow("the queue greys out what the team's agreement forbids, and asks before going above the limit", async (world) => {
  const ada = await begin(world);
  const sentence = "The chat that has waited longest is taken first.";
  await rules(ada, { distribution: { method: "pull" }, share: { oldest_first: true } });
  const { visitor, chat } = await writes(world, "I came second");
  await ada.getByRole("tab", { name: /^Queue/ }).click();
  const row = ada.getByRole("link").filter({ hasText: "I came second" });
  await row.getByText(sentence).waitFor();
  await ada.getByRole("listitem").filter({ hasText: sentence }).first().waitFor();
  await ada.getByText(/^0 of your 4 places/).click();
  await look(ada, "queue-forbidden");
  // Opened, it says so before anybody presses; the key is answered by the server.
  await row.click();
  const disabled = ada.getByRole("button", { name: "Take", exact: true, disabled: true });
  await disabled.waitFor();
  const about = await disabled.getAttribute("aria-describedby");
  assert.equal((await ada.locator(`[id="${about}"]`).innerText()).trim(), `${sentence} An older one waits.`);
  await look(ada, "queue-forbidden-open");
  await ada.keyboard.press("a");
  await ada.getByText(new RegExp(`Your team has agreed: ${sentence}`)).waitFor();

  const { me } = await ask(ada, "GET", "/v1/inbox");
  await ask(ada, "PATCH", `/v1/admin/agents/${me.id}`, { limit: 1 });
  await ada.getByRole("button", { name: "Take the next visitor" }).click();
  await ada.getByRole("textbox", { name: /^Write to/ }).waitFor();
  await writesNote(world, ada);
  await openQueued(ada, "I came second");
  await ada.getByRole("button", { name: "Take", exact: true }).click();
  const dialog = ada.getByRole("dialog", { name: "That is above your limit" });
  await dialog.getByText(/^1 of your 1 places/).waitFor();
  await look(ada, "queue-above-limit");
  await dialog.getByRole("button", { name: "Take it anyway" }).click();
  await ada.getByRole("textbox", { name: /^Write to/ }).waitFor();
  await ada.getByText("Above the limit", { exact: true }).waitFor();
  await answer(ada, "Both at once, then");
  await once(chat.getByRole("log"), "Both at once, then");
  return [[visitor, ["Both at once, then"]]];
});

flow("the board follows the floor, and signing out asks what becomes of open chats", async (world) => {
  const ada = await begin(world);
  const ben = await invite(world, ada, bilal);
  await rules(ada, { distribution: { method: "pull" }, line: "end_to_end" });
  const sales = await ask(ada, "POST", "/v1/admin/groups", { name: "Sales", rules: { distribution: { method: "pull" } } });
  const { me } = await ask(ben, "GET", "/v1/inbox");
  await ask(ada, "PUT", `/v1/admin/groups/${sales.id}/members`, { members: [{ agent: me.id, class: "first" }] });
  await ada.goto("/");
  await ada.getByRole("tab", { name: /^My/ }).waitFor();
  await ada.keyboard.press("4");
  await ada.getByRole("heading", { name: "Board" }).waitFor();
  const card = ada.getByRole("button", { name: /waiting/ }).filter({ hasText: "Sales" });
  await card.waitFor();
  const { visitor, chat } = await writes(world, "Do you sell in bulk?");
  await ada.locator("dl > div").filter({ hasText: "waiting" }).getByText("2", { exact: true }).waitFor();
  await look(ada, "board");

  await openQueued(ben, "Do you sell in bulk?");
  await ben.getByRole("button", { name: "Take", exact: true }).click();
  await ben.getByRole("textbox", { name: /^Write to/ }).waitFor();
  await ada.getByRole("listitem").filter({ hasText: bilal.name }).getByRole("link").waitFor();
  await card.click();
  await ada.getByRole("heading", { name: "Agents of Sales" }).waitFor();
  await ada.getByRole("listitem").filter({ hasText: owner.name }).first().waitFor({ state: "detached" });
  await ada.getByRole("link", { name: "Fair share" }).click();
  await ada.getByRole("rowheader", { name: bilal.name }).first().waitFor();
  await look(ada, "board-share");

  await writesNote(world, ben);
  await ben.getByRole("button", { name: "Pass on", exact: true }).click();
  const pass = ben.getByRole("dialog", { name: /^Pass .* on$/ });
  await pass.getByRole("combobox", { name: "To whom?" }).fill("Sales");
  await pass.getByRole("combobox", { name: "To whom?" }).press("Enter");
  await pass.getByRole("radio", { name: /^Put it into the queue of Sales now/ }).check();
  await look(ben, "pass-queue");
  await pass.getByRole("button", { name: "Put it there" }).click();
  await pass.getByText("Say why it leaves the group.").waitFor();
  await pass.getByLabel("Reason", { exact: true }).fill("wants a quote");
  await pass.getByRole("button", { name: "Put it there" }).click();
  await ben.getByText(/moved the conversation from .* to Sales\. Reason: wants a quote/).waitFor();
  await ben.getByRole("button", { name: "Take", exact: true }).click();
  await answer(ben, "We do");
  await once(chat.getByRole("log"), "We do");

  await ben.getByRole("button", { name: new RegExp(`^${bilal.name}: `) }).click();
  await ben.getByRole("menuitem", { name: "Sign out" }).click();
  const out = ben.getByRole("dialog", { name: "Sign out" });
  await out.getByText(/^You lead 1 open conversation/).waitFor();
  await out.getByRole("radio", { name: /^To a colleague/ }).check();
  await out.getByRole("radio", { name: new RegExp(owner.name) }).check();
  await look(ben, "sign-out-open");
  await out.getByRole("button", { name: "Sign out" }).click();
  await ben.getByRole("heading", { name: "Sign in" }).waitFor();
  await ada.goto("/");
  await ada.getByRole("tab", { name: /^My\s*1/ }).waitFor();
  await ada.getByRole("link").filter({ hasText: "We do" }).click();
  await ada.getByText(`${bilal.name} handed the conversation over to ${owner.name}`).waitFor();
  assert.equal(await ada.getByText(/Reason: wants a quote/).count(), 1);
  return [[visitor, ["We do"]]];
});

longFlow("who misses two chats, touches nothing or loses his line is told so, and so are the others", async (world) => {
  const ada = await begin(world);
  const ben = await invite(world, ada, bilal);
  await status(ben, "offline");
  await timing(ada, { offer: 2, round_pause: 1 });
  await rules(ada, { distribution: { method: "least_busy" } });
  await ada.getByText(/^You missed two chats in a row/).waitFor();
  await look(ada, "missed");
  await rules(ada, { distribution: { method: "pull" } });
  await ada.getByRole("button", { name: "I’m back" }).click();
  await ada.getByText(/^You missed two chats in a row/).waitFor({ state: "detached" });

  await timing(ada, { input_warn: 2, input: 8 });
  await ada.getByText(/^Are you there\?/).waitFor();
  await look(ada, "idle-warned");
  await ada.getByText(/^You were set to away/).waitFor();
  await ada.getByRole("button", { name: "I’m back" }).click();
  await ada.getByText(/^You were set to away/).waitFor({ state: "detached" });
  await timing(ada, { unheard: 8, lost: 10 });

  const { visitor, chat } = await writes(world, "Are you still there?");
  await ada.goto("/");
  await openQueued(ada, "Are you still there?");
  await ada.getByRole("button", { name: "Take", exact: true }).click();
  await writesNote(world, ada);
  await answer(ada, "I am");
  await once(chat.getByRole("log"), "I am");
  await status(ben, "accepting");
  await ada.goto("/board");
  const row = ada.getByRole("listitem").filter({ hasText: bilal.name });
  await row.getByText("Accepting", { exact: true }).waitFor();
  assert.equal(await row.getByText("connection lost").count(), 0);
  await ben.close();
  await row.getByText("connection lost").waitFor({ timeout: 40_000 });
  await look(ada, "board-lost");
  return [[visitor, ["I am"]]];
});

flow("a first reply is asked for, and who lost his line asks for his visitor back and gets him", async (world) => {
  const ada = await begin(world);
  const ben = await invite(world, ada, bilal);
  await timing(ada, { warn: 2, reply: 60, unheard: 8, lost: 10 });
  await status(ada, "offline");
  await rules(ada, { distribution: { method: "least_busy", direct: true } });
  await ben.getByRole("link").filter({ hasText: "canary-foreign" }).click();
  await ben.getByText("The visitor waits for your first reply.").waitFor();
  await look(ben, "reply-due");
  await writesNote(world, ben);
  await answer(ben, "Here I am");
  await ben.getByText("The visitor waits for your first reply.").waitFor({ state: "detached" });

  const { visitor, chat } = await writes(world, "Is it my turn?");
  await ben.getByRole("tab", { name: /^My\s*2/ }).waitFor();
  await ben.close();
  await status(ada, "accepting");
  await ada.goto("/");
  await ada.getByRole("link").filter({ hasText: "Is it my turn?" }).click({ timeout: 40_000 });
  await ada.getByText(`Back in the queue: the connection of ${bilal.name} was lost`).waitFor();
  await answer(ada, "It is, with me");
  await once(chat.getByRole("log"), "It is, with me");
  const again = await ben.context().newPage();
  await again.goto(ada.url());
  await again.getByRole("button", { name: "Ask for it back" }).click();
  await ada.getByRole("button", { name: `Give it to ${bilal.name}` }).click();
  await again.getByRole("textbox", { name: /^Write to/ }).waitFor();
  await again.getByText(`${owner.name} gave the conversation to ${bilal.name}`).waitFor();
  await answer(again, "And now with me again");
  await once(chat.getByRole("log"), "And now with me again");
  return [[visitor, ["It is, with me", "And now with me again"]]];
});

longFlow("who may not see any more what he lost is told so on all his screens, asks, and gets it back", async (world) => {
  const ada = await begin(world);
  const ben = await invite(world, ada, bilal);
  await timing(ada, { warn: 100, reply: 110, unheard: 8, lost: 10 });
  const group = await rules(ada, { distribution: { method: "pull" } });
  await ask(ada, "PATCH", `/v1/admin/groups/${group}`, { policy: "lead" });
  const waits = await writes(world, "Mine can wait");
  const { visitor, chat } = await writes(world, "Is it my turn?");
  await ben.goto("/");
  await take(world, ben, "Mine can wait");
  await openQueued(ben, "Is it my turn?");
  await ben.getByRole("button", { name: "Take", exact: true }).click();
  await ben.getByRole("tab", { name: /^My\s*2/ }).waitFor();
  await ben.close();
  await ada.goto("/");
  await ada.getByRole("tab", { name: /^Queue/ }).click();
  await ada.getByRole("link").filter({ hasText: "Is it my turn?" }).click({ timeout: 40_000 });
  await ada.getByText(`Back in the queue: the connection of ${bilal.name} was lost`).waitFor({ timeout: 40_000 });
  await ada.getByRole("button", { name: "Take", exact: true }).click();
  await answer(ada, "It is, with me");
  await once(chat.getByRole("log"), "It is, with me");

  const screens = [await ben.context().newPage(), await ben.context().newPage()];
  const [wide, phone] = screens;
  await phone.setViewportSize({ width: 390, height: 844 });
  const hidden = screens.map((page) => page.getByRole("article", { name: "A conversation of yours was handed on" }));
  const queued = screens.map((page) => page.getByRole("article", { name: /^Your conversation with/ }));
  for (const page of screens) await page.goto("/");
  for (const loss of hidden) await loss.getByText(`${owner.name} leads it now.`).waitFor();
  for (const loss of queued) await loss.getByText("Nobody has it yet.").waitFor();
  await look(wide, "loss");
  await look(phone, "loss-phone");
  assert.equal(await wide.getByText("Is it my turn?").count(), 0);

  await queued[0].getByRole("button", { name: "Leave it" }).click();
  for (const loss of queued) await loss.waitFor({ state: "detached" });
  await wide.reload();
  await hidden[0].getByRole("button", { name: "Ask for it back" }).click();
  for (const loss of hidden) await loss.getByText(`You asked ${owner.name} to give it back.`).waitFor();
  await look(wide, "loss-asked");
  await ada.getByRole("button", { name: `Give it to ${bilal.name}` }).click();
  for (const loss of [...hidden, ...queued]) await loss.waitFor({ state: "detached" });
  await wide.getByRole("link").filter({ hasText: "It is, with me" }).click();
  await wide.getByText(`${owner.name} gave the conversation to ${bilal.name}`).waitFor();
  await answer(wide, "And now with me again");
  await once(chat.getByRole("log"), "And now with me again");
  return [
    [visitor, ["It is, with me", "And now with me again"]],
    [waits.visitor, ["Mine can wait"]],
  ];
});
