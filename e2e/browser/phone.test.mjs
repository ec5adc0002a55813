// An agent's day on a phone: everything that he needs on the road, with a thumb.
import assert from "node:assert/strict";
import { begin, flow, invite, take, writesNote } from "./flow.mjs";
import { fits } from "./thumb.mjs";
import { answer, ask, once, openChat, say } from "./world.mjs";

const ben = { name: "Ben Carter", email: "ben.canary@acme.example", password: "seven herons by the weir" };
const upright = { width: 390, height: 844 };

const bar = (page) => page.getByRole("navigation", { name: "Areas" });
const offer = (page, text) => page.getByRole("region", { name: "Offers" }).getByRole("article").filter({ hasText: text });
const dialog = (page, name) => page.getByRole("dialog", { name });
const box = (page) => page.getByRole("textbox", { name: /^Write to/ });
const at = (page) => page.evaluate(() => window.location.pathname);

/** A visitor who has just written. */
async function writes(world, text) {
  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, text);
  await once(chat.getByRole("log"), text);
  return { visitor, chat };
}

/** How the one group of a new workspace hands its chats out. */
async function handsOut(ada, method) {
  const { groups } = await ask(ada, "GET", "/v1/admin/groups");
  await ask(ada, "PATCH", `/v1/admin/groups/${groups[0].id}`, { rules: { line: "first_line", distribution: { method } } });
  return groups[0].id;
}

/** What whoever passes a chat on must say. */
async function playbook(ada, group) {
  const transfer = {
    when: "Invoices and refunds.",
    held: {},
    reasons: [
      { code: "invoice", label: "Invoice" },
      { code: "refund", label: "Refund" },
    ],
    questions: [{ id: "number", text: "Which number is on the invoice?", required: true }],
  };
  await ask(ada, "PUT", `/v1/groups/${group}/playbook`, { version: 0, transfer, group_chat: {}, jump_in: {} });
}

async function signsIn(world) {
  const page = await world.agentPage({ viewport: upright, touched: true });
  // The number at the icon is the system's to show; what it is told is kept here.
  await page.addInitScript(() => {
    navigator.setAppBadge = async (count) => {
      window.atTheIcon = count;
    };
  });
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(ben.email);
  await page.getByLabel("Password").fill(ben.password);
  await fits(page, "phone-sign-in");
  await page.getByRole("button", { name: "Sign in" }).tap();
  await page.getByRole("tab", { name: /^My/ }).waitFor();
  return page;
}

/** Nothing stands against putting the inbox among the applications of the phone, but that these browsers keep nothing. */
async function canBeInstalled(page) {
  const asked = await page.context().newCDPSession(page);
  const { installabilityErrors } = await asked.send("Page.getInstallabilityErrors");
  const against = installabilityErrors.map((e) => e.errorId).filter((id) => id !== "in-incognito");
  assert.deepEqual(against, []);
  const { data } = await asked.send("Page.getAppManifest");
  const { display, start_url, scope } = JSON.parse(data);
  assert.deepEqual([display, start_url, scope], ["standalone", "/", "/"]);
}

/** One's own status, from the sheet at the foot of the screen. */
async function chooses(page, status) {
  await bar(page)
    .getByRole("button", { name: new RegExp(`^${ben.name}`) })
    .tap();
  await fits(page, "phone-status");
  await page.getByRole("menuitemradio", { name: status }).tap();
}

/** Back to the list is back in the history: a day of chats does not pile up behind it. */
async function backToTheList(page) {
  const length = await page.evaluate(() => history.length);
  await page.getByRole("link", { name: "Back to the list" }).tap();
  await page.getByRole("tab", { name: /^My/ }).waitFor();
  assert.equal(await page.evaluate(() => history.length), length);
  assert.equal(await at(page), "/");
}

async function takesFromTheQueue(page, text) {
  await page.getByRole("tab", { name: /^Queue/ }).tap();
  await page.getByRole("link").filter({ hasText: text }).waitFor();
  await fits(page, "phone-queue");
  await page.getByRole("link").filter({ hasText: text }).tap();
  await page.getByRole("button", { name: "Take", exact: true }).tap();
  await box(page).waitFor();
  await fits(page, "phone-chat");
}

