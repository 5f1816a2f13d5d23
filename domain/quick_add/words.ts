import { endOfDigits, endOfLetters, isDigitAt, isLetterAt, isWordAt } from "./characters.ts";
import { endAfter, isOver, spend } from "./effort.ts";
import { readNumber } from "./numbers.ts";

/** Signs inside a word: «ХВС/ГВС», «т.д», «d=20», «h-2,7м», «3*1.5», «CM-11». */
const JOINTS = "-–/._+&'’=,*×";

/** Of one word, in steps. A longer one ends there, and the rest is cut as if it stood behind it. */
const MAX_EFFORT_OF_WORD = 100;

/** Where the word that begins at `start` ends; behind one character at least, but before a bracket. */
export function endOfWord(row: string, start: number): number {
  const until = endAfter(MAX_EFFORT_OF_WORD);
  let at = endOfLetters(row, start);
  while (at < row.length && !isOver(until)) {
    const next = isDigitAt(row, at) ? endOfNumber(row, start, at) : endOfSign(row, start, at);
    if (next === at) break;
    at = endOfLetters(row, next);
  }
  spend(1 + ((at - start) >> 2));
  if (at > start) return isAbbreviation(row, at) ? at + 1 : at;
  return row.charAt(start) === "(" ? start : start + 1;
}

/** The digits at a place belong to the word, but not those of «ламинат38м2». */
function endOfNumber(row: string, start: number, at: number): number {
  const isAfterWord = at - start >= 5 && isLetterAt(row, at - 1);
  return isAfterWord && isCounted(row, at) ? at : endOfDigits(row, at);
}

function endOfSign(row: string, start: number, at: number): number {
  if (isWordAt(row, at)) return at + 1;
  return JOINTS.includes(row.charAt(at)) && isJoint(row, start, at) ? at + 1 : at;
}

function isCounted(row: string, at: number): boolean {
  const number = readNumber(row, at);
  return (
    number !== null && (number.isMoney || (number.unit !== null && number.unit.nature !== "size"))
  );
}

/** The dot of «армир.» belongs to the word, that of «стены.» does not. */
function isAbbreviation(row: string, end: number): boolean {
  if (row.charAt(end) !== ".") return false;
  return /[бвгджзклмнпрстфхцчшщ]\.(?:[^а-яёa-z\d]|$)/i.test(row.slice(end - 1, end + 2));
}

function isJoint(row: string, start: number, at: number): boolean {
  spend(1);
  const sign = row.charAt(at);
  const isDigitBehind = isDigitAt(row, at + 1);
  if (at === start || !(isDigitBehind || isLetterAt(row, at + 1))) return false;
  const areDigits = isDigitBehind && isDigitAt(row, at - 1);
  if (sign === "," || sign === "*" || sign === "×") return areDigits;
  if (!isDigitBehind) return sign !== "=";
  if (sign === "." || sign === "_") return areDigits;
  if (sign === "=") return at - start <= 2;
  if (sign === "-" || sign === "–") return isHyphenated(row, start, at);
  return sign !== "/" || areDigits || !isCounted(row, at + 1);
}

/** «М-150», «ЦПС-300» are marks; in «ванны-1шт» and «плинтус-46» the number stands for itself. */
function isHyphenated(row: string, start: number, at: number): boolean {
  const number = readNumber(row, at + 1);
  if (number && (number.unit !== null || number.isMoney))
    return number.unit?.nature === "size" || at - start <= 1;
  return at - start <= 4;
}
