import type { ActLine, ActPart, RemainderPart, RemainderSection } from "./acts.ts";
import type { Day } from "./calendar.ts";
import type { DatedVatMode } from "./companies.ts";
import { divideRounded } from "./decimal.ts";
import { type Content, groupLines, isCounted, type SectionGroup } from "./estimate/estimate.ts";
import {
  clientCoefficients,
  clientPrice,
  computeTotals,
  type Totals,
  totalsOf,
} from "./estimate/totals.ts";
import type { Id } from "./ids.ts";
import { add, type Kopecks, kopecks, multiply, subtract, takePercent, ZERO } from "./money.ts";
import type { Quantity } from "./quantity.ts";
import { computeVat, type VatMode } from "./vat.ts";

/** What an approved estimate or extra gives to acts. */
export interface ApprovedPart {
  readonly estimateId: Id;
  readonly number: string;
  readonly title: string;
  readonly content: Content;
}

/** By the id of the line. */
export type Quantities = ReadonlyMap<Id, Quantity>;

const NOTHING = 0n as Quantity;

/**
 * What an act bills of one part: what all that is accepted so far is worth, less what earlier acts
 * billed. So rounding never adds up: any split into acts sums to the approved total to the kopeck.
 * @param taken quantities of this act
 * @param before the same part in the acts that are signed already
 */
export function computeActPart(
  part: ApprovedPart,
  taken: Quantities,
  { before, vat, date }: { before: readonly ActPart[]; vat: VatMode; date: Day },
): ActPart {
  const { estimateId, number, title, content } = part;
  const lines = billLines(content, taken, before);
  const sumOf = (kind: ActLine["kind"]) =>
    add(...lines.filter((line) => line.kind === kind).map((line) => line.amount));
  const works = sumOf("work");
  const materials = sumOf("material");
  const after = valueOf(content, {
    work: add(works, ...before.map((act) => act.works)),
    material: add(materials, ...before.map((act) => act.materials)),
  });
  const adjustments = after.adjustments.map(({ id, title: name, amount }) => ({
    id,
    title: name,
    amount: subtract(amount, billedAdjustment(before, id)),
  }));
  const discount = subtract(after.discount, add(...before.map((act) => act.discount)));
  const gross = add(works, materials, ...adjustments.map(({ amount }) => amount));
  const net = subtract(gross, discount);
  return {
    estimateId,
    number,
    title,
    vat,
    lines,
    works,
    materials,
    adjustments: adjustments.filter(({ amount }) => amount !== ZERO),
    discount,
    net,
    ...billVat(net, { before, vat, date }),
  };
}

function billLines(
  content: Content,
  taken: Quantities,
  before: readonly ActPart[],
): ActPart["lines"] {
  const coefficients = clientCoefficients(content.adjustments.values());
  const billedLines = sumBilled(before);
  return countedGroups(content).flatMap(({ section, lines }) =>
    lines.flatMap(({ line, index }) => {
      const quantity = taken.get(line.id) ?? NOTHING;
      if (quantity === NOTHING) return [];
      const { id, kind, name, unit } = line;
      const billed = billedLines.get(id) ?? { quantity: NOTHING, amount: ZERO };
      const accepted = (billed.quantity + quantity) as Quantity;
      const price = clientPrice(line, coefficients);
      const amount = subtract(multiply(price, accepted), billed.amount);
      const sectionTitle = section?.title ?? null;
      return [{ id, index, sectionTitle, kind, name, unit, price, quantity, amount }];
    }),
  );
}

/** What each line has come to, by its id. */
function sumBilled(before: readonly ActPart[]) {
  const sums = new Map<Id, { quantity: Quantity; amount: Kopecks }>();
  for (const { id, quantity, amount } of before.flatMap((act) => act.lines)) {
    const known = sums.get(id) ?? { quantity: NOTHING, amount: ZERO };
    const all = (known.quantity + quantity) as Quantity;
    sums.set(id, { quantity: all, amount: add(known.amount, amount) });
  }
  return sums;
}

