import { setImmediate } from "node:timers/promises";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { parseQuickAdd } from "../domain/quick_add/quick_add.ts";
import { startWarming, warmingList } from "./warming.ts";
import { WARMING_LISTS } from "./warming_lists.ts";

const log = pino({ enabled: false });

/** Counts the turns of everything else until it is over. */
async function countTurns(over: Promise<unknown>): Promise<number> {
  let isOver = false;
  void over.then(() => (isOver = true));
  for (let turns = 0; ; turns += 1) {
    if (isOver) return turns;
    await setImmediate();
  }
}

describe("the warming of the reader of lists", () => {
  it("reads rows of every kind", () => {
    const read = WARMING_LISTS.map((_, index) => parseQuickAdd(warmingList(2 * index)));
    const lines = read.flatMap(({ sections }) => sections.flatMap((section) => section.lines));
    const warned = new Set(lines.flatMap(({ warnings }) => warnings.map(({ code }) => code)));
    const noted = read.flatMap(({ notes }) => notes.map(({ code }) => code));
    const unread = new Set(read.flatMap((list) => list.unread.map(({ code }) => code)));
    expect(lines.length).toBeGreaterThan(90);
    expect(new Set(lines.map(({ kind }) => kind))).toEqual(new Set(["work", "material"]));
    expect(read.some(({ title }) => title !== null)).toBe(true);
    expect(read.filter(({ totals }) => totals.length > 0).length).toBeGreaterThan(2);
    expect(new Set(noted)).toEqual(
      new Set(["detail", "discount", "greeting", "header", "markup", "payment", "vat"]),
    );
    expect(warned.size).toBeGreaterThan(6);
    expect(unread.size).toBeGreaterThan(1);
  });

  it("writes a list with other numbers each time, and every other in disorder", () => {
    const lists = Array.from({ length: 60 }, (_, turn) => warmingList(turn));
    expect(new Set(lists).size).toBe(lists.length);
    const inDisorder = lists.filter((_, turn) => turn % 2 === 1);
    const unread = inDisorder.flatMap((list) => parseQuickAdd(list).unread);
    expect(unread.length).toBeGreaterThan(100);
  });

  it("ends with lists as long as people's longest", () => {
    expect(parseQuickAdd(warmingList(499)).unread.length).toBeLessThan(30);
    expect(warmingList(500).split("\n")).toHaveLength(1000);
    expect(warmingList(500)).not.toBe(warmingList(501));
  });

  it("lets everything else go on, and ends by itself", async () => {
    const warming = startWarming(log);
    expect(await countTurns(warming.ended)).toBeGreaterThan(200);
    expect(await warming.ended).toBeGreaterThan(200);
  });

  it("ends at once when the program does", async () => {
    expect(await startWarming(log).stop()).toBe(1);
  });
});
