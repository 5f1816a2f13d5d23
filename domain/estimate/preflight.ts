import type { Day } from "../calendar.ts";
import { type Kopecks, ZERO } from "../money.ts";
import { type Content, groupLines, isCounted, type Line } from "./estimate.ts";
import { totalsOf } from "./totals.ts";

/** Further from the company's own median than so many times is worth a look. */
export const FAR_FROM_MEDIAN = 3n;

export type Problem =
  /** Nothing to agree on: no line that counts. Blocking. */
  | { readonly kind: "no_lines"; readonly isBlocking: true }
  /** Blocking. */
  | { readonly kind: "zero_quantity"; readonly isBlocking: true; readonly line: ProblemLine }
  /** A work without a price blocks; a material may be the client's own. */
  | { readonly kind: "no_price"; readonly isBlocking: boolean; readonly line: ProblemLine }
  | {
      readonly kind: "far_price";
      readonly isBlocking: false;
      readonly line: ProblemLine;
      /** Of the company's own prices for this name and unit. */
      readonly median: Kopecks;
    }
  | { readonly kind: "no_client"; readonly isBlocking: false }
  /** The day until which the prices are promised is over. */
  | { readonly kind: "expired"; readonly isBlocking: false; readonly validUntil: Day }
  /** All prices are there, and yet the client would pay nothing. Blocking. */
  | { readonly kind: "zero_total"; readonly isBlocking: true };

export type ProblemLine = Pick<Line, "id" | "name" | "unit" | "quantity" | "price">;

/**
 * What a person should know before an estimate goes out, in the order of the document. Optional lines
 * are checked, too: the client may choose them.
 * @param medians the company's usual price by line id, where there is one
 */
export function findProblems(input: {
  content: Content;
  medians: ReadonlyMap<string, Kopecks>;
  today: Day;
}): Problem[] {
  const { content, medians, today } = input;
  const lines = groupLines(content).flatMap((group) => group.lines);
  const problems = lines.flatMap((line) => checkLine(line, medians.get(line.id)));
  if (!lines.some(isCounted)) problems.unshift({ kind: "no_lines", isBlocking: true });
  else if (problems.length === 0 && totalsOf(content).total === ZERO) {
    problems.push({ kind: "zero_total", isBlocking: true });
  }
  const { clientId, validUntil } = content.header;
  if (clientId === null) problems.push({ kind: "no_client", isBlocking: false });
  if (validUntil !== null && validUntil < today) {
    problems.push({ kind: "expired", isBlocking: false, validUntil });
  }
  return problems;
}

function checkLine(line: Line, median: Kopecks | undefined): Problem[] {
  const { id, name, unit, quantity, price } = line;
  const shown = { id, name, unit, quantity, price };
  const problems: Problem[] = [];
  if (quantity === 0n) problems.push({ kind: "zero_quantity", isBlocking: true, line: shown });
  if (price === ZERO) {
    problems.push({ kind: "no_price", isBlocking: line.kind === "work", line: shown });
  } else if (median !== undefined && isFar(price, median)) {
    problems.push({ kind: "far_price", isBlocking: false, line: shown, median });
  }
  return problems;
}

function isFar(price: Kopecks, median: Kopecks): boolean {
  if (median === ZERO) return false;
  return price >= median * FAR_FROM_MEDIAN || price * FAR_FROM_MEDIAN <= median;
}
