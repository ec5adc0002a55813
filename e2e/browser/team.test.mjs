// What a team does beyond answering: files, taking back, finding, racing, and
// minding who is signed in.
import assert from "node:assert/strict";
import { begin, flow, invite, longFlow, openQueued, take, writesNote } from "./flow.mjs";
import { answer, ask, look, once, openChat, owner, picture, say, text } from "./world.mjs";

const invoice = "Invoice 2026-11 over three bags of beans";
const receipt = "Receipt of the 24th for Ines";

longFlow("files cross both ways, and what is not allowed is refused by name", async (world) => {
  const inbox = await begin(world);
  const visitor = await world.visitor();
  const page = await visitor.visit();
  const chat = await openChat(page);
  const picker = chat.locator("input[type=file]");
  await picker.setInputFiles({
    name: "logo.svg",
    mimeType: "image/svg+xml",
    buffer: Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"),
  });
  await chat.getByText(/^logo\.svg was not sent:/).waitFor();
  await look(page, "widget-file-refused");
  await chat.getByRole("button", { name: "Remove logo.svg" }).click();
  await picker.setInputFiles([text("invoice.txt", invoice), { name: "bag.png", mimeType: "image/png", buffer: picture }]);
  await chat.getByRole("progressbar").first().waitFor({ state: "detached" });
  await say(chat, "Here is what I got");
  await once(chat.getByRole("log"), "Here is what I got");
  await look(page, "widget-files");

  await take(world, inbox, "Here is what I got");
  const link = inbox.getByRole("article").getByRole("link", { name: /invoice\.txt/ });
  const download = inbox.waitForEvent("download");
  await link.click();
  const saved = await (await download).createReadStream();
  let got = "";
  for await (const chunk of saved) got += chunk;
  assert.equal(got, invoice);
  const shown = inbox.getByRole("article").getByRole("img", { name: "bag.png" });
  await shown.waitFor();
  await shown.evaluate((image) => image.decode());

  await inbox.locator("form input[type=file]").setInputFiles(text("wrong.txt", "not this one"));
  const dropped = inbox.waitForResponse((r) => r.request().method() === "DELETE" && r.url().includes("/v1/files/"));
  await inbox.getByRole("button", { name: "Remove wrong.txt" }).click();
  assert.equal((await dropped).status(), 204, "what was taken out still takes a place");
  await inbox.locator("form input[type=file]").setInputFiles(text("receipt.txt", receipt));
  await inbox.getByRole("list", { name: "Files" }).getByRole("progressbar").waitFor({ state: "detached" });
  await look(inbox, "inbox-files");
  await answer(inbox, "And here is your receipt");
  await once(chat.getByRole("log"), "And here is your receipt");
  const heard = visitor.proxy.hears(new RegExp(receipt));
  await chat.getByRole("log").getByRole("button").filter({ hasText: "receipt.txt" }).click();
  await heard;
  return [[visitor, ["And here is your receipt", receipt]]];
});

longFlow("what was sent by mistake is taken back everywhere", async (world) => {
  const inbox = await begin(world);
  const visitor = await world.visitor();
  const page = await visitor.visit();
  const chat = await openChat(page);
  await say(chat, "How much is it?");
  await take(world, inbox, "How much is it?");
  await answer(inbox, "It is 12 euros, and he never pays");
  await once(chat.getByRole("log"), "It is 12 euros, and he never pays");
  await inbox
    .getByRole("article")
    .filter({ hasText: "he never pays" })
    .getByRole("button", { name: /^Take back/ })
    .click();
  await chat.getByText("Taken back").waitFor();
  await inbox.getByText("Taken back").waitFor();
  for (const scope of [chat.getByRole("log"), inbox.getByRole("article")]) {
    assert.equal(await scope.getByText("he never pays").count(), 0);
  }
  await look(page, "widget-taken-back");
  await page.reload();
  const again = await openChat(page);
  await once(again.getByRole("log"), "How much is it?");
  await again.getByText("Taken back").waitFor();
  assert.equal(await again.getByText("he never pays").count(), 0);
  await inbox.goto("/search?q=pays");
  await inbox.getByText(/^Nothing found/).waitFor();
  return [[visitor, ["How much is it?"]]];
});

longFlow("the search finds messages and notes, and leads to the place", async (world) => {
  const inbox = await begin(world);
  const visitor = await world.visitor();
  const page = await visitor.visit();
  const chat = await openChat(page);
  await say(chat, "My grinder rattles since Tuesday");
  await take(world, inbox, "My grinder rattles since Tuesday");
  await answer(inbox, "Please send me its serial number");
  await once(chat.getByRole("log"), "Please send me its serial number");
  await inbox.goto("/search?q=rattles");
  await inbox.locator("mark").filter({ hasText: "rattles" }).waitFor();
  await look(inbox, "search-hits");
  await inbox.getByRole("link").filter({ hasText: "rattles" }).click();
  await once(inbox.getByRole("article"), "My grinder rattles since Tuesday");
  const box = inbox.getByRole("searchbox");
  await box.fill("difficult customer");
  await inbox.locator("mark").filter({ hasText: "difficult" }).first().waitFor();
  await box.fill("zeppelin");
  await inbox.getByText("Nothing found for “zeppelin”.").waitFor();
  return [[visitor, ["Please send me its serial number"]]];
});

