import { z } from "zod";
import type { CatalogueFields } from "../domain/catalogue.ts";
import type { Id } from "../domain/ids.ts";
import { formatMoney } from "../domain/money.ts";
import { uniqueByKey } from "./catalogue_keys.ts";
import type { Transaction } from "./client.ts";

export interface ImportResult {
  readonly added: number;
  readonly updated: number;
  /** Items whose name and unit came again further down: the last one counts. */
  readonly repeated: number;
}

/**
 * Adds or updates any number of items by name and unit, in one statement. What is the same already is
 * not written. Removed items come back.
 */
export async function importCatalogueItems(
  tx: Transaction,
  companyId: Id,
  items: readonly CatalogueFields[],
  newId: () => Id,
): Promise<ImportResult> {
  const unique = uniqueByKey(items);
  const rows = unique.map(({ nameKey, ...item }) => ({
    ...item,
    name_key: nameKey,
    id: newId(),
    price: formatMoney(item.price),
    cost: item.cost === null ? null : formatMoney(item.cost),
  }));
  // In the order of the unique index, so that two imports at once do not lock each other out.
  const [counts] = await tx`
    with written as (
      insert into catalogue_items as item (
        company_id, id, kind, name, name_key, unit, price, cost, code, section, source
      )
      select
        ${companyId}, id, kind, name, name_key, unit, price, cost, code, section, 'import'
      from jsonb_to_recordset(${tx.json(rows)}) as given (
        id uuid, kind text, name text, name_key text, unit text, price numeric, cost numeric,
        code text, section text
      )
      order by name_key, unit
      on conflict (company_id, name_key, unit) do update
      set kind = excluded.kind, name = excluded.name, price = excluded.price,
        cost = excluded.cost, code = excluded.code, section = excluded.section,
        source = excluded.source, removed_at = null,
        priced_at = case
          when item.price = excluded.price then item.priced_at
          else excluded.priced_at
        end
      where (item.kind, item.name, item.price, item.cost, item.code, item.section, item.removed_at)
          is distinct from (excluded.kind, excluded.name, excluded.price, excluded.cost,
            excluded.code, excluded.section, null::timestamptz)
        or item.source = 'learned'
      -- Only an updated row carries the transaction that locked its older version.
      returning xmax = 0 as is_new
    )
    select
      count(*) filter (where is_new)::int as added,
      count(*) filter (where not is_new)::int as updated
    from written
  `;
  const { added, updated } = z.object({ added: z.int(), updated: z.int() }).parse(counts);
  return { added, updated, repeated: items.length - unique.length };
}
