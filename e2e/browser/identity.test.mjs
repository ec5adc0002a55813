// Visitors whom their site's own server signs: one on two devices, two at one computer.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { begin, flow, take } from "./flow.mjs";
import { answer, ask, look, once, openChat, say } from "./world.mjs";

/** What the server of the site does: it signs who its visitor is. */
function sign(secret, claims) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part({ alg: "HS256", typ: "JWT" })}.${part({ exp: Math.floor(Date.now() / 1000) + 900, ...claims })}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

async function secretOf(inbox) {
  const { sites } = await ask(inbox, "GET", "/v1/admin/sites");
  return (await ask(inbox, "GET", `/v1/admin/sites/${sites[0].id}/secret`)).secret;
}

const identify = (page, token) => page.evaluate((who) => window.Earshot.identify(who), token);
/** What a page's storage holds, as the next person at the computer finds it. */
const stored = (page) => page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));

flow("one who is signed in has his conversation on both devices, and the next person at the computer sees none of it", async (world) => {
  const inbox = await begin(world);
  const secret = await secretOf(inbox);
  const mia = () => sign(secret, { sub: "customer-42", name: "Mia Canary", data: { plan: "gold" } });
  const question = "Where is my tent?";
  const reply = "It is on its way";

  const [phone, laptop] = [await world.visitor(), await world.visitor()];
  const onPhone = await phone.visit();
  await identify(onPhone, mia());
  const chat = await openChat(onPhone);
  await say(chat, question);
  await once(chat.getByRole("log"), question);
  await take(world, inbox, question);
  await inbox
    .getByRole("heading", { name: /^Mia Canary/, level: 1 })
    .getByText("verified")
    .waitFor();
  await inbox.getByText("customer-42").first().waitFor();
  await look(inbox, "identity-verified");

  const onLaptop = await laptop.visit();
  await identify(onLaptop, mia());
  const other = await openChat(onLaptop);
  await once(other.getByRole("log"), question);
  await answer(inbox, reply);
  await once(chat.getByRole("log"), reply);
  await once(other.getByRole("log"), reply);
  await say(other, "Thank you, from the laptop");
  await once(chat.getByRole("log"), "Thank you, from the laptop");

  // Another person signs in at the same computer, in the same page.
  await other.getByLabel("Your message").fill("a draft of Mia's");
  await identify(onLaptop, sign(secret, { sub: "customer-43", name: "Eve" }));
  await other.getByText(question).waitFor({ state: "detached" });
  const eves = await openChat(onLaptop);
  assert.equal(await eves.getByLabel("Your message").inputValue(), "", "Eve finds what Mia has begun to write");
  await say(eves, "I am somebody else");
  await once(eves.getByRole("log"), "I am somebody else");
  assert.equal(await eves.getByText(reply).count(), 0, "Eve reads what was told to Mia");
  assert.doesNotMatch(await stored(onLaptop), /draft of Mia|Where is my tent|eyJ/, "the computer remembers Mia");
  // And nobody at all.
  await identify(onLaptop, null);
  await eves.getByText("I am somebody else").waitFor({ state: "detached" });
  await once(chat.getByRole("log"), reply);

  // The phone, loaded anew without its page having said who it is, shows nobody's chat; then his again.
  await onPhone.reload();
  const anew = await openChat(onPhone);
  assert.equal(await anew.getByText(question).count(), 0, "without an identity the phone shows Mia's chat");
  await identify(onPhone, mia());
  await once(anew.getByRole("log"), reply);
  return [
    [phone, [question, reply]],
    [laptop, [question, reply]],
  ];
});

flow("a chat goes on through a sign-in, and a token that does not hold signs nobody in", async (world) => {
  const inbox = await begin(world);
  const secret = await secretOf(inbox);
  const question = "Which size do I need?";
  const visitor = await world.visitor();
  const page = await visitor.visit();
  const said = [];
  page.on("console", (line) => said.push(line.text()));
  const chat = await openChat(page);
  await say(chat, question);
  await once(chat.getByRole("log"), question);
  await take(world, inbox, question);
  await inbox.getByText("Not verified").first().waitFor();

  await identify(page, sign("guessed", { sub: "customer-42" }));
  await chat.getByLabel("Your message").waitFor();
  await answer(inbox, "Please sign in");
  await once(chat.getByRole("log"), "Please sign in");
  assert.match(said.join("\n"), /Earshot: nobody is signed in: .*secret of this site/);

  await page.evaluate((token) => window.Earshot.identify(async () => token), sign(secret, { sub: "customer-42", name: "Mia" }));
  await inbox.getByText("The visitor signed in on your website, as customer-42").waitFor();
  await once(chat.getByRole("log"), "Please sign in");
  await say(chat, "Here I am");
  await inbox.getByRole("article").getByText("Here I am").waitFor();
  await answer(inbox, "Size M, then");
  await once(chat.getByRole("log"), "Size M, then");
  await look(inbox, "identity-signed-in");
  await inbox.goto("/settings/sites");
  await inbox.getByRole("button", { name: /^Show the secret/ }).click();
  await inbox.getByText(secret).waitFor();
  await inbox.getByRole("button", { name: "Make a new secret" }).click();
  await inbox.getByText("The secret before this one still counts").waitFor();
  await look(inbox, "identity-secret");
  await inbox.getByRole("button", { name: "End the secret before" }).click();
  await inbox.getByRole("button", { name: "Make a new secret" }).waitFor();
  return [[visitor, [question, "Size M, then"]]];
});
