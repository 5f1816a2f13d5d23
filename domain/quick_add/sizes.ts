import { spend } from "./effort.ts";
import { type Element, text } from "./elements.ts";
import { type NumberElement, readComputed, readNumber } from "./numbers.ts";
import type { Unit } from "../unit_table.ts";
import { matchAt, matchUnit } from "./units.ts";
import { endOfWord } from "./words.ts";

const SIZE = /\d+(?:[.,]\d+)?(?:[xх×*/]\d+(?:[.,]\d+)?){1,9}/iy;
const RANGE = /(\d+(?:[.,]\d+)?)[-–—…](\d+(?:[.,]\d+)?)/y;
const WHOLE_ROUBLES = /\d{1,3}(?: \d{3})+(?=-00(?!\d))|\d+(?=-00(?!\d))/y;
const EXPRESSION = /=(?=[\d(])[\d.,+\-*xх×/:() ]{0,60}[\d)] ?/iy;
const LARGEST_DENOMINATOR = 10;
const SMALLEST_TILE = 20;
const MONEY_BEHIND = / ?(?:=|₽|р(?:уб)?(?![а-яё]))/iy;

/** «60х120» is a size, but «3х4 м2» a product, «1/2 м3» a fraction, «5х300 р» quantity and price. */
export function readSize(row: string, at: number): Element | null {
  const size = matchAt(SIZE, row, at);
  if (size === null) return null;
  // «45000/100 м2»
  const first = readNumber(row, at);
  if (first?.per) return first;
  spend(5);
  const parts = size.split(/[xх×*/]/i);
  const isPair = parts.length === 2 && !size.includes("/");
  if (isPair && matchAt(MONEY_BEHIND, row, at + size.length) !== null) {
    return first;
  }
  const computed = readComputed(row, at, size, (unit) => isMeant(size, parts, unit));
  return computed ?? text(at, endOfWord(row, at + size.length));
}

/** Two sides make square metres, three cubic ones; fractions are parts of what can be divided. */
function isMeant(size: string, parts: readonly string[], unit: Unit): boolean {
  const [first = 0, second = 0] = parts.map((part) => Number(part.replace(",", ".")));
  if (size.includes("/")) {
    const isFraction = parts.length === 2 && first < second && second <= LARGEST_DENOMINATOR;
    return isFraction && /^[\d/]+$/.test(size) && unit.label !== "шт" && unit.nature !== "size";
  }
  // Tiles are measured in centimetres: nobody's room is 60 × 60 m.
  const isTile = first >= SMALLEST_TILE && second >= SMALLEST_TILE;
  return (
    (unit.label === "м²" && parts.length === 2 && !isTile) ||
    (unit.label === "м³" && parts.length === 3)
  );
}

/** «=12,5*4 м2» */
export function readExpression(row: string, at: number): NumberElement | null {
  const expression = matchAt(EXPRESSION, row, at);
  if (expression === null || !/[+\-*xх×/:]/i.test(expression)) return null;
  return readComputed(row, at, expression.trimEnd(), () => true);
}

/** «1500-00»: how kopecks are written by hand. */
export function readWholeRoubles(row: string, at: number): Element | null {
  spend(7);
  const roubles = matchAt(WHOLE_ROUBLES, row, at);
  if (roubles === null) return null;
  const number = readNumber(row, at);
  const end = at + roubles.length + "-00".length;
  return number ? { ...number, end, isMoney: true } : text(at, end);
}

/** «10-12», but neither «5-300» nor «12-10». */
function isRange(range: string): boolean {
  const [from = 0, to = 0] = range.split(/[-–—…]/).map((part) => Number(part.replace(",", ".")));
  return from < to && to < from * 10;
}

/** «10-12 м2» is a quantity that was not decided; «2-5 постов» belongs to the name. */
export function readRange(row: string, at: number): Element | null {
  spend(3);
  const range = matchAt(RANGE, row, at);
  if (range === null || !isRange(range)) return null;
  const end = at + range.length;
  const gap = row.charAt(end) === " " ? 1 : 0;
  const match = matchUnit(row, end + gap);
  if (match === null || match.unit.nature === "size") return text(at, endOfWord(row, end));
  return { ...text(at, match.end), isRange: true };
}
