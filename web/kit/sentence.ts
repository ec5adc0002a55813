/** What the server says to the team of its own accord, as internal/chat's sentence.go has it. */

/** Sentence is a code and what it speaks of, each by the name of its placeholder. */
export interface Sentence {
  code: string;
  /** Names, and other words of people. */
  names?: Readonly<Record<string, string>>;
  numbers?: Readonly<Record<string, number>>;
  /** Spans of time. */
  seconds?: Readonly<Record<string, number>>;
  /** Names that stand in a row. */
  lists?: Readonly<Record<string, readonly string[] | null>>;
  /** Words of the server: codes themselves. */
  words?: Readonly<Record<string, string>>;
}

/** Why is a reason: its English, and its sentences, which what is older does not have. */
export interface Why {
  why: string;
  because?: readonly Sentence[];
}
