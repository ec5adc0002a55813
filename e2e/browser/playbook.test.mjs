// What a group writes for its colleagues: seen as they will read it while it is
// written, kept in versions, and never overwritten unread.
import assert from "node:assert/strict";
import { begin, flow, invite, longFlow, take } from "./flow.mjs";
import { answer, ask, look, once, openChat, say } from "./world.mjs";

const sizes = [
  [1440, 900],
  [1024, 768],
  [390, 844],
];

async function save(inbox) {
  await inbox.getByRole("button", { name: "Save", exact: true }).click();
  await inbox.getByRole("button", { name: "Discard changes" }).waitFor({ state: "detached" });
}

/** A visitor who is answered, with the group's playbook on the screen afterwards. */
async function served(world, inbox) {
  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, "Is my VAT right?");
  await once(chat.getByRole("log"), "Is my VAT right?");
  await take(world, inbox, "Is my VAT right?");
  await answer(inbox, "I look at it.");
  await once(chat.getByRole("log"), "I look at it.");
  await inbox.goto("/settings/groups");
  await inbox.getByRole("main").getByRole("listitem").getByRole("link").first().click();
  await inbox
    .getByRole("navigation", { name: /^Settings of / })
    .getByRole("link", { name: "Playbook" })
    .click();
  return [[visitor, ["I look at it."]]];
}

flow("a playbook is written, read as a colleague reads it, and an old version is used again", async (world) => {
  const inbox = await begin(world);
  const told = await served(world, inbox);
  await inbox.getByText("Nothing is written yet.").waitFor();
  const preview = inbox.getByRole("complementary", { name: "What a colleague reads: Passing a chat to this group" });
  await preview.getByText("The group has written nothing about this yet.").waitFor();
  await look(inbox, "playbook-empty");

  await inbox.getByLabel("When", { exact: true }).first().fill("Invoices and VAT.\nNever refunds.");
  await inbox.getByRole("button", { name: "Add a reason" }).click();
  await inbox.getByLabel("Reason 1", { exact: true }).fill("VAT is wrong");
  await inbox.getByRole("button", { name: "Add a question" }).click();
  await inbox.getByLabel("Question 1", { exact: true }).fill("Which invoice?");
  await inbox.getByRole("group", { name: "Questions" }).getByLabel("VAT is wrong").check();
  await inbox.getByLabel("Choose a member").selectOption({ label: "Ada Lindqvist" });
  await inbox.getByRole("group", { name: "When nobody is there" }).getByLabel("E-mail").check();
  await inbox.getByLabel("Due within", { exact: true }).fill("2");
  for (const text of ["Never refunds.", "VAT is wrong", "Which invoice?", "only for:", "Not to:", "within 2 hours of opening hours"])
    await preview.getByText(text).first().waitFor();
  await inbox.getByLabel("Who may pass chats to this group").selectOption({ label: "Its own members" });
  await preview.getByText("Only its own members and supervisors pass chats here.").waitFor();
  await look(inbox, "playbook-written");
  // An empty row is left out when it is saved, also with the cursor in it.
  await inbox.getByRole("button", { name: "Add a reason" }).click();
  assert.equal(await inbox.evaluate(() => document.activeElement.getAttribute("aria-label")), "Reason 2");
  await inbox.getByRole("button", { name: "Save", exact: true }).evaluate((button) => button.click());
  await inbox.getByText("Saved.", { exact: true }).waitFor();
  await inbox.getByLabel("Reason 2", { exact: true }).waitFor({ state: "detached" });
  assert.equal(await inbox.getByText("Not saved yet.").count(), 0);
  await inbox.reload();
  assert.equal(await inbox.getByLabel("Question 1", { exact: true }).inputValue(), "Which invoice?");
  await preview.getByText("Never refunds.").waitFor();

  // Somebody else saves while this one is being written.
  await inbox.getByLabel("How many colleagues beside the lead").fill("2");
  const path = inbox.url().replace(/.*\/groups\/([^/]+)\/.*/, "/v1/groups/$1/playbook");
  const first = await ask(inbox, "GET", path);
  assert.equal(first.version, 1);
  assert.deepEqual(first.transfer.reasons, [{ code: "vat-is-wrong", label: "VAT is wrong" }]);
  await ask(inbox, "PUT", path, { ...first, group: undefined, jump_in: { when: "When asked." } });
  await inbox.getByText("A colleague has saved something else meanwhile.").waitFor();
  await inbox.getByRole("button", { name: "Discard changes" }).click();
  await inbox.getByRole("complementary", { name: "What a colleague reads: Jumping in" }).getByText("When asked.").waitFor();

  await inbox.getByText("Earlier versions").click();
  await inbox.getByRole("button", { name: "Use version 1 again" }).click();
  await inbox.getByRole("complementary", { name: "What a colleague reads: Jumping in" }).getByText("nothing about this").waitFor();
  await save(inbox);
  await inbox.getByText("Version 3").waitFor();
  assert.equal((await ask(inbox, "GET", path)).jump_in.when, undefined);

  await inbox.goto("/settings/account");
  await inbox.getByRole("textbox", { name: "My topics" }).fill("VAT, customs duty");
  await inbox.getByRole("textbox", { name: "My topics" }).press("Enter");
  await inbox.getByRole("heading", { name: "Who for what" }).locator("..").getByRole("button", { name: "Save" }).click();
  await inbox.goto("/settings/team");
  await inbox.getByText("for: VAT, customs duty").waitFor();
  await look(inbox, "team-topics");
  return told;
});

