/** What an open page shows of notices, until there is nothing left to notice. */
import type { State } from "$kit/reducer.ts";
import type { Down } from "$kit/wire.ts";
import { addressOf } from "../route";
import { openConversation, openTalk } from "../router.svelte";
import { type VisitorForm, t, visitorText } from "../texts";
import type { Notice } from "./notice";
import { type Own, type Owns, ownTag } from "./own";
import { soundKindOf } from "./soundkinds";
import { isOver } from "./unseen";

/** Standing is what the page shows. */
export interface Standing {
  /** show tells one notice, or several that came together. */
  show(notices: readonly Notice[]): Promise<void>;
  /** heard takes down what a frame says is seen, or over. */
  heard(frame: Down, before: State): void;
}

/** Where several are told as one. */
const many = "many";

/** standing makes what the page of the agent me shows through own. */
export function standing(me: string, own: Owns): Standing {
  /** By their place, those that it still tells of. */
  const open = new Map<string, readonly Notice[]>();

  async function put(tag: string, notices: readonly Notice[], told: Told | Promise<Told>, onclick: () => void): Promise<void> {
    open.set(tag, notices);
    const words = await told;
    if (open.has(tag)) await own.show({ ...words, tag }, onclick);
    if (!open.has(tag)) await own.close(tag); // it was over before it stood
  }

  async function one(notice: Notice): Promise<void> {
    const { conversation, at = null, talk } = notice;
    const tag = ownTag(notice.about ?? notice.kind, conversation, notice.tag);
    await put(tag, [notice], toldOf(notice), () => (talk === undefined ? openConversation : openTalk)(conversation, at));
  }

  return {
    show: async (notices) => {
      const [first] = notices;
      if (notices.length === 1 && first) return one(first);
      open.set(many, notices);
      // A push comes of each: what has not been told in its place would be told twice.
      const apart = await own.pushed();
      const left = open.get(many) ?? [];
      if (!apart && left.length > 1) return put(many, left, toldOfMany(left.length), () => undefined);
      open.delete(many);
      await Promise.all([own.close(many), ...left.map(one)]);
    },
    heard: (frame, before) => {
      for (const [tag, notices] of open) {
        const left = notices.filter((notice) => !isOver(frame, before, me, notice.conversation, soundKindOf(notice)));
        if (left.length > 0) open.set(tag, left);
        else if (open.delete(tag)) void own.close(tag);
      }
    },
  };
}

/** Told is what is said in a place. */
type Told = Omit<Own, "tag">;

function toldOfMany(n: number): Told {
  return { title: t("alerts.many", { n }), body: "", seq: 0, conversation: "", address: "/" };
}

async function toldOf(notice: Notice): Promise<Told> {
  const { conversation, at = null, talk } = notice;
  return {
    title: await titleOf(notice),
    body: notice.text,
    seq: at ?? notice.seq ?? 0,
    conversation,
    address: addressOf(talk === undefined ? { name: "inbox", conversation, at } : { name: "talks", talk: conversation, at }),
  };
}

/** How a visitor without a name stands in the sentence, where he is not the one who acts. */
const forms: Partial<Record<Notice["kind"], VisitorForm>> = {
  due: "a.dat",
  hops: "a.dat",
  help: "a.dat",
  assigned: "a.dat",
  alarm: "a.acc",
  "promise.soon": "a.dat",
  "promise.overdue": "a.dat",
};

async function titleOf(notice: Notice): Promise<string> {
  if (notice.kind === "raised") return (await import("./pushed")).raisedText(notice.about ?? "", notice.name);
  if (notice.talk) return t(`alerts.${notice.kind === "mention" ? "mention" : "talk"}.in`, { name: notice.name, place: notice.talk });
  return t(`alerts.${notice.kind}`, { name: visitorText(notice.name, forms[notice.kind] ?? "a") });
}
