// Whether alerts arrive: with the sound blocked and notifications denied by the
// browser itself, and with everything fine; on the board and under one's own account.
import assert from "node:assert/strict";
import { begin, flow, invite, take } from "./flow.mjs";
import { answer, ask, look, once, openChat, say } from "./world.mjs";

const ben = { name: "Ben Okafor", email: "ben.canary@acme.example", password: "twelve quiet harbours" };

/** Another page of the same browser, after the former has crashed: it says no word of leaving, and nobody has touched the new one. */
async function reopened(page, address) {
  const fresh = await page.context().newPage();
  fresh.setDefaultTimeout(12_000);
  const crashed = page.waitForEvent("crash");
  const cdp = await page.context().newCDPSession(page);
  cdp.send("Page.crash").catch(() => undefined); // nobody is left to answer it
  await crashed;
  await page.close();
  await fresh.goto(address);
  return fresh;
}

/** What a person answers his browser who is asked for notifications, or changes his mind. */
async function decide(page, setting) {
  const context = page.context();
  const cdp = await context.newCDPSession(page);
  const { targetInfo } = await cdp.send("Target.getTargetInfo");
  const browser = await context.browser().newBrowserCDPSession();
  const { browserContextId } = targetInfo;
  await browser.send("Browser.setPermission", {
    permission: { name: "notifications" },
    setting,
    origin: new URL(page.url()).origin,
    browserContextId,
  });
}

/** Waits for a text without touching the page: what a test does there otherwise counts as a touch, which lets it make sounds. */
async function untouched(page, text) {
  const cdp = await page.context().newCDPSession(page);
  const read = async () => (await cdp.send("Runtime.evaluate", { expression: "document.body.innerText" })).result.value;
  for (const end = Date.now() + 20_000; !(await read()).includes(text); await pause(page))
    assert.ok(Date.now() < end, `“${text}” is not there, but:\n${await read()}`);
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

/** Waits until the test at the beginning of a shift is over: each page is asked for its word again. */
async function testedSince(page, at) {
  const last = async () => Math.max(...(await judged(page)).devices.flatMap(({ pages }) => pages.map((one) => one.at)));
  for (const end = Date.now() + 20_000; (await last()) / 1000 < at + 4_500; await pause(page)) assert.ok(Date.now() < end, "no test");
}

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

flow("who is not reached stands on the board with what to do, and a silent test answers", async (world) => {
  const inbox = await begin(world);
  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, "Do you hear me?");
  await inbox.goto("/");
  await take(world, inbox, "Do you hear me?");
  await answer(inbox, "I do.");
  await once(chat.getByRole("log"), "I do.");
  let bens = await invite(world, inbox, ben);
  await ask(bens, "POST", "/v1/me/status", { status: "accepting" });
  await testedSince(bens, Date.now());
  await reached(bens, "heard", "reach.by.sound");
  const { me } = await ask(bens, "GET", "/v1/me");

  // His browser comes back after a crash, and blocks the sound of a page that nobody has touched.
  bens = await reopened(bens, "/settings/account");
  await reached(bens, "deaf", "reach.sound.blocked");
  await inbox.getByRole("link", { name: "Board" }).click();
  const board = inbox.getByRole("region", { name: "Alerts do not reach one colleague" });
  await board.getByText("Ben Okafor").first().waitFor({ timeout: 20_000 });
  await look(inbox, "health-board-closed");
  await board.locator("summary").click();
  await board.getByText("The browser blocks the sound: click once into the page").waitFor();
  await everywhere(inbox, "health-board");

  // He says no to notifications: its remedy stands there, too.
  await decide(bens, "denied");
  await untouched(bens, "Notifications are blocked in Ben Okafor's");
  await board.getByText("Notifications are blocked: allow them for this site").waitFor({ timeout: 20_000 });
  await bens.getByRole("link", { name: "Alerts do not reach you: see why" }).waitFor();
  await bens.getByRole("heading", { name: "Do alerts reach me?" }).scrollIntoViewIfNeeded();
  await everywhere(bens, "health-mine");

  await bens.getByRole("button", { name: "Notify this device" }).click();
  await bens.getByText("The browser blocks notifications of this page.").waitFor();

  // He allows them, and the worker stands: a silent test shows nothing while the page is looked at.
  await decide(bens, "granted");
  await bens.getByRole("button", { name: "Look again" }).click();
  await bens.getByRole("button", { name: "Notify this device" }).click();
  await bens.getByText("The browser could not reach its push service.").waitFor();
  await reached(bens, "heard", "reach.by.sound");
  await ask(bens, "POST", "/v1/push", subscription);
  const push = await pusherOf(bens);
  const { alert } = await ask(inbox, "POST", `/v1/agents/${me.id}/check`);
  const sent = () => judged(bens).then(({ devices }) => devices[0].proof);
  while (!(await sent()).sent_at) await pause(bens);
  await push({ alert, kind: "check" });
  while (!(await sent()).shown_at) await pause(bens);
  const notifications = () => bens.evaluate(async () => (await (await navigator.serviceWorker.ready).getNotifications()).map((n) => n.tag));
  assert.deepEqual(await notifications(), [], "a test that nobody should notice");

  await inbox.getByRole("region", { name: /Alerts do not reach/ }).waitFor({ state: "detached" });
  await inbox.getByRole("heading", { name: "Groups" }).waitFor();
  return [[visitor, ["I do."]]];
});
