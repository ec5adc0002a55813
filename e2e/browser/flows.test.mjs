// A visitor's and an agent's day in a real browser.
import assert from "node:assert/strict";
import { begin, flow, longFlow, take, writesNote } from "./flow.mjs";
import { answer, look, once, openChat, say } from "./world.mjs";

flow("set up, write, take, answer, seen, offline and back, close, write again", async (world) => {
  const inbox = await begin(world, { look });
  const visitor = await world.visitor();
  const page = await visitor.visit();
  await look(page, "host-page");
  const chat = await openChat(page);
  await look(page, "widget-empty");
  await say(chat, "Where is my parcel?");
  await once(chat.getByRole("log"), "Where is my parcel?");
  await take(world, inbox, "Where is my parcel?");
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

  await say(chat, "And the invoice?");
  await once(inbox.getByRole("article"), "And the invoice?");
  // That is not answered yet, so closing asks.
  await inbox.getByRole("button", { name: "Close", exact: true }).click();
  await inbox.getByRole("button", { name: "Close all the same" }).click();
  await chat.getByText(/ended the chat/).waitFor();
  await say(chat, "One more thing.");
  await once(chat.getByRole("log"), "One more thing.");
  await inbox.getByRole("button", { name: "Take", exact: true }).waitFor();
  await once(inbox.getByRole("article"), "Where is my parcel?");
  await inbox.getByText(/Chat 2 with this visitor began/).waitFor();
  return [[visitor, ["Let me look it up.", "It arrives tomorrow."]]];
});

longFlow("a team that says it is four or more has its chats ring, not wait to be pulled", async (world) => {
  const inbox = await begin(world, { team: "4 or more" });
  const offers = inbox.getByRole("region", { name: "Offers" });
  await offers.getByRole("button", { name: /^Accept/ }).click();
  await inbox.getByRole("textbox", { name: /^Write to/ }).waitFor();
  await writesNote(world, inbox);

  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, "Do you ship to Oslo?");
  await offers.getByText("Do you ship to Oslo?").waitFor();
  await offers.getByRole("button", { name: /^Accept/ }).click();
  await inbox.getByRole("article").filter({ hasText: "Do you ship to Oslo?" }).waitFor();
  await inbox.getByRole("textbox", { name: /^Write to/ }).waitFor();
  await answer(inbox, "We do, in four days.");
  await once(chat.getByRole("log"), "We do, in four days.");

  await inbox.goto("/settings/groups");
  await inbox.getByRole("link", { name: /^Team .*member/ }).click();
  await inbox.getByRole("link", { name: "Distribution" }).click();
  await inbox.getByRole("radio", { name: "To the least busy", checked: true }).waitFor();
  return [[visitor, ["We do, in four days."]]];
});

longFlow("the built-in test page carries the widget at another origin", async (world) => {
  const inbox = await begin(world);
  const tryer = await world.tryer();
  const { page } = tryer;
  assert.notEqual(new URL(page.url()).host, new URL(world.server.url).host, "the test page stands at the inbox's own origin");
  await look(page, "try");
  const chat = await openChat(page);
  await say(chat, "From the test page");
  await once(chat.getByRole("log"), "From the test page");
  await take(world, inbox, "From the test page");
  await answer(inbox, "It works as on a stranger's site");
  await once(chat.getByRole("log"), "It works as on a stranger's site");
  return [[tryer, ["It works as on a stranger's site"]]];
});

flow("two tabs are one visitor, and each message is shown once in both", async (world) => {
  const inbox = await begin(world);
  const visitor = await world.visitor();
  const first = await openChat(await visitor.visit());
  await say(first, "Written in the first tab");
  await once(first.getByRole("log"), "Written in the first tab");
  const second = await openChat(await visitor.visit());
  await once(second.getByRole("log"), "Written in the first tab");
  await say(second, "Written in the second tab");
  await once(second.getByRole("log"), "Written in the second tab");
  await once(first.getByRole("log"), "Written in the second tab");
  await take(world, inbox, "Written in the second tab");
  await answer(inbox, "Hello to both tabs");
  for (const chat of [first, second]) await once(chat.getByRole("log"), "Hello to both tabs");
  for (const text of ["Written in the first tab", "Written in the second tab"]) await once(inbox.getByRole("article"), text);
  return [[visitor, ["Hello to both tabs"]]];
});

flow("a reload in the middle of a send sends once", async (world) => {
  const inbox = await begin(world);
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
  await take(world, inbox, "A later message");
  for (const text of ["The very first message", "A later message"]) await once(inbox.getByRole("article"), text);
  await answer(inbox, "Both have arrived");
  await once((await openChat(page)).getByRole("log"), "Both have arrived");
  return [[visitor, ["Both have arrived"]]];
});

flow("server-sent events alone carry a whole conversation", async (world) => {
  const inbox = await begin(world);
  const visitor = await world.visitor({ carrier: "sse" });
  const page = await visitor.visit();
  const sockets = [];
  page.on("websocket", (socket) => sockets.push(socket.url()));
  const chat = await openChat(page);
  await say(chat, "Without a socket");
  await once(chat.getByRole("log"), "Without a socket");
  await take(world, inbox, "Without a socket");
  await answer(inbox, "That works too");
  await once(chat.getByRole("log"), "That works too");
  await visitor.context.setOffline(true);
  await say(chat, "Gone for a moment");
  await visitor.context.setOffline(false);
  await once(inbox.getByRole("article"), "Gone for a moment");
  await answer(inbox, "Welcome back");
  await once(chat.getByRole("log"), "Welcome back");
  assert.deepEqual(sockets, [], "a WebSocket was opened");
  return [[visitor, ["That works too", "Welcome back"]]];
});

longFlow("axe finds nothing on any screen, in light and dark", async (world) => {
  const inbox = await begin(world);
  const visitor = await world.visitor({ colorScheme: "dark", viewport: { width: 390, height: 844 } });
  const page = await visitor.visit();
  const chat = await openChat(page);
  await say(chat, "مرحبا، هل تشحنون إلى عمّان؟");
  await once(chat.getByRole("log"), "مرحبا، هل تشحنون إلى عمّان؟");
  await look(page, "widget-dark-phone");
  await take(world, inbox, "مرحبا");
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
    assert.equal(await inbox.getByRole("option", { name: /^(Invite a colleague|Bookmark a moment|Make it an example)/ }).count(), 0);
    await inbox.keyboard.press("Escape");
    await inbox.getByRole("tab", { name: /^My/ }).click();
    await inbox.getByRole("link").filter({ hasText: "paragraph" }).first().click();
    await inbox.getByRole("article").first().waitFor();
    await inbox.keyboard.press("Control+k");
    await inbox.getByRole("option", { name: /^Invite a colleague/ }).waitFor();
    await inbox.keyboard.press("Escape");
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
  return [[visitor, ["A first paragraph."]]];
});
