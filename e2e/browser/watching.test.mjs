// Watching: one visitor and two or three agents, each in a browser of his own. The
// visitor notices nothing until a colleague steps in, neither on his line nor on his
// screen.
import assert from "node:assert/strict";
import { begin, flow, invite, longFlow, take } from "./flow.mjs";
import { answer, ask, look, once, openChat, say } from "./world.mjs";

const whispered = "canary-whisper: give her the refund";
const answered = "canary-whisper-back: will do";
const cause = "canary-reason: I know this customer";
const wanted = "canary-help: above my limit";
const alsoWhispered = "canary-whisper-of-a-third: ask for the number";

/** What the visitor's frame shows, without what only time changes. */
async function shown(page) {
  const frame = page.frames().find((f) => f.url().includes("/frame?"));
  return frame.evaluate(() => document.body.innerHTML.replaceAll(/datetime="[^"]*"|>\d{1,2}:\d{2}[^<]*</g, ""));
}

/** What the visitor's line has carried, frame by frame, without the pings by which time passes. */
function framesWithoutPings(visitor) {
  const frames = visitor.heard().split('{"type":').slice(1);
  assert.ok(frames.length > 0, "the line carried no frame: the check proves nothing");
  return frames.filter((f) => !f.startsWith('"ping"')).map((f) => f.slice(0, f.lastIndexOf("}") + 1));
}

/** The agent opens a conversation of All by its last line. */
async function openAll(page, text) {
  await page.getByRole("tab", { name: /^All/ }).click();
  await page.getByRole("link").filter({ hasText: text }).first().click();
  await page.getByRole("button", { name: "Watch", exact: true }).waitFor();
}

/**
 * On a phone's header the seldom acts stand behind "More": it opens by hand and by
 * keyboard, Escape closes it and nothing else, and each of its acts can be reached.
 */
async function everyActOfTheMenu(page, chosen) {
  await page.setViewportSize({ width: 390, height: 844 });
  const button = page.getByRole("button", { name: "More", exact: true });
  const menu = page.getByRole("menu", { name: "More", exact: true });
  await button.click();
  const items = menu.getByRole("menuitem");
  const names = await items.allInnerTexts();
  assert.ok(names.length > 3 && names.some((name) => name.startsWith(chosen)), `the menu has ${names}`);
  const at = page.url();
  for (const [i, name] of names.entries()) {
    assert.equal(await page.evaluate(() => document.activeElement?.innerText), name, "the arrow goes to the next one");
    const { x, y, width, height } = await items.nth(i).boundingBox();
    assert.ok(x >= 0 && y >= 0 && x + width <= 390 && y + height <= 844, `${name} stands outside of the screen: ${[x, y, width, height]}`);
    const hit = await items
      .nth(i)
      .evaluate((item, [px, py]) => item.contains(document.elementFromPoint(px, py)), [x + width / 2, y + height / 2]);
    assert.ok(hit, `${name} is covered by something`);
    await page.keyboard.press("ArrowDown");
  }
  assert.equal(await page.evaluate(() => document.activeElement?.innerText), names[0], "after the last comes the first");
  await look(page, "header-more-390");
  await page.keyboard.press("Escape");
  await menu.waitFor({ state: "detached" });
  assert.equal(await button.evaluate((one) => one === document.activeElement), true, "the focus goes back to the button");
  assert.equal(page.url(), at, "Escape closes the menu and not the conversation");
  await page.keyboard.press("ArrowUp");
  await menu.waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.innerText), names.at(-1), "upwards it opens at the last one");
  await items.filter({ hasText: chosen }).click();
  await menu.waitFor({ state: "detached" });
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await page.setViewportSize({ width: 1440, height: 900 });
}

async function everySize(page, name) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    for (const [width, height] of [
      [1440, 900],
      [1024, 768],
      [390, 844],
    ]) {
      await page.setViewportSize({ width, height });
      await look(page, `${name}-${width}-${colorScheme}`);
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1440, height: 900 });
}

/**
 * A visitor who waits as the 2nd is taken and answered. His agent has read what he said, and the
 * queue has told him its last word: from here on nothing that the agent does alone changes his screen.
 */
