import { isDescription, isNamed } from "./context.ts";
import { isDigitAt, isLetterAt } from "./characters.ts";
import { type Element, mark, type Mark, text } from "./elements.ts";
import { type NumberElement, readNumber } from "./numbers.ts";
import { readExpression, readRange, readSize, readWholeRoubles } from "./sizes.ts";
import { matchAt } from "./units.ts";
import { endOfWord } from "./words.ts";

const DATE = /\d{1,2}\.\d{1,2}\.\d{2,4}(?!\d)|\d{4}-\d{2}-\d{2}(?!\d)|\d{1,2}:\d{2}(?!\d)/y;
/** More numbers than any position has; bounds the work on nonsense. */
export const MAX_NUMBERS = 16;

/** What follows the first digits of dates, sizes, ranges and «1 500-00». */
const BEHIND_SPECIALS = ".,:-–—…xXхХ×*/";
const PERCENT_OR_DEGREE = / ?(?:%|‰|проц)|[°º"″'’]/iy;

/** `signs` are the letters that the words begin with, so that most words are not looked at closely. */
const WORDS: readonly { readonly signs: string; readonly word: RegExp; readonly mark: Mark }[] = [
  {
    signs: "з",
    word: /за (?:вс[её]|весь|всю)(?:(?= ?(?:[.,;)]|$))| (?:объ[её]м|работу|комплекс|вместе))/iy,
    mark: "whole",
  },
  {
    signs: "опв",
    word: /(?:общая|полная) (?:стоимость|цена|сумма)(?![а-яёa-z])|в сумме(?![а-яёa-z])/iy,
    mark: "total",
  },
  {
    signs: "нивсз",
    word: /(?:на сумму|итого|всего|сумма|стоимость|за)(?= ?[:=—–-]? ?\d)/iy,
    mark: "total",
  },
  {
    signs: "пцрс@",
    word: /(?:по (?:цене|ставке|расценке)|по|цена(?: за ед\.?)?|расценка|ставка|@)(?= ?[:=—–-]? ?\d)/iy,
    mark: "price",
  },
  { signs: "ко", word: /(?:кол-?во|количество|объ[её]м)(?= ?[:=—–-]? ?\d)/iy, mark: "plain" },
  { signs: "опп~≈", word: /(?:от|примерно|около|прим\.|ок\.|[~≈])(?= ?\d)/iy, mark: "about" },
  { signs: "xх×*", word: /[xх×*](?= ?\d)/iy, mark: "times" },
];
const PLAIN = ",;:-–—−|•()[]/→~≈.*×";

/** What may begin with a character, in the order of WORDS. */
const BY_SIGN = new Map<string, typeof WORDS>();
for (const sign of new Set(WORDS.flatMap(({ signs }) => signs.split("")))) {
  const words = WORDS.filter(({ signs }) => signs.includes(sign));
  BY_SIGN.set(sign, words).set(sign.toUpperCase(), words);
}

/**
 * Cuts a row into words, numbers and what stands between them. Numbers that belong to a thing stay in
 * the words: sizes (60х120, 50/110, 12 мм, Ø110), marks (М150, K80, №5), 220В, 45°, 2-слойный, dates.
 * Linear in the length of the row, which the caller bounds; ends behind one number too many.
 */
export function lex(row: string): readonly Element[] {
  const known = recent.get(row);
  if (known) return known;
  const elements = cut(row);
  if (recent.size === MAX_RECENT) recent.clear();
  recent.set(row, elements);
  return elements;
}

/** A row is asked about several times, as a position, a total, a percentage; its cells are as well. */
const recent = new Map<string, readonly Element[]>();
const MAX_RECENT = 64;

function cut(row: string): Element[] {
  const elements: Element[] = [];
  let at = 0;
  let numbers = 0;
  while (at < row.length && numbers <= MAX_NUMBERS) {
    if (row.charAt(at) === " ") {
      at += 1;
      continue;
    }
    const previous = elements.at(-1);
    const element = readElement(row, at, previous?.type === "number" ? previous.end : 0);
    if (element.type === "text" && previous?.type === "text") {
      const isRange = element.isRange || previous.isRange;
      elements[elements.length - 1] = { ...element, start: previous.start, isRange };
    } else {
      elements.push(element);
    }
    if (element.type === "number") numbers += 1;
    at = element.end;
  }
  return elements;
}

/** `floor` is where the number before ends, when it is a neighbour. */
function readElement(row: string, at: number, floor: number): Element {
  const character = row.charAt(at);
  if (isDigitAt(row, at)) return readDigits(row, at, floor);
  if (character === "(") return readBrackets(row, at);
  if (character === "=") return readExpression(row, at) ?? mark("equals", at, at + 1);
  const words = BY_SIGN.get(character);
  const found = words === undefined ? null : readMark(words, row, at);
  if (found !== null) return found;
  return PLAIN.includes(character) ? mark("plain", at, at + 1) : text(at, endOfWord(row, at));
}

function readMark(words: typeof WORDS, row: string, at: number): Element | null {
  for (const { word, mark: found } of words) {
    const match = matchAt(word, row, at);
    if (match !== null) return mark(found, at, at + match.length);
  }
  return null;
}

function readDigits(row: string, at: number, floor: number): Element {
  let end = at + 1;
  while (isDigitAt(row, end)) end += 1;
  return readBehind(row, at, end) ?? readPlain(row, at, floor);
}

/** What the sign behind the first digits makes of them. Most are followed by a space and a word. */
function readBehind(row: string, at: number, end: number): Element | null {
  const sign = row.charAt(end);
  if (sign === " ") return isDigitAt(row, end + 1) ? readWholeRoubles(row, at) : null;
  return sign !== "" && BEHIND_SPECIALS.includes(sign) ? readSpecial(row, at) : null;
}

/** A date, a size, «1500-00», «10-12 м2». */
function readSpecial(row: string, at: number): Element | null {
  const date = matchAt(DATE, row, at);
  if (date !== null) return text(at, endOfWord(row, at + date.length));
  return readSize(row, at) ?? readWholeRoubles(row, at) ?? readRange(row, at);
}

function readPlain(row: string, at: number, floor: number): Element {
  const number = readNumber(row, at);
  return number === null ? text(at, endOfWord(row, at)) : readInContext(row, number, floor);
}

/** A number as such, unless its neighbours make it a part of a name. */
function readInContext(row: string, number: NumberElement, floor: number): Element {
  const { start, end, unit, isMoney, per } = number;
  if (unit?.nature === "size") return text(start, end);
  if (matchAt(PERCENT_OR_DEGREE, row, end) !== null) return text(start, endOfWord(row, end + 1));

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

function isGlued(row: string, end: number): boolean {
  const sign = row.charAt(end);
  return isLetterAt(row, end) || sign === "_" || (sign === "-" && isLetterAt(row, end + 1));
}

/** Brackets with nothing but numbers are read («(22 м2)», «(350 р)»), all others belong to the name. */
function readBrackets(row: string, at: number): Element {
  const close = row.indexOf(")", at);
  if (close === -1) return mark("plain", at, at + 1);
  const inside = close - at <= 30 ? lex(row.slice(at + 1, close)) : [];
  const isRead =
    inside.some((element) => element.type === "number") &&
    inside.every((element) => element.type === "mark" || isPlainNumber(element));
  return isRead ? mark("plain", at, at + 1) : text(at, close + 1);
}

function isPlainNumber(element: Element): boolean {
  if (element.type !== "number") return false;
  const { units, scale } = element.decimal;
  return element.unit !== null || element.isMoney || units >= 100n * 10n ** BigInt(scale);
}
