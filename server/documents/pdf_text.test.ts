import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { readFontCoverage } from "./font_coverage.ts";
import { createPrinter, oneLine, paragraphs, printTexts } from "./pdf_text.ts";

let coverage: ReadonlySet<number>;
let print: (text: string) => string;

beforeAll(async () => {
  const font = createRequire(import.meta.url).resolve("pdfmake/fonts/Roboto/Roboto-Regular.ttf");
  coverage = readFontCoverage(await readFile(font));
  print = createPrinter(coverage);
});

function isDrawable(sign: string): boolean {
  return sign === "\n" || coverage.has(sign.codePointAt(0) ?? 0);
}

describe("the font of documents", () => {
  test("has what Russian estimates are written with", () => {
    const signs = "АЯаяЁё№₽²³°×·–—«»±≤≥√Ø½•\u00a0";
    expect(Array.from(signs).filter((sign) => !isDrawable(sign))).toEqual([]);
  });

  test("lacks the narrow no-break space and emoji, which is why texts are prepared", () => {
    expect(coverage.has(0x202f)).toBe(false);
    expect(coverage.has(0x2713)).toBe(false);
  });
});

describe("a text prepared for print", () => {
  test.each([
    ["Площадь 12\u202f345,5 м² № 7 — 5 ₽, ёмкость", "Площадь 12\u00a0345,5 м² № 7 — 5 ₽, ёмкость"],
    ["🔥 Тёплый пол", "• Тёплый пол"],
    ["🔥🔥🔥 Скидка", "• Скидка"],
    ["Семья 👨‍👩‍👧 и 👍🏽", "Семья • и •"],
    ["✅ Готово", "√ Готово"],
    ["Труба ⌀50", "Труба Ø50"],
    ["⅓ ведра", "1⁄3 ведра"],
    ["1️⃣ пункт", "1 пункт"],
    ["разложенное и\u0306", "разложенное й"],
    ["половина \ud800 эмодзи", "половина \ufffd эмодзи"],
    ["мяг\u00adкий пере\u200bнос", "мягкий перенос"],
    ["\u202eоборот", "оборот"],
    ["строка\r\nещё\u2028и ещё", "строка\nещё\nи ещё"],
    ["таб\tуляция", "таб уляция"],
    ["中文", "•"],
  ])("%j becomes %j", (text, expected) => {
    expect(print(text)).toBe(expected);
  });

  test("never has a sign that the font can't draw, and never loses a letter of the alphabet", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 80 }),
        fc.constantFrom("Ёж", "Щи"),
        (text, word) => {
          const printed = print(`${text} ${word}`);
          expect(printed.endsWith(word)).toBe(true);
          expect(Array.from(printed).filter((sign) => !isDrawable(sign))).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("changes strings anywhere in the data and nothing else", () => {
    const data = { name: "🔥", list: [{ name: "✅", sum: 5n, none: null, isOn: true }] };
    expect(printTexts(data, print)).toEqual({
      name: "•",
      list: [{ name: "√", sum: 5n, none: null, isOn: true }],
    });
  });
});

test("a cell is one paragraph and a block keeps its paragraphs", () => {
  expect(oneLine("один\n\n два \n три")).toBe("один два три");
  expect(paragraphs("один\n\n\n\nдва\n \nтри\nчетыре")).toBe("один\n\nдва\n\nтри\nчетыре");
});
