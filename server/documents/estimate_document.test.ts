import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { someContent } from "./testing_random.ts";
import { totalsOf } from "../../domain/estimate/totals.ts";
import { add, kopecks } from "../../domain/money.ts";
import {
  BATHROOM,
  makeContent,
  makeDocument,
  money,
  percent,
  SECRET,
  withFields,
} from "./testing_documents.ts";

const HIDDEN = { title: SECRET, percent: percent("10"), base: "all", isHidden: true } as const;

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) =>
    typeof field === "bigint" ? field.toString() : field,
  );
}

describe("the client's document", () => {
  test("holds no internal note, no cost and no hidden adjustment", () => {
    const text = textOf(makeDocument(makeContent(BATHROOM, {}, [HIDDEN])));
    expect(text).not.toContain(SECRET);
    expect(text).not.toMatch(/"(?:cost|internalNote|priceSource|isHidden|timezone)"/);
    expect(text).not.toContain(':"777"');
  });

  test("has hidden adjustments inside the prices", () => {
    const document = makeDocument(
      makeContent([{ title: null, lines: [["Стяжка", "3", "м²", "100.05"]] }], {}, [HIDDEN]),
    );
    const [line] = document.sections[0]?.lines ?? [];
    expect(line?.price).toBe(money("110.06"));
    expect(line?.amount).toBe(money("330.18"));
    expect(document.total).toBe(money("330.18"));
  });

  test("shows unchosen options apart and counts chosen ones", () => {
    const optional = { isOptional: true };
    const content = makeContent([
      {
        title: "Полы",
        lines: [
          ["Ламинат", "10", "м²", "100"],
          withFields(["Тёплый пол", "10", "м²", "500"], optional),
          withFields(["Плинтус", "10", "м", "50"], { ...optional, isChosen: true }),
        ],
      },
    ]);
    const document = makeDocument(content);
    expect(document.sections[0]?.lines.map(({ index, name }) => [index, name])).toEqual([
      [1, "Ламинат"],
      [2, "Плинтус"],
    ]);
    expect(document.options).toMatchObject([
      { index: 3, name: "Тёплый пол", sectionTitle: "Полы" },
    ]);
    expect(document.total).toBe(money("1500"));
  });

  test("leaves out empty sections and keeps lines without a section first", () => {
    const document = makeDocument(
      makeContent([
        { title: null, lines: [["Уборка", "1", "усл", "100"]] },
        { title: "Пусто", lines: [] },
        { title: "Полы", lines: [["Ламинат", "1", "м²", "100"]] },
      ]),
    );
    expect(document.sections.map(({ title }) => title)).toEqual([null, "Полы"]);
  });

  test("names each row below the lines in the order of computing", () => {
    const content = makeContent(
      BATHROOM,
      {
        vat: { kind: "on_top", rate: "standard" },
        discount: { kind: "percent", percent: percent("5"), base: "works" },
      },
      [{ title: "Доставка", percent: percent("3.5"), base: "materials", isHidden: false }],
    );
    const document = makeDocument(content);
    expect(document.summary.map(({ label, amount }) => [label, amount])).toEqual([
      ["Работы", money("170270")],
      ["Материалы", money("27768")],
      ["Доставка, 3,5\u00a0% от материалов", money("971.88")],
      ["Всего до скидки", money("199009.88")],
      ["Скидка 5\u00a0% на работы", money("8513.50")],
      ["Итого без НДС", money("190496.38")],
      ["НДС 22\u00a0%", money("41909.20")],
      ["ИТОГО", money("232405.58")],
    ]);
    expect(document.totalInWords).toBe(
      "Двести тридцать две тысячи четыреста пять рублей 58 копеек",
    );
  });

  test("names the ground where there is no VAT", () => {
    const document = makeDocument(makeContent(BATHROOM));
    expect(document.vatGround).toBe("Без НДС (УСН, освобождение по ст. 145 НК РФ)");
    expect(document.vatRemark).toBe("без НДС");
  });

  test("refuses totals of another content", () => {
    const content = makeContent(BATHROOM);
    const totals = totalsOf(makeContent(BATHROOM.slice(1)));
    expect(() => makeDocument(content, { totals })).toThrow("totals");
  });

  test("adds up to the domain's totals for any estimate", () => {
    fc.assert(
      fc.property(someContent, (content) => {
        const totals = totalsOf(content);
        const document = makeDocument(content);
        const sections = add(...document.sections.map(({ total }) => total));
        const lines = add(
          ...document.sections.flatMap((section) => section.lines.map(({ amount }) => amount)),
        );
        expect(lines).toBe(sections);
        expect(sections).toBe(add(totals.works, totals.materials));
        expect(document.total).toBe(totals.total);
        const signed = document.summary.map(({ kind, amount }) =>
          kind === "discount" ? kopecks(-BigInt(amount)) : amount,
        );
        const total = document.summary.findIndex(({ kind }) => kind === "total");
        const counted = document.summary
          .slice(0, total)
          .flatMap(({ kind }, index) =>
            kind === "subtotal" || kind === "discounted" ? [] : [signed[index] ?? kopecks(0n)],
          );
        expect(add(...counted)).toBe(totals.total);
      }),
      { numRuns: 200 },
    );
  });
});
