// The first line: what waits there is answered with one key or sent on with two,
// and where the target's playbook asks, that stands in between.
import assert from "node:assert/strict";
import { begin, flow, invite, writesNote } from "./flow.mjs";
import { ask, look, once, openChat, say } from "./world.mjs";

const bilal = { name: "Bilal Haddad", email: "bilal.canary@acme.example", password: "nine umbrellas on a roof" };
const cleo = { name: "Cleo Marsh", email: "cleo.canary@acme.example", password: "seven kettles in a row" };
const secret = "canary-answer: since half past nine";

const chat = (inbox) => inbox.getByRole("main").getByRole("article");
const log = (inbox) => chat(inbox).getByRole("log");
const target = (inbox, name) => chat(inbox).getByRole("button", { name });
const chosen = (inbox, name) => chat(inbox).getByRole("form", { name: `To ${name}` });
const empty = (inbox) => inbox.getByRole("heading", { name: "Nobody waits in the first line" });

/** A visitor who has written and waits. */
async function waits(world, text) {
  const visitor = await world.visitor();
  const talk = await openChat(await visitor.visit());
  await say(talk, text);
  await once(talk.getByRole("log"), text);
  return { visitor, log: talk.getByRole("log") };
}

/** The group of a new workspace is a first line of Ada's; Bilal, whom one asks about VAT, is in Billing, Cleo in Tech, which asks first. */
async function prepare(world, ada) {
  const { groups } = await ask(ada, "GET", "/v1/admin/groups");
  const first = groups[0].id;
  await ask(ada, "PATCH", `/v1/admin/groups/${first}`, {
    name: "Front desk",
    rules: { line: "first_line", distribution: { method: "pull" } },
  });
  const ben = await invite(world, ada, bilal);
  const third = await invite(world, ada, cleo);
  const { me } = await ask(ada, "GET", "/v1/me");
  const idOf = async (page) => (await ask(page, "GET", "/v1/me")).me.id;
  await ask(ada, "PUT", `/v1/admin/groups/${first}/members`, { members: [{ agent: me.id }] });
  const made = async (name, agent) => {
    const { id } = await ask(ada, "POST", "/v1/admin/groups", { name, rules: { distribution: { method: "pull" } } });
    await ask(ada, "PUT", `/v1/admin/groups/${id}/members`, { members: [{ agent }] });
    return id;
  };
  const billing = await made("Billing", await idOf(ben));
  const tech = await made("Tech", await idOf(third));
  await ask(ada, "PUT", `/v1/groups/${tech}/playbook`, {
    version: 0,
    transfer: {
      when: "Only what is broken.",
      reasons: [
        { code: "down", label: "It is down" },
        { code: "slow", label: "It is slow" },
      ],
      questions: [{ id: "since", text: "Since when?", required: true, reasons: ["down"] }],
      held: {},
    },
    group_chat: {},
    jump_in: {},
  });
  await ask(ben, "PATCH", "/v1/me", { topics: ["VAT"] });
  await ada.goto("/");
  return { ben, third, first, billing, tech };
}

