// What the flows stand on: the real binary, Debian's Chromium, pages of a
// stranger's site, and checks that every flow makes.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startProxy } from "./proxy.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const screenshots = fileURLToPath(new URL("screenshots/", import.meta.url));
const binary = process.env.EARSHOT_BIN ?? fileURLToPath(new URL("../../bin/earshot", import.meta.url));

export const owner = { name: "Ada Lindqvist", email: "ada.canary@acme.example", password: "eleven lighthouses at sea" };
const patience = 12_000;

/** A free port that nobody listens on. */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** The binary on a new directory; resolves with the first-start link. */
async function startServer() {
  const data = mkdtempSync(join(tmpdir(), "earshot-browser-"));
  const port = await freePort();
  const child = spawn(binary, ["serve", "--listen", `127.0.0.1:${port}`, "--data", data], {
    env: { ...process.env, EARSHOT_UNLIMITED: "true" },
  });
  let said = "";
  const token = await new Promise((resolve, reject) => {
    const hear = (chunk) => {
      said += chunk;
      const found = said.match(/\/setup#([A-Za-z0-9_-]+)/);
      if (found && said.includes('"serving"')) resolve(found[1]);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}:\n${said}`)));
    child.once("error", reject);
  });
  const stop = async () => {
    if (child.exitCode === null) {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await gone;
    }
    rmSync(data, { recursive: true, force: true });
  };
  return { url: `http://127.0.0.1:${port}`, token, stop };
}

/** A stranger's site: any path is a page with the snippet of `site`, taken from `from`. */
async function startStranger() {
  const snippet = { from: "", site: "", transport: "" };
  const server = http.createServer((request, response) => {
    const page = new URL(request.url, "http://localhost");
    const from = page.searchParams.get("from") ?? snippet.from;
    const named = ["transport", "group", "signed"].filter((name) => page.searchParams.get(name));
    const attributes = named.map((name) => `data-${name}="${page.searchParams.get(name)}"`).join(" ");
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(`<!doctype html><html lang="en"><head><title>A stranger's shop</title></head><body><main><h1>Beans</h1><p>Shop.</p></main>
      <script async src="${from}/widget.js" data-site="${snippet.site}" ${attributes}></script></body></html>`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://localhost:${server.address().port}`, snippet, stop: () => new Promise((resolve) => server.close(resolve)) };
}

/** Everything for one flow. Its parts end with close(). */
export async function makeWorld() {
  const server = await startServer();
  const stranger = await startStranger();
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  const world = { server, stranger, browser, proxies: [], open: [], problems: [] };
  return Object.assign(world, {
    setUp: (options) => setUp(world, options),
    visitor: (options) => makeVisitor(world, options),
    tryer: () => makeTryer(world),
    agentPage: (options) => agentPage(world, options),
    close: async () => {
      await browser.close();
      for (const p of world.proxies) await p.close();
      await stranger.stop();
      await server.stop();
      assert.deepEqual(world.problems, [], "errors in a page");
    },
  });
}

/** A page of the inbox in a browser of its own, which may call itself another one, or be a phone that is touched. */
async function agentPage(world, { colorScheme = "light", viewport = { width: 1440, height: 900 }, userAgent, touched = false } = {}) {
  const context = await world.browser.newContext({
    baseURL: world.server.url,
    colorScheme,
    viewport,
    locale: "en",
    ...(userAgent && { userAgent }),
    ...(touched && { hasTouch: true, isMobile: true }),
  });
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  page.on("pageerror", (error) => world.problems.push(`inbox: ${error.stack}`));
  return page;
}

/** The owner sets the workspace up, as the first start's link asks. */
async function setUp(world, { team = "1 to 3", look = async () => {} } = {}) {
  const page = await agentPage(world);
  await page.goto(`/setup#${world.server.token}`);
  await page.getByRole("heading", { name: "Set up Earshot" }).waitFor();
  await look(page, "setup");
  await page.getByLabel("Name", { exact: true }).fill(owner.name);
  await page.getByLabel("E-mail").fill(owner.email);
  await page.getByLabel("Password").fill(owner.password);
  await page.getByLabel("Name of the site").fill("Acme");
  await page.getByLabel("Allowed origins").fill(world.stranger.url);
  await page.getByRole("radio", { name: team }).check();
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("tab", { name: /^My/ }).waitFor();
  const sites = await page.evaluate(async () => (await fetch("/v1/admin/sites")).json());
  Object.assign(world.stranger.snippet, { from: world.server.url, site: sites.sites[0].key });
  return page;
}

/** The launcher lives in a closed shadow tree; a test has to reach into it. */
async function reachInto(context) {
  await context.addInitScript(() => {
    const attach = Element.prototype.attachShadow;
    Element.prototype.attachShadow = function (init) {
      return attach.call(this, { ...init, mode: "open" });
    };
  });
}

/** Somebody on the built-in test page, whose browser itself records what it receives. */
async function makeTryer(world) {
  const context = await world.browser.newContext({ locale: "en" });
  await reachInto(context);
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  page.on("pageerror", (error) => world.problems.push(`test page: ${error.stack}`));
  const received = [];
  page.on("websocket", (socket) => socket.on("framereceived", (frame) => received.push(String(frame.payload))));
  page.on("response", async (response) => {
    const body = await response.text().catch(() => "");
    received.push(JSON.stringify(await response.allHeaders().catch(() => ({}))), body);
  });
  await page.goto(`${world.server.url}/try`);
  return { page, heard: () => received.join("\n") };
}

/** A visitor in a browser of his own, behind a proxy that hears everything. */
async function makeVisitor(world, { carrier = "", colorScheme = "light", viewport = { width: 1100, height: 800 } } = {}) {
  const proxy = await startProxy(world.server.url);
  world.proxies.push(proxy);
  const context = await world.browser.newContext({ colorScheme, viewport, locale: "en" });
  await reachInto(context);
  const visitor = {
    proxy,
    context,
    heard: proxy.heard,
    /** A page whose tag names more: a group, signed or not. */
    visit: async (named = {}) => {
      const page = await context.newPage();
      page.setDefaultTimeout(patience);
      page.on("pageerror", (error) => world.problems.push(`visitor: ${error.stack}`));
      await page.goto(`${world.stranger.url}/beans?${new URLSearchParams({ from: proxy.url, transport: carrier, ...named })}`);
      return page;
    },
  };
  return visitor;
}

/** The chat in a visitor's page: opens it and answers its frame. */
export async function openChat(page) {
  const launcher = page.locator("button.b[aria-expanded]");
  await launcher.waitFor();
  if ((await launcher.getAttribute("aria-expanded")) === "false") await launcher.click();
  const frame = page.frameLocator(".p iframe");
  await frame.getByLabel("Your message").waitFor();
  return frame;
}

/** Writes in the chat as a visitor does. */
export async function say(chat, text) {
  const field = chat.getByLabel("Your message");
  // A chat that opens moves the cursor: what is typed in that moment goes nowhere, as it would for a person.
  do await field.fill(text);
  while ((await field.inputValue()) !== text);
  await field.press("Enter");
}

/** Asks the API as the agent whose page it is. */
export async function ask(page, method, path, body) {
  const [status, answered] = await page.evaluate(
    async ([method, path, body]) => {
      const init =
        body === undefined ? { method } : { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
      const response = await fetch(path, init);
      return [response.status, await response.text()];
    },
    [method, path, body],
  );
  assert.ok(status < 300, `${method} ${path}: ${status} ${answered}`);
  return answered === "" ? undefined : JSON.parse(answered);
}

/** A small picture, and a file of words, as a person chooses them. */
export const picture = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGP8z8DAwMDAxMDAwMDAAAANHQEDasKb6QAAAABJRU5ErkJggg==",
  "base64",
);
export function text(name, words) {
  return { name, mimeType: "text/plain", buffer: Buffer.from(words) };
}

/** Writes in the inbox, in the voice that is chosen. */
export async function answer(page, text) {
  const box = page.getByRole("textbox", { name: /^Write (to|a note)/ });
  await box.fill(text);
  await page.getByRole("button", { name: /^(Send|Add note)$/ }).click();
}

/** Waits until a text stands exactly once in what a person sees, and stays so. */
export async function once(scope, text) {
  const all = scope.getByText(text, { exact: true });
  await all.first().waitFor({ timeout: patience });
  assert.equal(await all.count(), 1, `“${text}” is shown ${await all.count()} times`);
}

/**
 * Runs in the page: asks axe once nothing changes its colours, and again if something began to while it looked. A
 * button that the pointer has left turns back a moment later, which ends the change before, so that waiting for the
 * changes of one moment is not enough. What turns for ever is not waited for.
 */
async function seen() {
  const ends = (a) => a.playState !== "finished" && a.effect?.getComputedTiming().endTime !== Infinity;
  const changes = () => document.getAnimations().filter(ends);
  let began = false;
  const begins = () => (began = true);
  document.addEventListener("transitionrun", begins);
  let found;
  do {
    for (let now = changes(); now.length > 0; now = changes()) await Promise.allSettled(now.map((a) => a.finished));
    began = false;
    found = await globalThis.axe.run(document, { resultTypes: ["violations"], iframes: false });
  } while (began || changes().length > 0);
  document.removeEventListener("transitionrun", begins);
  return found.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => `${n.html} (${n.failureSummary})`).join("\n    ")}`);
}

/** Asks axe about a page or a frame; no violation is accepted. */
export async function axe(target, what) {
  await target.evaluate(axeSource);
  assert.deepEqual(await target.evaluate(seen), [], `axe on ${what}`);
}

/** Looks at a screen: axe, and a picture for a person. */
export async function look(page, name) {
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`) });
  await axe(page, name);
  for (const frame of page.frames()) {
    if (frame.url().includes("/frame?")) await axe(frame, `${name}, the widget's frame`);
  }
}
