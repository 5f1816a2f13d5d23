import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatMoney, type Kopecks, kopecks, multiply } from "../money.ts";
import { formatAmountRu, formatQuantityRu } from "../numbers_ru.ts";
import { formatQuantity, type Quantity } from "../quantity.ts";
import { UNITS } from "../unit_table.ts";
import { findUnit } from "../units.ts";
import { looksLikeList, parseQuickAdd, parseQuickLine } from "./quick_add.ts";

/** Many runs on a busy machine. */
const SLOW = 60_000;

interface Position {
  readonly name: string;
  readonly quantity: Quantity;
  /** As written. */
  readonly unit: string;
  readonly price: Kopecks;
}

const names = fc
  .tuple(
    fc.constantFrom(
      "Укладка",
      "монтаж",
      "Демонтаж",
      "Окраска",
      "Разводка",
      "Установка",
      "Шпаклёвка",
    ),
    fc.constantFrom(
      "плитки",
      "труб ХВС/ГВС",
      "стен",
      "перегородок ГКЛ",
      "кабеля ВВГнг-LS",
      "ёлки & пола",
    ),
    fc.constantFrom(
      "",
      " 60х120",
      " М150",
      " 50/110",
      " 32 класс",
      " 25кг",
      " 45°",
      " (2 слоя)",
      " №5",
      " d=20",
      " Ø110",
      " 3х2,5",
      " до 50мм",
    ),
  )
  .map((parts) => parts.join(""));

const spellings = UNITS.filter(({ nature }) => nature !== "size").flatMap(
  ({ label, spellings }) => [label, ...spellings],
);

const positions: fc.Arbitrary<Position> = fc.record({
  name: names,
  // Two decimals at most: «1.234 шт» is refused as ambiguous on purpose.
  quantity: fc
    .integer({ min: 1, max: 999_999 })
    .map((value) => (BigInt(value) * 100_000n) as Quantity),
  unit: fc.constantFrom(...spellings),
  price: fc.integer({ min: 1, max: 99_999_999 }).map((value) => kopecks(BigInt(value))),
});

/** Numbers in each of the usual ways to write them. */
const numerals = {
  quantity: [
    formatQuantityRu,
    formatQuantity,
    (value: Quantity) => formatQuantity(value).replace(".", ","),
  ],
  price: [
    formatAmountRu,
    formatMoney,
    (value: Kopecks) => formatAmountRu(value).replaceAll("\u00a0", " "),
  ],
};

type Render = (parts: {
  name: string;
  quantity: string;
  unit: string;
  price: string;
  sum: string;
}) => string;

const renders: readonly Render[] = [
  ({ name, quantity, unit, price }) => `${name} ${quantity} ${unit} ${price}`,
  ({ name, quantity, unit, price }) => `${name} ${quantity} ${unit} по ${price}`,
  ({ name, quantity, unit, price }) => `${name} ${quantity} ${unit} * ${price}`,
  ({ name, quantity, unit, price }) => `${name} ${quantity} ${unit} х ${price} руб.`,
  ({ name, quantity, unit, price }) => `${name} ${quantity} ${unit} × ${price}₽`,
  ({ name, quantity, unit, price }) => `${name} - ${quantity} ${unit} - ${price}р`,
  ({ name, quantity, unit, price }) => `${name} — ${quantity} ${unit} — ${price} ₽`,
  ({ name, quantity, unit, price }) => `${name}, ${quantity} ${unit}, ${price}`,
  ({ name, quantity, unit, price }) => `${name}; ${quantity} ${unit}; ${price}`,
  ({ name, quantity, unit, price }) => `${name}: ${quantity} ${unit} ${price}`,
  ({ name, quantity, unit, price }) => `${name} ${quantity}${unit} ${price}р/${unit}`,
  ({ name, quantity, unit, price }) => `${name} ${quantity} ${unit} ${price} руб за ${unit}`,
  ({ name, quantity, unit, price }) => `${name} ${price} руб/${unit} × ${quantity} ${unit}`,
  ({ name, quantity, unit, price, sum }) => `${name} ${quantity} ${unit} x ${price} = ${sum}`,
  ({ name, quantity, unit, price, sum }) =>
    `${name} ${quantity} ${unit} по ${price}, всего ${sum} р.`,
  ({ name, quantity, unit, price }) => `1.2) ${name} ${quantity} ${unit} ${price}`,
  ({ name, quantity, unit, price }) => `3. ${name} ${quantity} ${unit} ${price}`,
  ({ name, quantity, unit, price }) => `• ${name} ${quantity} ${unit} ${price}`,
  ({ name, quantity, unit, price }) => `${name}\t${unit}\t${quantity}\t${price}`,
  ({ name, quantity, unit, price, sum }) => `7\t${name}\t${unit}\t${quantity}\t${price}\t${sum}`,
  ({ name, quantity, unit, price, sum }) => `${name}\t${quantity}\t${unit}\t${price}\t${sum}\t`,
  ({ name, quantity, unit, price }) => `| ${name} | ${quantity} | ${unit} | ${price} |`,
];

