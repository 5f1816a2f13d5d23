import { z } from "zod";
import type { Day } from "../domain/calendar.ts";
import { type Kopecks, parseMoney } from "../domain/money.ts";
import { parsePercent, type Percent } from "../domain/percent.ts";
import { parseQuantity, type Quantity } from "../domain/quantity.ts";

/** Column schemas for the row boundary: what PostgreSQL sends becomes what the domain speaks. */
function decimalColumn<Value>(parse: (text: string) => Value | null) {
  return z.string().transform((text, context): Value => {
    const value = parse(text);
    if (value !== null) return value;
    context.issues.push({ code: "custom", input: text, message: "not an exact decimal" });
    return z.NEVER;
  });
}

/** numeric(16, 2) */
export const moneyColumn = decimalColumn<Kopecks>(parseMoney);
/** numeric(18, 7) */
export const quantityColumn = decimalColumn<Quantity>(parseQuantity);
/** numeric(9, 4) */
export const percentColumn = decimalColumn<Percent>(parsePercent);
/** date, as 'YYYY-MM-DD' */
export const dayColumn = z.string().transform((text) => text as Day);
