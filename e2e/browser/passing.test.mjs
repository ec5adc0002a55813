// Passing a chat on: a colleague is asked and the lead keeps it until somebody
// accepts; and what is held for who is not there, until he has answered.
import assert from "node:assert/strict";
import { begin, flow, invite, longFlow, take } from "./flow.mjs";
import { answer, ask, look, once, openChat, owner, say } from "./world.mjs";

const bilal = { name: "Bilal Haddad", email: "bilal.canary@acme.example", password: "nine umbrellas on a roof" };
const cleo = { name: "Cleo Marsh", email: "cleo.canary@acme.example", password: "seven kettles in a row" };
const secret = "canary-summary: has paid twice and is angry";

const offers = (inbox) => inbox.getByRole("region", { name: "Offers" });
const dialog = (inbox) => inbox.getByRole("dialog", { name: /^Pass .* on$/ });
const status = (inbox, to) => ask(inbox, "POST", "/v1/me/status", { status: to });

/** A visitor who has written, and whom the agent leads. */
async function led(world, inbox, text) {
  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, text);
  await once(chat.getByRole("log"), text);
  await take(world, inbox, text);
  return { visitor, chat };
}

/** The group that a new workspace has, with a playbook and pulled chats, so that nothing rings by itself. */
async function prepare(inbox, held) {
  const { groups } = await ask(inbox, "GET", "/v1/admin/groups");
  const [group] = groups;
  await ask(inbox, "PATCH", `/v1/admin/groups/${group.id}`, { rules: { line: "first_line", distribution: { method: "pull" } } });
  await ask(inbox, "PUT", `/v1/groups/${group.id}/playbook`, {
    version: 0,
    transfer: {
      when: "Invoices and refunds go to whoever has closed the month.",
      reasons: [
        { code: "invoice", label: "Invoice" },
        { code: "refund", label: "Refund" },
      ],
      questions: [{ id: "number", text: "Which number is on the invoice?", required: true, reasons: ["invoice"] }],
      say: "My colleague knows invoices better than I do.",
      promise: "Within two hours.",
      held,
    },
    group_chat: {},
    jump_in: {},
  });
  return group;
}

/** The playbook's line for the visitor is in sight without scrolling, at each size of the design. */
async function lineInSight(inbox) {
  const before = inbox.viewportSize();
  for (const [width, height] of [
    [1440, 900],
    [1024, 768],
    [390, 844],
  ]) {
    await inbox.setViewportSize({ width, height });
    const line = dialog(inbox).getByLabel("Line for the visitor");
    assert.equal(await line.inputValue(), "My colleague knows invoices better than I do.");
    const { bottom, fold } = await line.evaluate((field) => ({
      bottom: field.getBoundingClientRect().bottom,
      fold: field.closest("dialog").querySelector("footer").getBoundingClientRect().top,
    }));
    assert.ok(bottom <= fold, `at ${width}×${height} the line for the visitor ends at ${bottom}, beneath the fold at ${fold}`);
    await look(inbox, `pass-line-${width}`);
  }
  await inbox.setViewportSize(before);
}

/** Leaves the composer, so that keys are keys. */
const outside = (inbox) => inbox.getByRole("heading", { level: 1 }).first().click();

/** The agent chooses a colleague in the dialog by typing, without a mouse. */
async function choose(inbox, name) {
  await outside(inbox);
  await inbox.keyboard.press("t");
  const box = dialog(inbox).getByRole("combobox", { name: "To whom?" });
  await box.fill(name);
  await box.press("Enter");
  await dialog(inbox).getByRole("heading", { name }).waitFor();
}

