import type { Element, Mark } from "./elements.ts";
import { lex } from "./lexer.ts";
import type { NumberElement } from "./numbers.ts";
import type { UnreadCode, WarningCode } from "./types.ts";

/** A row and its elements, with the questions that the readers of positions ask. */
export interface Tokens {
  readonly text: string;
  readonly elements: readonly Element[];
  readonly numbers: readonly Placed[];
}

/** A number and its place among the elements. */
export interface Placed {
  readonly at: number;
  readonly number: NumberElement;
}

export function tokenize(text: string): Tokens {
  const elements = lex(text);
  const numbers: Placed[] = [];
  for (const [at, element] of elements.entries()) {
    if (element.type === "number") numbers.push({ at, number: element });
  }
  return { text, elements, numbers };
}

export function isQuantity({ number }: Placed): boolean {
  return number.unit !== null;
}

/** A number without a currency is taken for a price from this on; below it may as well be a quantity. */
const LEAST_BARE_PRICE = 100n;

export function isLarge({ number }: Placed): boolean {
  const { units, scale } = number.decimal;
  return units >= LEAST_BARE_PRICE * 10n ** BigInt(scale);
}

/** A number that can be nothing but a price: with a currency, «/м2», or «по» before it. */
export function isMarkedPrice(tokens: Tokens, placed: Placed): boolean {
  const { number, at } = placed;
  if (number.unit !== null) return false;
  const before = tokens.elements[at - 1];
  return (
    number.isMoney || number.per !== null || (before?.type === "mark" && before.mark === "price")
  );
}

/** True when only signs stand between the two. */
export function areAdjacent(tokens: Tokens, left: Placed, right: Placed): boolean {
  const between = tokens.elements.slice(left.at + 1, right.at);
  return between.every((element) => element.type === "mark");
}

export function hasMark(tokens: Tokens, from: number, to: number, ...wanted: Mark[]): boolean {
  return tokens.elements
    .slice(from, to)
    .some((element) => element.type === "mark" && wanted.includes(element.mark));
}

export function hasText(tokens: Tokens, from: number, to: number): boolean {
  return tokens.elements.slice(from, to).some((element) => element.type === "text");
}

/** The words from one element to another, without the signs at both ends. */
export function words(tokens: Tokens, from: number, to: number): string {
  const { elements, text } = tokens;
  let first = from;
  let last = to;
  while (first < last && elements[first]?.type === "mark") first += 1;
  while (first < last && elements[last - 1]?.type === "mark") last -= 1;
  const [begin, end] = [elements[first], elements[last - 1]];
  return begin && end && first < last ? text.slice(begin.start, end.end) : "";
}

export function warnAbout(tokens: Tokens, from: number, to: number): WarningCode[] {
  return hasMark(tokens, Math.max(0, from), to, "about") ? ["price_approximate"] : [];
}

/** A remark behind the numbers stays with the name: «Демонтаж плитки (без выноса)». */
export function withRemark(name: string, remark: string): string {
  if (remark === "") return name;
  if (name === "") return remark;
  return remark.startsWith("(") ? `${name} ${remark}` : `${name} (${remark})`;
}

/** What is wrong with the end of a row, which should hold nothing but words. */
export function findSurplus(tokens: Tokens, from: number): UnreadCode | null {
  const numbers = tokens.numbers.filter(({ at }) => at >= from);
  if (numbers.some((placed) => isQuantity(placed) || isMarkedPrice(tokens, placed))) {
    return "several_items";
  }
  const last = numbers.at(-1);
  const isLast = last && !hasText(tokens, last.at, tokens.elements.length);
  return isLast ? "too_many_numbers" : null;
}

/** True when the words before the position hold a position of their own. */
export function holdsPosition(tokens: Tokens, to: number): boolean {
  const numbers = tokens.numbers.filter(({ at }) => at < to);
  return numbers.some((left, index) => {
    const right = numbers[index + 1];
    if (right === undefined || !areAdjacent(tokens, left, right)) return false;
    return isQuantity(left) && !isQuantity(right) && hasText(tokens, right.at, to);
  });
}
