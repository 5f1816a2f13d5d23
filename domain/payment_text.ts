import { addDays, type Day, parseDay } from "./calendar.ts";
import { explainNumberProblem } from "./number_sentences.ts";
import { parseMoneyRu, parsePercentRu } from "./numbers_ru.ts";
import { type Kopecks, kopecks, MAX_KOPECKS } from "./money.ts";
import type { PaymentFields, StageFields } from "./payments.ts";
import { type Percent, PERCENT_HUNDRED } from "./percent.ts";

/** Money as a person types it in the chat. */
export type TextReading<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: string };

type PaymentKind = PaymentFields["kind"];

const KINDS: readonly (readonly [RegExp, PaymentKind])[] = [
  [/(?:^|\s)(?:аванс\p{L}*|предоплат\p{L}*)(?=\s|$)/iu, "advance"],
  [/(?:^|\s)(?:окончательн\p{L}*(?:\s+расч[её]т\p{L}*)?|расч[её]т\p{L}*)(?=\s|$)/iu, "final"],
  [/(?:^|\s)(?:оплат\p{L}*|плат[её]ж\p{L}*|этап\p{L}*)(?=\s|$)/iu, "stage"],
];

const SUM_LIMITS = { minimum: kopecks(1n), maximum: MAX_KOPECKS };
const SHARE_LIMITS = { minimum: 1n as Percent, maximum: PERCENT_HUNDRED };

/** Characters; a longer text is no payment, and the patterns below are not made for it. */
const LONGEST = 300;

/** «аванс 50 000», «50 000 вчера», «окончательный расчёт 12 500,50 20.11». */
export function readPaymentText(text: string, today: Day): TextReading<PaymentFields> {
  const line = singleSpaced(text);
  if (line === null) return { ok: false, problem: TOO_LONG };
  const dated = takeDay(line, today);
  const kind = KINDS.find(([word]) => word.test(dated.rest));
  const sum = readSum(kind ? dated.rest.replace(kind[0], " ") : dated.rest);
  if (!sum.ok) return sum;
  const receivedOn = dated.day ?? today;
  if (receivedOn > addDays(today, 1)) {
    return { ok: false, problem: "Эта дата ещё не наступила. Напишите, когда деньги пришли." };
  }
  return {
    ok: true,
    value: { kind: kind?.[1] ?? "stage", title: "", amount: sum.value, receivedOn },
  };
}

/** «Аванс 30 % 01.12», «После черновых работ 150 000 до 15.12.2026», «Остаток 20 %». */
export function readStageText(text: string, today: Day): TextReading<StageFields> {
  const line = singleSpaced(text);
  if (line === null) return { ok: false, problem: TOO_LONG };
  const dated = takeDay(line, today, "ahead");
  const rest = dated.rest.trim();
  const found = NAME_FIRST.exec(rest) ?? SIZE_FIRST.exec(rest);
  if (!found) return { ok: false, problem: STAGE_EXAMPLE };
  const { name = "", digits = "", unit = "" } = found.groups ?? {};
  const title = name.trim() || "Оплата";
  const dueOn = dated.day;
  if (/%|проц/iu.test(unit)) {
    const share = parsePercentRu(digits, SHARE_LIMITS);
    if (share.ok) {
      return { ok: true, value: { title, size: { kind: "percent", percent: share.value }, dueOn } };
    }
    const field = { kind: "percent", limits: SHARE_LIMITS } as const;
    return { ok: false, problem: explainNumberProblem(share.reason, field) };
  }
  const sum = readSum(digits + unit);
  return sum.ok
    ? { ok: true, value: { title, size: { kind: "amount", amount: sum.value }, dueOn } }
    : sum;
}

const UNITS = String.raw`%|проц\p{L}*|₽|р\.?|руб\p{L}*\.?|т\.?\s?р\.?|тыс\p{L}*\.?|млн\.?`;
const DIGITS = String.raw`(?<digits>\d[\d\s.,\u00a0]*)`;
/** «Аванс: 30 %», «После черновых 150 000». */
const NAME_FIRST = new RegExp(
  `^(?<name>.*?)\\s*[:—–-]?\\s*${DIGITS}(?<unit>\\s*(?:${UNITS})?)\\s*$`,
  "iu",
);
/** «30 % аванс», «150 тыс после черновых»; without a unit «2 этап» would be two roubles. */
const SIZE_FIRST = new RegExp(
  `^${DIGITS}(?<unit>\\s*(?:${UNITS}))\\s*[:—–-]?\\s+(?<name>\\p{L}.*)$`,
  "iu",
);

const STAGE_EXAMPLE = "Напишите этап, сумму или процент и срок. Например: Аванс 30 % 01.12";

const TOO_LONG = `Слишком длинно: можно до ${LONGEST} знаков. Напишите короче.`;

/** With single spaces: runs of them would cost the patterns the cube of their length. Null: too long. */
function singleSpaced(text: string): string | null {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > LONGEST ? null : line;
}

function readSum(text: string): TextReading<Kopecks> {
  const read = parseMoneyRu(text.trim(), SUM_LIMITS);
  if (read.ok) return read;
  const field = { kind: "money", limits: SUM_LIMITS } as const;
  return { ok: false, problem: explainNumberProblem(read.reason, field) };
}

/** A day at the end, with what stands before it: «20.11», «20.11.2026», «вчера», «до 15.12». */
function takeDay(
  text: string,
  today: Day,
  direction: "back" | "ahead" = "back",
): { readonly day: Day | null; readonly rest: string } {
  const word = /\s+(сегодня|вчера|позавчера|завтра)\s*$/iu.exec(text);
  if (word) {
    const days = { сегодня: 0, вчера: -1, позавчера: -2, завтра: 1 } as const;
    const offset = days[word[0].trim().toLowerCase() as keyof typeof days];
    return { day: addDays(today, offset), rest: text.slice(0, word.index) };
  }
  const date = /\s+(?:до\s+|от\s+)?(\d{1,2})\.(\d{1,2})(?:\.(\d{2}|\d{4}))?\s*$/u.exec(text);
  const day = date && dayOf(date, today, direction);
  return date && day ? { day, rest: text.slice(0, date.index) } : { day: null, rest: text };
}

/** Without a year: the nearest one in the direction in which such days lie. */
function dayOf(
  [, date = "", month = "", year]: RegExpExecArray,
  today: Day,
  direction: "back" | "ahead",
): Day | null {
  const make = (full: number) =>
    parseDay(`${full}-${month.padStart(2, "0")}-${date.padStart(2, "0")}`);
  if (year !== undefined) return make(year.length === 2 ? 2000 + Number(year) : Number(year));
  const thisYear = Number(today.slice(0, 4));
  const day = make(thisYear);
  if (day === null) return null;
  if (direction === "back" && day > today) return make(thisYear - 1);
  return direction === "ahead" && day < today ? make(thisYear + 1) : day;
}
