import type { Component } from "svelte";
import { type Message, translator } from "$kit/i18n.ts";
import en from "./messages/reception/en.json";
import View, { type Props } from "./Reception.svelte";
import sheet from "./reception.css?url";
import { type ReceptionTexts, type Words, wordsOf } from "./words.ts";

/**
 * The reception is where a visitor chooses a group, waits, and may ask for the
 * answer by e-mail. All of it is a chunk of its own: who is answered at once
 * never loads it.
 */
export interface Reception {
  View: Component<Props>;
  words: Words;
}

/** openReception loads what the reception needs: its texts in a language, and its sheet. */
export async function openReception(language: string, locale: string): Promise<Reception> {
  const [texts] = await Promise.all([others[language]?.(), dress(document)]);
  return { View, words: wordsOf(translator<ReceptionTexts>(texts === undefined ? "en" : language, texts?.default ?? en, en), locale) };
}

const others: Readonly<Record<string, () => Promise<{ default: Partial<Record<keyof ReceptionTexts, Message>> }>>> = {
  de: () => import("./messages/reception/de.json"),
};

/** dress loads the sheet by a link, since the frame's policy allows no style of a script. */
function dress(document: Document): Promise<void> {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = sheet;
  return new Promise((resolve) => {
    link.onload = link.onerror = () => resolve(); // Without a sheet it is plain, and works.
    document.head.append(link);
  });
}
