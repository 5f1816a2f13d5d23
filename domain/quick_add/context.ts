import { remembering } from "../remembering.ts";
import { isDigitAt, startOfLetters } from "./characters.ts";
import { spend } from "./effort.ts";
import type { Unit } from "../unit_table.ts";
import type { NumberElement } from "./numbers.ts";
import { matchAt } from "./units.ts";

/** Behind these a number without a unit is a name's: «RAL 9003», «ГОСТ 30674», «арт. 512». */
const NAMING = new Set(
  "№ гост ту снип арт артикул серия ral модель тип марка дом д корп стр".split(" "),
);
/** Behind these a number with a unit tells a size: «высотой 2,7 м», «до 5 м», «h 3 м». */
const MEASURING = new Set(
  (
    "h d ф ø толщ толщина толщиной высота высотой шириной длиной глубиной диаметром сечением " +
    "шагом размером до от свыше более менее через"
  ).split(" "),
);
/** «рамка на 2 места», «в 3 рейса»: tells what the thing is, unless a price is named for each. */
const DESCRIBING = new Set(["на", "в", "из", "под"]);
/** «контейнер 8 м3», «бойлер 80 л»: what it holds. */
const HOLDING = new Set(
  "контейнер контейнера бункер газель самосвал камаз бак емкость ёмкость бойлер бочка".split(" "),
);
const HELD = new Set(["м³", "л", "т"]);
const COUNTED = new Set(["м²", "м³", "п.м."]);
const [NAMES, MEASURES, DESCRIBES, HOLDS] = [1, 2, 4, 8];
/** What a word makes of the number behind it, as bits. Lists have the same words again and again. */
const rolesOf = remembering(300, (word: string): number => {
  const name = word.toLowerCase();
  return (
    (NAMING.has(name) ? NAMES : 0) |
    (MEASURING.has(name) ? MEASURES : 0) |
    (DESCRIBING.has(name) ? DESCRIBES : 0) |
    (HOLDING.has(name) ? HOLDS : 0)
  );
});
const FLAT = /^кв$/i;
/** Longer than the words above. */
const MAX_WORD = 12;
const PRICE_BEHIND = / ?(?:по(?![а-яёa-z])|[xх×*@]|цена)/iy;
/** True for the 11 of «Ceresit CM 11» and the 5 of «кв. 5»: no quantity and no price. */
export function isNamed(row: string, start: number, floor: number): boolean {
  const { word, from } = wordBefore(row, start, floor);
  if (word === "") return false;
  if (/^[A-Z]{1,4}$/.test(word) && row.charAt(start - 1) === " ") return true;
  if ((rolesOf(word) & NAMES) !== 0) return true;
  // «Ленина 12, кв. 5», but not «22 кв 350».
  return FLAT.test(word) && !/\d $/.test(row.slice(Math.max(0, from - 2), from));
}

/** True when a number with a unit tells what a thing is like rather than how much of it there is. */
export function isDescription(
  row: string,
  { start, end }: NumberElement,
  unit: Unit,
  floor: number,
): boolean {
  const roles = rolesOf(wordBefore(row, start, floor).word);
  if (roles === 0) return false;
  if ((roles & MEASURES) !== 0) return true;
  if ((roles & HOLDS) !== 0 && HELD.has(unit.label)) return true;
  if ((roles & DESCRIBES) === 0 || COUNTED.has(unit.label)) return false;
  return matchAt(PRICE_BEHIND, row, end) === null;
}

/**
 * The letters before a number but behind `floor`, where the number before it ends with its unit. A dot,
 * colon or space may stand between: «толщ. 5», «h=2», «RAL 9003».
 */
function wordBefore(row: string, start: number, floor: number): { word: string; from: number } {
  spend(3);
  let end = start;
  while (end > floor && start - end < 2 && " .:=".includes(row.charAt(end - 1))) end -= 1;
  const from = startOfLetters(row, end, Math.max(floor, end - MAX_WORD));
  const isGlued = isDigitAt(row, from - 1) || row.charAt(from - 1) === "-";
  return { word: isGlued ? "" : row.slice(from, end), from };
}
