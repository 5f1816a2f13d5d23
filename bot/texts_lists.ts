import type { ParsedLine } from "../domain/quick_add/types.ts";
import { multiply } from "../domain/money.ts";
import { formatAmountRu, formatMoneyRu, formatQuantityRu } from "../domain/numbers_ru.ts";
import type { PriceSuggestion } from "../domain/services.ts";
import { cutText } from "../domain/text.ts";
import { plural } from "../domain/words_ru.ts";
import { type Html, rich } from "./html.ts";

export const LISTS = {
  add: (lines: number) => `✅ Добавить ${countLines(lines)}`,
  load: (items: number) => `✅ Загрузить ${countPrices(items)}`,
  create: "✅ Создать смету",
  fix: "✏️ Исправить",
  offer: rich`<b>Создать смету из этого?</b>`,
  understood: (lines: number) => rich`<b>Понятно: ${linesOf(lines)}</b>`,
  nothing: rich`<b>Не получилось понять ни одной строки.</b>`,
  unread: (lines: number) => rich`<b>Не понятно: ${linesOf(lines)}</b>`,
  notes: rich`<b>В смету не войдёт:</b>`,
  total: (work: string, material: string, total: string) =>
    rich`Работы ${work} · Материалы ${material}\n<b>ИТОГО ${total}</b>`,
  askAgain: rich`Пришлите исправленный список целиком. Или измените своё сообщение со списком: я перечитаю его.`,
  dropped: rich`Хорошо, ничего не добавлено.`,
  gone: "Этого списка здесь уже нет: он добавлен или заменён.",
  added: (lines: number, unpriced: number) =>
    `${plural(lines, "Добавлена", "Добавлено", "Добавлено")} ${linesOf(lines)}.${unpriced === 0 ? "" : ` Без цены: ${unpriced}.`}`,
  loaded: (added: number, updated: number) =>
    rich`Готово. Новых расценок: ${added}, обновлено: ${updated}.`,
} as const;

/** «1 строка», «2 строки», «5 строк» */
function linesOf(count: number): string {
  return `${count} ${plural(count, "строка", "строки", "строк")}`;
}

/** «1 строку», «2 строки», «5 строк» */
export function countLines(count: number): string {
  return `${count} ${plural(count, "строку", "строки", "строк")}`;
}

export function pricesOf(count: number): string {
  return `${count} ${plural(count, "расценка", "расценки", "расценок")}`;
}

function countPrices(count: number): string {
  return `${count} ${plural(count, "расценку", "расценки", "расценок")}`;
}

/** «Штукатурка стен — 120 м² × 450,00 = 54 000,00 ₽» with what was guessed beside it. */
export function previewLine(
  line: ParsedLine,
  number: number,
  suggestion: PriceSuggestion | null,
): Html {
  const unit = line.unit || (suggestion?.unit ?? "");
  const quantity = `${formatQuantityRu(line.quantity)} ${unit}`.trim();
  const price = line.price ?? suggestion?.price ?? null;
  const sum =
    price === null
      ? rich` · <b>цены нет</b>`
      : rich` × ${formatAmountRu(price)} = ${formatMoneyRu(multiply(price, line.quantity))}`;
  const warnings = line.warnings
    .filter(({ code }) => code !== "no_price")
    .map(({ message }) => rich`\n   ⚠️ ${message}`);
  return rich`${number}. ${cutText(line.name, 120)} — ${quantity}${sum}${sourceOf(suggestion)}${warnings}`;
}

function sourceOf(suggestion: PriceSuggestion | null): Html {
  if (suggestion === null) return rich``;
  return suggestion.source === "catalogue"
    ? rich` · <i>цена из расценок</i>`
    : rich` · <i>цена из прошлых смет</i>`;
}

export function problemLine(text: string, reason: string): Html {
  return rich`• «${cutText(text.replace(/\s+/g, " "), 80)}» — ${reason}`;
}