flow("a colleague is asked and declines, another accepts; the visitor can always write", async (world) => {
  world.secrets.push(secret, "lunch-canary");
  const ada = await begin(world);
  await prepare(ada, {});
  const ben = await invite(world, ada, bilal);
  const third = await invite(world, ada, cleo);
  await ada.goto("/");
  const { visitor, chat } = await led(world, ada, "My invoice is wrong");

  await choose(ada, bilal.name);
  await dialog(ada).getByText("Invoices and refunds go to whoever has closed the month.").waitFor();
  await lineInSight(ada);
  await dialog(ada)
    .getByRole("button", { name: `Ask ${bilal.name}` })
    .click();
  await dialog(ada).getByText("Choose a reason: the playbook asks for one.").waitFor();
  await look(ada, "pass-missing");
  await dialog(ada).getByLabel("Reason", { exact: true }).selectOption("invoice");
  await dialog(ada)
    .getByRole("button", { name: `Ask ${bilal.name}` })
    .click();
  await dialog(ada).getByText("Answer this first.").waitFor();
  await dialog(ada)
    .getByLabel(/^Which number is on the invoice/)
    .fill("4711");
  await dialog(ada).getByLabel("In one line").fill(secret);
  // What is typed outlives the dialog.
  await ada.keyboard.press("Escape");
  await dialog(ada).waitFor({ state: "detached" });
  await ada.keyboard.press("t");
  assert.equal(await dialog(ada).getByLabel("In one line").inputValue(), secret);
  await look(ada, "pass-dialog");
  await dialog(ada)
    .getByRole("button", { name: `Ask ${bilal.name}` })
    .click();

  await ada.getByText(`Asking ${bilal.name}`, { exact: true }).last().waitFor();
  await offers(ben)
    .getByRole("heading", { name: /^Ada Lindqvist asks: / })
    .waitFor();
  await offers(ben).getByText(secret).waitFor();
  await offers(ben).getByText("Reason: Invoice").waitFor();
  await offers(ben).getByText("Which number is on the invoice? 4711").waitFor();
  await look(ada, "pass-asking");
  await look(ben, "pass-offer");
  assert.equal(await offers(third).getByRole("article").count(), 0, "somebody else was rung");
  const log = chat.getByRole("log");
  await once(log, "My colleague knows invoices better than I do.");
  await once(log, `${owner.name} has asked ${bilal.name} to join. You can keep writing.`);
  await say(chat, "Thank you, I wait");
  await once(log, "Thank you, I wait");

  // He reads it first, then says no and why.
  await offers(ben).getByRole("link", { name: "Read the chat" }).click();
  await once(ben.getByRole("article"), "My invoice is wrong");
  await ben.getByText(`${owner.name} asks you to take over`, { exact: true }).last().waitFor();
  await outside(ben);
  await ben.keyboard.press("x");
  await offers(ben)
    .getByLabel(/^Why not\?/)
    .fill("lunch-canary");
  await look(ben, "pass-declining");
  await offers(ben)
    .getByLabel(/^Why not\?/)
    .press("Enter");
  await offers(ben).getByRole("article").waitFor({ state: "detached" });

  await ada.getByText(`${bilal.name} declined: lunch-canary`, { exact: true }).last().waitFor();
  await look(ada, "pass-declined");
  await choose(ada, cleo.name);
  assert.equal(await dialog(ada).getByLabel("In one line").inputValue(), secret, "what was typed was lost with the no");
  await dialog(ada)
    .getByRole("button", { name: `Ask ${cleo.name}` })
    .click();
  await offers(third)
    .getByRole("button", { name: /^Accept/ })
    .click();
  await third.getByRole("textbox", { name: /^Write to/ }).waitFor();
  await third.getByText(`${cleo.name} took over from ${owner.name}`).waitFor();
  await third.getByText(`${bilal.name} declined to take over. Reason: lunch-canary`).waitFor();
  await look(third, "pass-taken-over");
  await once(log, `${cleo.name} is with you now and has read the conversation`);
  await once(log, "My colleague knows invoices better than I do."); // Asking again does not say it again.
  await answer(third, "Your new invoice is on its way");
  await once(log, "Your new invoice is on its way");
  await look(visitor.context.pages()[0], "pass-visitor");
  return [[visitor, ["Your new invoice is on its way", "My colleague knows invoices better than I do."]]];
});