/** List, conversation and context are pages, and the browser's Back leaves them one by one. */
async function readsTheContext(page) {
  await page.getByRole("button", { name: "About the visitor" }).tap();
  await page.getByRole("region", { name: "About the visitor" }).waitFor();
  await fits(page, "phone-context");
  await page.goBack();
  await box(page).waitFor();
  await page.goBack();
  await page.getByRole("tab", { name: /^My/ }).waitFor();
  await page.goForward();
  await box(page).waitFor();
}

/** Somebody writes while the agent fills in a dialog: the offer stands above that, with its answer within reach. */
async function acceptsOverADialog(world, ada, page) {
  await page.getByRole("button", { name: "Pass on" }).tap();
  await dialog(page, /^Pass .* on$/).waitFor();
  await fits(page, "phone-pass");
  await handsOut(ada, "least_busy");
  const led = await writes(world, "Where is my parcel?");
  await offer(page, "Where is my parcel?").waitFor();
  await fits(page, "phone-offer");
  await offer(page, "Where is my parcel?")
    .getByRole("button", { name: /^Accept/ })
    .tap();
  await dialog(page, /^Pass .* on$/)
    .getByRole("button", { name: "Cancel" })
    .tap();
  await page.getByRole("log").getByText("Where is my parcel?", { exact: true }).waitFor();
  await handsOut(ada, "pull");
  return led;
}

/** A colleague hands a chat over, and whoever is on the road takes it. */
async function isHandedAChat(world, ada, page) {
  const led = await writes(world, "My invoice is wrong");
  await ada.goto("/");
  await take(world, ada, "My invoice is wrong");
  await ada.getByRole("button", { name: "Pass on" }).click();
  const to = dialog(ada, /^Pass .* on$/).getByRole("combobox", { name: "To whom?" });
  await to.fill(ben.name);
  await to.press("Enter");
  await dialog(ada, /^Pass .* on$/)
    .getByLabel("Reason", { exact: true })
    .selectOption("invoice");
  await dialog(ada, /^Pass .* on$/)
    .getByLabel(/^Which number/)
    .fill("4711");
  await dialog(ada, /^Pass .* on$/)
    .getByRole("button", { name: `Ask ${ben.name}` })
    .click();
  await offer(page, "Ada Lindqvist asks").getByText("Which number is on the invoice? 4711").waitFor();
  await fits(page, "phone-asked");
  await offer(page, "Ada Lindqvist asks")
    .getByRole("button", { name: /^Accept/ })
    .tap();
  await page.getByRole("log").getByText("My invoice is wrong", { exact: true }).waitFor();
  return led;
}

/** Passes the open chat to a colleague, with what the playbook asks for. */
async function passesOn(page, name) {
  await page.getByRole("button", { name: "Pass on" }).tap();
  const sheet = dialog(page, /^Pass .* on$/);
  await sheet.getByRole("option", { name: new RegExp(`^${name}`) }).tap();
  await sheet.getByLabel("Reason", { exact: true }).selectOption("refund");
  await sheet.getByLabel(/^Which number/).fill("4712");
  await fits(page, "phone-pass-form");
  await sheet.getByRole("button", { name: `Ask ${name}` }).tap();
  await page.getByText(`Asking ${name}`, { exact: true }).last().waitFor();
  await fits(page, "phone-asking");
}

/** Writes in the group's channel, and reacts with a touch of the message. */
async function talks(page) {
  await bar(page).getByRole("link", { name: /^Team/ }).tap();
  await fits(page, "phone-talks");
  await page.getByRole("region", { name: "Team", exact: true }).getByRole("link").filter({ hasText: "Team" }).first().tap();
  await page.getByRole("textbox", { name: /^Write in/ }).fill("canary-talk: I am on the train");
  await page.getByRole("button", { name: "Send" }).tap();
  const line = page.getByRole("log").locator(".line").filter({ hasText: "canary-talk" });
  await line.getByText("canary-talk: I am on the train").tap();
  await line.getByRole("button", { name: "React" }).tap();
  await fits(page, "phone-react");
  await line.getByRole("button", { name: "👍" }).first().tap();
  await line.getByRole("button", { name: /^👍 1/ }).waitFor();
  await fits(page, "phone-talk");
  await page.getByRole("link", { name: "Back to the list" }).tap();
  await bar(page)
    .getByRole("link", { name: /^Inbox/ })
    .tap();
}

