import { findUnit } from "../units.ts";
import type { Unit } from "../unit_table.ts";
import { remembering } from "../remembering.ts";
import { spend } from "./effort.ts";
import { isDigitAt, isLetterAt, isPlainLetterAt } from "./characters.ts";

export interface UnitMatch {
  readonly unit: Unit;
  /** Behind the unit and its dot. */
  readonly end: number;
}

/** One word of a unit, with the 2 or 3 of its power: «кв», «пог», «м2», «м^2». */
const WORD = /[a-zа-яё]+(?:\^?[23](?!\d)|[²³])?/iy;
/** What stands between the words of a unit: «кв.м», «м/п», «чел.-ч», «усл. ед.». */
const JOINTS = ". -/·";
const MAX_JOINTS = 3;
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
  spend(3);
  let end = start;
  for (let words = 1; words <= MAX_WORDS; words += 1) {
    const begin = end;
    end = endOfUnitWord(text, begin);
    if (end === begin) break;
    end -= gluedSign(text, begin, end);
    const isGlued = isLetterAt(text, end) || isDigitAt(text, end);
    if (isGlued && matchAt(SIGN, text, end) === null) break;
    const spelling = text.slice(start, end);
    spend(5);
    const unit = findUnit(spelling);
    if (unit) found = { unit, end: text.charAt(end) === "." ? end + 1 : end };
    if (words === 1 && !startsUnit(spelling)) break;
    const joint = end;
    while (end < joint + MAX_JOINTS && end < text.length && JOINTS.includes(text.charAt(end)))
      end += 1;
    if (end === joint) break;
  }
  return found ?? matchSquare(text, start);
}

/** Numbers of a list have the same units again and again. */
const startsUnit = remembering(100, (word) => STARTERS.has(word.toLowerCase()));

function endOfUnitWord(text: string, start: number): number {
  if (!isPlainLetterAt(text, start)) return start;
  WORD.lastIndex = start;
  return WORD.test(text) ? WORD.lastIndex : start;
}

/** How many letters at the end are a sign: the «х» of «5штх300», the «по» of «5штпо 300». */
function gluedSign(text: string, start: number, end: number): number {
  const isBeforeDigit = isDigitAt(text, end);
  if (!isBeforeDigit && !(text.charAt(end) === " " && isDigitAt(text, end + 1))) return 0;
  const last = text.charAt(end - 1);
  if (isBeforeDigit && end - start > 1 && "xXхХ".includes(last)) return 1;
  return end - start > 2 && "оО".includes(last) && "пП".includes(text.charAt(end - 2)) ? 2 : 0;
}

function matchSquare(text: string, start: number): UnitMatch | null {
  const word = "кК".includes(text.charAt(start) || " ") ? matchAt(SQUARE, text, start) : null;
  const unit = word === null ? null : findUnit("м2");
  return word !== null && unit ? { unit, end: start + word.length } : null;
}

/** What a sticky expression matches at a place, or null. */
export function matchAt(expression: RegExp, text: string, at: number): string | null {
  spend(1);
  expression.lastIndex = at;
  return expression.test(text) ? text.slice(at, expression.lastIndex) : null;
}
