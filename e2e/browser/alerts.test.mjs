// How a device is reached when no page is open: asked for by its owner, shown by
// the service worker, and opening what it is about.
import assert from "node:assert/strict";
import { begin, flow, take } from "./flow.mjs";
import { answer, ask, look, once, openChat, say } from "./world.mjs";

/** The service worker of a page's device, and a way to push to it as a push service does once it has decrypted. */
async function workerOf(page) {
  const context = page.context();
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
  const cdp = await context.newCDPSession(page);
  const versions = new Promise((resolve) => cdp.on("ServiceWorker.workerVersionUpdated", (e) => e.versions[0] && resolve(e.versions[0])));
  await cdp.send("ServiceWorker.enable");
  const { registrationId } = await versions;
  const push = (body) =>
    cdp.send("ServiceWorker.deliverPushMessage", { origin: new URL(page.url()).origin, registrationId, data: JSON.stringify(body) });
  return { worker, push };
}

/** What the worker shows now, asked in turn with it: Chromium forgets what is put up while somebody asks for the list. */
const shown = (page) =>
  page.evaluate(async () => {
    const registered = await navigator.serviceWorker.ready;
    const all = await navigator.locks.request("earshot.shown", () => registered.getNotifications());
    return all.map(({ title, renotify }) => [title, renotify ? "heard" : "silent"]).sort();
  });

async function waitForShown(page, title) {
  const end = Date.now() + 12_000;
  for (let all = []; !all.some(([t]) => t === title); all = await shown(page)) {
    if (Date.now() > end) throw new Error(`“${title}” is not shown, but ${JSON.stringify(all)}`);
  }
}

/** A subscription as this browser would make one; its service is out of reach here. */
const subscription = {
  endpoint: "https://fcm.googleapis.com/fcm/send/flow",
  keys: {
    p256dh: "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8",
    auth: "BTBZMqHH6r4Tts7J_aSIgg",
  },
};

/** A test says where it got stuck, and that it is shown as soon as the worker shows it. */
async function followATest(inbox, push) {
  await ask(inbox, "POST", "/v1/push", subscription);
  await inbox.getByRole("button", { name: "Test my alerts" }).click();
  // How soon it is known that nothing is reached is up to the machine's network.
  const way = inbox.getByRole("listitem").filter({ hasText: "this device:" });
  await way.filter({ hasText: /sent|cannot be reached/ }).waitFor();
  await look(inbox, "alerts-test-stuck");
  const { alerts } = await ask(inbox, "GET", "/v1/alerts");
  // A visitor who waits may have called, too, by then.
  await push({ alert: alerts.find((one) => one.alert.kind === "test").alert.id, kind: "test" });
  await waitForShown(inbox, "Notifications reach this device");
  await inbox.getByText("shown after").waitFor();
  await look(inbox, "alerts-test-shown");
  await ask(inbox, "DELETE", "/v1/push");
  await takeDown(inbox);
}

/** What a click on the notification with a title does. */
const click = (worker, title) =>
  worker.evaluate(async (wanted) => {
    const notification = (await self.registration.getNotifications()).find((n) => n.title === wanted);
    self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
  }, title);

/** What comes at the same moment is all shown. */
async function followMany(inbox, push) {
  const many = Array.from({ length: 12 }, (_, i) => `Colleague ${String(i).padStart(2, "0")} mentions you`);
  await Promise.all(
    many.map((title, i) => push({ alert: `al_many_${i}`, kind: "mention", by: title.split(" mentions")[0], conversation: `c_${i}` })),
  );
  for (const title of many) await waitForShown(inbox, title);
  assert.deepEqual(
    (await shown(inbox)).map(([title]) => title),
    many,
  );
  await takeDown(inbox);
}

const takeDown = (inbox) =>
  inbox.evaluate(async () => {
    for (const n of await (await navigator.serviceWorker.ready).getNotifications()) n.close();
  });

/** What calls in a talk opens the talk, also by an address of before. */
async function followATalk(inbox, worker, push) {
  const made = await ask(inbox, "POST", "/v1/talks", { key: crypto.randomUUID(), name: "lunch" });
  const talk = made.conversation;
  const said = await ask(inbox, "POST", `/v1/talks/${talk}/messages`, { key: crypto.randomUUID(), text: "Soup or salad?" });
  await push({ alert: "al_3", kind: "mention", by: "Ben", conversation: talk, seq: said.events[0].seq, talk: true });
  await waitForShown(inbox, "Ben mentions you");
  await click(worker, "Ben mentions you");
  await inbox.waitForURL(`**/talks/${talk}?at=${said.events[0].seq}`);
  await inbox.getByText("Soup or salad?").first().waitFor();
  await inbox.goto(`/c/${talk}?at=2`);
  await inbox.waitForURL(`**/talks/${talk}?at=2`);
  await inbox.getByText("Soup or salad?").first().waitFor();
}

flow("a device is asked for in words, and a push on it opens the right chat", async (world) => {
  const inbox = await begin(world);
  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, "Does it reach you?");
  await inbox.goto("/");
  await take(world, inbox, "Does it reach you?");
  await inbox.waitForURL(/\/c\/c_/);
  const conversation = new URL(inbox.url()).pathname.split("/").pop();
  await answer(inbox, "It does.");
  await once(chat.getByRole("log"), "It does.");

  await inbox.goto("/settings/account");
  await inbox.getByText("Without an open page this device hears nothing.").waitFor();
  await look(inbox, "alerts-device-off");
  await inbox.context().grantPermissions(["notifications"]);
  await inbox.getByRole("button", { name: "Notify this device" }).click();
  // Nothing here reaches the browser's own push service: that is said, and the worker stands.
  await inbox.getByText("The browser could not reach its push service.").waitFor();

  await inbox.getByRole("button", { name: "Test my alerts" }).click();
  await inbox.getByText("No device of yours is notified without an open page.").waitFor();
  await inbox.getByRole("button", { name: "Test my alerts" }).scrollIntoViewIfNeeded();
  await look(inbox, "alerts-test");

  const { worker, push } = await workerOf(inbox);
  await followATest(inbox, push);
  await followMany(inbox, push);
  await push({ alert: "al_1", kind: "message", conversation, count: 2 });
  await waitForShown(inbox, "2 new messages from a visitor");
  await push({ alert: "al_2", kind: "help", by: "Ben", conversation });
  await waitForShown(inbox, "Ben asks for help with a chat");
  const two = ["2 new messages from a visitor", "heard"];
  const help = ["Ben asks for help with a chat", "heard"];
  assert.deepEqual(await shown(inbox), [two, help], "each kind about one chat has its own place");
  await push({ alert: "al_2", kind: "help", by: "Ben", conversation });
  await push({ alert: "al_1", kind: "message", conversation, count: 3 });
  await waitForShown(inbox, "3 new messages from a visitor");
  const three = ["3 new messages from a visitor", "heard"];
  assert.deepEqual(await shown(inbox), [three, [help[0], "silent"]], "what says the same again makes no sound, and what is new does");
  await click(worker, help[0]);
  await inbox.waitForURL(`**/c/${conversation}`);
  await inbox.getByText("Does it reach you?").first().waitFor();
  assert.deepEqual(await shown(inbox), [], "what was opened is not shown any more, and neither is the rest about it");
  await followATalk(inbox, worker, push);
  return [[visitor, ["It does."]]];
});