async function attended(world, agent) {
  const visitor = await world.visitor();
  const page = await visitor.visit();
  const chat = await openChat(page);
  await say(chat, "My order has not come");
  await chat.getByText("You are 2nd in the queue.").waitFor();
  const over = visitor.proxy.hears(/"kind":"queue"[^}]*\}[^}]*"on":false/); // no longer waits: told a moment after he is taken
  await take(world, agent, "My order has not come");
  await answer(agent, "I am looking into it");
  await once(chat.getByRole("log"), "I am looking into it");
  await chat.getByText("Seen", { exact: true }).waitFor();
  await over;
  return { visitor, page, chat };
}

flow("a colleague follows silently, whispers, jumps in and takes over", async (world) => {
  const sue = await begin(world);
  const bilal = await invite(world, sue, {
    name: "Bilal Haddad",
    email: "bilal.canary@acme.example",
    password: "nine umbrellas on a roof",
  });
  const { groups } = await ask(sue, "GET", "/v1/admin/groups");
  await ask(sue, "PUT", `/v1/groups/${groups[0].id}/playbook`, {
    version: 0,
    transfer: { held: {} },
    group_chat: {},
    jump_in: { when: "canary-book: when money is lost", say: "Hello, Ada here as well" },
  });
  world.secrets.push("canary-book", whispered, answered, cause, wanted, '"kind":"watch', '"kind":"whisper"', '"kind":"help', "taken_by");
  await sue.goto("/");
  const { visitor, page, chat } = await attended(world, bilal);

  const before = await shown(page);
  await openAll(sue, "I am looking into it");
  await sue.keyboard.press("w");
  await sue.getByText("You watch Bilal Haddad’s chat.").waitFor();
  await bilal.getByText("1 watching").waitFor();
  assert.equal(await sue.getByRole("button", { name: "Reply", exact: true }).count(), 0, "who watches has but one voice");
  const box = sue.getByRole("textbox", { name: "Whisper" });
  await box.fill(whispered);
  await sue.getByRole("button", { name: "Whisper", exact: true }).last().click();
  await once(bilal.getByRole("article"), whispered);
  await bilal.getByRole("button", { name: "Whisper", exact: true }).click();
  await bilal.getByRole("textbox", { name: "Whisper" }).fill(answered);
  await look(bilal, "watched-lead-whispers");
  await bilal.getByRole("button", { name: "Whisper", exact: true }).last().click();
  await once(sue.getByRole("article"), answered);
  await bilal.getByRole("button", { name: "Ask for help" }).click();
  await bilal.getByLabel("What do you need?").fill(wanted);
  await look(bilal, "help-dialog");
  await bilal.getByRole("dialog").getByRole("button", { name: "Ask for help" }).click();
  await sue.getByRole("status").filter({ hasText: wanted }).waitFor();
  await everySize(sue, "watching");
  await sue.getByRole("button", { name: "I’m on it" }).click();
  const comes = bilal.getByRole("status").filter({ hasText: "Ada Lindqvist is on it" });
  await comes.waitFor();
  assert.equal(await bilal.getByRole("button", { name: "I’m on it" }).count(), 0, "who needs help does not take his own flag");
  await sue.getByRole("button", { name: "Give it back" }).click();
  await comes.waitFor({ state: "detached" });
  await sue.getByRole("button", { name: "I’m on it" }).click();
  await comes.waitFor();
  await everySize(sue, "help-taken");
  await everySize(bilal, "help-comes");
  assert.equal(await shown(page), before, "the visitor's screen has changed while somebody watched");

  await sue.keyboard.press("Escape");
  await sue.goto("/wall");
  await sue.getByRole("log").getByText("I am looking into it").waitFor();
  await sue.getByRole("article").getByText("You are on it").waitFor();
  await everySize(sue, "wall");
  await sue.getByRole("link", { name: "My order has not come" }).or(sue.locator("article header a")).first().click();

  await sue.getByRole("button", { name: "Jump in" }).click();
  const jump = sue.getByRole("dialog");
  await jump.getByText("canary-book: when money is lost").waitFor();
  assert.equal(await jump.getByLabel("First line to the visitor").inputValue(), "Hello, Ada here as well");
  await everySize(sue, "jump-in-dialog");
  await sue.getByRole("dialog").getByRole("button", { name: "Jump in" }).click();
  await once(chat.getByRole("log"), "Hello, Ada here as well");
  await chat
    .getByText(/Ada Lindqvist/)
    .first()
    .waitFor();
  await bilal.getByText("1 watching").waitFor({ state: "detached" });

  await everyActOfTheMenu(sue, "Take over from the lead");

  await sue.locator("body").press("v");
  await sue.getByLabel("Reason").fill(cause);
  await sue.getByRole("dialog").getByText("canary-book: when money is lost").waitFor();
  await everySize(sue, "take-over-dialog");
  await sue.keyboard.press("Escape");
  await sue.locator("body").press("v");
  assert.equal(await sue.getByLabel("Reason").inputValue(), cause, "what was typed outlives Escape");
  await sue.getByLabel("Reason").press("Enter");
  await bilal.getByText("You watch Ada Lindqvist’s chat.").waitFor();
  await bilal.getByText(cause).waitFor();
  await answer(sue, "I will send it again today");
  await once(chat.getByRole("log"), "I will send it again today");
  await look(page, "widget-after-take-over");

  await bilal.goto("/settings/account");
  await bilal.getByText(/Ada Lindqvist watched Bilal Haddad/).waitFor();
  await bilal
    .getByRole("row", { name: /^Bilal Haddad/ })
    .getByText("twice")
    .or(bilal.getByRole("row", { name: /^Bilal Haddad/ }).getByText("once"))
    .first()
    .waitFor();
  await bilal.getByRole("heading", { name: "Observations" }).scrollIntoViewIfNeeded();
  await everySize(bilal, "observations");
  return [[visitor, ["I am looking into it", "Hello, Ada here as well", "I will send it again today"]]];
});

