import { mount, unmount } from "svelte";
import { onColour } from "$kit/colour.ts";
import App from "./App.svelte";
import { readConfig } from "./config.ts";
import "./frame.css";
import { type Host, listenToHost } from "./host.ts";
import { adopt, begin, moveTo, show } from "./acts.ts";
import { chunk } from "./chunk.ts";
import { showUnread, take } from "./follow.ts";
import { newSession, type Session } from "./session.ts";
import { speak } from "./texts.ts";

/** The frame waits for the page around it to show that it is one of the site's own, and only then begins. */
function listen(): void {
  const config = readConfig(document);
  let session: Session | undefined;
  let opened: Promise<void> | undefined;
  let word: (who: string | undefined) => void = () => undefined;
  const first = new Promise<string | undefined>((resolve) => (word = resolve));
  window.setTimeout(() => word(""), firstWordMs);
  let taken: () => void = () => undefined;
  const heard = new Promise<void>((resolve) => (taken = resolve));
  void first.then((who) => who === "" && taken());
  const line = listenToHost(window, config.origins, {
    onInit: (host) => {
      session = newSession(config, host, line);
      session.heard = heard;
      opened = open(session, host, first);
    },
    onPage: (page, hint, signed) => session !== undefined && moveTo(session, page, hint, signed),
    onOpen: (open) => session !== undefined && show(session, open),
    onItems: () => session?.box.value?.refresh(),
    onWho: (who) => {
      word(who);
      if (session !== undefined) void opened?.then(() => hear(session as Session, who)).then(taken);
    },
    onToken: (token) => session !== undefined && void adopt(session, token),
  });
}

/** A page that has an identity says so right after init; one with a slow way of getting it is not waited for longer. */
const firstWordMs = 3000;

async function open(session: Session, host: Host, first: Promise<string | undefined>): Promise<void> {
  const speaker = await speak([host.lang, session.config.language, ...navigator.languages]);
  dress(host, session.config.accent, speaker.language);
  document.title = speaker.t("title");
  const draw = () => mount(App, { target: document.getElementById("app") ?? document.body, props: { session, speaker } });
  let app = draw();
  session.remount = () => {
    void unmount(app);
    app = draw();
  };
  void chunk(() => import("./box.ts")).then(({ openBox }) => openBox(session));
  watch(session);
  if ((await first) === "") void begin(session);
}

/** hear takes in who the page says that its visitor is. That a page without identities says nobody needs no code for it. */
async function hear(session: Session, who: string | undefined): Promise<void> {
  if (who === "" && !session.asked) return;
  session.asked = true;
  const { prove } = await chunk(() => import("./identity.ts"));
  await prove(session, who);
}

function watch(session: Session): void {
  window.addEventListener("online", () => {
    session.online.value = true;
    session.box.value?.wake();
  });
  window.addEventListener("offline", () => {
    session.online.value = false;
  });
  document.addEventListener("visibilitychange", () => showUnread(session));
  window.setInterval(() => take(session, { type: "tick", now: (Date.now() + session.skewMs) * 1000 }), 2000);
}

function dress(host: Host, accent: string, language: string): void {
  const html = document.documentElement;
  html.lang = language;
  html.dir = host.dir;
  if (host.theme !== "auto") html.dataset["theme"] = host.theme;
  html.style.setProperty("--accent", accent);
  html.style.setProperty("--on-accent", onColour(accent));
}

listen();
