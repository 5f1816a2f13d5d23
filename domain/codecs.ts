import { z } from "zod";
import { type Day, parseDay } from "./calendar.ts";
import { formatMoney, type Kopecks, MAX_KOPECKS, parseMoney } from "./money.ts";
import { formatPercent, parsePercent, type Percent, PERCENT_HUNDRED } from "./percent.ts";
import { formatQuantity, MAX_QUANTITY, parseQuantity, type Quantity } from "./quantity.ts";

/**
 * Between the wire (JSON: decimal strings) and the program (branded bigints).
 * `z.decode(schema, wire)` reads, `z.encode(schema, value)` writes.
 */
function decimalCodec<Value extends bigint>(
  parse: (text: string) => Value | null,
  format: (value: Value) => string,
  maximum: bigint,
  minimum = 0n,
) {
  return z.codec(
    z.string().max(40),
    z.custom<Value>((value) => typeof value === "bigint" && value >= minimum && value <= maximum),
    {
      decode: (text, context) => {
        const value = parse(text);
        if (value !== null) return value;
        context.issues.push({ code: "custom", input: text, message: "not an exact decimal" });
        return z.NEVER;
      },
      encode: (value) => format(value),
    },
  );
}

/** A sum from 0 to `MAX_KOPECKS`: "450.50". */
export const moneyCodec = decimalCodec<Kopecks>(parseMoney, formatMoney, MAX_KOPECKS);

/** Any sum of sums, also below zero: "-0.01". */
export const sumCodec = z.codec(
  z.string().max(40),
  z.custom<Kopecks>((value) => typeof value === "bigint"),
  {
    decode: (text, context) => {
      const value = parseMoney(text);
      if (value !== null) return value;
      context.issues.push({ code: "custom", input: text, message: "not an exact sum" });
      return z.NEVER;
    },
    encode: (value) => formatMoney(value),
  },
);

/** A quantity from 0 to `MAX_QUANTITY`: "12.5". */
export const quantityCodec = decimalCodec<Quantity>(parseQuantity, formatQuantity, MAX_QUANTITY);

/** 0 to 1 000 %. */
export const percentCodec = decimalCodec<Percent>(
  parsePercent,
  formatPercent,
  10n * PERCENT_HUNDRED,
);

/** 0 to 100 %: a discount can't be more than everything. */
export const sharePercentCodec = decimalCodec<Percent>(
  parsePercent,
  formatPercent,
  PERCENT_HUNDRED,
);

/** A day: "2026-11-22". */
export const dayCodec = z.codec(
  z.string(),
  z.custom<Day>((value) => typeof value === "string" && parseDay(value) !== null),
  { decode: (text) => text as Day, encode: (day) => day },
);
