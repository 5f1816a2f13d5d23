import { powerOfTen } from "../decimal.ts";
import { findUnit } from "../units.ts";
import type { Found } from "./draft.ts";
import type { NumberElement } from "./numbers.ts";
import { isProduct } from "./prices.ts";
import {
  areAdjacent,
  hasMark,
  hasText,
  isLarge,
  isMarkedPrice,
  isQuantity,
  type Placed,
  type Tokens,
  withRemark,
  words,
} from "./tokens.ts";

/** «Плитка 60 х 120» is a size, «Розетки 5 х 300» quantity and price: told by how far they are apart. */
const LEAST_RATIO = 4n;
/** Units that no name ends with by chance. */
const ABBREVIATED = new Set(["м²", "м³", "п.м.", "м", "шт", "кг", "компл", "упак", "рул"]);
/** «компл.)» */
const MAX_ABBREVIATION = 8;
/** Words behind a number that tell what a thing is: «в 2 слоя по 450». */
const NO_UNIT =
  /^(?:сло|этаж|класс|сорт|ряд|уровн|категор|степен|сторон|разряд|жил|фаз|полюс|пост|мод|клавиш|градус|мест)/i;

/** Rows whose numbers have no known unit: «Вывоз мусора 5000», «Розетки 5 по 300», «5 розеток по 300». */
export function readBare(tokens: Tokens): Found {
  if (tokens.elements.some((element) => element.type === "text" && element.isRange)) {
    return { code: "range" };
  }
  const chain = readChain(tokens);
  const [first, second, third] = chain;
  if (first === undefined) return { code: "no_numbers" };
  if (chain.length > 3) return { code: "too_many_numbers" };
  if (second === undefined) return readSingle(tokens, first);
  return third === undefined
    ? readPair(tokens, first, second)
    : readTriple(tokens, first, second, third);
}

/** The numbers that end the row, with nothing but signs between them; a remark only behind money. */
function readChain(tokens: Tokens): Placed[] {
  const numbers = tokens.numbers.filter((placed) => !isQuantity(placed));
  const end = tokens.elements.length;
  const last = numbers.findLastIndex(
    (placed) => !hasText(tokens, placed.at, end) || isMarkedPrice(tokens, placed),
  );
  let first = last;
  for (let left = numbers[first - 1]; left; left = numbers[first - 1]) {
    const right = numbers[first];
    if (right === undefined || !areAdjacent(tokens, left, right)) break;
    first -= 1;
  }
  return numbers.slice(Math.max(0, first), last + 1);
}

function readTriple(tokens: Tokens, quantity: Placed, price: Placed, sum: Placed): Found {
  const isStated = hasMark(tokens, price.at, sum.at, "equals", "total");
  if (!isStated && !isProduct(quantity.number, price.number, sum.number)) {
    // «Плитка 60 х 120 2200»
    const isSize = hasMark(tokens, quantity.at, price.at, "times");
    return isSize ? readSingle(tokens, sum) : { code: "too_many_numbers" };
  }
  return compose(tokens, quantity.at, sum.at, { quantity, price, sum });
}

function readPair(tokens: Tokens, left: Placed, right: Placed): Found {
  const isTimes = hasMark(tokens, left.at, right.at, "times");
  const isLeftPrice = isMarkedPrice(tokens, left);
  if (isLeftPrice && isMarkedPrice(tokens, right)) return { code: "ambiguous_number" };
  if (isLeftPrice) {
    if (!isTimes) return { code: "ambiguous_number" };
    return compose(tokens, left.at, right.at, { quantity: right, price: left, sum: null });
  }
  const split = splitQuantity(left, right);
  if (split) return compose(tokens, left.at, right.at, split);
  if (hasMark(tokens, left.at, right.at, "equals", "total")) {
    return compose(tokens, left.at, right.at, { quantity: left, price: null, sum: right });
  }
  if (isTimes && !isMarkedPrice(tokens, right) && !isFarApart(left.number, right.number)) {
    return { code: "ambiguous_number" };
  }
  return compose(tokens, left.at, right.at, { quantity: left, price: right, sum: null });
}

