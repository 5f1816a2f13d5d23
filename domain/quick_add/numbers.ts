import { evaluateExpression } from "../arithmetic.ts";
import { powerOfTen } from "../decimal.ts";
import { type Decimal, MAX_DIGITS, readDecimal } from "../decimal_ru.ts";
import { QUANTITY_SCALE } from "../quantity.ts";
import type { Unit } from "../unit_table.ts";
import { spend } from "./effort.ts";
import { endOfDigits, isDigitAt } from "./characters.ts";
import {
  CURRENCY,
  FACTOR,
  FOREIGN,
  isNothingAt,
  KOPECK_WORD,
  KOPECKS,
  mayBeMoneyAt,
  MILLION,
  PER,
  type Rest,
  SHORT_THOUSAND,
  SHORT_THOUSAND_AT_END,
  skipSpace,
  skipSpaces,
  take,
  THOUSAND,
} from "./followers.ts";
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

/** «автомат 1P»: the poles of a breaker. */
const POLES = /^\d[PР](?![\p{L}\d.])/u;
/** What may go on with a number behind its first digits, as a space may. */
const DIGIT_SIGNS = ".,'’";

/** Reads the number at `start`, which is a digit. Null when the digits are no number («1.2.3»). */
export function readNumber(text: string, start: number): NumberElement | null {
  spend(8);
  const end = endOfPlain(text, start);
  if (end !== null) {
    if (end - start > MAX_DIGITS) return null;
    const digits = text.slice(start, end);
    return describeNumber(text, start, digits, { units: BigInt(digits), scale: 0 }, false);
  }
  spend(6);
  const digits = matchAt(DIGITS, text, start) ?? "";
  const read = readDecimal(digits.includes("’") ? digits.replaceAll("’", "'") : digits);
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
  const behind = skipSpace(text, end);
  const match = isNothingAt(text, behind) ? null : matchUnit(text, skipSpaces(text, end));
  const number: NumberElement = {
    type: "number",
    start,
    end: match?.end ?? end,
    digits,
    decimal,
    couldBeThousands,
    unit: match?.unit ?? null,
    isMoney: false,
    isForeign: start > 0 && "$€₸".includes(text.charAt(start - 1)),
    per: null,
    expression: null,
  };
  const isUnclear = match === null ? mayBeMoneyAt(text, behind) : match.unit.label === "т";
  return isUnclear ? readPower(text, number, end) : number;
}

/** What the words behind the digits tell: currency, powers of ten, «/м2», and the unit behind a power. */
function readPower(text: string, number: NumberElement, end: number): NumberElement {
  spend(1);
  const rest: Rest = { text, at: end };
  const isForeign = take(rest, FOREIGN) || number.isForeign;
  const power = takePower(rest);
  if (rest.at === end && number.unit !== null) return number;
  const match = rest.at === end ? null : unitAt(rest);
  if (match === null) return readMoney(rest, number, power, isForeign);
  const decimal = scaleUp(number.decimal, power);
  const couldBeThousands = number.couldBeThousands && power === 0;
  return { ...number, end: match.end, unit: match.unit, decimal, couldBeThousands, isForeign };
}

function readMoney(
  rest: Rest,
  number: NumberElement,
  power: number,
  isForeign: boolean,
): NumberElement {
  const hasCurrency = !isPole(rest, number.start) && take(rest, CURRENCY);
  const isInKopecks = !hasCurrency && take(rest, KOPECK_WORD);
  const whole = scaleUp(number.decimal, power);
  const kopecks = hasCurrency && whole.scale === 0 ? takeKopecks(rest) : null;
  const decimal =
    kopecks === null ? scaleDown(whole, isInKopecks ? 2 : 0) : addHundredths(whole, kopecks);
  const per = takePer(rest, hasCurrency);
  return {
    ...number,
    unit: null,
    end: rest.at,
    decimal,
    couldBeThousands: number.couldBeThousands && power === 0,
    isMoney: hasCurrency || isInKopecks || power > 0,
    isForeign,
    per,
  };
}

function isPole({ text, at }: Rest, start: number): boolean {
  return "PР".includes(text.charAt(start + 1)) && POLES.test(text.slice(start, at + 2));
}

function takeKopecks(rest: Rest): bigint | null {
  const before = rest.at;
  return take(rest, KOPECKS) ? BigInt(parseInt(rest.text.slice(before), 10)) : null;
}

/** The quantity that an expression gives, when a unit follows it that is accepted. Null otherwise. */
export function readComputed(
  text: string,
  start: number,
  expression: string,
  accepts: (unit: Unit) => boolean,
): NumberElement | null {
  const match = matchUnit(text, skipSpaces(text, start + expression.length));
  if (!match || !accepts(match.unit)) return null;
  spend(20 + expression.length);
  const result = evaluateExpression(expression, QUANTITY_SCALE);
  if (!result.ok || result.value < 0n) return null;
  return {
    type: "number",
    start,
    end: match.end,
    digits: expression,
    decimal: { units: result.value, scale: QUANTITY_SCALE },
    couldBeThousands: false,
    unit: match.unit,
    isMoney: false,
    isForeign: false,
    per: null,
    expression: expression.replace(/^=/, ""),
  };
}

function unitAt(rest: Rest): UnitMatch | null {
  return matchUnit(rest.text, skipSpaces(rest.text, rest.at));
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
  spend(8);
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
  return { units: decimal.units * powerOfTen(power), scale: decimal.scale };
}

function addHundredths(decimal: Decimal, hundredths: bigint): Decimal {
  return { units: decimal.units * 100n + hundredths, scale: 2 };
}
