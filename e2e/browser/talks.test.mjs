// The team among itself: channels, direct talks, cards, and a colleague of another department.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { begin, flow, invite, longFlow, take } from "./flow.mjs";
import { answer, ask, look, once, openChat, picture, say, text } from "./world.mjs";

const ben = {
  name: "Ben Carter",
  email: "ben.canary@acme.example",
  password: "seven herons by the weir",
};
const question = "Can I still change my order?";

/** A visitor's chat that Ada has answered: whatever the team says among itself, this line hears nothing of it. */
async function answered(world, inbox) {
  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, question);
  await take(world, inbox, question);
  await answer(inbox, "Until this evening");
  await once(chat.getByRole("log"), "Until this evening");
  return [visitor, ["Until this evening"]];
}

/** The way to the talks, as the rail names it. */
const rail = (page, name) => page.getByRole("navigation", { name: "Areas" }).getByRole("link", { name });
const row = (page, name) => page.getByRole("region", { name: "Team", exact: true }).getByRole("link").filter({ hasText: name });
const box = (page) => page.getByRole("textbox", { name: /^Write in/ });
const log = (page) => page.getByRole("log");

async function people(inbox) {
  const { me, team } = await ask(inbox, "GET", "/v1/inbox");
  return { me: me.id, ben: team.find((a) => a.name === ben.name)?.id };
}

/** The number of the newest message of a talk. */
async function saidAt(page, talk) {
  const { events } = await ask(page, "GET", `/v1/talks/${talk.conversation}`);
  return events.findLast((e) => e.kind === "message").seq;
}

const act = (page, path, body) => ask(page, "POST", path, { key: randomUUID(), ...body });

flow("a group's channel carries a mention and its reply, and goes with the group", async (world) => {
  const inbox = await begin(world);
  const page = await invite(world, inbox, ben);
  await inbox.goto("/");
  const told = await answered(world, inbox);

  await rail(inbox, /^Team/).click();
  await look(inbox, "talks-empty");
  await row(inbox, "Team").first().click();
  await box(inbox).pressSequentially("canary-talk: who knows this, @be");
  await inbox
    .getByRole("listbox")
    .getByRole("option", { name: /Ben Carter/ })
    .waitFor();
  await box(inbox).press("Enter");
  await box(inbox).pressSequentially("you?");
  await box(inbox).press("Enter");
  await log(inbox)
    .getByText(/canary-talk/)
    .waitFor();

  await rail(page, "Team: 1 message for you").click();
  await row(page, "canary-talk").click();
  const line = log(page).locator(".line").filter({ hasText: "canary-talk" });
  await line.waitFor();
  // Read where it stands on the screen, and nothing calls any more.
  await rail(page, /^Team$/).waitFor();
  await line.hover();
  await line.getByRole("button", { name: "Reply" }).click();
  await box(page).fill("canary-reply: I do");
  await look(page, "talk-reply");
  await box(page).press("Enter");

  await log(inbox).getByRole("button", { name: "1 reply" }).click();
  const replies = inbox.getByRole("region", { name: "About this talk" });
  await replies.getByRole("heading", { name: "Replies" }).waitFor();
  await replies.getByText("canary-reply: I do").waitFor();
  await look(inbox, "talk-replies");
  await page.setViewportSize({ width: 390, height: 844 });
  await box(page).waitFor();
  await look(page, "talk-390");

  const { groups } = await ask(inbox, "GET", "/v1/admin/groups");
  const { me } = await people(inbox);
  await ask(inbox, "PUT", `/v1/admin/groups/${groups[0].id}/members`, {
    members: [{ agent: me }],
  });
  await page.getByRole("heading", { name: "You are not in this talk any more" }).waitFor();
  assert.equal(await page.getByText(/canary-/).count(), 0, "words of a talk that was lost stand on the screen");
  await look(page, "talk-gone-390");
  world.secrets.push("canary-talk", "canary-reply", "talk.created", '"crew"');
  return [told];
});