function readSingle(tokens: Tokens, price: Placed): Found {
  const isMarked = isMarkedPrice(tokens, price);
  const isSum = hasMark(tokens, price.at - 1, price.at, "total", "equals");
  const front = tokens.numbers[0];
  if (isMarked && front && front.at < price.at && isWhole(front.number)) {
    const own = readOwnUnit(tokens, front, price);
    if (own) return own;
    if (front.at === 0 && hasText(tokens, 0, price.at)) {
      const name = withRemark(words(tokens, 1, price.at), behind(tokens, price));
      return {
        name,
        quantity: front.number,
        unit: null,
        price: price.number,
        sum: null,
        warnings: [],
      };
    }
  }
  if (/\d ?кв\.?$/i.test(words(tokens, 0, price.at))) return { code: "ambiguous_quantity" };
  if (!isMarked && !isSum && !isLarge(price)) return { code: "ambiguous_number" };
  return compose(tokens, price.at, price.at, { quantity: null, price, sum: null });
}

/** «12 ступеней по 1500»: the trade's own unit, when the price is named for each. */
function readOwnUnit(tokens: Tokens, front: Placed, price: Placed): Found | null {
  const { numbers } = tokens;
  const number = numbers[numbers.findIndex(({ at }) => at === price.at) - 1] ?? front;
  const unit = words(tokens, number.at + 1, price.at);
  const isNamed = hasMark(tokens, number.at, price.at, "price", "times");
  if (number.at === 0 || number.number.unit || !isNamed) return null;
  if (!/^\p{L}{2,20}\.?$/u.test(unit) || NO_UNIT.test(unit)) return null;
  const name = withRemark(words(tokens, 0, number.at), behind(tokens, price));
  return {
    name,
    quantity: number.number,
    unit,
    price: price.number,
    sum: null,
    warnings: ["unit_unknown"],
  };
}

interface Roles {
  readonly quantity: Placed | null;
  readonly price: Placed | null;
  readonly sum: Placed | null;
}

function compose(tokens: Tokens, first: number, last: number, roles: Roles): Found {
  const isAbout = hasMark(tokens, Math.max(0, first - 1), last + 1, "about");
  const { name, unit } = takeUnit(words(tokens, 0, first));
  const price = roles.price?.number ?? null;
  const isUnclear = roles.quantity === null && unit !== null && !price?.isMoney;
  if (isUnclear) return { code: "ambiguous_number" };
  return {
    name: withRemark(name, words(tokens, last + 1, tokens.elements.length)),
    quantity: roles.quantity?.number ?? null,
    unit,
    price,
    sum: roles.sum?.number ?? null,
    warnings: isAbout ? ["price_approximate"] : [],
  };
}

/** «Штукатурка стен м2» of a table that was copied without its tabs. */
function takeUnit(name: string): { name: string; unit: string | null } {
  const border = Math.max(name.lastIndexOf(" "), name.lastIndexOf(","), name.lastIndexOf("("));
  const rest = name.slice(0, Math.max(0, border));
  const known = name.length - border <= MAX_ABBREVIATION ? findUnit(name.slice(border + 1)) : null;
  if (!known || !ABBREVIATED.has(known.label) || !/[^\d]$/.test(rest)) return { name, unit: null };
  return { name: rest, unit: known.label };
}

function behind(tokens: Tokens, price: Placed): string {
  return words(tokens, price.at + 1, tokens.elements.length);
}

function isWhole(number: NumberElement): boolean {
  return number.decimal.scale === 0 && !number.isMoney && number.digits.length <= 4;
}

/** «5 300 1500» is 5 × 300 = 1500. */
function splitQuantity(left: Placed, right: Placed): Roles | null {
  const groups = left.number.digits.split(" ");
  for (let border = 1; border < groups.length; border += 1) {
    const quantity = part(left, groups.slice(0, border));
    const price = part(left, groups.slice(border));
    if (isProduct(quantity.number, price.number, right.number))
      return { quantity, price, sum: right };
  }
  return null;
}

function part(whole: Placed, groups: readonly string[]): Placed {
  const digits = groups.join(" ");
  const decimal = { units: BigInt(groups.join("").replace(/\D/g, "")), scale: 0 };
  return { at: whole.at, number: { ...whole.number, digits, decimal } };
}

function isFarApart(left: NumberElement, right: NumberElement): boolean {
  const scale = BigInt(10 ** Math.max(left.decimal.scale, right.decimal.scale));
  const value = ({ decimal }: NumberElement) => (decimal.units * scale) / powerOfTen(decimal.scale);
  return value(right) >= LEAST_RATIO * value(left);
}
