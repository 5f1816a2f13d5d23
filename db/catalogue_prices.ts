import { z } from "zod";
import { LINE_KINDS } from "../domain/estimate/estimate.ts";
import type { Id } from "../domain/ids.ts";
import { formatMoney } from "../domain/money.ts";
import type { PriceSuggestion } from "../domain/services.ts";
import { catalogueKey, uniqueByKey } from "./catalogue_keys.ts";
import type { Transaction } from "./client.ts";
import { moneyColumn } from "./columns.ts";

/**
 * The company's price for each wanted name, in the order of the request; null where there is none.
 * A unit that is given must agree with the item's, if that has one. Of several: the same unit first,
 * then the price list before learned prices, then the newest.
 */
export async function suggestPrices(
  tx: Transaction,
  companyId: Id,
  wanted: readonly { readonly name: string; readonly unit: string }[],
): Promise<(PriceSuggestion | null)[]> {
  const rows = wanted.map((line, ordinal) => ({ ordinal, ...catalogueKey(line) }));
  const found = await tx`
    select
      wanted.ordinal, item.kind, item.unit, item.price, item.cost, item.source, item.priced_at
    from jsonb_to_recordset(${tx.json(rows)}) as wanted (
      ordinal int, "nameKey" text, unit text
    )
    cross join lateral (
      select kind, unit, price, cost, source, priced_at
      from catalogue_items
      where company_id = ${companyId}
        and name_key = wanted."nameKey"
        and (wanted.unit = '' or catalogue_items.unit in ('', wanted.unit))
        and price > 0
        and removed_at is null
      order by catalogue_items.unit = wanted.unit desc, source = 'learned', priced_at desc
      limit 1
    ) as item
    where wanted."nameKey" <> ''
    limit ${rows.length}
  `;
  const byOrdinal = new Map(
    z
      .array(suggestionRow)
      .parse(found)
      .map(({ ordinal, ...suggestion }) => [ordinal, suggestion]),
  );
  return wanted.map((_, index) => byOrdinal.get(index) ?? null);
}

const suggestionRow = z
  .object({
    ordinal: z.int(),
    kind: z.enum(LINE_KINDS),
    unit: z.string(),
    price: moneyColumn,
    cost: moneyColumn.nullable(),
    source: z.enum(["import", "learned", "manual"]),
    priced_at: z.date(),
  })
  .transform(({ priced_at: pricedAt, source, ...row }) => ({
    ...row,
    source: source === "learned" ? ("history" as const) : ("catalogue" as const),
    pricedAt,
  }));

/** More lines than an estimate may hold; a guard, not a page. */
const EVERYTHING = 20_000;

/**
 * Keeps the prices that people typed into an estimate as the company's own. The moment of a price is
 * when it was typed, by the log, so that opening an old estimate does not bring old prices back; the
 * newest one wins. Imported, hand-made and removed items stay as they are. Returns how many items were
 * written; a second run writes none.
 */
export async function learnPrices(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  newId: () => Id,
): Promise<number> {
  const lines = await listTypedLines(tx, companyId, estimateId);
  const rows = uniqueByKey(lines)
    .filter((line) => line.nameKey !== "")
    .map(({ nameKey, pricedAt, ...line }) => ({
      ...line,
      name_key: nameKey,
      priced_at: pricedAt,
      id: newId(),
      price: formatMoney(line.price),
      cost: line.cost === null ? null : formatMoney(line.cost),
    }));
  if (rows.length === 0) return 0;
  const result = await tx`
    insert into catalogue_items as item (
      company_id, id, kind, name, name_key, unit, price, cost, source, priced_at
    )
    select ${companyId}, id, kind, name, name_key, unit, price, cost, 'learned', priced_at
    from jsonb_to_recordset(${tx.json(rows)}) as given (
      id uuid, kind text, name text, name_key text, unit text, price numeric, cost numeric,
      priced_at timestamptz
    )
    order by name_key, unit
    on conflict (company_id, name_key, unit) do update
    set kind = excluded.kind, name = excluded.name, price = excluded.price,
      cost = coalesce(excluded.cost, item.cost), priced_at = excluded.priced_at
    where item.source = 'learned'
      and item.removed_at is null
      and item.priced_at < excluded.priced_at
  `;
  return result.count;
}

const typedLine = z.object({
  id: z.string(),
  kind: z.enum(LINE_KINDS),
  name: z.string(),
  unit: z.string(),
  price: moneyColumn,
  cost: moneyColumn.nullable(),
});

type TypedLine = z.output<typeof typedLine>;

/**
 * With the moment when each price was typed, oldest first. Put together here: as a join, the planner
 * takes the log for a few rows and compares every line with every change.
 */
async function listTypedLines(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
): Promise<(TypedLine & { pricedAt: Date })[]> {
  const [rows, moments] = await Promise.all([
    tx`
      select id, kind, name, unit, price, cost
      from estimate_lines
      where company_id = ${companyId}
        and estimate_id = ${estimateId}
        and price_source = 'typed'
        and price > 0
      order by id
      limit ${EVERYTHING}
    `,
    findPricingMoments(tx, companyId, estimateId),
  ]);
  return z
    .array(typedLine)
    .parse(rows)
    .flatMap((line) => {
      const pricedAt = moments.get(line.id);
      return pricedAt ? { ...line, pricedAt } : [];
    })
    .toSorted((a, b) => a.pricedAt.getTime() - b.pricedAt.getTime());
}

/** When the price of each line was last given, by the log. */
async function findPricingMoments(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
): Promise<Map<Id, Date>> {
  const rows = await tx`
    select
      coalesce(change ->> 'lineId', change -> 'line' ->> 'id') as line_id,
      max(created_at) as priced_at
    from estimate_changes
    where company_id = ${companyId}
      and estimate_id = ${estimateId}
      and (change ->> 'type' = 'line.add'
        or (change ->> 'type' = 'line.set' and change -> 'set' ? 'price'))
    group by line_id
    order by priced_at desc
    limit ${EVERYTHING}
  `;
  const moment = z.object({ line_id: z.string(), priced_at: z.date() });
  return new Map(
    z
      .array(moment)
      .parse(rows)
      .map((row) => [row.line_id, row.priced_at]),
  );
}
