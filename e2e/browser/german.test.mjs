// A team that reads German: whatever the server explains of its own accord, it reads
// in German, wherever that stands.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { begin, flow, invite, longFlow, take } from "./flow.mjs";
import { answer, ask, look, once, openChat, owner, say } from "./world.mjs";

const bilal = { name: "Bilal Haddad", email: "bilal.canary@acme.example", password: "nine umbrellas on a roof" };

/** What the server says in English, without the names and numbers in it. */
const english = Object.values(JSON.parse(readFileSync(new URL("../../web/inbox/reasons/messages/en.json", import.meta.url), "utf8")))
  .flatMap((text) => text.split(/\{[a-z]+\}/))
  .map((part) => part.trim())
  .filter((part) => part.length > 6 && part.includes(" "));

/** The same person's inbox in a browser that asks for German. */
async function inGerman(world, page) {
  const context = await world.browser.newContext({
    baseURL: world.server.url,
    locale: "de",
    viewport: { width: 1440, height: 900 },
    storageState: await page.context().storageState(),
  });
  const other = await context.newPage();
  await other.goto("/");
  await other.getByRole("tab", { name: /^Meine/ }).waitFor();
  return other;
}

/** The screen says `text`, and nothing that the server says in English; nor is anything marked as English. */
async function reads(page, name, ...texts) {
  for (const text of texts) await page.getByText(text).first().waitFor();
  await look(page, `german-${name}`);
  const shown = (await page.locator("body").innerText()).replace(/\s+/gu, " ");
  for (const part of english) assert.ok(!shown.includes(part), `${name}: “${part}” is shown in ${shown}`);
  assert.equal(await page.locator("[lang=en]").count(), 0, `${name}: something is marked as English`);
}

/** A browser that asks for German, at the sign-in page; it keeps every text that ever stood there. */
async function arrives(world, broken) {
  const context = await world.browser.newContext({ baseURL: world.server.url, locale: "de" });
  const page = await context.newPage();
  if (broken) await page.route(/\/assets\/de-[^/]*\.js$/u, (route) => route.abort());
  await page.addInitScript(() => {
    globalThis.stood = [];
    const keep = () => globalThis.stood.push(document.body?.innerText ?? "");
    new MutationObserver(keep).observe(document, { subtree: true, childList: true, characterData: true });
  });
  await page.goto("/");
  await page.getByRole("heading", { level: 1 }).waitFor();
  return { page, stood: async () => (await page.evaluate(() => globalThis.stood)).join("\n") };
}

const signIn = JSON.parse(readFileSync(new URL("../../web/inbox/messages/en.json", import.meta.url), "utf8"))["sign-in"];
const anmelden = JSON.parse(readFileSync(new URL("../../web/inbox/messages/de.json", import.meta.url), "utf8"))["sign-in"];

/** The first screen is German from its first moment; where German cannot be fetched, it is English and says so. */
async function startsInItsLanguage(world) {
  const german = await arrives(world, false);
  await german.page.getByRole("heading", { name: anmelden }).waitFor();
  assert.ok(!(await german.stood()).includes(signIn), `“${signIn}” stood there before “${anmelden}”`);
  assert.equal(await german.page.locator("html").getAttribute("lang"), "de");
  await german.page.context().close();
  const broken = await arrives(world, true);
  await broken.page.getByRole("heading", { name: signIn }).waitFor();
  assert.equal(await broken.page.locator("html").getAttribute("lang"), "en");
  await broken.page.context().close();
}

async function writes(world, text) {
  const visitor = await world.visitor();
  const chat = await openChat(await visitor.visit());
  await say(chat, text);
  await once(chat.getByRole("log"), text);
  return { visitor, chat };
}

