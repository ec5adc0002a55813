// The end of a shift: one screen with everything that is one's own, confirmed in
// one act.
import assert from "node:assert/strict";
import { begin, flow, invite, take } from "./flow.mjs";
import { answer, ask, look, once, openChat, owner, say } from "./world.mjs";

const bilal = { name: "Bilal Haddad", email: "bilal.canary@acme.example", password: "nine umbrellas on a roof" };

async function writes(world, text) {
  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, text);
  await once(chat.getByRole("log"), text);
  return { visitor, chat };
}

flow("whoever goes home hands over everything in one act, or nothing with what is in the way", async (world) => {
  const brief = "canary-brief: the courier is late";
  world.secrets.push(brief, "canary-line-note");
  const ada = await begin(world);
  const ben = await invite(world, ada, bilal);
  const { groups } = await ask(ada, "GET", "/v1/admin/groups");
  await ask(ada, "PATCH", `/v1/admin/groups/${groups[0].id}`, { rules: { line: "first_line", distribution: { method: "pull" } } });
  await ada.goto("/");
  const waits = await writes(world, "Where is my parcel?");
  await take(world, ada, "Where is my parcel?");
  const answered = await writes(world, "Thank you for everything");
  await take(world, ada, "Thank you for everything");
  await answer(ada, "You are welcome");
  await once(answered.chat.getByRole("log"), "You are welcome");

  await ada.getByRole("button", { name: new RegExp(`^${owner.name}: `) }).click();
  await ada.getByRole("menuitem", { name: "Hand over…" }).click();
  const shift = ada.getByRole("dialog", { name: "Hand over" });
  await shift.getByText(/^2 open items are yours/).waitFor();
  const [first, second] = [shift.getByRole("listitem").nth(0), shift.getByRole("listitem").nth(1)];
  await first.getByText("The visitor waits").waitFor();
  await first.getByText(new RegExp(`^${bilal.name} is the only one free in`)).waitFor();
  assert.equal(await first.getByRole("textbox", { name: "Line for the visitor" }).count(), 1, "who waits is told who goes on");
  assert.equal(await second.getByRole("textbox", { name: "Line for the visitor" }).count(), 0);
  await first.getByLabel("Note for the colleague").fill("canary-line-note");
  await second.getByLabel("Goes to").selectOption("close");
  await shift.getByLabel("Brief for the next shift").fill(brief);
  await look(ada, "handover");

  // Ben goes away meanwhile: nothing happens, and the line says why.
  await ask(ben, "POST", "/v1/me/status", { status: "away" });
  await shift.getByRole("button", { name: "Hand over", exact: true }).click();
  await first.getByText(`${bilal.name} is not here to take it.`).waitFor();
  await shift.getByText(/^Nothing was handed over/).waitFor();
  assert.equal(
    await first
      .getByLabel("Goes to")
      .locator("option:checked")
      .innerText()
      .then((x) => x.includes(bilal.name)),
    true,
  );
  await look(ada, "handover-refused");
  await ada.getByRole("tab", { name: /^My\s*2/, includeHidden: true }).waitFor({ state: "attached" });
  await ask(ben, "POST", "/v1/me/status", { status: "accepting" });
  // The server proposes anew; what was chosen stays.
  assert.equal(await second.getByLabel("Goes to").inputValue(), "close");
  await shift.getByRole("button", { name: "Hand over", exact: true }).click();
  await ada.getByText("Handed over.").waitFor();
  await shift.waitFor({ state: "detached" });

  await ben.goto("/");
  await ben.getByRole("tab", { name: /^My\s*1/ }).waitFor();
  await ben.getByRole("link").filter({ hasText: "canary-brief" }).click();
  await ben.getByText(`${owner.name} handed the conversation over to ${bilal.name}`).waitFor();
  await ben.getByRole("article").getByText(brief).waitFor();
  await look(ben, "handover-received");
  await once(waits.chat.getByRole("log"), "My shift ends now; a colleague goes on from here.");
  const { me } = await ask(ada, "GET", "/v1/inbox");
  assert.equal(me.status, "finishing", "she takes no new chats");
  return [
    [waits.visitor, ["My shift ends now; a colleague goes on from here."]],
    [answered.visitor, ["You are welcome"]],
  ];
});

flow("what goes to a colleague of another group needs what moving it there needs", async (world) => {
  const ada = await begin(world);
  const ben = await invite(world, ada, bilal);
  const { groups } = await ask(ada, "GET", "/v1/admin/groups");
  await ask(ada, "PATCH", `/v1/admin/groups/${groups[0].id}`, { rules: { distribution: { method: "pull" } } });
  const billing = await ask(ada, "POST", "/v1/admin/groups", { name: "Billing" });
  const { agents } = await ask(ada, "GET", "/v1/admin/agents");
  const id = (agents ?? []).find((a) => a.name === bilal.name).id;
  await ask(ada, "PUT", `/v1/admin/groups/${billing.id}/members`, { members: [{ agent: id }] });
  await ask(ada, "PUT", `/v1/admin/groups/${groups[0].id}/members`, { members: [{ agent: (await ask(ada, "GET", "/v1/inbox")).me.id }] });
  await ask(ada, "PUT", `/v1/groups/${billing.id}/playbook`, {
    version: 0,
    transfer: {
      held: {},
      reasons: [{ code: "invoice", label: "An invoice" }],
      questions: [{ id: "number", text: "Which invoice?", required: true }],
    },
    group_chat: {},
    jump_in: {},
  });
  await ada.goto("/");
  const asks = await writes(world, "My invoice is wrong");
  await take(world, ada, "My invoice is wrong");

  await ada.getByRole("button", { name: new RegExp(`^${owner.name}: `) }).click();
  await ada.getByRole("menuitem", { name: "Hand over…" }).click();
  const shift = ada.getByRole("dialog", { name: "Hand over" });
  const line = shift.getByRole("listitem").first();
  await line.getByLabel("Goes to").selectOption({ value: `agent:${id}` });
  await line.getByText("Billing has the conversation then.").waitFor();
  await shift.getByRole("button", { name: "Hand over", exact: true }).click();
  await line.getByText("Choose a reason: the playbook asks for one.").waitFor();
  await line.getByText("Answer this first.").waitFor();
  for (const [width, height] of [
    [1440, 900],
    [1024, 768],
    [390, 844],
  ])
    for (const colorScheme of ["light", "dark"]) {
      await ada.setViewportSize({ width, height });
      await ada.emulateMedia({ colorScheme });
      await look(ada, `handover-crosses-${width}-${colorScheme}`);
    }
  await line.getByLabel("Reason").selectOption("invoice");
  await line.getByLabel("Which invoice?").fill("canary-4711");
  world.secrets.push("canary-4711");
  await shift.getByRole("button", { name: "Hand over", exact: true }).click();
  await ada.getByText("Handed over.").waitFor();

  await ben.goto("/");
  await ben.getByRole("link").filter({ hasText: "My shift ends now" }).click();
  await ben.getByText(`${owner.name} hands it over to ${bilal.name} in Billing`).waitFor();
  await ben.getByText("canary-4711").waitFor();
  await look(ben, "handover-crossed");
  return [[asks.visitor, ["My shift ends now; a colleague goes on from here."]]];
});
