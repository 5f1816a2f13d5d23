import type { Found } from "./draft.ts";
import type { NumberElement } from "./numbers.ts";
import { readProduct } from "./products.ts";
import {
  hasText,
  isLarge,
  isMarkedPrice,
  isQuantity,
  type Placed,
  type Tokens,
  warnAbout,
  withRemark,
  words,
} from "./tokens.ts";

/** «22 м2 штукатурки по 650», «Дверь 2 шт. белая 4500», «Штукатурка 22 м2»: words between or no price. */
export function readApart(tokens: Tokens): Found | null {
  const { numbers } = tokens;
  const price = findPrice(tokens, numbers);
  const quantity = chooseQuantity(tokens, numbers, price);
  if (quantity === "unclear") return { code: "ambiguous_quantity" };
  if (quantity === null) return null;

  const product = readProduct(tokens, numbers.slice(0, numbers.indexOf(quantity)), quantity);
  if (product === "unclear") return { code: "ambiguous_quantity" };
  const begin = product?.at ?? quantity.at;
  const isPriceFirst = price !== null && price.at < begin;
  const [left, right] = isPriceFirst ? [price.at, begin] : [begin, price?.at ?? begin];
  const between = words(tokens, (isPriceFirst ? price.at : quantity.at) + 1, right);
  const tail = words(tokens, Math.max(quantity.at, price?.at ?? 0) + 1, tokens.elements.length);
  const name = joinWords(words(tokens, 0, left), between);
  const isGuess = price !== null && name !== "" && hasText(tokens, 0, begin);
  return {
    name: price === null ? joinWords(name, tail) : withRemark(name, tail),
    quantity: product?.number ?? quantity.number,
    unit: null,
    price: price?.number ?? null,
    sum: null,
    warnings: [
      ...warnAbout(tokens, 0, price?.at ?? 0),
      ...(isGuess ? (["order_guessed"] as const) : []),
    ],
  };
}

function joinWords(left: string, right: string): string {
  return `${left} ${right}`.trim();
}

/** The only marked price, or a number that ends the row; a small one only behind a quantity in front. */
function findPrice(tokens: Tokens, numbers: readonly Placed[]): Placed | null {
  const [marked, ...others] = numbers.filter((placed) => isMarkedPrice(tokens, placed));
  if (marked && others.length === 0) return marked;
  const last = numbers.at(-1);
  if (!last || isQuantity(last) || hasText(tokens, last.at, tokens.elements.length)) return null;
  const isInFront = numbers.some((placed) => isQuantity(placed) && !hasText(tokens, 0, placed.at));
  return isInFront || isLarge(last) ? last : null;
}

/** One quantity, where kilograms and litres in the middle count as the size of a bag. */
function chooseQuantity(
  tokens: Tokens,
  numbers: readonly Placed[],
  price: Placed | null,
): Placed | "unclear" | null {
  const quantities = numbers.filter(isQuantity);
  const front = quantities.find(({ at }) => !hasText(tokens, 0, at));
  const last = quantities.at(-1);
  const isLastAtEnd = last && !hasText(tokens, last.at, tokens.elements.length);
  if (last && quantities.length === 1 && (price === null || last === front)) return last;
  if (price === null && isLastAtEnd) return last;
  const likely = quantities.filter(({ number }) => !isPackage(number));
  const [only, ...more] = likely;
  if (only && more.length === 0) return only;
  if (likely.length > 1 && front && likely.includes(front)) return front;
  return likely.length === 0 ? null : "unclear";
}

function isPackage(number: NumberElement): boolean {
  return number.unit?.label === "кг" || number.unit?.label === "л";
}
