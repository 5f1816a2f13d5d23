import { isPlainLetterAt } from "./characters.ts";
import { spend } from "./effort.ts";
import { mark, type Mark, type MarkElement } from "./elements.ts";

interface MarkWord {
  /** What `word` may begin with: by these most words of a row are passed over. */
  readonly starts: readonly string[];
  readonly word: RegExp;
  readonly mark: Mark;
}

const WORDS: readonly MarkWord[] = [
  {
    starts: ["за"],
    word: /за (?:вс[её]|весь|всю)(?:(?= ?(?:[.,;)]|$))| (?:объ[её]м|работу|комплекс|вместе))/iy,
    mark: "whole",
  },
  {
    starts: ["общая", "полная", "в сумме"],
    word: /(?:общая|полная) (?:стоимость|цена|сумма)(?![а-яёa-z])|в сумме(?![а-яёa-z])/iy,
    mark: "total",
  },
  {
    starts: ["на сумму", "итого", "всего", "сумма", "стоимость", "за"],
    word: /(?:на сумму|итого|всего|сумма|стоимость|за)(?= ?[:=—–-]? ?\d)/iy,
    mark: "total",
  },
  {
    starts: ["по", "цена", "расценка", "ставка", "@"],
    word: /(?:по (?:цене|ставке|расценке)|по|цена(?: за ед\.?)?|расценка|ставка|@)(?= ?[:=—–-]? ?\d)/iy,
    mark: "price",
  },
  {
    starts: ["кол", "количество", "объем", "объём"],
    word: /(?:кол-?во|количество|объ[её]м)(?= ?[:=—–-]? ?\d)/iy,
    mark: "plain",
  },
  {
    starts: ["от", "примерно", "около", "прим", "ок", "~", "≈"],
    word: /(?:от|примерно|около|прим\.|ок\.|[~≈])(?= ?\d)/iy,
    mark: "about",
  },
  { starts: ["x", "х", "×", "*"], word: /[xх×*](?= ?\d)/iy, mark: "times" },
];
const SIGNS = ",;:-–—−|•()[]/→~≈.*×";

/** Words of letters alone, with a space behind them, that are none of the above: much of a usual row. */
const PLAIN_WORDS = new RegExp(
  `(?:(?!(?:${lettersOf(WORDS).join("|")})(?![а-яёa-z]))[а-яёa-z]+ )+`,
  "iy",
);

function lettersOf(words: readonly MarkWord[]): string[] {
  return words.flatMap(({ starts }) => starts.filter((start) => /^[а-яёa-z ]+$/.test(start)));
}

/** What may begin with a character and, by the character behind it, with both; in the order of WORDS. */
const BY_BEGINNING = new Map<number, Map<number, readonly MarkWord[]>>();
/** Behind a sign that is all of the mark may stand anything. */
const ANYTHING = -1;
for (const beginning of WORDS.flatMap(({ starts }) => starts.map(beginningOf))) {
  const words = WORDS.filter(({ starts }) => starts.map(beginningOf).includes(beginning));
  for (const first of codesOf(beginning.charAt(0))) {
    const behind = BY_BEGINNING.get(first) ?? new Map<number, readonly MarkWord[]>();
    for (const second of codesOf(beginning.charAt(1))) behind.set(second, words);
    BY_BEGINNING.set(first, behind);
  }
}

function beginningOf(start: string): string {
  return start.slice(0, 2);
}

function codesOf(character: string): number[] {
  if (character === "") return [ANYTHING];
  return [character.charCodeAt(0), character.toUpperCase().charCodeAt(0)];
}

const BEGINS_WORD = 1;
const IS_SIGN = 2;
/** By the code of a character; ≈ has the last. */
const KINDS = new Uint8Array(0x2300);
for (const code of BY_BEGINNING.keys()) KINDS[code] = BEGINS_WORD;
for (const sign of SIGNS) {
  const code = sign.charCodeAt(0);
  KINDS[code] = (KINDS[code] ?? 0) | IS_SIGN;
}

/** The word or sign at a place that stands between names and numbers. Digits, «(» and «=» are not asked about. */
export function readMark(row: string, at: number): MarkElement | null {
  const kind = KINDS[row.charCodeAt(at)] ?? 0;
  if (kind === 0) return null;
  const found = (kind & BEGINS_WORD) === 0 ? null : readWord(row, at);
  if (found !== null) return found;
  if ((kind & IS_SIGN) === 0) return null;
  spend(3);
  return mark("plain", at, at + 1);
}

function readWord(row: string, at: number): MarkElement | null {
  spend(1);
  const behind = BY_BEGINNING.get(row.charCodeAt(at));
  const words = behind?.get(row.charCodeAt(at + 1)) ?? behind?.get(ANYTHING);
  if (!words) return null;
  for (const { word, mark: found } of words) {
    spend(1);
    word.lastIndex = at;
    if (word.test(row)) return mark(found, at, word.lastIndex);
  }
  return null;
}

/** Where the words that begin at a place and are surely no marks end, the place itself without any. */
export function endOfPlainWords(row: string, at: number): number {
  if (!isPlainLetterAt(row, at)) return at;
  PLAIN_WORDS.lastIndex = at;
  return PLAIN_WORDS.test(row) ? PLAIN_WORDS.lastIndex - 1 : at;
}
