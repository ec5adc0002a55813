// What a visitor says before all of the widget has come.
import assert from "node:assert/strict";
import { answer, look, once, openChat, say } from "./world.mjs";
import { begin, flow, take } from "./flow.mjs";

flow("what is said while the outbox does not come stands there, is said to wait, outlives the page and arrives once", async (world) => {
  const inbox = await begin(world);
  const visitor = await world.visitor();
  const outbox = "**/widget-assets/box-*.js";
  let refused = 0;
  await visitor.context.route(outbox, (route) => {
    refused++;
    return route.abort();
  });
  const page = await visitor.visit();
  const chat = await openChat(page);
  await say(chat, "Is anybody here?");
  assert.equal(await chat.getByLabel("Your message").inputValue(), "", "it is still being written");
  await say(chat, "I have a question.");
  await chat.getByText("Is anybody here?").waitFor();
  await chat.getByText("The line is down. Trying again.").waitFor();
  await look(page, "widget-early");
  assert.ok(refused > 0, "the outbox came all the same: this flow proves nothing");

  await page.reload();
  await openChat(page);
  await visitor.context.unroute(outbox);
  await once(chat.getByRole("log"), "Is anybody here?");
  await once(chat.getByRole("log"), "I have a question.");
  await take(world, inbox, "I have a question.");
  await once(inbox.getByRole("article"), "Is anybody here?");
  await once(inbox.getByRole("article"), "I have a question.");
  await answer(inbox, "Here we are.");
  await once(chat.getByRole("log"), "Here we are.");
  return [[visitor, ["Here we are."]]];
});
