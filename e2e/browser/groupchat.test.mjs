// Several agents in one chat: asked in, declined, come in, proposed, released, led
// by another, left. The visitor hears who comes and goes, and nothing else of it.
import assert from "node:assert/strict";
import { begin, flow, invite, take } from "./flow.mjs";
import { answer, ask, look, once, openChat, say } from "./world.mjs";

const why = "canary-invitation: she wants her money back";
const proposed = "canary-proposal: just restart the thing";
const asking = "I am asking a colleague who knows grinders.";
const released = "Please restart the grinder once.";

/** host asks a colleague in through the dialog, by key. */
async function asks(host, name, role) {
  await host.getByRole("region", { name: "Conversation", exact: true }).getByRole("heading", { level: 1 }).click();
  await host.keyboard.press("i");
  const dialog = host.getByRole("dialog");
  await dialog.getByRole("radio", { name: new RegExp(name) }).check();
  if (role) await dialog.getByRole("radio", { name: new RegExp(`^${role}`) }).check();
  await dialog.getByRole("textbox", { name: "Note" }).fill(why);
  return dialog;
}

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

/** headFits holds the conversation's header to its width: its name can be read, no button leaves it. */
async function headFits(page) {
  const before = page.viewportSize();
  for (const width of [1440, 1280, 1200, 1024, 390]) {
    await page.setViewportSize({ width, height: 844 });
    const { name, out } = await page.locator("#main header").evaluate((header) => {
      const edge = header.getBoundingClientRect();
      const boxes = [...header.querySelectorAll("button, h1, li")].map((e) => e.getBoundingClientRect());
      const out = boxes.filter((b) => b.width > 0 && (b.left < edge.left - 1 || b.right > edge.right + 1)).length;
      return { name: header.querySelector("h1").getBoundingClientRect().width, out };
    });
    assert.equal(out, 0, `at ${width} px something stands outside the header`);
    assert.ok(name >= (width === 390 ? 80 : 120), `at ${width} px the name has ${name} px`);
  }
  await page.setViewportSize(before);
}

flow("a colleague declines, an expert proposes, the lead passes, and the visitor hears only who is there", async (world) => {
  world.secrets.push(why, proposed);
  const ada = await begin(world);
  const bilal = await invite(world, ada, {
    name: "Bilal Haddad",
    email: "bilal.canary@acme.example",
    password: "nine umbrellas on a roof",
  });
  const chidi = await invite(world, ada, {
    name: "Chidi Okafor",
    email: "chidi.canary@acme.example",
    password: "seven teapots in the rain",
  });
  const { groups } = await ask(ada, "GET", "/v1/admin/groups");
  await ask(ada, "PUT", `/v1/groups/${groups[0].id}/playbook`, {
    version: 0,
    transfer: { held: {} },
    group_chat: {
      when: "canary-book: whenever money is asked for",
      most: 1,
      say: asking,
    },
    jump_in: {},
  });
  world.secrets.push("canary-book");
  const visitor = await world.visitor();
  const page = await visitor.visit();
  const chat = await openChat(page);
  await say(chat, "My grinder is dead");
  await ada.goto("/");
  await take(world, ada, "My grinder is dead");
  await answer(ada, "Let me ask somebody who knows it");
  await once(chat.getByRole("log"), "Let me ask somebody who knows it");

  const dialog = await asks(ada, "Bilal");
  await dialog.getByText("canary-book: whenever money is asked for").waitFor();
  assert.equal(await dialog.getByRole("textbox", { name: "Line for the visitor" }).inputValue(), asking);
  await looksEverywhere(ada, "groupchat-invite");
  await dialog.getByRole("button", { name: "Invite", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await once(chat.getByRole("log"), asking);
  const card = bilal.getByRole("article").filter({ hasText: "Ada Lindqvist asks you in" });
  await card.getByText(why).waitFor();
  await look(bilal, "groupchat-invitation");
  await card.getByLabel(/Reason for declining/).fill("On the phone");
  await card.getByRole("button", { name: /^Decline/ }).click();
  await ada.getByText(/Bilal Haddad declined the invitation/).waitFor();

  const again = await asks(ada, "Chidi", "Expert");
  await again.getByRole("textbox", { name: "Line for the visitor" }).fill("");
  await again.getByRole("button", { name: "Invite", exact: true }).click();
  await chidi.getByRole("button", { name: /^Come in/ }).click();
  await chat
    .getByText(/Chidi Okafor/)
    .first()
    .waitFor();
  await ada.keyboard.press("i");
  await ada.getByText(/^1 colleague is in this conversation beside the lead/).waitFor();
  await ada.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await chidi.getByText("This goes to Ada Lindqvist for release.", { exact: false }).waitFor();
  await chidi.getByRole("textbox", { name: /^Write to/ }).fill(proposed);
  await look(chidi, "groupchat-expert");
  await chidi.getByRole("button", { name: "Propose" }).click();
  const proposal = ada.getByRole("article", { name: /^Proposal of Chidi/ });
  await proposal.getByText(proposed).waitFor();
  await looksEverywhere(ada, "groupchat-proposal");
  await headFits(ada);
  await proposal.getByRole("button", { name: "Edit" }).click();
  await proposal.getByLabel("Words of the message").fill(released);
  await proposal.getByRole("button", { name: "Release" }).click();
  await once(chat.getByRole("log"), released);
  await proposal.getByText(/in other words/).waitFor();

  await ada.getByRole("button", { name: /Chidi Okafor is the expert/ }).click();
  await look(ada, "groupchat-menu");
  await ada.getByRole("menuitem", { name: "Pass the lead" }).click();
  await chidi.getByText(/Ada Lindqvist passed the lead to Chidi Okafor/).waitFor();
  await chidi.getByRole("textbox", { name: /^Write to/ }).waitFor();
  await chidi.getByRole("button", { name: "Leave", exact: true }).click();
  const leaving = chidi.getByRole("dialog", {
    name: "Leave the conversation",
  });
  await leaving.getByRole("radio", { name: /Ada Lindqvist/ }).check();
  await looksEverywhere(chidi, "groupchat-leave");
  await leaving.getByRole("button", { name: "Leave", exact: true }).click();
  await ada.getByText(/Chidi Okafor left/).waitFor();
  await answer(ada, "Does it run again?");
  await once(chat.getByRole("log"), "Does it run again?");
  assert.equal(await chat.getByText("canary").count(), 0);
  return [[visitor, ["Let me ask somebody who knows it", asking, released, "Does it run again?"]]];
});
