import { describe, expect, it } from "vitest";
import type { Revision } from "../domain/agreement.ts";
import type { Day } from "../domain/calendar.ts";
import { compareContents } from "../domain/estimate/comparison.ts";
import { type Content, emptyContent, type Line } from "../domain/estimate/estimate.ts";
import type { Problem } from "../domain/estimate/preflight.ts";
import { kopecks } from "../domain/money.ts";
import { QUANTITY_ONE } from "../domain/quantity.ts";
import { plainText } from "./html.ts";
import { AGREEMENT, comparisonText, describeRevision, problemsText } from "./texts_agreement.ts";

/** Of one square metre. */
function line(name: string, rubles = 900): Line {
  return {
    id: name,
    sectionId: null,
    position: "a0",
    kind: "work",
    name,
    unit: "м²",
    quantity: QUANTITY_ONE,
    quantityFormula: "",
    price: kopecks(BigInt(rubles) * 100n),
    cost: null,
    isOptional: false,
    isChosen: false,
    priceSource: "typed",
    note: "",
    internalNote: "",
  };
}

const flat = (text: { html: string }) => plainText(text).replaceAll("\u00a0", " ");

describe("the check before sending", () => {
  const problems: readonly [string, Problem][] = [
    ["⛔ В смете нет строк, которые входят в итог.", { kind: "no_lines", isBlocking: true }],
    ["⛔ Итог сметы — ноль.", { kind: "zero_total", isBlocking: true }],
    [
      "⛔ «Стяжка»: количество ноль.",
      { kind: "zero_quantity", isBlocking: true, line: line("Стяжка") },
    ],
    ["⚠️ «Клей»: нет цены.", { kind: "no_price", isBlocking: false, line: line("Клей") }],
    [
      "⚠️ «Стяжка»: цена 900,00 ₽, обычно у вас 300,00 ₽.",
      { kind: "far_price", isBlocking: false, line: line("Стяжка"), median: kopecks(30_000n) },
    ],
    ["⚠️ Не указан заказчик.", { kind: "no_client", isBlocking: false }],
    [
      "⚠️ Срок действия цен истёк 22 ноября 2026 г.",
      { kind: "expired", isBlocking: false, validUntil: "2026-11-22" as Day },
    ],
  ];
  it.each(problems)("says: %s", (text, problem) => {
    const lines = flat(problemsText("СМ-2026-0001", [problem])).split("\n");
    expect(lines[1]).toBe(text);
    expect(lines[0]).toContain(
      problem.isBlocking ? "пока отправить нельзя" : "проверьте перед отправкой",
    );
    expect(lines).toHaveLength(problem.isBlocking ? 3 : 2);
  });

  it("counts what does not fit into a message", () => {
    const many = Array.from({ length: 100 }, (_, index): Problem => ({
      kind: "no_price",
      isBlocking: true,
      line: line(`${index} ${"очень ".repeat(12)}`),
    }));
    const text = flat(problemsText("СМ-2026-0001", many));
    expect(text.length).toBeLessThanOrEqual(4096);
    const shown = text.split("\n").filter((row) => row.startsWith("⛔")).length;
    expect(text).toContain(`\n… и ещё ${100 - shown}\n`);
  });
});

describe("two versions side by side", () => {
  const names = { number: "СМ-2026-0001", from: "версия 1", to: "версия 2" };
  const content = (...lines: Line[]): Content => ({
    ...emptyContent(),
    lines: new Map(lines.map((each, index) => [each.id, { ...each, position: `a${index}` }])),
  });
  const compare = (before: Content, after: Content) =>
    flat(comparisonText(names, compareContents(before, after)));

  it("name what came, went and became dearer", () => {
    const before = content(line("Стяжка"), line("Обои", 500));
    const after = content(line("Стяжка", 1000), line("Плитка", 200));
    expect(compare(before, after).split("\n")).toEqual([
      "СМ-2026-0001 · версия 1 → версия 2",
      "было 1 400,00 ₽ → стало 1 200,00 ₽ (-200,00 ₽)",
      "Добавлено",
      "+ Плитка: 200,00 ₽",
      "Убрано",
      "− Обои: 500,00 ₽",
      "Изменено",
      "• Стяжка: было 900,00 ₽ → стало 1 000,00 ₽",
    ]);
  });

  it("that are equal are said to be so", () => {
    const same = content(line("Стяжка"));
    expect(compare(same, same)).toContain("\nСтроки не отличаются.");
  });

  it("that differ too much are cut", () => {
    const lines = Array.from({ length: 100 }, (_, index) =>
      line(`${index} ${"очень ".repeat(12)}`, 100),
    );
    expect(compare(content(), content(...lines))).toMatch(/\n… и ещё \d+$/);
  });
});

it("a client's question is asked about its line or about the whole", () => {
  expect(flat(AGREEMENT.askAnswer("Стяжка", "Почему?"))).toMatch(
    /^Вопрос о строке «Стяжка»:\nПочему\?/,
  );
  expect(flat(AGREEMENT.askAnswer(null, "Почему?"))).toMatch(/^Вопрос о смете:\nПочему\?/);
});

it("a decision without a name is the client's", () => {
  const revision = {
    revision: 2,
    status: "approved",
    submittedBy: { id: "x", name: "Пётр" },
    submittedAt: new Date("2026-11-21T09:00:00Z"),
    decidedAt: new Date("2026-11-22T09:40:00Z"),
    decidedByName: null,
  } as unknown as Revision;
  expect(describeRevision(revision, "Europe/Moscow")).toBe(
    "версия 2 · утверждена: заказчик, 22.11.2026, 12:40",
  );
});