const rendered = fc
  .tuple(
    positions,
    fc.constantFrom(...renders),
    fc.constantFrom(...numerals.quantity),
    fc.constantFrom(...numerals.price),
  )
  .map(([position, render, writeQuantity, writePrice]) => ({
    position,
    text: render({
      name: position.name,
      unit: position.unit,
      quantity: writeQuantity(position.quantity),
      price: writePrice(position.price),
      sum: writePrice(multiply(position.price, position.quantity)),
    }),
  }))
  // «2 шт 350 700» is two numbers when 2 × 350 = 700; such prices are left out here.
  .filter(({ position, text }) => !/\d \d{3}/.test(text) || !canBeSplit(position));

/** True when a grouped price happens to be a price and its sum. */
function canBeSplit({ price, quantity }: Position): boolean {
  const [whole = "", fraction = ""] = formatAmountRu(price).split(",");
  const groups = whole.split("\u00a0");
  return groups.some((_, border) => {
    const [left, right] = [groups.slice(0, border).join(""), groups.slice(border).join("")];
    if (left === "" || right === "") return false;
    return multiply(kopecks(BigInt(left) * 100n), quantity) === BigInt(right + fraction);
  });
}

describe("a position in any of its spellings", () => {
  it(
    "gives back its name, quantity, unit and price",
    () => {
      fc.assert(
        fc.property(rendered, ({ position, text }) => {
          const { name, quantity, unit, price } = position;
          const result = parseQuickLine(text);
          const line = result.ok ? result.line : null;
          const expected = { name, quantity, price, unit: findUnit(unit)?.label };
          expect([text, line]).toMatchObject([text, expected]);
        }),
        { numRuns: 1500 },
      );
    },
    SLOW,
  );

  it(
    "is read the same among others, and the total adds up",
    () => {
      fc.assert(
        fc.property(fc.array(rendered, { minLength: 1, maxLength: 20 }), (list) => {
          const text = list.map((item) => item.text).join("\n");
          const { sections, unread, total, lineCount } = parseQuickAdd(text);
          const lines = sections.flatMap((section) => section.lines);
          expect(lines.map(({ price, quantity }) => [price, quantity])).toEqual(
            list.map(({ position }) => [position.price, position.quantity]),
          );
          expect([unread, lineCount]).toEqual([[], list.length]);
          const sum = list.reduce(
            (left, { position }) => left + multiply(position.price, position.quantity),
            0n,
          );
          expect(total).toBe(sum);
          expect(looksLikeList(text)).toBe(true);
        }),
        { numRuns: 200 },
      );
    },
    SLOW,
  );
});

