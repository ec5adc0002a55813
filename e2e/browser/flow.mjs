// A flow is a test with a server of its own. In each the team writes notes and
// another visitor writes, and at the end the whole line of every visitor is
// searched for what is not his.
import assert from "node:assert/strict";
import test from "node:test";
import { answer, look, makeWorld, once, openChat, owner, say } from "./world.mjs";

const note = "canary-note: she is a difficult customer";
const foreign = "canary-foreign: my account number is 4711";

/**
 * run plays the flow and returns what was told to each visitor, as pairs of the
 * visitor and texts that he must have received.
 */
export function flow(name, run) {
  play(name, false, run);
}

/** longFlow is a flow that the short form leaves out: each room has another one there. */
export function longFlow(name, run) {
  play(name, process.env.EARSHOT_FLOWS === "short" && "a long one: make e2e plays it", run);
}

function play(name, skip, run) {
  test(name, { timeout: 120_000, skip }, async () => {
    const world = Object.assign(await makeWorld(), { planted: new Set(), secrets: [note, foreign, owner.email, owner.password] });
    try {
      const told = await within(100_000, explained(world, run(world)), () => requestsOf(world));
      assert.deepEqual([...world.planted].sort(), [foreign, note], "this flow did not plant both canaries");
      assert.ok(told?.length > 0, "this flow did not say what its visitors heard");
      for (const [visitor, texts] of told) heardNothingOf(visitor, world.secrets, texts);
    } finally {
      await world.close();
    }
  });
}

/** Where a flow fails, what its visitors asked for tells more than the screen. */
async function explained(world, running) {
  try {
    return await running;
  } catch (error) {
    error.message += `\nThe visitors' requests:\n${requestsOf(world)}`;
    throw error;
  }
}

function requestsOf(world) {
  return world.proxies.map((p) => p.log().join("\n")).join("\n\n");
}

/** A flow that hangs ends by itself, so that its browser and server end too; what says where it stood. */
async function within(ms, running, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the flow still ran after ${ms / 1000} s; its visitors' requests:\n${what()}`)), ms);
  });
  return Promise.race([running, late]).finally(() => clearTimeout(timer));
}

/** The owner's inbox, and another visitor whose words must stay between him and the team. */
export async function begin(world, options) {
  const inbox = await world.setUp(options);
  await options?.look?.(inbox, "inbox-empty");
  const other = await world.visitor();
  const chat = await openChat(await other.visit());
  await say(chat, foreign);
  await once(chat.getByRole("log"), foreign);
  world.planted.add(foreign);
  return inbox;
}

/** The agent opens the conversation of the queue whose last line is text. */
export async function openQueued(inbox, text) {
  await inbox.getByRole("tab", { name: /^Queue/ }).click();
  await inbox.getByRole("link").filter({ hasText: text }).click();
  await inbox.getByRole("button", { name: "Take", exact: true }).waitFor();
}

/** The agent takes the conversation whose last line is text, and writes a note into it. */
export async function take(world, inbox, text) {
  await openQueued(inbox, text);
  await inbox.getByRole("button", { name: "Take", exact: true }).click();
  await inbox.getByRole("textbox", { name: /^Write to/ }).waitFor();
  await writesNote(world, inbox);
}

export async function writesNote(world, inbox) {
  await inbox.getByRole("button", { name: "Note", exact: true }).click();
  await answer(inbox, note);
  await once(inbox.getByRole("article"), note);
  await inbox.getByRole("button", { name: "Reply", exact: true }).click();
  await inbox.getByRole("textbox", { name: /^Write to/ }).waitFor();
  world.planted.add(note);
}

/** The owner makes an invitation; the colleague opens its link in a browser of his own. */
export async function invite(world, ada, { name, email, password }) {
  world.secrets.push(email);
  await ada.goto("/settings/team");
  await ada.getByLabel("E-mail").fill(email);
  await ada.getByRole("button", { name: "Make an invitation" }).click();
  const url = await ada.getByRole("status").locator("code").innerText();
  await look(ada, "settings-invitation");
  const page = await world.agentPage();
  await page.goto(url);
  await page.getByRole("heading", { name: "Join the team" }).waitFor();
  await look(page, "invite-open");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Join" }).click();
  await page.getByRole("tab", { name: /^My/ }).waitFor();
  return page;
}

/** No byte of what is not for this visitor has reached his line, while what is for him has. */
function heardNothingOf(visitor, secrets, told) {
  const heard = visitor.heard();
  for (const text of told) assert.ok(heard.includes(text), `the recorder did not hear “${text}”: the check proves nothing`);
  for (const secret of secrets) assert.ok(!heard.includes(secret), `the visitor's line carried “${secret}”`);
}
