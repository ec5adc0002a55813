// A coach watches a colleague's chat, marks a moment, and both talk about it
// afterwards; a trainee writes what he would answer; a sitting is replayed.
import assert from "node:assert/strict";
import { begin, flow, invite, longFlow, openQueued, writesNote } from "./flow.mjs";
import { answer, look, once, openChat, say } from "./world.mjs";

const sizes = [
  [1440, 900],
  [1024, 768],
  [390, 844],
];

/** Looks at a screen in three sizes and both themes, and once from right to left. */
async function lookEverywhere(page, name) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    for (const [width, height] of sizes) {
      await page.setViewportSize({ width, height });
      await look(page, `${name}-${width}-${colorScheme}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wide <= 0, `${name} at ${width} is ${wide} px too wide`);
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.evaluate(() => document.documentElement.setAttribute("dir", "rtl"));
  await look(page, `${name}-rtl`);
  await page.evaluate(() => document.documentElement.setAttribute("dir", "ltr"));
}

/** Opens a conversation of the list All and leaves the fields, so that keys mean acts. */
async function openAll(page, text) {
  await page.getByRole("link", { name: "Inbox", exact: true }).click();
  await page.getByRole("tab", { name: /^All/ }).click();
  await page.getByRole("link").filter({ hasText: text }).click();
  await page.getByRole("log", { name: "Conversation" }).or(page.getByRole("log")).first().focus();
}

/** A chat that Bilal leads, with Ada looking on. */
async function scene(world) {
  const ada = await begin(world);
  const bilal = await invite(world, ada, {
    name: "Bilal Haddad",
    email: "bilal.canary@acme.example",
    password: "nine umbrellas on a roof",
  });
  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, "Can I send the grinder back?");
  await openQueued(bilal, "Can I send the grinder back?");
  await bilal.getByRole("button", { name: "Take", exact: true }).click();
  await bilal.getByRole("textbox", { name: /^Write to/ }).waitFor();
  await writesNote(world, bilal);
  await answer(bilal, "No.");
  await once(chat.getByRole("log"), "No.");
  return { ada, bilal, visitor, chat };
}

flow("feedback is given, answered, disputed, replied to and settled, and nobody else hears of it", async (world) => {
  world.secrets.push("canary-word", "canary-feedback", "canary-suggestion", "canary-answer", "canary-dispute", "canary-reply");
  const { ada, bilal, visitor, chat } = await scene(world);
  await ada.goto("/coaching");
  await ada.getByText("Nobody has given you feedback yet").waitFor();
  await lookEverywhere(ada, "coaching-empty");
  await openAll(ada, "No.");
  await once(ada.getByRole("log"), "No.");
  await ada.keyboard.press("m");
  const dialog = ada.getByRole("dialog", { name: "Bookmark a moment" });
  await dialog.getByLabel("Improve").check();
  await dialog.getByLabel("A word for yourself").fill("canary-word: too short");
  await dialog.getByRole("button", { name: "One line more" }).click();
  await lookEverywhere(ada, "coaching-moment");
  await dialog.getByRole("button", { name: "Bookmark", exact: true }).click();
  await ada.getByText("Bookmarked. You find it under Coaching.").waitFor();

  await ada.goto("/coaching/given");
  await ada.getByRole("button", { name: "Write feedback" }).click();
  const draft = ada.getByRole("article", { name: "For Bilal Haddad" });
  await draft.getByLabel("What do you want to say?").fill("canary-feedback: tell him how");
  await draft.getByLabel(/^A reply that could be used/).fill("canary-suggestion: Of course, within 30 days.");
  await draft.getByRole("button", { name: "Give", disabled: true }).waitFor();
  await draft.getByText(/still going on/).waitFor();
  await bilal.getByRole("button", { name: "Close", exact: true }).click();
  await bilal.getByRole("button", { name: "Close", exact: true }).waitFor({ state: "detached" });
  await ada.getByRole("article", { name: "For Bilal Haddad" }).getByRole("button", { name: "Give" }).click();
  await ada.getByText("Not looked at yet").waitFor();

  await bilal.getByText("You have feedback on a chat.").waitFor();
  await bilal.getByRole("button", { name: "Look at it" }).click();
  const card = bilal.getByRole("article", { name: "From Ada Lindqvist" });
  await card.getByText("canary-feedback: tell him how").waitFor();
  await card.getByRole("button", { name: "Answer", exact: true }).click();
  await card.getByLabel("Your answer").fill("canary-answer: he had asked twice");
  await card.getByRole("button", { name: "Send" }).click();
  await card.getByText("Bilal Haddad answered").waitFor();
  await ada.getByText("canary-answer: he had asked twice").waitFor();
  await card.getByRole("button", { name: "Dispute" }).click();
  await card.getByRole("textbox").fill("canary-dispute: he was rude");
  await card.getByRole("button", { name: "Send" }).click();
  await card.getByText("Bilal Haddad sees it differently").waitFor();
  await lookEverywhere(bilal, "coaching-received");
  await ada.getByText("canary-dispute: he was rude").waitFor();
  const given = ada.getByRole("article", { name: "For Bilal Haddad" });
  await given.getByRole("button", { name: "Reply", exact: true }).click();
  await given.getByRole("textbox").fill("canary-reply: still");
  await given.getByRole("button", { name: "Send" }).click();
  await card.getByText("canary-reply: still").waitFor();
  await card.getByRole("button", { name: "Accept" }).click();
  await given.getByRole("button", { name: "Settle" }).click();
  await given.getByText("Settled", { exact: true }).waitFor();
  await lookEverywhere(ada, "coaching-given");

  await card.getByRole("link", { name: "Show in the conversation" }).click();
  const marked = bilal.locator(".line.highlight");
  await marked.first().waitFor();
  assert.equal(await marked.count(), 2, "the moment's two lines are marked");
  await look(bilal, "coaching-jump");
  await say(chat, "Never mind");
  await once(chat.getByRole("log"), "Never mind");
  return [[visitor, ["No."]]];
});

longFlow("a shadow reply stands beside the real answer, an example is replayed and its consent taken back", async (world) => {
  world.secrets.push("canary-shadow", "canary-title");
  const { ada, bilal, visitor, chat } = await scene(world);
  await say(chat, "And until when?");
  await openAll(ada, "And until when?");
  await once(ada.getByRole("log"), "And until when?");
  await ada.keyboard.press("s");
  const dialog = ada.getByRole("dialog", { name: "What would you answer?" });
  await dialog.getByLabel("Your answer").fill("canary-shadow: for thirty days");
  await look(ada, "coaching-shadow-dialog");
  await dialog.getByRole("button", { name: "Keep it" }).click();
  await ada.goto("/coaching/shadows");
  await ada.getByText("Nobody has answered yet.").waitFor();
  await answer(bilal, "Thirty days from the day you got it");
  await once(chat.getByRole("log"), "Thirty days from the day you got it");
  await ada.getByText("Thirty days from the day you got it").waitFor();
  await lookEverywhere(ada, "coaching-shadows");

  await bilal.getByRole("button", { name: "Close", exact: true }).click();
  await bilal.getByRole("button", { name: "Close", exact: true }).waitFor({ state: "detached" });
  await openAll(ada, "Thirty days");
  await ada.keyboard.press("p");
  const example = ada.getByRole("dialog", { name: "Make it an example" });
  await example.getByLabel("Title").fill("canary-title: returns");
  await example.getByLabel("For the team").check();
  await look(ada, "coaching-example-dialog");
  await example.getByRole("button", { name: "Make the example" }).click();
  await bilal.goto("/coaching/examples");
  await bilal.getByRole("button", { name: "Yes, share them" }).click();
  await bilal.getByText("Shared with the team").waitFor();
  await ada.goto("/coaching/examples");
  await ada.getByText("Shared with the team").waitFor();
  await lookEverywhere(bilal, "coaching-examples");
  await bilal.getByRole("button", { name: "Take my yes back" }).click();
  await ada.getByText("Bilal Haddad said no.").waitFor();

  await bilal.getByRole("link", { name: "Replay it" }).click();
  const lesson = bilal.getByRole("region", { name: "Replay" });
  await once(lesson, "Can I send the grinder back?");
  assert.equal(await lesson.getByText("No.", { exact: true }).count(), 0, "the answer comes before its time");
  await bilal.keyboard.press("ArrowRight");
  await bilal.keyboard.press("ArrowRight");
  await lesson.getByText("What would you answer?").waitFor();
  await lookEverywhere(bilal, "coaching-lesson");
  await lesson.getByRole("button", { name: "Show the answer" }).click();
  await once(lesson, "No.");
  await bilal.keyboard.press("ArrowLeft");
  await lesson.getByText("No.", { exact: true }).waitFor({ state: "detached" });
  await lesson.getByLabel("Stop before each answer").uncheck();
  await lesson.getByRole("button", { name: "Speed 16×" }).click();
  await lesson.getByRole("button", { name: "Play" }).click();
  await lesson.getByText("This is the end.").waitFor();
  await once(lesson, "Thirty days from the day you got it");
  return [[visitor, ["Thirty days from the day you got it"]]];
});
