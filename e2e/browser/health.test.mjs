// Whether alerts arrive: with sound blocked, with notifications denied, and with
// everything fine; on the board and under one's own account.
import assert from "node:assert/strict";
import { begin, longFlow, take } from "./flow.mjs";
import { answer, ask, look, once, openChat, say } from "./world.mjs";

/** A page of the same browser on an address, whose browser answers as the scripts say; the others are closed, so that it alone speaks. */
async function opened(page, address, ...scripts) {
  const fresh = await page.context().newPage();
  for (const script of scripts) await fresh.addInitScript(script);
  fresh.setDefaultTimeout(12_000);
  await page.goto("about:blank"); // it leaves as a tab does that is closed
  await page.close();
  await fresh.goto(address);
  return fresh;
}

/** A moment for the server and the browser. */
const pause = (page) => page.waitForTimeout(100); // waits: between two questions; how it judges is no event

/** How the server judges the signed-in person: asked beside the page, since what a test runs in one counts as a touch. */
async function judged(page) {
  const answered = await page.context().request.get("/v1/alerts/devices");
  return answered.json();
}

/** Waits until the server judges the signed-in person so, by a reason. */
async function reached(page, state, code) {
  const want = { state, code };
  let got;
  for (const end = Date.now() + 12_000; Date.now() < end; await pause(page)) {
    const { reach } = await judged(page);
    got = { state: reach.state, code: reach.because[0]?.code };
    if (got.state === state && got.code === code) return;
  }
  assert.deepEqual(got, want);
}

/** Browsers that a person has told to be quiet, and to show nothing: how they answer a page. */
const quiet = () => {
  AudioContext.prototype.resume = () => new Promise(() => {});
  Object.defineProperty(AudioContext.prototype, "state", { get: () => "suspended" });
};
const denied = () => Object.defineProperty(Notification, "permission", { get: () => "denied" });

/** The service worker of a page's device takes a push over, as from its push service. */
async function pusherOf(page) {
  const cdp = await page.context().newCDPSession(page);
  const versions = new Promise((resolve) => cdp.on("ServiceWorker.workerVersionUpdated", (e) => e.versions[0] && resolve(e.versions[0])));
  await cdp.send("ServiceWorker.enable");
  const { registrationId } = await versions;
  return (body) =>
    cdp.send("ServiceWorker.deliverPushMessage", {
      origin: new URL(page.url()).origin,
      registrationId,
      data: JSON.stringify(body),
    });
}

const subscription = {
  endpoint: "https://fcm.googleapis.com/fcm/send/health",
  keys: {
    p256dh: "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8",
    auth: "BTBZMqHH6r4Tts7J_aSIgg",
  },
};

/** What a person sees in each size and theme. */
async function everywhere(page, name) {
  for (const colorScheme of ["light", "dark"]) {
    for (const [width, height] of [
      [1440, 900],
      [1024, 768],
      [390, 844],
    ]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height });
      await look(page, `${name}-${colorScheme}-${width}`);
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1440, height: 900 });
}

// A long one: now and then the browser lets the page make its sound, though it was told to be quiet, and it is not known yet why.
longFlow("who is not reached stands on the board with what to do, and a silent test answers", async (world) => {
  let inbox = await begin(world);
  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, "Do you hear me?");
  await inbox.goto("/");
  await take(world, inbox, "Do you hear me?");
  await answer(inbox, "I do.");
  await once(chat.getByRole("log"), "I do.");
  await ask(inbox, "POST", "/v1/me/status", { status: "accepting" });
  await reached(inbox, "heard", "reach.by.sound");

  // The browser blocks the sound.
  inbox = await opened(inbox, "/board", quiet);
  await reached(inbox, "deaf", "reach.sound.blocked");
  const board = inbox.getByRole("region", {
    name: "Alerts do not reach one colleague",
  });
  await board.getByText("The browser blocks the sound in Ada Lindqvist's Chrome").waitFor({ timeout: 20_000 });
  await everywhere(inbox, "health-board");

  // Notifications are denied as well: its remedy stands there, too.
  inbox = await opened(inbox, "/settings/account", quiet, denied);
  await inbox.getByText("Notifications are blocked in Ada Lindqvist's").waitFor({ timeout: 20_000 });
  await inbox.getByRole("link", { name: "Alerts do not reach you: see why" }).waitFor();
  await inbox.getByRole("heading", { name: "Do alerts reach me?" }).scrollIntoViewIfNeeded();
  await everywhere(inbox, "health-mine");

  // They are allowed, and the worker stands: a silent test shows nothing while the page is looked at.
  await inbox.context().grantPermissions(["notifications"]);
  inbox = await opened(inbox, "/settings/account");
  await inbox.getByRole("button", { name: "Notify this device" }).click();
  await inbox.getByText("The browser could not reach its push service.").waitFor();
  await reached(inbox, "heard", "reach.by.sound");
  await ask(inbox, "POST", "/v1/push", subscription);
  const push = await pusherOf(inbox);
  const { me } = await ask(inbox, "GET", "/v1/me");
  const { alert } = await ask(inbox, "POST", `/v1/agents/${me.id}/check`);
  const sent = () => judged(inbox).then(({ devices }) => devices[0].proof);
  while (!(await sent()).sent_at) await pause(inbox);
  await push({ alert, kind: "check" });
  while (!(await sent()).shown_at) await pause(inbox);
  const notifications = () =>
    inbox.evaluate(async () => (await (await navigator.serviceWorker.ready).getNotifications()).map((n) => n.tag));
  assert.deepEqual(await notifications(), [], "a test that nobody should notice");

  await inbox.goto("/board");
  await inbox.getByRole("heading", { name: "Groups" }).waitFor();
  assert.equal(await inbox.getByRole("region", { name: /Alerts do not reach/ }).count(), 0);
  return [[visitor, ["I do."]]];
});