longFlow("files in a channel are for those who may read it", async (world) => {
  const inbox = await begin(world);
  const page = await invite(world, inbox, ben);
  await inbox.goto("/");
  const told = await answered(world, inbox);
  const ids = await people(inbox);
  const lunch = await act(inbox, "/v1/talks", { name: "lunch", with: [ids.ben] });
  const shut = await act(inbox, "/v1/talks", { name: "pay", closed: true });
  const send = async (talk, words, ...files) => {
    await inbox.goto(`/talks/${talk.conversation}`);
    await box(inbox).fill(words);
    await inbox.locator("form input[type=file]").setInputFiles(files);
    await inbox.getByRole("list", { name: "Files" }).getByRole("progressbar").first().waitFor({ state: "detached" });
    if (files.length > 1) await look(inbox, "talk-files-chosen");
    await box(inbox).press("Enter");
    await log(inbox).getByText(words).waitFor();
  };
  const menu = text("menu.txt", "canary-menu: soup");
  await send(lunch, "canary-lunch: the menu", menu, { name: "table.png", mimeType: "image/png", buffer: picture });
  await send(shut, "canary-raise: figures", text("raise.txt", "canary-raise: four percent"));

  await page.goto(`/talks/${lunch.conversation}`);
  const download = page.waitForEvent("download");
  await log(page)
    .getByRole("link", { name: /menu\.txt/ })
    .click();
  const saved = await (await download).createReadStream();
  let got = "";
  for await (const chunk of saved) got += chunk;
  assert.equal(got, "canary-menu: soup");
  const shown = log(page).getByRole("img", { name: "table.png" });
  await shown.waitFor();
  await shown.evaluate((image) => image.decode());
  await look(page, "talk-files");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 390, height: 844 });
  await look(page, "talk-files-390-dark");

  await inbox.goto(`/talks/${lunch.conversation}`);
  await inbox.getByRole("button", { name: "Search in this talk" }).click();
  const side = inbox.getByRole("region", { name: "About this talk" });
  await side.getByRole("searchbox").fill("menu.tx");
  await side.getByRole("link").filter({ hasText: "menu.txt" }).waitFor();
  await look(inbox, "talk-find");
  await side.getByRole("combobox", { name: "From" }).selectOption({ label: ben.name });
  await side.getByText("Nothing holds “menu.tx” within these limits.").waitFor();
  await inbox.setViewportSize({ width: 390, height: 844 });
  await look(inbox, "talk-find-390");
  await inbox.setViewportSize({ width: 1440, height: 900 });

  const soup = "canary-lunch: Hello {{visitor.first_name}}, soup for {{visitor.name|all}}";
  await act(inbox, "/v1/saved-replies", { scope: "own", name: "soup", text: soup });
  await box(inbox).pressSequentially("/sou");
  await inbox.getByRole("option", { name: /soup/ }).waitFor();
  await look(inbox, "talk-reply-saved");
  await box(inbox).press("Enter");
  await inbox.getByText("Left out, since there is no visitor here: visitor.first_name").waitFor();
  assert.equal(await box(inbox).inputValue(), "canary-lunch: Hello, soup for all");
  await box(inbox).fill("");

  const filesOf = async (talk) => (await ask(inbox, "GET", `/v1/talks/${talk.conversation}`)).events.flatMap((e) => e.body.files ?? []);
  const [raise] = await filesOf(shut);
  await assert.rejects(ask(page, "GET", `/v1/files/${raise.id}`), /404/, "a file of a closed channel is open to who is not in it");
  const [theirs] = await filesOf(lunch);
  await act(inbox, `/v1/talks/${lunch.conversation}/redact`, { seq: await saidAt(inbox, lunch) });
  await assert.rejects(ask(page, "GET", `/v1/files/${theirs.id}`), /404/, "a file that was taken back is open still");
  world.secrets.push("canary-menu", "canary-lunch", "canary-raise");
  return [told];
});

