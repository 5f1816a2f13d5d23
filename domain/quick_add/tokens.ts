import { powerOfTen } from "../decimal.ts";
import type { Element, Mark } from "./elements.ts";
import { lex, type Lexed } from "./lexer.ts";
import type { NumberElement } from "./numbers.ts";
import type { UnreadCode, WarningCode } from "./types.ts";

/** A row or a part of one and its elements, with the questions that the readers of positions ask. */
export interface Tokens {
  /** The whole row, which the elements count their places in. */
  readonly text: string;
  readonly elements: readonly Element[];
  readonly numbers: readonly Placed[];
  /** Why the row was not read to its end, null when it was. */
  readonly excess: Lexed["excess"];
}

/** A number and its place among the elements. */
export interface Placed {
  readonly at: number;
  readonly number: NumberElement;
}

/** Of a row that may take effort `until`. */
export function tokenize(text: string, until: number): Tokens {
  return placeNumbers(text, lex(text, until));
}

/** The parts between semicolons; those inside brackets part nothing. Without empty ones. */
export function splitTokens({ text, elements, excess }: Tokens): Tokens[] {
  const parts: Tokens[] = [];
  let from = 0;
  for (let at = 0; at <= elements.length; at += 1) {
    const element = elements[at];
    if (element !== undefined && !(element.type === "mark" && text.charAt(element.start) === ";")) {
      continue;
    }
    if (at > from) parts.push(placeNumbers(text, { elements: elements.slice(from, at), excess }));
    from = at + 1;
  }
  return parts;
}

/** The text that the elements are of. */
export function textOf({ text, elements }: Tokens): string {
  return text.slice(elements[0]?.start ?? 0, elements.at(-1)?.end ?? 0);
}

function placeNumbers(text: string, { elements, excess }: Lexed): Tokens {
  const numbers: Placed[] = [];
  for (let at = 0; at < elements.length; at += 1) {
    const element = elements[at];
    if (element?.type === "number") numbers.push({ at, number: element });
  }
  return { text, elements, numbers, excess };
}

export function isQuantity({ number }: Placed): boolean {
  return number.unit !== null;
}

/** A number without a currency is taken for a price from this on; below it may as well be a quantity. */
const LEAST_BARE_PRICE = 100n;

export function isLarge({ number }: Placed): boolean {
  const { units, scale } = number.decimal;
  return units >= LEAST_BARE_PRICE * powerOfTen(scale);
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
  for (let at = left.at + 1; at < right.at; at += 1) {
    if (tokens.elements[at]?.type !== "mark") return false;
  }
  return true;
}

export function hasMark(tokens: Tokens, from: number, to: number, ...wanted: Mark[]): boolean {
  for (let at = Math.max(0, from); at < to; at += 1) {
    const element = tokens.elements[at];
    if (element?.type === "mark" && wanted.includes(element.mark)) return true;
  }
  return false;
}

export function hasText(tokens: Tokens, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    if (tokens.elements[at]?.type === "text") return true;
  }
  return false;
}

/** The words from one element to another, without the signs at both ends. */
export function words(tokens: Tokens, from: number, to: number): string {
  const { elements, text } = tokens;
  let first = from;
  let last = to;
  while (first < last && elements[first]?.type === "mark") first += 1;
  while (first < last && elements[last - 1]?.type === "mark") last -= 1;
  const [begin, end] = [elements[first], elements[last - 1]];
  return begin && end && first < last ? text.slice(begin.start, end.end).trimEnd() : "";
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
  if (numbers.length === 0) return null;
  if (numbers.some((placed) => isQuantity(placed) || isMarkedPrice(tokens, placed))) {
    return "several_items";
  }
  const last = numbers.at(-1);
  const isLast = last !== undefined && !hasText(tokens, last.at, tokens.elements.length);
  return isLast ? "too_many_numbers" : null;
}

/** True when the words before the position hold a position of their own. */
export function holdsPosition(tokens: Tokens, to: number): boolean {
  const numbers = tokens.numbers.filter(({ at }) => at < to);
  // A quantity with a price takes two.
  if (numbers.length < 2) return false;
  return numbers.some((left, index) => {
    const right = numbers[index + 1];
    if (right === undefined || !areAdjacent(tokens, left, right)) return false;
    return isQuantity(left) && !isQuantity(right) && hasText(tokens, right.at, to);
  });
}
