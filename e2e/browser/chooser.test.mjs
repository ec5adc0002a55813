// A visitor and the groups: which one he reaches, how he waits for it, and what
// he is asked where it is not there.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { begin, flow, longFlow, take } from "./flow.mjs";
import { answer, ask, look, once, openChat, say } from "./world.mjs";

const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** The visitors of the site choose between Sales, whose member the owner is, and Billing, which is closed until the day after tomorrow. */
async function openGroups(inbox) {
  const { me } = await ask(inbox, "GET", "/v1/inbox");
  const day = days[new Date(Date.now() + 48 * 3600 * 1000).getUTCDay()];
  const pull = { distribution: { method: "pull" } };
  const closed = { ...pull, hours: { zone: "UTC", week: [{ day, from: "09:00", to: "17:00" }] } };
  const make = async (name, rules, more = {}) => {
    const { id } = await ask(inbox, "POST", "/v1/admin/groups", { name, rules, ...more });
    await ask(inbox, "PUT", `/v1/admin/groups/${id}/members`, { members: [{ agent: me.id, class: "normal" }] });
    return id;
  };
  const sales = await make("Sales", pull);
  const billing = await make("Billing", closed);
  const { sites } = await ask(inbox, "GET", "/v1/admin/sites");
  await ask(inbox, "PATCH", `/v1/admin/sites/${sites[0].id}`, { choose: [sales, billing] });
  return { sales, billing, site: sites[0].id, make: (name, more) => make(name, pull, more) };
}

function status(inbox, to) {
  return ask(inbox, "POST", "/v1/me/status", { status: to });
}

/** The waiting conversation whose last line is text, as the team's list has it. */
async function waiting(inbox, text) {
  const { rows } = await ask(inbox, "GET", "/v1/conversations?list=queue");
  return rows.find((row) => row.conversation.last.text === text);
}

flow("a group that takes no chat is never exchanged silently, and no word is lost in the question", async (world) => {
  const inbox = await begin(world);
  const { sales } = await openGroups(inbox);
  const visitor = await world.visitor({ viewport: { width: 390, height: 844 } });
  const page = await visitor.visit();
  const chat = await openChat(page);
  await chat.getByRole("button", { name: "Sales online" }).waitFor();
  await look(page, "widget-choose");
  await chat.getByRole("button", { name: /^Billing back / }).click();
  await chat
    .getByRole("alert")
    .getByText(/^Billing is not here now: back /)
    .waitFor();
  await look(page, "widget-ask");
  await chat.getByRole("button", { name: "Talk to Sales online" }).click();
  await chat.getByText("Your message goes to Sales").waitFor();

  await status(inbox, "away"); // between the choice and the message
  await say(chat, "Where is my order?");
  await chat.getByText("Your message has not been sent yet.").waitFor();
  await page.reload();
  const again = await openChat(page);
  await again.getByText("Your message has not been sent yet.").waitFor();
  await once(again.getByRole("log"), "Where is my order?");
  assert.equal(await waiting(inbox, "Where is my order?"), undefined, "it was sent before its author had decided");
  const second = await openChat(await visitor.visit());
  await second.getByRole("button", { name: "Leave a message for Sales" }).click();
  for (const tab of [again, second]) {
    await tab.getByText("Sent", { exact: true }).waitFor();
    await once(tab.getByRole("log"), "Where is my order?");
    await tab.getByText("Shall we answer you by e-mail?").waitFor();
  }
  await second.getByRole("button", { name: "I will look here" }).click();
  for (const tab of [again, second]) await tab.getByText("Your message is with us. You find the answer here.").waitFor();
  assert.equal((await waiting(inbox, "Where is my order?")).thread.group, sales);

  await status(inbox, "accepting");
  await take(world, inbox, "Where is my order?");
  await answer(inbox, "It leaves today.");
  for (const tab of [again, second]) await once(tab.getByRole("log"), "It leaves today.");
  return [[visitor, ["It leaves today."]]];
});

flow("who waits reads his place as it falls, and may have the answer by e-mail instead", async (world) => {
  const inbox = await begin(world);
  const first = await world.visitor();
  const ahead = await openChat(await first.visit());
  await say(ahead, "I was first");
  await once(ahead.getByRole("log"), "I was first");
  const visitor = await world.visitor();
  const page = await visitor.visit();
  const chat = await openChat(page);
  await say(chat, "I came later");
  await chat.getByText("You are 3rd in the queue.").waitFor();
  await take(world, inbox, "I was first");
  await answer(inbox, "You are first indeed");
  await once(ahead.getByRole("log"), "You are first indeed");
  await chat.getByText("You are 2nd in the queue.").waitFor();
  await look(page, "widget-queue");

  await chat.getByRole("button", { name: "Get the answer by e-mail instead" }).click();
  await chat.getByLabel("Your e-mail address").fill("ines@");
  await chat.getByRole("button", { name: "Answer by e-mail" }).click();
  await chat.getByText(/^This is not an e-mail address/).waitFor();
  await look(page, "widget-mail");
  await chat.getByLabel("Your e-mail address").fill("ines@example.com");
  await visitor.context.setOffline(true);
  await chat.getByRole("button", { name: "Answer by e-mail" }).click();
  await chat.getByText(/^Not sent: the line is down/).waitFor();
  await visitor.context.setOffline(false);
  await page.reload(); // the address is still there
  const again = await openChat(page);
  await again.getByRole("button", { name: "Get the answer by e-mail instead" }).click();
  assert.equal(await again.getByLabel("Your e-mail address").inputValue(), "ines@example.com");
  await again.getByRole("button", { name: "Answer by e-mail" }).click();
  await again.getByText("We will answer to ines@example.com.").waitFor();
  await page.reload();
  await (await openChat(page)).getByText("We will answer to ines@example.com.").waitFor();
  const row = await waiting(inbox, "I came later");
  assert.deepEqual([row.visitor.email, row.thread.mode], ["ines@example.com", "mail"]);
  return [
    [first, ["You are first indeed"]],
    [visitor, ["I came later"]],
  ];
});

longFlow("the page names the group: on its tag, by a call, and signed by its own server", async (world) => {
  const inbox = await begin(world);
  const { sales, site, make } = await openGroups(inbox);
  const contracts = await make("Contracts", { private: true });
  const { secret } = await ask(inbox, "GET", `/v1/admin/sites/${site}/secret`);
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part({ alg: "HS256", typ: "JWT" })}.${part({ group: contracts, exp: Math.floor(Date.now() / 1000) + 600 })}`;
  const signed = `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;

  const reached = async (group, line, chat) => {
    await say(chat, line);
    await chat.getByText("Sent", { exact: true }).waitFor();
    assert.equal(await chat.getByText("Who can help you?").count(), 0, "the visitor was asked though the page had decided");
    assert.equal((await waiting(inbox, line)).thread.group, group);
  };
  const onTag = await (await world.visitor()).visit({ group: sales });
  await reached(sales, "From the page of Sales", await openChat(onTag));
  const onSigned = await (await world.visitor()).visit({ signed });
  await reached(contracts, "From the customers' area", await openChat(onSigned));
  const visitor = await world.visitor();
  const page = await visitor.visit();
  const chat = await openChat(page);
  await chat.getByText("Who can help you?").waitFor();
  await page.evaluate((group) => globalThis.Earshot.setGroup(group), sales);
  await chat.getByText("Who can help you?").waitFor({ state: "detached" });
  await reached(sales, "By a call", chat);

  await take(world, inbox, "By a call");
  await answer(inbox, "Sales is here");
  await once(chat.getByRole("log"), "Sales is here");
  return [[visitor, ["Sales is here"]]];
});
