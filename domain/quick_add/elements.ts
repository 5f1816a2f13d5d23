import type { NumberElement } from "./numbers.ts";

/** A piece of a row: words, a number with all that belongs to it, or a sign between them. */
export type Element = TextElement | MarkElement | NumberElement;

export interface TextElement {
  readonly type: "text";
  readonly start: number;
  readonly end: number;
  /** «10-12 м2»: a quantity that was not decided. */
  readonly isRange: boolean;
}

export interface MarkElement {
  readonly type: "mark";
  readonly mark: Mark;
  readonly start: number;
  readonly end: number;
}

/**
 * plain: , ; : - | and the like; times: x * ×; equals: =; price: «по», «цена»; total: «итого», «за» before
 * a sum; whole: «за всё» behind one; about: «от», ~.
 */
export type Mark = "plain" | "times" | "equals" | "price" | "total" | "whole" | "about";

export function text(start: number, end: number): TextElement {
  return { type: "text", start, end: Math.max(end, start + 1), isRange: false };
}

export function mark(kind: Mark, start: number, end: number): MarkElement {
  return { type: "mark", mark: kind, start, end };
}
