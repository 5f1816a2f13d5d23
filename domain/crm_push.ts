import type { DealLine, DealPush, RemoteRef } from "./crm_adapter.ts";
import { type Content, groupLines, isCounted } from "./estimate/estimate.ts";
import { clientCoefficients, clientPrice, spreadDiscount, totalsOf } from "./estimate/totals.ts";
import { numberInFileName } from "./estimate/number.ts";
import type { Id } from "./ids.ts";
import {
  add,
  allocate,
  divideByQuantity,
  formatMoney,
  type Kopecks,
  multiply,
  ZERO,
} from "./money.ts";
import { formatQuantity, QUANTITY_ONE, type Quantity } from "./quantity.ts";
import { cutText } from "./text.ts";
import { okeiCode } from "./units.ts";

/** One approved revision, of an estimate or of extra work. */
export interface ApprovedPart {
  readonly estimateId: Id;
  readonly revisionId: Id;
  readonly revision: number;
  readonly number: string;
  /** As frozen, with the optional lines that were agreed. */
  readonly content: Content;
  /** As it was agreed: a mended rule does not change it. */
  readonly total: Kopecks;
  readonly link: string | null;
}

/** Everything that a deal of an approved estimate says. */
export interface ApprovedEstimate extends ApprovedPart {
  /** What was approved on top of it, oldest first. */
  readonly extras: readonly ApprovedPart[];
}

const LONGEST_TITLE = 250;
/** Bitrix24 keeps quantities with four digits after the point. */
const COARSEST_QUANTITY = QUANTITY_ONE / 10_000n;

/**
 * The deal of an approved estimate and its extra work. Its lines add up to its total to the kopeck,
 * VAT included.
 */
export function dealOf(
  approved: ApprovedEstimate,
  place: { client: RemoteRef | null; stage: DealPush["stage"]; currency: string },
): DealPush {
  const { vatPercent } = totalsOf(approved.content);
  const extraLines = approved.extras.flatMap((extra) => {
    const mark = extra.number.slice(extra.number.lastIndexOf("/") + 1);
    return dealLines(extra, `${mark}. `);
  });
  return {
    ...place,
    externalKey: approved.estimateId,
    revision: approved.revision,
    title: cutText(`${approved.number} ${approved.content.header.title}`.trim(), LONGEST_TITLE),
    total: add(approved.total, ...approved.extras.map(({ total }) => total)),
    vatPercent,
    lines: [...dealLines(approved, ""), ...extraLines],
    link: approved.link,
  };
}

/** What a person at the CRM reads as proof: the file's name tells number and revision. */
export function pdfNameOf({ number, revision }: Pick<ApprovedPart, "number" | "revision">) {
  return `Смета ${numberInFileName(number)} ред. ${revision}.pdf`;
}

/** `mark` begins every name: two parts may have lines of one name. */
function dealLines({ content, total }: ApprovedPart, mark: string): DealLine[] {
  const totals = totalsOf(content);
  const spread = spreadDiscount(content, totals);
  const coefficients = clientCoefficients(content.adjustments.values());
  const works = groupLines(content)
    .flatMap((group) => group.lines)
    .filter(isCounted)
    .map((line) => ({
      name: line.name,
      unit: line.unit,
      quantity: line.quantity,
      price: clientPrice(line, coefficients),
      amount: spread.lines.get(line.id) ?? ZERO,
    }));
  const adjustments = totals.adjustments.map(({ id, title }) => {
    const amount = spread.adjustments.get(id) ?? ZERO;
    return { name: title, unit: "", quantity: QUANTITY_ONE, price: amount, amount };
  });
  const parts = [...works, ...adjustments];
  // VAT on top is in no line of ours; in a deal every line carries its share.
  const gross = allocateTotal(
    total,
    parts.map(({ amount }) => amount),
  );
  return parts.map((part, index) =>
    dealLine({ ...part, name: mark + part.name }, gross[index] ?? ZERO),
  );
}

function allocateTotal(total: Kopecks, amounts: readonly Kopecks[]): Kopecks[] {
  return add(...amounts) === total ? [...amounts] : allocate(total, amounts);
}

interface Part {
  readonly name: string;
  readonly unit: string;
  readonly quantity: Quantity;
  readonly price: Kopecks;
}

/** A line whose price × quantity can't give the amount goes as one piece that tells both. */
function dealLine({ name, unit, quantity, price }: Part, amount: Kopecks): DealLine {
  const fitting = divideByQuantity(amount, quantity);
  const isExact =
    fitting !== null &&
    multiply(fitting, quantity) === amount &&
    quantity % COARSEST_QUANTITY === 0n;
  if (isExact) {
    const shown = formatQuantity(quantity);
    return {
      name: cutText(name, LONGEST_TITLE),
      unit,
      unitCode: okeiCode(unit),
      quantity: shown,
      price: formatMoney(fitting),
      amount,
    };
  }
  const detail = ` (${formatQuantity(quantity)} ${unit} × ${formatMoney(price)})`;
  return {
    name: cutText(name, LONGEST_TITLE - detail.length) + detail,
    unit: "",
    unitCode: null,
    quantity: "1",
    price: formatMoney(amount),
    amount,
  };
}
