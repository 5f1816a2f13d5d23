import { readNumber } from "./numbers.ts";

/** Signs inside a word: «ХВС/ГВС», «т.д», «d=20», «h-2,7м», «3*1.5», «CM-11». */
const JOINTS = "-–/._+&'’=,*×";

/** Where the word that begins at `start` ends; always behind at least one character. */
export function endOfWord(row: string, start: number): number {
  let at = start;
  while (at < row.length && continuesWord(row, start, at)) at += 1;
  if (at > start) return isAbbreviation(row, at) ? at + 1 : at;
  return start + ((row.codePointAt(start) ?? 0) > 0xffff ? 2 : 1);
}

function continuesWord(row: string, start: number, at: number): boolean {
  const character = row.charAt(at);
  if (JOINTS.includes(character)) return isJoint(row, start, at);
  if (!isWordCharacter(character)) return false;
  // «ламинат38м2»
  const isAfterWord = at - start >= 5 && /\d/.test(character) && /\p{L}/u.test(row.charAt(at - 1));
  return !isAfterWord || !isCounted(row, at);
}

function isCounted(row: string, at: number): boolean {
  const number = readNumber(row, at);
  return (
    number !== null && (number.isMoney || (number.unit !== null && number.unit.nature !== "size"))
  );
}

/** The dot of «армир.» belongs to the word, that of «стены.» does not. */
function isAbbreviation(row: string, end: number): boolean {
  return /[бвгджзклмнпрстфхцчшщ]\.(?:[^а-яёa-z\d]|$)/i.test(row.slice(end - 1, end + 2));
}

function isWordCharacter(character: string): boolean {
  if (character >= "А" && character <= "я") return true;
  return /[\p{L}\p{M}\p{N}°º"″%‰№#Øø⌀]/u.test(character);
}

function isJoint(row: string, start: number, at: number): boolean {
  const sign = row.charAt(at);
  const before = row.charAt(at - 1);
  const behind = row.charAt(at + 1);
  if (at === start || !/[\p{L}\d]/u.test(behind)) return false;
  const areDigits = /\d/.test(before) && /\d/.test(behind);
  if (sign === "," || sign === "*" || sign === "×") return areDigits;
  if (!/\d/.test(behind)) return sign !== "=";
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