longFlow("who supervises a group by the class in it writes its playbook, and nothing else of its settings", async (world) => {
  const ada = await begin(world);
  const told = await served(world, ada);
  const group = ada.url().replace(/.*\/groups\/([^/]+)\/.*/, "$1");
  const bob = await invite(world, ada, { name: "Bob Vance", email: "bob@acme.example", password: "a red bicycle bell" });
  assert.deepEqual(await sectionsSeen(bob), ["My account"]);
  const { groups } = await ask(ada, "GET", "/v1/admin/groups");
  const { me } = await ask(bob, "GET", "/v1/me");
  const rest = groups[0].members.filter((m) => m.agent !== me.id);
  await ask(ada, "PUT", `/v1/admin/groups/${group}/members`, { members: [...rest, { agent: me.id, class: "supervisor" }] });

  await bob.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Groups" }).click();
  assert.deepEqual(await sectionsSeen(bob), ["My account", "Groups"]);
  await look(bob, "playbook-own-groups");
  await bob.getByRole("main").getByRole("listitem").getByRole("link", { name: "Team" }).click();
  await bob.getByLabel("When", { exact: true }).first().fill("Only what is about money.");
  await save(bob);
  for (const [[width, height], colorScheme] of sizes.flatMap((size) => ["light", "dark"].map((scheme) => [size, scheme]))) {
    await bob.setViewportSize({ width, height });
    await bob.emulateMedia({ colorScheme });
    await look(bob, `playbook-own-${width}-${colorScheme}`);
  }
  const now = await ask(ada, "GET", `/v1/groups/${group}/playbook`);
  assert.equal(now.transfer.when, "Only what is about money.");
  return told;
});

/** The sections of the settings that are offered. */
async function sectionsSeen(page) {
  if (!page.url().includes("/settings")) await page.goto("/settings");
  const links = page.getByRole("navigation", { name: "Settings" }).getByRole("link");
  await links.first().waitFor();
  return links.allInnerTexts();
}

longFlow("a playbook's screen fits every width and both lights", async (world) => {
  const inbox = await begin(world);
  const told = await served(world, inbox);
  await inbox.getByLabel("When", { exact: true }).first().fill("Invoices and VAT.\nNever refunds.");
  for (const colorScheme of ["light", "dark"]) {
    await inbox.emulateMedia({ colorScheme });
    for (const [width, height] of sizes) {
      await inbox.setViewportSize({ width, height });
      const spills = await inbox.evaluate(() => document.scrollingElement.scrollWidth > window.innerWidth);
      assert.equal(spills, false, `${width} ${colorScheme}: something is wider than the screen`);
      await look(inbox, `playbook-${width}-${colorScheme}`);
    }
  }
  return told;
});
