/** What the screen of talks shows beside the address: the words that narrow the list, and what stands in the side column. It outlives moving between talks. */
import { view } from "../list/view.svelte";

/** Side is what the column beside a talk shows. */
export type Side = { name: "about" } | { name: "pins" } | { name: "find" } | { name: "replies"; root: number };

let words = $state("");
let archived = $state(false);
let side = $state.raw<Side>({ name: "about" });
/** Under which message of which talk the composer writes. */
let replying = $state.raw<{ talk: string; seq: number } | null>(null);

/** talkView is what the columns show. */
export const talkView = {
  get words(): string {
    return words;
  },
  set words(to: string) {
    words = to;
  },
  get archived(): boolean {
    return archived;
  },
  set archived(to: boolean) {
    archived = to;
  },
  get side(): Side {
    return side;
  },
  /** open shows something in the side column, also where that is closed. */
  open(to: Side): void {
    side = to;
    view.setDetails(true);
  },
  /** rest shows what the column shows by itself, and closes it where it does not stand beside the talk anyway. */
  rest(): void {
    side = { name: "about" };
    view.setDetails(false);
  },
  /** uncover closes the column where it lies over the talk; what it shows stays. */
  uncover(): void {
    view.setDetails(false);
  },
  replyIn(talk: string): number | null {
    return replying?.talk === talk ? replying.seq : null;
  },
  reply(talk: string, seq: number | null): void {
    replying = seq === null ? null : { talk, seq };
  },
  /** back undoes the last of these steps; false where there is none. */
  back(): boolean {
    if (replying !== null) replying = null;
    else if (side.name !== "about" || view.details) talkView.rest();
    else return false;
    return true;
  },
};
