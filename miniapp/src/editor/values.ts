import { evaluateExpression, looksLikeExpression } from "../../../domain/arithmetic.ts";
import { tidyNumberText } from "../../../domain/decimal_ru.ts";
import type { Line } from "../../../domain/estimate/estimate.ts";
import { evaluateFormula, type Room } from "../../../domain/measures.ts";
import { type Kopecks, MAX_KOPECKS } from "../../../domain/money.ts";
import { explainNumberProblem } from "../../../domain/number_sentences.ts";
import {
  formatAmountRu,
  formatQuantityRu,
  type NumberResult,
  parseMoneyRu,
  parseQuantityRu,
} from "../../../domain/numbers_ru.ts";
import { cleanText } from "../../../domain/text.ts";
import type { LineFields } from "../estimate/edits.ts";
import { describeFormula, readFormula } from "./formulas.ts";
import type { Field } from "./ui_store.ts";

/** What a typed text does to a line. `problem` is a sentence for people. */
export type Typed =
  | { readonly ok: true; readonly set: LineFields }
  | { readonly ok: false; readonly problem: string };

type Rooms = ReadonlyMap<string, Room>;
const NO_ROOMS: Rooms = new Map();
const MAX_NAME = 500;
const MAX_UNIT = 30;

/** Reads what was typed into a cell of a line. Empty numbers are zero: not filled in yet. */
export function readCell(field: Field, text: string, rooms: Rooms = NO_ROOMS): Typed {
  switch (field) {
    case "quantity": {
      if (isBlank(text)) return { ok: true, set: { quantity: 0n as Line["quantity"] } };
      const quantityFormula = rooms.size > 0 ? readFormula(text, rooms) : null;
      if (quantityFormula !== null) {
        const quantity = evaluateFormula(quantityFormula, (id) => rooms.get(id));
        return { ok: true, set: { quantity, quantityFormula } };
      }
      const result = parseQuantityRu(text);
      if (result.ok) return { ok: true, set: { quantity: result.value } };
      return { ok: false, problem: explainNumberProblem(result.reason, { kind: "quantity" }) };
    }
    case "price":
      return readMoney(text, (price) => ({ price, priceSource: "typed" }), 0n as Kopecks);
    case "cost":
      return readMoney(text, (cost) => ({ cost }), null);
    case "unit":
      return { ok: true, set: { unit: cleanText(text).slice(0, MAX_UNIT) } };
    default: {
      const name = cleanText(text).replace(/\s+/g, " ").slice(0, MAX_NAME);
      return name === "" ? { ok: true, set: {} } : { ok: true, set: { name } };
    }
  }
}

/** A sum, also as arithmetic: «=1200/3», «450*1,2». */
export function parsePrice(text: string): NumberResult<Kopecks> {
  const tidied = tidyNumberText(text);
  if (!looksLikeExpression(tidied) || tidied.length > 200) return parseMoneyRu(text);
  const result = evaluateExpression(tidied, 2);
  if (!result.ok) return result;
  if (result.value < 0n) return { ok: false, reason: "negative" };
  if (result.value > MAX_KOPECKS) return { ok: false, reason: "too_large" };
  return { ok: true, value: result.value as Kopecks };
}

/** The text of a cell; with the rooms, what it begins with when it is edited: «стены Кухня × 1,05». */
export function cellText(line: Line, field: Field, rooms: Rooms = NO_ROOMS): string {
  switch (field) {
    case "quantity":
      if (line.quantityFormula !== "" && rooms.size > 0) {
        const described = describeFormula(line.quantityFormula, rooms);
        if (described !== null) return described;
      }
      return line.quantity === 0n ? "" : formatQuantityRu(line.quantity);
    case "price":
      return line.price === 0n ? "" : formatAmountRu(line.price);
    case "cost":
      return line.cost === null ? "" : formatAmountRu(line.cost);
    case "unit":
      return line.unit;
    default:
      return line.name;
  }
}

export function isNumeric(field: Field): boolean {
  return field === "quantity" || field === "price" || field === "cost";
}

function readMoney(
  text: string,
  set: (value: Kopecks) => LineFields,
  blank: Kopecks | null,
): Typed {
  if (isBlank(text)) return { ok: true, set: blank === null ? { cost: null } : set(blank) };
  const result = parsePrice(text);
  if (result.ok) return { ok: true, set: set(result.value) };
  return { ok: false, problem: explainNumberProblem(result.reason, { kind: "money" }) };
}

function isBlank(text: string): boolean {
  return tidyNumberText(text) === "";
}