flow("the first line answers with a key, sends on with two, and is asked what the target wants to know", async (world) => {
  world.secrets.push(secret);
  const ada = await begin(world);
  const { ben, third, billing, tech } = await prepare(world, ada);

  // Bilal is in no first line: neither the way nor the key is his.
  await ben.getByRole("link", { name: "Board" }).waitFor();
  assert.equal(await ben.getByRole("link", { name: /^Triage/ }).count(), 0);
  await ben.keyboard.press("9");
  assert.equal(new URL(ben.url()).pathname, "/");

  // The oldest is answered: taken and opened by one key.
  const invoice = await waits(world, "The VAT on my invoice is wrong");
  await ada.getByRole("link", { name: "Triage: 2 wait in the first line" }).waitFor();
  await ada.keyboard.press("9");
  await log(ada).getByText("canary-foreign: my account number is 4711").waitFor();
  await chat(ada).getByText("1 of 2").waitFor();
  await look(ada, "triage");
  await ada.keyboard.press("a");
  await ada.getByRole("textbox", { name: /^Write to/ }).waitFor();
  await writesNote(world, ada);
  await ada.getByRole("heading", { level: 1 }).first().click();

  // The next one is sent to whom is suggested, in two keys.
  await ada.keyboard.press("9");
  await log(ada).getByText("The VAT on my invoice is wrong").waitFor();
  await target(ada, /^1 Bilal Haddad .*The visitor names what this colleague is asked about: VAT/s).waitFor();
  await ada.keyboard.press("1");
  await chosen(ada, bilal.name).waitFor();
  await look(ada, "triage-chosen");
  await ada.keyboard.press("Enter");
  await ada.getByText("Sent to Bilal Haddad.").first().waitFor();
  await empty(ada).waitFor();
  await look(ada, "triage-empty");
  await once(invoice.log, "Connecting you to Billing");
  const offers = ben.getByRole("region", { name: "Offers" });
  await offers.getByText("Ada Lindqvist chose Bilal Haddad for it.").waitFor();
  await ben.keyboard.press("y");
  await ben.getByRole("textbox", { name: /^Write to/ }).waitFor();
  await ben.getByText("Ada Lindqvist sent the conversation from Front desk to Bilal Haddad in Billing.").waitFor();
  assert.equal(await third.getByRole("region", { name: "Offers" }).getByRole("article").count(), 0, "somebody else was rung");

  // Tech wants a reason and an answer first; what is missing is said where it is missing.
  const broken = await waits(world, "Your site is down");
  const idle = await waits(world, "Only a question");
  await log(ada).getByText("Your site is down").waitFor();
  await chat(ada).getByText("1 of 2").waitFor();
  await ada.keyboard.press("j");
  await log(ada).getByText("Only a question").waitFor();
  await chat(ada).getByText("1 was put off").waitFor();
  await ada.keyboard.press("k");
  await log(ada).getByText("Your site is down").waitFor();
  const digit = await target(ada, /Tech/).locator("kbd").innerText();
  await ada.keyboard.press(digit);
  const reason = chosen(ada, "Tech").getByLabel("Reason", { exact: true });
  await reason.waitFor();
  await ada.keyboard.press("Enter");
  await chosen(ada, "Tech").getByText("Choose a reason: the playbook asks for one.").waitFor();
  await reason.selectOption("down");
  await reason.press("Enter");
  await chosen(ada, "Tech").getByText("Answer this first.").waitFor();
  await ada.keyboard.type(secret);
  await look(ada, "triage-asked");
  await ada.keyboard.press("Enter");
  await ada.getByText("Sent to Tech.").first().waitFor();
  await once(broken.log, "Connecting you to Tech");
  await log(ada).getByText("Only a question").waitFor();

  // It was not Tech's after all: that is counted, and the chat behind it opens.
  const { rows } = await ask(third, "GET", "/v1/conversations?list=queue");
  const sent = rows.find((row) => row.thread.group === tech);
  assert.equal(sent.conversation.last.text, "Your site is down");
  const { events } = await ask(third, "GET", `/v1/conversations/${sent.conversation.id}`);
  assert.equal(events.find((e) => e.kind === "thread.moved").body.answers["Since when?"], secret);
  await ask(third, "POST", `/v1/conversations/${sent.conversation.id}/move`, {
    key: crypto.randomUUID(),
    group: billing,
    reason: "not ours",
  });
  await ada.reload();
  await ada.getByText("Wrong way: 50%").click();
  await ada.getByText("Tech, then Billing").waitFor();
  await look(ada, "triage-ways");
  await ada.getByRole("list", { name: "Those that went the wrong way" }).getByRole("link").click();
  await once(ada.getByRole("log"), "Your site is down");

  // The board names it beside how the chats were shared.
  await ada.goto("/board/share");
  await ada.getByText("Wrong way: 50%").click();
  await ada.getByText("Tech, then Billing").waitFor();
  await look(ada, "board-share-ways");
  await ada.goBack();
  await once(ada.getByRole("log"), "Your site is down");

  // Whoever is faster has it, and she is told.
  await ada.getByRole("heading", { level: 1 }).first().click();
  await ada.keyboard.press("9");
  await log(ada).getByText("Only a question").waitFor();
  const { rows: left } = await ask(ben, "GET", "/v1/conversations?list=queue");
  const question = left.find((row) => row.conversation.last.text === "Only a question");
  await ask(ben, "POST", `/v1/conversations/${question.conversation.id}/take`, { key: crypto.randomUUID() });
  await ada.getByText("Bilal Haddad was faster.").first().waitFor();
  await empty(ada).waitFor();
  return [
    [invoice.visitor, ["The VAT on my invoice is wrong", "Billing"]],
    [broken.visitor, ["Your site is down", "Tech"]],
    [idle.visitor, ["Only a question"]],
  ];
});
