import type { Id } from "../ids.ts";
import { type Kopecks, subtract } from "../money.ts";
import type { Content, Line } from "./estimate.ts";
import {
  clientAmount,
  clientCoefficients,
  clientPrice,
  type Coefficients,
  totalsOf,
} from "./totals.ts";

/** What of a line the client sees and what may differ between two revisions. */
export const COMPARED_FIELDS = [
  "name",
  "unit",
  "quantity",
  "price",
  "section",
  "choice",
  "kind",
] as const;
export type ComparedField = (typeof COMPARED_FIELDS)[number];

export interface LineDifference {
  readonly id: Id;
  /** Null: the line was not there. */
  readonly before: Line | null;
  readonly after: Line | null;
  /** In the client's prices, 0 for a line that is not chosen. */
  readonly amountBefore: Kopecks;
  readonly amountAfter: Kopecks;
  /** Empty for added and removed lines. */
  readonly fields: readonly ComparedField[];
}

export type AddedLine = LineDifference & { readonly before: null; readonly after: Line };
export type RemovedLine = LineDifference & { readonly before: Line; readonly after: null };
export type ChangedLine = LineDifference & { readonly before: Line; readonly after: Line };

export interface Comparison {
  readonly added: readonly AddedLine[];
  readonly removed: readonly RemovedLine[];
  readonly changed: readonly ChangedLine[];
  readonly totalBefore: Kopecks;
  readonly totalAfter: Kopecks;
  /** after − before */
  readonly difference: Kopecks;
}

/** Compares two contents line by line, as the client sees them: «было 412 300 → стало 398 750». */
export function compareContents(before: Content, after: Content): Comparison {
  const coefficientsBefore = clientCoefficients(before.adjustments.values());
  const coefficientsAfter = clientCoefficients(after.adjustments.values());
  const ids = new Set([...before.lines.keys(), ...after.lines.keys()]);
  const differences = Array.from(ids, (id): LineDifference => {
    const [old, now] = [before.lines.get(id) ?? null, after.lines.get(id) ?? null];
    return {
      id,
      before: old,
      after: now,
      amountBefore: amountOf(old, coefficientsBefore),
      amountAfter: amountOf(now, coefficientsAfter),
      fields:
        old && now
          ? changedFields(
              visible(old, before, coefficientsBefore),
              visible(now, after, coefficientsAfter),
            )
          : [],
    };
  });
  const totalBefore = totalsOf(before).total;
  const totalAfter = totalsOf(after).total;
  return {
    added: differences.filter((line): line is AddedLine => line.before === null),
    removed: differences.filter((line): line is RemovedLine => line.after === null),
    changed: differences.filter((line): line is ChangedLine => line.fields.length > 0),
    totalBefore,
    totalAfter,
    difference: subtract(totalAfter, totalBefore),
  };
}

function amountOf(line: Line | null, coefficients: Coefficients): Kopecks {
  if (!line || (line.isOptional && !line.isChosen)) return 0n as Kopecks;
  return clientAmount(line, coefficients);
}

type Visible = Readonly<Record<ComparedField, string>>;

function visible(line: Line, content: Content, coefficients: Coefficients): Visible {
  const section = line.sectionId === null ? undefined : content.sections.get(line.sectionId);
  return {
    name: line.name,
    unit: line.unit,
    quantity: String(line.quantity),
    price: String(clientPrice(line, coefficients)),
    section: section?.title ?? "",
    choice: `${line.isOptional} ${line.isChosen}`,
    kind: line.kind,
  };
}

function changedFields(before: Visible, after: Visible): ComparedField[] {
  return COMPARED_FIELDS.filter((field) => before[field] !== after[field]);
}
