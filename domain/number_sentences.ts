import type { NumberReason } from "./decimal_ru.ts";
import {
  formatMoneyRu,
  formatPercentRu,
  formatQuantityRu,
  type Limits,
  MONEY_LIMITS,
  PERCENT_LIMITS,
  QUANTITY_LIMITS,
} from "./numbers_ru.ts";
import type { Kopecks } from "./money.ts";
import type { Percent } from "./percent.ts";
import type { Quantity } from "./quantity.ts";

/** What was asked for, with the limits that were applied when they are not the usual ones. */
export type NumberField =
  | { readonly kind: "money"; readonly limits?: Limits<Kopecks> }
  | { readonly kind: "quantity"; readonly limits?: Limits<Quantity> }
  | { readonly kind: "percent"; readonly limits?: Limits<Percent> };

/** A polite sentence for a number that could not be read: what is wrong and what to write instead. */
export function explainNumberProblem(reason: NumberReason, field: NumberField): string {
  return SENTENCES[reason](describe(field));
}

interface Words {
  readonly noun: string;
  readonly example: string;
  readonly digits: number;
  readonly minimum: string;
  readonly maximum: string;
}

const SENTENCES: Readonly<Record<NumberReason, (words: Words) => string>> = {
  empty: ({ noun, example }) => `Напишите ${noun}. Например: ${example}`,
  not_a_number: ({ noun, example }) =>
    `Это не похоже на число. Напишите ${noun} цифрами, например: ${example}`,
  exponent: () => "Запись со степенью не понимаю. Напишите число полностью, например: 1000",
  extra_text: ({ example }) => `Здесь нужно только число, без слов и единиц. Например: ${example}`,
  misplaced_space: () => "Пробел стоит не между тысячами. Напишите одно число, например: 12 500",
  ambiguous: () => "Непонятно, это тысячи или копейки. Напишите так: 1234 или 1,23",
  too_precise: ({ digits }) => `Слишком много знаков после запятой: можно не больше ${digits}`,
  negative: ({ noun }) => `Число не может быть меньше нуля. Напишите ${noun} без минуса`,
  too_small: ({ minimum }) => `Слишком маленькое число: можно не меньше ${minimum}`,
  too_large: ({ maximum }) => `Слишком большое число: можно не больше ${maximum}`,
  too_long: ({ noun, example }) =>
    `Слишком длинно для числа. Напишите ${noun}, например: ${example}`,
  bad_expression: () => "Не получилось посчитать: проверьте знаки и скобки. Например: 12,5*4+3",
  division_by_zero: () => "На ноль делить нельзя. Проверьте выражение",
};

function describe(field: NumberField): Words {
  if (field.kind === "money") {
    const { minimum, maximum } = field.limits ?? MONEY_LIMITS;
    const ends = { minimum: formatMoneyRu(minimum), maximum: formatMoneyRu(maximum) };
    return { noun: "сумму", example: "1 234,56", digits: 2, ...ends };
  }
  if (field.kind === "quantity") {
    const { minimum, maximum } = field.limits ?? QUANTITY_LIMITS;
    const ends = { minimum: formatQuantityRu(minimum), maximum: formatQuantityRu(maximum) };
    return { noun: "количество", example: "12,5", digits: 7, ...ends };
  }
  const { minimum, maximum } = field.limits ?? PERCENT_LIMITS;
  const ends = { minimum: formatPercentRu(minimum), maximum: formatPercentRu(maximum) };
  return { noun: "процент", example: "12,5", digits: 4, ...ends };
}
