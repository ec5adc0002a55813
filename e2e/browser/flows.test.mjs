// The product's flows in a real browser. Each has a server of its own, and in
// each the visitor's whole line is searched for what is not his.
import assert from "node:assert/strict";
import test from "node:test";
import { answer, heardNothingOf, look, makeWorld, once, openChat, owner, say } from "./world.mjs";

const note = "canary-note: she is a difficult customer";
const foreign = "canary-foreign: my account number is 4711";

function flow(name, run) {
  test(name, { timeout: 120_000 }, async () => {
    const world = await makeWorld();
    try {
      await run(world);
    } finally {
      await world.close();
    }
  });
}

/** Another visitor whose words must stay between him and the team. */
async function strangerWrites(world) {
  const other = await world.visitor();
  const chat = await openChat(await other.visit());
  await say(chat, foreign);
  await once(chat.getByRole("log"), foreign);
}

/** The agent takes the conversation whose last line is text. */
async function take(inbox, text) {
  await inbox.getByRole("tab", { name: /^Queue/ }).click();
  await inbox.getByRole("link").filter({ hasText: text }).click();
  await inbox.getByRole("button", { name: "Take", exact: true }).click();
  await inbox.getByRole("textbox", { name: /^Write to/ }).waitFor();
}

async function writesNote(inbox) {
  await inbox.getByRole("button", { name: "Note", exact: true }).click();
  await answer(inbox, note);
  await once(inbox.getByRole("article"), note);
  await inbox.getByRole("button", { name: "Reply", exact: true }).click();
}

flow("set up, write, take, answer, seen, offline and back, close, write again", async (world) => {
  const inbox = await world.setUp({ look });
  await look(inbox, "inbox-empty");
  await strangerWrites(world);
  const visitor = await world.visitor();
  const page = await visitor.visit();
  await look(page, "host-page");
  const chat = await openChat(page);
  await look(page, "widget-empty");
  await say(chat, "Where is my parcel?");
  await once(chat.getByRole("log"), "Where is my parcel?");
  await take(inbox, "Where is my parcel?");
  await writesNote(inbox);
  await answer(inbox, "Let me look it up.");
  await once(chat.getByRole("log"), "Let me look it up.");
  await chat.getByText("Seen").first().waitFor();
  await inbox.getByText("Seen", { exact: true }).first().waitFor();
  await look(page, "widget-talk");
  await look(inbox, "inbox-talk");

  await visitor.context.setOffline(true);
  await say(chat, "I am in a tunnel.");
  await chat.getByText("I am in a tunnel.").waitFor();
  await answer(inbox, "It arrives tomorrow.");
  await visitor.context.setOffline(false);
  await once(inbox.getByRole("article"), "I am in a tunnel.");
  await once(chat.getByRole("log"), "It arrives tomorrow.");
  await once(chat.getByRole("log"), "I am in a tunnel.");

  await inbox.getByRole("button", { name: "Close", exact: true }).click();
  await chat.getByText(/ended the chat/).waitFor();
  await say(chat, "One more thing.");
  await once(chat.getByRole("log"), "One more thing.");
  await inbox.getByRole("button", { name: "Take", exact: true }).waitFor();
  await once(inbox.getByRole("article"), "Where is my parcel?");
  await inbox.getByText(/Chat 2 with this visitor began/).waitFor();
  heardNothingOf(visitor, [note, foreign, owner.email, owner.password], ["Let me look it up.", "It arrives tomorrow."]);
});

flow("the built-in test page carries the widget at another origin", async (world) => {
  const inbox = await world.setUp();
  const context = await world.browser.newContext({ locale: "en" });
  await context.addInitScript(() => {
    const attach = Element.prototype.attachShadow;
    Element.prototype.attachShadow = function (init) {
      return attach.call(this, { ...init, mode: "open" });
    };
  });
  const page = await context.newPage();
  await page.goto(`${world.server.url}/try`);
  assert.notEqual(new URL(page.url()).host, new URL(world.server.url).host, "the test page stands at the inbox's own origin");
  await look(page, "try");
  const chat = await openChat(page);
  await say(chat, "From the test page");
  await once(chat.getByRole("log"), "From the test page");
  await take(inbox, "From the test page");
});