flow("two colleagues follow one chat, and the visitor's line and screen stay as they are", async (world) => {
  const ada = await begin(world);
  const bilal = await invite(world, ada, {
    name: "Bilal Haddad",
    email: "bilal.canary@acme.example",
    password: "nine umbrellas on a roof",
  });
  const cleo = await invite(world, ada, {
    name: "Cleo Marchetti",
    email: "cleo.canary@acme.example",
    password: "seven kites over the harbour",
  });
  world.secrets.push(whispered, alsoWhispered, cause, '"kind":"watch', '"kind":"whisper"');
  await ada.goto("/");
  const { visitor, page, chat } = await attended(world, bilal);

  const screen = await shown(page);
  const line = framesWithoutPings(visitor);
  const unnoticed = async (what) => {
    assert.equal(await shown(page), screen, `the visitor's screen has changed while ${what}`);
    assert.deepEqual(framesWithoutPings(visitor), line, `the visitor's line has carried something while ${what}`);
  };
  await openAll(ada, "I am looking into it");
  await ada.keyboard.press("w");
  await bilal.getByText("1 watching").waitFor();
  await ada.getByRole("textbox", { name: "Whisper" }).fill(whispered);
  await ada.getByRole("button", { name: "Whisper", exact: true }).last().click();
  await once(bilal.getByRole("article"), whispered);
  await unnoticed("one watches and whispers");
  await openAll(cleo, "I am looking into it");
  await cleo.keyboard.press("w");
  await cleo.getByText("You watch Bilal Haddad’s chat.").waitFor();
  await bilal.getByText("2 watching").waitFor();
  assert.equal(await cleo.getByText(whispered).count(), 0, "who begins to watch later reads no earlier whisper");
  await cleo.getByRole("textbox", { name: "Whisper" }).fill(alsoWhispered);
  await cleo.getByRole("button", { name: "Whisper", exact: true }).last().click();
  await once(bilal.getByRole("article"), alsoWhispered);
  await once(ada.getByRole("article"), alsoWhispered); // she is known by her own whisper, and watches openly
  await look(bilal, "watched-by-two");
  await unnoticed("two watch and whisper");

  await cleo.getByRole("button", { name: "Jump in" }).click();
  const jump = cleo.getByRole("dialog");
  await jump.getByLabel("First line to the visitor").fill("Hello, Cleo here as well");
  await jump.getByRole("button", { name: "Jump in" }).click();
  await once(chat.getByRole("log"), "Hello, Cleo here as well");
  await bilal.getByText("1 watching").waitFor();
  await ada.getByText("You watch Bilal Haddad’s chat.").waitFor();
  await ada.getByRole("log").first().focus(); // out of the whisper, so that a key is an act
  await ada.keyboard.press("v");
  await ada.getByLabel("Reason").fill(cause);
  await ada.getByLabel("Reason").press("Enter");
  await bilal.getByText("You watch Ada Lindqvist’s chat.").waitFor();
  await answer(ada, "I will send it again today");
  await once(chat.getByRole("log"), "I will send it again today");
  await once(cleo.getByRole("article"), "I will send it again today");
  await look(page, "widget-after-take-over-of-three");
  return [[visitor, ["I am looking into it", "Hello, Cleo here as well", "I will send it again today"]]];
});

