import { STATUS_MARKS, STATUS_NAMES } from "../domain/estimate/status.ts";
import { formatMoneyRu } from "../domain/numbers_ru.ts";
import { SEARCH_FIELDS, type SearchHit, type SearchReason } from "../domain/search.ts";
import { cutText } from "../domain/text.ts";
import { type Html, join, rich } from "./html.ts";
import { shortMoney } from "./texts_estimates.ts";

const MARKS = { client: "👤", project: "🏗", deal: "🔗" } as const;

export const SEARCH = {
  title: rich`<b>Нашлось</b>`,
  hint: rich`Чтобы искать дальше, напишите другие слова.`,
  ask: rich`Что найти? Напишите имя, адрес, телефон или его последние цифры, номер сметы, работу из сметы. Опечатки не страшны.`,
  notFound: (words: string) =>
    rich`По запросу «${words}» ничего не нашлось: ни клиентов, ни объектов, ни смет, ни сделок. Напишите иначе.`,
} as const;

/** «👤 Иван Петров · +7 916 123 45 67», «📝 СМ-2026-0001 · Ленина 12 · 198 038 ₽» */
export function hitLabel(hit: SearchHit): string {
  const mark = hit.kind === "estimate" && hit.status ? STATUS_MARKS[hit.status] : markOf(hit);
  const { name, about } = namesOf(hit);
  const total = hit.total === null ? "" : ` · ${shortMoney(hit.total)}`;
  return `${mark} ${cutText(name, 40)}${about === "" ? "" : ` · ${cutText(about, 30)}`}${total}`;
}

/** In the chat people tell estimates apart by their numbers: other messages show no more. */
export function namesOf({ title, number, about }: SearchHit): { name: string; about: string } {
  if (number === null) return { name: title, about };
  return { name: number, about: [title, about].filter(Boolean).join(" · ") };
}

/** «черновик, Ленина 12 · Иван Петров, 198 038,00 ₽»: what a message about it says under its title. */
export function hitAbout(hit: SearchHit): string {
  const { status, total } = hit;
  const { about } = namesOf(hit);
  return [
    ...(status ? [STATUS_NAMES[status]] : []),
    ...(about === "" ? [] : [about]),
    ...(total === null ? [] : [formatMoneyRu(total)]),
  ].join(", ");
}

/** «СМ-2026-0001 / Ванная / черновик, 198 038,00 ₽»: what anybody may read. */
export function hitMessage(hit: SearchHit): Html {
  const { number, title, status, total } = hit;
  const facts = [
    ...(status ? [STATUS_NAMES[status]] : []),
    ...(total === null ? [] : [formatMoneyRu(total)]),
  ].join(", ");
  const texts = [...(number === null ? [] : [title]), facts].filter((text) => text !== "");
  return join([rich`<b>${namesOf(hit).name}</b>`, ...texts.map((text) => rich`${text}`)]);
}

function markOf({ kind }: SearchHit): string {
  return kind === "estimate" ? "📝" : MARKS[kind];
}

/** What was found and why, a paragraph each. */
export function hitTexts(hits: readonly SearchHit[]): Html {
  return join(
    hits.map((hit) => join([rich`${hitLabel(hit)}`, ...hit.reasons.slice(0, 2).map(reasonText)])),
  );
}

function reasonText({ field, text, marks }: SearchReason): Html {
  const pieces: Html[] = [];
  let shown = 0;
  for (const { start, end } of marks) {
    pieces.push(rich`${text.slice(shown, start)}<b>${text.slice(start, end)}</b>`);
    shown = end;
  }
  return rich`   ${SEARCH_FIELDS[field]}: ${pieces}${text.slice(shown)}`;
}
