import { evaluateExpression } from "../arithmetic.ts";
import { type Decimal, readDecimal } from "../decimal_ru.ts";
import { QUANTITY_SCALE } from "../quantity.ts";
import type { Unit } from "../unit_table.ts";
import { endOfDigits, isDigitAt } from "./characters.ts";
import { matchAt, matchUnit, type UnitMatch } from "./units.ts";

/** A number of a row with all that belongs to it: «22 м2», «2 400р/м2», «12 тыс. руб.». */
export interface NumberElement {
  readonly type: "number";
  readonly start: number;
  readonly end: number;
  /** The digits as written: «2 400». */
  readonly digits: string;
  readonly decimal: Decimal;
  /** «2.400» may mean 2400. */
  readonly couldBeThousands: boolean;
  readonly unit: Unit | null;
  /** A currency or «тыс» stands behind it. */
  readonly isMoney: boolean;
  readonly isForeign: boolean;
  /** «/м2», «за 100 м2»: what the price is for. */
  readonly per: UnitBase | null;
  /** Calculated from «3х4 м2», «=12,5*4 м2», «1/2 м3»; then the expression as written. */
  readonly expression: string | null;
}

export interface UnitBase {
  readonly factor: bigint;
  readonly unit: string;
}

/** Thousands by spaces (but not the 120 of «2 120х60»), or a number with commas and dots. */
const DIGITS = /\d{1,3}(?:[ '’]\d{3}(?!\d|[xх×*/]\d)){1,6}(?:[.,]\d+)?|\d+(?:[.,]\d+)*/iy;

interface Words {
  /** What they begin with, so that most texts are not looked at closely. */
  readonly signs: string;
  readonly expression: RegExp;
}

const THOUSAND: Words = {
  signs: "т",
  expression: /(?:тыс(?:яч[аи]?|\.|(?![а-яё]))|т\.? ?р(?:уб)?(?:\.|(?![а-яё])))/iy,
};
const SHORT_THOUSAND: Words = { signs: "кk", expression: /[кk](?![а-яёa-z\d])/iy };
const SHORT_THOUSAND_AT_END: Words = {
  signs: "кk",
  expression: /[кk](?= ?(?:₽|р|руб|[.,;)]|$))/iy,
};
const MILLION: Words = { signs: "м", expression: /(?:млн\.?|миллион(?:а|ов)?)(?![а-яёa-z\d])/iy };
const CURRENCY: Words = {
  signs: "р₽rp",
  expression: /(?:рубл(?:ей|я|ь)|руб\.?|р\.?|₽|rub|p\.?)(?![а-яёa-z\d])/iy,
};
/** «автомат 1P»: the poles of a breaker. */
const POLES = /^\d[PР](?![\p{L}\d.])/u;
const FOREIGN: Words = {
  signs: "$€₸ueудет",
  expression: /(?:\$|€|₸|usd|eur|у\. ?е\.?|долл|евро|тенге)/iy,
};
const KOPECKS: Words = {
  signs: "0123456789",
  expression: /\d{1,2} ?коп(?:\.|еек|ейки|ейка)?(?![а-яё])/iy,
};
const KOPECK_WORD: Words = {
  signs: "к",
  expression: /коп(?:\.|еек|ейки|ейка)?(?![а-яё])/iy,
};
const PER: Words = { signs: "/з", expression: /(?:\/ ?|за (?:1 |один |одну )?)/iy };
const FACTOR: Words = { signs: "1", expression: /(?:1000|100|10)(?= |[мшк])/y };
/** What may go on with a number behind its first digits, as a space may. */
const DIGIT_SIGNS = ".,'’";
const MAX_PLAIN_DIGITS = 20;

/** Reads the number at `start`, which is a digit. Null when the digits are no number («1.2.3»). */
export function readNumber(text: string, start: number): NumberElement | null {
  const end = endOfPlain(text, start);
  if (end !== null && end - start <= MAX_PLAIN_DIGITS) {
    const digits = text.slice(start, end);
    return describeNumber(text, start, digits, { units: BigInt(digits), scale: 0 }, false);
  }
  const digits = matchAt(DIGITS, text, start) ?? "";
  const read = readDecimal(digits.replaceAll("’", "'"));
  if (!read.ok) return null;
  return describeNumber(text, start, digits, read.decimal, read.couldBeThousands);
}

/** Where digits end that nothing goes on with, as it may in «1 000» and «1,5». */
function endOfPlain(text: string, start: number): number | null {
  const end = endOfDigits(text, start);
  const sign = text.charAt(end);
  if (sign === " ") return isDigitAt(text, end + 1) ? null : end;
  return sign !== "" && DIGIT_SIGNS.includes(sign) ? null : end;
}

function describeNumber(
  text: string,
  start: number,
  digits: string,
  decimal: Decimal,
  couldBeThousands: boolean,
): NumberElement {
  const end = start + digits.length;
  const isForeign = start > 0 && "$€₸".includes(text.charAt(start - 1));
  const behind = text.charAt(text.charAt(end) === " " ? end + 1 : end);
  const unit = NOTHING_BEHIND.includes(behind) ? null : unitAt({ text, at: end });
  const number: NumberElement = {
    type: "number",
    start,
    end: unit?.end ?? end,
    digits,
    decimal,
    couldBeThousands,
    unit: unit?.unit ?? null,
    isMoney: false,
    isForeign,
    per: null,
    expression: null,
  };
  const isClear = unit === null ? !MONEY_SIGNS.includes(behind) : unit.unit.label !== "т";
  return isClear || behind === "" ? number : describeUnits(text, number, end);
}

const PLAIN = {
  type: "number",
  unit: null,
  per: null,
  expression: null,
  isMoney: false,
  isForeign: false,
} as const;
/** No currency or unit begins with these, nor behind the end of a row. */
const NOTHING_BEHIND = "0123456789,.;:()—–*×=-";

/** What currencies, powers of ten and «/м2» begin with. */
const MONEY_SIGNS = [THOUSAND, SHORT_THOUSAND, MILLION, CURRENCY, FOREIGN, KOPECK_WORD, PER]
  .map(({ signs }) => signs + signs.toUpperCase())
  .join("");

/** What the words behind the digits tell: currency, powers of ten, «/м2», and the unit behind a power. */
function describeUnits(text: string, number: NumberElement, end: number): NumberElement {
  const rest = { text, at: end };
  const isForeign = take(rest, FOREIGN) || number.isForeign;
  const power = takePower(rest);
  if (rest.at === end && number.unit !== null) return number;
  const decimal = scaleUp(number.decimal, power);
  const couldBeThousands = number.couldBeThousands && power === 0;
  const unit = rest.at === end ? null : unitAt(rest);
  const found = unit ? { end: unit.end, unit: unit.unit } : readMoney(rest, number, decimal, power);
  return { ...number, unit: null, decimal, couldBeThousands, isForeign, ...found };
}

type Money = Pick<NumberElement, "end" | "decimal" | "isMoney" | "per">;

function readMoney(rest: Rest, { start }: NumberElement, scaled: Decimal, power: number): Money {
  const mayBePole = "PР".includes(rest.text.charAt(start + 1));
  const isPole = mayBePole && POLES.test(rest.text.slice(start, rest.at + 2));
  const hasCurrency = !isPole && take(rest, CURRENCY);
  const before = rest.at;
  const hasKopecks = hasCurrency && scaled.scale === 0 && take(rest, KOPECKS);
  const isInKopecks = !hasCurrency && take(rest, KOPECK_WORD);
  const decimal = hasKopecks
    ? addHundredths(scaled, parseInt(rest.text.slice(before), 10))
    : scaleDown(scaled, isInKopecks ? 2 : 0);
  const per = takePer(rest, hasCurrency);
  const isMoney = hasCurrency || isInKopecks || power > 0;
  return { end: rest.at, decimal, isMoney, per };
}

/** The quantity that an expression gives, when a unit follows it. Null otherwise. */
export function readComputed(
  text: string,
  start: number,
  expression: string,
): NumberElement | null {
  const match = unitAt({ text, at: start + expression.length });
  if (!match) return null;
  const result = evaluateExpression(expression, QUANTITY_SCALE);
  if (!result.ok || result.value < 0n) return null;
  return {
    ...PLAIN,
    start,
    end: match.end,
    digits: expression,
    unit: match.unit,
    couldBeThousands: false,
    decimal: { units: result.value, scale: QUANTITY_SCALE },
    expression: expression.replace(/^=/, ""),
  };
}

interface Rest {
  readonly text: string;
  at: number;
}

/** Takes what the words match behind at most two spaces. */
function take(rest: Rest, words: Words): boolean {
  const at = skipSpaces(rest);
  if (!words.signs.includes(rest.text.charAt(at).toLowerCase() || " ")) return false;
  const found = matchAt(words.expression, rest.text, at);
  if (found !== null) rest.at = at + found.length;
  return found !== null;
}

function skipSpaces({ text, at }: Rest): number {
  if (text.charAt(at) !== " ") return at;
  return text.charAt(at + 1) === " " ? at + 2 : at + 1;
}

function unitAt(rest: Rest): UnitMatch | null {
  return matchUnit(rest.text, skipSpaces(rest));
}

/** «тыс», «т.р.», «к», «млн»: the power of ten. «12 к-т» and «12 т» are units instead. */
function takePower(rest: Rest): number {
  if (take(rest, THOUSAND)) return 3;
  if (take(rest, MILLION)) return 6;
  const isGlued = rest.text.charAt(rest.at) !== " ";
  return take(rest, isGlued ? SHORT_THOUSAND : SHORT_THOUSAND_AT_END) ? 3 : 0;
}

/** «/м2», «за 100 м2»; behind a currency also «руб м2». */
function takePer(rest: Rest, hasCurrency: boolean): UnitBase | null {
  const before = rest.at;
  const hasWord = take(rest, PER);
  const afterWord = rest.at;
  const hasFactor = hasWord && take(rest, FACTOR);
  const factor = hasFactor ? rest.text.slice(afterWord, rest.at) : "";
  const match = hasWord || hasCurrency ? unitAt(rest) : null;
  rest.at = match?.end ?? before;
  return match && { factor: BigInt(factor === "" ? 1 : factor), unit: match.unit.label };
}

function scaleDown(decimal: Decimal, power: number): Decimal {
  return power === 0 ? decimal : { units: decimal.units, scale: decimal.scale + power };
}

function scaleUp(decimal: Decimal, power: number): Decimal {
  if (power === 0) return decimal;
  return { units: decimal.units * 10n ** BigInt(power), scale: decimal.scale };
}

function addHundredths(decimal: Decimal, hundredths: number): Decimal {
  return { units: decimal.units * 100n + BigInt(hundredths), scale: 2 };
}
