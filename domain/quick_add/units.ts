import { findUnit } from "../units.ts";
import type { Unit } from "../unit_table.ts";
import { isDigitAt, isLetterAt } from "./characters.ts";

export interface UnitMatch {
  readonly unit: Unit;
  /** Behind the unit and its dot. */
  readonly end: number;
}

/** One word of a unit, with the 2 or 3 of its power: «кв», «пог», «м2», «м^2». */
const WORD = /\p{L}+(?:\^?[23](?!\d)|[²³])?/uy;
/** What stands between the words of a unit: «кв.м», «м/п», «чел.-ч», «усл. ед.». */
const JOINT = /[. \-/·]{1,3}/y;
const MAX_WORDS = 3;
/** The first words of units that have more than one. */
const STARTERS = new Set(
  (
    "м m п к кв куб пог погон погонный погонных погонные квадратный квадратных квадратные метр метра " +
    "метров кубический кубических усл условная условных чел человеко маш машино"
  ).split(" "),
);

/** A sign that may be glued to a unit: «22м2х350». */
const SIGN = /(?:[xх]|по) ?\d/iy;

/** «22 кв по 350»: short for квадрат, but «Ленина 12 кв 5» is a flat. */
const SQUARE = /кв(?:\.|(?![а-яёa-z]))(?= ?(?:по(?![а-яёa-z])|[*×xх=—–-]))/iy;

/** The longest known unit that begins at `start`: «м2», «кв. метров», «пог.м.», «чел/час». */
export function matchUnit(text: string, start: number): UnitMatch | null {
  let found: UnitMatch | null = null;
  let end = start;
  for (let words = 1; words <= MAX_WORDS; words += 1) {
    const word = matchAt(WORD, text, end);
    if (word === null) break;
    end += word.length - gluedSign(word, text, end + word.length);
    const isGlued = isLetterAt(text, end) || isDigitAt(text, end);
    if (isGlued && matchAt(SIGN, text, end) === null) break;
    const unit = findUnit(text.slice(start, end));
    if (unit) found = { unit, end: text.charAt(end) === "." ? end + 1 : end };
    if (!STARTERS.has(text.slice(start, end).toLowerCase()) && words === 1) break;
    const joint = matchAt(JOINT, text, end);
    if (joint === null) break;
    end += joint.length;
  }
  return found ?? matchSquare(text, start);
}

/** How many letters at the end are a sign: the «х» of «5штх300», the «по» of «5штпо 300». */
function gluedSign(word: string, text: string, end: number): number {
  const isFollowed = isDigitAt(text, end) || (text.charAt(end) === " " && isDigitAt(text, end + 1));
  if (!isFollowed) return 0;
  const behind = text.slice(end, end + 2);
  if (/.[xх]$/i.test(word) && /^\d/.test(behind)) return 1;
  return /.по$/i.test(word) && /^ ?\d/.test(behind) ? 2 : 0;
}

function matchSquare(text: string, start: number): UnitMatch | null {
  const word = "кК".includes(text.charAt(start) || " ") ? matchAt(SQUARE, text, start) : null;
  const unit = word === null ? null : findUnit("м2");
  return word !== null && unit ? { unit, end: start + word.length } : null;
}

/** What a sticky expression matches at a place, or null. */
export function matchAt(expression: RegExp, text: string, at: number): string | null {
  expression.lastIndex = at;
  return expression.exec(text)?.[0] ?? null;
}
