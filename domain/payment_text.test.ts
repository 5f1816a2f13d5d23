import { describe, expect, it } from "vitest";
import { type Day, parseDay } from "./calendar.ts";
import { formatMoney } from "./money.ts";
import { readPaymentText, readStageText } from "./payment_text.ts";

function day(text: string): Day {
  const read = parseDay(text);
  if (read === null) throw new Error(`no day: ${text}`);
  return read;
}

const today = day("2026-11-22");

function payment(text: string): string {
  const read = readPaymentText(text, today);
  if (!read.ok) return read.problem;
  const { kind, amount, receivedOn } = read.value;
  return `${kind} ${formatMoney(amount)} ${receivedOn}`;
}

function stage(text: string): string {
  const read = readStageText(text, today);
  if (!read.ok) return read.problem;
  const { title, size, dueOn } = read.value;
  const shown = size.kind === "amount" ? formatMoney(size.amount) : `${size.percent} of a share`;
  return `${title}: ${shown} ${dueOn}`;
}

describe("money that came, as it is typed", () => {
  it.each([
    ["50 000", "stage 50000.00 2026-11-22"],
    ["аванс 50 000 вчера", "advance 50000.00 2026-11-21"],
    ["окончательный расчёт 12 500,50 20.11", "final 12500.50 2026-11-20"],
    ["оплата 100 20.11.25", "stage 100.00 2025-11-20"],
    ["оплата 100 20.11.2025", "stage 100.00 2025-11-20"],
    // Without a year it is the day that has been.
    ["100 25.12", "stage 100.00 2025-12-25"],
    ["100 завтра", "stage 100.00 2026-11-23"],
  ])("«%s» is %s", (text, expected) => {
    expect(payment(text)).toBe(expected);
  });

  it("does not come from the future", () => {
    expect(payment("100 25.12.2026")).toContain("ещё не наступила");
  });

  it("takes what is no day for a part of the sum, and says that it can't be read", () => {
    expect(readPaymentText("100 31.02", today).ok).toBe(false);
    expect(readPaymentText("аванс", today).ok).toBe(false);
    expect(payment(`100 ${"р".repeat(400)}`)).toContain("Слишком длинно");
  });
});

describe("a stage of the plan, as it is typed", () => {
  it.each([
    ["Аванс 30 % 01.12", "Аванс: 300000 of a share 2026-12-01"],
    ["После черновых работ 150 000 до 15.12.2026", "После черновых работ: 150000.00 2026-12-15"],
    ["Остаток 20 %", "Остаток: 200000 of a share null"],
    ["30% аванс 01.12.2026", "аванс: 300000 of a share 2026-12-01"],
    ["150 тыс. — после черновых работ", "после черновых работ: 150000.00 null"],
    ["2 этап 150 000", "2 этап: 150000.00 null"],
    // Without a year it is the day that comes.
    ["Остаток 5 000 01.02", "Остаток: 5000.00 2027-02-01"],
    ["5 000", "Оплата: 5000.00 null"],
  ])("«%s» is %s", (text, expected) => {
    expect(stage(text)).toBe(expected);
  });

  it("is explained where it can't be read", () => {
    expect(stage("Аванс потом")).toContain("Например");
    expect(stage("2 этап")).toContain("Например");
    expect(readStageText("Аванс 130 %", today).ok).toBe(false);
    expect(readStageText("Аванс 0", today).ok).toBe(false);
    expect(stage("я".repeat(400))).toContain("Слишком длинно");
  });
});
