// @vitest-environment jsdom
import { afterEach, expect, test, vi } from "vitest";
import { type Own, ownTag, owns } from "./own";
import { type Kept, tagOf } from "./tag";

afterEach(() => vi.unstubAllGlobals());

const told: Own = { title: "Zoë wrote", body: "hello", tag: "message:c_1", seq: 7, conversation: "c_1", address: "/c/c_1" };

/** A browser's notifications of a registration: one for each tag. */
function registration() {
  const shown = new Map<string, { tag: string; data: Kept; title: string; close(): void }>();
  const through = {
    showNotification: async (title: string, { tag, data }: { tag: string; data: Kept }) =>
      void shown.set(tag, { tag, data, title, close: () => shown.delete(tag) }),
    getNotifications: async ({ tag = "" }) => [...shown.values()].filter((one) => tag === "" || one.tag === tag),
  };
  return { shown, through: through as unknown as ServiceWorkerRegistration };
}

/** Notifications of a page. */
function ofPage() {
  const open: { title: string; onclick?: () => void; onclose?: () => void }[] = [];
  vi.stubGlobal(
    "Notification",
    class {
      constructor(public title: string) {
        open.push(this);
      }
      close() {
        open.splice(open.indexOf(this), 1);
      }
    },
  );
  return open;
}

test("where the device is pushed to there is one place for the page's and the worker's", async () => {
  const page = ofPage();
  const { shown, through } = registration();
  const own = owns(async () => through);
  await own.show(told, () => undefined);
  expect(page).toEqual([]);
  const worker = tagOf({ alert: "al_1", kind: "message", conversation: "c_1" });
  expect(shown.get(worker)?.data).toMatchObject({ alert: "", seq: 7, conversation: "c_1", address: "/c/c_1" });
  await own.close(worker);
  expect(shown.size).toBe(0);
});

test("what the worker shows of an alert is left to the end of that alert", async () => {
  const { shown, through } = registration();
  await through.showNotification("2 new messages", { tag: "message:c_1", data: { alert: "al_1" } } as NotificationOptions);
  await owns(async () => through).close("message:c_1");
  expect(shown.size).toBe(1);
});

test("the end of a test of alerts, or of what else has no place here, takes nothing down", async () => {
  const { shown, through } = registration();
  const own = owns(async () => through);
  await own.show(told, () => undefined);
  for (const kind of ["test", "check", "invite"]) await own.close(ownTag(kind, "c_2", ""));
  expect([...shown.keys()]).toEqual(["message:c_1"]);
});

test("elsewhere the page shows it, and takes it down by the same name", async () => {
  const page = ofPage();
  const own = owns(async () => null);
  await own.show(told, () => undefined);
  expect(page.map(({ title }) => title)).toEqual(["Zoë wrote"]);
  await own.close("message:c_1");
  expect(page).toEqual([]);
});

test("each notice of which there are pushes has the worker's place, and the others their own", () => {
  const pairs = { queued: "queue", "promise.overdue": "promise", mention: "mention", talk: "talk", assigned: "assigned", help: "help" };
  for (const [kind, alert] of Object.entries(pairs))
    expect(ownTag(kind, "c_1", "own"), kind).toBe(tagOf({ alert: "al_1", kind: alert, conversation: "c_1" }));
  expect(ownTag("whisper", "c_1", "own")).toBe("own");
});
