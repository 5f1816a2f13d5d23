import { type NumberReason, readDecimal } from "./decimal_ru.ts";
import { divideRounded, powerOfTen } from "./decimal.ts";

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
  const result = evaluate(tokens.tokens);
  if (typeof result === "string") return { ok: false, reason: result };
  return { ok: true, value: divideRounded(result.over * powerOfTen(scale), result.under) };
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
    tokens.push({ over: read.decimal.units, under: powerOfTen(read.decimal.scale) });
  }
  return { ok: true, tokens };
}

/**
 * Recursive descent: sum → product → atom. Depth is bounded by the bounded length of the text. What can't be
 * calculated is a reason, not an error: an error costs more than the whole row that it stands in.
 */
function evaluate(tokens: readonly Token[]): Fraction | NumberReason {
  let position = 0;

  function readSum(): Fraction | NumberReason {
    let total = readProduct();
    for (let sign = tokens[position]; sign === "+" || sign === "-"; sign = tokens[position]) {
      position += 1;
      const part = readProduct();
      if (typeof total === "string") return total;
      if (typeof part === "string") return part;
      const signed = sign === "+" ? part.over : -part.over;
      total = {
        over: total.over * part.under + signed * total.under,
        under: total.under * part.under,
      };
    }
    return total;
  }

  function readProduct(): Fraction | NumberReason {
    let total = readAtom();
    for (let sign = tokens[position]; sign === "*" || sign === "/"; sign = tokens[position]) {
      position += 1;
      const read = readAtom();
      const factor = sign === "/" ? invert(read) : read;
      if (typeof total === "string") return total;
      if (typeof factor === "string") return factor;
      total = multiply(total, factor);
    }
    return total;
  }

  function readAtom(): Fraction | NumberReason {
    const token = tokens[position];
    position += 1;
    if (typeof token === "object") return token;
    if (token === "+") return readAtom();
    if (token === "-") {
      const atom = readAtom();
      return typeof atom === "string" ? atom : multiply(MINUS_ONE, atom);
    }
    if (token !== "(") return "bad_expression";
    const inner = readSum();
    if (typeof inner === "object" && tokens[position] !== ")") return "bad_expression";
    position += 1;
    return inner;
  }

  const result = readSum();
  return typeof result === "object" && position < tokens.length ? "bad_expression" : result;
}

const MINUS_ONE: Fraction = { over: -1n, under: 1n };

function multiply(a: Fraction, b: Fraction): Fraction {
  return { over: a.over * b.over, under: a.under * b.under };
}

function invert(factor: Fraction | NumberReason): Fraction | NumberReason {
  if (typeof factor === "string") return factor;
  const { over, under } = factor;
  if (over === 0n) return "division_by_zero";
  return over < 0n ? { over: -under, under: -over } : { over: under, under: over };
}