flow("two tabs are one visitor, and each message is shown once in both", async (world) => {
  const inbox = await world.setUp();
  await strangerWrites(world);
  const visitor = await world.visitor();
  const first = await openChat(await visitor.visit());
  await say(first, "Written in the first tab");
  await once(first.getByRole("log"), "Written in the first tab");
  const second = await openChat(await visitor.visit());
  await once(second.getByRole("log"), "Written in the first tab");
  await say(second, "Written in the second tab");
  await once(second.getByRole("log"), "Written in the second tab");
  await once(first.getByRole("log"), "Written in the second tab");
  await take(inbox, "Written in the second tab");
  await writesNote(inbox);
  await answer(inbox, "Hello to both tabs");
  for (const chat of [first, second]) await once(chat.getByRole("log"), "Hello to both tabs");
  for (const text of ["Written in the first tab", "Written in the second tab"]) await once(inbox.getByRole("article"), text);
  heardNothingOf(visitor, [note, foreign, owner.email], ["Hello to both tabs"]);
});

flow("a reload in the middle of a send sends once", async (world) => {
  const inbox = await world.setUp();
  const visitor = await world.visitor();
  const page = await visitor.visit();
  for (const text of ["The very first message", "A later message"]) {
    const chat = await openChat(page);
    const stored = visitor.proxy.loseAnswer("/v1/visitor/messages");
    await say(chat, text);
    await stored; // the server has it, the page does not know
    await page.reload();
    await once((await openChat(page)).getByRole("log"), text);
  }
  await take(inbox, "A later message");
  for (const text of ["The very first message", "A later message"]) await once(inbox.getByRole("article"), text);
});

flow("server-sent events alone carry a whole conversation", async (world) => {
  const inbox = await world.setUp();
  await strangerWrites(world);
  const visitor = await world.visitor({ carrier: "sse" });
  const page = await visitor.visit();
  const sockets = [];
  page.on("websocket", (socket) => sockets.push(socket.url()));
  const chat = await openChat(page);
  await say(chat, "Without a socket");
  await once(chat.getByRole("log"), "Without a socket");
  await take(inbox, "Without a socket");
  await writesNote(inbox);
  await answer(inbox, "That works too");
  await once(chat.getByRole("log"), "That works too");
  await visitor.context.setOffline(true);
  await say(chat, "Gone for a moment");
  await visitor.context.setOffline(false);
  await once(inbox.getByRole("article"), "Gone for a moment");
  await answer(inbox, "Welcome back");
  await once(chat.getByRole("log"), "Welcome back");
  assert.deepEqual(sockets, [], "a WebSocket was opened");
  heardNothingOf(visitor, [note, foreign, owner.email], ["That works too", "Welcome back"]);
});

flow("axe finds nothing on any screen, in light and dark", async (world) => {
  const inbox = await world.setUp();
  const visitor = await world.visitor({ colorScheme: "dark", viewport: { width: 390, height: 844 } });
  const page = await visitor.visit();
  const chat = await openChat(page);
  await say(chat, "مرحبا، هل تشحنون إلى عمّان؟");
  await once(chat.getByRole("log"), "مرحبا، هل تشحنون إلى عمّان؟");
  await look(page, "widget-dark-phone");
  await take(inbox, "مرحبا");
  await answer(inbox, "A first paragraph.\n\nAnd a second one with a link: https://example.com/a/very/long/path");
  for (const scheme of ["light", "dark"]) {
    await inbox.emulateMedia({ colorScheme: scheme });
    await look(inbox, `inbox-${scheme}`);
    for (const [path, name] of [
      ["/settings/sites", "settings-sites"],
      ["/settings/team", "settings-team"],
      ["/settings/account", "settings-account"],
      ["/search?q=paragraph", "search"],
      ["/nowhere", "unknown"],
    ]) {
      await inbox.goto(path);
      await inbox.getByRole("heading").first().waitFor();
      await look(inbox, `${name}-${scheme}`);
    }
    await inbox.goto("/");
    await inbox.getByRole("tab", { name: /^My/ }).waitFor();
    await inbox.keyboard.press("?");
    await inbox.getByRole("dialog").waitFor();
    await look(inbox, `help-${scheme}`);
    await inbox.keyboard.press("Escape");
    await inbox.keyboard.press("Control+k");
    await inbox.getByRole("dialog").waitFor();
    await look(inbox, `command-${scheme}`);
    await inbox.keyboard.press("Escape");
    await inbox.getByRole("tab", { name: /^My/ }).click();
    await inbox.getByRole("link").filter({ hasText: "paragraph" }).first().click();
    await inbox.getByRole("article").first().waitFor();
  }
  for (const [width, height] of [
    [1024, 768],
    [390, 844],
  ]) {
    await inbox.setViewportSize({ width, height });
    await look(inbox, `inbox-${width}`);
  }
  const outside = await world.agentPage();
  for (const [path, name] of [
    ["/sign-in", "sign-in"],
    ["/invite#nonsense", "invite"],
    ["/link#nonsense", "link"],
  ]) {
    await outside.goto(path);
    await outside.getByRole("heading").first().waitFor();
    await look(outside, name);
  }
});
