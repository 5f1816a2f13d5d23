import type { Day } from "../calendar.ts";
import { divideRounded } from "../decimal.ts";
import {
  add,
  allocate,
  type Kopecks,
  kopecks,
  multiply,
  subtract,
  takePercent,
  ZERO,
} from "../money.ts";
import { PERCENT_HUNDRED } from "../percent.ts";
import { type Quantity, QUANTITY_ONE, scaleQuantity } from "../quantity.ts";
import { computeVat, type VatMode } from "../vat.ts";
import {
  type Adjustment,
  type Content,
  type Discount,
  inOrder,
  isCounted,
  type Line,
} from "./estimate.ts";

/**
 * The version of the rules below. Stamped on every document: an issued document never changes because
 * a rule was mended.
 */
export const CALC_VERSION = 1;

/** What the client's prices of each kind are multiplied by: 1 plus the hidden adjustments. */
export interface Coefficients {
  readonly work: Quantity;
  readonly material: Quantity;
}

/** Hidden `works`, `materials` and `all` add up; a hidden `running` multiplies what stands above it. */
export function clientCoefficients(adjustments: Iterable<Adjustment>): Coefficients {
  let work = QUANTITY_ONE;
  let material = QUANTITY_ONE;
  for (const { base, isHidden, percent } of inOrder(adjustments)) {
    if (!isHidden) continue;
    const share = divideRounded(percent * QUANTITY_ONE, PERCENT_HUNDRED);
    if (base === "running") {
      const factor = (QUANTITY_ONE + share) as Quantity;
      work = scaleQuantity(work, factor);
      material = scaleQuantity(material, factor);
      continue;
    }
    if (base !== "materials") work = (work + share) as Quantity;
    if (base !== "works") material = (material + share) as Quantity;
  }
  return { work, material };
}

/** The unit price that the client sees. */
export function clientPrice(line: Line, coefficients: Coefficients): Kopecks {
  return multiply(line.price, coefficients[line.kind]);
}

/** What the client pays for the line: shown price × quantity, rounded once. */
export function clientAmount(line: Line, coefficients: Coefficients): Kopecks {
  return multiply(clientPrice(line, coefficients), line.quantity);
}

/**
 * Sums over lines that are in the total. They can be added and subtracted line by line, so one more
 * line costs the same on an estimate of fifty lines and of five thousand.
 */
export interface Sums {
  /** In the client's prices. */
  readonly work: Kopecks;
  readonly material: Kopecks;
  /** In the contractor's prices, before hidden adjustments. */
  readonly ownWork: Kopecks;
  readonly ownMaterial: Kopecks;
  /** Internal cost of the lines that have one. */
  readonly cost: Kopecks;
  /** How many counted lines have no internal cost: with any, the margin is not known. */
  readonly uncosted: number;
  /** All lines, the not chosen ones too. */
  readonly lines: number;
}

export const NO_SUMS: Sums = {
  work: ZERO,
  material: ZERO,
  ownWork: ZERO,
  ownMaterial: ZERO,
  cost: ZERO,
  uncosted: 0,
  lines: 0,
};

export function lineSums(line: Line, coefficients: Coefficients): Sums {
  if (!isCounted(line)) return { ...NO_SUMS, lines: 1 };
  const amount = clientAmount(line, coefficients);
  const own = multiply(line.price, line.quantity);
  const isWork = line.kind === "work";
  return {
    work: isWork ? amount : ZERO,
    material: isWork ? ZERO : amount,
    ownWork: isWork ? own : ZERO,
    ownMaterial: isWork ? ZERO : own,
    cost: line.cost === null ? ZERO : multiply(line.cost, line.quantity),
    uncosted: line.cost === null ? 1 : 0,
    lines: 1,
  };
}

export function addSums(a: Sums, b: Sums): Sums {
  return combine(a, b, 1n, 1);
}

export function subtractSums(a: Sums, b: Sums): Sums {
  return combine(a, b, -1n, -1);
}

function combine(a: Sums, b: Sums, sign: bigint, step: number): Sums {
  return {
    work: kopecks(a.work + sign * b.work),
    material: kopecks(a.material + sign * b.material),
    ownWork: kopecks(a.ownWork + sign * b.ownWork),
    ownMaterial: kopecks(a.ownMaterial + sign * b.ownMaterial),
    cost: kopecks(a.cost + sign * b.cost),
    uncosted: a.uncosted + step * b.uncosted,
    lines: a.lines + step * b.lines,
  };
}