/** Pieces of real rows in any order: far nastier than random characters. */
const pieces = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ..."м2,м²,п.м.,шт,кг,т,ч,кв,т.р.,тыс,к,руб,р,₽,$,по,за,за всё,итого,всего,сумма,от,скидка,ндс,%".split(
          ",",
        ),
        ...", ; : - — – | / \\ ( ) [ ] = * x х × + . .. ... \" « » № # ~ @ & < > _ ` ' ° ² ³".split(
          " ",
        ),
        ..."1 22 350 1 500 2,5 0,001 1.234 10-12 60х120 1/2 50/110 М150 25кг 45° 3*1.5 =2*3 1e3 -5 9999999999999 00".split(
          " ",
        ),
        ..."Стены Материалы: ДЕМОНТАЖ Итого: Смета плитка кухня и в на 1. 1.1) №5 ## ** 😀 1️⃣ ё Ё".split(
          " ",
        ),
        "\n",
        "\n\n",
        "\t",
        "\r\n",
        " ",
        "\u00a0",
        "\u0000",
        "\u0080",
        "\u009f",
        "\ud800",
        "\udc00",
        "\u202e",
      ),
      fc.integer({ min: 0, max: 100_000 }).map(String),
      fc.string({ unit: "binary", maxLength: 5 }),
    ),
    { maxLength: 60 },
  )
  .chain((parts) => fc.constantFrom("", " ").map((glue) => parts.join(glue)));

describe("anything at all", () => {
  it(
    "never throws, and every row is somewhere",
    () => {
      fc.assert(
        fc.property(fc.oneof(pieces, fc.string({ unit: "binary", maxLength: 300 })), (text) => {
          const parsed = parseQuickAdd(text);
          const { sections, unread, notes, totals, title } = parsed;
          const lines = sections.flatMap((section) => section.lines);
          const shown = new Set(
            [...lines, ...unread, ...notes, ...totals].map(({ lineNumber }) => lineNumber),
          );
          const headings = [title, ...sections.map((section) => section.title)].join(" ");
          const rows = text.toWellFormed().split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/);
          for (const [index, row] of rows.entries()) {
            const words = row.normalize("NFC").match(/[а-яё]{3,}/giu) ?? [];
            const isShown = shown.has(index + 1) || words.every((word) => headings.includes(word));
            expect([row, isShown]).toEqual([row, true]);
          }
          expect(looksLikeList(text)).toBe(looksLikeList(text));
        }),
        { numRuns: 1500 },
      );
    },
    SLOW,
  );

  it(
    "gives lines that an estimate accepts",
    () => {
      fc.assert(
        fc.property(pieces, (text) => {
          for (const section of parseQuickAdd(text).sections) {
            for (const { name, unit, quantity, price } of section.lines) {
              expect(name.length).toBeLessThanOrEqual(500);
              expect(name.trim()).toBe(name);
              expect(name).toMatch(/\p{L}/u);
              expect(unit.length).toBeLessThanOrEqual(30);
              expect(quantity).toBeGreaterThanOrEqual(0n);
              expect(price ?? 0n).toBeGreaterThanOrEqual(0n);
              expect(name + unit).not.toMatch(/\p{Cc}|\p{Cs}/u);
            }
            expect(section.title?.length ?? 1).toBeLessThanOrEqual(200);
          }
        }),
        { numRuns: 1500 },
      );
    },
    SLOW,
  );

  it(
    "takes lists of any length",
    () => {
      const text = "Стены 22 м2 350\nИтого 5\nСкидка 5 %\nПол:\n".repeat(40_000);
      const { lineCount, totals, notes } = parseQuickAdd(text);
      expect([lineCount, totals.length, notes.length]).toEqual([40_000, 40_000, 40_000]);
    },
    SLOW,
  );

  it("counts each row's work by its length: no row is read past its limit", () => {
    const hostile = [
      "1 ",
      "(",
      "(1)",
      "1х",
      "111 ",
      "а-1",
      "1 м ",
      "а 1 м2 350 ",
      "=1+",
      "=(",
      "*а",
      "за ",
      "😀а",
      "а, м2, 5, ",
      "а\t1\t",
    ];
    for (const piece of hostile) {
      const row = piece.repeat(10_000);
      const { unread, lineCount } = parseQuickAdd(`${row}\nСтены 22 м2 350`);
      expect([piece, lineCount, unread.length]).toEqual([
        piece,
        1,
        piece === "(" || piece === "=(" ? 0 : 1,
      ]);
      expect(unread[0]?.text.length ?? 0).toBeLessThanOrEqual(2000);
    }
  });
});
