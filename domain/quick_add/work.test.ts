import { describe, expect, it } from "vitest";
import { currentEffort, effortSince } from "./effort.ts";
import { parseQuickAdd } from "./quick_add.ts";

/** What rows are made of that once made the reader slow, and their like. */
const PIECES = [
  ..."*а|а=|а;|(|()|(а)|=а|-|; |: |- |—|_|_примечание а|«|😀|\u0301|а_|а'|а-1|1х|1/|1,|9999999999".split(
    "|",
  ),
  ..."а |за |по |в |всего |сумма |за всё |на сумму |кв.м |чел |т.р. |тыс |руб |смета |ндс |%|1% ".split(
    "|",
  ),
  ..."1 |111 |а 1 м2 350 |5 м2 100;|1 ндса\t|руб ааааааа1|сумма @1 |CM 11 |пог.А-1 |=1+|5х3 м2 ".split(
    "|",
  ),
  "а|111 скидка |",
  ";",
  "а\t1\t",
];
/** Counting makes every expression slow. */
const SLOW = 60_000;
const BEGINNINGS = ["", "итого ", "смета ", "1.1) ", "ндс "];
const ENDS = ["", "%", " 22 м2 350"];

/**
 * How often an expression is tried on a text: `test`, `match` and `replace` go through `exec`. So does
 * `split`, once for every character; it counts as one.
 */
function countAttempts(text: string): number {
  const { prototype } = RegExp;
  // oxlint-disable-next-line typescript/unbound-method -- called with `this` below
  const { exec, [Symbol.split]: split } = prototype;
  let attempts = 0;
  prototype.exec = function count(this: RegExp, subject) {
    attempts += 1;
    return exec.call(this, subject);
  };
  prototype[Symbol.split] = function countOnce(this: RegExp, subject: string, limit?: number) {
    const before = attempts;
    const parts = split.call(this, subject, limit);
    attempts = before + 1;
    return parts;
  };
  try {
    parseQuickAdd(text);
    return attempts;
  } finally {
    prototype.exec = exec;
    prototype[Symbol.split] = split;
  }
}

describe("the work that a row takes", () => {
  it("counts the expressions that are tried", () => {
    const one = countAttempts("Штукатурка стен 22 м2 350");
    expect(one).toBeGreaterThan(5);
    expect(one).toBeLessThan(60);
  });

  it(
    "is bounded whatever the row is made of, and a longer row takes no more",
    { timeout: SLOW },
    () => {
      const rows = PIECES.flatMap((piece) =>
        BEGINNINGS.flatMap((beginning) =>
          ENDS.flatMap((end) =>
            [20, 75, 150, 2000].map((count) => beginning + piece.repeat(count) + end),
          ),
        ),
      );
      const slow = rows
        .map((row) => [countAttempts(row), row.slice(0, 40), row.length] as const)
        .filter(([attempts]) => attempts > 600);
      expect(slow).toEqual([]);
    },
  );

  it.each([
    ["=()5х3 м2 ".repeat(12), "too_many_numbers"],
    ["5х3 м2 ; ".repeat(16), "several_items"],
    ["; 1,5 а, 2 б - 3 в ".repeat(12), "several_items"],
  ])("is bounded, with calculations and cells tried in vain: %j", (row, code) => {
    const before = currentEffort();
    const { unread } = parseQuickAdd(row);
    expect(effortSince(before)).toBeLessThan(1100);
    expect(unread).toMatchObject([{ code }]);
  });

  it.each([
    "а;а;,".repeat(130),
    `Кран\tшт${"\t=1+1*2 м2".repeat(15)}`,
    `Кран\t${"(".repeat(600)}`,
    "ламинат38м2".repeat(32),
    "Наименование;Цена;".repeat(20),
  ])("is bounded in cells and inside a word, and nothing is lost: %j", (row) => {
    const before = currentEffort();
    const { lineCount, unread, notes } = parseQuickAdd(row);
    expect(effortSince(before)).toBeLessThan(1150);
    expect(lineCount + unread.length + notes.length).toBe(1);
  });

  it("leaves a total whose cells are too much, and does not take it for one without a sum", () => {
    const { unread, notes, totals } = parseQuickAdd(`Итого\t5000${"\t(1 руб) 5 а".repeat(14)}`);
    expect([totals, notes]).toEqual([[], []]);
    expect(unread).toMatchObject([{ code: "too_complex" }]);
  });

  it("grows with the number of rows and no faster", { timeout: SLOW }, () => {
    for (const piece of PIECES) {
      const row = `${piece.repeat(40)}\n`;
      const few = countAttempts(row.repeat(20));
      expect(countAttempts(row.repeat(80))).toBeLessThan(5 * few + 100);
    }
  });

  it.each([
    "Пол 2,5 м2 по 300 = 9; ",
    "Розетки 15 шт 300; ",
    "а 1,5; Плитка, 5 м2, =2*3; ",
    "по 350 =2,7*3 м2; ",
    "; 1,5 а, 2 б - 3 в ",
  ])("does not depend on what was read before: %j", (part) => {
    for (let count = 1; count <= 14; count += 1) {
      const row = part.repeat(count);
      const alone = parseQuickAdd(`Стяжка 7 м2 500\n${row}`);
      const again = parseQuickAdd(`${row}\n${row}\n${row}`);
      const [lines, unread] = [alone.lineCount - 1, alone.unread.length];
      const codes = again.unread.map(({ code }) => code);
      expect([again.lineCount, codes.length, new Set(codes).size <= 1]).toEqual([
        3 * lines,
        3 * unread,
        true,
      ]);
    }
  });
});

describe("the work that a list takes", () => {
  const hard = (count: number) => `${"а, ".repeat(60)}${count} м2 350`;
  const easy = (count: number) => `Стяжка ${count} м2 500`;
  const listOf = (rows: number, rowOf: (row: number) => string) =>
    Array.from({ length: rows }, (_, row) => rowOf(row + 1)).join("\n");

  it("is bounded by the number of its rows where each of them is hard", () => {
    const before = currentEffort();
    const { lineCount, unread } = parseQuickAdd(listOf(1000, hard));
    expect(effortSince(before)).toBeLessThan(1000 * 420);
    expect(lineCount).toBeGreaterThan(70);
    expect(lineCount + unread.length).toBe(1000);
    expect(new Set(unread.map(({ code }) => code))).toEqual(new Set(["too_complex"]));
  });

  it("leaves every easy row its own, however many hard ones stand around it", () => {
    const { sections } = parseQuickAdd(
      listOf(1000, (row) => (row % 10 === 0 ? easy(row) : hard(row))),
    );
    const names = sections.flatMap(({ lines }) => lines.map(({ name }) => name));
    expect(names.filter((name) => name === "Стяжка")).toHaveLength(100);
  });

  it("leaves hard rows what easy ones did not take", () => {
    const { lineCount } = parseQuickAdd(
      listOf(2000, (row) => (row % 3 === 0 ? hard(row) : easy(row))),
    );
    expect(lineCount).toBe(2000);
  });

  it("begins anew with the next list", () => {
    const list = listOf(300, hard);
    const [first, second] = [parseQuickAdd(list), parseQuickAdd(list)];
    expect(second.lineCount).toBe(first.lineCount);
    const left = first.unread.map(({ text }) => text).slice(0, 50);
    expect(parseQuickAdd(left.join("\n")).unread).toEqual([]);
  });
});
