// What owners decide about groups and routing: made in the settings, tried
// before it is saved, and kept to when a visitor comes.
import assert from "node:assert/strict";
import { begin, flow, longFlow, take } from "./flow.mjs";
import { answer, look, once, openChat, say } from "./world.mjs";

/** The group's screen behind a tab, such as "Hours". */
async function part(inbox, name) {
  await inbox
    .getByRole("navigation", { name: /^Settings of / })
    .getByRole("link", { name })
    .click();
}

async function save(inbox) {
  await inbox.getByRole("button", { name: "Save", exact: true }).click();
  await inbox.getByRole("button", { name: "Discard changes" }).waitFor({ state: "detached" });
}

async function makeGroup(inbox, name) {
  await inbox.goto("/settings/groups");
  await inbox.getByRole("button", { name: "Add a group" }).click();
  await inbox.getByLabel("Name", { exact: true }).fill(name);
  await inbox.getByRole("button", { name: "Make the group" }).click();
  await inbox.getByRole("heading", { name, level: 2 }).waitFor();
  await inbox.getByLabel("Add a colleague").selectOption({ label: "Ada Lindqvist" });
  await save(inbox);
}

flow("a group is made, a rule leads to it, and both are tried before they are saved", async (world) => {
  const inbox = await begin(world);
  await makeGroup(inbox, "Returns");
  await look(inbox, "settings-members");

  await part(inbox, "Distribution");
  await inbox.getByLabel("Agents take them").check();
  await inbox.getByText("Nothing rings.").waitFor();
  await save(inbox);
  await part(inbox, "Fair share");
  await inbox.getByLabel("The chat that has waited longest is taken first.").check();
  await save(inbox);
  await look(inbox, "settings-agreement");

  await inbox.goto("/settings/routes");
  await inbox.getByText("No rules yet.").waitFor();
  await inbox.getByRole("button", { name: "Add a rule" }).click();
  await inbox.getByLabel("Name of the rule").fill("Beans");
  await inbox.getByLabel("Values, one is enough").fill("/beans");
  await inbox.getByLabel("Values, one is enough").press("Enter");
  await inbox.getByLabel("Then the visitor reaches").selectOption({ label: "Returns" });
  const address = inbox.getByLabel("Address of the page", { exact: true }).and(inbox.getByRole("textbox"));
  await address.fill("https://shop.example/tea");
  await inbox.getByText('path is "/tea".').waitFor();
  assert.equal(await inbox.getByText("Reaches Returns", { exact: true }).count(), 0);
  await address.fill("https://shop.example/beans/arabica");
  await inbox.getByText("Reaches Returns", { exact: true }).waitFor();
  await look(inbox, "settings-routes");
  await save(inbox);

  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, "My beans are stale.");
  await once(chat.getByRole("log"), "My beans are stale.");
  await inbox.goto("/");
  await take(world, inbox, "My beans are stale.");
  await inbox.getByText("Returns", { exact: true }).first().waitFor();
  await answer(inbox, "We send you fresh ones.");
  await once(chat.getByRole("log"), "We send you fresh ones.");

  await inbox.goto("/settings/paths");
  await inbox.getByText("Rule “Beans”").waitFor();
  await look(inbox, "settings-paths");
  return [[visitor, ["We send you fresh ones."]]];
});

longFlow("hours outlive a reload, and a change is rehearsed on who has come", async (world) => {
  const inbox = await begin(world);
  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, "Are you open?");
  await once(chat.getByRole("log"), "Are you open?");
  await take(world, inbox, "Are you open?");
  await answer(inbox, "We are.");
  await once(chat.getByRole("log"), "We are.");

  await makeGroup(inbox, "Night");
  await part(inbox, "Hours");
  await inbox.getByLabel("By opening hours").check();
  await inbox.getByLabel("Time zone").selectOption("Europe/Berlin");
  await inbox.getByLabel("Monday, from").fill("22:00");
  await inbox.getByLabel("Monday, to").fill("06:00");
  await inbox.getByText("ends Tuesday").waitFor();
  await inbox.getByRole("button", { name: "Copy Monday to all weekdays" }).click();
  await inbox.getByText("ends Saturday").waitFor();
  await save(inbox);
  await inbox.reload();
  assert.equal(await inbox.getByLabel("Friday, from").inputValue(), "22:00");
  await look(inbox, "settings-hours");

  await inbox.goto("/settings/routing");
  await inbox.getByLabel("Chats at once per agent").fill("2");
  await inbox.getByRole("button", { name: "Try it on the last 7 days" }).click();
  await inbox.getByText("No chat moves to another group.").waitFor();
  await look(inbox, "settings-rehearsal");
  await inbox.getByRole("button", { name: "Discard changes" }).click();
  return [[visitor, ["We are."]]];
});

