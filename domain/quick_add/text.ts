import { spend } from "./effort.ts";
import { cutText } from "../text.ts";
import { findUnit } from "../units.ts";
import { endsPlainly, isDigitAt, isPlainLetterAt } from "./characters.ts";

/** Beyond this a row is no position of an estimate; it also bounds the work per row. */
const MAX_ROW_LENGTH = 700;

/** Room for what is invisible in a row of the greatest length. */
const MAX_CLEANED_LENGTH = 2 * MAX_ROW_LENGTH;

/** A row of pasted text, cleaned, with what stood before its words: bullet, number, emoji. */
export interface Row {
  /** Counted from 1. */
  readonly lineNumber: number;
  /** As pasted, without what is invisible. */
  readonly source: string;
  /** The same with the tabs at its ends: empty cells of a table. */
  readonly raw: string;
  /** Without bullet, numbering and decoration. */
  readonly text: string;
  /** "1.2" of «1.2) Стяжка», null when the row has none. */
  readonly numbering: string | null;
  /** The first sign of its bullet, empty without one. */
  readonly bullet: string;
  /** Written as a heading of markdown or in bold: «## Полы», «**Полы**». */
  readonly isMarkedHeading: boolean;
  readonly followsBlank: boolean;
  /** Not read any further. */
  readonly isTooLong: boolean;
}

/** NUL, other control characters, halves of surrogate pairs, joiners and marks of direction. */
const INVISIBLE = String.raw`[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0e\ufe0f\ufeff\ufffd]`;
const SPACE = String.raw`[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]`;
const [ALL_INVISIBLE, ALL_SPACES] = [new RegExp(INVISIBLE, "g"), new RegExp(SPACE, "g")];
const HAS_EITHER = new RegExp(`${INVISIBLE}|${SPACE}`);
/** What cleaning leaves as it is, of what most rows are made of. */
const CLEAN = /^[\t -~¡-¬®-ʯЀ-҂Ҋ-ӿ‐-‧₠-₿№]*$/;
const LINE_BREAK = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;

