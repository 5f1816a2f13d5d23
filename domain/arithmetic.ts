import { type NumberReason, readDecimal } from "./decimal_ru.ts";
import { divideRounded } from "./decimal.ts";

/** An exact fraction; the denominator is positive. */
export interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

export type ExpressionResult =
  | { readonly ok: true; readonly value: bigint }
  | { readonly ok: false; readonly reason: NumberReason };

type Token = Fraction | "+" | "-" | "*" | "/" | "(" | ")";

/** Every sign that people use for multiplying and dividing; Latin x and Cyrillic х look the same. */
const OPERATORS: Readonly<Record<string, Token>> = {
  "+": "+",
  "-": "-",
  "*": "*",
  x: "*",
  X: "*",
  х: "*",
  Х: "*",
  "×": "*",
  "·": "*",
  "∙": "*",
  "/": "/",
  ":": "/",
  "÷": "/",
  "(": "(",
  ")": ")",
};

/** True when the tidied text is meant to be calculated rather than read: an operator inside it. */
export function looksLikeExpression(tidied: string): boolean {
  if (tidied.startsWith("=")) return true;
  return /\d/.test(tidied) && /^[\d.,' ’+\-*xXхХ×·∙/:÷()]+$/.test(tidied) && hasOperator(tidied);
}

/**
 * Calculates + − × ÷ and brackets exactly; the result is in units of 10^-scale, rounded half away from
 * zero once, at the end. The length of the text is the caller's to bound. `resolve` gives the value of
 * «{a name}»; null: there is no such thing.
 */
export function evaluateExpression(
  tidied: string,
  scale: number,
  resolve: (name: string) => Fraction | null = () => null,
): ExpressionResult {
  const source = tidied.startsWith("=") ? tidied.slice(1) : tidied;
  if (/\*\*|\^/.test(source)) return { ok: false, reason: "exponent" };
  const tokens = tokenize(source, resolve);
  if (!tokens.ok) return tokens;
  try {
    const { over, under } = evaluate(tokens.tokens);
    return { ok: true, value: divideRounded(over * 10n ** BigInt(scale), under) };
  } catch (error) {
    if (error instanceof ExpressionError) return { ok: false, reason: error.reason };
    throw error;
  }
}

class ExpressionError extends Error {
  readonly reason: NumberReason;

  constructor(reason: NumberReason) {
    super(reason);
    this.reason = reason;
  }
}

function hasOperator(tidied: string): boolean {
  return /[+\-*xXхХ×·∙/:÷()]/.test(tidied.replace(/^[+-]/, ""));
}

type Tokens =
  | { readonly ok: true; readonly tokens: Token[] }
  | { readonly ok: false; readonly reason: NumberReason };

function tokenize(source: string, resolve: (name: string) => Fraction | null): Tokens {
  const tokens: Token[] = [];
  for (const part of source.match(/\{[^{}]*\}|[\d.,'’][\d.,'’ ]*|\S/g) ?? []) {
    const operator = OPERATORS[part];
    if (operator !== undefined) {
      tokens.push(operator);
      continue;
    }
    if (part.startsWith("{")) {
      const value = resolve(part.slice(1, -1));
      if (!value) return { ok: false, reason: "bad_expression" };
      tokens.push(value);
      continue;
    }
    const read = readDecimal(part.trim());
    if (!read.ok) return { ok: false, reason: read.reason };
    tokens.push({ over: read.decimal.units, under: 10n ** BigInt(read.decimal.scale) });
  }
  return { ok: true, tokens };
}

/** Recursive descent: sum → product → atom. Depth is bounded by the bounded length of the text. */
function evaluate(tokens: readonly Token[]): Fraction {
  let position = 0;

  function readSum(): Fraction {
    let total = readProduct();
    for (let sign = tokens[position]; sign === "+" || sign === "-"; sign = tokens[position]) {
      position += 1;
      const { over, under } = readProduct();
      const signed = sign === "+" ? over : -over;
      total = { over: total.over * under + signed * total.under, under: total.under * under };
    }
    return total;
  }

  function readProduct(): Fraction {
    let total = readAtom();
    for (let sign = tokens[position]; sign === "*" || sign === "/"; sign = tokens[position]) {
      position += 1;
      const factor = readAtom();
      total = sign === "*" ? multiply(total, factor) : multiply(total, invert(factor));
    }
    return total;
  }

  function readAtom(): Fraction {
    const token = tokens[position];
    position += 1;
    if (token === undefined) throw new ExpressionError("bad_expression");
    if (typeof token === "object") return token;
    if (token === "-") return multiply({ over: -1n, under: 1n }, readAtom());
    if (token === "+") return readAtom();
    if (token !== "(") throw new ExpressionError("bad_expression");
    const inner = readSum();
    if (tokens[position] !== ")") throw new ExpressionError("bad_expression");
    position += 1;
    return inner;
  }

  const result = readSum();
  if (position < tokens.length) throw new ExpressionError("bad_expression");
  return result;
}

function multiply(a: Fraction, b: Fraction): Fraction {
  return { over: a.over * b.over, under: a.under * b.under };
}

function invert({ over, under }: Fraction): Fraction {
  if (over === 0n) throw new ExpressionError("division_by_zero");
  return over < 0n ? { over: -under, under: -over } : { over: under, under: over };
}