flow("what is held for who is not there is a promise, rings when he is back, and is kept with his answer", async (world) => {
  const why = "canary-why: he closes the books tomorrow";
  world.secrets.push(secret, why);
  const ada = await begin(world);
  const ben = await invite(world, ada, bilal);
  const third = await invite(world, ada, cleo);
  await prepare(ada, { way: "wait", due: 120, say: "Bilal will look at it himself." });
  for (const inbox of [ben, third]) await status(inbox, "offline");
  await ada.goto("/");
  const { visitor, chat } = await led(world, ada, "My refund is missing");

  await choose(ada, bilal.name);
  await dialog(ada).getByText(`${bilal.name} is not here now.`, { exact: false }).waitFor();
  await dialog(ada).getByLabel("Reason", { exact: true }).selectOption("refund");
  await dialog(ada).getByLabel("In one line").fill(secret);
  await dialog(ada).getByRole("radio", { name: "E-mail" }).check();
  await dialog(ada).getByRole("button", { name: "Hold it" }).click();
  await dialog(ada).getByText("Say why this one is held otherwise.").waitFor();
  await dialog(ada)
    .getByText(/^An answer by e-mail needs an address/)
    .waitFor();
  await dialog(ada)
    .getByText(/^Earshot mails no confirmation of this yet/)
    .waitFor();
  await look(ada, "pass-hold-mail");
  await dialog(ada).getByRole("radio", { name: /^Wait/ }).check();
  await look(ada, "pass-hold");
  // He is back before it is held: nothing that was typed is lost, and he is asked, unless it is said why not.
  await status(ben, "accepting");
  await dialog(ada)
    .getByRole("button", { name: `Ask ${bilal.name}` })
    .waitFor();
  assert.equal(await dialog(ada).getByLabel("In one line").inputValue(), secret, "what was typed was lost as he came back");
  await dialog(ada)
    .getByRole("radio", { name: /^Hold it all the same/ })
    .check();
  await dialog(ada).getByRole("button", { name: "Hold it" }).click();
  await dialog(ada).getByText("Say why this one is held otherwise.").waitFor();
  await dialog(ada).getByText("Differs: somebody could be asked.", { exact: false }).waitFor();
  await look(ada, "pass-hold-there");
  await status(ben, "offline");
  await dialog(ada).getByText(`${bilal.name} is not here now.`, { exact: false }).waitFor();
  await dialog(ada)
    .getByLabel("Answer due by")
    .fill(await ada.evaluate(() => new Date(Date.now() + 26 * 3_600_000).toISOString().slice(0, 16)));
  await dialog(ada)
    .getByLabel(/^Why not as/)
    .fill(why);
  await dialog(ada).getByText("Differs: another time.", { exact: false }).waitFor();
  await dialog(ada).getByRole("button", { name: "Hold it" }).click();
  await dialog(ada).waitFor({ state: "detached" });
  await ada.getByText(`Why: ${why}`, { exact: false }).waitFor();
  const log = chat.getByRole("log");
  await once(log, "Bilal will look at it himself.");
  await log.getByText(new RegExp(`^${bilal.name} answers you here by `)).waitFor();
  await look(visitor.context.pages()[0], "pass-visitor-held");
  await ada
    .getByText(new RegExp(`held for ${bilal.name} until `))
    .first()
    .waitFor();
  await look(ada, "pass-held");
  assert.equal(await offers(third).getByRole("article").count(), 0, "somebody else was rung");

  await ben.goto("/");
  await ben.getByText(/^You owe one answer, by /).waitFor();
  await look(ben, "promises-morning");
  await ben.getByRole("button", { name: "Show them" }).click();
  await ben.getByText(/owed by Bilal Haddad/).waitFor();
  await look(ben, "promises");
  await status(ben, "accepting");
  await offers(ben)
    .getByRole("button", { name: /^Accept/ })
    .click();
  await ben.getByRole("textbox", { name: /^Write to/ }).waitFor();
  await answer(ben, "The refund went out today");
  await once(log, "The refund went out today");
  await ben.getByText("The promise is kept", { exact: false }).waitFor();
  await ben.goto("/promises?ended");
  await ben.getByText("kept", { exact: true }).waitFor();
  await ben.goto("/promises/kept");
  await ben.getByText("100%").first().waitFor();
  await ben.getByText("time 1", { exact: true }).first().waitFor();
  await look(ben, "promises-kept");
  return [[visitor, ["The refund went out today", "Bilal will look at it himself."]]];
});