flow("a German team reads every reason of the server in German", async (world) => {
  world.secrets.push('"because"', '"why"'); // neither is a visitor's
  const ada = await begin(world);
  const ben = await invite(world, ada, bilal);
  const { groups } = await ask(ada, "GET", "/v1/admin/groups");
  const rules = (more) => ask(ada, "PATCH", `/v1/admin/groups/${groups[0].id}`, { rules: { line: "first_line", ...more } });
  await rules({ distribution: { method: "pull" } });
  await ben.goto("/");
  await take(world, ben, "canary-foreign: my account number is 4711");
  await ask(ben, "PATCH", "/v1/me", { topics: ["parcel"] });
  await startsInItsLanguage(world);
  const german = await inGerman(world, ada);

  // Ben has one already: it rings at Ada.
  await rules({ distribution: { method: "least_busy" } });
  const { visitor, chat } = await writes(world, "Where is my parcel?");
  const offers = german.getByRole("region", { name: "Angebote" });
  await reads(german, "offer", `${owner.name} hat von 2 Freien in Team am wenigsten zu tun: 0 von 4.`, `${bilal.name} hat 1 von 4.`);
  await offers.getByRole("button", { name: /^Annehmen/ }).click();
  await german.getByRole("textbox").first().waitFor();
  await reads(german, "timeline", /am wenigsten zu tun: 0 von 4\. An zweiter Stelle:/);
  const conversation = new URL(german.url()).pathname.split("/")[2];
  await ask(german, "POST", `/v1/conversations/${conversation}/messages`, { key: crypto.randomUUID(), text: "It arrives tomorrow" });
  await once(chat.getByRole("log"), "It arrives tomorrow");

  await german.getByRole("heading", { level: 1 }).first().click();
  await german.keyboard.press("t");
  await german.getByRole("dialog", { name: /weitergeben$/ }).waitFor();
  await reads(german, "passing", "Der Besucher nennt, wonach man diesen Kollegen fragt: parcel.");
  await german.keyboard.press("Escape");

  await german.goto("/board");
  await reads(german, "board", "2 frei in Team.");

  // Who goes home reads who should go on, and why him.
  await german.getByRole("button", { name: new RegExp(`^${owner.name}: `) }).click();
  await german.getByRole("menuitem", { name: "Übergeben…" }).click();
  await german.getByRole("dialog", { name: "Übergabe" }).waitFor();
  await reads(german, "handover", `${bilal.name} ist in Team als Einziger frei.`);
  await german.keyboard.press("Escape");

  // The team's agreement, and what it forbids.
  await rules({ distribution: { method: "pull" }, share: { oldest_first: true, break_after: 7200 } });
  await writes(world, "I was first");
  await writes(world, "I came later");
  await german.goto("/");
  await german.getByRole("tab", { name: /^Warteschlange/ }).click();
  await german.getByRole("link").filter({ hasText: "I came later" }).click();
  await reads(
    german,
    "agreement",
    "Nach 2 Stunden ist Pause.",
    "Der Chat, der am längsten wartet, wird zuerst genommen. Ein älterer wartet noch.",
  );
  return [[visitor, ["It arrives tomorrow"]]];
});

longFlow("who tries rules and limits reads in German what was found and what it rests on", async (world) => {
  const ada = await begin(world);
  const { visitor, chat } = await writes(world, "Are you open?");
  await take(world, ada, "Are you open?");
  await answer(ada, "We are.");
  await once(chat.getByRole("log"), "We are.");
  const { groups } = await ask(ada, "GET", "/v1/admin/groups");
  const when = [
    { field: "path", op: "prefix", values: ["/shop"] },
    { field: "country", op: "is", values: ["DE"] },
    { field: "data", key: "plan", op: "is", values: ["gold"] },
  ];
  await ask(ada, "PUT", "/v1/admin/routes", { routes: [{ id: "", name: "Laden", when, group: groups[0].id }] });
  const german = await inGerman(world, ada);

  await german.goto("/settings/routes");
  await german.getByLabel("Adresse der Seite", { exact: true }).last().fill("https://shop.example/shop/cart");
  await reads(
    german,
    "tester",
    "Pfad der Seite: „/shop/cart“.",
    "Land unbekannt: keine Datenbank, oder kein Eintrag darin.",
    "Daten der Seite, plan: nicht bekannt.",
  );

  await german.goto("/settings/routing");
  await german.getByLabel("Chats gleichzeitig je Agent").fill("2");
  await german.getByRole("button", { name: /^An den letzten/ }).click();
  await reads(german, "rehearsal", /^Wann wer Chats annahm/, /^Es wird angenommen, dass ein Chat so lange dauert/);
  return [[visitor, ["We are."]]];
});