export function sumLines(lines: Iterable<Line>, coefficients: Coefficients): Sums {
  let sums = NO_SUMS;
  for (const line of lines) sums = addSums(sums, lineSums(line, coefficients));
  return sums;
}

export interface AdjustmentAmount {
  readonly id: string;
  readonly title: string;
  readonly adjustment: Adjustment;
  readonly amount: Kopecks;
}

export interface Totals {
  readonly works: Kopecks;
  readonly materials: Kopecks;
  /** The visible ones, in order. */
  readonly adjustments: readonly AdjustmentAmount[];
  /** Works + materials + visible adjustments. */
  readonly subtotal: Kopecks;
  readonly discount: Kopecks;
  /** Before VAT on top; equal to `total` when VAT is included or absent. */
  readonly discounted: Kopecks;
  readonly vat: Kopecks;
  /** Whole per cent; null without VAT. */
  readonly vatPercent: number | null;
  /** What the client pays. */
  readonly total: Kopecks;
}

/** Everything below the lines, from their sums. O(adjustments), whatever the number of lines. */
export function computeTotals(input: {
  sums: Pick<Sums, "work" | "material">;
  adjustments: Iterable<Adjustment>;
  discount: Discount | null;
  vat: VatMode;
  date: Day;
}): Totals {
  const { work, material } = input.sums;
  const bases = { works: work, materials: material, all: add(work, material) };
  const adjustments: AdjustmentAmount[] = [];
  let running = bases.all;
  for (const adjustment of inOrder(input.adjustments)) {
    if (adjustment.isHidden) continue;
    const base = adjustment.base === "running" ? running : bases[adjustment.base];
    const amount = takePercent(base, adjustment.percent);
    running = add(running, amount);
    adjustments.push({ id: adjustment.id, title: adjustment.title, adjustment, amount });
  }
  const discount = discountAmount(input.discount, work, running);
  const discounted = subtract(running, discount);
  const { vat, total, percent } = computeVat(discounted, input.vat, input.date);
  return {
    works: work,
    materials: material,
    adjustments,
    subtotal: running,
    discount,
    discounted,
    vat,
    vatPercent: percent,
    total,
  };
}

/** A discount in roubles never exceeds what it is taken from. */
function discountAmount(discount: Discount | null, works: Kopecks, subtotal: Kopecks): Kopecks {
  if (!discount) return ZERO;
  const base = discount.base === "works" ? works : subtotal;
  if (discount.kind === "percent") return takePercent(base, discount.percent);
  return discount.amount > base ? base : discount.amount;
}

export function totalsOf(content: Content): Totals {
  const coefficients = clientCoefficients(content.adjustments.values());
  return computeTotals({
    sums: sumLines(content.lines.values(), coefficients),
    adjustments: content.adjustments.values(),
    discount: content.header.discount,
    vat: content.header.vat,
    date: content.header.date,
  });
}

/** What each line and each visible adjustment costs after the discount. They add up to `discounted`. */
export interface DiscountedAmounts {
  readonly lines: ReadonlyMap<string, Kopecks>;
  readonly adjustments: ReadonlyMap<string, Kopecks>;
}

/**
 * Spreads the discount by the largest remainder over what it is taken from (works, or everything), for
 * places that must carry it line by line: rows of a CRM deal, acts.
 */
export function spreadDiscount(content: Content, totals: Totals): DiscountedAmounts {
  const coefficients = clientCoefficients(content.adjustments.values());
  const lines = [...content.lines.values()].filter(isCounted);
  const isOnWorks = content.header.discount?.base === "works";
  const entries = [
    ...lines.map((line) => ({
      id: line.id,
      amount: clientAmount(line, coefficients),
      isDiscounted: !isOnWorks || line.kind === "work",
    })),
    ...totals.adjustments.map(({ id, amount }) => ({ id, amount, isDiscounted: !isOnWorks })),
  ];
  const weights = entries.map((entry) => (entry.isDiscounted ? entry.amount : 0n));
  const parts =
    totals.discount === 0n ? entries.map(() => ZERO) : allocate(totals.discount, weights);
  const amounts = entries.map(
    ({ id, amount }, index) => [id, subtract(amount, parts[index] ?? ZERO)] as const,
  );
  return {
    lines: new Map(amounts.slice(0, lines.length)),
    adjustments: new Map(amounts.slice(lines.length)),
  };
}
