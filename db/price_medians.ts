import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import type { Kopecks } from "../domain/money.ts";
import type { Transaction } from "./client.ts";
import { moneyColumn } from "./columns.ts";

/** What a company charged long ago says little, and so the cost does not grow with its history. */
const RECENT_ESTIMATES = 200;
/** Fewer prices are no custom. */
const FEW = 3;

const medianRow = z.object({ line_id: z.string(), median: moneyColumn });

/**
 * The company's usual price for each line of an estimate that has one, by line id: the median over
 * lines of the same name and unit in its other recent estimates.
 */
export async function findPriceMedians(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  limit: number,
): Promise<Map<Id, Kopecks>> {
  const rows = await tx`
    with recent as (
      select id
      from estimates
      where company_id = ${companyId} and id <> ${estimateId} and removed_at is null
      order by id desc
      limit ${RECENT_ESTIMATES}
    ), medians as (
      select
        lower(lines.name) as name, lines.unit,
        percentile_disc(0.5) within group (order by lines.price) as median
      from estimate_lines as lines
      join recent on recent.id = lines.estimate_id
      where lines.company_id = ${companyId} and lines.price > 0
      group by lower(lines.name), lines.unit
      having count(*) >= ${FEW}
    )
    select own.id as line_id, medians.median
    from estimate_lines as own
    join medians on medians.name = lower(own.name) and medians.unit = own.unit
    where own.company_id = ${companyId} and own.estimate_id = ${estimateId}
    limit ${limit}
  `;
  return new Map(
    z
      .array(medianRow)
      .parse(rows)
      .map((row) => [row.line_id, row.median]),
  );
}
