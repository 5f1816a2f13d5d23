import type { Sql } from "./client.ts";
import { inTransaction } from "./transactions.ts";

/** What pg-boss lets its statements run on. */
export interface JobDatabase {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

interface Claiming {
  readonly queue: string;
  readonly worker: number;
  /** Whether more jobs are expected than are fetched at a time. */
  readonly isCrowded: boolean;
}

/**
 * Runs pg-boss' fetch: whose the jobs are is known with it or not at all. Their rows have `id`, `data`,
 * `retryCount` and `retryLimit`.
 */
export function claimFetched(sql: Sql, { queue, worker, isCrowded }: Claiming): JobDatabase {
  const run = async (text: string, given: unknown[]) => {
    const values = given as never[];
    return isCrowded ? runOrdered(sql, text, values) : sql.unsafe(text, values);
  };
  return {
    executeSql: async (text, values = []) => {
      const [queueAt, workerAt] = [values.length + 1, values.length + 2];
      const statement = `
        with fetched as (${text}), claimed as (
          insert into job_claims (job_id, queue, worker)
          select id, $${queueAt}::text, $${workerAt}::int
          from fetched
          on conflict (job_id) do update
          set worker = excluded.worker
        )
        select id, data, "retryCount", "retryLimit"
        from fetched
      `;
      return { rows: [...(await run(statement, [...values, queue, worker]))] };
    },
  };
}

/**
 * The waiting jobs are read in the order of their index, up to the limit. What PostgreSQL knows of the
 * queue is often from before the crowd: for a handful it would rather sort, and sorts all of them each time.
 */
async function runOrdered(sql: Sql, text: string, values: never[]): Promise<readonly unknown[]> {
  return inTransaction(sql, async (tx) => {
    const ordering = tx`
      select
        set_config('enable_sort', 'off', true),
        set_config('enable_bitmapscan', 'off', true),
        set_config('enable_seqscan', 'off', true),
        set_config('enable_hashjoin', 'off', true)
    `.execute();
    const [, rows] = await Promise.all([ordering, tx.unsafe(text, values).execute()]);
    return rows;
  });
}
