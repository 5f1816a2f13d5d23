import type { CatalogueFields } from "../domain/catalogue.ts";
import type { ParsedEstimate } from "../domain/quick_add/types.ts";
import { kopecks, MAX_KOPECKS } from "../domain/money.ts";
import { explainNumberProblem } from "../domain/number_sentences.ts";
import { parseMoneyRu } from "../domain/numbers_ru.ts";
import { findUnit } from "../domain/units.ts";
import type { Reading } from "./conversations/question.ts";
import type { ReadPrices } from "./tables.ts";
import { CATALOGUE } from "./texts_catalogue.ts";

const PRICE_LIMITS = { minimum: kopecks(0n), maximum: MAX_KOPECKS };
export function priceItem(
  fields: Pick<CatalogueFields, "name" | "unit" | "price">,
): CatalogueFields {
  return { kind: "work", cost: null, code: "", section: "", ...fields };
}

/** Prices out of a text that was read as lines of an estimate; quantities do not matter. */
export function pricesOfLines({ sections, unread }: ParsedEstimate): ReadPrices {
  const items = sections.flatMap(({ title, lines }) =>
    lines.flatMap(({ name, unit, price, kind }) =>
      price === null ? [] : [{ ...priceItem({ name, unit, price }), kind, section: title ?? "" }],
    ),
  );
  return { items, problems: unread };
}

/** «Штукатурка стен м2 450»: the price stands last, the unit before it if there is one. */
export function readPriceLine(
  text: string,
): Reading<Pick<CatalogueFields, "name" | "unit" | "price">> {
  const match = /^(.*?)[\s,;:–—-]+(\d[\d\s.,]*)\s*(?:₽|руб\.?|р\.?)?$/isu.exec(text);
  const [, before = "", priceText = ""] = match ?? [];
  const price = parseMoneyRu(priceText, PRICE_LIMITS);
  if (!match || !price.ok) return { ok: false, problem: CATALOGUE.badLine };
  const words = before.trim().split(/\s+/);
  const unit = findUnit(words.at(-1) ?? "");
  const name = (unit ? words.slice(0, -1) : words).join(" ").replace(/[\s,;:–—-]+$/, "");
  if (name === "") return { ok: false, problem: CATALOGUE.badLine };
  return { ok: true, value: { name, unit: unit?.label ?? "", price: price.value } };
}

export function readPrice(text: string): Reading<CatalogueFields["price"]> {
  const price = parseMoneyRu(text, PRICE_LIMITS);
  if (price.ok) return { ok: true, value: price.value };
  return { ok: false, problem: explainNumberProblem(price.reason, { kind: "money" }) };
}
