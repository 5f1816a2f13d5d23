import { z } from "zod";
import type { Transaction } from "./client.ts";

const readRow = z.object({ looks: z.number(), rows: z.number() });

/** How often this connection looked into a table, and how many of its rows it read, since PostgreSQL last added it up. */
export async function countReads(
  tx: Transaction,
  table: string,
): Promise<z.output<typeof readRow>> {
  const [row] = await tx`
    select
      (seq_scan + coalesce(idx_scan, 0))::int as looks,
      (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows
    from pg_stat_xact_user_tables
    where relname = ${table}
  `;
  return readRow.parse(row);
}