/** Bullets, ticks, arrows, quotes of markdown and emoji. One class, so that matching is linear. */
const DECORATION = String.raw`\-–—−•*·▪●○◦‣⁃+>|✗✘►▶→■□▫◆◇♦★☆_\u0060~ \p{Extended_Pictographic}\u{1f3fb}-\u{1f3ff}`;
const BULLET = new RegExp(`^(?:[${DECORATION}]|\\[[ xх]?\\])+`, "u");
const TRAILING = new RegExp(`^[*_|\u0060 \\p{Extended_Pictographic}\\u{1f3fb}-\\u{1f3ff}]$`, "u");
/** Cleaning leaves no others. */
const UNEVEN_SPACES = / [ \t]+|\t[ \t]*/g;
const KEYCAP = /^(\d{1,2})\u20e3 ?/;
/** «1.», «1.1)», and without a sign behind it only «№ 1» and «1.1». */
const CLOSED_NUMBERING =
  /^(?:(?:№ ?|\()?(\d{1,3}(?:\.\d{1,3}){0,3})[.)]{1,2}(?!\d)|№ ?(\d{1,3})(?= )|(?:№ ?|\()?(\d{1,3}(?:\.\d{1,3}){1,3})(?= )) ?/;
const LETTER_NUMBERING = /^[а-яa-z]\) ?/i;
const BARE_NUMBERING = /^(\d{1,3})[ \t]+(?=[\p{L}"«(])/u;

/** The rows that have any letter or digit. Linear in the length of the text. */
export function readRows(text: string): Row[] {
  const rows: Row[] = [];
  let followsBlank = true;
  for (const [index, line] of text.split(LINE_BREAK).entries()) {
    const source = clean(line);
    if (/[a-zа-яё\d]/i.test(source) || /[\p{L}\p{N}]/u.test(source)) {
      rows.push(readRow(source, index + 1, followsBlank));
      followsBlank = false;
    } else {
      followsBlank = true;
    }
  }
  return withBareNumbering(rows);
}

/** A row that is far too long is not cleaned to its end: it is shown, cut, and not read. */
function clean(line: string): string {
  if (line.length <= MAX_CLEANED_LENGTH && CLEAN.test(line)) return line;
  const settled = line.slice(0, MAX_CLEANED_LENGTH).toWellFormed().normalize("NFC");
  if (!HAS_EITHER.test(settled)) return settled;
  return settled.replace(ALL_INVISIBLE, "").replace(ALL_SPACES, " ");
}

/** One space between words; for what is read as words, not as cells. Of a cleaned text. */
export function squeeze(text: string): string {
  if (text.includes("\t")) return text.replace(UNEVEN_SPACES, " ").trim();
  const bare = text.trim();
  return bare.includes("  ") ? joinWords(bare) : bare;
}

/** An expression takes several times as long for each run of spaces. */
function joinWords(text: string): string {
  let joined = "";
  let from = 0;
  for (let gap = text.indexOf("  "); gap !== -1; gap = text.indexOf("  ", from)) {
    joined += text.slice(from, gap + 1);
    from = gap + 2;
    while (text.charAt(from) === " ") from += 1;
    spend(1);
  }
  return joined + text.slice(from);
}

/**
 * Without the signs at its end. An expression would try again from every sign of a run inside the row.
 */
export function trimSigns(text: string, signs: string): string {
  let end = text.length;
  while (end > 0 && signs.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

function readRow(raw: string, lineNumber: number, followsBlank: boolean): Row {
  const source = raw.trim();
  const isTooLong = source.length > MAX_ROW_LENGTH;
  const shared = { lineNumber, source, raw, followsBlank, isTooLong };
  if (isTooLong) {
    const cut = cutText(source, MAX_ROW_LENGTH);
    return {
      ...shared,
      source: cut,
      text: cut,
      numbering: null,
      bullet: "",
      isMarkedHeading: false,
    };
  }
  // Nothing stands before the words of most rows.
  if (isPlainLetterAt(source, 0) && source.charAt(1) !== ")") {
    const words = trimDecoration(source);
    return { ...shared, text: words, numbering: null, bullet: "", isMarkedHeading: false };
  }
  const keycap = KEYCAP.exec(source);
  const isMarkedHeading = /^#{1,6} /.test(source) || isBold(source);
  const unmarked = source.replace(/^#{1,6} /, "").replace(KEYCAP, "");
  const withoutBullet = unmarked.replace(BULLET, "");
  const { text, numbering } = dropNumbering(withoutBullet);
  return {
    ...shared,
    text: trimDecoration(text.replace(BULLET, "")),
    numbering: keycap?.[1] ?? numbering,
    bullet: isMarkedHeading ? "" : firstSign(BULLET.exec(unmarked)?.[0] ?? ""),
    isMarkedHeading,
  };
}

/** «**Полы**», «*Полы*:» */
function isBold(source: string): boolean {
  return /[*_]:?$/.test(source.slice(-2)) && /^(\*{1,2}|__)[^ *_].*\1:?$/.test(source);
}

function firstSign(bullet: string): string {
  return Array.from(bullet.trim())[0] ?? "";
}

function dropNumbering(text: string): { text: string; numbering: string | null } {
  const letter = LETTER_NUMBERING.exec(text);
  if (letter) return { text: text.slice(letter[0].length), numbering: null };
  const closed = CLOSED_NUMBERING.exec(text);
  if (!closed) return { text, numbering: null };
  const rest = text.slice(closed[0].length);
  const isOpen = !/[.)] ?$/.test(closed[0]);
  // «2.5 м кабеля» begins with a quantity, «1.1 Точка» with a number of the row.
  if (isOpen && !/^[\p{Lu}"«(]/u.test(rest) && startsWithUnit(rest)) {
    return { text, numbering: null };
  }
  return { text: rest, numbering: closed[1] ?? closed[2] ?? closed[3] ?? null };
}

function startsWithUnit(text: string): boolean {
  return findUnit(/^[^\d ]+[23²³]?/.exec(text)?.[0] ?? "") !== null;
}

function trimDecoration(text: string): string {
  if (endsPlainly(text) || /\p{L}$/u.test(text)) return text;
  let end = text.length;
  while (end > 0) {
    const code = text.charCodeAt(end - 1);
    const begin = end - (code >= 0xdc00 && code <= 0xdfff ? 2 : 1);
    if (!TRAILING.test(text.slice(begin, end))) break;
    end = begin;
  }
  return text.slice(0, end);
}

/** «1 Стяжка», «2 Плинтус»: bare numbers are numbering only when they count 1, 2, 3… down the list. */
function withBareNumbering(rows: Row[]): Row[] {
  const numbered = new Map<number, string>();
  let run: number[] = [];
  const close = (): void => {
    for (const [order, index] of run.entries()) {
      if (run.length > 1) numbered.set(index, `${order + 1}`);
    }
    run = [];
  };
  for (const [index, row] of rows.entries()) {
    const isCounted = row.numbering === null && isDigitAt(row.text, 0);
    const number = isCounted ? BARE_NUMBERING.exec(row.text)?.[1] : undefined;
    if (number === undefined) continue;
    if (Number(number) !== run.length + 1) close();
    if (Number(number) === run.length + 1) run.push(index);
  }
  close();
  if (numbered.size === 0) return rows;
  return rows.map((row, index) => {
    const numbering = numbered.get(index);
    if (numbering === undefined) return row;
    return { ...row, numbering, text: row.text.replace(BARE_NUMBERING, "") };
  });
}
