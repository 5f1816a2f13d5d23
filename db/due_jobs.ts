import { z } from "zod";
import type { Sql } from "./client.ts";

/** Those of the queues that have a job whose time has come. */
export async function listDueQueues(sql: Sql, queues: readonly string[]): Promise<string[]> {
  const rows = await sql`
    select queue
    from unnest(${[...queues]}::text[]) as given (queue)
    where exists (
      select
      from pgboss.job
      where job.name = given.queue
        and job.state in ('created', 'retry')
        and not job.blocked
        and job.start_after <= now()
    )
    limit ${queues.length}
  `;
  return z
    .array(z.object({ queue: z.string() }))
    .parse([...rows])
    .map((row) => row.queue);
}
