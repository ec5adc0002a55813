// A talk of 1,200 lines: the page holds a window over it, wherever one stands.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { begin, invite, longFlow, take } from "./flow.mjs";
import { answer, ask, look, once, openChat, say } from "./world.mjs";

const ben = { name: "Ben Carter", email: "ben.canary@acme.example", password: "seven herons by the weir" };
const question = "Is anybody there?";
const many = 1_200;
/** What web/inbox/conversation/window.ts promises. */
const most = 200;

/** Says so many lines in a talk, some at a time. */
const fill = (page, talk, from, upto) =>
  page.evaluate(
    async ([talk, from, upto]) => {
      const say = async (n) => {
        const body = JSON.stringify({ key: crypto.randomUUID(), text: `canary-line ${n}` });
        const response = await fetch(`/v1/talks/${talk}/messages`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body,
        });
        if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      };
      let next = from;
      const one = async () => {
        while (next <= upto) await say(next++);
      };
      await Promise.all(Array.from({ length: 24 }, one));
    },
    [talk, from, upto],
  );

const log = (page) => page.getByRole("log");

/** Scrolls to a place, and says which line is the first one on screen, and at which pixel. */
const scroll = (page, to) =>
  log(page).evaluate((log, to) => {
    log.scrollTop = to;
    const top = log.getBoundingClientRect().top;
    const line = [...log.querySelectorAll(".line")].find((line) => line.getBoundingClientRect().bottom > top);
    return { id: line.id, at: line.getBoundingClientRect().top };
  }, to);

const topOf = (page, id) => page.evaluate((id) => document.getElementById(id)?.getBoundingClientRect().top, id);

/** The numbers of the lines in the page: one stretch of the talk, and within its bound. */
async function standing(page) {
  const now = await log(page).evaluate((log) => [...log.querySelectorAll(".line")].map((line) => Number(line.id.slice("at-".length))));
  assert.ok(now.length > 0 && now.length <= most, `${now.length} lines stand in the page`);
  const stretch = now.map((_, i) => now[0] + i);
  assert.deepEqual(now, stretch, "lines are missing between others");
  return { first: now[0], last: now.at(-1) };
}

/** Scrolls, and waits until the line at that edge is another one. What was on screen has not moved by more than a pixel. */
async function on(page, to, edge) {
  const before = (await standing(page))[edge];
  const seen = await scroll(page, to);
  await page.waitForFunction(
    ([edge, before]) => {
      const lines = document.querySelectorAll("[role=log] .line");
      return lines[edge === "first" ? 0 : lines.length - 1].id !== `at-${before}`;
    },
    [edge, before],
  );
  const at = await topOf(page, seen.id);
  assert.ok(Math.abs(at - seen.at) <= 1, `a line went from pixel ${seen.at} to ${at}`);
  return (await standing(page))[edge];
}

longFlow("a long talk stands in the page by its window alone", async (world) => {
  const inbox = await begin(world);
  const page = await invite(world, inbox, ben);
  await inbox.goto("/");
  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, question);
  await take(world, inbox, question);
  await answer(inbox, "I am here");
  await once(chat.getByRole("log"), "I am here");

  const { team } = await ask(inbox, "GET", "/v1/inbox");
  const { conversation: talk } = await ask(inbox, "POST", "/v1/talks", {
    key: randomUUID(),
    name: "long",
    with: [team.find((a) => a.name === ben.name).id],
  });
  await fill(page, talk, 1, many / 2);
  await fill(inbox, talk, many / 2 + 1, many);
  const { row } = await ask(inbox, "GET", `/v1/talks/${talk}`);
  const newest = row.conversation.head;
  const beginning = newest - many + 1;

  await inbox.goto(`/talks/${talk}`);
  await inbox.locator(`#at-${newest}`).waitFor();
  await look(inbox, "talk-long");
  for (let first = newest; first > beginning;) first = await on(inbox, 120, "first");

  // Who reads above the end is told that something came, and is not moved.
  const held = await scroll(inbox, 200);
  await fill(page, talk, many + 1, many + 1);
  const news = inbox.getByRole("button", { name: "1 new message" });
  await news.waitFor();
  assert.equal(await topOf(inbox, held.id), held.at);
  await look(inbox, "talk-long-beginning");
  await news.click();
  await inbox.locator(`#at-${newest + 1}`).waitFor();
  await standing(inbox);

  // The address of an old message leads to it, and one scrolls on from there.
  const old = beginning + 70;
  await inbox.goto(`/talks/${talk}?at=${old}`);
  await inbox.waitForFunction((seq) => {
    const line = document.getElementById(`at-${seq}`)?.getBoundingClientRect();
    return line !== undefined && line.top > 0 && line.bottom < window.innerHeight;
  }, old);
  for (let last = old; last < newest + 1;) last = await on(inbox, 1e6, "last");
  world.secrets.push("canary-line");
  return [[visitor, ["I am here"]]];
});
