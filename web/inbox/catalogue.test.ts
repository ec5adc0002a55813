import { expect, test } from "vitest";
import { spoken } from "./catalogue";
import de from "./messages/de.json";
import en from "./messages/en.json";

test("who reads German is answered in German, and who reads neither in English", async () => {
  expect(await spoken(["de-AT", "en"])).toEqual({ language: "de", texts: de });
  expect(await spoken(["fr", "pt-BR"])).toEqual({ language: "en", texts: en });
});

test("who reads English fetches no other texts", async () => {
  let fetched = 0;
  const german = async () => {
    fetched++;
    return { default: de };
  };
  expect(await spoken(["en-GB", "de"], { de: german })).toEqual({ language: "en", texts: en });
  expect(fetched).toBe(0);
});

test("texts that cannot be fetched are English, and so is the language", async () => {
  const broken = () => Promise.reject(new TypeError("the line broke"));
  expect(await spoken(["de"], { de: broken })).toEqual({ language: "en", texts: en });
});
