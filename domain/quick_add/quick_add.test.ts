import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { formatMoney, multiply, ZERO } from "../money.ts";
import { formatQuantity } from "../quantity.ts";
import { parseQuickAdd } from "./quick_add.ts";
import type { ParsedEstimate, ParsedLine } from "./types.ts";

const FIXTURES = new URL("fixtures/", import.meta.url);
const names = readdirSync(FIXTURES)
  .filter((name) => name.endsWith(".txt"))
  .map((name) => name.replace(".txt", ""));

interface Expected {
  readonly note?: string;
  readonly [part: string]: unknown;
}

/** The same words as the expectations beside the pasted lists. */
function describeEstimate(parsed: ParsedEstimate) {
  return {
    title: parsed.title,
    sections: parsed.sections.map(({ title, kind, lines }) => ({
      ...(title === null ? {} : { title }),
      kind,
      lines: lines.map(describeLine),
    })),
    works_total: formatMoney(parsed.worksTotal),
    materials_total: formatMoney(parsed.materialsTotal),
    total: formatMoney(parsed.total),
    unread: parsed.unread.map(({ lineNumber, code }) => [lineNumber, code]),
    notes: parsed.notes.map(({ lineNumber, code }) => [lineNumber, code]),
    totals: parsed.totals.map(({ lineNumber, scope, stated, warning }) => [
      lineNumber,
      scope,
      formatMoney(stated),
      warning === null ? "agrees" : "differs",
    ]),
  };
}

function describeLine({ name, quantity, unit, price, warnings }: ParsedLine): string[] {
  const amount = multiply(price ?? ZERO, quantity);
  const codes = warnings.map(({ code }) => code);
  const shownPrice = price === null ? "none" : formatMoney(price);
  return [name, formatQuantity(quantity), unit, shownPrice, formatMoney(amount), ...codes];
}

describe("pasted lists", () => {
  it.each(names)("%s is understood in full", (name) => {
    const text = readFileSync(new URL(`${name}.txt`, FIXTURES), "utf8");
    const json = readFileSync(new URL(`${name}.expected.json`, FIXTURES), "utf8");
    const { note: _note, ...expected } = JSON.parse(json) as Expected;
    const silent = { title: null, unread: [], notes: [], totals: [] };
    expect(describeEstimate(parseQuickAdd(text))).toMatchObject({ ...silent, ...expected });
  });
});