flow("a card shows what its reader may see, as of now", async (world) => {
  const inbox = await begin(world);
  const page = await invite(world, inbox, ben);
  await inbox.goto("/");
  const told = await answered(world, inbox);
  const ids = await people(inbox);
  const lunch = await act(inbox, "/v1/talks", {
    name: "lunch",
    with: [ids.ben],
  });
  const shut = await act(inbox, "/v1/talks", { name: "pay", closed: true });
  await act(inbox, `/v1/talks/${shut.conversation}/messages`, {
    text: "canary-pay: plus four percent",
  });

  await inbox.goto(`/talks/${lunch.conversation}`);
  await box(inbox).fill(`as said: ${world.server.url}/talks/${shut.conversation}`);
  await inbox.getByRole("form", { name: "Write" }).getByRole("link").filter({ hasText: "canary-pay" }).waitFor();
  await look(inbox, "talk-card-ahead");
  await box(inbox).press("Enter");
  await log(inbox).getByRole("link").filter({ hasText: "canary-pay" }).waitFor();

  // Enter before it is known what may be shown: it goes out once it is.
  let known;
  const answer = new Promise((resolve) => {
    known = resolve;
  });
  await inbox.route("**/v1/reference?*", async (route) => {
    await answer;
    await route.continue();
  });
  await box(inbox).fill(`and once more: ${world.server.url}/talks/${shut.conversation}`);
  await box(inbox).press("Enter");
  assert.notEqual(await box(inbox).inputValue(), "", "it is sent before its card is known");
  known();
  const again = log(inbox).locator(".line").filter({ hasText: "and once more" });
  await again.getByRole("link").filter({ hasText: "canary-pay" }).waitFor();
  assert.equal(await box(inbox).inputValue(), "", "what was sent stands in the box still");

  await page.goto(`/talks/${lunch.conversation}`);
  await log(page).getByText("Something that you may not see").first().waitFor();
  assert.equal(await page.getByText("canary-pay").count(), 0, "the card shows what its reader may not see");
  await look(page, "talk-card-shut");
  await act(inbox, `/v1/talks/${shut.conversation}/add`, { agents: [ids.ben] });
  await log(page).getByRole("link").filter({ hasText: "canary-pay" }).first().waitFor();
  await act(inbox, `/v1/talks/${shut.conversation}/remove`, { agent: ids.ben });
  await log(page).getByText("Something that you may not see").first().waitFor();
  world.secrets.push("canary-pay", '"cards"');
  return [told];
});

longFlow("a colleague of another department has the team's talks and what he is let into", async (world) => {
  const inbox = await begin(world);
  const told = await answered(world, inbox);
  world.secrets.push(ben.email);
  await inbox.goto("/settings/team");
  await inbox.getByLabel("E-mail").fill(ben.email);
  await inbox.getByLabel("Role", { exact: true }).selectOption("colleague");
  await inbox.getByRole("button", { name: "Make an invitation" }).click();
  const page = await world.agentPage();
  const denied = [];
  page.on("response", (response) => response.status() === 403 && denied.push(new URL(response.url()).pathname));
  await page.goto(await inbox.getByRole("status").locator("code").innerText());
  await page.getByLabel("Name", { exact: true }).fill(ben.name);
  await page.getByLabel("Password").fill(ben.password);
  await page.getByRole("button", { name: "Join" }).click();
  await page.getByRole("heading", { name: "Team", exact: true }).waitFor();
  for (const name of ["Board", "Wall", "Coaching", "Promises"]) assert.equal(await rail(page, new RegExp(`^${name}`)).count(), 0, name);
  await look(page, "colleague");

  await rail(inbox, /^Team/).click();
  await inbox.getByRole("button", { name: "New direct talk" }).last().click();
  await inbox
    .getByRole("dialog")
    .getByRole("button", { name: /Ben Carter/ })
    .click();
  await look(inbox, "talk-new-direct");
  await inbox.getByRole("dialog").getByRole("button", { name: "Begin" }).click();
  await box(inbox).fill("canary-direct: a minute?");
  await box(inbox).press("Enter");
  await rail(page, "Team: 1 message for you").waitFor();
  await row(page, "canary-direct").click();
  await log(page).getByText("canary-direct: a minute?").waitFor();
  await log(inbox).getByText("Seen", { exact: true }).waitFor();

  const { rows } = await ask(inbox, "GET", "/v1/inbox");
  await inbox.goto(`/c/${rows[0].conversation.id}`);
  await inbox.getByRole("button", { name: "Note", exact: true }).click();
  const note = inbox.getByRole("textbox", { name: /^Write a note/ });
  await note.pressSequentially("canary-let-in @be");
  await note.press("Enter");
  await note.press("Enter");
  await inbox.getByRole("button", { name: /^Grant access and send/ }).click();
  await page.getByRole("button", { name: "Mentions: 1 unread" }).click();
  await page.getByRole("link").filter({ hasText: "canary-let-in" }).click();
  await page.getByText("You are a guest here").waitFor();
  await look(page, "colleague-guest");
  await page.goto("/board");
  await page.getByRole("heading", { name: "This is for those who answer visitors." }).waitFor();
  assert.deepEqual(denied, [], "a colleague's inbox asks for what he has not");
  world.secrets.push("canary-direct", "canary-let-in");
  return [told];
});
