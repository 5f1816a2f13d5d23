import { readApart } from "./apart.ts";
import { readBare } from "./bare.ts";
import { composeDraft, type DraftResult, type Found, type Parts } from "./draft.ts";
import { MAX_NUMBERS } from "./lexer.ts";
import { readProduct } from "./products.ts";
import {
  areAdjacent,
  findSurplus,
  hasMark,
  holdsPosition,
  isMarkedPrice,
  isLarge,
  isQuantity,
  type Placed,
  textOf,
  type Tokens,
  warnAbout,
  withRemark,
  words,
} from "./tokens.ts";
import type { UnreadCode } from "./types.ts";

/**
 * Reads one position: «name quantity unit price», the price also first, the quantity also at the front
 * or in the middle, a stated sum and a remark behind. The rightmost quantity that a price follows wins:
 * what stands left of it is the name («клей 25кг 14 мешков 890»). The text is a squeezed one.
 */
export function readPosition(tokens: Tokens): DraftResult {
  const { text, numbers, excess } = tokens;
  if (excess) return { ok: false, code: excess };
  if (numbers.length > MAX_NUMBERS) return { ok: false, code: "too_many_numbers" };
  if (numbers.some(({ number }) => number.isForeign)) {
    return { ok: false, code: "foreign_currency" };
  }
  // «10^12»; a unit may have one: «22 м^2».
  if (text.includes("^") && /\d\^/.test(text)) return { ok: false, code: "power" };
  const found =
    readTogether(tokens) ?? readPriceFirst(tokens) ?? readApart(tokens) ?? readBare(tokens);
  if ("code" in found) return { ok: false, code: found.code };
  if (isDeduction(tokens, found)) return { ok: false, code: "negative" };
  return composeDraft(found);
}

/** «22 м2 350», «22 м2 по 350 = 7 700», «22 м2 за 7 700», «350 р/м2 22 м2 7 700». */
function readTogether(tokens: Tokens): Found | null {
  const { numbers } = tokens;
  const index = findTogether(tokens);
  const [quantity, money] = [numbers[index], numbers[index + 1]];
  if (!quantity || !money) return null;
  const [before, after] = [numbers[index - 1], numbers[index + 2]];
  if (after && isPriceOf(tokens, money, after, quantity)) return null;

  const price = before && isPriceBefore(tokens, before, quantity) ? before : null;
  const isSum = price !== null || isStatedSum(tokens, quantity, money);
  const follower = after && !isQuantity(after) && areAdjacent(tokens, money, after) ? after : null;
  if (isSum && follower) return { code: "too_many_numbers" };
  const last = follower ?? money;
  const product = price ? null : readProduct(tokens, numbers.slice(0, index), quantity);
  if (product === "unclear") return { code: "ambiguous_quantity" };
  const first = price?.at ?? product?.at ?? quantity.at;
  const surplus = findProblem(tokens, first, last.at + 1);
  if (surplus) return { code: surplus };

  return {
    name: nameAround(tokens, first, last.at + 1),
    quantity: product?.number ?? quantity.number,
    unit: null,
    price: isSum ? (price?.number ?? null) : money.number,
    sum: isSum ? money.number : (follower?.number ?? null),
    warnings: warnAbout(tokens, first, last.at),
  };
}

/** The place of the last quantity that is followed by what may be its price, -1 without one. */
function findTogether(tokens: Tokens): number {
  const { numbers } = tokens;
  for (let index = numbers.length - 2; index >= 0; index -= 1) {
    const [left, right] = [numbers[index], numbers[index + 1]];
    const isPair = left && right && isQuantity(left) && !isQuantity(right);
    if (isPair && areAdjacent(tokens, left, right) && !isCountOfWord(tokens, right)) return index;
  }
  return -1;
}

/** «клей 25кг 890 р/мешок × 14 мешков»: the price is that of the quantity behind it. */
function isPriceOf(tokens: Tokens, price: Placed, quantity: Placed, before: Placed): boolean {
  if (!isPriceBefore(tokens, price, quantity)) return false;
  const base = price.number.per?.unit;
  const isItsBase = base === quantity.number.unit?.label && base !== before.number.unit?.label;
  return isItsBase || hasMark(tokens, price.at, quantity.at, "times");
}

/** The 5 of «Дом 120 м2, 5 комнат»: a small number with a word behind it is no price. */
function isCountOfWord(tokens: Tokens, placed: Placed): boolean {
  const behind = tokens.elements[placed.at + 1];
  const isWord = behind?.type === "text" && tokens.text.charAt(behind.start) !== "(";
  return isWord && !isLarge(placed) && !isMarkedPrice(tokens, placed);
}

/** «350 р/м2 22 м2», «по 350 22 м2», «350 х 22 м2». */
function readPriceFirst(tokens: Tokens): Found | null {
  const { numbers } = tokens;
  const index = numbers.findLastIndex((left, index) => {
    const right = numbers[index + 1];
    return right !== undefined && isPriceBefore(tokens, left, right);
  });
  const [price, quantity] = [numbers[index], numbers[index + 1]];
  if (!price || !quantity) return null;
  const surplus = findProblem(tokens, price.at, quantity.at + 1);
  if (surplus) return { code: surplus };
  return {
    name: nameAround(tokens, price.at, quantity.at + 1),
    quantity: quantity.number,
    unit: null,
    price: price.number,
    sum: null,
    warnings: warnAbout(tokens, price.at, quantity.at),
  };
}

/** True for «350 р/м2 22 м2», «по 350 22 м2», «350 х 22 м2», but not for the sides of «3 х 4 м2». */
function isPriceBefore(tokens: Tokens, price: Placed, quantity: Placed): boolean {
  if (isQuantity(price) || !isQuantity(quantity)) return false;
  if (!areAdjacent(tokens, price, quantity)) return false;
  if (isMarkedPrice(tokens, price)) return true;
  return isLarge(price) && hasMark(tokens, price.at, quantity.at, "times");
}

/** «22 м2 = 7700», «3 шт за 1500», «10 шт 5000 за всё». */
function isStatedSum(tokens: Tokens, quantity: Placed, money: Placed): boolean {
  if (money.number.per !== null) return false;
  if (hasMark(tokens, quantity.at, money.at, "total", "equals")) return true;
  const behind = tokens.elements[money.at + 1];
  return behind?.type === "mark" && behind.mark === "whole";
}

function findProblem(tokens: Tokens, first: number, end: number): UnreadCode | null {
  if (holdsPosition(tokens, first)) return "several_items";
  return findSurplus(tokens, end);
}

function nameAround(tokens: Tokens, first: number, end: number): string {
  return withRemark(words(tokens, 0, first), words(tokens, end, tokens.elements.length));
}

/** «Вычет проёмов -12 м2»: a dash that is meant as a minus. */
function isDeduction(tokens: Tokens, { quantity }: Parts): boolean {
  if (quantity === null) return false;
  const sign = tokens.text.charAt(quantity.start - 1);
  if (sign === "" || !"-–—−".includes(sign)) return false;
  return /(?:^|[^а-яёa-z])(?:вычет|минус|за вычетом)/i.test(textOf(tokens));
}