async function goesAwayUntil(page) {
  await chooses(page, /^Away/);
  await dialog(page, "Away").getByLabel("Reason").fill("On the train");
  await dialog(page, "Away").getByLabel("Back").selectOption({ label: "In 30 minutes" });
  await fits(page, "phone-away");
  await dialog(page, "Away").getByRole("button", { name: "Set away" }).tap();
  await bar(page)
    .getByRole("button", { name: /On the train, until/ })
    .waitFor();
}

/** A click on a notification opens a window with nothing but the chat in it. */
async function landsInTheChat(page, conversation) {
  const [opened] = await Promise.all([
    page.context().waitForEvent("page"),
    page.evaluate((to) => void window.open(to, "_blank", "noopener"), `/c/${conversation}`),
  ]);
  await box(opened).waitFor();
  await opened.goBack();
  await opened.getByRole("tab", { name: /^My/ }).waitFor();
  assert.equal(await at(opened), "/");
  await fits(opened, "phone-list");
  await opened.close();
}

flow("an agent's day on a phone, with a thumb", async (world) => {
  world.secrets.push("canary-talk", ben.email);
  const ada = await begin(world);
  const group = await handsOut(ada, "pull");
  await playbook(ada, group);
  const desk = await invite(world, ada, ben);
  await desk.context().close();
  await ask(ada, "POST", "/v1/me/status", { status: "finishing" });

  const page = await signsIn(world);
  await canBeInstalled(page);
  await chooses(page, /^Accepting/);
  await takesFromTheQueue(page, "canary-foreign");
  await backToTheList(page);
  await page.getByRole("tab", { name: /^My/ }).tap();
  await fits(page, "phone-my");
  await page.getByRole("link").filter({ hasText: "canary-foreign" }).tap();
  await readsTheContext(page);
  const parcel = await acceptsOverADialog(world, ada, page);
  await answer(page, "It arrives tomorrow");
  await once(parcel.chat.getByRole("log"), "It arrives tomorrow");
  await writesNote(world, page);
  await fits(page, "phone-note");

  const invoice = await isHandedAChat(world, ada, page);
  await answer(page, "I look at it");
  await once(invoice.chat.getByRole("log"), "I look at it");
  await passesOn(page, "Ada Lindqvist");
  await offer(ada, `${ben.name} asks`)
    .getByRole("button", { name: /^Accept/ })
    .click();
  await box(ada).waitFor();
  await page.getByRole("button", { name: "Pass on" }).waitFor({ state: "detached" });
  await backToTheList(page);

  await talks(page);
  await goesAwayUntil(page);
  await say(parcel.chat, "Thank you");
  await page.waitForFunction(() => window.atTheIcon === 1 && document.title === "(1) Earshot");
  await page.getByRole("tab", { name: /^My/ }).tap();
  await fits(page, "phone-unread");
  await page.getByRole("link").filter({ hasText: "Thank you" }).tap();
  await box(page).waitFor();
  await landsInTheChat(page, (await at(page)).replace("/c/", ""));
  await answer(page, "With pleasure");
  await once(parcel.chat.getByRole("log"), "With pleasure");
  await page.getByRole("button", { name: "Close", exact: true }).tap();
  await page
    .getByRole("log")
    .getByText(/closed the conversation/)
    .waitFor();
  await fits(page, "phone-closed");
  await page.emulateMedia({ colorScheme: "dark" });
  for (const [width, height] of [
    [360, 640],
    [844, 390],
  ]) {
    await page.setViewportSize({ width, height });
    await fits(page, `phone-closed-${width}`);
    const send = await page.getByRole("button", { name: "Send" }).boundingBox();
    assert.ok(send.y + send.height <= height, `at ${width}×${height} the button to send ends at ${send.y + send.height}`);
    await page.goto("/");
    await page.getByRole("tab", { name: /^My/ }).waitFor();
    await fits(page, `phone-list-${width}`);
    await page.goBack();
    await page.getByRole("log").waitFor();
  }
  return [
    [parcel.visitor, ["It arrives tomorrow"]],
    [invoice.visitor, ["I look at it"]],
  ];
});
