import { powerOfTen } from "../decimal.ts";
import { isDescription, isNamed } from "./context.ts";
import { endOfDigits, isDigitAt, isLetterAt } from "./characters.ts";
import { endAfter, isOver, spend } from "./effort.ts";
import { type Element, mark, text } from "./elements.ts";
import { endOfPlainWords, readMark } from "./marks.ts";
import { type NumberElement, readNumber } from "./numbers.ts";
import { readExpression, readRange, readSize, readWholeRoubles } from "./sizes.ts";
import { matchAt } from "./units.ts";
import { endOfWord } from "./words.ts";

const DATE = /\d{1,2}\.\d{1,2}\.\d{2,4}(?!\d)|\d{4}-\d{2}-\d{2}(?!\d)|\d{1,2}:\d{2}(?!\d)/y;
/** More numbers than any position has, of which semicolons part several. */
export const MAX_NUMBERS = 16;
/** What follows the first digits of dates; of sizes and ranges follow «.» and «,» as well. */
const DATE_SIGNS = ".:-";
const SIZE_SIGNS = "xXхХ×*/";
const RANGE_SIGNS = "-–—…";
const SPECIAL_SIGNS = `.,:${SIZE_SIGNS}${RANGE_SIGNS}`;
/** What the expression below begins with, behind a space. */
const PERCENTS_AND_DEGREES = "%‰пП°º\"″'’";
const PERCENT_OR_DEGREE = / ?(?:%|‰|проц)|[°º"″'’]/iy;

/** A row or its beginning, cut into elements. */
export interface Lexed {
  readonly elements: readonly Element[];
  /** Null: the whole row. */
  readonly excess: "too_many_numbers" | "too_complex" | null;
}

/**
 * Cuts a row into words, numbers and what stands between them. Numbers that belong to a thing stay in
 * the words: sizes (60х120, 50/110, 12 мм, Ø110), marks (М150, K80, №5), 220В, 45°, 2-слойный, dates.
 * Linear in the length of the row, which the caller bounds; ends where it is more than a position, or
 * several, can be, or at the effort `until`: what was tried in vain before counts, too.
 */
export function lex(row: string, until: number): Lexed {
  if (row !== last.row || until !== last.until) last = { row, until, lexed: cut(row, until) };
  return last.lexed;
}

/**
 * A row is asked about several times, as a position, a total, a percentage. The next one is cut anew even when it
 * is the same: the effort of a row does not depend on the rows before.
 */
let last: { readonly row: string; readonly until: number; readonly lexed: Lexed } = {
  row: "",
  until: 0,
  lexed: { elements: [], excess: null },
};

function cut(row: string, until: number): Lexed {
  const elements: Element[] = [];
  let numbers = 0;
  let floor = 0;
  /** Where the words begin that are not among the elements yet, as more of them may follow; -1 for none. */
  let begin = -1;
  let wordsEnd = 0;
  let isRange = false;
  let at = 0;
  while (at < row.length && numbers <= MAX_NUMBERS && !isOver(until)) {
    if (row.charAt(at) === " ") {
      at += 1;
      continue;
    }
    spend(1);
    const end = endOfPlainWords(row, at);
    spend((end - at) >> 3);
    const element = end > at ? null : readElement(row, at, floor, until);
    if (element === null || element.type === "text") {
      if (begin === -1) begin = at;
      wordsEnd = element === null ? end : element.end;
      isRange ||= element?.isRange === true;
      at = wordsEnd;
      floor = 0;
      continue;
    }
    if (begin !== -1) elements.push({ type: "text", start: begin, end: wordsEnd, isRange });
    begin = -1;
    isRange = false;
    elements.push(element);
    at = element.end;
    if (element.type === "number") numbers += 1;
    else if (row.charAt(element.start) === ";") numbers = 0;
    floor = element.type === "number" ? element.end : 0;
  }
  if (begin !== -1) elements.push({ type: "text", start: begin, end: wordsEnd, isRange });
  if (numbers > MAX_NUMBERS) return { elements, excess: "too_many_numbers" };
  return { elements, excess: at < row.length ? "too_complex" : null };
}

/** True for a text that begins with a word which stands in names alone. */
export function beginsWithWord(text: string, at = 0): boolean {
  return isLetterAt(text, at) && readMark(text, at) === null;
}

/** Of a cell that may hold one number, in steps. */
const MAX_EFFORT_OF_CELL = 150;

/** The number of a text that holds nothing else but signs, or null. */
export function readLoneNumber(text: string): NumberElement | null {
  let number: NumberElement | null = null;
  const until = endAfter(MAX_EFFORT_OF_CELL);
  let at = 0;
  while (at < text.length) {
    if (isOver(until)) return null;
    if (text.charAt(at) === " ") {
      at += 1;
      continue;
    }
    // Where such a word ends does not matter.
    if (beginsWithWord(text, at)) return null;
    const element = readElement(text, at, 0, until);
    if (element.type === "text") return null;
    if (element.type === "number") {
      if (number !== null) return null;
      number = element;
    }
    at = element.end;
  }
  return number;
}

/** `floor` is where the number before ends, when it is a neighbour. */
function readElement(row: string, at: number, floor: number, until: number): Element {
  if (isDigitAt(row, at)) return readDigits(row, at, floor);
  const character = row.charAt(at);
  if (character === "(") return readBrackets(row, at, until);
  if (character === "=") return readExpression(row, at) ?? mark("equals", at, at + 1);
  return readMark(row, at) ?? text(at, endOfWord(row, at));
}

function readDigits(row: string, at: number, floor: number): Element {
  const end = endOfDigits(row, at);
  return readBehind(row, at, end) ?? readPlain(row, at, floor);
}

/** What the sign behind the first digits makes of them. Most are followed by a space and a word. */
function readBehind(row: string, at: number, end: number): Element | null {
  const sign = row.charAt(end);
  if (sign === " ") return isDigitAt(row, end + 1) ? readWholeRoubles(row, at) : null;
  if (sign === "" || !SPECIAL_SIGNS.includes(sign) || !isDigitAt(row, end + 1)) return null;
  return readSpecial(row, at, sign);
}

/** A date, a size, «1500-00», «10-12 м2». */
function readSpecial(row: string, at: number, sign: string): Element | null {
  spend(1);
  const date = DATE_SIGNS.includes(sign) ? matchAt(DATE, row, at) : null;
  if (date !== null) return text(at, endOfWord(row, at + date.length));
  const size = RANGE_SIGNS.includes(sign) ? null : readSize(row, at);
  if (size !== null || SIZE_SIGNS.includes(sign)) return size;
  return (sign === "-" ? readWholeRoubles(row, at) : null) ?? readRange(row, at);
}

function readPlain(row: string, at: number, floor: number): Element {
  const number = readNumber(row, at);
  return number === null ? text(at, endOfWord(row, at)) : readInContext(row, number, floor);
}

/** A number as such, unless its neighbours make it a part of a name. */
function readInContext(row: string, number: NumberElement, floor: number): Element {
  const { start, end, unit, isMoney, per } = number;
  if (unit?.nature === "size") return text(start, end);
  if (isPercentOrDegree(row, end)) return text(start, endOfWord(row, end + 1));

  const isBare = unit === null && !isMoney && per === null;
  if (isBare && isGlued(row, end) && !/^[xх] ?\d/i.test(row.slice(end, end + 3))) {
    return text(start, endOfWord(row, end));
  }

  const isGrouped = number.digits.includes(" ") && / [1-9]/.test(number.digits);
  if ((isBare || isGrouped) && isNamed(row, start, floor)) {
    return text(start, start + (/^\d+/.exec(number.digits)?.[0].length ?? 1));
  }
  return unit !== null && isDescription(row, number, unit, floor) ? text(start, end) : number;
}

function isPercentOrDegree(row: string, at: number): boolean {
  const sign = row.charAt(row.charAt(at) === " " ? at + 1 : at);
  return (
    sign !== "" &&
    PERCENTS_AND_DEGREES.includes(sign) &&
    matchAt(PERCENT_OR_DEGREE, row, at) !== null
  );
}

function isGlued(row: string, end: number): boolean {
  const sign = row.charAt(end);
  return isLetterAt(row, end) || sign === "_" || (sign === "-" && isLetterAt(row, end + 1));
}

/** Brackets with nothing but numbers are read («(22 м2)», «(350 р)»), all others belong to the name. */
function readBrackets(row: string, at: number, until: number): Element {
  const close = row.indexOf(")", at);
  if (close === -1) return mark("plain", at, at + 1);
  const inside = close - at <= 30 ? cut(row.slice(at + 1, close), until).elements : [];
  const isRead =
    inside.some((element) => element.type === "number") &&
    inside.every((element) => element.type === "mark" || isPlainNumber(element));
  return isRead ? mark("plain", at, at + 1) : text(at, close + 1);
}

function isPlainNumber(element: Element): boolean {
  if (element.type !== "number") return false;
  const { units, scale } = element.decimal;
  return element.unit !== null || element.isMoney || units >= 100n * powerOfTen(scale);
}