longFlow("who is in a group and what somebody takes are tried on who has come, and then saved", async (world) => {
  const inbox = await begin(world);
  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, "Who has my order?");
  await once(chat.getByRole("log"), "Who has my order?");
  await take(world, inbox, "Who has my order?");
  await answer(inbox, "I have it.");
  await once(chat.getByRole("log"), "I have it.");

  const tryIt = inbox.getByRole("button", { name: "Try it on the last 7 days" });
  await inbox.goto("/settings/groups");
  await inbox.getByRole("listitem").getByRole("link", { name: /Team/ }).click();
  await part(inbox, "Members");
  assert.equal(await tryIt.getAttribute("aria-disabled"), "true", "there is nothing to try yet");
  await inbox.getByLabel("Turn of Ada Lindqvist").selectOption({ label: "Supervisor" });
  await tryIt.click();
  // The other visitor came before Ada had a chat: nobody is taken to have been there yet.
  await inbox.getByText("2 chats would have met nobody (1 before).").waitFor();
  await look(inbox, "settings-rehearsal-members");
  await inbox.getByLabel("Turn of Ada Lindqvist").selectOption({ label: "Last" });
  await inbox.getByText("You have changed something since.").waitFor();
  await tryIt.click();
  await inbox.getByText("1 chat would have met nobody (1 before).").waitFor();
  await inbox.getByText(/^Ada Lindqvist \(.*\) is counted in the hours in which he was taking chats/).waitFor();
  await save(inbox);

  // The draft of a person outlives his dialog, and so does what was tried of it.
  await inbox.getByRole("button", { name: "Skills, topics, limit of Ada Lindqvist" }).click();
  const dialog = inbox.getByRole("dialog", { name: "Skills, topics, limit of Ada Lindqvist" });
  await dialog.getByLabel("Chats at once").fill("1");
  await dialog.getByRole("button", { name: "Try it on the last 7 days" }).click();
  await dialog.getByText(/however many its agent has at once/).waitFor();
  await look(inbox, "settings-rehearsal-person");
  await inbox.keyboard.press("Escape");
  await inbox.getByRole("button", { name: "Skills, topics, limit of Ada Lindqvist, Not saved yet." }).click();
  assert.equal(await dialog.getByLabel("Chats at once").inputValue(), "1");
  await dialog.getByText(/however many its agent has at once/).waitFor();
  await dialog.getByRole("button", { name: "Save" }).click();
  await inbox.getByText("1 chat at once", { exact: false }).waitFor();
  await inbox.reload();
  assert.equal(await inbox.getByLabel("Turn of Ada Lindqvist").inputValue(), "last");
  return [[visitor, ["I have it."]]];
});

longFlow("rules move by key, and the first that fits has the visitor", async (world) => {
  const inbox = await begin(world);
  await makeGroup(inbox, "Sales");
  await inbox.goto("/settings/routes");
  for (const [name, group] of [
    ["First", "Team"],
    ["Second", "Sales"],
  ]) {
    await inbox.getByRole("button", { name: "Add a rule" }).click();
    await inbox.getByLabel("Name of the rule").fill(name);
    await inbox.getByRole("button", { name: "Remove condition 1" }).click();
    await inbox.getByLabel("Then the visitor reaches").selectOption({ label: group });
  }
  await inbox.getByText("Never decides: a rule above fits every visitor.").waitFor();
  const line = inbox.getByRole("button", { name: /Rule 2: Second/ });
  await line.focus();
  await inbox.keyboard.press("Alt+ArrowUp");
  await inbox
    .getByRole("button", { name: /Rule 1: Second/ })
    .and(inbox.locator(":focus"))
    .waitFor();
  await save(inbox);

  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, "Is anybody there?");
  await once(chat.getByRole("log"), "Is anybody there?");
  await inbox.goto("/");
  await take(world, inbox, "Is anybody there?");
  await answer(inbox, "Always.");
  await once(chat.getByRole("log"), "Always.");
  await inbox.goto("/settings/paths");
  await inbox.getByText("Rule “Second”").waitFor();
  assert.equal(await inbox.getByText("Rule “First”").count(), 0);
  return [[visitor, ["Always."]]];
});

longFlow("deleting a group says what goes where, and its rules and chats go there", async (world) => {
  const inbox = await begin(world);
  await makeGroup(inbox, "Sales");
  await inbox.goto("/settings/routes");
  await inbox.getByRole("button", { name: "Add a rule" }).click();
  await inbox.getByLabel("Name of the rule").fill("Everything");
  await inbox.getByRole("button", { name: "Remove condition 1" }).click();
  await inbox.getByLabel("Then the visitor reaches").selectOption({ label: "Sales" });
  await save(inbox);
  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, "Is anybody there?");
  await once(chat.getByRole("log"), "Is anybody there?");

  await inbox.goto("/settings/groups");
  await inbox.getByRole("link", { name: /^Sales/ }).click();
  await inbox.getByRole("button", { name: "Delete this group" }).click();
  const dialog = inbox.getByRole("dialog", { name: "Delete Sales?" });
  await dialog.getByLabel("Which group takes its place?").selectOption({ label: "Team" });
  await dialog.getByText("1 open chat moves to Team. Who leads it keeps it.").waitFor();
  await dialog.getByText("These rules send to Team from then on: Everything.").waitFor();
  await look(inbox, "settings-delete");
  await dialog.getByRole("button", { name: "Delete the group" }).click();
  await inbox.getByRole("heading", { name: "Groups", level: 2 }).waitFor();
  await inbox.getByRole("link", { name: /^Sales/ }).waitFor({ state: "detached" });
  await inbox.goto("/settings/routes");
  await inbox.getByRole("button", { name: /Rule 1: Everything.*Team/ }).waitFor();

  await inbox.goto("/");
  await take(world, inbox, "Is anybody there?");
  await answer(inbox, "Always.");
  await once(chat.getByRole("log"), "Always.");
  return [[visitor, ["Always."]]];
});
