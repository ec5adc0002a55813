/** What a refusal says in the person's language: the server speaks English. */
import type { ErrorKind } from "$kit/api.ts";
import { type TextKey, language, t } from "../texts";

/** Refused is what of an ApiError is told to the person. */
export interface Refused {
  kind: ErrorKind;
  message: string;
}

/** Kinds that say everything by themselves; the others need the server's own words about what was wrong. */
const whole: Partial<Record<ErrorKind, TextKey>> = {
  "signed-out": "refused.signed-out",
  missing: "refused.missing",
  gone: "refused.gone",
  denied: "refused.denied",
  limited: "refused.limited",
  unavailable: "refused.unavailable",
  broken: "refused.unavailable",
  offline: "refused.offline",
};

/** refusalWords says why something was refused, in the given language. */
export function refusalWords(refused: Refused, spoken: string = language()): string {
  if (spoken === "en" && refused.kind !== "offline") return refused.message;
  const key = whole[refused.kind];
  return key === undefined ? t("refused.because", { words: refused.message }) : t(key);
}