longFlow("what a group has agreed about watching is kept, and told in its settings", async (world) => {
  const ada = await begin(world);
  const bilal = await invite(world, ada, {
    name: "Bilal Haddad",
    email: "bilal.canary@acme.example",
    password: "nine umbrellas on a roof",
  });
  await ada.goto("/settings/groups");
  const { groups } = await ask(ada, "GET", "/v1/admin/groups");
  await ada.goto(`/settings/groups/${groups[0].id}/watching`);
  await ada.getByRole("group", { name: "Who may watch" }).getByLabel("Nobody").check();
  await ada.getByLabel("Quiet hours").check();
  await ada.getByLabel("From").fill("22:30");
  await ada.getByLabel("To", { exact: true }).fill("06:00");
  await ada.getByLabel("The visitor waits for an answer", { exact: true }).selectOption({ label: "A number of its own" });
  await ada.getByLabel("The visitor waits for an answer: Minutes").fill("7");
  await ada.getByLabel("Questions without an answer", { exact: true }).selectOption({ label: "Never" });
  await ada.getByLabel("Promised refund above this sum", { exact: true }).selectOption({ label: "A number of its own" });
  await ada.getByLabel("Promised refund above this sum: Sum").fill("200");
  await everySize(ada, "settings-watching");
  await ada.getByRole("button", { name: "Save" }).click();
  await ada.getByText("Saved").first().waitFor();
  const agreed = (await ask(ada, "GET", "/v1/admin/groups")).groups[0].etiquette;
  assert.deepEqual([agreed.watch, agreed.quiet.from, agreed.quiet.to], ["nobody", "22:30", "06:00"]);
  assert.deepEqual([agreed.help_after, agreed.help_questions, agreed.help_capitals ?? 0, agreed.help_refund], [420, -1, 0, 200]);
  const visitor = await world.visitor();
  const page = await visitor.visit();
  const chat = await openChat(page);
  await say(chat, "Is anybody there?");
  await ada.goto("/");
  await take(world, ada, "Is anybody there?");
  await answer(ada, "Yes, I am");
  await once(chat.getByRole("log"), "Yes, I am");
  await bilal.getByRole("tab", { name: /^All/ }).click();
  await bilal.getByRole("link").filter({ hasText: "Yes, I am" }).first().click();
  await bilal.getByRole("button", { name: "Join", exact: true }).waitFor();
  assert.equal(await bilal.getByRole("button", { name: "Watch", exact: true }).count(), 0, "the group lets nobody watch");
  const id = new URL(bilal.url()).pathname.split("/").at(-1);
  const { me } = await ask(bilal, "GET", "/v1/me");
  await ask(ada, "POST", `/v1/conversations/${id}/watch-me`, { key: crypto.randomUUID(), agent: me.id });
  await bilal.getByText("Ada Lindqvist asks you to watch a chat.").waitFor();
  await look(bilal, "watch-asked");
  await bilal.getByRole("status").getByRole("button", { name: "Watch" }).click();
  await bilal.getByText("You watch Ada Lindqvist’s chat.").waitFor();
  await ada.getByTitle("Watching openly: Bilal Haddad").waitFor();
  return [[visitor, ["Yes, I am"]]];
});