/** The sums below the lines when work of this worth is accepted; for all of it, those of the estimate. */
function valueOf(content: Content, sums: { work: Kopecks; material: Kopecks }) {
  const { discount } = content.header;
  const compute = (given: typeof sums) =>
    computeTotals({
      sums: given,
      adjustments: content.adjustments.values(),
      discount: null,
      vat: { kind: "none", ground: "usn" },
      date: content.header.date,
    });
  const totals = compute(sums);
  if (discount === null) return { adjustments: totals.adjustments, discount: ZERO };
  const baseOf = ({ works, subtotal }: Totals) => (discount.base === "works" ? works : subtotal);
  if (discount.kind === "percent") {
    return {
      adjustments: totals.adjustments,
      discount: takePercent(baseOf(totals), discount.percent),
    };
  }
  // A discount in roubles comes with the work, in proportion.
  const full = totalsOf(content);
  const base = baseOf(full);
  const share = base === ZERO ? ZERO : divideRounded(full.discount * baseOf(totals), base);
  return { adjustments: totals.adjustments, discount: kopecks(share) };
}

function billedAdjustment(before: readonly ActPart[], id: Id): Kopecks {
  const billed = before.flatMap((act) => act.adjustments.filter((known) => known.id === id));
  return add(...billed.map(({ amount }) => amount));
}

/** VAT of everything that was accepted under the same rate, less what earlier acts charged under it. */
function billVat(
  net: Kopecks,
  { before, vat, date }: { before: readonly ActPart[]; vat: VatMode; date: Day },
): Pick<ActPart, "vatPercent" | "vatAmount" | "total"> {
  const { percent } = computeVat(net, vat, date);
  const alike = before.filter((act) => act.vat.kind === vat.kind && act.vatPercent === percent);
  const all = computeVat(add(net, ...alike.map((act) => act.net)), vat, date);
  const vatAmount = subtract(all.vat, add(...alike.map((act) => act.vatAmount)));
  const total = vat.kind === "on_top" ? add(net, vatAmount) : net;
  return { vatPercent: percent, vatAmount, total };
}

/**
 * How VAT is charged on the day of acceptance. The rate is of that day (Минфин, 24-06-06/2382). Where the
 * company's mode changed between the agreement and the acceptance, the new one holds; whoever agreed to
 * a price without VAT pays no more (ГК РФ, ст. 709 п. 6), so it is taken out of that price. Rates of
 * 10 and 0 % are of the thing that is sold, not of the company.
 */
export function acceptanceVat(
  agreed: { readonly vat: VatMode; readonly on: Day },
  modes: readonly DatedVatMode[],
  date: Day,
): VatMode {
  const later = modes
    .filter(({ validFrom }) => validFrom > agreed.on && validFrom <= date)
    .toSorted((a, b) => (a.validFrom < b.validFrom ? -1 : 1))
    .at(-1)?.mode;
  const { vat } = agreed;
  if (later === undefined || (vat.kind !== "none" && (vat.rate === "10" || vat.rate === "0"))) {
    return vat;
  }
  if (later.kind === "none") return later;
  return { kind: vat.kind === "on_top" ? "on_top" : "included", rate: later.rate };
}

/** What is left of a part. */
export function computeRemainder(
  part: ApprovedPart,
  taken: {
    readonly accepted: Quantities;
    readonly drafted: Quantities;
    readonly inAct: Quantities;
  },
): RemainderPart {
  const { estimateId, number, title, content } = part;
  const coefficients = clientCoefficients(content.adjustments.values());
  const sections = countedGroups(content).map(({ section, lines }): RemainderSection => ({
    id: section?.id ?? null,
    title: section?.title ?? null,
    lines: lines.map(({ line, index }) => {
      const [accepted, drafted, inAct] = [taken.accepted, taken.drafted, taken.inAct].map(
        (quantities) => quantities.get(line.id) ?? NOTHING,
      ) as [Quantity, Quantity, Quantity];
      const { id, kind, name, unit, quantity: approved } = line;
      const left = (approved - accepted - drafted - inAct) as Quantity;
      const price = clientPrice(line, coefficients);
      return { id, index, kind, name, unit, price, approved, accepted, drafted, inAct, left };
    }),
  }));
  return { estimateId, number, title, sections };
}

/** The lines that are in the total, numbered as in the estimate's own papers; no empty sections. */
function countedGroups(content: Content) {
  let index = 0;
  return groupLines(content)
    .map(({ section, lines }: SectionGroup) => ({
      section,
      lines: lines.filter(isCounted).map((line) => ({ line, index: (index += 1) })),
    }))
    .filter(({ lines }) => lines.length > 0);
}
