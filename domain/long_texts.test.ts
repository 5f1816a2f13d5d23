import { describe, expect, it } from "vitest";
import type { Day } from "./calendar.ts";
import { nameKey } from "./catalogue.ts";
import { readExtraText } from "./extra_text.ts";
import { readFormula } from "./measures_ru.ts";
import { parseMoneyRu, parsePercentRu, parseQuantityRu } from "./numbers_ru.ts";
import { readPaymentText, readStageText } from "./payment_text.ts";
import { parsePhone, parsePhones } from "./phones.ts";
import { looksLikeList, parseQuickAdd, parseQuickLine } from "./quick_add/quick_add.ts";
import { readSearch } from "./search.ts";
import { cleanText } from "./text.ts";
import { findUnit, normaliseUnit, splitUnitFactor } from "./units.ts";

const today = "2026-11-22" as Day;

/** Everything that reads a text which a person typed. */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  cleanText,
  findUnit,
  looksLikeList,
  nameKey,
  normaliseUnit,
  parseMoneyRu,
  parsePercentRu,
  parsePhone,
  parsePhones,
  parseQuantityRu,
  parseQuickAdd,
  parseQuickLine,
  readExtraText,
  readFormula: (text) => readFormula(text, new Map()),
  readPaymentText: (text) => readPaymentText(text, today),
  readSearch,
  readStageText: (text) => readStageText(text, today),
  splitUnitFactor,
};

/** A message of Telegram. */
const LENGTH = 4096;

/** Runs that patterns with overlapping repetitions choke on; the end keeps them from matching. */
const RUNS = [
  "1",
  " ",
  "\u00a0",
  "1 ",
  "1,",
  ".",
  "- ",
  "а ",
  "(",
  "1+",
  "доп ",
  "м2 ",
  "\n",
  "1\n",
];
const TEXTS = RUNS.flatMap((run) => {
  const long = run.repeat(LENGTH / run.length);
  return [long, `${long.slice(2)}x!`, `доп: ${long.slice(8)}x!`, `1${long.slice(4)}x 1!`];
});

describe("a text of 4 096 characters", () => {
  // Without a bound one of these takes minutes: the limit of a test is the alarm, not a figure.
  it.each(Object.entries(READERS))("is read by %s without counting for ever", (_, read) => {
    for (const text of TEXTS) expect(() => read(text)).not.toThrow();
  });
});
