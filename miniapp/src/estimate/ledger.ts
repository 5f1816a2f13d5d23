import { touchedLines, touchesRooms } from "../../../domain/estimate/batch.ts";
import type { Change } from "../../../domain/estimate/changes.ts";
import type { Content, Line } from "../../../domain/estimate/estimate.ts";
import {
  addSums,
  clientCoefficients,
  type Coefficients,
  computeTotals,
  lineSums,
  NO_SUMS,
  subtractSums,
  type Sums,
  type Totals,
} from "../../../domain/estimate/totals.ts";

/** The sums of an estimate, kept line by line: one edit costs the same whatever the length. */
export interface Ledger {
  readonly coefficients: Coefficients;
  readonly sums: Sums;
  /** Of each section; the key null is for lines before the first. */
  readonly sections: ReadonlyMap<string | null, Sums>;
}

export function createLedger(content: Content): Ledger {
  const coefficients = clientCoefficients(content.adjustments.values());
  const sections = new Map<string | null, Sums>();
  let sums = NO_SUMS;
  for (const line of content.lines.values()) {
    const amount = lineSums(line, coefficients);
    sums = addSums(sums, amount);
    sections.set(line.sectionId, addSums(sections.get(line.sectionId) ?? NO_SUMS, amount));
  }
  return { coefficients, sums, sections };
}

/** The ledger of `after`, from the one of `before` and the changes between; null: not known. */
export function updateLedger(
  ledger: Ledger,
  before: Content,
  after: Content,
  changes: readonly Change[] | null,
): Ledger {
  if (before.adjustments !== after.adjustments) {
    const { work, material } = clientCoefficients(after.adjustments.values());
    const isSame = work === ledger.coefficients.work && material === ledger.coefficients.material;
    if (!isSame) return createLedger(after);
  }
  if (before.lines === after.lines) return ledger;
  if (changes === null || reachesFurther(changes)) return createLedger(after);
  let result = ledger;
  for (const id of touchedLines(changes)) {
    result = replaceLine(result, before.lines.get(id), after.lines.get(id));
  }
  return result;
}

/** Whether the changes may move or remove lines that they do not name. */
function reachesFurther(changes: readonly Change[]): boolean {
  return touchesRooms(changes) || changes.some(({ type }) => type === "section.remove");
}

/** The ledger with one line in the place of another. */
export function replaceLine(
  ledger: Ledger,
  before: Line | undefined,
  after: Line | undefined,
): Ledger {
  if (before === after) return ledger;
  const { coefficients } = ledger;
  const sections = new Map(ledger.sections);
  let { sums } = ledger;
  if (before) {
    const amount = lineSums(before, coefficients);
    sums = subtractSums(sums, amount);
    sections.set(before.sectionId, subtractSums(sections.get(before.sectionId) ?? NO_SUMS, amount));
  }
  if (after) {
    const amount = lineSums(after, coefficients);
    sums = addSums(sums, amount);
    sections.set(after.sectionId, addSums(sections.get(after.sectionId) ?? NO_SUMS, amount));
  }
  return { coefficients, sums, sections };
}

export function totalsOfLedger(ledger: Ledger, content: Content): Totals {
  const { discount, vat, date } = content.header;
  return computeTotals({
    sums: ledger.sums,
    adjustments: content.adjustments.values(),
    discount,
    vat,
    date,
  });
}
