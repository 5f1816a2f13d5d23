import { asNumber, roundTo } from "../../fake/values.ts";
import type { Item, PortalState, ProductRow } from "./portal_state.ts";

/** Key of an object's rows: `D13143`. */
export function ownerKey(ownerType: string, ownerId: number): string {
  return ownerType + String(ownerId);
}

/** What the rows come to, in roubles with kopecks, tax included. */
export function sumOfRows(portal: PortalState, rows: readonly ProductRow[]): number {
  const isByRow = portal.options.opportunityRounding === "rows";
  const sums = rows.map(({ price, quantity }) => price * quantity);
  return roundTo(
    sums.reduce((total, sum) => total + (isByRow ? roundTo(sum, 2) : sum), 0),
    2,
  );
}

function taxOfRows(rows: readonly ProductRow[]): number {
  const taxes = rows.map((row) => roundTo((row.price - row.priceExclusive) * row.quantity, 2));
  return roundTo(
    taxes.reduce((total, tax) => total + tax, 0),
    2,
  );
}

/**
 * Sets the amount from the rows unless somebody keeps it by hand. Without rows an amount that was
 * written stays, but rows that were there and went away take it to 0.
 */
export function withAutomaticAmount(
  portal: PortalState,
  ownerType: string,
  item: Item,
  hadRows: boolean,
): Item {
  const rows = portal.productRows.get(ownerKey(ownerType, item.id)) ?? [];
  const taxValue = taxOfRows(rows);
  if (item.values["isManualOpportunity"] === "Y" || (rows.length === 0 && !hadRows)) {
    const opportunity = asNumber(item.values["opportunity"]) ?? 0;
    return { ...item, values: { ...item.values, opportunity, taxValue } };
  }
  return { ...item, values: { ...item.values, opportunity: sumOfRows(portal, rows), taxValue } };
}