longFlow("into a group's queue at once: its playbook asks what asking would need, and so does the third time", async (world) => {
  const ada = await begin(world);
  const own = await prepare(ada, {});
  const pull = { distribution: { method: "pull" } };
  const orders = await ask(ada, "POST", "/v1/admin/groups", { name: "Orders", rules: pull });
  await ask(ada, "PUT", `/v1/groups/${orders.id}/playbook`, {
    version: 0,
    transfer: {
      reasons: [{ code: "quote", label: "A quote" }],
      questions: [{ id: "many", text: "How many?", required: true, reasons: ["quote"] }],
      held: {},
    },
    group_chat: {},
    jump_in: {},
  });
  const abroad = await ask(ada, "POST", "/v1/admin/groups", { name: "Abroad", rules: pull });
  const { me } = await ask(await invite(world, ada, bilal), "GET", "/v1/inbox");
  for (const { id } of [orders, abroad])
    await ask(ada, "PUT", `/v1/admin/groups/${id}/members`, { members: [{ agent: me.id, class: "first" }] });
  await ada.goto("/");
  const { visitor, chat } = await led(world, ada, "Forty of them, please");
  const put = () => dialog(ada).getByRole("button", { name: "Put it there" }).click();

  await choose(ada, "Orders");
  await dialog(ada)
    .getByRole("radio", { name: /^Put it into the queue of Orders now/ })
    .check();
  await put();
  await dialog(ada).getByText("Choose a reason: the playbook asks for one.").waitFor();
  await dialog(ada).getByLabel("Reason", { exact: true }).selectOption("quote");
  await put();
  await dialog(ada).getByText("Answer this first.").waitFor();
  await look(ada, "pass-queue-asks");
  await dialog(ada)
    .getByLabel(/^How many\?/)
    .fill("forty");
  await put();
  await ada.getByText(/moved the conversation from .* to Orders\. Reason: A quote\. How many\? forty/).waitFor();

  const id = new URL(ada.url()).pathname.split("/").at(-1);
  const act = (verb, body) => ask(ada, "POST", `/v1/conversations/${id}/${verb}`, { key: crypto.randomUUID(), ...body });
  await act("move", { group: own.id, reason: "refund" });
  await choose(ada, "Abroad"); // Nobody leads it: its queue is the only way.
  const write = dialog(ada).getByRole("link", { name: "Write the playbook of Abroad" });
  assert.match(await write.getAttribute("href"), new RegExp(`/settings/groups/${abroad.id}/playbook$`));
  await put();
  await dialog(ada).getByText("It was passed on several times. Say why it goes on once more.").waitFor();
  await look(ada, "pass-queue-again");
  await dialog(ada).getByLabel("Reason", { exact: true }).fill("they ship abroad");
  await put();
  await ada.getByText(/to Abroad\. Reason: they ship abroad/).waitFor();
  await act("move", { group: own.id, reason: "refund" });
  await ada.getByText("Passed on again and again: the supervisors were alarmed.").waitFor();

  await ada.getByRole("button", { name: "Take", exact: true }).click();
  await answer(ada, "Forty are on their way");
  await once(chat.getByRole("log"), "Forty are on their way");

  // Each of the four is counted by its playbook and reason, and the two that came back.
  await ada.goto("/board/share");
  await ada.getByRole("heading", { name: "Passed on by the playbooks" }).waitFor();
  const line = (group) => ada.getByRole("row").filter({ has: ada.getByRole("rowheader", { name: group, exact: true }) });
  assert.deepEqual(await line("Orders").getByRole("cell").allInnerTexts(), ["A quote", "1", "1", "1", "0"]);
  assert.deepEqual(await line("Abroad").getByRole("cell").allInnerTexts(), ["they ship abroad", "none", "1", "1", "0"]);
  await line("Orders").getByRole("button").click();
  const listed = ada.getByRole("dialog", { name: "Passed to Orders: A quote" });
  assert.equal(await listed.getByRole("link").count(), 1, "the chat behind the number");
  await listed.getByRole("link").getByText("Forty are on their way").waitFor();
  await look(ada, "board-book-use-chats");
  await ada.keyboard.press("Escape");
  await look(ada, "board-book-use");
  await ada.setViewportSize({ width: 390, height: 844 });
  await look(ada, "board-book-use-390");
  return [[visitor, ["Forty are on their way"]]];
});