flow("an invited colleague loses the race for a visitor, is told, and joins", async (world) => {
  const ada = await begin(world);
  const bilal = await invite(world, ada, {
    name: "Bilal Haddad",
    email: "bilal.canary@acme.example",
    password: "nine umbrellas on a roof",
  });
  const visitor = await world.visitor();
  const page = await visitor.visit();
  const chat = await openChat(page);
  await say(chat, "Who of you is faster?");
  await once(chat.getByRole("log"), "Who of you is faster?");
  await ada.goto("/");
  for (const inbox of [ada, bilal]) await openQueued(inbox, "Who of you is faster?");
  const holding = holdBack(bilal, "**/take"); // his click comes first, his request second
  await bilal.getByRole("button", { name: "Take", exact: true }).click();
  await holding.reached;
  await ada.getByRole("button", { name: "Take", exact: true }).click();
  await ada.getByRole("textbox", { name: /^Write to/ }).waitFor();
  holding.release();
  await bilal.getByRole("dialog", { name: `${owner.name} was faster` }).waitFor();
  await look(bilal, "taken-dialog");
  await bilal.getByRole("dialog").getByRole("button", { name: "Join" }).click();
  await bilal.getByRole("textbox", { name: /^Write to/ }).waitFor();
  await writesNote(world, bilal);
  await answer(ada, "I was, this time");
  await once(bilal.getByRole("article"), "I was, this time");
  await answer(bilal, "And I listen");
  for (const words of ["I was, this time", "And I listen"]) await once(chat.getByRole("log"), words);
  await look(page, "widget-two-people");
  await look(bilal, "inbox-two-people");
  return [[visitor, ["I was, this time", "And I listen"]]];
});

longFlow("a session is ended from another device, and a new password ends the rest", async (world) => {
  const ada = await begin(world);
  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, "Are you still there?");
  await take(world, ada, "Are you still there?");
  await answer(ada, "On two devices even");
  await once(chat.getByRole("log"), "On two devices even");

  const laptop = await world.agentPage();
  await signIn(laptop, owner.password);
  await laptop.getByRole("tab", { name: /^My/ }).waitFor();
  await ada.goto("/settings/account");
  await ada.getByRole("button", { name: "Sign out there" }).click();
  await laptop.getByText(/^This session was ended/).waitFor();
  await look(laptop, "signed-out");
  assert.equal(await laptop.evaluate(async () => (await fetch("/v1/me")).status), 401);

  await signIn(laptop, owner.password);
  await laptop.getByRole("tab", { name: /^My/ }).waitFor();
  await changePassword(ada, "not my password at all", "seven ladders in the barn");
  await ada.getByText(/^The current password is wrong/).waitFor();
  await look(ada, "password-wrong");
  await changePassword(ada, owner.password, "seven ladders in the barn");
  await ada.getByText("The password is changed.", { exact: false }).first().waitFor();
  await laptop.getByText(/^This session was ended/).waitFor();
  await signIn(laptop, owner.password);
  await laptop.getByText("The e-mail address or the password is wrong.").waitFor();
  await signIn(laptop, "seven ladders in the barn");
  await laptop.getByRole("tab", { name: /^My/ }).waitFor();
  await ada.goto("/");
  await ada.getByRole("tab", { name: /^My/ }).waitFor();
  return [[visitor, ["On two devices even"]]];
});

const android = "Mozilla/5.0 (Linux; Android 16; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36";

longFlow("of two devices each is known, a warning stands on both, and a key on one takes it back", async (world) => {
  const ada = await begin(world);
  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, "Do you ever rest?");
  await take(world, ada, "Do you ever rest?");
  await answer(ada, "I answer from the train");
  await once(chat.getByRole("log"), "I answer from the train");

  const phone = await world.agentPage({ viewport: { width: 390, height: 844 }, colorScheme: "dark", userAgent: android });
  await signIn(phone, owner.password);
  await phone.getByRole("tab", { name: /^My/ }).waitFor();
  await ada.goto("/board");
  await ada.getByText("2 devices", { exact: true }).waitFor();
  await look(ada, "board-devices");
  await ada.goto("/settings/account");
  const ofPhone = ada.getByRole("listitem").filter({ hasText: "Chrome, Android" });
  await ofPhone.getByText("connected now").waitFor();
  const here = ada.getByRole("listitem").filter({ hasText: "this device" });
  await here.getByText("Chrome, Linux").waitFor();
  await here.getByText("connected now").waitFor();
  await here.scrollIntoViewIfNeeded();
  await look(ada, "devices");
  await phone.goto("/settings/account");
  await phone.getByText("this device").scrollIntoViewIfNeeded();
  await look(phone, "devices-phone");

  await ask(ada, "PUT", "/v1/admin/routing", { limit: 4, timing: { input_warn: 8, input: 100 } });
  await ada.keyboard.press("Shift");
  const warnings = [ada, phone].map((page) => page.getByRole("alert").getByText("Are you there?", { exact: false }));
  for (const warning of warnings) await warning.waitFor();
  await look(phone, "warned-phone");
  await phone.keyboard.press("Shift");
  for (const warning of warnings) await warning.waitFor({ state: "hidden" });
  await ask(ada, "PUT", "/v1/admin/routing", { limit: 4, timing: {} });
  await ofPhone.getByText(/last key or click/).waitFor({ timeout: 30_000 });
  await phone.context().close();
  await ofPhone.getByText(/last seen/).waitFor({ timeout: 30_000 }); // the list is loaded again every 10 s
  await look(ada, "devices-one-left");
  return [[visitor, ["I answer from the train"]]];
});

/** Holds a page's requests to an address back. */
function holdBack(page, address) {
  const held = {};
  const released = new Promise((resolve) => {
    held.release = resolve;
  });
  held.reached = new Promise((resolve) => {
    void page.route(address, async (route) => {
      resolve();
      await released;
      await route.continue();
    });
  });
  return held;
}

async function signIn(page, password) {
  if (!page.url().includes("/sign-in")) await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(owner.email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

async function changePassword(page, current, next) {
  await page.getByLabel("Current password").fill(current);
  await page.getByLabel("New password").fill(next);
  await page.getByRole("button", { name: "Change password" }).click();
}
