import { z } from "zod";
import { type CatalogueFields, nameKey } from "../domain/catalogue.ts";
import { LINE_KINDS } from "../domain/estimate/estimate.ts";
import type { Id } from "../domain/ids.ts";
import { formatMoney, type Kopecks } from "../domain/money.ts";
import type { CatalogueItem } from "../domain/services.ts";
import { catalogueKey, storedUnit } from "./catalogue_keys.ts";
import type { Transaction } from "./client.ts";
import { moneyColumn } from "./columns.ts";
import type { Patch } from "./patches.ts";

const itemRow = z
  .object({
    id: z.string(),
    kind: z.enum(LINE_KINDS),
    name: z.string(),
    unit: z.string(),
    price: moneyColumn,
    cost: moneyColumn.nullable(),
    code: z.string(),
    section: z.string(),
    source: z.enum(["import", "learned", "manual"]),
    priced_at: z.date(),
  })
  .transform(({ priced_at: pricedAt, ...row }): CatalogueItem => ({ ...row, pricedAt }));
const itemRows = z.array(itemRow);

function itemColumns(tx: Transaction) {
  return tx`id, kind, name, unit, price, cost, code, section, source, priced_at`;
}

/**
 * Adds what a person typed. A removed item of the same name and unit comes back with its old id;
 * null when there is a living one.
 */
export async function insertCatalogueItem(
  tx: Transaction,
  companyId: Id,
  item: CatalogueFields & { readonly id: Id },
): Promise<CatalogueItem | null> {
  const key = catalogueKey(item);
  const [row] = await tx`
    insert into catalogue_items (
      company_id, id, kind, name, name_key, unit, price, cost, code, section, source
    )
    values (
      ${companyId}, ${item.id}, ${item.kind}, ${item.name}, ${key.nameKey}, ${key.unit},
      ${formatMoney(item.price)}, ${decimalOrNull(item.cost)}, ${item.code}, ${item.section},
      'manual'
    )
    on conflict (company_id, name_key, unit) do update
    set kind = excluded.kind, name = excluded.name, price = excluded.price, cost = excluded.cost,
      code = excluded.code, section = excluded.section, source = excluded.source,
      priced_at = excluded.priced_at, removed_at = null
    where catalogue_items.removed_at is not null
    returning ${itemColumns(tx)}
  `;
  return row ? itemRow.parse(row) : null;
}

export async function findCatalogueItem(
  tx: Transaction,
  companyId: Id,
  id: Id,
): Promise<CatalogueItem | null> {
  const [row] = await tx`
    select ${itemColumns(tx)}
    from catalogue_items
    where company_id = ${companyId} and id = ${id} and removed_at is null
  `;
  return row ? itemRow.parse(row) : null;
}

/**
 * Writes what a person changed; a price set by hand is never learned over. Null when there is no such
 * item, or when another one has this name and unit.
 */
export async function updateCatalogueItem(
  tx: Transaction,
  companyId: Id,
  id: Id,
  fields: Patch<CatalogueFields>,
): Promise<CatalogueItem | null> {
  const key = fields.name === undefined ? null : nameKey(fields.name);
  const unit = fields.unit === undefined ? null : storedUnit(fields.unit);
  const isPriced = fields.price !== undefined;
  const [row] = await tx`
    update catalogue_items as item
    set
      kind = coalesce(${fields.kind ?? null}, kind),
      name = coalesce(${fields.name ?? null}, name),
      name_key = coalesce(${key}, name_key),
      unit = coalesce(${unit}, unit),
      price = coalesce(${decimalOrNull(fields.price)}, price),
      cost = case
        when ${fields.cost === undefined} then cost
        else ${decimalOrNull(fields.cost)}::numeric
      end,
      code = coalesce(${fields.code ?? null}, code),
      section = coalesce(${fields.section ?? null}, section),
      source = case when ${isPriced} then 'manual' else source end,
      priced_at = case when ${isPriced} then now() else priced_at end
    where company_id = ${companyId} and id = ${id} and removed_at is null
      and not exists (
        select
        from catalogue_items as twin
        where twin.company_id = ${companyId}
          and twin.name_key = coalesce(${key}, item.name_key)
          and twin.unit = coalesce(${unit}, item.unit)
          and twin.id <> item.id
      )
    returning ${itemColumns(tx)}
  `;
  return row ? itemRow.parse(row) : null;
}

export interface CatalogueFilter {
  /** Lower case, ё as е; each must be found in the name or in the code. */
  readonly words: readonly string[];
  /** The id of the last item of the page before. */
  readonly after: Id | null;
  readonly limit: number;
}

/** By name, `limit` + 1 rows at most: the one too many tells that there is a next page. */
export async function listCatalogueItems(
  tx: Transaction,
  companyId: Id,
  { words, after, limit }: CatalogueFilter,
): Promise<CatalogueItem[]> {
  const rows = await tx`
    select ${itemColumns(tx)}
    from catalogue_items
    where company_id = ${companyId}
      and removed_at is null
      ${after ? isAfter(tx, companyId, after) : tx``}
      ${words.length > 0 ? words.map((word) => matching(tx, word)) : tx``}
    order by name_key, unit
    limit ${limit + 1}
  `;
  return itemRows.parse(rows);
}

function matching(tx: Transaction, word: string) {
  return tx`
    and (strpos(name_key, ${nameKey(word)}) > 0 and ${nameKey(word)} <> ''
      or strpos(lower(translate(code, 'Ёё', 'Ее')), ${word}) > 0)
  `;
}

function isAfter(tx: Transaction, companyId: Id, id: Id) {
  return tx`
    and (name_key, unit) > (
      select name_key, unit
      from catalogue_items
      where company_id = ${companyId} and id = ${id}
    )
  `;
}

function decimalOrNull(value: Kopecks | null | undefined): string | null {
  return value === null || value === undefined ? null : formatMoney(value);
}
